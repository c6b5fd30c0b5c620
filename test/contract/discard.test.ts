import {mkdirSync, readdirSync, readFileSync, renameSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import * as iam from '@aws-sdk/client-iam';
import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {type Entry, fold} from '../../src/engine/record.js';
import type {User} from '../../src/sandbox/account/account.js';
import {discard, setup} from '../../src/steps/index.js';
import {Bench, type Ran} from './in-process.js';

const stops = ['policy', 'user', 'access-key', 'managed-key', 'least-privilege', 'prove', 'hand-off'] as const;
type Stop = (typeof stops)[number];
let bench: Bench;
let before: string;
const at = new Map<Stop, () => void>();
beforeAll(async () => {
	bench = await Bench.start();
	before = picture();
	for (const stop of stops) {
		const ran = await bench.run(setup, {
			stopAfter: stop,
			accessKeyDescription: 'for NPS',
			consoleAccess: true,
			consolePasswordFile: file('password.csv'),
		});
		expect(ran.code, ran.said).toBe(0);
		at.set(stop, bench.keep());
	}
});
beforeEach(() => {
	rmSync(folder(), {recursive: true, force: true});
	rmSync(file('again.csv'), {force: true});
	bench.sandbox.setFaults([]);
});
afterAll(() => bench.end());

const file = (name: string): string => join(bench.home, name);
const folder = (): string => file('setups');
/** Goes back to where the set-up stopped after that step. */
function back(stop: Stop): void {
	mkdirSync(folder(), {recursive: true});
	at.get(stop)?.();
	bench.heard.length = 0;
}
const user = (): User => bench.sandbox.account.users['nps-kms-user']!;
/** What stands in the account; KMS keys that wait for their deletion apart. */
function picture(): string {
	const {users, groups, policies, aliases, keys} = bench.sandbox.account;
	const bare = Object.values(users).map(({accessKeys, ...it}) => ({
		...it,
		accessKeys: accessKeys.map(key => ({id: key.id, status: key.status})),
	}));
	const alive = Object.values(keys).filter(it => it.manager === 'CUSTOMER' && it.state !== 'PendingDeletion');
	return JSON.stringify({users: bare, groups, policies, aliases, keys: alive}, null, 1);
}
const mutations = (): readonly string[] =>
	bench.heard.map(it => `${it.service}:${it.api}`).filter(it => !/:(Get|List|Lookup|Describe|Simulate)/.test(it));
const take = (flags: object = {}): Promise<Ran> => bench.run(discard, {confirm: 'nps', ...flags});
const everything = {confirmAlias: 'alias/nps-kms-key', deleteKmsKey: true};
const record = (name = 'nps.json'): readonly Entry[] =>
	(JSON.parse(readFileSync(join(folder(), name), 'utf8')) as {entries: Entry[]}).entries;
const operator = (): iam.IAMClient =>
	new iam.IAMClient({
		endpoint: bench.sandbox.url,
		region: 'eu-west-1',
		credentials: {
			accessKeyId: bench.sandbox.operator.accessKeyId,
			secretAccessKey: bench.sandbox.operator.secretAccessKey,
		},
	});

describe.each(stops)('a set-up that stopped after the step %s', stop => {
	beforeEach(() => back(stop));
	test('is taken back whole: the account is as before, and its KMS key waits for its deletion', async () => {
		const {code, result, said} = await take({...everything, deletionDays: '7'});
		expect(code, said).toBe(0);
		expect(picture()).toBe(before);
		expect(result).toMatchObject({status: 'complete', left: 'nothing'});
		const pending = Object.values(bench.sandbox.account.keys).filter(it => it.state === 'PendingDeletion');
		expect(pending.map(it => it.deletion?.days)).toEqual(stops.indexOf(stop) < stops.indexOf('managed-key') ? [] : [7]);
	});
	test('starts fresh afterwards, with another id; the old record is kept under its time', async () => {
		const {setupId} = fold(record());
		expect((await take(everything)).code).toBe(0);
		expect(readdirSync(folder())).toEqual([expect.stringMatching(/^nps-\d{8}T\d{6}Z\.json$/)]);
		expect(fold(record(readdirSync(folder())[0])).setupId).toBe(setupId);
		const {code, said, result} = await bench.run(setup, {secretFile: file('again.csv'), prove: false});
		expect(code, said).toBe(0);
		expect(result['status']).toBe('complete');
		expect(fold(record()).setupId).not.toBe(setupId);
	});
	test('changes nothing by a dry run, nor without the word', async () => {
		const had = picture();
		expect((await take({dryRun: true, yes: false, ...everything})).result['status']).toBe('planned');
		expect((await bench.run(discard, everything)).code).toBe(1);
		const asked = bench.heard.length;
		await expect(take({...everything, confirm: 'lab'})).rejects.toMatchObject({
			problem: {code: 'Usage', why: 'The setup is nps'},
		});
		await expect(take({...everything, deletionDays: '6'})).rejects.toMatchObject({problem: {code: 'Usage'}});
		expect(bench.heard).toHaveLength(asked);
		expect(mutations()).toEqual([]);
		expect(picture()).toBe(had);
	});
});

test.each(['policy', 'user', 'access-key'] as const)(
	'while there is no KMS key (%s), the name alone takes all back',
	async stop => {
		back(stop);
		const {code, said} = await take();
		expect(code, said).toBe(0);
		expect(picture()).toBe(before);
	},
);

describe('where the secret was handed over and a KMS key is there', () => {
	beforeEach(() => back('hand-off'));
	test('nothing changes without the alias', async () => {
		const {code, result, said} = await take();
		expect(code).toBe(1);
		expect(result['problem']).toMatchObject({
			code: 'Unconfirmed',
			todo: 'Say so with --confirm nps --confirm-alias nps-kms-key',
		});
		expect(said).toContain("by this setup's own proof");
		expect(mutations()).toEqual([]);
	});
	test('the access key is set Inactive and the KMS key disabled, and nothing else', async () => {
		const {code, result} = await take({confirmAlias: 'nps-kms-key'});
		expect(code).toBe(0);
		expect(result).toMatchObject({status: 'complete', left: 'something'});
		expect(mutations()).toEqual(['iam:UpdateAccessKey', 'kms:DisableKey']);
		expect(user().accessKeys.map(it => it.status)).toEqual(['Inactive']);
		bench.heard.length = 0;
		expect((await take({confirmAlias: 'nps-kms-key'})).code).toBe(0);
		expect(mutations()).toEqual([]);
	});
	test('the set-up sets both going again', async () => {
		const made = picture();
		await take({confirmAlias: 'nps-kms-key'});
		const {code, said} = await bench.run(setup, {});
		expect(code, said).toBe(0);
		expect(picture()).toBe(made);
	});
	test('an access key that somebody set Inactive is not set Active again', async () => {
		await take({confirmAlias: 'nps-kms-key'});
		await bench.run(setup, {});
		user().accessKeys[0]!.status = 'Inactive';
		bench.heard.length = 0;
		expect((await bench.run(setup, {})).code).toBe(1);
		expect(mutations()).toEqual([]);
	});
	test('it tells when the access key was last used by somebody else', async () => {
		user().accessKeys[0]!.lastUsed = {at: bench.time() + 600_000, service: 'sts', region: 'eu-west-1'};
		bench.pass(3_600_000);
		const {said} = await take();
		expect(said).toMatch(/last used \d{4}-\d\d-\d\d \d\d:\d\d UTC\./);
	});
	test('an answer of one run to delete the KMS key does not stand in the next', async () => {
		bench.sandbox.setFaults([{call: 'iam:UpdateAccessKey', kind: 'denied'} as never]);
		await take({...everything, confirmAlias: 'lab'});
		bench.sandbox.setFaults([]);
		await take({confirmAlias: 'nps-kms-key'});
		expect(mutations()).toEqual(['iam:UpdateAccessKey', 'kms:DisableKey']);
	});
});

test('a death just before the record is put away loses nothing: the next run puts it away', async () => {
	back('user');
	await take();
	const [kept = ''] = readdirSync(folder()).filter(it => it.endsWith('.json'));
	const text = readFileSync(join(folder(), kept), 'utf8');
	renameSync(join(folder(), kept), join(folder(), 'nps.json'));
	const {code, said} = await bench.run(setup, {secretFile: file('again.csv'), stopAfter: 'policy'});
	expect(code, said).toBe(0);
	const [putAway = ''] = readdirSync(folder()).filter(it => it.endsWith('.json') && it !== 'nps.json');
	expect(readFileSync(join(folder(), putAway), 'utf8')).toBe(text);
	expect(fold(record()).setupId).not.toBe(fold(record(putAway)).setupId);
});

test.each(['access-key', 'user', 'policy'] as const)(
	'half taken back, after the step %s, the set-up makes what is missing, with the same KMS key',
	async stopAfter => {
		back('hand-off');
		const keys = Object.keys(bench.sandbox.account.keys);
		expect((await take({...everything, stopAfter})).result['status']).toBe('paused');
		const {code, said} = await bench.run(setup, {
			secretFile: file('again.csv'),
			...(stopAfter !== 'access-key' && {consolePasswordFile: file('password-again.csv')}),
		});
		expect(code, said).toBe(0);
		expect(Object.keys(bench.sandbox.account.keys)).toEqual(keys);
		expect(user().accessKeys.map(it => it.status)).toEqual(['Active']);
		rmSync(file('password-again.csv'), {force: true});
	},
);

describe('a setup is refused, and nothing changes,', () => {
	test('once SbPAM.RotateAwsKey has been run', async () => {
		back('hand-off');
		await bench.run(setup, {npsRotated: true});
		bench.heard.length = 0;
		const {code, result} = await take(everything);
		expect(code).toBe(1);
		expect(result['problem']).toMatchObject({code: 'InUse'});
		expect(mutations()).toEqual([]);
	});
	test('where its record was recovered', async () => {
		back('hand-off');
		rmSync(folder(), {recursive: true});
		await bench.run(setup, {recover: true, prove: false});
		bench.heard.length = 0;
		const {code, result} = await take(everything);
		expect(code).toBe(1);
		expect(result['problem']).toMatchObject({code: 'Recovered'});
		expect(mutations()).toEqual([]);
	});
	test('where there is none', async () => {
		await expect(take()).rejects.toMatchObject({problem: {code: 'NoSetup'}});
	});
});

describe('what somebody else gave the user stays, and so does the user:', () => {
	const UserName = 'nps-kms-user';
	const gifts: readonly (readonly [
		string,
		string,
		(them: iam.IAMClient) => Promise<unknown>,
		(them: iam.IAMClient) => Promise<unknown>,
	])[] = [
		[
			'an MFA device',
			'the MFA device arn:aws:iam::111122223333:mfa/phone',
			them =>
				them.send(
					new iam.EnableMFADeviceCommand({
						UserName,
						SerialNumber: 'arn:aws:iam::111122223333:mfa/phone',
						AuthenticationCode1: '123456',
						AuthenticationCode2: '123456',
					}),
				),
			them =>
				them.send(new iam.DeactivateMFADeviceCommand({UserName, SerialNumber: 'arn:aws:iam::111122223333:mfa/phone'})),
		],
		[
			'a group',
			'the group admins',
			async them => {
				await them.send(new iam.CreateGroupCommand({GroupName: 'admins'}));
				await them.send(new iam.AddUserToGroupCommand({UserName, GroupName: 'admins'}));
			},
			async them => {
				await them.send(new iam.RemoveUserFromGroupCommand({UserName, GroupName: 'admins'}));
				await them.send(new iam.DeleteGroupCommand({GroupName: 'admins'}));
			},
		],
		[
			'an inline policy',
			'the inline policy more',
			them =>
				them.send(
					new iam.PutUserPolicyCommand({
						UserName,
						PolicyName: 'more',
						PolicyDocument: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}',
					}),
				),
			them => them.send(new iam.DeleteUserPolicyCommand({UserName, PolicyName: 'more'})),
		],
		[
			'one policy more',
			'the policy ReadOnlyAccess',
			them =>
				them.send(new iam.AttachUserPolicyCommand({UserName, PolicyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess'})),
			them =>
				them.send(new iam.DetachUserPolicyCommand({UserName, PolicyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess'})),
		],
		[
			'an access key',
			'the access key AKIA',
			them => them.send(new iam.CreateAccessKeyCommand({UserName})),
			async them => {
				const {AccessKeyMetadata: [it] = []} = await them.send(new iam.ListAccessKeysCommand({UserName}));
				await them.send(new iam.DeleteAccessKeyCommand({UserName, AccessKeyId: it?.AccessKeyId ?? ''}));
			},
		],
	];
	test.each(gifts)('%s', async (_, told, give, takeAway) => {
		back('hand-off');
		const them = operator();
		await give(them);
		bench.heard.length = 0;
		const {code, result, said} = await take(everything);
		expect(code, said).toBe(0);
		expect(result['left']).toBe('something');
		expect(said).toContain(`user nps-kms-user: somebody gave it ${told}`);
		expect(mutations()).not.toContain('iam:DeleteUser');
		expect(Object.keys(bench.sandbox.account.policies).filter(it => it.includes('NPS'))).toEqual([]);
		// The description tag of the access key that is gone goes too.
		expect(
			user()
				.tags.map(it => it.Key)
				.filter(it => it.startsWith('AKIA')),
		).toEqual([]);
		expect(user().loginProfile).toBeUndefined();
		await takeAway(them);
		const {code: end, result: last, said: more} = await take(everything);
		expect(end, more).toBe(0);
		expect(last['left']).toBe('nothing');
		expect(picture()).toBe(before);
	});
	test('a conflict that no look showed is told in words', async () => {
		back('access-key');
		const them = operator();
		await gifts[0]![2](them);
		const PolicyDocument = JSON.stringify({
			Version: '2012-10-17',
			Statement: [{Effect: 'Deny', Action: 'iam:ListMFADevices', Resource: '*'}],
		});
		await them.send(new iam.PutUserPolicyCommand({UserName: 'admin', PolicyName: 'blind', PolicyDocument}));
		const {code, result} = await take();
		expect(code).toBe(1);
		expect(result['problem']).toMatchObject({
			why: expect.stringContaining('must delete MFA device first'),
			todo: expect.stringContaining('MFA devices'),
		});
	});
});
