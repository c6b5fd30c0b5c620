import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {wideDocument} from '../../src/aws/policy/policy-documents.js';
import type {AccessKey, Account, Key, Policy, User} from '../../src/sandbox/account/account.js';
import {Lane, type Ran} from '../faults/lane.js';

const account = '111122223333';
const iam = `arn:aws:iam::${account}`;
const wide = JSON.stringify(wideDocument('aws', account));
const everything = JSON.stringify({Version: '2012-10-17', Statement: [{Effect: 'Allow', Action: '*', Resource: '*'}]});

/** Somebody's things under the names of the set-up, or nearly. */
function policyIn(it: Account, more: Partial<Policy> & {document?: string} = {}): Policy {
	const {document = wide, name = 'NPS_KMS_Policy', path = '/', ...rest} = more;
	const arn = `${iam}:policy${path}${name}`;
	const policy: Policy = {
		...{name, path, arn, id: 'ANPA1111111111111111', created: 0, updated: 0, defaultVersion: 'v1', next: 2, tags: []},
		...{versions: [{id: 'v1', document, created: 0}], ...rest},
	};
	it.policies[arn] = policy;
	return policy;
}
function userIn(it: Account, more: Partial<User> = {}): User {
	const {name = 'nps-kms-user', path = '/'} = more;
	const user: User = {
		...{
			name,
			path,
			arn: `${iam}:user${path}${name}`,
			id: 'AIDA1111111111111111',
			created: 0,
			attached: [],
			inline: {},
			tags: [],
		},
		...{accessKeys: [], mfaDevices: [], ...more},
	};
	it.users[name.toLowerCase()] = user;
	return user;
}
function keyIn(it: Account, more: Partial<Key> = {}, alias = 'alias/nps-kms-key'): Key {
	const {id = '11111111-2222-3333-4444-555555555555', region = 'eu-west-1'} = more;
	const root = {Effect: 'Allow', Principal: {AWS: `${iam}:root`}, Action: 'kms:*', Resource: '*'};
	const key: Key = {
		...{
			id,
			region,
			arn: `arn:aws:kms:${region}:${account}:key/${id}`,
			created: 0,
			description: 'payroll',
			state: 'Enabled',
			manager: 'CUSTOMER',
		},
		...{
			spec: 'SYMMETRIC_DEFAULT',
			usage: 'ENCRYPT_DECRYPT',
			origin: 'AWS_KMS',
			multiRegion: false,
			tags: [],
			grants: [],
		},
		...{
			policy: JSON.stringify({Version: '2012-10-17', Statement: [root]}),
			material: Buffer.alloc(32, 7).toString('base64'),
			...more,
		},
	};
	it.keys[key.arn] = key;
	it.aliases[`${region} ${alias}`] = {name: alias, region, key: key.arn, created: 0, updated: 0};
	return key;
}
const accessKeyOf = (id: string, status: AccessKey['status'] = 'Active'): AccessKey => ({
	id,
	secret: 'x'.repeat(40),
	status,
	created: 0,
});
function groupIn(it: Account, name: string, user: string): void {
	it.groups[name] = {
		name,
		path: '/',
		id: 'AGPA1111111111111111',
		arn: `${iam}:group/${name}`,
		created: 0,
		attached: [],
		inline: {},
		users: [user],
	};
}

/** What is there; what a run says of it; and what becomes of it if it is adopted by name: it goes on, or stops for this reason. */
type Case = readonly [what: string, put: (it: Account) => void, code: string, words: RegExp, adopted: string];

