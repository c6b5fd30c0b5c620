import {describe, expect, test} from 'vitest';
import {authorize} from '../../src/sandbox/judge/authorize.js';
import {
	account,
	as,
	asked,
	delegation,
	iam,
	key,
	keyArn,
	keyId,
	otherKeyId,
	policy,
	refusal,
	root,
	session,
	type Written,
} from './kms-account.js';

type Answer =
	| 'allowed'
	| 'no identity policy'
	| 'no key policy'
	| 'no boundary'
	| 'denied by identity policy'
	| 'denied by key policy'
	| 'denied by boundary';
type Row = readonly [
	rule: string,
	identity: Written | readonly Written[],
	key: Written | readonly Written[],
	action: string,
	answer: Answer,
];

const mine = keyArn(keyId);
const nps = {AWS: iam('user/nps')};
const deny = {Effect: 'Deny'};
const nobody: readonly Written[] = [];
const decrypt = {Action: 'kms:Decrypt'};
const direct = {Principal: nps, Action: ['kms:Decrypt', 'kms:Encrypt']};

/** Who may do it to the key of these policies, in our words. */
function answer(identity: Row[1], held: Row[2], action: string, caller = as('nps'), input = {}): string {
	const made = account();
	const list = [identity].flat();
	if (list.length > 0) {
		made.users['nps']!.inline['own'] = policy(...list);
		made.roles['admin']!.inline['own'] = policy(...list);
	}
	made.keys[mine] = key(keyId, policy(...[held].flat()));
	return inWords(refusal(() => authorize(asked(input, {account: made, caller}), action, mine)));
}
function inWords(refused: string): string {
	const words: Readonly<Record<string, Answer>> = {
		'because no identity-based': 'no identity policy',
		'because no resource-based': 'no key policy',
		'because no permissions': 'no boundary',
		'deny in an identity': 'denied by identity policy',
		'deny in a resource': 'denied by key policy',
		'deny in a permissions': 'denied by boundary',
		'not refused': 'allowed',
	};
	return Object.entries(words).find(([part]) => refused.includes(part))?.[1] ?? refused;
}
function table(title: string, rows: readonly Row[]): void {
	describe(title, () =>
		test.each(rows)('%s', (_rule, identity, held, action, expected) =>
			expect(answer(identity, held, action)).toBe(expected),
		),
	);
}

table('a key and IAM decide together', [
	['a key left to IAM is open to whom IAM allows', decrypt, delegation, 'kms:Decrypt', 'allowed'],
	['a key left to IAM is closed to whom IAM does not allow', nobody, delegation, 'kms:Decrypt', 'no identity policy'],
	[
		'without the root statement, IAM has no say',
		{Action: 'kms:*'},
		{Principal: {AWS: iam('user/eve')}, Action: 'kms:*'},
		'kms:Decrypt',
		'no key policy',
	],
	['a key policy without any statement for us lets nobody in', {Action: '*'}, nobody, 'kms:Decrypt', 'no key policy'],
	['a key policy lets a user in without any policy of its own', nobody, direct, 'kms:Decrypt', 'allowed'],
	['it lets that user do what it says and no more', nobody, direct, 'kms:DescribeKey', 'no key policy'],
	[
		'what the key policy does not say, IAM may where it is delegated',
		{Action: 'kms:DescribeKey'},
		[delegation, direct],
		'kms:DescribeKey',
		'allowed',
	],
	[
		'the root statement gives the user nothing by itself',
		nobody,
		[delegation, direct],
		'kms:ScheduleKeyDeletion',
		'no identity policy',
	],
	[
		'a root statement for one action delegates one action',
		{Action: 'kms:*'},
		{...delegation, Action: 'kms:Decrypt'},
		'kms:Encrypt',
		'no key policy',
	],
	['and that one it does', {Action: 'kms:*'}, {...delegation, Action: 'kms:Decrypt'}, 'kms:Decrypt', 'allowed'],
	[
		'the account id means the same as the root ARN',
		decrypt,
		{...delegation, Principal: {AWS: '111122223333'}},
		'kms:Decrypt',
		'allowed',
	],
	[
		'the account id delegates only',
		nobody,
		{...delegation, Principal: {AWS: '111122223333'}},
		'kms:Decrypt',
		'no identity policy',
	],
	[
		'another account is not ours',
		{Action: 'kms:*'},
		{...delegation, Principal: {AWS: 'arn:aws:iam::444455556666:root'}},
		'kms:Decrypt',
		'no key policy',
	],
	[
		'the root of another partition is not ours',
		{Action: '*'},
		{...delegation, Principal: {AWS: iam('root').replace('aws', 'aws-cn')}},
		'kms:Decrypt',
		'no key policy',
	],
	[
		'another user of the same path is not us',
		nobody,
		{Principal: {AWS: iam('user/nps2')}, Action: 'kms:*'},
		'kms:Decrypt',
		'no key policy',
	],
	[
		'one of several principals is enough',
		nobody,
		{...direct, Principal: {AWS: [iam('user/eve'), iam('user/nps')]}},
		'kms:Decrypt',
		'allowed',
	],
	['everybody includes us', nobody, {...direct, Principal: '*'}, 'kms:Decrypt', 'allowed'],
	['everybody of AWS includes us', nobody, {...direct, Principal: {AWS: '*'}}, 'kms:Decrypt', 'allowed'],
	[
		'a service is nobody of the account',
		decrypt,
		{...direct, Principal: {Service: 'logs.amazonaws.com'}},
		'kms:Decrypt',
		'no key policy',
	],
	['our own unique id means us', nobody, {...direct, Principal: {AWS: 'AIDANPS'}}, 'kms:Decrypt', 'allowed'],
	[
		'the unique id of a deleted namesake does not',
		nobody,
		{...direct, Principal: {AWS: 'AIDAOLDNPS'}},
		'kms:Decrypt',
		'no key policy',
	],
	['a statement without Principal means nobody', {Action: 'kms:*'}, {Action: 'kms:*'}, 'kms:Decrypt', 'no key policy'],
]);

