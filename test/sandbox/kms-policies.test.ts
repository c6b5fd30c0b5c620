import {beforeEach, describe, expect, test} from 'vitest';
import type {Account} from '../../src/sandbox/account/account.js';
import type {Data} from '../../src/sandbox/operation.js';
import {
	account,
	accountId,
	as,
	ask,
	day,
	delegation,
	iam,
	keyArn,
	keyId,
	noon,
	type Over,
	policy,
	refusal,
	root,
	session,
	user,
	type Written,
} from './kms-account.js';

let made: Account;
beforeEach(() => {
	made = account();
});
const kms = (name: string, input: Data = {}, over: Over = {}): Data => ask(name, input, {account: made, ...over});
const put = (Policy: string, over: Over = {}, more: Data = {}): string =>
	refusal(() => kms('PutKeyPolicy', {KeyId: keyId, Policy, ...more}, over));
const create = (Policy: string, over: Over = {}): string => refusal(() => kms('CreateKey', {Policy}, over));
const got = (): unknown => kms('GetKeyPolicy', {KeyId: keyId})['Policy'];
const decrypt = {Action: 'kms:Decrypt'};
const to = (principal: unknown): string => policy(delegation, {Principal: principal, ...decrypt});
const invalid = 'MalformedPolicyDocumentException: Policy contains a statement with one or more invalid principals.';
const lockout =
	'MalformedPolicyDocumentException: The new key policy will not allow you to update the key policy in the future.';
const taken = 'not refused';

test('a key made without a policy has the root statement only', () => {
	const {KeyMetadata} = kms('CreateKey') as {KeyMetadata: Data};
	const text = kms('GetKeyPolicy', {KeyId: KeyMetadata['KeyId']})['Policy'];
	expect(JSON.parse(String(text))).toEqual({
		Version: '2012-10-17',
		Id: 'key-default-1',
		Statement: [
			{
				Sid: 'Enable IAM User Permissions',
				Effect: 'Allow',
				Principal: {AWS: `arn:aws:iam::${accountId}:root`},
				Action: 'kms:*',
				Resource: '*',
			},
		],
	});
});

test('a key policy is kept word for word', () => {
	const text = `${policy(delegation)}\n  `;
	expect(put(text)).toBe(taken);
	expect(kms('GetKeyPolicy', {KeyId: keyId})).toEqual({Policy: text, PolicyName: 'default'});
	expect(kms('ListKeyPolicies', {KeyId: keyId})).toMatchObject({PolicyNames: ['default'], Truncated: false});
	const {KeyMetadata} = kms('CreateKey', {Policy: text}) as {KeyMetadata: Data};
	expect(kms('GetKeyPolicy', {KeyId: KeyMetadata['KeyId']})['Policy']).toBe(text);
});

// Unlike the Sid of an IAM policy:
// https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html#key-policy-format
test('the Sid of a statement may have blanks, as the console writes it', () => {
	const text = policy(
		{...delegation, Sid: 'Enable IAM User Permissions'},
		{...delegation, Sid: 'Allow use of the key'},
	);
	expect([put(text), create(text), got()]).toEqual([taken, taken, text]);
});

test('its name is default', () => {
	expect(put(policy(delegation), {}, {PolicyName: 'default'})).toBe(taken);
	expect(put(policy(delegation), {}, {PolicyName: 'mine'})).toBe('NotFoundException: No such policy exists');
	expect(refusal(() => kms('GetKeyPolicy', {KeyId: keyId, PolicyName: 'mine'}))).toBe(
		'NotFoundException: No such policy exists',
	);
});

describe('a key policy is refused', () => {
	const statement: Written = {Effect: 'Allow', Principal: {AWS: iam('root')}, Action: 'kms:*', Resource: '*'};
	const without = (name: string): string =>
		JSON.stringify({
			Version: '2012-10-17',
			Statement: [statement, Object.fromEntries(Object.entries(statement).filter(([element]) => element !== name))],
		});
	test.each([
		['that is no JSON', '{"Version":'],
		['that is no object', '"*"'],
		['without statements', '{"Version":"2012-10-17","Statement":[]}'],
		['of a version that never was', policy(delegation).replace('2012-10-17', '2026-01-01')],
		['with an element that is none', policy(delegation, {...statement, Actions: 'kms:*'})],
		['with a statement without Action', without('Action')],
		['with a statement without Resource', without('Resource')],
		['with a statement without Principal', without('Principal')],
		['with a statement without Effect', without('Effect')],
		['with an empty list of actions', policy(delegation, {...statement, Action: []})],
		['with an action of no service', policy(delegation, {...statement, Action: 'Decrypt'})],
	])('%s', (_what, text) => {
		const before = got();
		expect(put(text)).toContain('MalformedPolicyDocumentException: ');
		expect(create(text)).toContain('MalformedPolicyDocumentException: ');
		expect(got()).toBe(before);
		expect(Object.keys(made.keys)).toHaveLength(2);
	});
	test('over 32 KB', () => {
		const sized = (size: number): string =>
			policy(delegation, {...delegation, Sid: 'x'.repeat(size - policy(delegation, {...delegation, Sid: ''}).length)});
		expect(put(sized(32_768))).toBe(taken);
		expect(put(sized(32_769))).toContain('LimitExceededException');
	});
	test('with characters that KMS does not take', () => {
		expect(put(policy({...delegation, Sid: '日本'}))).toContain(
			"at 'policy' failed to satisfy constraint: Member must satisfy regular expression pattern",
		);
	});
});

