import {createServer, type Server, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {afterEach, beforeEach, describe, expect, test, vi} from 'vitest';
import {call} from '../../../src/aws/client/call.js';
import type {Hear} from '../../../src/aws/client/late-answers.js';
import {type Aws, reach} from '../../../src/aws/client/send.js';
import {direct} from '../../../src/aws/network/network.js';
import {awsProblem} from '../../../src/aws/problems/aws-problem.js';
import {Refused, type SentCall} from '../../../src/engine/apply.js';
import {toDoByFlags} from '../../../src/engine/to-do.js';
import {Interrupted} from '../../../src/engine/waiting.js';
import {startSandbox} from '../../../src/sandbox/index.js';
import {sendNow} from './send-now.js';

/** How the server answers each request in turn; the last stands for all later ones. */
let answers: ((response: ServerResponse) => void)[];
let server: Server;
let asked: number;
let gone: number;
let url: string;
beforeEach(async () => {
	asked = 0;
	gone = 0;
	server = createServer((_request, response) => {
		response.on('close', () => {
			if (!response.writableFinished) gone += 1;
		});
		answers[Math.min(asked++, answers.length - 1)]?.(response);
	});
	await new Promise<void>(done => {
		server.listen(0, '127.0.0.1', done);
	});
	url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
	server.closeAllConnections();
	await new Promise(done => {
		server.close(done);
	});
});
const silent = (): void => undefined;
const user = (response: ServerResponse): void => {
	const it =
		'<User><UserName>u</UserName><Path>/</Path><UserId>AIDA1</UserId><Arn>arn:u</Arn><CreateDate>2026-01-01T00:00:00Z</CreateDate></User>';
	const text = ['GetUser', 'CreateUser'].map(what => `<${what}Result>${it}</${what}Result>`).join('');
	response.writeHead(200, {'content-type': 'text/xml', 'x-amzn-requestid': 'r'}).end(`<Response>${text}</Response>`);
};
const keys = {accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret'};
type More = {left?: AbortSignal; hear?: Hear; timeoutMs?: number};
const to = (more: More = {}): Aws =>
	reach({region: 'eu-west-1', network: direct, endpoint: url, credentials: async () => keys, timeoutMs: 3000, ...more});
const getUser = call('iam:GetUser', {UserName: 'u'});
const createUser = call('iam:CreateUser', {UserName: 'u'}) as SentCall;
const failing = async (it: Promise<unknown>): Promise<unknown> =>
	it.then(
		() => expect.fail('it did not fail'),
		(error: unknown) => error,
	);
/** Resolves once the server has been asked. */
const reached = (): Promise<void> => vi.waitFor(() => expect(asked).toBe(1));

describe('what is not answered', () => {
	test('is asked again while it only looks: a line that went dead once bothers nobody', async () => {
		answers = [silent, user];
		expect(await to().look.at(getUser)).toMatchObject({User: {UserName: 'u'}});
		expect(asked).toBe(2);
	});
	test('ends in time, with the call named', async () => {
		answers = [silent];
		const error = await failing(to({timeoutMs: 300}).look.at(getUser));
		expect(awsProblem(error, {facts: {}, run: {}})).toMatchObject({
			what: "AWS can't be looked at (iam:GetUser)",
			why: 'No answer came in time',
		});
	});
	test('is told as a wait with its limit, over and over, and that it is over', async () => {
		answers = [silent, silent, user];
		const heard: unknown[] = [];
		await to({hear: it => heard.push(it)}).look.at(getUser);
		expect(heard.length).toBeGreaterThan(3);
		expect(heard[0]).toMatchObject({for: 'AWS', why: 'iam:GetUser is not answered yet', limitMs: 3000});
		expect(heard.at(-1)).toBeUndefined();
	});
	test('is not told where it is answered at once', async () => {
		answers = [user];
		const heard: unknown[] = [];
		await to({timeoutMs: 60_000, hear: it => heard.push(it)}).look.at(getUser);
		expect(heard).toEqual([]);
	});
	test('of several at once is told until all are answered', async () => {
		answers = [silent, silent, user, silent, user];
		const heard: unknown[] = [];
		const aws = to({hear: it => heard.push(it)});
		await Promise.all([aws.look.at(getUser), aws.look.at(getUser)]);
		expect(heard.filter(it => it === undefined)).toHaveLength(1);
		expect(heard.at(-1)).toBeUndefined();
	});
});

describe('the person leaves', () => {
	test('a look ends at once, and its line is cut', {timeout: 10_000}, async () => {
		answers = [silent];
		const leaving = new AbortController();
		const out = failing(to({left: leaving.signal, timeoutMs: 600_000}).look.at(getUser));
		await reached();
		leaving.abort(new Interrupted());
		expect(await out).toBeInstanceOf(Interrupted);
		await vi.waitFor(() => expect(gone).toBe(1));
		expect(asked).toBe(1);
	});
	test('no further look goes out', async () => {
		answers = [user];
		expect(await failing(to({left: AbortSignal.abort(new Interrupted())}).look.at(getUser))).toBeInstanceOf(
			Interrupted,
		);
		expect(asked).toBe(0);
	});
	test('a look that waits for a helper which gives no credentials ends at once', async () => {
		const leaving = new AbortController();
		const never = reach({
			region: 'eu-west-1',
			network: direct,
			endpoint: url,
			credentials: () => new Promise(() => undefined),
			left: leaving.signal,
		});
		const out = failing(never.look.at(getUser));
		leaving.abort(new Interrupted());
		expect(await out).toBeInstanceOf(Interrupted);
	});
	test('a change that is out is waited for', async () => {
		let answer = silent;
		answers = [response => (answer = () => user(response))];
		const leaving = new AbortController();
		const out = sendNow(to({left: leaving.signal, timeoutMs: 60_000}), createUser);
		await reached();
		leaving.abort(new Interrupted());
		answer();
		expect(await out).toMatchObject({output: {User: {UserName: 'u'}}});
	});
});

test('credentials that never come are told, and no call goes out without them', async () => {
	const aws = reach({
		region: 'eu-west-1',
		network: direct,
		endpoint: url,
		timeoutMs: 20,
		credentials: () => new Promise(() => undefined),
	});
	expect(awsProblem(await failing(aws.look.at(getUser)), {facts: {}, run: {}})).toMatchObject({
		code: 'CredentialsProviderError',
		why: 'The credentials did not come in time',
	});
	expect(asked).toBe(0);
});

describe("this machine's clock is wrong", () => {
	test.each([3_600_000, -3_600_000, 86_400_000])(
		"by %i ms: calls are signed by AWS's, and a change goes out once",
		async skew => {
			const sandbox = await startSandbox({skew});
			const told: string[] = [];
			try {
				const aws = reach({
					region: 'eu-west-1',
					network: direct,
					endpoint: sandbox.url,
					credentials: async () => sandbox.operator,
				});
				expect(await aws.look.at(call('sts:GetCallerIdentity', {}))).toMatchObject({Account: sandbox.account.id});
				expect(Math.abs((aws.ahead() ?? 0) - skew)).toBeLessThan(5000);
				for (const api of ['iam:CreateUser', 'kms:CreateKey'])
					told.push(
						api,
						(await sendNow(aws, {api, input: api === 'iam:CreateUser' ? {UserName: 'u'} : {}})).requestId
							? 'done'
							: 'no',
					);
				expect(told).toEqual(['iam:CreateUser', 'done', 'kms:CreateKey', 'done']);
			} finally {
				await sandbox.close();
			}
		},
	);
	test('a change that comes first is refused as for now, and told with both times', async () => {
		const sandbox = await startSandbox({skew: 7_200_000});
		try {
			const aws = reach({
				region: 'eu-west-1',
				network: direct,
				endpoint: sandbox.url,
				credentials: async () => sandbox.operator,
			});
			const error = await failing(sendNow(aws, createUser));
			expect(error).toBeInstanceOf(Refused);
			expect(error).toMatchObject({code: 'SignatureDoesNotMatch', temporary: {atMost: 5}});
			const problem = awsProblem(error, {facts: {}, run: {}}) ?? expect.unreachable('it can be mended');
			const {why} = problem;
			const [, here = '', there = ''] =
				/^This machine's clock says (\S+ \S+) UTC, AWS's says (\S+ \S+) UTC$/.exec(why) ?? [];
			expect(Math.round((Date.parse(`${there}Z`) - Date.parse(`${here}Z`)) / 10_000)).toBe(720);
			expect(toDoByFlags(problem)).toContain('Set the clock');
			expect(await sendNow(aws, createUser)).toMatchObject({requestId: expect.any(String)});
		} finally {
			await sandbox.close();
		}
	});
});
