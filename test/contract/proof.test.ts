import {CreateGrantCommand, CreateKeyCommand, KMSClient} from '@aws-sdk/client-kms';
import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import type {Account, Key, Policy, User} from '../../src/sandbox/account/account.js';
import type {Heard} from '../../src/sandbox/index.js';
import {proveAgain} from '../../src/steps/index.js';
import {Bench, type Line, type Ran} from './in-process.js';

let bench: Bench;
let asMade: () => void;
beforeAll(async () => {
	bench = await Bench.start();
	const kms = operator();
	await kms.send(new CreateKeyCommand({Description: 'of another application'}));
	const ran = await bench.run(undefined, {prove: false});
	expect(ran.code, ran.said).toBe(0);
	asMade = bench.keep();
});
beforeEach(() => {
	asMade();
	bench.pace = 0;
	bench.patience = 0.0001;
	bench.sandbox.setLags({policies: 0, accessKeys: 0});
	bench.heard.length = 0;
});
afterAll(() => bench.end());

const operator = (): KMSClient =>
	new KMSClient({
		endpoint: bench.sandbox.url,
		region: 'eu-west-1',
		credentials: {
			accessKeyId: bench.sandbox.operator.accessKeyId,
			secretAccessKey: bench.sandbox.operator.secretAccessKey,
		},
	});
const apiOf = ({service, api}: Heard): string => `${service}:${api}`;
const prove = (): Promise<Ran> => bench.run(proveAgain, {secretFile: undefined});
const checks = ({lines}: Ran): readonly Line[] => lines.filter(it => it.type === 'check');
const named = (ran: Ran, ok: boolean | null): readonly unknown[] =>
	checks(ran)
		.filter(it => it['ok'] === ok)
		.map(it => it['check']);

const all = [
	...[
		'identity',
		'encrypt-decrypt',
		'describe-key',
		'data-key',
		'other-key',
		'get-key-policy',
		'create-grant',
		'list-keys',
		'list-users',
	],
	...['schedule-deletion', 'put-key-policy', 'disable-key', 'create-access-key'],
	...['attached', 'inline', 'groups', 'key-policy', 'grants', 'default-version', 'access-keys'],
];

test('a right set-up passes every check, and is proven', async () => {
	const ran = await prove();
	expect(ran.code, ran.said).toBe(0);
	expect(named(ran, true)).toEqual(all);
	expect(ran.result).toMatchObject({status: 'complete', proven: true});
});
test('a hundred proofs of a right set-up give no false alarm', async () => {
	for (let turn = 0; turn < 100; turn++) {
		asMade();
		const {code, result, said} = await prove();
		expect({code, proven: result['proven']}, said).toEqual({code: 0, proven: true});
	}
});
test('everything that is tried is tried three times in a row, by the new user', async () => {
	await prove();
	const byNewUser = bench.heard.filter(it => it.caller?.arn.endsWith('/nps-kms-user')).map(apiOf);
	const count = (api: string): number => byNewUser.filter(it => it === api).length;
	expect(Object.fromEntries([...new Set(byNewUser)].map(it => [it, count(it)]))).toEqual({
		'sts:GetCallerIdentity': 3,
		'kms:Encrypt': 3,
		'kms:Decrypt': 6,
		'kms:DescribeKey': 3,
		'kms:GenerateDataKey': 3,
		'kms:GetKeyPolicy': 3,
		'kms:CreateGrant': 3,
		'kms:ListKeys': 3,
		'iam:ListUsers': 3,
	});
});
test('a proof changes nothing, whoever is asked', async () => {
	const before = JSON.stringify(withoutUses(bench.sandbox.account));
	await prove();
	expect(JSON.stringify(withoutUses(bench.sandbox.account))).toBe(before);
	const reads = /^(iam|kms|sts|cloudtrail):(Lookup|Get|List|Lookup|Describe|Simulate)/;
	const tries = ['kms:Encrypt', 'kms:Decrypt', 'kms:GenerateDataKey', 'kms:CreateGrant'];
	expect(bench.heard.map(apiOf).filter(it => !reads.test(it) && !tries.includes(it))).toEqual([]);
});
const withoutUses = (account: Account): unknown =>
	JSON.parse(JSON.stringify(account, (key, value: unknown) => (key === 'lastUsed' ? undefined : value)));