describe('the principals of a key policy', () => {
	test.each<readonly [string, unknown]>([
		['users', {AWS: iam('user/nps')}],
		['roles', {AWS: iam('role/Admin')}],
		['sessions of roles', {AWS: session.arn}],
		['the account by its id', {AWS: accountId}],
		['everybody', '*'],
		['everybody of AWS', {AWS: '*'}],
		['services', {Service: 'logs.eu-west-1.amazonaws.com'}],
		['several', {AWS: [iam('user/nps'), iam('user/eve')]}],
		// https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html
		['another account', {AWS: 'arn:aws:iam::444455556666:root'}],
		['the id of another account', {AWS: '444455556666'}],
	])('may be %s', (_what, principal) => expect([put(to(principal)), create(to(principal))]).toEqual([taken, taken]));
	test.each<readonly [string, unknown]>([
		['a user that is not there', {AWS: iam('user/gone')}],
		['one that is not there among others', {AWS: [iam('user/nps'), iam('user/gone')]}],
		['a user of another spelling', {AWS: iam('user/NPS')}],
		['a group', {AWS: iam('group/ops')}],
		['a user without its path', {AWS: iam('user/team/nps')}],
		['a pattern', {AWS: iam('user/n*')}],
		['the unique id of a deleted user', {AWS: 'AIDAGONE'}],
		['a user of another partition', {AWS: iam('user/nps').replace('arn:aws:', 'arn:aws-cn:')}],
		['a user of another account', {AWS: iam('user/nps').replace(accountId, '444455556666')}],
		['an account of another partition', {AWS: 'arn:aws-cn:iam::444455556666:root'}],
		['a session of no role', {AWS: session.arn.replace('Admin', 'None')}],
		['what is no service', {Service: 'logs'}],
	])('are never %s', (_what, principal) =>
		expect([put(to(principal)), create(to(principal))]).toEqual([invalid, invalid]),
	);
	test('may not be users too young for KMS to know them', () => {
		made.users['new'] = {...user('new', 'AIDANEW'), created: noon};
		const at = (now: number): string => create(to({AWS: iam('user/new')}), {now, lags: {principals: 10_000}});
		expect([at(noon + 9999), at(noon + 10_000)]).toEqual([invalid, taken]);
	});
	test('are looked at in denials too', () => {
		expect(put(policy(delegation, {Effect: 'Deny', Principal: {AWS: iam('user/gone')}, ...decrypt}))).toBe(invalid);
		expect(
			put(policy(delegation, {Effect: 'Deny', NotPrincipal: {AWS: [iam('user/gone'), iam('root')]}, ...decrypt})),
		).toBe(invalid);
	});
});

describe('a key policy that locks the caller out', () => {
	const toEve = policy({Principal: {AWS: iam('user/eve')}, Action: 'kms:*'});
	test('is refused, unless the check is bypassed', () => {
		expect([put(toEve), create(toEve)]).toEqual([lockout, lockout]);
		expect(put(toEve, {}, {BypassPolicyLockoutSafetyCheck: true})).toBe(taken);
		expect(got).toThrow('because no resource-based policy allows the kms:GetKeyPolicy action');
	});
	test('is one that lets it do all but put a policy', () => {
		const ann = {Principal: {AWS: iam('user/ann')}};
		expect(put(policy({...ann, Action: ['kms:Get*', 'kms:Describe*']}))).toBe(lockout);
		expect(put(policy({...ann, Action: 'kms:Put*'}))).toBe(taken);
	});
	test('is one that denies it', () => {
		expect(
			put(policy(delegation, {Effect: 'Deny', Principal: {AWS: iam('user/ann')}, Action: 'kms:PutKeyPolicy'})),
		).toBe(lockout);
	});
	test('is one under a condition that does not hold, or that nobody knows', () => {
		expect(put(policy({...delegation, Condition: {StringEquals: {'aws:PrincipalArn': iam('user/eve')}}}))).toBe(
			lockout,
		);
		expect(put(policy({...delegation, Condition: {StringNotEquals: {'aws:Weather': 'rain'}}}))).toBe(lockout);
		expect(put(policy({...delegation, Condition: {StringEquals: {'aws:PrincipalArn': iam('user/ann')}}}))).toBe(taken);
	});
	test('is none when it names the role of the session', () => {
		made.roles['admin']!.inline['all'] = policy({Action: 'kms:*'});
		expect(put(policy({Principal: {AWS: iam('role/Admin')}, Action: 'kms:*'}), {caller: session})).toBe(taken);
	});
	test('is for root one that leaves the account out', () => {
		expect(put(policy({Principal: {AWS: iam('user/ann')}, Action: 'kms:*'}), {caller: root})).toBe(lockout);
	});
});

test('who may not put a policy gets to know nothing about it', () => {
	expect(put('{', {caller: as('eve')})).toContain('is not authorized to perform: kms:PutKeyPolicy on resource: ');
});

test('a key policy is in force at once', () => {
	const eve = {caller: as('eve'), now: noon + day};
	expect(refusal(() => kms('DescribeKey', {KeyId: keyId}, eve))).toContain('no identity-based policy');
	put(policy(delegation, {Principal: {AWS: iam('user/eve')}, Action: 'kms:DescribeKey'}));
	expect(kms('DescribeKey', {KeyId: keyId}, eve)).toMatchObject({KeyMetadata: {Arn: keyArn(keyId)}});
});
