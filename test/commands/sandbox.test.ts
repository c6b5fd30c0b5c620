import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {GetCallerIdentityCommand, STSClient} from '@aws-sdk/client-sts';
import {Command} from 'commander';
import {describe, expect, onTestFinished, test} from 'vitest';
import {greeting, type SandboxFlags, sandbox, sandboxCommand} from '../../src/commands/sandbox.js';
import {Usage} from '../../src/engine/trouble.js';
import type {Sandbox} from '../../src/sandbox/index.js';
import {exitCode} from '../exit-codes.js';

/** The flags of a command line. */
function read(...argv: readonly string[]): SandboxFlags {
	const command = new Command('sandbox').exitOverride();
	for (const it of sandboxCommand.flags()) command.addOption(it);
	return command.parse([...argv], {from: 'user'}).opts<SandboxFlags>();
}
type Running = {
	readonly lines: string[];
	readonly errors: string[];
	readonly ended: Promise<number>;
	url(): Promise<string>;
};
function run(...argv: readonly string[]): Running {
	const [lines, errors]: [string[], string[]] = [[], []];
	const ended = sandbox(read(...argv), {out: it => lines.push(it), err: it => errors.push(it)}, () => undefined).then(
		how => exitCode[how],
	);
	return {
		lines,
		errors,
		ended,
		url: async () => {
			await expect.poll(() => lines.length, {timeout: 30_000}).toBeGreaterThan(0);
			return /http:\/\/127\.0\.0\.1:\d+/.exec(lines[0]!)![0];
		},
	};
}
const quit = (): boolean => process.emit('SIGTERM');
const post = async (url: string, path: string, body?: unknown) => {
	const response = await fetch(`${url}/_sandbox/${path}`, {
		method: 'POST',
		...(body !== undefined && {body: JSON.stringify(body)}),
	});
	return {status: response.status, says: response.status < 500 && (await response.json().catch(() => undefined))};
};

test('what it says can be pasted, and then AWS’s own client reaches it', async () => {
	const it = run();
	const url = await it.url();
	expect(it.lines[0]).toMatch(/^Sandbox: nothing here is AWS\./);
	const env = Object.fromEntries(
		it.lines.flatMap(line =>
			[...(/^export (\w+)=(.*)$/.exec(line)?.slice(1) ?? [])].length === 2
				? [/^export (\w+)=(.*)$/.exec(line)!.slice(1) as [string, string]]
				: [],
		),
	);
	expect(env).toMatchObject({AWS_ENDPOINT_URL: url, AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'eu-west-1'});
	const sts = new STSClient({
		endpoint: env['AWS_ENDPOINT_URL']!,
		region: env['AWS_REGION']!,
		credentials: {accessKeyId: env['AWS_ACCESS_KEY_ID']!, secretAccessKey: env['AWS_SECRET_ACCESS_KEY']!},
	});
	expect(await sts.send(new GetCallerIdentityCommand({}))).toMatchObject({Arn: 'arn:aws:iam::111122223333:user/admin'});
	quit();
	expect(await it.ended).toBe(143);
	await expect(fetch(url)).rejects.toThrow();
});

test.each([
	['SIGINT', 130],
	['SIGTERM', 143],
] as const)('%s ends it with %i', async (signal, code) => {
	const it = run('--port', '0');
	await it.url();
	process.emit(signal);
	expect(await it.ended).toBe(code);
});

