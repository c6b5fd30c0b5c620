import {readFileSync} from 'node:fs';
import {describe, expect, test} from 'vitest';
import {call} from '../../src/aws/client/call.js';
import {reach} from '../../src/aws/client/send.js';
import {networkOf} from '../../src/aws/network/network.js';
import {CantCall} from '../../src/aws/problems/cant-call.js';
import {sandboxFor} from '../sandbox/clients.js';
import {authority, forwardProxy, inTls} from './network.js';
import {machine, resultOf} from './program.js';

const who = call('sts:GetCallerIdentity', {});
type Env = Readonly<Record<string, string>>;
/** AWS behind a proxy that opens TLS with the company's own authority. */
async function field() {
	const sandbox = await sandboxFor();
	const proxy = await forwardProxy({to: (await inTls(sandbox.url)).port});
	const ask = (env: Env, ofProfile?: string) =>
		reach({
			region: 'eu-west-1',
			network: networkOf({HTTPS_PROXY: proxy.at(), ...env}, async () =>
				ofProfile ? {value: ofProfile, from: 'ca_bundle of profile acme'} : undefined,
			),
			credentials: async () => sandbox.operator,
			timeoutMs: 20_000,
		}).look.at(who);
	const problem = (env: Env, ofProfile?: string) =>
		ask(env, ofProfile).then(
			() => undefined,
			(error: unknown) => (error instanceof CantCall ? error.problem : error),
		);
	return {sandbox, proxy, ask, problem};
}
const der = (): Buffer => Buffer.from(readFileSync(authority, 'utf8').replaceAll(/-----.*-----|\s/g, ''), 'base64');

describe("a company's own authority", () => {
	test('that nobody named is told by name, with three ways to trust it, and no call reached it', async () => {
		const {problem, sandbox} = await field();
		expect(await problem({})).toMatchObject({
			what: "The authority behind sts.eu-west-1.amazonaws.com isn't trusted: Acme Test Root, Acme",
			why: expect.stringMatching(/through the proxy .* of HTTPS_PROXY/),
			todo: expect.stringMatching(/system's certificate store.*AWS_CA_BUNDLE.*ca_bundle.*NODE_EXTRA_CA_CERTS/),
			code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
		});
		expect(sandbox.heard).toEqual([]);
	});
	test.each([
		['AWS_CA_BUNDLE', {AWS_CA_BUNDLE: authority}, undefined],
		['ca_bundle of the profile', {}, authority],
		['REQUESTS_CA_BUNDLE', {REQUESTS_CA_BUNDLE: authority}, undefined],
		['NODE_EXTRA_CA_CERTS', {NODE_EXTRA_CA_CERTS: authority}, undefined],
		['AWS_CA_BUNDLE over the profile', {AWS_CA_BUNDLE: authority}, '/nowhere.pem'],
		['the profile over REQUESTS_CA_BUNDLE', {REQUESTS_CA_BUNDLE: '/nowhere.pem'}, authority],
	])('is trusted by %s', async (_way, env: Env, ofProfile) => {
		const {ask} = await field();
		expect(await ask(env, ofProfile)).toMatchObject({Account: expect.any(String)});
	});
	test.each([
		['a file as Windows exports it', 'acme.cer', der],
		['PEM in UTF-16', 'acme.pem', () => Buffer.from(`\uFEFF${readFileSync(authority, 'utf8')}`, 'utf16le')],
		['a folder', 'authorities/acme.pem', () => readFileSync(authority)],
	])('may be %s', async (_kind, name, content) => {
		const {ask} = await field();
		const path = machine().write(name, content());
		expect(await ask({AWS_CA_BUNDLE: path.replace(/\/acme\.pem$/, name.includes('/') ? '' : '$&')})).toBeDefined();
	});
	test('may be in the home folder', async () => {
		const {ask} = await field();
		const {home, write} = machine();
		write('acme.pem', readFileSync(authority));
		expect(await ask({HOME: home}, '~/acme.pem')).toBeDefined();
	});
	test.each([
		['isn’t there', '/nowhere.pem'],
		['holds none', import.meta.filename],
	])('in a file that %s: the setting is named, before any call', async (_how, path) => {
		const {problem, proxy} = await field();
		expect(await problem({AWS_CA_BUNDLE: path})).toMatchObject({
			why: `AWS_CA_BUNDLE names ${path}, and no certificate is there`,
		});
		expect(proxy.asked).toEqual([]);
	});
	test('isn’t trusted where another bundle is named: that counts alone, as for the AWS CLI', async () => {
		const {problem} = await field();
		const other = machine().write('other.pem', (await import('node:tls')).rootCertificates[0] ?? '');
		expect(await problem({AWS_CA_BUNDLE: other})).toMatchObject({
			why: expect.stringContaining(`${other}, which AWS_CA_BUNDLE`),
		});
	});
});

test('a certificate for other names is not accepted, and its names are told', async () => {
	const sandbox = await sandboxFor();
	const {port} = await inTls(sandbox.url);
	const proxy = await forwardProxy({to: port});
	const aws = reach({
		region: 'eu-west-1',
		network: networkOf({HTTPS_PROXY: proxy.at(), AWS_CA_BUNDLE: authority}, async () => undefined),
		credentials: async () => sandbox.operator,
		endpoint: 'https://elsewhere.example',
	});
	await expect(aws.look.at(who)).rejects.toMatchObject({
		problem: {what: expect.stringContaining('elsewhere.example'), why: expect.stringContaining('*.amazonaws.com')},
	});
	expect(sandbox.heard).toEqual([]);
});

describe('the program itself', () => {
	const connect = ['setup', '--yes', '--json', '--stop-after', 'connect'];
	async function program(env: Env) {
		const {sandbox, proxy} = await field();
		const {accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY} = sandbox.operator;
		const keys = {AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION: 'eu-west-1'};
		const ran = await machine().run(connect, {...keys, HTTPS_PROXY: proxy.at(), ...env});
		return {...ran, result: resultOf(ran), sandbox};
	}
	test("trusts what the system's store holds, without a setting", async context => {
		if (process.platform !== 'linux') return context.skip("only Linux's store can be another for one process");
		const {code, result, sandbox} = await program({SSL_CERT_FILE: authority});
		expect([code, result['status'], result['account']]).toEqual([0, 'paused', sandbox.account.id]);
	});
	test('goes through the proxy, trusts NODE_EXTRA_CA_CERTS, and prints nothing else', async () => {
		const {code, stderr} = await program({NODE_EXTRA_CA_CERTS: authority});
		expect([code, stderr]).toEqual([0, expect.not.stringContaining('Warning')]);
	});
	test('stops on an authority that it doesn’t know, with what mends it and no stack', async () => {
		const {code, result, stderr} = await program({});
		expect([code, result['status'], result.problem?.['what']]).toEqual([1, 'stopped', expect.stringContaining('Acme')]);
		expect(stderr).not.toMatch(/bug|at .*\.js:/);
	});
});
