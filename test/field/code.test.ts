import {chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {compileCacheFolder} from '../../src/local/compile-cache.js';
import {makeFolder, openToOthers, ownFolder, writableByOthers} from '../../src/local/own-folder.js';
import {alice, alone, mallory, SharedHost} from './other-user.js';

const posix = process.platform !== 'win32';
let dir: string;
beforeEach(() => {
	dir = mkdtempSync(join(tmpdir(), 'nps-kms-own-'));
});
afterEach(() => rmSync(dir, {recursive: true, force: true}));

describe.skipIf(!posix)('a folder of our own (Windows has access lists instead of modes)', () => {
	test('is made for its user alone, with those above it', () => {
		const it = ownFolder(join(dir, 'a', 'b'));
		expect(it).toEqual({folder: join(dir, 'a', 'b')});
		expect(openToOthers(join(dir, 'a', 'b'))).toBeUndefined();
	});
	test.each([
		['others can look into', 0o755, 'other users can look into'],
		['every user can write to', 0o777, 'every user of this machine can write to'],
	])('is none that %s', (_how, mode, why) => {
		chmodSync(dir, mode);
		expect(ownFolder(dir)).toEqual({why: expect.stringContaining(why)});
	});
	test('is none below a folder that every user can write to; below a sticky one it is', () => {
		mkdirSync(join(dir, 'own'), {mode: 0o700});
		chmodSync(dir, 0o777);
		expect(ownFolder(join(dir, 'own'))).toEqual({why: `every user of this machine can write to ${dir}`});
		chmodSync(dir, 0o1777);
		expect(ownFolder(join(dir, 'own'))).toEqual({folder: join(dir, 'own')});
	});
	test('is none that is a link, for who made the link chooses where it leads', () => {
		mkdirSync(join(dir, 'own'), {mode: 0o700});
		symlinkSync(join(dir, 'own'), join(dir, 'link'));
		expect(ownFolder(join(dir, 'link'))).toEqual({why: expect.stringContaining("isn't a folder")});
	});
	test('is told by its real path where a folder above it is a link', () => {
		symlinkSync(dir, join(dir, 'link'));
		expect(ownFolder(join(dir, 'link', 'own'))).toEqual({folder: join(dir, 'own')});
	});
	test('is none of a relative path, which is another one in each folder', () => {
		expect(ownFolder('own')).toEqual({why: expect.stringContaining("isn't a whole path")});
	});
	test.skipIf(process.platform !== 'linux')('in /proc is refused, and not tried without end', () => {
		expect(() => makeFolder('/proc/a/b')).toThrow('ENOENT');
	});
});

describe.skipIf(!posix)('what Node compiled is kept', () => {
	test('in the folder for caches, for this user alone', () => {
		expect(compileCacheFolder({XDG_CACHE_HOME: dir})).toBe(
			process.platform === 'linux' ? join(dir, 'nps-kms') : expect.any(String),
		);
	});
	test.skipIf(process.platform !== 'linux')('nowhere, if that folder is open to others or a relative path', () => {
		chmodSync(dir, 0o777);
		expect(compileCacheFolder({XDG_CACHE_HOME: dir})).toBeUndefined();
		expect(compileCacheFolder({XDG_CACHE_HOME: '.'})).toBeUndefined();
	});
});

describe.skipIf(alone)('on a machine with other users', () => {
	let host: SharedHost;
	beforeEach(() => {
		host = new SharedHost();
	});
	afterEach(() => host.remove());
	const cacheOf = (home: string): string => join(home, '.cache', 'nps-kms');

	test('a run keeps what it compiled at home, and neither reads nor writes in the folder for temporary files', async () => {
		const home = host.home(alice);
		// Any user could make what Node reads by itself.
		const planted = join(host.tmp, 'node-compile-cache');
		mkdirSync(planted);
		chownSync(planted, mallory, mallory);
		chmodSync(planted, 0o777);
		const {code} = await host.run(alice, [host.program, '--help'], {HOME: home});
		expect(code).toBe(0);
		expect(readdirSync(cacheOf(home))).toHaveLength(1);
		expect([readdirSync(host.tmp), readdirSync(planted)]).toEqual([['node-compile-cache'], []]);
	});
	test.each([
		['belongs to another user', mallory, 0o755],
		['every user can write to', alice, 0o777],
	])('what lies in a folder that %s is left alone', async (_how, owner, mode) => {
		const home = host.home(alice);
		mkdirSync(join(home, '.cache'));
		chownSync(join(home, '.cache'), owner, owner);
		chmodSync(join(home, '.cache'), mode);
		mkdirSync(cacheOf(home), {mode: 0o700});
		chownSync(cacheOf(home), alice, alice);
		expect((await host.run(alice, [host.program, '--help'], {HOME: home})).code).toBe(0);
		expect(readdirSync(cacheOf(home))).toEqual([]);
	});
	test('without a home, nothing is kept and all works', async () => {
		for (const env of [{HOME: '/proc'}, {HOME: ''}, {}, {TMPDIR: '/proc'}, {HOME: join(host.dir, 'none')}])
			expect(await host.run(alice, [host.program, '--help'], env)).toMatchObject({code: 0, stderr: ''});
		expect(existsSync(join(host.dir, 'none'))).toBe(false);
	});
	test('a program that other users can change says so', async () => {
		const home = host.home(alice);
		expect(writableByOthers(join(host.dir, 'bin'))).toBeUndefined();
		chmodSync(join(host.dir, 'bin'), 0o777);
		const {code, stderr} = await host.run(alice, [host.program, '--help'], {HOME: home});
		expect([code, stderr]).toEqual([
			0,
			`! Others could change this program: every user of this machine can write to ${join(host.dir, 'bin')}.\n`,
		]);
	});
});