const user = (): User => bench.sandbox.account.users['nps-kms-user']!;
const policy = (): Policy => Object.values(bench.sandbox.account.policies).find(it => it.name === 'NPS_KMS_Policy')!;
const key = (): Key => Object.values(bench.sandbox.account.keys).find(it => it.policy.includes('nps-kms-user'))!;
const write = (document: object): void => {
	policy().versions = policy().versions.map(it =>
		it.id === policy().defaultVersion ? {...it, document: JSON.stringify(document)} : it,
	);
};
const allow = (Action: string | string[], Resource = '*'): object => ({
	Version: '2012-10-17',
	Statement: [{Effect: 'Allow', Action, Resource}],
});
type Statement = {Sid?: string; Effect: string; Principal: unknown; Action: unknown; Resource: string};
const editKeyPolicy = (edit: (statements: Statement[]) => Statement[]): void => {
	const document = JSON.parse(key().policy) as {Statement: Statement[]};
	key().policy = JSON.stringify({...document, Statement: edit(document.Statement)});
};
const toUser = (Action: string[] | string): Statement => ({
	Sid: 'more',
	Effect: 'Allow',
	Principal: {AWS: user().arn},
	Action,
	Resource: '*',
});
const managed = (name: string): string =>
	Object.keys(bench.sandbox.account.policies).find(it => it.endsWith(`/${name}`))!;

describe('what is wider than it should be comes out, by name', () => {
	const table: readonly (readonly [string, () => unknown, readonly string[]])[] = [
		['Decrypt on every key', () => write(allow('kms:Decrypt')), ['other-key', 'default-version']],
		[
			'everything with KMS on this key',
			() => write(allow('kms:*', key().arn)),
			['get-key-policy', 'create-grant', 'schedule-deletion', 'default-version'],
		],
		[
			'another policy attached',
			() => user().attached.push({arn: managed('ReadOnlyAccess'), since: 0}),
			['attached', 'list-users'],
		],
		[
			'an inline policy',
			() => (user().inline['more'] = JSON.stringify(allow('kms:ListKeys'))),
			['inline', 'list-keys'],
		],
		[
			'a group that allows',
			() => {
				const groups = bench.sandbox.account.groups;
				const arn = user().arn.replace('user/nps-kms-user', 'group/many');
				groups['many'] = {
					name: 'many',
					path: '/',
					id: 'AGPA1',
					arn,
					created: 0,
					attached: [],
					inline: {x: JSON.stringify(allow('iam:*'))},
					users: ['nps-kms-user'],
				};
			},
			['groups', 'list-users', 'create-access-key'],
		],
		[
			'the user as key administrator',
			() => editKeyPolicy(it => [...it, toUser(['kms:Put*', 'kms:Get*', 'kms:ScheduleKeyDeletion', 'kms:Disable*'])]),
			['key-policy', 'get-key-policy', 'put-key-policy'],
		],
		[
			'a key policy for everyone',
			() => editKeyPolicy(it => [...it, {...toUser('kms:Decrypt'), Principal: '*'}]),
			['key-policy'],
		],
		[
			'a second, broader statement',
			() => editKeyPolicy(it => [...it, toUser('kms:*')]),
			['key-policy', 'get-key-policy', 'create-grant'],
		],
		[
			'a statement for the key user missing',
			() => editKeyPolicy(it => it.filter(one => one.Sid !== 'Allow use of the key')),
			['encrypt-decrypt', 'key-policy'],
		],
		[
			'the key user shown as a deleted one',
			() =>
				editKeyPolicy(it =>
					it.map(one => ({
						...one,
						Principal: JSON.parse(
							JSON.stringify(one.Principal).replaceAll(user().arn, 'AIDA2222222222222222'),
						) as unknown,
					})),
				),
			['encrypt-decrypt', 'key-policy'],
		],
		[
			'a grant',
			async () =>
				operator().send(
					new CreateGrantCommand({KeyId: key().arn, GranteePrincipal: user().arn, Operations: ['Decrypt']}),
				),
			['grants'],
		],
		[
			'a second active access key',
			() => user().accessKeys.push({id: 'AKIA2222222222222222', secret: 'x'.repeat(40), status: 'Active', created: 0}),
			['access-keys'],
		],
		[
			'a policy for another key',
			() =>
				write(
					allow(
						'kms:Decrypt',
						key().arn.replace(/.$/, it => (it === '0' ? '1' : '0')),
					),
				),
			['default-version'],
		],
		['the policy detached', () => (user().attached = []), ['attached']],
		['the access key Inactive', () => (user().accessKeys[0]!.status = 'Inactive'), ['identity']],
		[
			'another secret in the file',
			() => user().accessKeys.splice(0, 1, {...user().accessKeys[0]!, secret: 'y'.repeat(40)}),
			['identity'],
		],
	];
	test.each(table)('%s', async (_what, widen, expected) => {
		await widen();
		const ran = await prove();
		expect(ran.code).toBe(1);
		expect(named(ran, false)).toEqual(expect.arrayContaining([...expected]));
		expect(ran.result).toMatchObject({
			status: 'stopped',
			proven: false,
			problem: {what: expect.stringContaining('The proof failed')},
		});
	});
});

