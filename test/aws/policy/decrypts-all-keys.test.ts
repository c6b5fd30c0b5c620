import {expect, test} from 'vitest';
import {decryptsAllKeys} from '../../../src/aws/policy/decrypts-all-keys.js';
import type {Value} from '../../../src/engine/step.js';

const key = 'arn:aws:kms:eu-west-1:111122223333:key/11111111-2222-3333-4444-555555555555';
const document = (...Statement: readonly object[]): Value => ({Version: '2012-10-17', Statement}) as unknown as Value;
const allow = (Action: unknown, more: object): object => ({Effect: 'Allow', Action, ...more});

test.each([
	['one key', [allow('kms:Decrypt', {Resource: key})], true],
	['no decryption', [allow('kms:Encrypt', {Resource: '*'})], true],
	[
		'two keys, and another action on all',
		[allow('kms:decrypt', {Resource: [key, key]}), allow('s3:*', {Resource: '*'})],
		true,
	],
	['every key', [allow('kms:Decrypt', {Resource: '*'})], false],
	['every key by a pattern', [allow('kms:*', {Resource: 'arn:aws:kms:*:*:key/*'})], false],
	[
		'every key, whatever the condition',
		[allow('*', {Resource: '*', Condition: {Bool: {'aws:MultiFactorAuthPresent': 'true'}}})],
		false,
	],
	['every key, by ReEncryptFrom', [allow(['kms:ReEncrypt*'], {Resource: ['*', key]})], false],
	['every key, by what is not left out', [{Effect: 'Allow', NotAction: 'iam:*', Resource: '*'}], false],
	['left out', [{Effect: 'Allow', NotAction: 'kms:*', Resource: '*'}], true],
	['all keys of an account', [allow('kms:Decrypt', {Resource: 'arn:aws:kms:*:111122223333:key/*'})], undefined],
	[
		'a variable',
		[allow('kms:Decrypt', {Resource: `arn:aws:kms:eu-west-1:111122223333:key/\${aws:username}`})],
		undefined,
	],
	['all but one', [allow('kms:Decrypt', {NotResource: key})], undefined],
	[
		'every key, and some denied',
		[allow('kms:*', {Resource: '*'}), {Effect: 'Deny', Action: 'kms:Decrypt', Resource: '*'}],
		undefined,
	],
] as const)('KMS.1, of a policy that allows %s', (_name, all, holds) => {
	expect(decryptsAllKeys(document(...all)).holds).toBe(holds);
});
test('it says what decides', () => {
	const said = (Resource: unknown): string => decryptsAllKeys(document(allow('kms:Decrypt', {Resource}))).because;
	expect(said(key)).toBe(`it allows decryption with ${key} only`);
	expect(said('*')).toBe('it allows decryption with every key (on *)');
	expect(said('arn:aws:kms:*:111122223333:key/*')).toContain('AWS does not say whether that counts as all keys');
});
