import {beforeEach, describe, expect, test} from 'vitest';
import type {Account} from '../../src/sandbox/account/account.js';
import type {Data} from '../../src/sandbox/operation.js';
import {
	account,
	accountId,
	as,
	ask,
	day,
	iam,
	key,
	keyArn,
	keyId,
	noon,
	type Over,
	otherKeyId,
	policy,
	refusal,
	region,
} from './kms-account.js';

let made: Account;
beforeEach(() => {
	made = account();
});
const kms = (name: string, input: Data = {}, over: Over = {}): Data => ask(name, input, {account: made, ...over});
const refused = (name: string, input: Data = {}, over: Over = {}): string => refusal(() => kms(name, input, over));
const described = (id: string = keyId, over: Over = {}): Data =>
	kms('DescribeKey', {KeyId: id}, over)['KeyMetadata'] as Data;
const create = (input: Data = {}, over: Over = {}): Data => kms('CreateKey', input, over)['KeyMetadata'] as Data;

describe('a new key', () => {
	test('is symmetric, enabled, and as it was asked for', () => {
		const told = create({Description: 'NPS', Tags: [{TagKey: 'a', TagValue: 'b'}]});
		expect(told).toMatchObject({
			AWSAccountId: accountId,
			Arn: keyArn(String(told['KeyId'])),
			CreationDate: new Date(noon),
			Enabled: true,
			Description: 'NPS',
			KeyUsage: 'ENCRYPT_DECRYPT',
			KeyState: 'Enabled',
			Origin: 'AWS_KMS',
			KeyManager: 'CUSTOMER',
			KeySpec: 'SYMMETRIC_DEFAULT',
			CustomerMasterKeySpec: 'SYMMETRIC_DEFAULT',
			EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
			MultiRegion: false,
		});
		expect(told['KeyId']).toMatch(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/);
		expect(described(String(told['KeyId']))).toEqual(told);
		expect(kms('ListResourceTags', {KeyId: told['KeyId']})['Tags']).toEqual([{TagKey: 'a', TagValue: 'b'}]);
	});
	test('has a usage that fits its spec', () => {
		expect(create({KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY'})).toMatchObject({
			KeySpec: 'RSA_2048',
			KeyUsage: 'SIGN_VERIFY',
		});
		expect(refused('CreateKey', {KeyUsage: 'SIGN_VERIFY'})).toBe(
			'ValidationException: KeyUsage SIGN_VERIFY is not compatible with KeySpec SYMMETRIC_DEFAULT',
		);
		expect(refused('CreateKey', {KeySpec: 'RSA_2048'})).toContain(
			'ValidationException: You must specify a KeyUsage value',
		);
		expect(refused('CreateKey', {KeySpec: 'RSA_1024'})).toContain(
			"Value 'RSA_1024' at 'keySpec' failed to satisfy constraint: Member must satisfy enum value set",
		);
	});
	test('needs kms:TagResource for its tags', () => {
		made.users['nps']!.inline['own'] = policy({Action: 'kms:CreateKey'});
		const over = {caller: as('nps')};
		expect(refused('CreateKey', {}, over)).toBe('not refused');
		expect(refused('CreateKey', {Tags: [{TagKey: 'a', TagValue: 'b'}]}, over)).toBe(
			`AccessDeniedException: User: ${iam('user/nps')} is not authorized to perform: kms:TagResource on resource: ${keyArn('*')} because no identity-based policy allows the kms:TagResource action`,
		);
	});
	test('is not seen by reads at once', () => {
		const late = {lags: {aliases: 5000}};
		const {KeyId, Arn} = create({}, late);
		for (const name of ['DescribeKey', 'GetKeyPolicy', 'GetKeyRotationStatus', 'ListResourceTags', 'ListGrants'])
			expect(refused(name, {KeyId}, {...late, now: noon + 4999})).toBe(
				`NotFoundException: Key '${String(Arn)}' does not exist`,
			);
		expect(refused('EnableKeyRotation', {KeyId}, late)).toBe('not refused');
		expect(described(String(KeyId), {...late, now: noon + 5000})).toMatchObject({KeyId});
	});
});

describe('a key is named', () => {
	test('by its id or its ARN', () => {
		expect(described(keyId)).toEqual(described(keyArn(keyId)));
	});
	test('by an alias or its ARN, where AWS takes one', () => {
		kms('CreateAlias', {AliasName: 'alias/nps', TargetKeyId: keyId});
		expect(described('alias/nps')).toMatchObject({KeyId: keyId});
		expect(described(`arn:aws:kms:${region}:${accountId}:alias/nps`)).toMatchObject({KeyId: keyId});
		for (const name of [
			'GetKeyPolicy',
			'ListResourceTags',
			'EnableKeyRotation',
			'ScheduleKeyDeletion',
			'DisableKey',
			'ListGrants',
		])
			expect(refused(name, {KeyId: 'alias/nps'})).toBe(
				'InvalidArnException: Key Aliases are not supported for this operation.',
			);
	});
	test('in its own region and account only', () => {
		expect(refused('DescribeKey', {KeyId: keyId}, {region: 'us-east-1'})).toBe(
			`NotFoundException: Key '${keyArn(keyId, 'us-east-1')}' does not exist`,
		);
		expect(refused('DescribeKey', {KeyId: keyArn(keyId)}, {region: 'us-east-1'})).toBe(
			'NotFoundException: Invalid arn eu-west-1',
		);
		expect(refused('DescribeKey', {KeyId: keyArn(keyId).replace(accountId, '444455556666')})).toContain(
			'AccessDeniedException',
		);
	});
	test('or not found', () => {
		expect(refused('DescribeKey', {KeyId: 'nps'})).toBe("NotFoundException: Invalid keyId 'nps'");
		expect(refused('DescribeKey', {KeyId: 'alias/none'})).toBe(
			`NotFoundException: Alias arn:aws:kms:${region}:${accountId}:alias/none is not found.`,
		);
		expect(refused('DescribeKey')).toBe(
			"ValidationException: 1 validation error detected: Value null at 'keyId' failed to satisfy constraint: Member must not be null",
		);
	});
});

describe('ListKeys', () => {
	test('tells the keys of the region, page by page', () => {
		made.keys[keyArn(keyId, 'us-east-1')] = key(keyId, undefined, 'us-east-1');
		const first = kms('ListKeys', {}, {pageSize: 1});
		expect(first).toMatchObject({Keys: [{KeyId: keyId, KeyArn: keyArn(keyId)}], Truncated: true});
		const second = kms('ListKeys', {Marker: first['NextMarker']}, {pageSize: 1});
		expect(second).toMatchObject({Keys: [{KeyId: otherKeyId}], Truncated: false});
		expect(second['NextMarker']).toBeUndefined();
		expect(kms('ListKeys', {Limit: 1})).toMatchObject({Keys: [{KeyId: keyId}], Truncated: true});
		expect(refused('ListKeys', {Marker: 'x'})).toBe('InvalidMarkerException: The marker is invalid.');
		expect(refused('ListKeys', {Limit: 1001})).toContain('Member must have value less than or equal to 1000');
	});
	test('lags behind', () => {
		create({}, {lags: {lists: 5000}});
		const count = (now: number): number =>
			(kms('ListKeys', {}, {now, lags: {lists: 5000}})['Keys'] as readonly unknown[]).length;
		expect([count(noon + 4999), count(noon + 5000)]).toEqual([2, 3]);
	});
});

test('a description is changed, and not too long', () => {
	kms('UpdateKeyDescription', {KeyId: keyId, Description: 'other'});
	expect(described()).toMatchObject({Description: 'other'});
	expect(refused('UpdateKeyDescription', {KeyId: keyId, Description: 'x'.repeat(8193)})).toContain(
		'Member must have length less than or equal to 8192',
	);
	expect(refused('CreateKey', {Description: 'x'.repeat(8193)})).toContain(
		'Member must have length less than or equal to 8192',
	);
});

test('a key is disabled and enabled again', () => {
	kms('DisableKey', {KeyId: keyId});
	expect(described()).toMatchObject({KeyState: 'Disabled', Enabled: false});
	kms('EnableKey', {KeyId: keyId});
	expect(described()).toMatchObject({KeyState: 'Enabled', Enabled: true});
});

describe('deletion', () => {
	test('waits 7 to 30 days, 30 unless told', () => {
		expect(kms('ScheduleKeyDeletion', {KeyId: keyId})).toEqual({
			KeyId: keyArn(keyId),
			DeletionDate: new Date(noon + 30 * day),
			KeyState: 'PendingDeletion',
			PendingWindowInDays: 30,
		});
		expect(described()).toMatchObject({
			KeyState: 'PendingDeletion',
			Enabled: false,
			DeletionDate: new Date(noon + 30 * day),
		});
		for (const [days, words] of [
			[6, 'greater than or equal to 7'],
			[31, 'less than or equal to 30'],
		] as const)
			expect(refused('ScheduleKeyDeletion', {KeyId: otherKeyId, PendingWindowInDays: days})).toBe(
				`ValidationException: 1 validation error detected: Value '${days}' at 'pendingWindowInDays' failed to satisfy constraint: Member must have value ${words}`,
			);
	});
	test('at its end takes the key and its aliases away', () => {
		kms('CreateAlias', {AliasName: 'alias/nps', TargetKeyId: keyId});
		kms('ScheduleKeyDeletion', {KeyId: keyId, PendingWindowInDays: 7});
		expect(described('alias/nps', {now: noon + 7 * day - 1})).toMatchObject({KeyState: 'PendingDeletion'});
		const over = {now: noon + 7 * day};
		expect(refused('DescribeKey', {KeyId: 'alias/nps'}, over)).toContain('NotFoundException');
		expect(refused('DescribeKey', {KeyId: keyId}, over)).toContain('NotFoundException');
		expect(kms('ListKeys', {}, over)['Keys']).toHaveLength(1);
		expect(kms('ListAliases', {}, over)['Aliases']).toEqual([]);
	});
	test('cancelled, leaves the key disabled', () => {
		kms('ScheduleKeyDeletion', {KeyId: keyId});
		expect(kms('CancelKeyDeletion', {KeyId: keyId})).toEqual({KeyId: keyArn(keyId)});
		expect(described()).toMatchObject({KeyState: 'Disabled'});
		expect(described()['DeletionDate']).toBeUndefined();
		expect(described(keyId, {now: noon + 31 * day})).toMatchObject({KeyState: 'Disabled'});
		expect(refused('CancelKeyDeletion', {KeyId: keyId})).toBe(
			`KMSInvalidStateException: ${keyArn(keyId)} is not pending deletion.`,
		);
	});
	test.each([
		['EnableKey', {}],
		['DisableKey', {}],
		['ScheduleKeyDeletion', {}],
		['EnableKeyRotation', {}],
		['DisableKeyRotation', {}],
		['UpdateKeyDescription', {Description: 'x'}],
		['TagResource', {Tags: [{TagKey: 'a', TagValue: 'b'}]}],
		['UntagResource', {TagKeys: ['a']}],
		['Encrypt', {Plaintext: 'bnBz'}],
		['GenerateDataKey', {KeySpec: 'AES_256'}],
		['CreateGrant', {GranteePrincipal: iam('user/nps'), Operations: ['Decrypt']}],
	])('pending, refuses %s', (name, input) => {
		kms('ScheduleKeyDeletion', {KeyId: keyId});
		expect(refused(name, {KeyId: keyId, ...input})).toBe(
			`KMSInvalidStateException: ${keyArn(keyId)} is pending deletion.`,
		);
	});
	test('pending, refuses a new alias and keeps the old', () => {
		kms('CreateAlias', {AliasName: 'alias/nps', TargetKeyId: keyId});
		kms('ScheduleKeyDeletion', {KeyId: keyId});
		expect(refused('CreateAlias', {AliasName: 'alias/b', TargetKeyId: keyId})).toContain('is pending deletion.');
		expect(refused('UpdateAlias', {AliasName: 'alias/nps', TargetKeyId: otherKeyId})).toBe('not refused');
		expect(refused('UpdateAlias', {AliasName: 'alias/nps', TargetKeyId: keyId})).toContain('is pending deletion.');
		expect(refused('DeleteAlias', {AliasName: 'alias/nps'})).toBe('not refused');
	});
});

describe('rotation', () => {
	const status = (over: Over = {}): Data => kms('GetKeyRotationStatus', {KeyId: keyId}, over);
	test('is off at first', () => {
		expect(status()).toEqual({KeyId: keyArn(keyId), KeyRotationEnabled: false});
	});
	test('comes every 365 days, or as told', () => {
		kms('EnableKeyRotation', {KeyId: keyId});
		expect(status()).toEqual({
			KeyId: keyArn(keyId),
			KeyRotationEnabled: true,
			RotationPeriodInDays: 365,
			NextRotationDate: new Date(noon + 365 * day),
		});
		kms('EnableKeyRotation', {KeyId: keyId, RotationPeriodInDays: 90});
		expect(status({now: noon + 200 * day})).toMatchObject({
			RotationPeriodInDays: 90,
			NextRotationDate: new Date(noon + 270 * day),
		});
		kms('DisableKeyRotation', {KeyId: keyId});
		expect(status()).toMatchObject({KeyRotationEnabled: false});
		expect(refused('EnableKeyRotation', {KeyId: keyId, RotationPeriodInDays: 89})).toContain(
			'Member must have value greater than or equal to 90',
		);
		expect(refused('EnableKeyRotation', {KeyId: keyId, RotationPeriodInDays: 2561})).toContain(
			'Member must have value less than or equal to 2560',
		);
	});
	test('is refused on a disabled key, and pauses while its deletion is pending', () => {
		kms('EnableKeyRotation', {KeyId: keyId});
		kms('ScheduleKeyDeletion', {KeyId: keyId});
		expect(status()).toMatchObject({KeyRotationEnabled: false});
		kms('CancelKeyDeletion', {KeyId: keyId});
		expect(status()).toMatchObject({KeyRotationEnabled: true});
		expect(refused('EnableKeyRotation', {KeyId: keyId})).toBe(`DisabledException: ${keyArn(keyId)} is disabled.`);
	});
	test('is not for asymmetric keys', () => {
		const {KeyId} = create({KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY'});
		expect(refused('EnableKeyRotation', {KeyId})).toContain('UnsupportedOperationException');
	});
});