describe('what is late is waited for', () => {
	test('the wide version that is still in force for a while', async () => {
		const narrow = policy().versions.find(it => it.id === policy().defaultVersion)!.document;
		policy().changed = {at: bench.time(), before: JSON.stringify(allow('kms:Decrypt'))};
		user().attached = user().attached.map(it => ({...it, since: 0}));
		expect(narrow).not.toContain('"*"');
		bench.sandbox.setLags({policies: 60_000});
		bench.pace = 1000;
		bench.patience = 0.02;
		const ran = await prove();
		expect(ran.code, ran.said).toBe(0);
		expect(ran.result['proven']).toBe(true);
		expect(ran.lines.some(it => it.type === 'wait' && String(it['why']).includes('in force before'))).toBe(true);
	});
	test('an access key that AWS does not know everywhere yet', async () => {
		user().accessKeys.splice(0, 1, {...user().accessKeys[0]!, created: bench.time()});
		bench.sandbox.setLags({accessKeys: 9000});
		bench.pace = 600;
		bench.patience = 0.02;
		const ran = await prove();
		expect(ran.code, ran.said).toBe(0);
		expect(ran.result['proven']).toBe(true);
	});
});

describe('what can not be told is no pass', () => {
	test('a disabled key is neither allowed nor denied', async () => {
		key().state = 'Disabled';
		const ran = await prove();
		expect(named(ran, null)).toEqual(expect.arrayContaining(['encrypt-decrypt', 'data-key']));
		expect(ran.result).toMatchObject({status: 'complete', proven: false});
	});
	test('a simulation that is refused', async () => {
		const admin = bench.sandbox.account.users['admin']!;
		admin.inline['no'] = JSON.stringify({
			Version: '2012-10-17',
			Statement: [{Effect: 'Deny', Action: 'iam:SimulatePrincipalPolicy', Resource: '*'}],
		});
		const ran = await prove();
		expect(named(ran, null)).toEqual(['schedule-deletion', 'put-key-policy', 'disable-key', 'create-access-key']);
		expect(ran.said.match(/can't tell \(you may not simulate\)/g)).toHaveLength(1);
		expect(ran.result).toMatchObject({status: 'complete', proven: false});
		expect(ran.code).toBe(0);
	});
	test("a key policy that the account can't read any more", async () => {
		editKeyPolicy(it => it.slice(1));
		const ran = await prove();
		expect(named(ran, null)).toContain('key-policy');
		expect(ran.result['proven']).toBe(false);
	});
	test('looking that is refused', async () => {
		const admin = bench.sandbox.account.users['admin']!;
		admin.inline['no'] = JSON.stringify({
			Version: '2012-10-17',
			Statement: [{Effect: 'Deny', Action: ['iam:ListGroupsForUser', 'kms:ListGrants'], Resource: '*'}],
		});
		expect(named(await prove(), null)).toEqual(expect.arrayContaining(['groups', 'grants']));
	});
});

describe('the other key', () => {
	const others = (): Key[] => Object.values(bench.sandbox.account.keys).filter(it => it !== key());
	test('is one that only IAM could open to the user; none such is simulated', async () => {
		for (const it of others()) it.state = 'Disabled';
		const ran = await prove();
		expect(ran.result['proven']).toBe(true);
		expect(
			bench.heard.filter(it => apiOf(it) === 'kms:Decrypt' && it.caller?.arn.endsWith('/nps-kms-user')),
		).toHaveLength(3);
	});
	test('is simulated where its policy names the user, and a wide policy still comes out', async () => {
		for (const it of others()) it.policy = it.policy.replace(':root"', ':user/nps-kms-user"');
		write(allow('kms:Decrypt'));
		expect(named(await prove(), false)).toEqual(expect.arrayContaining(['other-key', 'default-version']));
	});
});
