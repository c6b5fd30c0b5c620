import {
	CreateKeyCommand,
	DecryptCommand,
	DisableKeyCommand,
	EncryptCommand,
	GenerateDataKeyCommand,
	GetKeyLastUsageCommand,
	ReEncryptCommand,
	RotateKeyOnDemandCommand,
	ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import {describe, expect, test} from 'vitest';
import {noteUse, shownUse} from '../../src/sandbox/account/kms-key-uses.js';
import type {SandboxOptions} from '../../src/sandbox/index.js';
import {clientsOf, lookUpEvents, sandboxFor} from './clients.js';
import {account, as, ask, asked, day, key, keyArn, keyId, noon, otherKeyId, policy, refusal} from './kms-account.js';

const hour = 3_600_000;
const Plaintext = Buffer.from('proof');
async function oneKey(options: SandboxOptions = {}) {
	const sandbox = await sandboxFor(options);
	const {kms} = clientsOf(sandbox);
	const {KeyMetadata: it} = await kms.send(new CreateKeyCommand({}));
	const KeyId = it!.KeyId!;
	const lastUse = async () => (await kms.send(new GetKeyLastUsageCommand({KeyId}))).KeyLastUsage;
	return {sandbox, kms, KeyId, arn: it!.Arn!, lastUse};
}

// https://docs.aws.amazon.com/kms/latest/developerguide/monitoring-keys-determining-usage.html
describe('the last use of a key', () => {
	test('is empty for a key that was never used, whose uses are noted since it was made', async () => {
		const {kms, KeyId} = await oneKey();
		const {$metadata: _, ...answer} = await kms.send(new GetKeyLastUsageCommand({KeyId}));
		expect(answer).toEqual({
			KeyId,
			KeyCreationDate: expect.any(Date),
			TrackingStartDate: answer.KeyCreationDate,
			KeyLastUsage: {},
		});
	});
	test('says which operation, when, and by which request id, which is the one its caller got', async () => {
		const {sandbox, kms, KeyId, arn, lastUse} = await oneKey();
		const {CiphertextBlob, $metadata} = await kms.send(new EncryptCommand({KeyId, Plaintext}));
		const use = await lastUse();
		expect(use).toEqual({
			Operation: 'Encrypt',
			Timestamp: expect.any(Date),
			KmsRequestId: $metadata.requestId,
			CloudTrailEventId: expect.any(String),
		});
		expect(use!.Timestamp!.getTime() % 1000).toBe(0);
		const {said} = await lookUpEvents(sandbox, {
			LookupAttributes: [{AttributeKey: 'EventId', AttributeValue: use!.CloudTrailEventId}],
		});
		expect(said.Events).toMatchObject([{EventName: 'Encrypt', Resources: [{ResourceName: arn}]}]);
		await kms.send(new DecryptCommand({CiphertextBlob}));
		expect(await lastUse()).toMatchObject({Operation: 'Decrypt'});
	});
	test('is none of a DryRun, a refusal or a denial', async () => {
		const {kms, KeyId, lastUse} = await oneKey();
		await expect(kms.send(new EncryptCommand({KeyId, Plaintext, DryRun: true}))).rejects.toThrow();
		await expect(kms.send(new EncryptCommand({KeyId, Plaintext: Buffer.alloc(5000)}))).rejects.toThrow();
		await kms.send(new DisableKeyCommand({KeyId}));
		await expect(kms.send(new GenerateDataKeyCommand({KeyId, KeySpec: 'AES_256'}))).rejects.toThrow();
		expect(await lastUse()).toEqual({});
	});
	test('is of both keys of a ReEncrypt', async () => {
		const {kms, KeyId, lastUse} = await oneKey();
		const {KeyMetadata: other} = await kms.send(new CreateKeyCommand({}));
		const {CiphertextBlob} = await kms.send(new EncryptCommand({KeyId: other!.KeyId!, Plaintext}));
		await kms.send(new ReEncryptCommand({CiphertextBlob, DestinationKeyId: KeyId}));
		const ofOther = await kms.send(new GetKeyLastUsageCommand({KeyId: other!.KeyId!}));
		expect([await lastUse(), ofOther.KeyLastUsage]).toMatchObject([{Operation: 'ReEncrypt'}, {Operation: 'ReEncrypt'}]);
	});
	test('is not asked by an alias', async () => {
		const {kms} = await oneKey();
		await expect(kms.send(new GetKeyLastUsageCommand({KeyId: 'alias/nps'}))).rejects.toThrow(/lias/);
	});
	test('shows as late as is said, each use for itself', async () => {
		const {sandbox, kms, KeyId, lastUse} = await oneKey({lags: {keyUse: hour}});
		await kms.send(new EncryptCommand({KeyId, Plaintext}));
		expect(await lastUse()).toEqual({});
		sandbox.advance(hour);
		expect(await lastUse()).toMatchObject({Operation: 'Encrypt'});
		await kms.send(new GenerateDataKeyCommand({KeyId, KeySpec: 'AES_256'}));
		expect(await lastUse()).toMatchObject({Operation: 'Encrypt'});
		sandbox.advance(hour);
		expect(await lastUse()).toMatchObject({Operation: 'GenerateDataKey'});
		sandbox.setLags({keyUse: 0});
		expect(sandbox.account.keys[Object.keys(sandbox.account.keys)[0]!]!.lastUsed).toHaveLength(2);
	});
	test('is kept of few uses, however many there are', () => {
		const one = key(keyId);
		const at = (now: number, lag: number) => ({now, lags: {keyUse: lag}});
		for (let second = 0; second < 3000; second++)
			noteUse(
				one,
				{operation: 'Encrypt', at: second * 1000, requestId: `${second}`, eventId: ''},
				at(second * 1000, hour),
			);
		expect(one.lastUsed!.length).toBeLessThan(1100);
		expect(shownUse(one, at(2_999_000, 0))).toMatchObject({requestId: '2999'});
		expect(shownUse(one, at(hour, hour))).toMatchObject({requestId: '0'});
	});
	test('of an older key that is unused is noted since AWS notes uses', () => {
		const made = account();
		made.keys[keyArn(keyId)] = {...key(keyId), created: Date.parse('2025-01-01')};
		expect(ask('GetKeyLastUsage', {KeyId: keyId}, {account: made})).toMatchObject({
			TrackingStartDate: new Date('2026-04-23T00:00:00Z'),
			KeyLastUsage: {},
		});
	});
});

// https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html, kms:TrailingDaysWithoutKeyUsage
describe('a guard of keys in use', () => {
	const made = account();
	const guarded = policy(
		{Principal: '*', Action: 'kms:*'},
		{
			Effect: 'Deny',
			Principal: '*',
			Action: ['kms:DisableKey', 'kms:ScheduleKeyDeletion', 'kms:EnableKey', 'kms:PutKeyPolicy'],
			Condition: {NumericLessThanEquals: {'kms:TrailingDaysWithoutKeyUsage': '30'}},
		},
	);
	const tried = (name: string, now: number, more: object = {}): string => {
		made.keys[keyArn(keyId)] = {...key(keyId, guarded), ...more};
		return refusal(() => ask(name, {KeyId: keyId, Policy: guarded}, {account: made, caller: as('eve'), now}));
	};
	const used = {lastUsed: [{operation: 'Decrypt', at: noon, requestId: '', eventId: ''}]};
	const denied = expect.stringContaining('explicit deny in a resource-based policy') as unknown;
	test.each(['DisableKey', 'ScheduleKeyDeletion'])('stops %s for whole days since the last use', name => {
		expect([noon, noon + 31 * day - 1, noon + 31 * day].map(now => tried(name, now, used))).toEqual([
			denied,
			denied,
			'not refused',
		]);
	});
	test('counts from the making of a key that was never used', () => {
		expect([noon + 20 * day, noon + 21 * day].map(now => tried('DisableKey', now))).toEqual([denied, 'not refused']);
	});
	test('stops nothing else', () => {
		expect([tried('EnableKey', noon, used), tried('PutKeyPolicy', noon, used)]).toEqual(['not refused', 'not refused']);
	});
});

// https://docs.aws.amazon.com/kms/latest/APIReference/API_RotateKeyOnDemand.html
describe('a rotation on demand', () => {
	test('gives new key material, and what was encrypted before is decrypted still', async () => {
		const {kms, KeyId} = await oneKey();
		const before = await kms.send(new EncryptCommand({KeyId, Plaintext}));
		expect((await kms.send(new RotateKeyOnDemandCommand({KeyId}))).KeyId).toBe(KeyId);
		const after = await kms.send(new EncryptCommand({KeyId, Plaintext}));
		const opened = await Promise.all(
			[before, after].map(({CiphertextBlob}) => kms.send(new DecryptCommand({CiphertextBlob}))),
		);
		expect(opened.map(it => Buffer.from(it.Plaintext!).toString())).toEqual(['proof', 'proof']);
		expect(opened[0]!.KeyMaterialId).not.toBe(opened[1]!.KeyMaterialId);
	});
	test('happens 25 times at most, and only to symmetric keys that are enabled', () => {
		const made = account();
		const rotate = (KeyId = keyId): string => refusal(() => ask('RotateKeyOnDemand', {KeyId}, {account: made}));
		expect(Array.from({length: 25}, () => rotate())).toEqual(Array.from({length: 25}, () => 'not refused'));
		expect(rotate()).toContain('LimitExceededException');
		expect(ask('ListKeyRotations', {KeyId: keyId, Limit: 1000}, {account: made})['Rotations']).toHaveLength(25);
		made.keys[keyArn(otherKeyId)]!.state = 'Disabled';
		expect(rotate(otherKeyId)).toContain('DisabledException');
		made.keys[keyArn(otherKeyId)] = {...key(otherKeyId), spec: 'RSA_2048'};
		expect(rotate(otherKeyId)).toContain('UnsupportedOperationException');
	});
	test('leaves the yearly rotation where it is', () => {
		const made = account();
		ask('EnableKeyRotation', {KeyId: keyId}, {account: made});
		const next = (): unknown => ask('GetKeyRotationStatus', {KeyId: keyId}, {account: made})['NextRotationDate'];
		const before = next();
		ask('RotateKeyOnDemand', {KeyId: keyId}, {account: made, now: noon + day});
		expect(next()).toEqual(before);
		expect(asked({}).now).toBe(noon);
	});
});

test('a file of an older sandbox has neither uses nor earlier key material, and serves', () => {
	const older = JSON.parse(JSON.stringify(account())) as ReturnType<typeof account>;
	expect(ask('GetKeyLastUsage', {KeyId: keyId}, {account: older})['KeyLastUsage']).toEqual({});
	ask('Encrypt', {KeyId: keyId, Plaintext}, {account: older});
	expect(ask('GetKeyLastUsage', {KeyId: keyId}, {account: older})['KeyLastUsage']).toMatchObject({
		Operation: 'Encrypt',
	});
	expect(refusal(() => ask('ScheduleKeyDeletion', {KeyId: keyId}, {account: older}))).toBe('not refused');
});
test('the key of a sandbox schedules its deletion when it may', async () => {
	const {kms, KeyId} = await oneKey();
	await kms.send(new ScheduleKeyDeletionCommand({KeyId}));
});