table('an explicit deny wins', [
	[
		'in the identity policy, over its own allow',
		[{Action: 'kms:*'}, {...deny, ...decrypt}],
		delegation,
		'kms:Decrypt',
		'denied by identity policy',
	],
	[
		'in the identity policy, over the key policy',
		{...deny, ...decrypt},
		direct,
		'kms:Decrypt',
		'denied by identity policy',
	],
	[
		'in the key policy, over the identity policy',
		decrypt,
		[delegation, {...deny, ...direct}],
		'kms:Decrypt',
		'denied by key policy',
	],
	[
		'in the key policy, over the key policy',
		nobody,
		[direct, {...deny, ...direct}],
		'kms:Decrypt',
		'denied by key policy',
	],
	[
		'in the key policy, to the whole account',
		decrypt,
		[delegation, {...delegation, ...deny, ...decrypt}],
		'kms:Decrypt',
		'denied by key policy',
	],
	[
		'in the key policy, to everybody',
		decrypt,
		[delegation, {...deny, ...decrypt, Principal: '*'}],
		'kms:Decrypt',
		'denied by key policy',
	],
	[
		'of another action denies nothing',
		decrypt,
		[delegation, {...deny, Principal: '*', Action: 'kms:Encrypt'}],
		'kms:Decrypt',
		'allowed',
	],
	[
		'to another user denies nothing',
		decrypt,
		[delegation, {...deny, ...decrypt, Principal: {AWS: iam('user/eve')}}],
		'kms:Decrypt',
		'allowed',
	],
	[
		'on another key denies nothing',
		[decrypt, {...deny, ...decrypt, Resource: keyArn(otherKeyId)}],
		delegation,
		'kms:Decrypt',
		'allowed',
	],
]);

