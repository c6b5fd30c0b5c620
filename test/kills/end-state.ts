import {type Entry, fold} from '../../src/engine/record.js';
import type {Account, User} from '../../src/sandbox/account/account.js';
import type {Ran, World} from './killed-process.js';

/** The entries of the record. */
function recordIn(files: World['files']): readonly Entry[] {
	const file = files['home/state/setups/nps.json'];
	return file ? (JSON.parse(file.text) as {entries: Entry[]}).entries : [];
}

/** Everything in the account and at home that tells how a set-up ended: random ids, times and requests aside, and whose turn it was. */
export function pictureOf(world: World): string {
	const {account, files} = world;
	const {facts, delivered, done} = fold(recordIn(files));
	const {policyArn, userArn, accessKeyId, keyArn, keyAlias, narrow, replacing, newAccessKeyId, seenInUse} = facts;
	const held = delivered.find(it => it.id === accessKeyId);
	const record = {
		...{
			policyArn,
			userArn,
			accessKeyId,
			keyArn,
			keyAlias,
			narrow,
			place: held?.place,
			unsure: held?.unsure,
			rotated: held?.inUse,
		},
		...{replacing, newAccessKeyId, seenInUse: seenInUse?.split(' ')[0]},
	};
	const picture = {
		...inventoryOf(account, files),
		files: Object.entries(files)
			.filter(([name]) => !name.endsWith('nps.json') && !name.includes('/.lock/'))
			.map(([name, {mode}]) => `${name.replace(/-\d{8}T\d{6}Z/, '-<time>')} ${mode.toString(8)}`)
			.sort(),
		record,
		done: done['setup'],
	};
	return withoutIds(JSON.stringify(picture, null, 1), world);
}

/** Everything that a run can be guided by: how things stand, and how the record came there. */
export function printOf(world: World): string {
	const {answers, past, claimed, delivered, proof, facts, recovered, wasPrinted, left} = fold(recordIn(world.files));
	const tried = Object.entries(past).map(([step, attempts]) => [
		step,
		attempts.map(it => [it.change.id, it.outcome, it.code, it.change.call.input]),
	]);
	const keys = delivered.map(({deliveredAt: _at, lastOwnUse, ...it}) => ({...it, used: lastOwnUse !== undefined}));
	const {seenInUse: _seen, ...rest} = facts;
	const lengths = Object.entries(world.files).flatMap(([name, {text}]) =>
		name.endsWith('.csv') ? [[name, text.length]] : [],
	);
	return `${pictureOf(world)}\n${withoutIds(JSON.stringify([rest, recovered, wasPrinted, left, answers, tried, claimed, keys, proof?.proven, lengths]), world)}`;
}

/** What is in the account alone, wherever the secrets are. */
export function accountIn(picture: string): string {
	const {files: _files, record: _record, done: _done, ...inventory} = JSON.parse(picture) as Record<string, unknown>;
	return JSON.stringify(inventory, null, 1).replaceAll('home/another-', 'home/');
}

function inventoryOf({policies, users, keys, aliases}: Account, files: World['files']): object {
	const text = Object.entries(files).filter(([name]) => name.endsWith('.csv'));
	const placeOf = (...parts: readonly string[]): string | undefined =>
		text.find(([, it]) => it.text.split('\r\n').some(line => parts.every(part => line.includes(part))))?.[0];
	const userOf = ({name, path, attached, inline, tags, loginProfile, accessKeys}: User) => ({
		name,
		path,
		attached: attached.map(it => it.arn).sort(),
		inline,
		tags: pairs(tags),
		signsIn: loginProfile && {mustChange: loginProfile.resetRequired, passwordIn: placeOf(loginProfile.password)},
		accessKeys: accessKeys.map(({id, status, secret}) => ({id, status, secretIn: placeOf(id, secret)})),
	});
	return {
		policies: Object.values(policies)
			.filter(it => !it.arn.includes(':aws:policy/'))
			.map(({name, path, description, defaultVersion, versions, tags}) => ({
				name,
				path,
				description,
				defaultVersion,
				versions: versions.map(it => ({id: it.id, document: JSON.parse(it.document) as unknown})),
				tags: pairs(tags),
			})),
		users: Object.values(users)
			.filter(it => it.name !== 'admin')
			.map(userOf),
		keys: Object.values(keys).map(({arn, description, state, spec, usage, policy, tags, rotation, grants}) => ({
			arn,
			description,
			state,
			spec,
			usage,
			policy: JSON.parse(policy) as unknown,
			tags: pairs(tags),
			rotates: rotation?.days,
			grants: grants.length,
		})),
		aliases: Object.values(aliases).map(({name, region, key}) => ({name, region, key})),
	};
}
const pairs = (tags: readonly {Key: string; Value: string}[]): readonly string[] =>
	tags.map(it => `${it.Key}=${it.Value}`).sort();

/** Random ids, by what they name. */
function withoutIds(picture: string, {account, files}: World): string {
	const names = new Map<string, string>();
	for (const user of Object.values(account.users))
		for (const [at, it] of user.accessKeys.entries()) names.set(it.id, `<access key ${at + 1} of ${user.name}>`);
	for (const [at, it] of Object.values(account.keys).entries()) names.set(it.id, `<KMS key ${at + 1}>`);
	const id = fold(recordIn(files)).setupId;
	if (id) names.set(id, '<setup>');
	// A key policy keeps the unique id of a user that is gone.
	let told = picture.replaceAll(/\bAIDA\w{16,17}\b/g, '<user>');
	for (const [it, name] of names) told = told.replaceAll(it, name);
	return told.replaceAll(/"nps-kms:id=[\da-f-]{36}"/g, '"nps-kms:id=<setup>"');
}

/** What is in one picture and not in the other, a line each. */
export function difference(got: string, wanted: string): string {
	const [has, had] = [new Set(got.split('\n')), new Set(wanted.split('\n'))];
	const lines = [
		...[...had].filter(it => !has.has(it)).map(it => `- ${it}`),
		...[...has].filter(it => !had.has(it)).map(it => `+ ${it}`),
	];
	return lines.slice(0, 20).join('\n') || 'the same lines, in another order';
}

/** Where a secret stands that may stand in its own place only, and which file others may read. */
export function leaks(
	{files, secrets}: World,
	{out, said}: Pick<Ran, 'out' | 'said'>,
	places: readonly string[],
): readonly string[] {
	const found: string[] = [];
	const shapes = [...secrets].flatMap(it => [
		it,
		encodeURIComponent(it),
		Buffer.from(it).toString('base64'),
		JSON.stringify(it).slice(1, -1),
	]);
	const told = (where: string, text: string): void => {
		if (shapes.some(it => text.includes(it))) found.push(`${where} holds a secret`);
	};
	told('stdout', out);
	told('stderr', said);
	for (const [name, {text, mode}] of Object.entries(files)) {
		if (!places.includes(name)) told(name, text);
		if (process.platform !== 'win32' && (mode & 0o077) !== 0)
			found.push(`others may read ${name}: ${mode.toString(8)}`);
	}
	return found;
}
