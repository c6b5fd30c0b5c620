import type {Alias, Key} from '../account/account.js';
import {type Asked, type Data, type Operation, Refusal} from '../operation.js';
import {required} from './parameters.js';

/** AWS's "there is no such thing". */
export const missing = (message: string): Refusal => new Refusal('NotFoundException', message);
/** The ARN of a key or an alias in the region of the request. */
export const arnIn = ({account, region}: Asked, resource: string): string =>
	`arn:${account.partition}:kms:${region}:${account.id}:${resource}`;
/** The keys of the region; those whose time has come are gone, and their aliases with them. */
export function keysIn(asked: Asked): readonly Key[] {
	const {account, now, region} = asked;
	for (const {arn, deletion} of Object.values(account.keys)) {
		if (deletion?.at === undefined || deletion.at > now) continue;
		delete account.keys[arn];
		for (const [name, alias] of Object.entries(account.aliases)) if (alias.key === arn) delete account.aliases[name];
	}
	return Object.values(account.keys).filter(key => key.region === region);
}
/** The aliases of the region. */
export function aliasesIn(asked: Asked): readonly Alias[] {
	keysIn(asked);
	return Object.values(asked.account.aliases).filter(({region}) => region === asked.region);
}

/** How a key is looked for: by its aliases too, and seen only once reads may see it. */
export type Search = {readonly aliases?: boolean; readonly late?: boolean};
/** The key that a KeyId names: by id or ARN, or by an alias where AWS takes one. */
export function findKey(asked: Asked, name: string, search: Search = {}): Key {
	if (/^(arn:[^:]*:kms:[^:]*:[^:]*:)?alias\//.test(name)) {
		if (!search.aliases) throw new Refusal('InvalidArnException', 'Key Aliases are not supported for this operation.');
		const alias = findAlias(asked, name, search);
		return existing(asked, alias.key, search);
	}
	if (name.startsWith('arn:')) return existing(asked, checkArn(asked, name, 'key'), search);
	if (!/^(mrk-)?[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$|^mrk-[\da-f]{32}$/i.test(name))
		throw missing(`Invalid keyId '${name}'`);
	return existing(asked, arnIn(asked, `key/${name}`), search);
}
/** The alias of this name or ARN. */
export function findAlias(asked: Asked, name: string, {late}: Search = {}): Alias {
	const arn = name.startsWith('arn:') ? checkArn(asked, name, 'alias') : arnIn(asked, name);
	const alias = aliasesIn(asked).find(one => arnIn(asked, one.name) === arn);
	if (!alias || (late && isNew(asked, alias.created))) throw missing(`Alias ${arn} is not found.`);
	return alias;
}

function existing(asked: Asked, arn: string, {late}: Search): Key {
	const key = keysIn(asked).find(one => one.arn === arn);
	if (!key || (late && isNew(asked, key.created))) throw missing(`Key '${arn}' does not exist`);
	return key;
}
const isNew = ({now, lags}: Asked, created: number): boolean => now - created < lags.aliases;
function checkArn(asked: Asked, arn: string, sort: 'key' | 'alias'): string {
	const [, partition, service, region, account, resource = ''] = arn.split(':');
	if (partition !== asked.account.partition || service !== 'kms' || !resource.startsWith(`${sort}/`))
		throw new Refusal('InvalidArnException', `Invalid arn ${arn}`);
	if (region !== asked.region) throw missing(`Invalid arn ${region}`);
	// What is in another account, AWS tells nobody.
	if (account !== asked.account.id)
		throw new Refusal(
			'AccessDeniedException',
			'The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you ' +
				'are not allowed to access.',
		);
	return arn;
}

/** An operation on the key that its KeyId names. */
export function onKey(
	run: (key: Key, asked: Asked) => Data,
	search: Search & {readonly checks?: (asked: Asked) => void} = {},
): Operation {
	const find = (asked: Asked): Key => {
		const name = required(asked.input, 'KeyId', {most: 2048});
		search.checks?.(asked);
		return findKey(asked, name, search);
	};
	return {about: asked => [find(asked).arn], run: asked => run(find(asked), asked)};
}