table('actions', [
	['a star stands for any ending', {Action: 'kms:Dec*'}, delegation, 'kms:Decrypt', 'allowed'],
	[
		'a star stands in the middle',
		{Action: 'kms:*Data*Plaintext'},
		delegation,
		'kms:GenerateDataKeyWithoutPlaintext',
		'allowed',
	],
	[
		'GenerateDataKey* is both of them',
		{Action: 'kms:GenerateDataKey*'},
		delegation,
		'kms:GenerateDataKeyWithoutPlaintext',
		'allowed',
	],
	[
		'GenerateDataKey alone is one',
		{Action: 'kms:GenerateDataKey'},
		delegation,
		'kms:GenerateDataKeyWithoutPlaintext',
		'no identity policy',
	],
	['a question mark stands for one character', {Action: 'kms:?ecrypt'}, delegation, 'kms:Decrypt', 'allowed'],
	['and not for two', {Action: 'kms:?crypt'}, delegation, 'kms:Decrypt', 'no identity policy'],
	['their case is no matter', {Action: 'KMS:DECRYPT'}, delegation, 'kms:Decrypt', 'allowed'],
	['a dot is a dot', {Action: 'kms.Decrypt'}, delegation, 'kms:Decrypt', 'no identity policy'],
	['those of another service are others', {Action: 'iam:*'}, delegation, 'kms:Decrypt', 'no identity policy'],
	['NotAction allows the rest', {NotAction: 'kms:Encrypt'}, delegation, 'kms:Decrypt', 'allowed'],
	[
		'NotAction does not allow what it names',
		{NotAction: ['kms:Decrypt', 'iam:*']},
		delegation,
		'kms:Decrypt',
		'no identity policy',
	],
	[
		'Deny with NotAction denies the rest',
		[{Action: 'kms:*'}, {...deny, NotAction: 'kms:Decrypt'}],
		delegation,
		'kms:Encrypt',
		'denied by identity policy',
	],
	[
		'Deny with NotAction leaves what it names',
		[{Action: 'kms:*'}, {...deny, NotAction: 'kms:Decrypt'}],
		delegation,
		'kms:Decrypt',
		'allowed',
	],
	['a statement without any is without effect', {Resource: '*'}, delegation, 'kms:Decrypt', 'no identity policy'],
]);

table('resources', [
	['the key by its ARN', {...decrypt, Resource: mine}, delegation, 'kms:Decrypt', 'allowed'],
	['not another key', {...decrypt, Resource: keyArn(otherKeyId)}, delegation, 'kms:Decrypt', 'no identity policy'],
	[
		'any key of any region, as the console writes it',
		{...decrypt, Resource: 'arn:aws:kms:*:111122223333:key/*'},
		delegation,
		'kms:Decrypt',
		'allowed',
	],
	['any key of any account', {...decrypt, Resource: 'arn:aws:kms:*:*:key/*'}, delegation, 'kms:Decrypt', 'allowed'],
	[
		'not keys of another region',
		{...decrypt, Resource: 'arn:aws:kms:us-east-1:*:key/*'},
		delegation,
		'kms:Decrypt',
		'no identity policy',
	],
	[
		'not keys of another account',
		{...decrypt, Resource: 'arn:aws:kms:*:444455556666:key/*'},
		delegation,
		'kms:Decrypt',
		'no identity policy',
	],
	[
		'not keys of another partition',
		{...decrypt, Resource: mine.replace('arn:aws:', 'arn:aws-us-gov:')},
		delegation,
		'kms:Decrypt',
		'no identity policy',
	],
	[
		'an alias ARN grants nothing',
		{...decrypt, Resource: 'arn:aws:kms:eu-west-1:111122223333:alias/*'},
		delegation,
		'kms:Decrypt',
		'no identity policy',
	],
	['a key id alone is no resource', {...decrypt, Resource: keyId}, delegation, 'kms:Decrypt', 'no identity policy'],
	['their case matters', {...decrypt, Resource: mine.toUpperCase()}, delegation, 'kms:Decrypt', 'no identity policy'],
	['NotResource allows the rest', {...decrypt, NotResource: keyArn(otherKeyId)}, delegation, 'kms:Decrypt', 'allowed'],
	[
		'NotResource does not allow what it names',
		{...decrypt, NotResource: mine},
		delegation,
		'kms:Decrypt',
		'no identity policy',
	],
	['in a key policy, the star is this key', nobody, {...direct, Resource: '*'}, 'kms:Decrypt', 'allowed'],
	['in a key policy, this key may be named', nobody, {...direct, Resource: mine}, 'kms:Decrypt', 'allowed'],
	[
		'in a key policy, another key is nothing',
		nobody,
		{...direct, Resource: keyArn(otherKeyId)},
		'kms:Decrypt',
		'no key policy',
	],
]);

table('NotPrincipal', [
	[
		'with Allow lets nobody in',
		{Action: 'kms:*'},
		{NotPrincipal: {AWS: iam('user/eve')}, Action: 'kms:*'},
		'kms:Decrypt',
		'no key policy',
	],
	[
		'with Deny denies all others',
		decrypt,
		[delegation, {...deny, ...decrypt, NotPrincipal: {AWS: [iam('user/eve'), iam('root')]}}],
		'kms:Decrypt',
		'denied by key policy',
	],
	[
		'with Deny excepts whom it names with the account',
		decrypt,
		[delegation, {...deny, ...decrypt, NotPrincipal: {AWS: [iam('user/nps'), iam('root')]}}],
		'kms:Decrypt',
		'allowed',
	],
	[
		'with Deny excepts nobody without the account',
		decrypt,
		[delegation, {...deny, ...decrypt, NotPrincipal: nps}],
		'kms:Decrypt',
		'denied by key policy',
	],
]);

