import {spawn} from 'node:child_process';
import {chmodSync, cpSync, existsSync, openSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {type Entry, fold} from '../../src/engine/record.js';
import {type Sandbox, startSandbox} from '../../src/sandbox/index.js';
import {machine} from './program.js';

const program = join(import.meta.dirname, '../../dist/nps-kms.js');

/**
 * Loaded before the program: lets the connection, the server or the program of that number fail by an event at that
 * moment, and writes down how many of each there were. What is loaded is what fails in the field: streams of Node's.
 */
const failing = `
const fs = require('node:fs');
const net = require('node:net');
const {ChildProcess} = require('node:child_process');
const [kind, nth, when, code] = (process.env.FAILS ?? '').split(' ');
const made = {socket: 0, server: 0, accepted: 0, child: 0, stdout: 0, stderr: 0};
process.on('exit', () => fs.writeFileSync(process.env.MADE, JSON.stringify(made)));
const meant = it => ++made[it] === Number(nth) && it === kind;
const failure = syscall => Object.assign(new Error(syscall + ' ' + code), {code, syscall, errno: -1});
const soon = act => setImmediate(act);

const {connect} = net.Socket.prototype;
net.Socket.prototype.connect = function (...given) {
	if (meant('socket')) {
		const fail = syscall => this.destroy(Object.assign(failure(syscall), {address: '192.0.2.1', port: 443}));
		if (when === 'begun') soon(() => fail('connect'));
		if (when === 'connected') this.once('connect', () => soon(() => fail('write')));
		if (when === 'answered') this.once('data', () => fail('read'));
		if (when === 'idle') this.once('data', () => setTimeout(() => fail('read'), 5));
		// Twice, as a stream that was closed may tell once more.
		if (when === 'again') this.once('data', () => { fail('read'); soon(() => this.emit('error', failure('read'))); });
	}
	return connect.apply(this, given);
};
const {listen} = net.Server.prototype;
net.Server.prototype.listen = function (...given) {
	if (meant('server')) {
		if (when === 'begun') soon(() => this.emit('error', failure('listen')));
		else this.once('listening', () => setTimeout(() => this.emit('error', failure('accept')), 20));
	}
	this.on('connection', socket => { if (meant('accepted')) soon(() => socket.destroy(failure('read'))); });
	return listen.apply(this, given);
};
const start = ChildProcess.prototype.spawn;
ChildProcess.prototype.spawn = function (...given) {
	const answer = start.apply(this, given);
	if (meant('child')) soon(() => (when === 'begun' ? this : this[when]).emit('error', failure('spawn it')));
	return answer;
};
for (const name of ['stdout', 'stderr']) {
	const {write} = process[name];
	process[name].write = function (...given) {
		const answer = write.apply(this, given);
		if (meant(name)) soon(() => this.emit('error', failure('write')));
		return answer;
	};
}
if (kind === 'stdin') setTimeout(() => process.stdin.destroy(failure('read')), 100);
if (kind === 'nowhere') setTimeout(() => new (require('node:events'))().emit('error', failure('read')), Number(nth));
if (kind === 'bug') setTimeout(() => { throw new TypeError('it is undefined'); }, Number(nth));
`;

let sandbox: Sandbox;
beforeAll(async () => {
	sandbox = await startSandbox();
});
afterAll(() => sandbox.close());
const blank = (): typeof sandbox.account => structuredClone(sandbox.account);
let first: ReturnType<typeof blank>;
beforeEach(() => {
	first ??= blank();
	Object.assign(sandbox.account, structuredClone(first));
});

type Made = Readonly<Record<'socket' | 'server' | 'accepted' | 'child' | 'stdout' | 'stderr', number>>;
type Ran = {readonly code: number | null; readonly stdout: string; readonly stderr: string; readonly made: Made};
type Machine = ReturnType<typeof machine>;
/** Runs the program with what is to fail: which of them, its number, when, and the system's code. */
async function run(at: Machine, args: readonly string[], fails = '', input?: string): Promise<Ran> {
	const preload = at.write('failing.cjs', failing);
	const made = join(at.home, 'made.json');
	const {accessKeyId, secretAccessKey} = sandbox.operator;
	const child = spawn(process.execPath, ['--require', preload, program, ...args], {
		cwd: at.home,
		stdio: ['pipe', 'pipe', 'pipe'],
		env: {
			...{PATH: process.env['PATH'], HOME: at.home, NPS_KMS_HOME: join(at.home, 'state'), NPS_KMS_PATIENCE: '0'},
			...{AWS_ENDPOINT_URL: sandbox.url, AWS_REGION: 'eu-west-1', AWS_EC2_METADATA_DISABLED: 'true'},
			...{AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, FAILS: fails, MADE: made},
		},
	});
	const told = {stdout: '', stderr: ''};
	for (const name of ['stdout', 'stderr'] as const)
		child[name].on('data', (it: Buffer) => (told[name] += it.toString()));
	child.stdin.on('error', () => undefined);
	if (input !== 'none') child.stdin.end(input);
	const code = await new Promise<number | null>(done => child.on('close', done));
	return {code, ...told, made: JSON.parse(readFileSync(made, 'utf8')) as Made};
}
const codes = ['ECONNRESET', 'ETIMEDOUT', 'EMFILE', 'EIO', 'EHOSTUNREACH'];
const bug = /This is a bug|\n\s+at |node:|unsettled top|Unhandled/;
/** Nothing of it reads as a fault of the program, and what ended it is told. */
function expectTold({code, stdout, stderr}: Ran, what: string): void {
	expect(stderr + stdout, what).not.toMatch(bug);
	expect([0, 1], `${what}\n${stderr}`).toContain(code);
	if (code === 1) expect(stderr, what).toMatch(/✖ .*\n {2}\S/);
}
const setUp = ['setup', '--yes', '--json', '--no-prove'];
const openIn = (at: Machine): number => {
	const file = join(at.home, 'state/setups/nps.json');
	if (!existsSync(file)) return 0;
	const {entries} = JSON.parse(readFileSync(file, 'utf8')) as {entries: readonly Entry[]};
	return Object.values(fold(entries).past)
		.flat()
		.filter(it => it.outcome === undefined).length;
};

describe('what fails by an event, after it began', () => {
	test('connections of a run, at each moment: told as a line that dropped, and the next run ends it', async () => {
		const {made} = await run(machine(), setUp);
		expect(made.socket).toBeGreaterThan(2);
		const moments = ['begun', 'connected', 'answered', 'idle', 'again'];
		for (const [at, when] of moments.entries()) {
			Object.assign(sandbox.account, structuredClone(first));
			const home = machine();
			const how = `socket ${Math.min(2 * at + 1, made.socket)} ${when} ${codes[at % codes.length]}`;
			expectTold(await run(home, setUp, how), how);
			const again = await run(home, setUp);
			expect([again.code, openIn(home)], `${how}\n${again.stderr}`).toEqual([0, 0]);
		}
	}, 300_000);
	test('the server of the lock, and of a rehearsal, and who connects to it', async () => {
		const rehearsal = [...setUp, '--sandbox'];
		const {made} = await run(machine(), rehearsal);
		expect(made.server).toBeGreaterThan(1);
		expect(made.accepted).toBeGreaterThan(2);
		for (let at = 1; at <= made.server; at++)
			for (const when of ['begun', 'listening']) {
				const how = `server ${at} ${when} ${codes[at % codes.length]}`;
				expectTold(await run(machine(), rehearsal, how), how);
			}
		for (const at of [1, 3])
			expectTold(await run(machine(), rehearsal, `accepted ${at} now ECONNRESET`), `accepted ${at}`);
	}, 300_000);
	test.each(['begun', 'stdout', 'stderr', 'stdin'])(
		'a program that is started, by its %s',
		async when => {
			const json = JSON.stringify({
				...{Version: 1, AccessKeyId: sandbox.operator.accessKeyId},
				SecretAccessKey: sandbox.operator.secretAccessKey,
			});
			const at = machine({'keys.json': json});
			at.write(
				'.aws/config',
				`[profile corp]\nregion = eu-west-1\nendpoint_url = ${sandbox.url}\ncredential_process = cat "${at.home}/keys.json"\n`,
			);
			for (const args of [[...setUp, '--profile', 'corp', '--dry-run'], ['doctor']]) {
				const {made} = await run(at, args);
				expect(made.child).toBeGreaterThan(0);
				for (let nth = 1; nth <= made.child; nth++) {
					const how = `child ${nth} ${when} EAGAIN`;
					const ran = await run(at, args, how);
					expectTold(ran, `${args[0]}: ${how}`);
				}
			}
		},
		120_000,
	);
	test.each(['stdout', 'stderr'])(
		'%s, at several lines: the call that is out is recorded, and the next run ends it',
		async name => {
			const {made} = await run(machine(), setUp);
			const all = made[name as 'stdout'];
			expect(all).toBeGreaterThan(name === 'stdout' ? 20 : 0);
			for (let at = 1; at <= all; at += Math.max(1, Math.floor(all / 2))) {
				Object.assign(sandbox.account, structuredClone(first));
				const home = machine();
				const how = `${name} ${at} now ${['ENOSPC', 'EDQUOT', 'EFBIG', 'ECANCELED'][at % 4]}`;
				const ran = await run(home, setUp, how);
				expect([ran.code, bug.test(ran.stderr), openIn(home)], `${how}\n${ran.stderr}`).toEqual([1, false, 0]);
				if (name === 'stdout') expect(ran.stderr, how).toContain("can't be written to stdout");
				expect((await run(home, setUp)).code, how).toBe(0);
			}
		},
		300_000,
	);
	test.each(['EIO', 'EBADF', 'EAGAIN', 'EISDIR'])('the input of who is asked line by line: %s', async code => {
		const ran = await run(machine(), ['setup', '--plain'], `stdin 1 now ${code}`, 'none');
		expect(ran.stderr + ran.stdout).not.toMatch(bug);
		expect(ran.stdout + ran.stderr).toMatch(/Saved|Nothing changed|✖/);
	});
	test('what nobody waits for: told with its name, the call that is out is recorded, and the next run ends it', async () => {
		let told = 0;
		for (const ms of [0, 200, 500]) {
			Object.assign(sandbox.account, structuredClone(first));
			const home = machine();
			const ran = await run(home, setUp, `nowhere ${ms} now ECONNRESET`);
			expect(ran.stderr, `${ms}`).not.toMatch(bug);
			if (ran.stderr.includes('ECONNRESET')) told += 1;
			expect([ran.code, openIn(home)], `${ms}\n${ran.stderr}`).toEqual([/ECONNRESET/.test(ran.stderr) ? 1 : 0, 0]);
			expect((await run(home, setUp)).code, `${ms}`).toBe(0);
		}
		expect(told).toBeGreaterThan(0);
	}, 60_000);
	test('a bug that nobody waits for is called one, and ends the run', async () => {
		const ran = await run(machine(), setUp, 'bug 60 now E');
		expect([ran.code, ran.stderr]).toEqual([
			1,
			expect.stringMatching(/This is a bug in nps-kms[\s\S]*it is undefined/),
		]);
	});
	test.skipIf(!existsSync('/dev/full'))('a warning that isn’t taken holds nothing up', async () => {
		const at = machine();
		cpSync(join(program, '..'), join(at.home, 'bin'), {recursive: true});
		chmodSync(join(at.home, 'bin'), 0o777);
		const child = spawn(process.execPath, [join(at.home, 'bin/nps-kms.js'), 'list', '--json'], {
			env: {PATH: process.env['PATH'], HOME: at.home},
			stdio: ['ignore', 'pipe', openSync('/dev/full', 'w')],
		});
		let said = '';
		child.stdout?.on('data', it => (said += it));
		await new Promise(done => child.on('close', done));
		expect(said).not.toMatch(bug);
	});
});
