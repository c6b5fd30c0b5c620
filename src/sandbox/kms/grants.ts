import {createHash, randomBytes} from 'node:crypto';
import type {Grant, Key} from '../account/account.js';
import {isNamed} from '../judge/grants.js';
import {type Asked, type Data, type Operation, type Operations, Refusal} from '../operation.js';
import {findKey, keysIn, missing, onKey} from './find-kms-key.js';
import {refuseGrants} from './kms-key-states.js';
import {
	broken,
	check,
	invalid,
	listed,
	mapOf,
	narrowPages,
	optional,
	required,
	shows,
	stopIfDryRun,
	structureOf,
	textsOf,
} from './parameters.js';
import {isKnown} from './principals.js';

/** Grants. https://docs.aws.amazon.com/kms/latest/developerguide/grants.html */
export const grants: Operations = {
	CreateGrant: onKey(
		(key, asked) => {
			refuseGrants(key);
			const wished = wishes(asked.input);
			for (const arn of [wished.grantee, wished.retiring])
				if (arn !== undefined && !isGrantee(asked, arn))
					throw new Refusal('InvalidArnException', 'ARN does not refer to a valid principal');
			stopIfDryRun(asked);
			const grant = key.grants.find(one => isSame(one, wished)) ?? newGrant(asked, wished);
			if (!key.grants.includes(grant)) key.grants.push(grant);
			return {GrantToken: grant.token, GrantId: grant.id};
		},
		{checks: ({input}) => void wishes(input)},
	),
	ListGrants: onKey(
		(key, asked) => {
			const id = optional(asked.input, 'GrantId', {most: 128});
			const grantee = optional(asked.input, 'GranteePrincipal', principal);
			const found = key.grants.filter(
				grant => (id === undefined || grant.id === id) && (grantee === undefined || grant.grantee === grantee),
			);
			if (id !== undefined && found.length === 0)
				throw new Refusal('InvalidGrantIdException', `Grant ID ${id} is invalid`);
			return listed(
				asked,
				'Grants',
				found.filter(({created}) => shows(asked, created)).map(grant => told(grant, key)),
				narrowPages,
			);
		},
		{late: true},
	),
	RevokeGrant: onKey((key, asked) => {
		const id = required(asked.input, 'GrantId', {most: 128});
		const grant = key.grants.find(one => one.id === id);
		if (!grant) throw missing(`Grant ID ${id} not found`);
		stopIfDryRun(asked);
		remove(key, grant);
		return {};
	}),
	RetireGrant: retireGrant(),
	ListRetirableGrants: {
		about: () => ['*'],
		run(asked) {
			const arn = required(asked.input, 'RetiringPrincipal', principal);
			const found = keysIn(asked).flatMap(key =>
				key.grants.filter(({retiring}) => retiring === arn).map(grant => told(grant, key)),
			);
			return listed(asked, 'Grants', found, narrowPages);
		},
	},
};

const principal = {most: 256, pattern: String.raw`^[\w+=,.@:/-]+$`};
const operations =
	`Decrypt Encrypt GenerateDataKey GenerateDataKeyWithoutPlaintext ReEncryptFrom ReEncryptTo Sign Verify
	GetPublicKey CreateGrant RetireGrant DescribeKey GenerateDataKeyPair GenerateDataKeyPairWithoutPlaintext
	GenerateMac VerifyMac DeriveSharedSecret`.split(/\s+/);
type Wishes = Pick<Grant, 'name' | 'grantee' | 'retiring' | 'operations' | 'constraints'>;

function wishes(input: Data): Wishes {
	const grantee = required(input, 'GranteePrincipal', principal);
	const retiring = optional(input, 'RetiringPrincipal', principal);
	const name = optional(input, 'Name', {most: 256, pattern: '^[a-zA-Z0-9:/_-]+$'});
	if (input['Operations'] === undefined) throw broken('Operations', 'not be null', 'null');
	const wished = textsOf(input, 'Operations');
	for (const operation of wished) check('Operations', operation, {oneOf: operations});
	if (wished.length === 0) throw invalid('Grant must allow at least one operation.');
	const constraints = constraintsIn(input);
	return {
		grantee,
		operations: wished,
		...(retiring !== undefined && {retiring}),
		...(name !== undefined && {name}),
		...(constraints && {constraints}),
	};
}
function constraintsIn(input: Data): Grant['constraints'] | undefined {
	if (input['Constraints'] === undefined) return undefined;
	const told = structureOf(input['Constraints'], 'Constraints');
	return {
		...(told['EncryptionContextSubset'] !== undefined && {
			EncryptionContextSubset: mapOf(told, 'EncryptionContextSubset'),
		}),
		...(told['EncryptionContextEquals'] !== undefined && {
			EncryptionContextEquals: mapOf(told, 'EncryptionContextEquals'),
		}),
	};
}
const newGrant = ({account, now}: Asked, wished: Wishes): Grant => ({
	...wished,
	id: createHash('sha256').update(randomBytes(32)).digest('hex'),
	token: randomBytes(96).toString('base64'),
	created: now,
	issuer: `arn:${account.partition}:iam::${account.id}:root`,
});
/** A named grant that is asked for again, the same in all, isn't made twice. */
const isSame = (grant: Grant, wished: Wishes): boolean =>
	wished.name !== undefined &&
	(['name', 'grantee', 'retiring', 'operations', 'constraints'] as const).every(
		part => JSON.stringify(grant[part]) === JSON.stringify(wished[part]),
	);
const isGrantee = (asked: Asked, name: string): boolean =>
	isKnown(asked, name) || /^[a-z\d.-]+\.amazonaws\.com$/.test(name);

function retireGrant(): Operation {
	const find = (asked: Asked): {readonly key: Key; readonly grant: Grant} => {
		const {input} = asked;
		if (input['GrantToken'] === undefined) findKey(asked, required(input, 'KeyId', {most: 2048}));
		for (const key of keysIn(asked)) {
			const grant = key.grants.find(one => isNamed(one, key.arn, input));
			if (grant) return {key, grant};
		}
		if (input['GrantToken'] !== undefined) throw new Refusal('InvalidGrantTokenException', 'Grant token is invalid.');
		throw missing(`Grant ID ${required(input, 'GrantId', {most: 128})} not found`);
	};
	return {
		about: asked => [find(asked).key.arn],
		run(asked) {
			const {key, grant} = find(asked);
			stopIfDryRun(asked);
			remove(key, grant);
			return {};
		},
	};
}
const remove = (key: Key, grant: Grant): void => void key.grants.splice(key.grants.indexOf(grant), 1);
const told = (grant: Grant, {arn}: Key): Data => ({
	KeyId: arn,
	GrantId: grant.id,
	...(grant.name !== undefined && {Name: grant.name}),
	CreationDate: new Date(grant.created),
	GranteePrincipal: grant.grantee,
	...(grant.retiring !== undefined && {RetiringPrincipal: grant.retiring}),
	IssuingAccount: grant.issuer,
	Operations: grant.operations,
	...(grant.constraints && {Constraints: grant.constraints as Data}),
});