describe('callers', () => {
	test.each([
		[
			'a role in the key policy opens it to its sessions',
			nobody,
			{Principal: {AWS: iam('role/Admin')}, ...decrypt},
			session,
			'allowed',
		],
		['a session may be named itself', nobody, {Principal: {AWS: session.arn}, ...decrypt}, session, 'allowed'],
		[
			'another session of the role is another',
			nobody,
			{Principal: {AWS: `${session.arn}2`}, ...decrypt},
			session,
			'no key policy',
		],
		["a session has its role's policies", decrypt, delegation, session, 'allowed'],
		['a session without them has nothing', nobody, delegation, session, 'no identity policy'],
		[
			'a user is not its namesake among the roles',
			nobody,
			{Principal: {AWS: iam('role/nps')}, ...decrypt},
			as('nps'),
			'no key policy',
		],
		["a user's session is the user", nobody, direct, as('nps', {accessKeyId: 'ASIA', mfa: true}), 'allowed'],
		['root needs no policy of its own', nobody, delegation, root, 'allowed'],
		['root is kept out by a key policy that leaves it out', nobody, direct, root, 'no key policy'],
		[
			'root is kept out by a deny',
			nobody,
			[delegation, {...deny, ...decrypt, Principal: {AWS: iam('root')}}],
			root,
			'denied by key policy',
		],
		[
			'NotPrincipal excepts a session only with its role and the account',
			decrypt,
			[delegation, {...deny, ...decrypt, NotPrincipal: {AWS: [iam('role/Admin'), iam('root')]}}],
			session,
			'denied by key policy',
		],
		[
			'and with all three it does',
			decrypt,
			[delegation, {...deny, ...decrypt, NotPrincipal: {AWS: [session.arn, iam('role/Admin'), iam('root')]}}],
			session,
			'allowed',
		],
	] as const)('%s', (_rule, identity, held, caller, expected) =>
		expect(answer(identity, held, 'kms:Decrypt', caller)).toBe(expected),
	);
});

test('what has no key asks IAM alone', () => {
	const made = account();
	made.users['nps']!.inline['own'] = policy({Action: ['kms:ListKeys', 'kms:ListAliases']});
	const ask = (action: string): string =>
		inWords(refusal(() => authorize(asked({}, {account: made, caller: as('nps')}), action, '*')));
	expect([ask('kms:ListKeys'), ask('kms:ListAliases'), ask('kms:CreateKey')]).toEqual([
		'allowed',
		'allowed',
		'no identity policy',
	]);
});

test('root may do all that has no key', () => {
	for (const [action, resource] of [
		['iam:CreateUser', iam('user/x')],
		['kms:CreateKey', '*'],
		['kms:CreateAlias', mine.replace(/key.*/, 'alias/nps')],
	] as const)
		expect(refusal(() => authorize(asked({}, {caller: root}), action, resource))).toBe('not refused');
});

test('a statement without Resource, or with an element that is none, allows nothing; with Deny the latter denies', () => {
	const made = account();
	const attempt = (...statements: readonly Written[]): string => {
		made.users['nps']!.inline['own'] = JSON.stringify({Version: '2012-10-17', Statement: statements});
		return inWords(refusal(() => authorize(asked({}, {account: made, caller: as('nps')}), 'kms:Decrypt', mine)));
	};
	const whole = {Effect: 'Allow', Action: 'kms:*', Resource: '*'};
	expect(attempt(whole)).toBe('allowed');
	expect(attempt({Effect: 'Allow', Action: 'kms:*'})).toBe('no identity policy');
	expect(attempt({...whole, Conditions: {}})).toBe('no identity policy');
	expect(attempt({...whole, Effect: 'allow'})).toBe('denied by identity policy');
	expect(attempt(whole, {...whole, Effect: 'Deny', Conditions: {}})).toBe('denied by identity policy');
	made.keys[mine]!.policy = JSON.stringify({
		Version: '2012-10-17',
		Statement: [{Effect: 'Allow', Principal: nps, Action: 'kms:*'}],
	});
	expect(attempt()).toBe('no key policy');
});
