import {randomBytes} from 'node:crypto';
import type {Key} from '../account/account.js';
import {noteUse} from '../account/kms-key-uses.js';
import {type Asked, type Data, type Operation, type Operations, Refusal} from '../operation.js';
import {keyIdIn, materialId, type Opened, open, seal} from './cipher.js';
import {arnIn, findKey, keysIn, onKey} from './find-kms-key.js';
import {refuseUnusable} from './kms-key-states.js';
import {bytes, invalid, mapOf, optional, required, stopIfDryRun, wholeNumber} from './parameters.js';

/** What keys are for. https://docs.aws.amazon.com/kms/latest/APIReference/API_Encrypt.html */
export const crypto: Operations = {
	Encrypt: onKey(
		(key, asked) => {
			refuseUnfit(key, 'Encrypt', algorithm(asked.input, 'EncryptionAlgorithm'));
			const plaintext = bytes(asked.input, 'Plaintext', 4096);
			use(asked, 'Encrypt', key);
			return {
				CiphertextBlob: seal(key, plaintext, mapOf(asked.input, 'EncryptionContext')),
				KeyId: key.arn,
				EncryptionAlgorithm: symmetric,
			};
		},
		{aliases: true, late: true, checks: ({input}) => void bytes(input, 'Plaintext', 4096)},
	),
	Decrypt: {
		about: asked => [sourceOf(asked, 'KeyId').arn],
		run(asked) {
			const {input} = asked;
			const key = sourceOf(asked, 'KeyId');
			const {plaintext, by} = opened(key, input, 'Decrypt', 'EncryptionContext', 'EncryptionAlgorithm');
			use(asked, 'Decrypt', key);
			return {KeyId: key.arn, Plaintext: plaintext, EncryptionAlgorithm: symmetric, KeyMaterialId: materialId(by)};
		},
	},
	ReEncrypt: {
		about: () => [],
		also(asked) {
			const [from, to] = [sourceOf(asked, 'SourceKeyId').arn, destinationOf(asked).arn];
			const keys = {'kms:ReEncryptOnSameKey': String(from === to)};
			return [
				{action: 'kms:ReEncryptFrom', resource: from, keys},
				{action: 'kms:ReEncryptTo', resource: to, keys},
			];
		},
		run: reEncrypt,
	},
	GenerateDataKey: dataKey(true),
	GenerateDataKeyWithoutPlaintext: dataKey(false),
	GenerateRandom: {
		about: () => ['*'],
		run({input}) {
			const count = wholeNumber(input, 'NumberOfBytes', 1, 1024);
			if (count === undefined) throw invalid('NumberOfBytes is required.');
			return {Plaintext: randomBytes(count)};
		},
	},
};

const symmetric = 'SYMMETRIC_DEFAULT';
const algorithm = (input: Data, name: string): string =>
	optional(input, name, {oneOf: [symmetric, 'RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256', 'SM2PKE']}) ?? symmetric;
/** Notes the use of these keys, unless the request was only to be tried; the last thing before the effect. */
function use(asked: Asked, operation: string, ...keys: readonly Key[]): void {
	stopIfDryRun(asked);
	const {requestId, eventId} = asked.origin;
	for (const key of new Set(keys)) noteUse(key, {operation, at: asked.now, requestId, eventId}, asked);
}

function dataKey(plain: boolean): Operation {
	const length = (input: Data): number => {
		const spec = optional(input, 'KeySpec', {oneOf: ['AES_256', 'AES_128']});
		const count = wholeNumber(input, 'NumberOfBytes', 1, 1024);
		if ((spec === undefined) === (count === undefined))
			throw invalid('Please specify either number of bytes or key spec.');
		return count ?? (spec === 'AES_256' ? 32 : 16);
	};
	return onKey(
		(key, asked) => {
			const name = plain ? 'GenerateDataKey' : 'GenerateDataKeyWithoutPlaintext';
			refuseUnfit(key, name, symmetric);
			use(asked, name, key);
			const plaintext = randomBytes(length(asked.input));
			const sealed = seal(key, plaintext, mapOf(asked.input, 'EncryptionContext'));
			return {
				CiphertextBlob: sealed,
				...(plain && {Plaintext: plaintext}),
				KeyId: key.arn,
				KeyMaterialId: materialId(key.material),
			};
		},
		{aliases: true, late: true, checks: ({input}) => void length(input)},
	);
}

function reEncrypt(asked: Asked): Data {
	const {input} = asked;
	const source = sourceOf(asked, 'SourceKeyId');
	const destination = destinationOf(asked);
	const {plaintext, by} = opened(source, input, 'ReEncrypt', 'SourceEncryptionContext', 'SourceEncryptionAlgorithm');
	refuseUnfit(destination, 'ReEncrypt', algorithm(input, 'DestinationEncryptionAlgorithm'));
	use(asked, 'ReEncrypt', source, destination);
	return {
		CiphertextBlob: seal(destination, plaintext, mapOf(input, 'DestinationEncryptionContext')),
		SourceKeyId: source.arn,
		KeyId: destination.arn,
		SourceEncryptionAlgorithm: symmetric,
		DestinationEncryptionAlgorithm: symmetric,
		SourceKeyMaterialId: materialId(by),
		DestinationKeyMaterialId: materialId(destination.material),
	};
}
const destinationOf = (asked: Asked): Key =>
	findKey(asked, required(asked.input, 'DestinationKeyId', {most: 2048}), {aliases: true, late: true});

/** The key to decrypt with: the one named, else the one that the ciphertext names. */
function sourceOf(asked: Asked, parameter: 'KeyId' | 'SourceKeyId'): Key {
	const ciphertext = bytes(asked.input, 'CiphertextBlob', 6144);
	const name = optional(asked.input, parameter, {most: 2048});
	if (name !== undefined) return findKey(asked, name, {aliases: true, late: true});
	const id = keyIdIn(ciphertext);
	if (id === undefined) throw unreadable();
	const key = keysIn(asked).find(({arn}) => arn === arnIn(asked, `key/${id}`));
	if (key) return key;
	throw new Refusal(
		'AccessDeniedException',
		'The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you ' +
			'are not allowed to access.',
	);
}
function opened(key: Key, input: Data, operation: string, context: string, algorithmName: string): Opened {
	refuseUnfit(key, operation, algorithm(input, algorithmName));
	const ciphertext = bytes(input, 'CiphertextBlob', 6144);
	const id = keyIdIn(ciphertext);
	if (id === undefined) throw unreadable();
	if (id !== key.id)
		throw new Refusal(
			'IncorrectKeyException',
			'The key ID in the request does not identify a CMK that can perform this operation.',
		);
	const found = open(key, ciphertext, mapOf(input, context));
	if (!found) throw unreadable();
	return found;
}
/** AWS says no more than its code. */
const unreadable = (): Refusal => new Refusal('InvalidCiphertextException', '');

function refuseUnfit(key: Key, operation: string, wished: string): void {
	refuseUnusable(key);
	if (key.usage !== 'ENCRYPT_DECRYPT')
		throw new Refusal(
			'InvalidKeyUsageException',
			`${key.arn} key usage is ${key.usage} which is not valid for ${operation}.`,
		);
	if (key.spec !== symmetric && wished !== symmetric && operation !== 'GenerateDataKey')
		throw new Refusal('UnsupportedOperationException', 'The sandbox encrypts with symmetric keys only.');
	if (key.spec !== symmetric || wished !== symmetric)
		throw new Refusal('InvalidKeyUsageException', `Algorithm ${wished} is incompatible with key spec ${key.spec}.`);
}
