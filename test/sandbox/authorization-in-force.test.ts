import {beforeEach, describe, expect, test} from 'vitest';
import type {Account, Policy} from '../../src/sandbox/account/account.js';
import {authorize} from '../../src/sandbox/judge/authorize.js';
import type {Caller, Data} from '../../src/sandbox/operation.js';
import {
	account,
	accountId,
	as,
	ask,
	asked,
	day,
	delegation,
	iam,
	key,
	keyArn,
	keyId,
	noon,
	type Over,
	policy,
	refusal,
	session,
} from './kms-account.js';

const mine = keyArn(keyId);
let made: Account;
beforeEach(() => {
	made = account();
});
const attempt = (
	action: string,
	resource: string,
	{input = {}, ...over}: Over & {readonly input?: Data} = {},
): string => refusal(() => authorize(asked(input, {account: made, caller: as('nps'), ...over}), action, resource));
function managed(name: string, ...documents: readonly [string, ...string[]]): Policy {
	const arn = iam(`policy/${name}`);
	const versions = documents.map((document, index) => ({id: `v${index + 1}`, document, created: noon - day}));
	const one: Policy = {
		name,
		path: '/',
		id: 'ANPA',
		arn,
		created: noon - day,
		updated: noon,
		defaultVersion: 'v1',
		versions,
		next: versions.length + 1,
		tags: [],
	};
	made.policies[arn] = one;
	return one;
}
const attach = (to: {attached: {arn: string; since: number}[]}, {arn}: Policy, since = noon - day): void =>
	void (to.attached = [{arn, since}]);
const allowed = 'not refused';

describe('the policies of a user', () => {
	const decrypt = policy({Action: 'kms:Decrypt'});
	test('are those attached to it, in their default version', () => {
		const one = managed('one', policy({Action: 'kms:Encrypt'}), decrypt);
		attach(made.users['nps']!, one);
		expect(attempt('kms:Encrypt', mine)).toBe(allowed);
		expect(attempt('kms:Decrypt', mine)).toContain('no identity-based policy');
		one.defaultVersion = 'v2';
		expect(attempt('kms:Decrypt', mine)).toBe(allowed);
	});
	test('are those of its groups', () => {
		attach(made.groups['ops']!, managed('one', decrypt));
		expect(attempt('kms:Decrypt', mine)).toContain('no identity-based policy');
		made.groups['ops']!.users = ['nps'];
		expect(attempt('kms:Decrypt', mine)).toBe(allowed);
	});
	test('are not those that are attached to others', () => {
		attach(made.users['eve']!, managed('one', decrypt));
		expect(attempt('kms:Decrypt', mine)).toContain('no identity-based policy');
	});
	test('stay the old ones while a new default version is on its way', () => {
		const one = managed('one', policy({Action: 'kms:Encrypt'}), decrypt);
		attach(made.users['nps']!, one);
		Object.assign(one, {defaultVersion: 'v2', changed: {at: noon, before: one.versions[0]!.document}});
		const at = (now: number): readonly string[] =>
			['kms:Encrypt', 'kms:Decrypt'].map(action => attempt(action, mine, {now, lags: {policies: 5000}}));
		expect(at(noon + 4999)).toEqual([allowed, expect.stringContaining('no identity-based policy')]);
		expect(at(noon + 5000)).toEqual([expect.stringContaining('no identity-based policy'), allowed]);
	});
	test('come late when newly attached', () => {
		attach(made.users['nps']!, managed('one', decrypt), noon);
		expect(attempt('kms:Decrypt', mine, {now: noon + 4999, lags: {policies: 5000}})).toContain(
			'no identity-based policy',
		);
		expect(attempt('kms:Decrypt', mine, {now: noon + 5000, lags: {policies: 5000}})).toBe(allowed);
	});
});

describe('a permissions boundary', () => {
	beforeEach(() => {
		made.users['nps']!.inline['own'] = policy({Action: ['kms:*', 'iam:GetUser']});
		made.users['nps']!.boundary = managed(
			'edge',
			policy({Action: ['kms:Decrypt', 'kms:Encrypt']}, {Effect: 'Deny', Action: 'kms:Encrypt'}),
		).arn;
	});
	test('allows nothing by itself, and limits what is allowed', () => {
		expect(attempt('kms:Decrypt', mine)).toBe(allowed);
		expect(attempt('kms:DescribeKey', mine)).toContain(
			'because no permissions boundary allows the kms:DescribeKey action',
		);
		expect(attempt('kms:Encrypt', mine)).toContain('with an explicit deny in a permissions boundary');
		delete made.users['nps']!.inline['own'];
		expect(attempt('kms:Decrypt', mine)).toContain('no identity-based policy');
	});
	test('does not limit what a key policy gives a user by name, unless it denies it', () => {
		made.keys[mine] = key(
			keyId,
			policy(delegation, {Principal: {AWS: iam('user/nps')}, Action: ['kms:DescribeKey', 'kms:Encrypt']}),
		);
		expect(attempt('kms:DescribeKey', mine)).toBe(allowed);
		expect(attempt('kms:Encrypt', mine)).toContain('with an explicit deny in a permissions boundary');
	});
	test('that is no more allows nothing', () => {
		made.users['nps']!.boundary = iam('policy/gone');
		expect(attempt('kms:Decrypt', mine)).toContain('no permissions boundary');
	});
});

