import {beforeEach, describe, expect, test} from 'vitest';
import type {Account} from '../../src/sandbox/account/account.js';
import type {Data} from '../../src/sandbox/operation.js';
import {
	account,
	as,
	ask,
	day,
	iam,
	keyArn,
	keyId,
	noon,
	type Over,
	otherKeyId,
	policy,
	refusal,
} from './kms-account.js';

let made: Account;
beforeEach(() => {
	made = account();
});
const base64 = (bytes: unknown): string => Buffer.from(bytes as Uint8Array).toString('base64');
const secret = base64(Buffer.from('a secret'));
const kms = (name: string, input: Data = {}, over: Over = {}): Data => ask(name, input, {account: made, ...over});
const refused = (name: string, input: Data = {}, over: Over = {}): string => refusal(() => kms(name, input, over));
const encrypt = (more: Data = {}): string =>
	base64(kms('Encrypt', {KeyId: keyId, Plaintext: secret, ...more})['CiphertextBlob']);
const decrypt = (CiphertextBlob: string, more: Data = {}): string =>
	base64(kms('Decrypt', {CiphertextBlob, ...more})['Plaintext']);
const notDecrypted = (CiphertextBlob: string, more: Data = {}): string => refused('Decrypt', {CiphertextBlob, ...more});
const wrongKey =
	'IncorrectKeyException: The key ID in the request does not identify a CMK that can perform this operation.';
const dryRun = 'DryRunOperationException: The request would have succeeded, but the DryRun option is set.';
const unreadable = 'InvalidCiphertextException: ';

describe('what was encrypted', () => {
	test('is decrypted by the same key, named or not', () => {
		const sealed = encrypt();
		expect(sealed).not.toContain(secret);
		expect(decrypt(sealed)).toBe(secret);
		expect(decrypt(sealed, {KeyId: keyArn(keyId)})).toBe(secret);
		expect(kms('Decrypt', {CiphertextBlob: sealed})).toMatchObject({
			KeyId: keyArn(keyId),
			EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
		});
	});
	test('is another ciphertext each time', () => {
		expect(encrypt()).not.toBe(encrypt());
	});
	test('is decrypted by way of an alias', () => {
		kms('CreateAlias', {AliasName: 'alias/nps', TargetKeyId: keyId});
		expect(decrypt(encrypt({KeyId: 'alias/nps'}), {KeyId: 'alias/nps'})).toBe(secret);
	});
	test('needs the same encryption context, in any order', () => {
		const sealed = encrypt({EncryptionContext: {a: 'b', c: 'd'}});
		expect(decrypt(sealed, {EncryptionContext: {c: 'd', a: 'b'}})).toBe(secret);
		for (const EncryptionContext of [undefined, {}, {a: 'b'}, {a: 'b', c: 'D'}, {a: 'b', c: 'd', e: 'f'}])
			expect(notDecrypted(sealed, {EncryptionContext})).toBe(unreadable);
	});
	test('is not decrypted by another key', () => {
		expect(notDecrypted(encrypt(), {KeyId: otherKeyId})).toBe(wrongKey);
	});
	test('is not decrypted by another key that claims its id', () => {
		const sealed = encrypt();
		made.keys[keyArn(keyId)] = {...made.keys[keyArn(keyId)]!, material: made.keys[keyArn(otherKeyId)]!.material};
		expect(notDecrypted(sealed)).toBe(unreadable);
	});
	test('asks for permission on the key that is named, before anything else', () => {
		const sealed = encrypt();
		made.users['nps']!.inline['own'] = policy({Action: 'kms:Decrypt', Resource: keyArn(keyId)});
		expect(refused('Decrypt', {CiphertextBlob: sealed, KeyId: otherKeyId}, {caller: as('nps')})).toContain(
			`not authorized to perform: kms:Decrypt on resource: ${keyArn(otherKeyId)}`,
		);
		expect(refused('Decrypt', {CiphertextBlob: sealed}, {caller: as('nps')})).toBe('not refused');
	});
	test('asks for permission on the key in the ciphertext, when none is named', () => {
		expect(refused('Decrypt', {CiphertextBlob: encrypt()}, {caller: as('eve')})).toContain(
			`kms:Decrypt on resource: ${keyArn(keyId)} because no identity-based policy`,
		);
	});
	test('is refused when a bit of it changed, wherever', () => {
		const whole = Buffer.from(encrypt(), 'base64');
		for (const at of whole.keys()) {
			const tampered = Buffer.from(whole);
			tampered[at] = (tampered[at] ?? 0) ^ 1;
			expect(notDecrypted(base64(tampered), {KeyId: keyId}), `byte ${at}`).toMatch(
				/^(InvalidCiphertextException|IncorrectKeyException): /,
			);
		}
		expect(notDecrypted(base64(whole.subarray(0, -1)))).toBe(unreadable);
		expect(notDecrypted(base64(Buffer.from('no ciphertext')))).toBe(unreadable);
	});
	test('is lost with its key', () => {
		const sealed = encrypt();
		kms('ScheduleKeyDeletion', {KeyId: keyId, PendingWindowInDays: 7});
		expect(notDecrypted(sealed)).toBe(`KMSInvalidStateException: ${keyArn(keyId)} is pending deletion.`);
		expect(refused('Decrypt', {CiphertextBlob: sealed}, {now: noon + 7 * day})).toContain(
			'AccessDeniedException: The ciphertext refers to a customer master key that does not exist',
		);
	});
	test('waits while its key is disabled', () => {
		const sealed = encrypt();
		kms('DisableKey', {KeyId: keyId});
		expect(notDecrypted(sealed)).toBe(`DisabledException: ${keyArn(keyId)} is disabled.`);
		expect(refused('Encrypt', {KeyId: keyId, Plaintext: secret})).toBe(
			`DisabledException: ${keyArn(keyId)} is disabled.`,
		);
		kms('EnableKey', {KeyId: keyId});
		expect(decrypt(sealed)).toBe(secret);
	});
	test('is not found in another region', () => {
		expect(refused('Decrypt', {CiphertextBlob: encrypt()}, {region: 'us-east-1'})).toContain(
			'does not exist in this region',
		);
	});
});