test('on Windows the lines are PowerShell’s, and cmd’s', () => {
	const there = {
		url: 'http://127.0.0.1:1',
		operator: {accessKeyId: 'AKIA1', secretAccessKey: 's/1', arn: ''},
		account: {id: '111122223333'},
	} as Sandbox;
	expect(greeting(there, read('--file', 'a.json', '--control'), 'win32')).toEqual([
		'Sandbox: nothing here is AWS. IAM, STS, KMS and CloudTrail of the made-up account 111122223333 at http://127.0.0.1:1',
		'The account is kept in a.json.',
		'POST http://127.0.0.1:1/_sandbox/faults, /lags, /clock, /key-states and /account are open.',
		'',
		'To use it in another terminal, in PowerShell:',
		"$env:AWS_ENDPOINT_URL = 'http://127.0.0.1:1'",
		"$env:AWS_ACCESS_KEY_ID = 'AKIA1'",
		"$env:AWS_SECRET_ACCESS_KEY = 's/1'",
		"$env:AWS_REGION = 'eu-west-1'",
		"$env:AWS_DEFAULT_REGION = 'eu-west-1'",
		'Remove-Item Env:AWS_SESSION_TOKEN, Env:AWS_PROFILE -ErrorAction Ignore',
		'',
		'or in a command prompt (cmd):',
		'set "AWS_ENDPOINT_URL=http://127.0.0.1:1"',
		'set "AWS_ACCESS_KEY_ID=AKIA1"',
		'set "AWS_SECRET_ACCESS_KEY=s/1"',
		'set "AWS_REGION=eu-west-1"',
		'set "AWS_DEFAULT_REGION=eu-west-1"',
		'set "AWS_SESSION_TOKEN="',
		'set "AWS_PROFILE="',
		'',
		'Ctrl+C ends it.',
	]);
});

test('flags that may be repeated add up', () => {
	expect(
		read(
			'--late',
			'principals=2000',
			'--late',
			'lists=10',
			'--fault',
			'iam:CreateUser=500',
			'--fault',
			'kms:Decrypt#2=hang',
			'--page-size',
			'2',
		),
	).toEqual({
		port: 0,
		pageSize: 2,
		late: {principals: 2000, lists: 10},
		fault: [
			{api: 'iam:CreateUser', nth: 1, kind: '500'},
			{api: 'kms:Decrypt', nth: 2, kind: 'hang'},
		],
	});
	expect(read().late).toEqual({});
});
test.each([
	['--port', '70000'],
	['--port', '80a'],
	['--page-size', '0'],
	['--late', 'tea=5'],
	['--late', 'principals'],
	['--late', 'toString=5'],
	['--fault', 'iam:CreateUser=tea'],
])('%s %s is a usage error', (...argv) => {
	expect(() => read(...argv)).toThrow(Usage);
});
test('a port that is taken is a usage error', async () => {
	const other = createServer();
	await new Promise<void>(done => other.listen(0, '127.0.0.1', done));
	onTestFinished(() => void other.close());
	await expect(run('--port', String((other.address() as {port: number}).port)).ended).rejects.toThrow(Usage);
});
test('a file that holds something else is a usage error', async () => {
	const folder = mkdtempSync(join(tmpdir(), 'sandbox-'));
	onTestFinished(() => rmSync(folder, {recursive: true}));
	writeFileSync(join(folder, 'x.json'), '{}');
	await expect(run('--file', join(folder, 'x.json')).ended).rejects.toThrow(Usage);
	mkdirSync(join(folder, 'x'));
	await expect(run('--file', join(folder, 'x')).ended).rejects.toThrow(Usage);
});

describe('the control endpoint', () => {
	test('is there only when it is asked for', async () => {
		const it = run();
		expect((await post(await it.url(), 'account')).status).toBe(404);
		quit();
		await it.ended;
	});
	test('shows the account and sets faults, lags and the clock', async () => {
		const it = run('--control');
		const url = await it.url();
		expect(await post(url, 'account')).toMatchObject({
			status: 200,
			says: {id: '111122223333', users: {admin: {name: 'admin'}}},
		});
		expect(await post(url, 'faults', ['iam:GetUser#every=503'])).toEqual({
			status: 200,
			says: {faults: [{api: 'iam:GetUser', nth: 'every', kind: '503'}]},
		});
		expect(await post(url, 'lags', {principals: 5})).toMatchObject({status: 200, says: {principals: 5, lists: 0}});
		const {says} = await post(url, 'clock', {advance: 86_400_000});
		expect(Date.parse((says as {now: string}).now)).toBeGreaterThan(Date.now() + 86_000_000);
		for (const [path, body] of [
			['faults', ['tea']],
			['faults', {}],
			['lags', {tea: 1}],
			['lags', {toString: 1}],
			['lags', 'x'],
			['clock', {}],
			['clock', {advance: -1}],
		] as const)
			expect(await post(url, path, body)).toMatchObject({status: 400});
		expect(await post(url, 'tea')).toMatchObject({status: 404});
		quit();
		await it.ended;
	});
});