describe('a grant', () => {
	const give = (more: Data, caller: Caller = as('ann')): Data =>
		ask(
			'CreateGrant',
			{KeyId: keyId, GranteePrincipal: iam('user/nps'), Operations: ['Decrypt', 'CreateGrant'], ...more},
			{account: made, caller},
		);
	test('allows its operations, and no others', () => {
		give({});
		expect(attempt('kms:Decrypt', mine)).toBe(allowed);
		expect(attempt('kms:Encrypt', mine)).toContain('no identity-based policy');
		expect(attempt('kms:Decrypt', mine, {caller: as('eve')})).toContain('no identity-based policy');
	});
	test('needs no root statement', () => {
		give({});
		made.keys[mine]!.policy = policy({Principal: {AWS: iam('user/eve')}, Action: 'kms:*'});
		expect(attempt('kms:Decrypt', mine)).toBe(allowed);
	});
	test('does not stand against an explicit deny', () => {
		give({});
		made.users['nps']!.inline['own'] = policy({Effect: 'Deny', Action: 'kms:Decrypt'});
		expect(attempt('kms:Decrypt', mine)).toContain('with an explicit deny in an identity-based policy');
	});
	test('holds for its encryption context only', () => {
		give({Constraints: {EncryptionContextSubset: {a: 'b'}}});
		const under = (EncryptionContext: Data): string => attempt('kms:Decrypt', mine, {input: {EncryptionContext}});
		expect(under({a: 'b', c: 'd'})).toBe(allowed);
		expect(under({c: 'd'})).toContain('no identity-based policy');
		made.keys[mine]!.grants.length = 0;
		give({Constraints: {EncryptionContextEquals: {a: 'b'}}});
		expect(under({a: 'b'})).toBe(allowed);
		expect(under({a: 'b', c: 'd'})).toContain('no identity-based policy');
	});
	test('may be passed on for no more than it allows', () => {
		give({});
		expect(refusal(() => give({Operations: ['Decrypt'], GranteePrincipal: iam('user/eve')}, as('nps')))).toBe(allowed);
		expect(refusal(() => give({Operations: ['Encrypt'], GranteePrincipal: iam('user/eve')}, as('nps')))).toContain(
			'AccessDeniedException',
		);
	});
	test('of a role is for its sessions', () => {
		give({GranteePrincipal: iam('role/Admin')});
		expect(attempt('kms:Decrypt', mine, {caller: session})).toBe(allowed);
	});
	test('of a deleted user is not for its namesake', () => {
		give({});
		made.users['nps'] = {...made.users['nps']!, id: 'AIDANEW', created: noon + 1};
		expect(attempt('kms:Decrypt', mine, {now: noon + 2})).toContain('no identity-based policy');
	});
});

test('a role is taken by whom its trust policy names, or, through the account, by whom IAM allows', () => {
	const role = iam('role/Admin');
	const trust = (principal: string, more = {}): string =>
		JSON.stringify({
			Version: '2012-10-17',
			Statement: [{Effect: 'Allow', Principal: {AWS: principal}, Action: 'sts:AssumeRole', ...more}],
		});
	const take = (caller = as('nps'), input = {}): string => attempt('sts:AssumeRole', role, {caller, input});
	made.roles['admin']!.trust = trust(iam('user/nps'));
	expect(take()).toBe(allowed);
	expect(take(as('ann'))).toContain('because no resource-based policy allows the sts:AssumeRole action');
	made.roles['admin']!.trust = trust(iam('root'));
	expect(take(as('ann'))).toBe(allowed);
	expect(take()).toContain('because no identity-based policy allows the sts:AssumeRole action');
	made.roles['admin']!.trust = trust(iam('user/nps'), {Condition: {Bool: {'aws:MultiFactorAuthPresent': 'true'}}});
	expect(take()).toContain('no resource-based policy');
	expect(take(as('nps'), {SerialNumber: iam('mfa/nps'), TokenCode: '123456'})).toBe(allowed);
});

describe('AWS says who, what, on what and why', () => {
	const eve = as('eve');
	test('IAM and STS with 403 AccessDenied', () => {
		const attemptIt = () => authorize(asked({}, {account: made, caller: eve}), 'iam:CreateUser', iam('user/x'));
		expect(attemptIt).toThrow(expect.objectContaining({code: 'AccessDenied', status: 403}));
		expect(refusal(attemptIt)).toBe(
			`AccessDenied: User: arn:aws:iam::${accountId}:user/eve is not authorized to perform: iam:CreateUser on resource: arn:aws:iam::${accountId}:user/x because no identity-based policy allows the iam:CreateUser action`,
		);
		made.users['eve']!.inline['own'] = policy({Effect: 'Deny', Action: 'iam:*'});
		expect(refusal(attemptIt)).toBe(
			`AccessDenied: User: arn:aws:iam::${accountId}:user/eve is not authorized to perform: iam:CreateUser on resource: arn:aws:iam::${accountId}:user/x with an explicit deny in an identity-based policy`,
		);
	});
	test('KMS with 400 AccessDeniedException', () => {
		const attemptIt = () => authorize(asked({}, {account: made, caller: session}), 'kms:Decrypt', mine);
		expect(attemptIt).toThrow(expect.objectContaining({code: 'AccessDeniedException', status: 400}));
		const start = `AccessDeniedException: User: arn:aws:sts::${accountId}:assumed-role/Admin/ann is not authorized to perform: kms:Decrypt on resource: ${mine}`;
		expect(refusal(attemptIt)).toBe(`${start} because no identity-based policy allows the kms:Decrypt action`);
		made.keys[mine]!.policy = policy({Principal: {AWS: iam('user/ann')}, Action: 'kms:*'});
		expect(refusal(attemptIt)).toBe(`${start} because no resource-based policy allows the kms:Decrypt action`);
		made.keys[mine]!.policy = policy({Effect: 'Deny', Principal: '*', Action: 'kms:*'});
		expect(refusal(attemptIt)).toBe(`${start} with an explicit deny in a resource-based policy`);
	});
});
