import {describe, expect, test} from 'vitest';
import {call} from '../../src/aws/client/call.js';
import {reach} from '../../src/aws/client/send.js';
import {networkOf} from '../../src/aws/network/network.js';
import {CantCall} from '../../src/aws/problems/cant-call.js';
import {sandboxFor} from '../sandbox/clients.js';
import {authority, forwardProxy, inTls, nobodyAt} from './network.js';

const who = call('sts:GetCallerIdentity', {});
/** AWS in TLS of the company's own, and AWS as it is reached in an environment that trusts it. */
async function field() {
	const sandbox = await sandboxFor();
	const aws = await inTls(sandbox.url);
	const reached = (env: Readonly<Record<string, string>>, endpoint?: string) =>
		reach({
			region: 'eu-west-1',
			network: networkOf({AWS_CA_BUNDLE: authority, ...env}, async () => undefined),
			credentials: async () => sandbox.operator,
			endpoint,
			timeoutMs: 20_000,
		});
	const ask = (env: Readonly<Record<string, string>>, endpoint?: string) => reached(env, endpoint).look.at(who);
	const problem = (env: Readonly<Record<string, string>>, endpoint?: string) =>
		ask(env, endpoint).then(
			() => undefined,
			(error: unknown) => (error instanceof CantCall ? error.problem : error),
		);
	return {sandbox, aws, ask, problem, reached};
}

describe('a proxy of a variable', () => {
	test('is used for every service, and the host is called by its name', async () => {
		const {aws, reached} = await field();
		const proxy = await forwardProxy({to: aws.port});
		const {look, attempt} = reached({HTTPS_PROXY: proxy.at()});
		expect(await look.at(who)).toMatchObject({Arn: expect.stringContaining(':user/admin')});
		await look.at(call('iam:ListAccountAliases', {}));
		await attempt({api: 'kms:ListKeys', input: {}});
		expect(proxy.asked).toEqual(['sts.eu-west-1', 'iam', 'kms.eu-west-1'].map(it => `${it}.amazonaws.com:443`));
		expect(aws.hosts).toEqual(['sts.eu-west-1', 'iam', 'kms.eu-west-1'].map(it => `${it}.amazonaws.com`));
	});
	test('in lower case wins over the one in capitals, and empty it means none', async () => {
		const {aws, ask, problem} = await field();
		const [one, other] = [await forwardProxy({to: aws.port}), await forwardProxy({to: aws.port})];
		await ask({HTTPS_PROXY: other.at(), https_proxy: one.at()});
		expect([one.asked.length, other.asked.length]).toEqual([1, 0]);
		await problem({HTTPS_PROXY: other.at(), https_proxy: '', NO_PROXY: 'x'}, `https://localhost:${aws.port}`);
		expect(other.asked).toEqual([]);
	});
	test('may be in any other case, as for Python, and isn’t ALL_PROXY', async () => {
		const {aws, ask} = await field();
		const [one, other] = [await forwardProxy({to: aws.port}), await forwardProxy({to: aws.port})];
		await ask({HTTPS_PROXY: '', Https_Proxy: one.at(), ALL_PROXY: other.at()});
		expect([one.asked.length, other.asked.length]).toEqual([1, 0]);
	});
	test('needs no scheme', async () => {
		const {aws, ask} = await field();
		const proxy = await forwardProxy({to: aws.port});
		await ask({HTTPS_PROXY: proxy.at().replace('http://', '')});
		expect(proxy.asked).toHaveLength(1);
	});
	test('may speak TLS itself, vouched for like any host', async () => {
		const {aws, ask} = await field();
		const proxy = await forwardProxy({to: aws.port, tls: true});
		await ask({HTTPS_PROXY: proxy.at()});
		expect(proxy.asked).toHaveLength(1);
	});
	test('for plain http is HTTP_PROXY', async () => {
		const {sandbox, ask} = await field();
		const proxy = await forwardProxy({to: Number(new URL(sandbox.url).port)});
		await ask({HTTP_PROXY: proxy.at(), HTTPS_PROXY: 'http://127.0.0.1:9'}, 'http://aws.example:4566');
		expect(proxy.asked).toEqual(['http://aws.example:4566/']);
	});
	test('is never used for this machine', async () => {
		const {sandbox, aws, ask} = await field();
		const proxy = await forwardProxy({to: aws.port, answers: '403 Forbidden'});
		const env = {HTTPS_PROXY: proxy.at(), HTTP_PROXY: proxy.at()};
		await ask(env, sandbox.url);
		await ask(env, `https://localhost:${aws.port}`);
		expect(proxy.asked).toEqual([]);
	});
	test('is left out for hosts of NO_PROXY', async () => {
		const {aws, problem} = await field();
		const proxy = await forwardProxy({to: aws.port});
		// No such host: reached without the proxy, it isn't there.
		const said = await problem({HTTPS_PROXY: proxy.at(), NO_PROXY: '.invalid'}, 'https://sts.invalid');
		expect(said).toMatchObject({code: expect.stringMatching(/ENOTFOUND|EAI_AGAIN/)});
		expect(proxy.asked).toEqual([]);
	});
});

