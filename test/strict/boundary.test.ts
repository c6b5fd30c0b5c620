import {describe, expect, test} from 'vitest';
import {discard} from '../../src/steps/index.js';
import {policyIn, userIn} from './account.js';
import {StrictBench} from './strict-bench.js';
import {told} from './told.js';

const allow = (Action: string): object => ({Effect: 'Allow', Action, Resource: '*'});
const deny = (Action: string, more: object = {}): object => ({
	Sid: 'no',
	Effect: 'Deny',
	Action,
	Resource: '*',
	...more,
});
const bound = 'arn:aws:iam::111122223333:policy/bound';
const strict = new StrictBench({permissionsBoundary: bound});
const {run, writes, forget} = strict;
const boundedBy = (...statements: readonly object[]): unknown => policyIn(strict.bench.sandbox.account, statements);
const user = () => strict.bench.sandbox.account.users['nps-kms-user'];
/** What the operator may not do. */
const mayNot = (...Statement: readonly object[]): unknown =>
	Object.assign(strict.bench.sandbox.account.users['admin']?.inline ?? {}, {
		no: JSON.stringify({Version: '2012-10-17', Statement}),
	});

test('the user is made with it, and a boundary that allows none of it takes nothing from NPS', async () => {
	boundedBy(allow('s3:*'));
	const {code, result, said} = await run({prove: true});
	expect([code, result['proven'], user()?.boundary], said).toEqual([0, true, bound]);
	expect(said).toContain(`create user nps-kms-user (with the permissions boundary ${bound})`);
	for (const it of ['kms:Encrypt', 'kms:Decrypt', 'kms:GenerateDataKey', 'kms:DescribeKey'])
		expect(said).toContain(
			`${it}: boundary: silent, so an IAM policy gives nothing; the key policy names the user: allowed`,
		);
	expect([(await run()).code, writes()]).toEqual([0, []]);
});

describe('what it denies NPS is told call by call before anything is made', () => {
	test.each([
		[
			'kms:Encrypt alone',
			[allow('*'), deny('kms:Encrypt')],
			'kms:Encrypt: boundary: explicit Deny (statement “no”): denied',
		],
		[
			'all but IAM',
			[{Sid: 'no', Effect: 'Deny', NotAction: 'iam:*', Resource: '*'}],
			'kms:DescribeKey: boundary: explicit Deny',
		],
		[
			'other keys than one',
			[deny('kms:*', {Resource: undefined, NotResource: 'arn:aws:kms:*:*:key/1'})],
			'kms:Decrypt: boundary: explicit Deny',
		],
	])('%s', async (_what, statements, words) => {
		boundedBy(...statements);
		const {code, result} = await run();
		expect([code, result['problem'], writes()]).toEqual([
			1,
			expect.objectContaining({code: 'BoundaryDenies', why: expect.stringContaining(words) as string}),
			[],
		]);
	});
	test.each([
		['KMS by what it leaves out', [{Effect: 'Allow', NotAction: 'kms:*', Resource: '*'}], 'silent', true],
		['all', [allow('*')], 'allows it; the key policy names the user: allowed', true],
		[
			'another key',
			[allow('*'), deny('kms:*', {Resource: 'arn:aws:kms:eu-west-1:111122223333:key/1'})],
			'allows it',
			true,
		],
		['another call', [allow('*'), deny('kms:Re*')], 'allows it', true],
		[
			'an address',
			[allow('*'), deny('kms:Decrypt', {Condition: {IpAddress: {'aws:SourceIp': '192.0.2.0/24'}}})],
			"kms:Decrypt: boundary: explicit Deny under conditions (statement “no”): can't tell before it is tried",
			true,
		],
		[
			'this address',
			[allow('*'), deny('kms:Decrypt', {Condition: {IpAddress: {'aws:SourceIp': '127.0.0.0/8'}}})],
			"kms:Decrypt: boundary: explicit Deny under conditions (statement “no”): can't tell before it is tried",
			false,
		],
	])('but not of %s', async (_what, statements, words, works) => {
		boundedBy(...statements);
		const {code, said} = await run({prove: true});
		expect([code, user()?.boundary], said).toEqual([works ? 0 : 1, bound]);
		expect(said).toContain(words);
	});
	test('and that it can’t be read is said', async () => {
		boundedBy(allow('*'));
		mayNot(deny('iam:GetPolicy*', {Resource: bound}));
		const {said} = await run({stopAfter: 'user'});
		expect(user()?.boundary, said).toBe(bound);
		expect(said).toContain(`${bound} can't be read (AccessDenied), so what it means for what NPS calls can't tell`);
	});
});

test.each([
	['without conditions', {}],
	['under conditions', {Condition: {IpAddress: {'aws:SourceIp': '127.0.0.0/8'}}}],
])('a Deny %s in a boundary that somebody put on later is named by the proof', async (_how, more) => {
	await run({permissionsBoundary: undefined});
	boundedBy(allow('*'), deny('kms:Encrypt', more));
	Object.assign(user() ?? {}, {boundary: bound});
	const {code, result} = await run({permissionsBoundary: undefined, prove: true});
	expect([code, result['problem']]).toEqual([
		1,
		expect.objectContaining({
			code: 'encrypt-decrypt',
			todo: expect.stringContaining(`in the permissions boundary ${bound} a Deny, statement “no”`) as string,
		}),
	]);
});

