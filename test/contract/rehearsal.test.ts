import {spawn} from 'node:child_process';
import {existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {lock} from '../../src/local/lock.js';
import type {Account} from '../../src/sandbox/account/account.js';
import type {Line} from './in-process.js';

const program = join(import.meta.dirname, '..', '..', 'dist', 'nps-kms.js');
let home: string;
beforeEach(() => {
	home = mkdtempSync(join(tmpdir(), 'nps-kms-'));
});
afterEach(() => rmSync(home, {recursive: true, force: true}));

type Ran = {readonly code: number | null; readonly result: Line; readonly said: string};
/** Runs the compiled program without credentials, or with what the environment is given. */
function run(flags: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ran> {
	const child = spawn(process.execPath, [program, ...flags], {
		env: {PATH: process.env['PATH'], HOME: home, NPS_KMS_HOME: join(home, 'state'), NPS_KMS_PATIENCE: '0.02', ...env},
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	let [out, said] = ['', ''];
	child.stdout.on('data', (it: Buffer) => (out += it.toString()));
	child.stderr.on('data', (it: Buffer) => (said += it.toString()));
	return new Promise(done =>
		child.on('close', code =>
			done({code, said, result: JSON.parse(out.trim().split('\n').at(-1) || '{"type":"none"}') as Line}),
		),
	);
}
const rehearse = (...flags: readonly string[]): Promise<Ran> =>
	run(['setup', '--sandbox', '--yes', '--json', ...flags]);
const account = (): Account =>
	(JSON.parse(readFileSync(join(home, 'state', 'sandbox', 'account.json'), 'utf8')) as {account: Account}).account;

test('on a machine without credentials the whole set-up can be rehearsed, and is proven', async () => {
	const {code, result, said} = await rehearse();
	expect(code, said).toBe(0);
	expect(result).toMatchObject({status: 'complete', proven: true, region: 'eu-west-1'});
	expect(said).toContain('Sandbox: nothing here is AWS');
});
test('an interrupted rehearsal carries on where it stopped, in the same account', async () => {
	const {result: paused, said} = await rehearse('--stop-after', 'access-key');
	expect(paused['status']).toBe('paused');
	expect(said).toMatch(
		/aws iam update-access-key .* --endpoint-url http:\/\/127\.0\.0\.1:\d+ .*this is a rehearsal, AWS has nothing of it/,
	);
	const [made] = account().users['nps-kms-user']!.accessKeys;
	const {result} = await rehearse();
	expect(result).toMatchObject({status: 'complete', proven: true, accessKeyId: made!.id});
	expect(account().users['nps-kms-user']!.accessKeys).toHaveLength(1);
	expect(Object.keys(account().keys)).toHaveLength(1);
});
test('while another rehearsal is at work, it is told that they share an account', async () => {
	await rehearse('--stop-after', 'connect');
	const file = join(home, 'state', 'sandbox', 'account.json');
	const held = await lock(file, file, new Date());
	const {code, said} = await rehearse('--setup', 'other');
	await held.release();
	expect(code, said).toBe(1);
	expect(said).toContain(`Another nps-kms is at work on the account of all rehearsals, ${file}`);
});
test('what a rehearsal keeps lives apart, and is for its owner alone', async () => {
	await rehearse();
	expect(readdirSync(join(home, 'state'))).toEqual(['sandbox']);
	expect(readdirSync(join(home, 'state', 'sandbox')).sort()).toEqual([
		'.lock',
		'account.json',
		'nps-kms-user_accessKeys.csv',
		'setups',
	]);
	for (const it of ['account.json', 'nps-kms-user_accessKeys.csv', 'setups/nps.json']) {
		expect(statSync(join(home, 'state', 'sandbox', it)).mode & 0o777, it).toBe(0o600);
	}
});
test('a dry run of a rehearsal writes nothing', async () => {
	const {code, result} = await run(['setup', '--sandbox', '--dry-run', '--json']);
	expect({code, status: result['status']}).toEqual({code: 0, status: 'planned'});
	expect(existsSync(join(home, 'state'))).toBe(false);
});
test("credentials and endpoints of the environment don't reach a rehearsal, and no connection leaves the machine", async () => {
	const log = join(home, 'connections');
	const preload = join(home, 'preload.cjs');
	writeFileSync(
		preload,
		`const net = require('node:net'); const dns = require('node:dns'); const {appendFileSync} = require('node:fs');
		const note = it => appendFileSync(${JSON.stringify(log)}, it + '\\n');
		const connect = net.Socket.prototype.connect;
		net.Socket.prototype.connect = function (...args) { const [it] = args.flat(); note(it.path ? 'local socket' : String(it.host)); return connect.apply(this, args); };
		const lookup = dns.lookup; dns.lookup = (name, ...rest) => { note('lookup ' + name); return lookup(name, ...rest); };`,
	);
	const {code, result, said} = await run(['setup', '--sandbox', '--yes', '--json'], {
		NODE_OPTIONS: `--require ${preload}`,
		AWS_ENDPOINT_URL: 'http://192.0.2.1:1',
		AWS_ENDPOINT_URL_KMS: 'http://192.0.2.2:1',
		AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
		AWS_SECRET_ACCESS_KEY: 'nothing',
		AWS_SESSION_TOKEN: 'nothing',
		AWS_PROFILE: 'nobody',
	});
	expect(code, said).toBe(0);
	expect(result['proven']).toBe(true);
	const connections = new Set(readFileSync(log, 'utf8').trim().split('\n'));
	for (const it of ['local socket', 'lookup 127.0.0.1']) connections.delete(it);
	expect([...connections]).toEqual(['127.0.0.1']);
});
test('two rehearsals at once: the second is told of the first', async () => {
	const both = await Promise.all([rehearse(), rehearse('--setup', 'lab')]);
	const [told] = both.filter(it => it.code !== 0);
	expect(both.map(it => it.code).sort()).toEqual([0, 1]);
	expect(told!.said).toMatch(/Process \d+ on/);
});
test("an account file that can't be read is told, and stays as it is", async () => {
	await rehearse('--stop-after', 'policy');
	const file = join(home, 'state', 'sandbox', 'account.json');
	writeFileSync(file, '{');
	const {code, said} = await rehearse();
	expect(code).toBe(1);
	expect(said).toContain(file);
	expect(readFileSync(file, 'utf8')).toBe('{');
});