test('a plaintext has 1 to 4096 bytes, and no refusal repeats it', () => {
	const sized = (size: number): string =>
		refused('Encrypt', {KeyId: keyId, Plaintext: base64(Buffer.alloc(size, 'x'))});
	expect([sized(1), sized(4096)]).toEqual(['not refused', 'not refused']);
	expect(sized(4097)).toBe(
		"ValidationException: 1 validation error detected: Value at 'plaintext' failed to satisfy constraint: Member must have length less than or equal to 4096",
	);
	expect(sized(0)).toContain('Member must have length greater than or equal to 1');
});

test('only a key made for it encrypts', () => {
	const {KeyMetadata} = kms('CreateKey', {KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY'}) as {KeyMetadata: Data};
	expect(refused('Encrypt', {KeyId: KeyMetadata['KeyId'], Plaintext: secret})).toBe(
		`InvalidKeyUsageException: ${String(KeyMetadata['Arn'])} key usage is SIGN_VERIFY which is not valid for Encrypt.`,
	);
	expect(refused('Encrypt', {KeyId: keyId, Plaintext: secret, EncryptionAlgorithm: 'RSAES_OAEP_SHA_256'})).toContain(
		'InvalidKeyUsageException',
	);
});

describe('data keys', () => {
	test.each([
		[{KeySpec: 'AES_256'}, 32],
		[{KeySpec: 'AES_128'}, 16],
		[{NumberOfBytes: 64}, 64],
	])('of %j have %i bytes, plain and encrypted', (wish, length) => {
		const {Plaintext, CiphertextBlob} = kms('GenerateDataKey', {KeyId: keyId, ...wish, EncryptionContext: {a: 'b'}});
		expect(Plaintext).toHaveLength(length);
		expect(decrypt(base64(CiphertextBlob), {EncryptionContext: {a: 'b'}})).toBe(base64(Plaintext));
	});
	test('come without their plaintext, when asked so', () => {
		const answer = kms('GenerateDataKeyWithoutPlaintext', {KeyId: keyId, KeySpec: 'AES_256'});
		expect(answer['Plaintext']).toBeUndefined();
		expect(Buffer.from(decrypt(base64(answer['CiphertextBlob'])), 'base64')).toHaveLength(32);
	});
	test('are of one size', () => {
		for (const wish of [{}, {KeySpec: 'AES_256', NumberOfBytes: 32}])
			expect(refused('GenerateDataKey', {KeyId: keyId, ...wish})).toBe(
				'ValidationException: Please specify either number of bytes or key spec.',
			);
	});
	test('random bytes need no key', () => {
		expect(kms('GenerateRandom', {NumberOfBytes: 24})['Plaintext']).toHaveLength(24);
		expect(refused('GenerateRandom', {NumberOfBytes: 24}, {caller: as('eve')})).toContain(
			'kms:GenerateRandom on resource: *',
		);
	});
});

describe('ReEncrypt', () => {
	test('moves a ciphertext to another key and another encryption context', () => {
		const CiphertextBlob = encrypt({EncryptionContext: {a: 'b'}});
		const moved = kms('ReEncrypt', {
			CiphertextBlob,
			SourceEncryptionContext: {a: 'b'},
			DestinationKeyId: otherKeyId,
			DestinationEncryptionContext: {c: 'd'},
		});
		expect(moved).toMatchObject({SourceKeyId: keyArn(keyId), KeyId: keyArn(otherKeyId)});
		expect(decrypt(base64(moved['CiphertextBlob']), {KeyId: otherKeyId, EncryptionContext: {c: 'd'}})).toBe(secret);
	});
	test('needs permission from one key and to the other', () => {
		const input = {CiphertextBlob: encrypt(), DestinationKeyId: otherKeyId};
		const as2 = {caller: as('nps')};
		made.users['nps']!.inline['own'] = policy({Action: 'kms:ReEncryptFrom', Resource: keyArn(keyId)});
		expect(refused('ReEncrypt', input, as2)).toContain(`kms:ReEncryptTo on resource: ${keyArn(otherKeyId)}`);
		made.users['nps']!.inline['own'] = policy({Action: 'kms:ReEncryptTo', Resource: '*'});
		expect(refused('ReEncrypt', input, as2)).toContain(`kms:ReEncryptFrom on resource: ${keyArn(keyId)}`);
		made.users['nps']!.inline['own'] = policy({Action: 'kms:ReEncrypt*', Resource: '*'});
		expect(refused('ReEncrypt', input, as2)).toBe('not refused');
	});
});

describe('a dry run', () => {
	test('says that it would have succeeded, and does nothing', () => {
		expect(refused('Encrypt', {KeyId: keyId, Plaintext: secret, DryRun: true})).toBe(dryRun);
		expect(refused('Decrypt', {CiphertextBlob: encrypt(), DryRun: true})).toBe(dryRun);
		expect(refused('ReEncrypt', {CiphertextBlob: encrypt(), DestinationKeyId: otherKeyId, DryRun: true})).toBe(dryRun);
		expect(refused('GenerateDataKey', {KeyId: keyId, KeySpec: 'AES_256', DryRun: true})).toBe(dryRun);
		expect(
			refused('CreateGrant', {KeyId: keyId, GranteePrincipal: iam('user/nps'), Operations: ['Decrypt'], DryRun: true}),
		).toBe(dryRun);
		expect(made.keys[keyArn(keyId)]!.grants).toEqual([]);
	});
	test('says no where the deed would be refused', () => {
		expect(refused('Encrypt', {KeyId: keyId, Plaintext: secret, DryRun: true}, {caller: as('eve')})).toContain(
			'AccessDeniedException',
		);
		expect(notDecrypted(encrypt(), {KeyId: otherKeyId, DryRun: true})).toBe(wrongKey);
		kms('DisableKey', {KeyId: keyId});
		expect(refused('Encrypt', {KeyId: keyId, Plaintext: secret, DryRun: true})).toContain('DisabledException');
	});
});