const policies: readonly Case[] = [
	[
		'a policy of that name',
		it => void policyIn(it),
		'AlreadyThere',
		/default version v1 says: Allow kms:Decrypt on arn:aws:kms:\*/,
		'goes on',
	],
	[
		'in other case',
		it => void policyIn(it, {name: 'nps_kms_POLICY'}),
		'AlreadyThere',
		/policy\/nps_kms_POLICY is there already/,
		'goes on',
	],
	[
		'under a path',
		it => void policyIn(it, {path: '/apps/'}),
		'AlreadyThere',
		/policy\/apps\/NPS_KMS_Policy is there already/,
		'goes on',
	],
	[
		'that allows more',
		it => void policyIn(it, {document: everything}),
		'AlreadyThere',
		/says: Allow \* on \*/,
		'PolicyDiffers',
	],
	[
		'attached to another user',
		it => {
			const {arn} = policyIn(it);
			userIn(it, {name: 'other', id: 'AIDA2222222222222222', attached: [{arn, since: 0}]});
		},
		'NeverAdopted',
		/attached to user other.*can't be taken over/,
		'NeverAdopted',
	],
	[
		'attached to a group',
		it => {
			const {arn} = policyIn(it);
			groupIn(it, 'apps', 'admin');
			it.groups['apps']?.attached.push({arn, since: 0});
		},
		'NeverAdopted',
		/attached to group apps/,
		'NeverAdopted',
	],
	[
		'of another setup',
		it =>
			void policyIn(it, {
				tags: [
					{Key: 'nps-kms:id', Value: 'x'},
					{Key: 'nps-kms:setup', Value: 'lab'},
				],
			}),
		'OtherSetup',
		/belongs to the setup lab/,
		'OtherSetup',
	],
];
const users: readonly Case[] = [
	['a user of that name', it => void userIn(it), 'AlreadyThere', /user\/nps-kms-user is there already/, 'goes on'],
	[
		'in other case',
		it => void userIn(it, {name: 'NPS-kms-user'}),
		'AlreadyThere',
		/user\/NPS-kms-user is there already/,
		'goes on',
	],
	[
		'under a path',
		it => void userIn(it, {path: '/apps/'}),
		'AlreadyThere',
		/user\/apps\/nps-kms-user is there already/,
		'goes on',
	],
	[
		'in groups',
		it => {
			userIn(it);
			groupIn(it, 'staff', 'nps-kms-user');
		},
		'AlreadyThere',
		/it is in the group staff/,
		'goes on',
	],
	[
		'with an inline policy',
		it => void userIn(it, {inline: {more: everything}}),
		'AlreadyThere',
		/it has an inline policy, more/,
		'goes on',
	],
	[
		'with another policy',
		it => void userIn(it, {attached: [{arn: 'arn:aws:iam::aws:policy/ReadOnlyAccess', since: 0}]}),
		'AlreadyThere',
		/policy arn:aws:iam::aws:policy\/ReadOnlyAccess is attached to it/,
		'goes on',
	],
	[
		'with a permissions boundary',
		it => void userIn(it, {boundary: 'arn:aws:iam::aws:policy/ReadOnlyAccess'}),
		'AlreadyThere',
		/it has a permissions boundary, arn:aws:iam::aws:policy\/ReadOnlyAccess/,
		'goes on',
	],
	[
		'that signs in',
		it => void userIn(it, {loginProfile: {created: 0, password: 'p', resetRequired: false}}),
		'AlreadyThere',
		/it has a console password/,
		'goes on',
	],
	[
		'with an access key',
		it => void userIn(it, {accessKeys: [accessKeyOf('AKIA1111111111111111')]}),
		'AlreadyThere',
		/it has access key AKIA1111111111111111 \(Active/,
		'goes on',
	],
	[
		'with two access keys',
		it => void userIn(it, {accessKeys: [accessKeyOf('AKIA1111111111111111'), accessKeyOf('AKIA2222222222222222')]}),
		'AlreadyThere',
		/AKIA1111111111111111.*AKIA2222222222222222/,
		'LimitExceeded',
	],
	[
		'with two access keys, Inactive',
		it =>
			void userIn(it, {
				accessKeys: [accessKeyOf('AKIA1111111111111111', 'Inactive'), accessKeyOf('AKIA2222222222222222', 'Inactive')],
			}),
		'AlreadyThere',
		/AKIA1111111111111111 \(Inactive/,
		'LimitExceeded',
	],
];
const never = (what: string, more: Partial<Key>, words: RegExp): Case => [
	what,
	it => void keyIn(it, more),
	'NeverAdopted',
	words,
	'NeverAdopted',
];
const keys: readonly Case[] = [
	['a key under that alias', it => void keyIn(it), 'AlreadyThere', /it is described as “payroll”/, 'goes on'],
	[
		'a multi-Region key',
		it => void keyIn(it, {id: `mrk-${'1'.repeat(32)}`, multiRegion: true}),
		'AlreadyThere',
		/it is a multi-Region key/,
		'goes on',
	],
	never('that is disabled', {state: 'Disabled'}, /The key is Disabled/),
	never(
		'that is waiting for its deletion',
		{state: 'PendingDeletion', deletion: {at: Date.now() + 1e9, days: 30}},
		/The key is PendingDeletion/,
	),
	never('that signs', {spec: 'RSA_2048', usage: 'SIGN_VERIFY'}, /RSA_2048, SIGN_VERIFY/),
	never('that is asymmetric', {spec: 'RSA_4096', usage: 'ENCRYPT_DECRYPT'}, /RSA_4096/),
	never('that makes codes', {spec: 'HMAC_256', usage: 'GENERATE_VERIFY_MAC'}, /HMAC_256/),
	never('with material from elsewhere', {origin: 'EXTERNAL'}, /EXTERNAL/),
	never('in a custom key store', {origin: 'AWS_CLOUDHSM'}, /AWS_CLOUDHSM/),
	never(
		'whose policy leaves the account out, but not the operator',
		{
			policy: JSON.stringify({
				Version: '2012-10-17',
				Statement: [{Effect: 'Allow', Principal: {AWS: `${iam}:user/admin`}, Action: 'kms:*', Resource: '*'}],
			}),
		},
		/no root statement/,
	),
];

describe('what is there already', () => {
	let lane: Lane;
	beforeAll(async () => {
		[lane = expect.fail('there is no lane')] = await Lane.open(1);
	});
	beforeEach(() => lane.back({account: lane.blank, files: {}}));
	afterAll(() => lane?.close());
	const run = (options: object = {}): Promise<Ran> =>
		lane.run({secretFile: `${lane.home}/secret.csv`, prove: false, ...options});
	const problemOf = ({result}: Ran): {what: string; why: string; todo: string; code: string} =>
		result['problem'] as never;
	/** Somebody's thing as it is, but for what the set-up adds to it by its own rule. */
	const theirs = (it: Account, thing: string): unknown => {
		const {users, policies, keys, groups, aliases} = JSON.parse(
			JSON.stringify(it, (name, value: unknown) => (name === 'lastUsed' ? undefined : value)),
		) as Account;
		return {users, policies, keys, groups, aliases}[thing as 'users'];
	};

	describe.each([
		['policy', 'connect', 'Choose another name', policies],
		['user', 'policy', 'Choose another name', users],
		['key', 'access-key', 'Choose another alias', keys],
	] as const)('%s', (word, before, rename, cases) => {
		test.each(cases)(
			'%s: it is shown as what it is, and nothing of it is changed; adopted by name it goes on or is refused',
			async (_what, put, code, words, adopted) => {
				expect((await run({stopAfter: before})).code).toBe(0);
				put(lane.sandbox.account);
				const things = ['users', 'policies', 'keys', 'groups', 'aliases'];
				const left = (it: Account): unknown => things.map(thing => theirs(it, thing));
				const stood = left(lane.sandbox.account);
				const asked = await run({stopAfter: word === 'key' ? 'managed-key' : word});
				const {what, why, todo} = problemOf(asked);
				expect([asked.code, problemOf(asked).code], asked.said).toEqual([1, code]);
				expect(`${what} ${why}`).toMatch(words);
				expect(todo).toContain(rename);
				if (code === 'AlreadyThere') expect(todo).toContain(`--adopt ${word}`);
				expect(left(lane.sandbox.account)).toEqual(stood);

				const taken = await run({adopt: word, stopAfter: word === 'key' ? 'managed-key' : 'access-key'});
				if (adopted === 'goes on') expect(taken.code, taken.said).toBe(0);
				else {
					expect([taken.code, problemOf(taken).code], taken.said).toEqual([1, adopted]);
					if (adopted === code) expect(left(lane.sandbox.account)).toEqual(stood);
				}
			},
		);
	});

	test("a key under that alias that may not even be looked at is named by AWS's reason, and another alias goes on", async () => {
		const others = {Effect: 'Allow', Principal: {AWS: `${iam}:user/other`}, Action: 'kms:*', Resource: '*'};
		const key = keyIn(lane.sandbox.account, {policy: JSON.stringify({Version: '2012-10-17', Statement: [others]})});
		const stood = JSON.stringify(key);
		const ran = await run({adopt: 'key'});
		expect([ran.code, problemOf(ran)]).toMatchObject([
			1,
			{code: 'AccessDeniedException', why: expect.stringContaining(key.arn)},
		]);
		expect((await run({keyAlias: 'other'})).code).toBe(0);
		expect(JSON.stringify(lane.sandbox.account.keys[key.arn])).toBe(stood);
	});
	test('a user in a group is adopted with a warning in the review, and stays in it', async () => {
		userIn(lane.sandbox.account);
		groupIn(lane.sandbox.account, 'staff', 'nps-kms-user');
		const {code, said} = await run({adopt: 'user', stopAfter: 'user'});
		expect(code).toBe(0);
		expect(said).toMatch(/! User nps-kms-user: it is in the group staff\. Taken over, it stays so/);
		expect(lane.sandbox.account.groups['staff']?.users).toEqual(['nps-kms-user']);
	});
	test('an adopted key keeps its statements, its tags and its description, and gets what the set-up needs beside them', async () => {
		const {arn, policy} = keyIn(lane.sandbox.account, {tags: [{Key: 'team', Value: 'theirs'}]});
		expect((await run({adopt: 'key'})).code).toBe(0);
		const key = lane.sandbox.account.keys[arn];
		const statements = (text: string): unknown[] => (JSON.parse(text) as {Statement: unknown[]}).Statement;
		expect(statements(key?.policy ?? '')).toEqual(expect.arrayContaining(statements(policy)));
		expect(key).toMatchObject({description: 'payroll', tags: expect.arrayContaining([{Key: 'team', Value: 'theirs'}])});
		expect(Object.keys(lane.sandbox.account.keys)).toEqual([arn]);
	});
	test("an alias that is on another key is not moved, and the set-up's own key waits for another alias", async () => {
		expect((await run({stopAfter: 'access-key'})).code).toBe(0);
		// Somebody takes the alias after the key is made, before it gets its own.
		lane.onHeard = it => {
			if (it.api === 'CreateKey') keyIn(lane.sandbox.account);
		};
		const ran = await run();
		lane.onHeard = () => undefined;
		expect([ran.code, problemOf(ran).code], ran.said).toEqual([1, 'AlreadyExistsException']);
		expect(problemOf(ran).todo).toContain('--key-alias');
		expect(lane.sandbox.account.aliases['eu-west-1 alias/nps-kms-key']?.key).toContain('11111111-2222');
		expect((await run({keyAlias: 'other'})).code).toBe(0);
		expect(Object.keys(lane.sandbox.account.keys)).toHaveLength(2);
		expect(lane.sandbox.account.aliases['eu-west-1 alias/nps-kms-key']?.key).toContain('11111111-2222');
	});
	test('a key under the same alias in another region is left alone, and does not stand in the way', async () => {
		const key = keyIn(lane.sandbox.account, {region: 'us-east-1'});
		const stood = JSON.stringify(key);
		expect((await run()).code).toBe(0);
		expect(JSON.stringify(lane.sandbox.account.keys[key.arn])).toBe(stood);
		expect(Object.keys(lane.sandbox.account.keys)).toHaveLength(2);
	});
	test('instead of adopting, other names can be chosen, and what was there stays as it was', async () => {
		const it = lane.sandbox.account;
		policyIn(it, {document: everything});
		userIn(it, {accessKeys: [accessKeyOf('AKIA1111111111111111'), accessKeyOf('AKIA2222222222222222')]});
		keyIn(it, {state: 'Disabled'});
		const of = (): string =>
			JSON.stringify([
				it.policies[`${iam}:policy/NPS_KMS_Policy`],
				it.users['nps-kms-user'],
				Object.values(it.keys)[0],
			]);
		const stood = of();
		expect((await run({policyName: 'Other', userName: 'other', keyAlias: 'other'})).code).toBe(0);
		expect(of()).toBe(stood);
	});
});
