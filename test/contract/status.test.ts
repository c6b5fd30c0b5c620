import {readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import * as iam from '@aws-sdk/client-iam';
import * as kms from '@aws-sdk/client-kms';
import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {status} from '../../src/commands/status.js';
import {lock} from '../../src/local/lock.js';
import type {Key, Policy, User} from '../../src/sandbox/account.js';
import {setup} from '../../src/steps/index.js';
import {Bench} from './in-process.js';

type Told = {
	readonly setup: string;
	readonly record: string;
	readonly steps: readonly {
		readonly step: string;
		readonly status: string;
		readonly text?: string;
		readonly differences: readonly {readonly code: string; readonly text: string; readonly expected: string; readonly found: string}[];
	}[];
};
type Looked = {readonly code: number; readonly told: Told; readonly requests: readonly string[]};

const documented = readFileSync(join(import.meta.dirname, '../../docs/status.md'), 'utf8');
let bench: Bench;
let asMade: () => void;
beforeAll(async () => {
	bench = await Bench.start();
	const ran = await bench.run();
	expect(ran.code, ran.said).toBe(0);
	asMade = bench.keep();
});
beforeEach(() => asMade());
afterAll(() => bench.end());

const record = (): string => join(bench.home, 'setups', 'nps.json');
async function say(json: boolean, options: object = {}): Promise<{code: number; lines: string[]; requests: string[]}> {
	const lines: string[] = [];
	bench.heard.length = 0;
	const code = await status(
		{
			course: setup,
			options: {setup: 'nps', json, ...options},
			env: {...process.env, NPS_KMS_HOME: bench.home, NPS_KMS_PATIENCE: '0.0001'},
			outlet: {json, out: it => void lines.push(it), err: it => void lines.push(it)},
			version: '0.0.0',
			now: new Date(),
		},
		() => undefined,
	);
	return {code, lines, requests: bench.heard.map(it => `${it.service}:${it.api}`)};
}
async function look(options: object = {}): Promise<Looked> {
	const {code, lines, requests} = await say(true, options);
	expect(lines).toHaveLength(1);
	return {code, told: JSON.parse(lines[0]!) as Told, requests};
}
const statuses = ({told}: Looked): Readonly<Record<string, string>> => Object.fromEntries(told.steps.map(it => [it.step, it.status]));
const codes = ({told}: Looked): readonly string[] => told.steps.flatMap(it => it.differences.map(one => `${it.step} ${one.code}`));
const texts = ({told}: Looked): string => told.steps.flatMap(it => it.differences.map(one => one.text)).join('\n');
const steps = ['connect', 'policy', 'user', 'access-key', 'managed-key', 'least-privilege', 'prove', 'hand-off'];
const allDone = Object.fromEntries(steps.map(it => [it, 'done']));

const client = (): {endpoint: string; region: string; credentials: {accessKeyId: string; secretAccessKey: string}} => {
	const {url, operator} = bench.sandbox;
	return {endpoint: url, region: 'eu-west-1', credentials: {accessKeyId: operator.accessKeyId, secretAccessKey: operator.secretAccessKey}};
};
const inIam = (): iam.IAMClient => new iam.IAMClient(client());
const inKms = (): kms.KMSClient => new kms.KMSClient(client());
const UserName = 'nps-kms-user';
const user = (): User => bench.sandbox.account.users[UserName]!;
const policy = (): Policy => Object.values(bench.sandbox.account.policies).find(it => it.name === 'NPS_KMS_Policy')!;
const key = (): Key => Object.values(bench.sandbox.account.keys).find(it => it.tags.some(tag => tag.Key === 'nps-kms:setup'))!;
const accessKeyId = (): string => user().accessKeys[0]!.id;
const document = (Resource: string, Action = 'kms:Decrypt'): string =>
	JSON.stringify({Version: '2012-10-17', Statement: [{Effect: 'Allow', Action, Resource}]});
const otherKey = 'arn:aws:kms:eu-west-1:111122223333:key/11111111-2222-3333-4444-555555555555';
const version = (PolicyDocument: string): Promise<unknown> =>
	inIam().send(new iam.CreatePolicyVersionCommand({PolicyArn: policy().arn, PolicyDocument, SetAsDefault: true}));
type Statement = {Sid?: string; Effect: string; Principal: {AWS: string | string[]}; Action: string | string[]; Resource: string};
async function editKeyPolicy(edit: (statements: Statement[]) => Statement[]): Promise<void> {
	const it = JSON.parse(key().policy) as {Statement: Statement[]};
	const Policy = JSON.stringify({...it, Statement: edit(it.Statement)});
	await inKms().send(new kms.PutKeyPolicyCommand({KeyId: key().id, Policy, PolicyName: 'default', BypassPolicyLockoutSafetyCheck: true}));
}
const admin = 'arn:aws:iam::111122223333:user/admin';
async function makeUserAnew(): Promise<void> {
	const client = inIam();
	await client.send(new iam.DeleteAccessKeyCommand({UserName, AccessKeyId: accessKeyId()}));
	await client.send(new iam.DetachUserPolicyCommand({UserName, PolicyArn: policy().arn}));
	await client.send(new iam.DeleteUserCommand({UserName}));
}

test('a set-up that nobody touched is done, step by step, with few requests and none that changes anything', async () => {
	const looked = await look();
	expect([looked.code, statuses(looked), codes(looked)]).toEqual([0, allDone, []]);
	expect(looked.requests.length).toBeLessThanOrEqual(18);
	expect(looked.requests.filter(it => !/^(iam|kms|sts):(Get|List|Describe)/.test(it))).toEqual([]);
	expect(looked.requests).toEqual([...new Set(looked.requests)]);
	expect(looked.told.steps.find(it => it.step === 'access-key')?.text).toMatch(/to be replaced by \d{4}-\d\d-\d\d/);
	expect(looked.told.steps.find(it => it.step === 'hand-off')?.text).toBe('SbPAM.RotateAwsKey: not known');
});
test('a hundred looks at a right set-up give no false alarm, and leave account and record as they are', async () => {
	const [before, {mtimeMs, ino}] = [readFileSync(record(), 'utf8'), statSync(record())];
	const account = JSON.stringify(bench.sandbox.account);
	for (let turn = 0; turn < 100; turn++) expect(await look()).toMatchObject({code: 0});
	expect(readFileSync(record(), 'utf8')).toBe(before);
	expect(statSync(record())).toMatchObject({mtimeMs, ino});
	expect(JSON.stringify(bench.sandbox.account, (name, it: unknown) => (name === 'lastUsed' ? undefined : it))).toBe(
		JSON.stringify(JSON.parse(account), (name, it: unknown) => (name === 'lastUsed' ? undefined : it)),
	);
});
test('a hundred keys and users more change neither the answer nor the number of requests', async () => {
	const before = await look();
	for (let at = 0; at < 100; at++) {
		const id = `${String(at).padStart(8, '0')}-0000-0000-0000-000000000000`;
		const arn = key().arn.replace(key().id, id);
		bench.sandbox.account.keys[arn] = {...structuredClone(key()), id, arn, tags: []};
		bench.sandbox.account.users[`other-${at}`] = {
			...structuredClone(user()),
			name: `other-${at}`,
			arn: `${user().arn}-${at}`,
			accessKeys: [],
			attached: [],
		};
	}
	const after = await look();
	expect([after.code, after.told, after.requests.length]).toEqual([0, before.told, before.requests.length]);
});
test('one with every option is done too, with its record and without', async () => {
	const trust = JSON.stringify({Version: '2012-10-17', Statement: [{Effect: 'Allow', Principal: {AWS: admin}, Action: 'sts:AssumeRole'}]});
	await inIam().send(new iam.CreateRoleCommand({RoleName: 'KmsAdmins', AssumeRolePolicyDocument: trust}));
	const named = {setup: 'full', consoleAccess: true, keyRotation: false, secretFile: join(bench.home, 'full.csv')};
	const ran = await bench.run(setup, {
		...named,
		tag: ['team=pam', 'cost centre=7'],
		consolePasswordFile: join(bench.home, 'password.csv'),
		keyAdministrator: ['arn:aws:iam::111122223333:role/KmsAdmins'],
		keyDescription: 'for NPS',
		accessKeyDescription: 'NPS production',
	});
	expect(ran.code, ran.said).toBe(0);
	const looked = await look({setup: 'full'});
	expect([looked.code, codes(looked)]).toEqual([0, []]);
	expect(looked.requests.length).toBeLessThanOrEqual(18);
	rmSync(join(bench.home, 'setups', 'full.json'));
	const without = await look(named);
	expect([without.code, without.told.record, codes(without)]).toEqual([0, 'missing', []]);
});
test('it neither waits for a run that holds the record nor keeps one waiting', async () => {
	const held = await lock(record(), 'nps', new Date());
	expect((await look()).code).toBe(0);
	await held.release();
});

describe('what somebody else changed is named', () => {
	const table: readonly (readonly [string, () => unknown, readonly string[], RegExp])[] = [
		['the policy widened', () => version(document('*', 'kms:*')), ['least-privilege policy-widened'], /says: Allow {2}kms:\* {2}on {2}\*/],
		[
			'the policy narrowed to another key',
			() => version(document(otherKey)),
			['least-privilege policy-other-key'],
			/Decrypt with arn:\S+555, not with/,
		],
		[
			'the first version made the default again',
			() => inIam().send(new iam.SetDefaultPolicyVersionCommand({PolicyArn: policy().arn, VersionId: 'v1'})),
			['least-privilege policy-other-version'],
			/v1 .* is the default again, not v2/,
		],
		[
			'the policy allowing something else',
			() => version(JSON.stringify({Version: '2012-10-17', Statement: [{Effect: 'Deny', Action: 'kms:Decrypt', Resource: '*'}]})),
			['least-privilege policy-edited'],
			/Deny {2}kms:Decrypt/,
		],
		[
			'another policy attached',
			() => inIam().send(new iam.AttachUserPolicyCommand({UserName, PolicyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess'})),
			['user policy-attached'],
			/ReadOnlyAccess is attached/,
		],
		[
			'the policy detached',
			() => inIam().send(new iam.DetachUserPolicyCommand({UserName, PolicyArn: policy().arn})),
			['user policy-detached'],
			/NPS_KMS_Policy is not attached/,
		],
		[
			'the policy attached to somebody else',
			() => inIam().send(new iam.AttachUserPolicyCommand({UserName: 'admin', PolicyArn: policy().arn})),
			['policy attached-elsewhere'],
			/attached to user admin/,
		],
		[
			'an inline policy',
			() => inIam().send(new iam.PutUserPolicyCommand({UserName, PolicyName: 'more', PolicyDocument: document('*')})),
			['user inline-policy'],
			/inline policy, more/,
		],
		[
			'a group',
			async () => {
				await inIam().send(new iam.CreateGroupCommand({GroupName: 'many'}));
				await inIam().send(new iam.AddUserToGroupCommand({GroupName: 'many', UserName}));
			},
			['user in-group'],
			/in the group many/,
		],
		[
			'a permissions boundary',
			() => inIam().send(new iam.PutUserPermissionsBoundaryCommand({UserName, PermissionsBoundary: 'arn:aws:iam::aws:policy/ReadOnlyAccess'})),
			['user permissions-boundary'],
			/boundary, arn:aws:iam::aws:policy\/ReadOnlyAccess/,
		],
		[
			'a console password',
			() => inIam().send(new iam.CreateLoginProfileCommand({UserName, Password: 'correct-Horse-7-battery'})),
			['user console-password'],
			/password for the console since/,
		],
		[
			'the tags of the user gone',
			() => inIam().send(new iam.UntagUserCommand({UserName, TagKeys: ['nps-kms:setup', 'nps-kms:id']})),
			['user tags-gone'],
			/nps-kms:setup, nps-kms:id/,
		],
		[
			'the tags of the policy gone',
			() => inIam().send(new iam.UntagPolicyCommand({PolicyArn: policy().arn, TagKeys: ['nps-kms:id']})),
			['policy tags-gone'],
			/gone: nps-kms:id/,
		],
		[
			'the tags of the key gone',
			() => inKms().send(new kms.UntagResourceCommand({KeyId: key().id, TagKeys: ['nps-kms:setup', 'nps-kms:id']})),
			['managed-key tags-gone'],
			/nps-kms:setup/,
		],
		[
			'the access key set Inactive',
			() => inIam().send(new iam.UpdateAccessKeyCommand({UserName, AccessKeyId: accessKeyId(), Status: 'Inactive'})),
			['access-key access-key-inactive'],
			/is Inactive: .*--status Active/,
		],
		[
			'the access key deleted',
			() => inIam().send(new iam.DeleteAccessKeyCommand({UserName, AccessKeyId: accessKeyId()})),
			['access-key access-key-gone'],
			/is deleted/,
		],
		['an access key added', () => inIam().send(new iam.CreateAccessKeyCommand({UserName})), ['access-key access-key-added'], /did not deliver it/],
		[
			'the access key 91 days old',
			() => user().accessKeys.splice(0, 1, {...user().accessKeys[0]!, created: Date.now() - 91 * 86_400_000}),
			['access-key access-key-old'],
			/is 91 days old; it was to be replaced by \d{4}/,
		],
		[
			'the key disabled',
			() => inKms().send(new kms.DisableKeyCommand({KeyId: key().id})),
			['managed-key key-disabled'],
			/Disabled.*aws kms enable-key/,
		],
		[
			'the deletion of the key scheduled',
			() => inKms().send(new kms.ScheduleKeyDeletionCommand({KeyId: key().id, PendingWindowInDays: 7})),
			['managed-key key-pending-deletion'],
			new RegExp(`deletes it on ${new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 10)}.*cancel-key-deletion`),
		],
		[
			'a statement added to the key policy',
			() => editKeyPolicy(it => [...it, {Sid: 'more', Effect: 'Allow', Principal: {AWS: admin}, Action: 'kms:Decrypt', Resource: '*'}]),
			['managed-key key-policy-added'],
			/“more” is added: Allow {2}kms:Decrypt/,
		],
		[
			'a statement taken from the key policy',
			() => editKeyPolicy(it => it.filter(one => one.Sid !== 'Allow use of the key')),
			['managed-key key-policy-lacks'],
			/“Allow use of the key” is gone/,
		],
		[
			'a statement of the key policy changed',
			() =>
				editKeyPolicy(it =>
					it.map(one =>
						one.Sid === 'Allow use of the key' ? {...one, Principal: {AWS: [user().arn, admin]}, Action: ['kms:Decrypt', 'kms:Put*']} : one,
					),
				),
			['managed-key key-policy-changed'],
			/is for \S+admin as well, allows kms:Put\* as well, no longer allows kms:Encrypt/,
		],
		[
			'the root statement gone, and the operator still let in',
			() =>
				editKeyPolicy(it => [
					{Sid: 'mine', Effect: 'Allow', Principal: {AWS: admin}, Action: 'kms:*', Resource: '*'},
					...it.filter(one => one.Sid !== 'Enable IAM User Permissions'),
				]),
			['managed-key root-statement-gone', 'managed-key key-policy-added'],
			/isn't in charge of the key/,
		],
		[
			'the rotation turned off',
			() => inKms().send(new kms.DisableKeyRotationCommand({KeyId: key().id})),
			['managed-key rotation-off'],
			/no longer rotates/,
		],
		['the alias gone', () => inKms().send(new kms.DeleteAliasCommand({AliasName: 'alias/nps-kms-key'})), ['managed-key alias-gone'], /isn't there/],
		[
			'the alias moved',
			async () => {
				const {KeyMetadata} = await inKms().send(new kms.CreateKeyCommand({}));
				await inKms().send(new kms.UpdateAliasCommand({AliasName: 'alias/nps-kms-key', TargetKeyId: KeyMetadata!.KeyId}));
			},
			['managed-key alias-moved'],
			/names another key now/,
		],
		[
			'a grant for somebody else',
			() => inKms().send(new kms.CreateGrantCommand({KeyId: key().id, GranteePrincipal: admin, Operations: ['Decrypt']})),
			['managed-key grant-added'],
			/allows \S+admin Decrypt/,
		],
		[
			'a grant for the user',
			() => inKms().send(new kms.CreateGrantCommand({KeyId: key().id, GranteePrincipal: user().arn, Operations: ['Decrypt', 'Encrypt']})),
			['managed-key grant-added'],
			/allows the user Decrypt, Encrypt/,
		],
		[
			'the user deleted',
			makeUserAnew,
			['user user-gone', 'access-key access-key-gone', 'managed-key principal-gone'],
			/names AIDA\w+: whom it named is deleted/,
		],
		[
			'the user deleted and made again',
			async () => {
				await makeUserAnew();
				await inIam().send(new iam.CreateUserCommand({UserName}));
			},
			['user user-replaced', 'access-key access-key-gone', 'managed-key principal-gone'],
			/is another than this setup made/,
		],
	];
	test.each(table)('%s', async (_what, change, expected, words) => {
		await change();
		const looked = await look();
		expect([looked.code, [...new Set(codes(looked))]]).toEqual([3, expected]);
		expect(texts(looked)).toMatch(words);
		for (const it of expected) expect(documented).toContain(`\`${it.split(' ')[1]}\``);
		expect(looked.requests.length).toBeLessThanOrEqual(22);
		expect(looked.requests.filter(it => !/^(iam|kms|sts):(Get|List|Describe)/.test(it))).toEqual([]);
		// Every step without a difference is still done.
		const changed = new Set(expected.map(it => it.split(' ')[0]));
		expect(statuses(looked)).toEqual(Object.fromEntries(steps.map(it => [it, changed.has(it) ? 'changed' : 'done'])));
	});
	test('the access key 90 days old by the clock of AWS, to the day', async () => {
		bench.sandbox.advance(89 * 86_400_000);
		expect((await look()).code).toBe(0);
		bench.sandbox.advance(86_400_000 + 60_000);
		const looked = await look();
		expect([looked.code, codes(looked)]).toEqual([3, ['access-key access-key-old']]);
		expect(texts(looked)).toContain('is 90 days old');
		bench.sandbox.advance(-90 * 86_400_000 - 60_000);
	});
	test('nothing where only order and spelling are others', async () => {
		await editKeyPolicy(it => it.toReversed().map(one => ({...one, Action: [one.Action].flat().toReversed()})));
		await version(JSON.stringify({Version: '2012-10-17', Statement: {Effect: 'Allow', Action: ['kms:decrypt'], Resource: [key().arn]}}));
		expect(await look()).toMatchObject({code: 0});
	});
	test('the secret file that lies there after NPS was rotated, and not before', async () => {
		expect((await look()).code).toBe(0);
		expect((await bench.run(setup, {npsRotated: true})).code).toBe(0);
		const looked = await look();
		expect([looked.code, codes(looked)]).toEqual([3, ['access-key secret-file']]);
		expect(looked.told.steps.at(-1)?.text).toBe('SbPAM.RotateAwsKey has been run');
		const [place, kept] = [join(bench.home, 'secret.csv'), readFileSync(join(bench.home, 'secret.csv'))];
		rmSync(place);
		expect((await look()).code).toBe(0);
		writeFileSync(place, kept);
	});
	test('a key of another region or a policy of that name is not looked for: they are gone', async () => {
		delete bench.sandbox.account.keys[key().arn];
		const looked = await look();
		expect(looked.code).toBe(3);
		expect(codes(looked)).toContain('managed-key key-gone');
	});
});

describe('a set-up that is not finished', () => {
	const upTo = (step: string): void => {
		const it = JSON.parse(readFileSync(record(), 'utf8')) as {entries: {type: string; step?: string}[]};
		const end = it.entries.findIndex(entry => entry.type === 'completed' && entry.step === step);
		writeFileSync(record(), JSON.stringify({...it, entries: it.entries.slice(0, end + 1)}));
	};
	test('tells what is to do, and that the access key is wide until step 5', async () => {
		upTo('managed-key');
		await inIam().send(new iam.SetDefaultPolicyVersionCommand({PolicyArn: policy().arn, VersionId: 'v1'}));
		const looked = await look();
		expect(looked.code).toBe(3);
		expect(statuses(looked)).toEqual({...allDone, 'least-privilege': 'to-do', prove: 'to-do', 'hand-off': 'to-do'});
		expect(codes(looked)).toEqual(['least-privilege not-narrowed', 'prove not-proven']);
		expect(texts(looked)).toContain(`access key ${accessKeyId()} can decrypt with every key`);
	});
	test('of which nothing is there yet', async () => {
		const looked = await look({setup: 'other', policyName: undefined});
		expect([looked.code, looked.told.record]).toEqual([3, 'missing']);
		expect(statuses(looked)).toEqual({...Object.fromEntries(steps.map(it => [it, 'to-do'])), connect: 'done'});
	});
	test('left without a proof on purpose is done, and says so', async () => {
		const kept = JSON.parse(readFileSync(record(), 'utf8')) as {entries: {type: string; step?: string}[]};
		writeFileSync(record(), JSON.stringify({...kept, entries: kept.entries.filter(it => it.type !== 'checked')}));
		const looked = await look();
		expect(looked).toMatchObject({code: 0});
		expect(looked.told.steps.find(it => it.step === 'prove')).toMatchObject({status: 'done', text: 'not proven'});
	});
	test('whose proof failed is changed', async () => {
		writeFileSync(
			record(),
			readFileSync(record(), 'utf8')
				.replaceAll(/("check":"groups"[^}]*?)"ok":true/g, '$1"ok":false')
				.replaceAll(/("check": "groups"[^}]*?)"ok": true/g, '$1"ok": false'),
		);
		expect(codes(await look())).toEqual(['prove proof-failed']);
	});
});

describe('without a record that can be read', () => {
	test('it is told by names and tags', async () => {
		rmSync(record());
		const looked = await look({secretFile: join(bench.home, 'secret.csv')});
		expect([looked.code, looked.told.record, statuses(looked)], texts(looked)).toEqual([0, 'missing', allDone]);
		await inIam().send(new iam.PutUserPolicyCommand({UserName, PolicyName: 'more', PolicyDocument: document('*')}));
		await inKms().send(new kms.DisableKeyCommand({KeyId: key().id}));
		const changed = await look();
		expect(codes(changed)).toEqual(['user inline-policy', 'managed-key key-disabled']);
		expect(statuses(changed)).toEqual({...allDone, user: 'changed', 'managed-key': 'changed'});
	});
	test('of a set-up that was never finished it is told what is missing', async () => {
		rmSync(record());
		await inKms().send(new kms.DeleteAliasCommand({AliasName: 'alias/nps-kms-key'}));
		await inKms().send(new kms.UntagResourceCommand({KeyId: key().id, TagKeys: ['nps-kms:setup', 'nps-kms:id']}));
		await inIam().send(new iam.SetDefaultPolicyVersionCommand({PolicyArn: policy().arn, VersionId: 'v1'}));
		const looked = await look({secretFile: join(bench.home, 'secret.csv')});
		expect(statuses(looked)).toEqual({...allDone, 'managed-key': 'to-do', 'least-privilege': 'to-do', prove: 'to-do', 'hand-off': 'to-do'});
		expect(texts(looked)).toContain('Missing: KMS key alias/nps-kms-key');
	});
	test('of an access key set Inactive and of an alias that is gone it is told too, without looking through all keys', async () => {
		rmSync(record());
		await inIam().send(new iam.UpdateAccessKeyCommand({UserName, AccessKeyId: accessKeyId(), Status: 'Inactive'}));
		await inKms().send(new kms.DeleteAliasCommand({AliasName: 'alias/nps-kms-key'}));
		const looked = await look({secretFile: join(bench.home, 'secret.csv')});
		expect([looked.code, codes(looked)]).toEqual([3, ['access-key access-key-inactive', 'managed-key alias-gone']]);
		expect(statuses(looked)).toEqual({...allDone, 'access-key': 'changed', 'managed-key': 'changed'});
		expect(looked.requests).not.toContain('kms:ListKeys');
	});
	test('a damaged one stays as it is, to the byte', async () => {
		writeFileSync(record(), '{"v":1,"entr');
		const looked = await look();
		expect([looked.code, looked.told.record, statuses(looked)]).toEqual([0, 'damaged', allDone]);
		expect(readFileSync(record(), 'utf8')).toBe('{"v":1,"entr');
	});
	test('names that flags give are looked for', async () => {
		rmSync(record());
		const looked = await look({policyName: 'Another', userName: 'nobody', keyAlias: 'nothing'});
		expect(looked.code).toBe(3);
		expect(statuses(looked)['policy']).toBe('to-do');
	});
	test.each(steps.slice(1, 7))('one that ends after %s tells the rest by names and tags', async step => {
		const it = JSON.parse(readFileSync(record(), 'utf8')) as {entries: {type: string; step?: string}[]};
		const end = it.entries.findIndex(entry => entry.type === 'completed' && entry.step === step);
		writeFileSync(record(), JSON.stringify({...it, entries: it.entries.slice(0, end + 1)}));
		const looked = await look();
		const proven = step === 'prove';
		expect([looked.code, statuses(looked)]).toEqual(proven ? [0, allDone] : [3, {...allDone, prove: 'to-do', 'hand-off': 'to-do'}]);
	});
});

describe('what may not be looked at', () => {
	const deny = (...Action: string[]): void => {
		bench.sandbox.account.users['admin']!.inline['no'] = JSON.stringify({
			Version: '2012-10-17',
			Statement: [{Effect: 'Deny', Action, Resource: '*'}],
		});
	};
	test.each([
		['iam:GetPolicy', ['policy', 'least-privilege']],
		['iam:GetPolicyVersion', ['policy', 'least-privilege']],
		['iam:ListEntitiesForPolicy', ['policy']],
		['iam:GetUser', ['user', 'access-key']],
		['iam:ListAttachedUserPolicies', ['user']],
		['iam:GetLoginProfile', ['user']],
		['iam:ListUserPolicies', ['user']],
		['iam:ListGroupsForUser', ['user']],
		['iam:ListAccessKeys', ['access-key']],
		['kms:DescribeKey', ['managed-key']],
		['kms:GetKeyPolicy', ['managed-key']],
		['kms:GetKeyRotationStatus', ['managed-key']],
		['kms:ListResourceTags', ['managed-key']],
		['kms:ListGrants', ['managed-key']],
	])('%s denied: that is unknown, with the reason, and the rest is told', async (action, unknown) => {
		deny(action);
		const looked = await look();
		expect([looked.code, statuses(looked)]).toEqual([1, {...allDone, ...Object.fromEntries(unknown.map(it => [it, 'unknown']))}]);
		for (const it of looked.told.steps) if (it.status === 'unknown') expect(it.text).toMatch(new RegExp(`${action}.*\\[AccessDenied`));
	});
	test.each(['iam:GetPolicy', 'iam:GetUser', 'kms:DescribeKey'])(
		'%s denied, and no record either: nothing is said to differ that only can not be told',
		async action => {
			rmSync(record());
			deny(action);
			const looked = await look({secretFile: join(bench.home, 'secret.csv')});
			expect([looked.code, codes(looked)]).toEqual([1, []]);
			expect(Object.values(statuses(looked)).filter(it => it !== 'done' && it !== 'unknown')).toEqual([]);
		},
	);
	test('a difference beside it still counts', async () => {
		deny('iam:ListGroupsForUser');
		await inIam().send(new iam.PutUserPolicyCommand({UserName, PolicyName: 'more', PolicyDocument: document('*')}));
		const looked = await look();
		expect([looked.code, codes(looked), statuses(looked)['user']]).toEqual([3, ['user inline-policy'], 'changed']);
		expect(looked.told.steps[2]?.text).toContain('iam:ListGroupsForUser');
	});
	test('credentials of another account, or none that work, stop it in words', async () => {
		await expect(look({expectAccount: '999999999999'})).rejects.toMatchObject({problem: {code: 'UnexpectedAccount'}});
		const had = process.env['AWS_SECRET_ACCESS_KEY'];
		process.env['AWS_SECRET_ACCESS_KEY'] = 'wrong';
		await expect(look()).rejects.toMatchObject({problem: {code: 'SignatureDoesNotMatch'}});
		process.env['AWS_SECRET_ACCESS_KEY'] = had;
	});
});

test('people read a table of 80 columns with the differences under their step', async () => {
	await inIam().send(new iam.PutUserPolicyCommand({UserName, PolicyName: 'more', PolicyDocument: document('*')}));
	await version(document('*', 'kms:*'));
	const {code, lines} = await say(false);
	expect(code).toBe(3);
	expect(lines.filter(it => it.length > 80 && it.trim().includes(' '))).toEqual([]);
	expect(lines.join('\n')).toContain(
		'≠ User             changed  arn:aws:iam::111122223333:user/nps-kms-user\n    - The user has an inline policy, more [inline-policy]\n✔ Access key',
	);
	expect(lines.at(-2)).toContain('2 differences. Nothing was changed.');
});
