import {randomBytes, randomUUID} from 'node:crypto';
import type {Key} from '../account/account.js';
import {type Asked, type Data, type Operation, type Operations, Refusal} from '../operation.js';
import {materialId} from './cipher.js';
import {arnIn, keysIn, onKey} from './find-kms-key.js';
import {refuseGoing, turn} from './kms-key-states.js';
import {invalid, listed, optional, required, shows} from './parameters.js';
import {policyIn} from './policies.js';
import {checkPolicy, defaultPolicy} from './policy-documents.js';
import {tagsIn} from './tags.js';

/**
 * Keys: making them, seeing them, and what they are for.
 * https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html
 */
export const keys: Operations = {
	CreateKey: createKey(),
	DescribeKey: onKey((key, asked) => ({KeyMetadata: metadata(key, asked)}), {aliases: true, late: true}),
	ListKeys: {
		about: () => ['*'],
		run: asked =>
			listed(
				asked,
				'Keys',
				keysIn(asked).flatMap(({id, arn, created}) => (shows(asked, created) ? [{KeyId: id, KeyArn: arn}] : [])),
			),
	},
	UpdateKeyDescription: onKey(
		(key, {input}) => {
			refuseGoing(key);
			key.description = required(input, 'Description', describing);
			return {};
		},
		{checks: ({input}) => void required(input, 'Description', describing)},
	),
	EnableKey: onKey(key => {
		turn(key, 'Enabled');
		return {};
	}),
	DisableKey: onKey(key => {
		turn(key, 'Disabled');
		return {};
	}),
};

const describing = {least: 0, most: 8192};
/**
 * What each sort of key is for; the first is meant where the request doesn't say, symmetric keys apart, which say it
 * for all.
 */
const usages: Readonly<Record<string, readonly string[]>> = {
	SYMMETRIC_DEFAULT: ['ENCRYPT_DECRYPT'],
	...Object.fromEntries(['RSA_2048', 'RSA_3072', 'RSA_4096'].map(spec => [spec, ['ENCRYPT_DECRYPT', 'SIGN_VERIFY']])),
	...Object.fromEntries(
		['ECC_NIST_P256', 'ECC_NIST_P384', 'ECC_NIST_P521'].map(spec => [spec, ['SIGN_VERIFY', 'KEY_AGREEMENT']]),
	),
	...Object.fromEntries(
		['ECC_SECG_P256K1', 'ECC_NIST_EDWARDS25519', 'ML_DSA_44', 'ML_DSA_65', 'ML_DSA_87'].map(spec => [
			spec,
			['SIGN_VERIFY'],
		]),
	),
	...Object.fromEntries(['HMAC_224', 'HMAC_256', 'HMAC_384', 'HMAC_512'].map(spec => [spec, ['GENERATE_VERIFY_MAC']])),
};

function createKey(): Operation {
	return {
		about(asked) {
			wishes(asked);
			return ['*'];
		},
		also: asked =>
			tagsIn(asked.input).length > 0 ? [{action: 'kms:TagResource', resource: arnIn(asked, 'key/*')}] : [],
		run(asked) {
			const {policy, ...wished} = wishes(asked);
			const id = wished.multiRegion ? `mrk-${randomBytes(16).toString('hex')}` : randomUUID();
			const arn = arnIn(asked, `key/${id}`);
			if (policy !== undefined) checkPolicy(asked, policy, arn);
			const key: Key = {
				id,
				arn,
				region: asked.region,
				created: asked.now,
				state: 'Enabled',
				manager: 'CUSTOMER',
				...wished,
				policy: policy ?? defaultPolicy(asked),
				material: randomBytes(32).toString('base64'),
				grants: [],
			};
			asked.account.keys[arn] = key;
			return {KeyMetadata: metadata(key, asked)};
		},
	};
}
/** What the request wishes of a key. */
function wishes(asked: Asked): Pick<Key, 'description' | 'spec' | 'usage' | 'origin' | 'multiRegion' | 'tags'> & {
	readonly policy: string | undefined;
} {
	const {input} = asked;
	const specs = {oneOf: Object.keys(usages)};
	const spec =
		optional(input, 'KeySpec', specs) ?? optional(input, 'CustomerMasterKeySpec', specs) ?? 'SYMMETRIC_DEFAULT';
	const origin =
		optional(input, 'Origin', {oneOf: ['AWS_KMS', 'EXTERNAL', 'AWS_CLOUDHSM', 'EXTERNAL_KEY_STORE']}) ?? 'AWS_KMS';
	if (origin !== 'AWS_KMS')
		throw new Refusal('UnsupportedOperationException', `The sandbox makes keys of Origin AWS_KMS only, not ${origin}.`);
	return {
		description: optional(input, 'Description', describing) ?? '',
		spec,
		usage: usageFor(spec, optional(input, 'KeyUsage', {oneOf: [...new Set(Object.values(usages).flat())]})),
		origin,
		multiRegion: input['MultiRegion'] === true,
		tags: [...tagsIn(input)],
		policy: policyIn(asked),
	};
}
function usageFor(spec: string, usage: string | undefined): string {
	if (usage === undefined && spec !== 'SYMMETRIC_DEFAULT')
		throw invalid('You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.');
	const wished = usage ?? 'ENCRYPT_DECRYPT';
	if (!usages[spec]?.includes(wished)) throw invalid(`KeyUsage ${wished} is not compatible with KeySpec ${spec}`);
	return wished;
}

function metadata(key: Key, {account}: Asked): Data {
	const {id, arn, created, state, description, usage, origin, manager, spec, multiRegion, deletion} = key;
	const rsa = ['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256'];
	return {
		AWSAccountId: account.id,
		KeyId: id,
		Arn: arn,
		CreationDate: new Date(created),
		Enabled: state === 'Enabled',
		Description: description,
		KeyUsage: usage,
		KeyState: state,
		...(deletion?.at !== undefined && {DeletionDate: new Date(deletion.at)}),
		Origin: origin,
		KeyManager: manager,
		CustomerMasterKeySpec: spec,
		KeySpec: spec,
		...(usage === 'ENCRYPT_DECRYPT' && {
			EncryptionAlgorithms: spec === 'SYMMETRIC_DEFAULT' ? ['SYMMETRIC_DEFAULT'] : rsa,
		}),
		MultiRegion: multiRegion,
		...(state === 'PendingReplicaDeletion' && deletion && {PendingDeletionWindowInDays: deletion.days}),
		...(spec === 'SYMMETRIC_DEFAULT' && {
			CurrentKeyMaterialId: materialId(key.material),
		}),
	};
}