test.each([
	['of nobody', bound, 'IAM shows no policy of that ARN'],
	['of another account', 'arn:aws:iam::444455556666:policy/bound', 'no policy of account 111122223333'],
])('a boundary %s stops before anything is made', async (_what, permissionsBoundary, why) => {
	const {code, result} = await run({permissionsBoundary});
	expect([code, result['problem'], writes()]).toEqual([
		1,
		expect.objectContaining({code: 'NoBoundary', why: expect.stringContaining(why) as string}),
		[],
	]);
});
test.each(['bound', 'arn:aws:iam::111122223333:role/bound', 'arn:aws:iam::1:policy/x', 'arn:aws:iam::*:policy/x'])(
	'%s is no boundary, before any call',
	async permissionsBoundary => {
		await expect(run({permissionsBoundary})).rejects.toMatchObject({
			problem: {what: expect.stringContaining('--permissions-boundary') as string},
		});
	},
);

describe('status', () => {
	test('knows it as ours, with a record and without', async () => {
		boundedBy(allow('*'));
		await run({prove: true});
		expect(await told(strict.bench)).toEqual([0, []]);
		forget();
		expect((await told(strict.bench))[1]).not.toContain('permissions-boundary');
	});
	test('tells another one, and that it is gone; a run replaces none and puts back one that is gone', async () => {
		boundedBy(allow('*'));
		await run({prove: true});
		const there = user();
		if (there) there.boundary = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
		expect(await told(strict.bench)).toEqual([3, ['permissions-boundary-changed']]);
		expect([(await run()).code, writes()]).toEqual([0, []]);
		if (there) delete there.boundary;
		expect(await told(strict.bench)).toEqual([3, ['permissions-boundary-gone']]);
		expect([(await run()).code, writes(), user()?.boundary]).toEqual([0, ['PutUserPermissionsBoundary'], bound]);
	});
});

describe('the boundary of a user that is there', () => {
	test('is put on it where it has none, by an answer given later, and is not answered otherwise then', async () => {
		boundedBy(allow('*'));
		await run({permissionsBoundary: undefined});
		expect([(await run()).code, writes(), user()?.boundary]).toEqual([0, ['PutUserPermissionsBoundary'], bound]);
		await expect(run({permissionsBoundary: 'arn:aws:iam::aws:policy/ReadOnlyAccess'})).rejects.toMatchObject({
			problem: {what: expect.stringContaining('comes too late') as string},
		});
	});
	test('is put on an adopted one, and stays on it when the setup is taken back', async () => {
		boundedBy(allow('*'));
		userIn(strict.bench.sandbox.account);
		const {code, said} = await run({adopt: 'user', stopAfter: 'user'});
		expect([code, user()?.boundary], said).toEqual([0, bound]);
		const back = await strict.bench.run(discard, {confirm: 'nps'});
		expect([back.code, user()?.boundary], back.said).toEqual([0, bound]);
		expect(back.said).toContain(`its permissions boundary ${bound} stays`);
	});
	test('is never replaced', async () => {
		boundedBy(allow('*'));
		const other = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
		userIn(strict.bench.sandbox.account, {boundary: other});
		const {code, result} = await run({adopt: 'user'});
		expect([code, result['problem'], user()?.boundary]).toEqual([
			1,
			expect.objectContaining({code: 'OtherBoundary', todo: expect.stringContaining(other) as string}),
			other,
		]);
	});
	test('goes with the user when an unfinished setup is taken back, and the policy that it is stays', async () => {
		boundedBy(allow('*'));
		await run({stopAfter: 'user'});
		const {code, said} = await strict.bench.run(discard, {confirm: 'nps'});
		expect([code, user(), strict.bench.sandbox.account.policies[bound]?.arn], said).toEqual([0, undefined, bound]);
	});
	test('is known again where the record was lost', async () => {
		boundedBy(allow('*'));
		await run();
		forget();
		expect([(await run({permissionsBoundary: undefined, recover: true})).code, writes()]).toEqual([0, []]);
		delete user()?.boundary;
		expect([(await run({permissionsBoundary: undefined})).code, writes()]).toEqual([0, ['PutUserPermissionsBoundary']]);
	});
});

test('an operator who may make users with that boundary only makes it', async () => {
	boundedBy(allow('*'));
	const without = {Condition: {StringNotEquals: {'iam:PermissionsBoundary': bound}}};
	mayNot(deny('iam:CreateUser', without), deny('iam:AttachUserPolicy', without));
	const refused = await run({permissionsBoundary: undefined});
	expect([refused.code, refused.result['problem']]).toEqual([
		1,
		expect.objectContaining({todo: expect.stringContaining('--permissions-boundary ARN') as string}),
	]);
	const {code, said} = await run();
	expect([code, user()?.boundary], said).toEqual([0, bound]);
	expect(said).not.toContain('You may not iam:CreateUser');
});
