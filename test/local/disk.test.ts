import {mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test, vi} from 'vitest';
import type {Problem} from '../../src/engine/step.js';
import {Trouble} from '../../src/engine/trouble.js';
import {openStore} from '../../src/local/record-store.js';
import {filePlaces, lookInto} from '../../src/local/secret-files.js';
import {entry, started} from '../engine/samples.js';
import {Disk, noDisk} from '../fake/disk.js';

const columns = ['Access key ID', 'Secret access key'];
const row = {'Access key ID': 'AKIAEXAMPLE', 'Secret access key': 'CANARY'};
const [first, second] = [entry(started('id-1')), entry({type: 'ended', status: 'complete'})];
async function troubleOf(act: () => unknown): Promise<Problem> {
	try {
		await act();
	} catch (error) {
		if (error instanceof Trouble) return error.problem;
		throw error;
	}
	return expect.fail('no trouble was told');
}

describe.skipIf(noDisk)('a real disk', () => {
	let disk: Disk;
	let setups: string;
	let place: string;
	beforeEach(() => {
		disk = Disk.make() ?? expect.fail('there is no disk');
		setups = join(disk.dir, 'setups');
		place = join(disk.dir, 'keys.csv');
	});
	afterEach(() => disk.remove());

	test('that is full takes no further entry: it is told, the record stays as it was, and no half file is left', async () => {
		const store = openStore(setups, 'nps');
		store.append(first);
		const before = readFileSync(store.file, 'utf8');
		disk.fill();
		expect(await troubleOf(() => store.append(second))).toMatchObject({
			what: "The record can't be written",
			code: 'ENOSPC',
			why: `${store.file}: the disk is full`,
		});
		expect(readFileSync(store.file, 'utf8')).toBe(before);
		await vi.waitFor(() => expect(readdirSync(setups)).toEqual(['nps.json']), {timeout: 20_000});
		expect(store.entries()).toEqual([first]);
		disk.free();
		store.append(second);
		expect(openStore(setups, 'nps').entries()).toEqual([first, second]);
	});
	test('that is full takes no first entry either, and the next run finds no record rather than an empty one', async () => {
		disk.fill();
		expect((await troubleOf(() => openStore(setups, 'nps').append(first))).code).toBe('ENOSPC');
		disk.free();
		expect(openStore(setups, 'nps').entries()).toEqual([]);
	});
	test('that is read-only shows its record, and takes no entry', async () => {
		openStore(setups, 'nps').append(first);
		disk.readOnly();
		const store = openStore(setups, 'nps');
		expect(store.entries()).toEqual([first]);
		expect(await troubleOf(() => store.append(second))).toMatchObject({
			code: 'EROFS',
			why: `${store.file}: that file system is read-only`,
		});
	});
	test("that is full is told before an access key is made: the secret's file needs its room at once", async () => {
		disk.fill();
		expect(await troubleOf(() => filePlaces.claim(place, false))).toMatchObject({
			code: 'ENOSPC',
			why: 'the disk is full',
		});
		// What it leaves is taken up again, and is nobody else's.
		expect(lookInto(place, columns, columns[0] ?? '').is).not.toBe('other');
		disk.free();
		await filePlaces.claim(place, true);
		expect(lookInto(place, columns, columns[0] ?? '')).toEqual({is: 'empty'});
	});
	test('that fills up in between takes no secret: it is told, and what is left is half', async () => {
		await filePlaces.claim(place, false);
		disk.fill();
		expect(await troubleOf(() => filePlaces.keep(place, row))).toMatchObject({code: 'ENOSPC', why: 'the disk is full'});
		expect(['empty', 'half']).toContain(lookInto(place, columns, columns[0] ?? '').is);
		disk.free();
		await filePlaces.keep(place, row);
		expect(lookInto(place, columns, columns[0] ?? '')).toEqual({is: 'row', value: 'AKIAEXAMPLE'});
	});
	test('that is read-only takes no secret, and says so when it is looked at', async () => {
		disk.readOnly();
		expect(lookInto(place, columns, columns[0] ?? '')).toMatchObject({is: 'absent', unwritable: {code: 'EROFS'}});
		expect((await troubleOf(() => filePlaces.claim(place, false))).code).toBe('EROFS');
	});
});

describe('a secret', () => {
	let dir: string;
	beforeEach(() => {
		dir = mkdtempSync(join(tmpdir(), 'nps-kms-disk-'));
	});
	afterEach(() => rmSync(dir, {recursive: true, force: true}));
	test('whose folder went after it was claimed is told', async () => {
		const place = join(dir, 'folder', 'keys.csv');
		mkdirSync(join(dir, 'folder'));
		await filePlaces.claim(place, false);
		rmSync(join(dir, 'folder'), {recursive: true});
		expect(await troubleOf(() => filePlaces.keep(place, row))).toMatchObject({
			code: 'ENOENT',
			why: "the folder isn't there",
		});
	});
	test('whose file somebody replaced by a folder is told', async () => {
		const place = join(dir, 'keys.csv');
		await filePlaces.claim(place, false);
		rmSync(place);
		mkdirSync(place);
		expect((await troubleOf(() => filePlaces.keep(place, row))).code).toBe('EISDIR');
		writeFileSync(join(place, 'theirs'), 'x');
		expect(readdirSync(place)).toEqual(['theirs']);
	});
});
