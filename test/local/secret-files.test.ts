import {
	chmodSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	statSync,
	symlinkSync,
	truncateSync,
	writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {Trouble} from '../../src/engine/trouble.js';
import {filePlaces, lookInto, sidIn} from '../../src/local/secret-files.js';

const columns = ['Access key ID', 'Secret access key'];
const row = {'Access key ID': 'AKIAEXAMPLE', 'Secret access key': 'CANARY/secret+with=odd'};
const text = 'Access key ID,Secret access key\r\nAKIAEXAMPLE,CANARY/secret+with=odd\r\n';
const posix = process.platform !== 'win32';

let dir: string;
let place: string;
let umask: number;
beforeEach(() => {
	dir = mkdtempSync(join(tmpdir(), 'nps-kms-places-'));
	place = join(dir, 'keys.csv');
	umask = process.umask();
});
afterEach(() => {
	process.umask(umask);
	rmSync(dir, {recursive: true, force: true});
});
const look = (at = place) => lookInto(at, columns, 'Access key ID');
const modeOf = (at: string): number => statSync(at).mode & 0o777;
const trouble = async (it: Promise<unknown>): Promise<Trouble> => {
	const error = await it.then(
		() => undefined,
		(failure: unknown) => failure,
	);
	expect(error).toBeInstanceOf(Trouble);
	expect(JSON.stringify((error as Trouble).problem)).not.toContain('CANARY');
	return error as Trouble;
};

describe('claiming a place', () => {
	test('makes an empty file', async () => {
		await filePlaces.claim(place, false);
		expect(readFileSync(place, 'utf8')).toBe('');
		expect(look()).toEqual({is: 'empty'});
	});
	test.skipIf(!posix)('makes it for its owner only, under any umask', async () => {
		for (const mask of [0, 0o777]) {
			process.umask(mask);
			await filePlaces.claim(place, false);
			expect(modeOf(place)).toBe(0o600);
			rmSync(place);
		}
	});
	test.each(['', 'precious'])("refuses somebody's file that holds '%s', and leaves it", async there => {
		writeFileSync(place, there);
		const {problem} = await trouble(filePlaces.claim(place, false));
		expect(problem).toMatchObject({code: 'EEXIST', why: 'something is there already'});
		expect(readFileSync(place, 'utf8')).toBe(there);
	});
	test('takes up its own empty file again', async () => {
		await filePlaces.claim(place, false);
		await filePlaces.claim(place, true);
		expect(look()).toEqual({is: 'empty'});
	});
	test('makes the file that a crash after the claim left out', async () => {
		await filePlaces.claim(place, true);
		expect(look()).toEqual({is: 'empty'});
	});
	test.skipIf(!posix)('follows no link, not even a dangling one', async () => {
		symlinkSync(join(dir, 'elsewhere'), place);
		await trouble(filePlaces.claim(place, false));
		expect(existsSync(join(dir, 'elsewhere'))).toBe(false);
	});
	test("tells a folder that isn't there, and one that is a file", async () => {
		expect((await trouble(filePlaces.claim(join(dir, 'no', 'keys.csv'), false))).problem.code).toBe('ENOENT');
		writeFileSync(place, '');
		expect((await trouble(filePlaces.claim(join(place, 'keys.csv'), false))).problem.code).toBe('ENOTDIR');
	});
});

describe('keeping a secret', () => {
	test("writes the console's CSV", async () => {
		await filePlaces.claim(place, false);
		await filePlaces.keep(place, row);
		expect(readFileSync(place, 'utf8')).toBe(text);
		expect(look()).toEqual({is: 'row', value: 'AKIAEXAMPLE'});
	});
	test.skipIf(!posix)('makes the file for its owner only, under any umask and whatever it was', async () => {
		process.umask(0);
		await filePlaces.keep(place, row);
		expect(modeOf(place)).toBe(0o600);
		chmodSync(place, 0o644);
		await filePlaces.keep(place, row);
		expect(modeOf(place)).toBe(0o600);
	});
	test('leaves nothing of what stood there, and no other file', async () => {
		writeFileSync(place, 'x'.repeat(10_000));
		await filePlaces.keep(place, row);
		expect(readFileSync(place, 'utf8')).toBe(text);
	});
	test.skipIf(!posix)('follows no link', async () => {
		const other = join(dir, 'other');
		writeFileSync(other, 'precious');
		symlinkSync(other, place);
		expect((await trouble(filePlaces.keep(place, row))).problem.why).toBe('that is a link');
		expect(readFileSync(other, 'utf8')).toBe('precious');
	});
	test('tells what it cannot write to, without the secret', async () => {
		mkdirSync(place);
		await trouble(filePlaces.keep(place, row));
		await trouble(filePlaces.keep(join(dir, 'no', 'keys.csv'), row));
	});
	test('brings back any value as it was, and recalls it', async () => {
		for (const value of [
			'plain',
			'a,b',
			'a"b',
			' spaces ',
			'=1+1',
			'ünï',
			...Array.from({length: 50}, () => filePlaces.make('password')),
		]) {
			await filePlaces.keep(place, {...row, 'Secret access key': value});
			expect(await filePlaces.recall(place, columns, 'Secret access key')).toBe(value);
		}
	});
});

describe('what stands in a place', () => {
	test('is empty or half, never a row, when a write was cut off at any byte', async () => {
		await filePlaces.keep(place, row);
		for (let length = Buffer.byteLength(text) - 1; length >= 0; length--) {
			truncateSync(place, length);
			expect(look()).toEqual({is: length === 0 ? 'empty' : 'half'});
			expect(await filePlaces.recall(place, columns, 'Secret access key')).toBeUndefined();
		}
	});
	test('is half also when quoted values were cut off at any byte', async () => {
		await filePlaces.keep(place, {...row, 'Secret access key': 'a"b,c'});
		for (let length = statSync(place).size - 1; length > 0; length--) {
			truncateSync(place, length);
			expect(look()).toEqual({is: 'half'});
		}
	});
	test.each([
		['with line feeds alone', text.replaceAll('\r\n', '\n')],
		['with a mark of its encoding, as Excel writes it', `\uFEFF${text}`],
		['with an empty line at its end', `${text}\r\n`],
		['with quotes', '"Access key ID","Secret access key"\r\n"AKIAEXAMPLE","x"\r\n'],
	])('is a row %s', (_rule, it) => {
		writeFileSync(place, it);
		expect(look()).toEqual({is: 'row', value: 'AKIAEXAMPLE'});
	});
	test.each([
		['text', 'hello\n'],
		['another table', 'User name,Password\r\nu,p\r\n'],
		['two rows', `${text}AKIAOTHER,x\r\n`],
		['a row without its secret', 'Access key ID,Secret access key\r\nAKIAEXAMPLE,\r\n'],
		['a row too short', 'Access key ID,Secret access key\r\nAKIAEXAMPLE\r\n'],
		['the columns the other way round', 'Secret access key,Access key ID\r\nx,AKIAEXAMPLE\r\n'],
		['a blank line', ' \n'],
	])('is something other if it holds %s', (_rule, it) => {
		writeFileSync(place, it);
		expect(look()).toEqual({is: 'other'});
	});
	test('is something other if it is a folder', () => {
		mkdirSync(place);
		expect(look()).toEqual({is: 'other'});
	});
	test.skipIf(!posix)('is something other if it is a link, wherever it leads', () => {
		writeFileSync(join(dir, 'target'), text);
		symlinkSync(join(dir, 'target'), place);
		expect(look()).toEqual({is: 'other'});
		symlinkSync(join(dir, 'nowhere'), join(dir, 'dangling'));
		expect(look(join(dir, 'dangling'))).toEqual({is: 'other'});
	});
	test('is absent, and whether it could be made is told', () => {
		expect(look()).toEqual({is: 'absent'});
		expect(look(join(dir, 'no', 'keys.csv'))).toMatchObject({
			is: 'absent',
			unwritable: {code: 'ENOENT', why: expect.stringContaining("the folder isn't there")},
		});
		writeFileSync(place, text);
		expect(look(join(place, 'keys.csv'))).toMatchObject({is: 'absent', unwritable: {code: 'ENOTDIR'}});
	});
	// The superuser may write anywhere, so that there is nothing to be told.
	test.skipIf(!posix || process.getuid?.() === 0)(
		'is absent, and a folder that you may not write to is told (not tried by root, who may write anywhere)',
		() => {
			chmodSync(dir, 0o500);
			expect(look()).toMatchObject({
				is: 'absent',
				unwritable: {code: 'EACCES', why: expect.stringContaining('you may not write there')},
			});
			chmodSync(dir, 0o700);
		},
	);
	test.skipIf(!posix)('is absent and can be made in a linked folder', () => {
		mkdirSync(join(dir, 'folder'));
		symlinkSync(join(dir, 'folder'), join(dir, 'link'));
		expect(look(join(dir, 'link', 'keys.csv'))).toEqual({is: 'absent'});
	});
	test('never tells the secret', async () => {
		await filePlaces.keep(place, row);
		expect(JSON.stringify(look())).not.toContain('CANARY');
	});
});

test('a password we make has 40 characters of every kind, never the same', () => {
	const made = Array.from({length: 200}, () => filePlaces.make('password'));
	for (const it of made) {
		expect(it).toHaveLength(40);
		for (const kind of [/[A-Z]/, /[a-z]/, /\d/, /[^A-Za-z0-9]/]) expect(it).toMatch(kind);
		expect(it).not.toMatch(/[\s",'`\\IOl01]/);
	}
	expect(new Set(made).size).toBe(made.length);
});

test.each([
	['"corp\\anna","S-1-5-21-1-2-3-1001"\r\n', 'S-1-5-21-1-2-3-1001'],
	['User Name SID\r\n======= ====\r\nVM\\root S-1-5-21-0-0-0-1000\r\n', 'S-1-5-21-0-0-0-1000'],
	['"corp\\S-1-5-18","S-1-12-1-7-8"\r\n', 'S-1-12-1-7-8'],
	['"corp\\anna",""\r\n', undefined],
	['', undefined],
])('who a file is for is the number that whoami tells last: %j', (told, sid) => {
	expect(sidIn(told)).toBe(sid);
});
