import {describe, expect, test} from 'vitest';
import {awsProblem} from '../../../src/aws/problems/aws-problem.js';
import {Refused} from '../../../src/engine/apply.js';
import type {Problem} from '../../../src/engine/problem.js';
import {toDoByFlags} from '../../../src/engine/to-do.js';
import {change} from '../../engine/samples.js';

const todoOf = (problem: Problem | undefined): string => (problem ? toDoByFlags(problem) : '');
const facts = {region: 'eu-west-1'};
/** Where it happened, in a run of the first setup. */
const where = {facts, run: {}};
const creating = change('create-user', {subject: 'user nps'});
const withCode = (code: string, message = 'a message', more: object = {}): Error =>
	Object.assign(new Error(message), {code, ...more});
const aws = (name: string, message: string, status: number, requestId?: string): Error =>
	Object.assign(new Error(message), {name, $metadata: {httpStatusCode: status, ...(requestId && {requestId})}});

/** Code or error → words of why and of what to do. */
const table: readonly (readonly [string, unknown, RegExp, RegExp])[] = [
	[
		'AccessDenied',
		new Refused('AccessDenied', 'User: arn:… is not authorized to perform: iam:CreateUser on …'),
		/not authorized/,
		/permission iam:CreateUser[,;]/,
	],
	['AccessDeniedException', new Refused('AccessDeniedException', 'no'), /^no$/, /permission iam:CreateUser[,;]/],
	['ExpiredToken', new Refused('ExpiredToken', 'x'), /sign-in has expired/, /Sign in again/],
	['ExpiredTokenException', new Refused('ExpiredTokenException', 'x'), /sign-in has expired/, /Sign in again/],
	[
		'InvalidClientTokenId',
		new Refused('InvalidClientTokenId', 'x'),
		/doesn't know this access key/,
		/region eu-west-1 is enabled/,
	],
	[
		'UnrecognizedClientException',
		new Refused('UnrecognizedClientException', 'x'),
		/doesn't know this access key/,
		/enabled/,
	],
	[
		'SignatureDoesNotMatch',
		new Refused('SignatureDoesNotMatch', 'x'),
		/secret of these credentials is wrong/,
		/Check both/,
	],
	['RequestExpired', new Refused('RequestExpired', 'x'), /clock differs/, /Set the clock/],
	[
		'CredentialsProviderError',
		Object.assign(new Error('Could not load credentials from any providers'), {name: 'CredentialsProviderError'}),
		/Could not load/,
		/--profile NAME/,
	],
	['Throttling', new Refused('Throttling', 'Rate exceeded'), /slow down/, /Wait a minute/],
	['EntityAlreadyExists', new Refused('EntityAlreadyExists', 'User nps exists.'), /under a path/, /another name/],
	['LimitExceeded', new Refused('LimitExceeded', 'Cannot exceed quota'), /quota/, /quota/],
	[
		'PasswordPolicyViolation',
		new Refused('PasswordPolicyViolation', 'too weak'),
		/too weak/,
		/[Ll]eave console access out/,
	],
	[
		'MalformedPolicyDocumentException',
		new Refused('MalformedPolicyDocumentException', 'invalid principals'),
		/invalid principals/,
		/key administrators that exist/,
	],
	['MalformedPolicyDocument', new Refused('MalformedPolicyDocument', 'Syntax errors'), /Syntax/, /Report this/],
	['SomethingNew', new Refused('SomethingNew', 'AWS says so'), /AWS says so/, /then run nps-kms again/],
	['ServiceFailure', aws('ServiceFailure', 'oops', 500, 'r'), /trouble of its own/, /Wait a minute/],
	['HTTP 403', aws('Error', '<html>', 403), /isn't AWS: HTTP 403/, /can be reached/],
	['HTTP 200', aws('SyntaxError', 'Unexpected token <', 200), /isn't AWS: HTTP 200/, /can be reached/],
	['TimeoutError', Object.assign(new Error('x'), {name: 'TimeoutError'}), /in time/, /can be reached/],
	['AbortError', Object.assign(new Error('x'), {name: 'AbortError'}), /in time/, /can be reached/],
	...[
		'ECONNREFUSED',
		'ECONNRESET',
		'EPIPE',
		'ENOTFOUND',
		'EAI_AGAIN',
		'EHOSTUNREACH',
		'ENETUNREACH',
		'EPROTO',
		'CERT_HAS_EXPIRED',
		'SELF_SIGNED_CERT_IN_CHAIN',
		'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
		'ERR_TLS_CERT_ALTNAME_INVALID',
		'ERR_SSL_WRONG_VERSION_NUMBER',
		'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE',
		'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
		'HPE_INVALID_CONSTANT',
	].map(code => [code, withCode(code), /connection failed: a message/, /can be reached/] as const),
];

describe('an error is told in words', () => {
	test.each(table)('%s', (code, error, why, todo) => {
		const problem = awsProblem(error, {change: creating, ...where});
		expect(problem).toMatchObject({what: 'AWS refused to create user nps', code});
		expect(problem?.why).toMatch(why);
		expect(todoOf(problem)).toMatch(todo);
	});
	test.each(table)('%s, without a change, without a stack, and never empty', (_code, error) => {
		const problem = awsProblem(error, {facts: {}, run: {}});
		expect(problem?.what).toBe("AWS can't be looked at");
		for (const text of [problem?.what, problem?.why, todoOf(problem)]) {
			expect(text?.trim()).not.toBe('');
			expect(text).not.toMatch(/\n|\bat .*:\d+:\d+|undefined|\[object/);
		}
	});
});

test('several addresses that all refuse are one connection that failed', () => {
	const error = new AggregateError([withCode('ECONNREFUSED', 'connect ECONNREFUSED ::1:443')], '');
	expect(awsProblem(error, where)).toMatchObject({
		code: 'ECONNREFUSED',
		why: 'The connection failed: connect ECONNREFUSED ::1:443',
	});
});
test('who may not make a thing has each way to have others make it as a command of its own', () => {
	const change = {...creating, call: {...creating.call, api: 'iam:CreateUser' as const}};
	const problem = awsProblem(new Refused('AccessDenied', 'no'), {change, ...where});
	expect(problem?.ways?.flatMap(it => (it.is === 'run' ? [it.command] : []))).toEqual([
		'nps-kms permissions',
		'nps-kms setup --print-commands',
		'nps-kms export cloudformation',
		'nps-kms export terraform --out nps',
	]);
});
test('a lost answer is told as lost', () => {
	expect(awsProblem(withCode('ECONNRESET'), {change: creating, ...where, doubt: true})?.what).toBe(
		"AWS's answer was lost: create user nps",
	);
});
test('a look that is denied asks for the permission that AWS names, or for looking', () => {
	expect(
		todoOf(awsProblem(new Refused('AccessDenied', 'not authorized to perform: iam:GetUser on x'), where)),
	).toContain('the permission iam:GetUser,');
	expect(todoOf(awsProblem(new Refused('AccessDenied', 'no'), where))).toContain('the permission to look,');
});
test('what a credential helper printed is not told', () => {
	const first = Object.assign(new Error('The process said CANARY'), {name: 'CredentialsProviderError'});
	expect(JSON.stringify(awsProblem(first, where))).not.toContain('CANARY');
	const error = Object.assign(new Error('Command failed: helper\nCANARY process exited'), {
		name: 'CredentialsProviderError',
	});
	expect(JSON.stringify(awsProblem(error, where))).not.toContain('CANARY');
	const other = Object.assign(new Error('No such profile\nCANARY'), {name: 'CredentialsProviderError'});
	expect(JSON.stringify(awsProblem(other, where))).not.toContain('CANARY');
});
test.each([
	new Error('boom'),
	new TypeError('x is not a function'),
	new RangeError('boom'),
	'text',
	undefined,
	null,
	{code: 'ECONNRESET'},
])('what is neither of AWS nor of the network is a bug: %s', error => {
	expect(awsProblem(error, {change: creating, ...where})).toBeUndefined();
});

describe('a refusal that an organization’s conditions explain', () => {
	const user = 'User: arn:aws:iam::111122223333:user/anna is not authorized to perform: iam:CreateUser on resource: x ';
	const create = change('create-user', {subject: 'user nps', call: {api: 'iam:CreateUser', input: {}}});
	const attach = change('attach', {
		verb: 'create',
		subject: 'attachment',
		call: {api: 'iam:AttachUserPolicy', input: {}},
	});
	test.each([
		[
			'a service control policy',
			create,
			`${user}with an explicit deny in a service control policy`,
			/Your organization's policy/,
			/--permissions-boundary ARN.*--tag key=value.*--path.*--adopt/,
		],
		[
			'no service control policy',
			create,
			`${user}because no service control policy allows the iam:CreateUser action`,
			/Your organization's policy/,
			/--tag/,
		],
		[
			'a resource control policy',
			attach,
			`${user}with an explicit deny in a resource control policy`,
			/Your organization's policy/,
			/who runs your organization/,
		],
		[
			'the caller’s boundary',
			create,
			`${user}because no permissions boundary allows the iam:CreateUser action`,
			/Your own permissions boundary/,
			/who set your permissions boundary/,
		],
		[
			'a denial with conditions',
			create,
			`${user}with an explicit deny in an identity-based policy`,
			/explicit deny/,
			/may demand what can be given.*boundary.*--tag/,
		],
		[
			'a tag policy',
			create,
			"The tag policy does not allow the specified value for the following tag key: 'CostCenter'.",
			/CostCenter/,
			/--tag key=value/,
		],
	] as const)('(%s) says what helps, and what can’t be done yet', (_name, made, message, why, todo) => {
		const problem = awsProblem(new Refused('AccessDenied', message), {change: made, ...where});
		expect([problem?.why, todoOf(problem)]).toEqual([expect.stringMatching(why), expect.stringMatching(todo)]);
	});
	test.each([
		['no policy at all', create, `${user}because no identity-based policy allows the iam:CreateUser action`],
	] as const)('(%s) is a plain want of permission', (_name, made, message) => {
		expect(todoOf(awsProblem(new Refused('AccessDenied', message), {change: made, ...where}))).toMatch(
			/^Ask for the permission iam:/,
		);
	});
});
test('KMS that doesn’t know credentials which STS knows means that the region isn’t enabled', () => {
	const error = Object.assign(new Refused('UnrecognizedClientException', 'x'), {api: 'kms:DescribeKey'});
	expect(awsProblem(error, {run: {}, facts: {region: 'me-south-1', account: '111122223333'}})).toMatchObject({
		why: expect.stringContaining("isn't enabled") as string,
		ways: expect.arrayContaining([
			expect.objectContaining({is: 'call', commands: ['aws account enable-region --region-name me-south-1']}),
		]) as object[],
	});
	expect(awsProblem(error, {run: {}, facts: {region: 'me-south-1'}})?.why).toContain("doesn't know this access key");
});
test('a host that isn’t there may be of a region that isn’t', () => {
	const error = withCode('ENOTFOUND', 'getaddrinfo ENOTFOUND sts.eu-west-9.amazonaws.com');
	expect(awsProblem(error, {run: {}, facts: {region: 'eu-west-9'}})?.why).toContain(
		"Region eu-west-9 isn't in the list",
	);
	expect(awsProblem(error, where)?.why).toContain('The connection failed');
});

describe('what is to be run again', () => {
	test.each([
		['AccessDenied', new Refused('AccessDenied', 'no')],
		['Throttling', new Refused('Throttling', 'Rate exceeded')],
		['RequestExpired', new Refused('RequestExpired', 'x')],
		['a lost connection', withCode('ECONNRESET', 'socket hang up')],
		['what is not known', new Refused('Strange', 'x')],
	])('after %s is the command that ran, of its setup, and in the rehearsal where it was one', (_what, error) => {
		const run = {setup: 'lab', command: 'discard', sandbox: true} as const;
		expect(todoOf(awsProblem(error, {change: creating, facts, run}))).toMatch(
			/[Rr]un nps-kms discard --setup lab --sandbox again/,
		);
	});
});
