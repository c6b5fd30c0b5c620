import {
	chmodSync,
	chownSync,
	existsSync,
	linkSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	renameSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import type {Problem} from '../../src/engine/plan.js';
import {Trouble} from '../../src/engine/trouble.js';
import {filePlaces, lookInto} from '../../src/local/secret-files.js';
import {wholePath} from '../../src/local/whole-path.js';
import {alice, alone, mallory, SharedHost} from './other-user.js';

const posix = process.platform !== 'win32';
const columns = ['Access key ID', 'Secret access key'];
const row = {'Access key ID': 'AKIAEXAMPLE', 'Secret access key': 'CANARY'};
let dir: string;
let place: string;
beforeEach(() => {
	dir = mkdtempSync(join(tmpdir(), 'nps-kms-place-'));
	place = join(dir, 'keys.csv');
});
afterEach(() => rmSync(dir, {recursive: true, force: true}));
const lookAt = (at: string) => lookInto(at, columns, columns[0] ?? '');
async function troubleOf(it: Promise<unknown>): Promise<Problem> {
	const error = await it.then(
		() => expect.fail('no trouble was told'),
		(failure: unknown) => failure,
	);
	if (error instanceof Trouble) return error.problem;
	throw error;
}

describe.skipIf(!posix)('the place of a secret (Windows has access lists instead of modes)', () => {
	test('is none in a folder that others can write to, unless they must leave there what is not theirs', async () => {
		chmodSync(dir, 0o777);
		const why = `every user of this machine can write to ${dir}`;
		expect(lookAt(place)).toEqual({is: 'absent', unwritable: {why, code: 'FolderOpen'}});
		expect(await troubleOf(filePlaces.claim(place, false))).toMatchObject({why, code: 'FolderOpen'});
		expect(existsSync(place)).toBe(false);
		chmodSync(dir, 0o1777);
		expect(lookAt(place)).toEqual({is: 'absent'});
		await filePlaces.claim(place, false);
	});
	test('takes nothing if another file was put there after it was claimed', async () => {
		await filePlaces.claim(place, false);
		renameSync(place, join(dir, 'ours'));
		writeFileSync(place, '');
		expect(await troubleOf(filePlaces.keep(place, row))).toMatchObject({code: 'PlaceChanged'});
		expect(readFileSync(place, 'utf8')).toBe('');
	});
	test('takes nothing if the file is gone, and makes none anew', async () => {
		await filePlaces.claim(place, false);
		rmSync(place);
		expect((await troubleOf(filePlaces.keep(place, row))).code).toBe('ENOENT');
		expect(existsSync(place)).toBe(false);
	});
	test('takes nothing if the file got a second name', async () => {
		await filePlaces.claim(place, false);
		linkSync(place, join(dir, 'other'));
		expect(await troubleOf(filePlaces.keep(place, row))).toMatchObject({code: 'PlaceShared'});
		expect(readFileSync(place, 'utf8')).toBe('');
		expect(lookAt(place)).toEqual({is: 'other'});
	});
	test.each([
		['only blanks', () => join(dir, ' '), 'The name of the file is only blanks'],
		['the end of a folder', () => `${join(dir, 'new')}/`, 'It ends like a folder: name the file in it as well'],
		['two lines', () => join(dir, 'new\nkeys.csv'), "can't hold control characters"],
		['300 letters', () => join(dir, 'n'.repeat(300)), 'is too long'],
		['a path through nothing', () => join(dir, 'no', 'keys.csv'), "the folder isn't there"],
		['no folder that is known', () => 'keys.csv', "It's no whole path"],
	])('with %s for its name is refused with that reason', (_what, named, why) => {
		expect(lookAt(named())).toMatchObject({is: 'absent', unwritable: {why: expect.stringContaining(why)}});
	});
	test('with more than a secret in it is not read, nor taken up', () => {
		writeFileSync(place, ' '.repeat(70_000));
		expect(lookAt(place)).toEqual({is: 'other'});
	});
});

test.skipIf(!posix)('a path is made whole from where it is typed, and ends like a folder if it was typed so', () => {
	expect([wholePath('a.csv'), wholePath('/a/b/'), wholePath('/a//b'), wholePath('/')]).toEqual([
		join(process.cwd(), 'a.csv'),
		'/a/b/',
		'/a/b',
		'/',
	]);
	expect(wholePath('~/a.csv')).toMatch(/^\/.*\/a\.csv$/);
});

describe.skipIf(alone)('among other users', () => {
	let host: SharedHost;
	let home: string;
	beforeEach(() => {
		host = new SharedHost();
		home = host.home(alice);
	});
	afterEach(() => host.remove());
	/** What stops a rehearsal of Alice's, which puts the secret there. */
	async function stoppedBy(secretFile: string, cwd?: string): Promise<Partial<Problem>> {
		const {code, stdout, stderr} = await host.run(
			alice,
			[host.program, 'setup', '--sandbox', '--yes', '--json', '--secret-file', secretFile],
			{HOME: home},
			cwd,
		);
		const last = JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}') as {problem?: Partial<Problem>};
		expect([code, stderr.includes('bug'), stderr.includes('    at ')]).toEqual([1, false, false]);
		return last.problem ?? {};
	}

	test.each([
		['every user can write to', alice, 0o777, 'every user of this machine can write to'],
		['belongs to somebody else', mallory, 0o1777, 'belongs to another user'],
	])('a secret goes to no folder that %s, and no access key is made for it', async (_how, owner, mode, why) => {
		const shared = join(host.dir, 'shared');
		mkdirSync(shared);
		chownSync(shared, owner, owner);
		chmodSync(shared, mode);
		expect((await stoppedBy(join(shared, 'keys.csv'))).why).toContain(why);
		expect(existsSync(join(shared, 'keys.csv'))).toBe(false);
	});
	test('a folder that you may not enter, or not write to, is told as that', async () => {
		const locked = join(host.dir, 'locked');
		mkdirSync(locked, {mode: 0o700});
		expect((await stoppedBy(join(locked, 'keys.csv'))).why).toContain('you may not look there');
		expect((await stoppedBy(join(host.dir, 'keys.csv'))).why).toContain('you may not write there');
	});
	test("somebody else's empty file, put where this setup was about to make its own, is not taken up", async () => {
		const there = join(host.tmp, 'keys.csv');
		writeFileSync(there, '');
		chownSync(there, mallory, mallory);
		chmodSync(there, 0o666);
		expect((await stoppedBy(there)).code).toBe('EEXIST');
		expect(readFileSync(there, 'utf8')).toBe('');
		expect(await troubleOf(filePlaces.claim(there, true))).toMatchObject({code: 'PlaceShared'});
	});
	test('a relative path in a folder that is gone is told', async () => {
		const gone = join(home, 'gone');
		mkdirSync(gone);
		chownSync(gone, alice, alice);
		const {code, stdout, stderr} = await host.run(
			alice,
			[
				'-e',
				`require('node:fs').rmdirSync(${JSON.stringify(gone)});
				const {spawnSync} = require('node:child_process');
				const ran = spawnSync(process.execPath, process.argv.slice(1), {stdio: 'inherit'});
				process.exitCode = ran.status`,
				host.program,
				...['setup', '--sandbox', '--yes', '--json', '--secret-file', 'keys.csv'],
			],
			{HOME: home},
			gone,
		);
		expect([code, stderr.includes('bug')]).toEqual([1, false]);
		expect(stdout).toContain("It's no whole path");
	});
});