describe('user and password in the URL of a proxy', () => {
	test.each([
		['as they are', 'anna:s3cret', 'anna:s3cret'],
		['percent-encoded', 'anna:s%40cr%3Aet', 'anna:s@cr:et'],
		['with a domain', String.raw`ACME\anna:s3cret`, String.raw`ACME\anna:s3cret`],
		['with what a URL can’t hold', 'anna:s#c/r?e%t@', 'anna:s#c/r?e%t@'],
	])('are sent, %s', async (_how, inUrl, credentials) => {
		const {aws, ask} = await field();
		const proxy = await forwardProxy({to: aws.port, credentials});
		expect(await ask({HTTPS_PROXY: proxy.at(inUrl)})).toMatchObject({Account: expect.any(String)});
	});
	test('are sent for plain http too', async () => {
		const {sandbox, ask} = await field();
		const proxy = await forwardProxy({to: Number(new URL(sandbox.url).port), credentials: 'anna:s3cret'});
		await ask({HTTP_PROXY: proxy.at('anna:s3cret')}, 'http://aws.example');
		expect(proxy.asked).toHaveLength(1);
	});
	test.each(['https://sts.eu-west-1.amazonaws.com', 'http://aws.example'])(
		'are asked for where they are missing or wrong, and never shown (%s)',
		async endpoint => {
			const {aws, problem} = await field();
			const proxy = await forwardProxy({to: aws.port, credentials: 'anna:s3cret'});
			const missing = await problem({HTTPS_PROXY: proxy.at(), HTTP_PROXY: proxy.at()}, endpoint);
			expect(missing).toMatchObject({
				what: `The proxy ${proxy.at()} asks for a user and a password`,
				why: expect.stringMatching(/407.*HTTPS?_PROXY/),
				code: 'HTTP 407',
			});
			const env = {HTTPS_PROXY: proxy.at('anna:hunter2'), HTTP_PROXY: proxy.at('anna:hunter2')};
			const wrong = await problem(env, endpoint);
			expect(wrong).toMatchObject({what: expect.stringContaining("doesn't take the user and password")});
			expect(JSON.stringify(wrong)).not.toMatch(/hunter2|anna/);
		},
	);
	test('are no way in where the proxy takes others only', async () => {
		const {aws, problem} = await field();
		const proxy = await forwardProxy({to: aws.port, credentials: 'a:b', asks: 'Negotiate'});
		expect(await problem({HTTPS_PROXY: proxy.at()})).toMatchObject({why: expect.stringContaining('takes Negotiate')});
	});
});

describe('a proxy that doesn’t let calls pass is named, with the variable, and the call never went out', () => {
	test('as it refuses to connect', async () => {
		const {aws, problem} = await field();
		const proxy = await forwardProxy({to: aws.port, answers: '403 Forbidden'});
		expect(await problem({https_proxy: proxy.at()})).toMatchObject({
			what: `The proxy ${proxy.at()} refuses to connect to sts.eu-west-1.amazonaws.com`,
			why: expect.stringMatching(/403 Forbidden.*https_proxy/),
			todo: expect.stringContaining('NO_PROXY'),
		});
		expect(aws.hosts).toEqual([]);
	});
	test('as nobody listens there', async () => {
		const {problem} = await field();
		const port = await nobodyAt();
		expect(await problem({HTTPS_PROXY: `http://anna:s3cret@127.0.0.1:${port}`})).toMatchObject({
			what: `The proxy http://127.0.0.1:${port} can't be reached`,
			why: expect.stringMatching(/HTTPS_PROXY.*ECONNREFUSED/),
		});
	});
	test.each([
		['socks5://127.0.0.1:1080', /socks5 proxy/],
		['http://', /isn't a URL/],
		['http:/anna:s3cret@127.0.0.1', /isn't a URL/],
		['http//127.0.0.1:9', /isn't a URL/],
		['http://127.0.0.1:99999', /isn't a URL/],
		['"http://anna:s3cret@127.0.0.1:9"', /stands in quotes/],
		['http://anna:s3cret@:x', /isn't a URL/],
	])('as its value can’t be used: %s', async (value, why) => {
		const {problem} = await field();
		const said = await problem({HTTPS_PROXY: value});
		expect(said).toMatchObject({what: expect.stringContaining('HTTPS_PROXY'), why: expect.stringMatching(why)});
		expect(JSON.stringify(said)).not.toContain('s3cret');
	});
});
