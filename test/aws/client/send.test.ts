import {createServer, type IncomingMessage, type Server, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {afterEach, beforeEach, describe, expect, test, vi} from 'vitest';
import {call} from '../../../src/aws/client/call.js';
import {type Aws, reach} from '../../../src/aws/client/send.js';
import {direct} from '../../../src/aws/network/network.js';
import {awsProblem} from '../../../src/aws/problems/aws-problem.js';
import {isAwsHost} from '../../../src/aws/rules/regions.js';
import type {Settings} from '../../../src/aws/sign-in/settings.js';
import {Refused, type SentCall} from '../../../src/engine/apply.js';
import {sendNow} from './send-now.js';

type Request = {readonly what: string; readonly body: string};
type Answer = (response: ServerResponse, request: Request) => void;

let server: Server;
let seen: Request[];
let answers: Answer[];
let aws: Aws;
let url: string;

beforeEach(async () => {
	seen = [];
	answers = [];
	server = createServer((request, response) => void heard(request, response));
	await new Promise<void>(done => {
		server.listen(0, '127.0.0.1', done);
	});
	url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	aws = reach({region: 'eu-west-1', network: direct, credentials, endpoint: url, timeoutMs: 5000});
});
afterEach(async () => {
	server.closeAllConnections();
	await new Promise(done => {
		server.close(done);
	});
});
const credentials = async (): Promise<{accessKeyId: string; secretAccessKey: string}> => ({
	accessKeyId: 'AKIAEXAMPLE',
	secretAccessKey: 'secret',
});

async function heard(request: IncomingMessage, response: ServerResponse): Promise<void> {
	const body = await bodyOf(request);
	const target = request.headers['x-amz-target'];
	const it = {
		what: (typeof target === 'string' ? target : (new URLSearchParams(body).get('Action') ?? '')).replace(
			'TrentService.',
			'',
		),
		body,
	};
	seen.push(it);
	// The last answer stands for all later ones.
	answers[Math.min(seen.length, answers.length) - 1]?.(response, it);
}
async function bodyOf(request: IncomingMessage): Promise<string> {
	let body = '';
	for await (const part of request) body += String(part);
	return body;
}
const answer =
	(status: number, type: string, body: string, headers: Record<string, string> = {}): Answer =>
	response => {
		response.writeHead(status, {'content-type': type, ...headers}).end(body);
	};
const xml = (what: string, result: string): Answer =>
	answer(200, 'text/xml', `<${what}Response><${what}Result>${result}</${what}Result></${what}Response>`, idOf('r-ok'));
const xmlError = (status: number, code: string, id = 'r-no'): Answer =>
	answer(
		status,
		'text/xml',
		`<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>words of ${code}</Message></Error></ErrorResponse>`,
		idOf(id),
	);
const json = (status: number, body: unknown, id = 'r-kms'): Answer =>
	answer(status, 'application/x-amz-json-1.1', JSON.stringify(body), idOf(id));
/** As the SDK reads it: from the header, that AWS sends with each answer. */
const idOf = (id: string): Record<string, string> => (id ? {'x-amzn-requestid': id} : {});
const html = (status: number): Answer =>
	answer(status, 'text/html', '<html><body><h1>Blocked by the proxy</h1></body></html>');
const dropped: Answer = response => response.destroy();
const silent: Answer = () => undefined;

const createUser: SentCall = call('iam:CreateUser', {UserName: 'u'}) as SentCall;
const createKey: SentCall = call('kms:CreateKey', {}) as SentCall;
const madeUser = xml(
	'CreateUser',
	'<User><UserName>u</UserName><Path>/</Path><UserId>AIDA1</UserId><Arn>arn:u</Arn><CreateDate>2026-01-01T00:00:00Z</CreateDate></User>',
);
const failing = async (it: Promise<unknown>): Promise<unknown> =>
	it.then(
		value => expect.fail(`it did not fail: ${JSON.stringify(value)}`),
		(error: unknown) => error,
	);

describe('a change goes out exactly once', () => {
	test.each<[string, SentCall, Answer, Answer]>([
		['the connection is dropped', createUser, dropped, madeUser],
		['AWS answers 500', createUser, xmlError(500, 'ServiceFailure'), madeUser],
		['AWS answers 503', createUser, xmlError(503, 'ServiceUnavailable'), madeUser],
		['AWS answers 503 without a body', createUser, answer(503, 'text/plain', ''), madeUser],
		['AWS answers 429', createUser, answer(429, 'text/plain', ''), madeUser],
		[
			'KMS answers 500',
			createKey,
			json(500, {__type: 'KMSInternalException', message: 'x'}),
			json(200, {KeyMetadata: {KeyId: 'k'}}),
		],
		[
			'KMS answers 503',
			createKey,
			json(503, {__type: 'DependencyTimeoutException', message: 'x'}),
			json(200, {KeyMetadata: {KeyId: 'k'}}),
		],
		['a proxy answers 502', createKey, html(502), json(200, {KeyMetadata: {KeyId: 'k'}})],
	])('when %s, and that is doubt', async (_rule, it, first, then) => {
		answers = [first, then];
		expect(await failing(sendNow(aws, it))).not.toBeInstanceOf(Refused);
		expect(seen).toHaveLength(1);
	});
	test('when AWS throttles it, and that is a refusal known to be temporary', async () => {
		answers = [xmlError(400, 'Throttling'), madeUser];
		expect(await failing(sendNow(aws, createUser))).toMatchObject({code: 'Throttling', temporary: {atMost: 60}});
		expect(seen).toHaveLength(1);
	});
	test('when no answer comes in time, and that is doubt', async () => {
		answers = [silent, madeUser];
		const error = await failing(
			sendNow(reach({region: 'eu-west-1', network: direct, credentials, endpoint: url, timeoutMs: 300}), createUser),
		);
		expect(error).not.toBeInstanceOf(Refused);
		expect(awsProblem(error, {facts: {}, run: {}})?.why).toBe('No answer came in time');
		expect(seen).toHaveLength(1);
	});
	test('also right after a read that was repeated', async () => {
		answers = [xmlError(500, 'ServiceFailure'), xmlError(404, 'NoSuchEntity'), dropped, madeUser];
		await aws.look.at(call('iam:GetUser', {UserName: 'u'}));
		await failing(sendNow(aws, createUser));
		expect(seen.map(it => it.what)).toEqual(['GetUser', 'GetUser', 'CreateUser']);
	});
});

test("a change that AWS made tells the answer and AWS's request id", async () => {
	answers = [madeUser];
	expect(await sendNow(aws, createUser)).toMatchObject({
		output: {User: {UserName: 'u', Arn: 'arn:u'}},
		requestId: 'r-ok',
	});
	expect(seen[0]?.body).toContain('UserName=u');
});
test('a call that is not in the list does not go out', async () => {
	await expect(sendNow(aws, {api: 'iam:DeleteRole', input: {}})).rejects.toThrow(
		'iam:DeleteRole is not in the list of calls',
	);
	expect(seen).toEqual([]);
});

describe("AWS's no is a 4xx with its code and request id", () => {
	test.each<[string, SentCall, Answer, object]>([
		[
			'of IAM',
			createUser,
			xmlError(409, 'EntityAlreadyExists'),
			{code: 'EntityAlreadyExistsException', message: 'words of EntityAlreadyExists', requestId: 'r-no'},
		],
		['of IAM, denied', createUser, xmlError(403, 'AccessDenied'), {code: 'AccessDenied', requestId: 'r-no'}],
		['of IAM, of an unknown code', createUser, xmlError(400, 'BrandNew'), {code: 'BrandNew', requestId: 'r-no'}],
		[
			'of KMS',
			createKey,
			json(400, {__type: 'LimitExceededException', message: 'no more'}),
			{code: 'LimitExceededException', message: 'no more', requestId: 'r-kms'},
		],
		[
			'of KMS, with a namespace',
			createKey,
			json(400, {__type: 'com.amazonaws.kms#TagException', message: 'x'}),
			{code: 'TagException'},
		],
	])('%s', async (_rule, it, no, error) => {
		answers = [no];
		const refused = await failing(sendNow(aws, it));
		expect(refused).toBeInstanceOf(Refused);
		expect(refused).toMatchObject(error);
	});
	test.each<[string, SentCall, Answer]>([
		["a proxy's page is not, for IAM", createUser, html(403)],
		["a proxy's page is not, for KMS", createKey, html(403)],
		["a proxy's 407 is not", createUser, html(407)],
		['a 4xx without a request id is not', createUser, xmlError(400, 'AccessDenied', '')],
		[
			'a 4xx of KMS without a request id is not',
			createKey,
			json(400, {__type: 'LimitExceededException', message: 'x'}, ''),
		],
		['a 408 is not', createUser, xmlError(408, 'RequestTimeout')],
		['a page with 200 is not', createUser, html(200)],
		['a page with 200 is not, for KMS', createKey, html(200)],
		['a cut-off answer is not', createUser, answer(200, 'text/xml', '<CreateUserResponse><CreateUserResult><User>')],
	])('%s', async (_rule, it, no) => {
		answers = [no];
		expect(await failing(sendNow(aws, it))).not.toBeInstanceOf(Refused);
		expect(seen).toHaveLength(1);
	});
	test.each([
		['IAM', createUser, 403],
		['KMS', createKey, 403],
		['IAM', createUser, 200],
		['KMS', createKey, 200],
		['IAM', createUser, 502],
	] as const)(
		"a proxy's page in place of %s is told as what it is, and is no bug: %#",
		async (_service, it, status) => {
			answers = [html(status)];
			expect(awsProblem(await failing(sendNow(aws, it)), {facts: {}, run: {}})).toMatchObject({code: `HTTP ${status}`});
		},
	);
	test.each([
		['EntityTemporarilyUnmodifiable', true],
		['ConcurrentModification', true],
		['RequestLimitExceeded', true],
		['LimitExceeded', false],
		['AccessDenied', false],
	])('%s is worth repeating: %s', async (code, temporary) => {
		answers = [xmlError(400, code)];
		expect(((await failing(sendNow(aws, createUser))) as Refused).temporary !== undefined).toBe(temporary);
	});
});

describe('looking', () => {
	const user = xml('GetUser', '<User><UserName>u</UserName><Arn>arn:u</Arn></User>');
	test('is repeated when AWS has trouble or the connection is dropped', async () => {
		answers = [xmlError(500, 'ServiceFailure'), dropped, user];
		expect(await aws.look.at(call('iam:GetUser', {UserName: 'u'}))).toMatchObject({User: {Arn: 'arn:u'}});
		expect(seen).toHaveLength(3);
	});
	test('is repeated three times at most', async () => {
		answers = [xmlError(500, 'ServiceFailure')];
		await failing(aws.look.at(call('iam:GetUser', {UserName: 'u'})));
		expect(seen).toHaveLength(3);
	});
	test("sees that something isn't there", async () => {
		answers = [xmlError(404, 'NoSuchEntity')];
		expect(await aws.look.at(call('iam:GetUser', {UserName: 'u'}))).toBeUndefined();
		answers = [json(400, {__type: 'NotFoundException', message: 'x'})];
		expect(await aws.look.at(call('kms:DescribeKey', {KeyId: 'alias/x'}))).toBeUndefined();
	});
	test("takes a portal's page for no answer, though its status is 200", async () => {
		answers = [html(200)];
		await expect(aws.look.at(call('iam:GetUser', {UserName: 'u'}))).rejects.toThrow("lacks AWS's request id");
	});
	test("takes a proxy's 404, or a denial, for no proof that something isn't there", async () => {
		answers = [html(404)];
		await expect(aws.look.at(call('iam:GetUser', {UserName: 'u'}))).rejects.toThrow();
		await expect(aws.look.at(call('kms:DescribeKey', {KeyId: 'k'}))).rejects.toThrow();
		answers = [xmlError(404, 'NoSuchEntity', '')];
		await expect(aws.look.at(call('iam:GetUser', {UserName: 'u'}))).rejects.toThrow();
		answers = [xmlError(403, 'AccessDenied')];
		await expect(aws.look.at(call('iam:GetUser', {UserName: 'u'}))).rejects.toThrow('words of AccessDenied');
	});
	test('refuses what is no read, before it goes out', async () => {
		await expect(aws.look.at(call('iam:CreateUser', {UserName: 'u'}))).rejects.toThrow('iam:CreateUser is not a read');
		await expect(aws.look.all(call('kms:CreateKey', {}))[Symbol.asyncIterator]().next()).rejects.toThrow(
			'kms:CreateKey is not a read',
		);
		expect(seen).toEqual([]);
	});
});

describe('looking at every page', () => {
	test('follows IsTruncated and Marker', async () => {
		const page = (name: string, more: string): Answer =>
			xml('ListUsers', `<Users><member><UserName>${name}</UserName></member></Users>${more}`);
		answers = [
			page('a', '<IsTruncated>true</IsTruncated><Marker>m1</Marker>'),
			page('b', '<IsTruncated>true</IsTruncated><Marker>m2</Marker>'),
			page('c', '<IsTruncated>false</IsTruncated>'),
		];
		const names: unknown[] = [];
		for await (const it of aws.look.all(call('iam:ListUsers', {PathPrefix: '/x/'})))
			names.push(it.Users?.[0]?.UserName);
		expect(names).toEqual(['a', 'b', 'c']);
		expect(seen.map(it => new URLSearchParams(it.body).get('Marker'))).toEqual([null, 'm1', 'm2']);
		expect(seen.every(it => new URLSearchParams(it.body).get('PathPrefix') === '/x/')).toBe(true);
	});
	test('follows Truncated and NextMarker', async () => {
		answers = [
			json(200, {Keys: [{KeyId: 'a'}], Truncated: true, NextMarker: 'm1'}),
			json(200, {Keys: [{KeyId: 'b'}], Truncated: false}),
		];
		const ids: unknown[] = [];
		for await (const it of aws.look.all(call('kms:ListKeys', {}))) ids.push(it.Keys?.[0]?.KeyId);
		expect(ids).toEqual(['a', 'b']);
		expect(seen.map(it => (JSON.parse(it.body) as {Marker?: string}).Marker)).toEqual([undefined, 'm1']);
	});
	test("has none of what isn't there", async () => {
		answers = [xmlError(404, 'NoSuchEntity')];
		const pages: unknown[] = [];
		for await (const it of aws.look.all(call('iam:ListAccessKeys', {UserName: 'u'}))) pages.push(it);
		expect(pages).toEqual([]);
	});
});

test("AWS's clock is known from its last answer, a refusal as well", async () => {
	expect(aws.ahead()).toBeUndefined();
	const day = 86_400_000;
	answers = [
		(response, request) => {
			response.setHeader('date', new Date(Date.now() + day).toUTCString());
			xmlError(404, 'NoSuchEntity')(response, request);
		},
	];
	await aws.look.at(call('iam:GetUser', {UserName: 'u'}));
	expect(Math.abs((aws.ahead() ?? 0) - day)).toBeLessThan(10_000);
});
test('where the calls would go is told without making one', async () => {
	expect(await aws.endpoints()).toEqual({iam: url, kms: url, sts: url});
	const told = (settings: Settings) => reach({region: 'us-east-1', network: direct, credentials, settings}).endpoints();
	expect(await told({endpoints: {kms: {value: url, from: 'x'}}, fips: false, dualstack: false})).toEqual({
		iam: 'https://iam.amazonaws.com',
		kms: url,
		sts: 'https://sts.us-east-1.amazonaws.com',
	});
	expect(await told({endpoints: {}, fips: true, dualstack: false})).toEqual({
		iam: 'https://iam-fips.amazonaws.com',
		kms: 'https://kms-fips.us-east-1.amazonaws.com',
		sts: 'https://sts-fips.us-east-1.amazonaws.com',
	});
	expect(seen).toEqual([]);
});
test("an endpoint that the SDK itself would find is nobody's: ours alone count", async () => {
	vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:9');
	const own = await reach({region: 'eu-west-1', network: direct, credentials}).endpoints();
	vi.unstubAllEnvs();
	for (const it of Object.values(own)) expect(isAwsHost(new URL(it).hostname)).toBe(true);
});
