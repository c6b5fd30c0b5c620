import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {openGround} from './ground.js';

let machine: string;
let ground: ReturnType<typeof openGround>;
const on = (...path: readonly string[]): string => join(machine, ...path);
const own = (name: 'TMPDIR' | 'HOME' | 'XDG_RUNTIME_DIR' | 'NPS_KMS_TEST_MEMORY'): string => ground.env[name] ?? '';
beforeEach(() => {
	machine = mkdtempSync(join(tmpdir(), 'nps-kms-ground-'));
	for (const it of ['tmp', 'shm', 'dev', 'home', 'home/.aws']) mkdirSync(on(it));
	writeFileSync(on('dev/null'), '', {mode: 0o666});
	chmodSync(on('dev/null'), 0o666);
	writeFileSync(on('home/.aws/credentials'), '[default]');
	ground = openGround({tmp: on('tmp'), memory: on('shm'), devices: on('dev'), home: on('home')});
});
afterEach(() => {
	ground.close();
	rmSync(machine, {recursive: true});
});

test('tests that leave nothing behind, and others who have things of their own meanwhile, are told nothing of', async () => {
	writeFileSync(join(own('TMPDIR'), 'x'), '');
	rmSync(join(own('TMPDIR'), 'x'));
	writeFileSync(on('tmp/nps-kms-test-of-somebody-else'), '');
	writeFileSync(on('shm/of-somebody-else'), '');
	writeFileSync(on('home/.bash_history'), 'ls');
	expect(await ground.leftBehind(0)).toEqual([]);
	ground.close();
	expect([readdirSync(on('tmp')), readdirSync(on('shm'))]).toEqual([
		['nps-kms-test-of-somebody-else'],
		['of-somebody-else'],
	]);
});

test.each<readonly [string, () => void, RegExp]>([
	['a temporary file', () => writeFileSync(join(own('TMPDIR'), 'sandbox-x'), ''), /t\/sandbox-x is still there$/],
	['a dotfile', () => mkdirSync(join(own('HOME'), '.aws')), /h\/\.aws is still there$/],
	['a socket', () => writeFileSync(join(own('XDG_RUNTIME_DIR'), 'lock'), ''), /r\/lock is still there$/],
	[
		'a file in memory',
		() => writeFileSync(join(own('NPS_KMS_TEST_MEMORY'), 'x'), ''),
		/shm\/nps-\w+\/x is still there$/,
	],
	['another mode of a device', () => chmodSync(on('dev/null'), 0o600), /dev\/null was .*mode 666.* it is .*mode 600/],
	['a file among the devices', () => writeFileSync(on('dev/nul'), ''), /dev\/nul is new: file/],
	['a device that is gone', () => rmSync(on('dev/null')), /dev\/null was .* it is gone$/],
	['a line in the real home', () => writeFileSync(on('home/.aws/credentials'), '[x]'), /credentials was .* it is file/],
	[
		'a folder in the real home',
		() => mkdirSync(on('home/.config/nps-kms'), {recursive: true}),
		/nps-kms is new: folder/,
	],
	['a cache that is everybody’s', () => mkdirSync(on('tmp/node-compile-cache')), /node-compile-cache is new: folder/],
])('%s is told', async (_what, leave, told) => {
	leave();
	const left = await ground.leftBehind(0);
	expect(left).toHaveLength(1);
	expect(left[0]).toMatch(told);
});

describe.skipIf(!existsSync('/proc/self/environ'))('processes (not tried where there is no /proc)', () => {
	const start = (code: string): ChildProcess =>
		spawn(process.execPath, ['-e', code], {
			env: {HOME: own('HOME')},
			detached: true,
			stdio: ['pipe', 'pipe', 'ignore'],
		});
	test('a program that still runs is told and ended, whatever session it is in', async () => {
		const stays = start("console.log('here'); setInterval(() => 0, 1e6)");
		await once(stays.stdout!, 'data');
		const ended = once(stays, 'exit');
		const left = await ground.leftBehind(0);
		expect(left).toEqual([expect.stringMatching(/^a process still runs: .*setInterval/)]);
		expect(await ended).toEqual([null, 'SIGKILL']);
	});
	test('one that is about to end may', async () => {
		const ends = start("console.log('here'); process.stdin.resume()");
		await once(ends.stdout!, 'data');
		ends.stdin?.end();
		expect(await ground.leftBehind(60_000)).toEqual([]);
	});
});
