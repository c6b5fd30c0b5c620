import {spawnSync} from 'node:child_process';
import fs, {
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	truncateSync,
	writeFileSync,
} from 'node:fs';
import {syncBuiltinESMExports} from 'node:module';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import type {Problem} from '../../src/engine/step.js';
import {Trouble} from '../../src/engine/trouble.js';
import {archive, newSetupId, openStore, recordFile, setAside} from '../../src/local/record-store.js';
import {change, entry, started} from '../engine/samples.js';

let dir: string;
let umask: number;
beforeEach(() => {
	dir = mkdtempSync(join(tmpdir(), 'nps-kms-store-'));
	umask = process.umask();
});
afterEach(() => {
	process.umask(umask);
	rmSync(dir, {recursive: true, force: true});
});
const entries = [
	entry(started('id-1')),
	entry({type: 'answered', answers: {policyName: 'P', tags: {'a.b': 'c'}, list: ['x'], yes: true}}),
	entry({type: 'intent', id: 1, step: 'policy', change: change('create-policy')}),
	entry({type: 'outcome', of: 1, ok: true, learned: {policyArn: 'arn:p'}, requestId: 'r'}),
	entry({type: 'completed', step: 'policy', facts: {}}),
];
/** A record on disk; returns its file. */
function recorded(): string {
	const store = openStore(dir, 'nps');
	for (const it of entries) store.append(it);
	return store.file;
}
function troubleOf(act: () => unknown): Problem {
	try {
		act();
	} catch (error) {
		if (error instanceof Trouble) return error.problem;
		throw error;
	}
	return expect.fail('no trouble was told');
}

test('what was appended is there when the record is opened again', () => {
	const file = recorded();
	expect(file).toBe(join(dir, 'nps.json'));
	expect(openStore(dir, 'nps').entries()).toEqual(entries);
});
test('opening a record that is not there makes no file, nor a folder', () => {
	const deep = join(dir, 'a', 'b');
	expect(openStore(deep, 'nps').entries()).toEqual([]);
	expect(existsSync(join(dir, 'a'))).toBe(false);
	openStore(deep, 'nps').append(entries[0]!);
	expect(openStore(deep, 'nps').entries()).toEqual([entries[0]]);
});
test('each entry is on disk when its append returns, whole', () => {
	const store = openStore(dir, 'nps');
	entries.forEach((it, at) => {
		store.append(it);
		expect(JSON.parse(readFileSync(store.file, 'utf8'))).toEqual({
			v: 2,
			setup: 'nps',
			entries: entries.slice(0, at + 1),
		});
	});
	expect(readdirSync(dir)).toEqual(['nps.json']);
});
test.skipIf(process.platform === 'win32')('the record is for its owner only, under any umask', () => {
	process.umask(0);
	const deep = join(dir, 'setups');
	const store = openStore(deep, 'nps');
	for (const it of entries) {
		store.append(it);
		expect(statSync(store.file).mode & 0o777).toBe(0o600);
	}
	expect(statSync(deep).mode & 0o777).toBe(0o700);
});
test('what killed processes left half-written beside a record goes with the first entry, and nothing else does', () => {
	const file = recorded();
	const [cut, other] = [`${file}.tmp-1234567890abcdef`, `${join(dir, 'lab.json')}.tmp-1234567890abcdef`];
	const kept = [other, `${file}.tmp-mine`, `${file}.damaged-20261125T000000Z`];
	for (const it of [cut, ...kept]) writeFileSync(it, 'half');
	openStore(dir, 'nps').entries();
	expect(existsSync(cut)).toBe(true);
	openStore(dir, 'nps').append(entry({type: 'ended', status: 'complete'}));
	expect(existsSync(cut)).toBe(false);
	expect(kept.every(it => existsSync(it))).toBe(true);
});
test('a record is never written in place, not even where SNAP is set', () => {
	const file = recorded();
	const before = statSync(file).ino;
	process.env['SNAP'] = '/snap/code/1';
	try {
		openStore(dir, 'nps').append(entry({type: 'ended', status: 'complete'}));
		expect(process.env['SNAP']).toBe('/snap/code/1');
	} finally {
		delete process.env['SNAP'];
	}
	expect(statSync(file).ino).not.toBe(before);
});
test('setups of different names do not meet', () => {
	recorded();
	expect(openStore(dir, 'other').entries()).toEqual([]);
});

describe('a disk that takes only a part of a write', () => {
	const {writeSync} = fs;
	afterEach(() => {
		fs.writeSync = writeSync;
		syncBuiltinESMExports();
	});
	/** Takes so many bytes at once, and so many in all. */
	function takes(once: number, all = Number.POSITIVE_INFINITY): void {
		let left = all;
		fs.writeSync = ((fd: number, bytes: Buffer, offset: number, length: number, position: number) => {
			if (left === 0) throw Object.assign(new Error('ENOSPC: no space left on device, write'), {code: 'ENOSPC'});
			const taken = writeSync(fd, bytes, offset, Math.min(length, once, left), position);
			left -= taken;
			return taken;
		}) as typeof writeSync;
		syncBuiltinESMExports();
	}
	test('gets the rest after that', () => {
		takes(7);
		recorded();
		expect(openStore(dir, 'nps').entries()).toEqual(entries);
	});
	test('and then no more keeps the record that was there, and leaves nothing beside it', () => {
		const file = recorded();
		const before = readFileSync(file);
		const store = openStore(dir, 'nps');
		for (const room of [0, 1, 100, before.length]) {
			takes(4096, room);
			expect(troubleOf(() => store.append(entries[0]!))).toMatchObject({
				code: 'ENOSPC',
				why: `${file}: the disk is full`,
			});
			expect(readFileSync(file).equals(before)).toBe(true);
			expect(readdirSync(dir)).toEqual(['nps.json']);
			expect(store.entries()).toEqual(entries);
		}
	});
	test('is never believed to have taken it all', () => {
		const file = recorded();
		const before = readFileSync(file);
		const store = openStore(dir, 'nps');
		fs.writeSync = (() => 0) as typeof writeSync;
		syncBuiltinESMExports();
		expect(troubleOf(() => store.append(entries[0]!)).code).toBe('ENOSPC');
		fs.writeSync = ((_fd: number, _bytes: Buffer, _at: number, length: number) => length) as typeof writeSync;
		syncBuiltinESMExports();
		troubleOf(() => store.append(entries[0]!));
		expect(readFileSync(file).equals(before)).toBe(true);
	});
});

describe('a record that cannot be read is told, and stays as it is', () => {
	test('cut off at any byte', () => {
		const file = recorded();
		const whole = readFileSync(file);
		for (let length = whole.length - 1; length >= 0; length--) {
			truncateSync(file, length);
			const problem = troubleOf(() => openStore(dir, 'nps'));
			expect(problem).toMatchObject({code: 'RecordDamaged', what: "The record can't be read"});
			expect(problem.why).toContain(file);
			expect(readFileSync(file).equals(whole.subarray(0, length))).toBe(true);
		}
		expect(readdirSync(dir)).toEqual(['nps.json']);
	});
	const use = entry({type: 'in-use', id: 'AKIA1'});
	const checkedBy = (requestIds: unknown): object => ({
		...entry({type: 'checked', step: 'prove', id: 'AKIA1', about: 'arn:k', checks: []}),
		checks: [{check: 'c', got: 'g', ok: true, requestIds}],
	});
	test('none of which is a use, or a check, with all that it may hold', () => {
		const whole = [{...use, seenAt: '2026-01-01T00:00:00Z', from: ['192.0.2.1']}, checkedBy(['r'])];
		writeFileSync(recordFile(dir, 'nps'), JSON.stringify({...good, entries: whole}));
		expect(openStore(dir, 'nps').entries()).toEqual(whole);
	});
	const good = {v: 2, setup: 'nps', entries};
	test.each<[string, string]>([
		['empty', ''],
		['zeros', '\0\0\0\0'],
		['not JSON', 'hello'],
		['null', 'null'],
		['a list', '[]'],
		['an empty object', '{}'],
		['without entries', JSON.stringify({v: 2, setup: 'nps'})],
		['with entries that are no list', JSON.stringify({...good, entries: {}})],
		['with a time that is none', JSON.stringify({...good, entries: [{...entries[0], at: 'yesterday'}]})],
		['without a version', JSON.stringify({setup: 'nps', entries})],
		['of another setup', JSON.stringify({...good, setup: 'other'})],
		['with an entry of no kind', JSON.stringify({...good, entries: [{at: 'x', clock: 'aws'}]})],
		['with an entry of an unknown kind', JSON.stringify({...good, entries: [{...entries[0], type: 'invented'}]})],
		['with an entry that lacks its time', JSON.stringify({...good, entries: [{...entries[0], at: undefined}]})],
		['with an intent that lacks its change', JSON.stringify({...good, entries: [{...entries[2], change: undefined}]})],
		['with an outcome of nothing', JSON.stringify({...good, entries: [{...entries[3], of: undefined}]})],
		['with a use at a time that is none', JSON.stringify({...good, entries: [{...use, seenAt: 'yesterday'}]})],
		['with a use at a number', JSON.stringify({...good, entries: [{...use, seenAt: 5}]})],
		['with a use from what is no list', JSON.stringify({...good, entries: [{...use, from: '192.0.2.1'}]})],
		['with a use from numbers', JSON.stringify({...good, entries: [{...use, from: [1]}]})],
		['with a check whose requests are no list', JSON.stringify({...good, entries: [checkedBy('r')]})],
		['with a check whose requests are numbers', JSON.stringify({...good, entries: [checkedBy([1])]})],
		['with a start that lacks its id', JSON.stringify({...good, entries: [{...entries[0], setupId: undefined}]})],
	])('%s', (_rule, text) => {
		const file = recordFile(dir, 'nps');
		writeFileSync(file, text);
		const problem = troubleOf(() => openStore(dir, 'nps'));
		expect(problem.code).toBe('RecordDamaged');
		expect(problem.why).toContain(file);
		expect(problem.why).not.toContain('undefined');
		expect(readFileSync(file, 'utf8')).toBe(text);
	});
	test('written by a newer program, with both versions', () => {
		const text = JSON.stringify({...good, v: 7, more: 'things'});
		writeFileSync(recordFile(dir, 'nps'), text);
		const problem = troubleOf(() => openStore(dir, 'nps'));
		expect(problem).toMatchObject({code: 'RecordNewer'});
		expect(problem.why).toMatch(/version 7.*version 2/);
		expect(readFileSync(recordFile(dir, 'nps'), 'utf8')).toBe(text);
	});
	test('written by a newer program that kept a copy: the newest that this one reads is named', () => {
		writeFileSync(recordFile(dir, 'nps'), JSON.stringify({...good, v: 7}));
		for (const it of ['nps.json.v1-20250101T000000Z', 'nps.json.v2-20260101T000000Z', 'nps.json.v6-20270101T000000Z'])
			writeFileSync(join(dir, it), 'x');
		writeFileSync(join(dir, 'nps-2.json.v2-20280101T000000Z'), 'x');
		const {todo} = troubleOf(() => openStore(dir, 'nps'));
		expect(todo).toBe(
			`Use the newer nps-kms; to go back, put its copy ${join(dir, 'nps.json.v2-20260101T000000Z')} in its place`,
		);
	});
	test('a folder in its place', () => {
		mkdirSync(recordFile(dir, 'nps'));
		expect(troubleOf(() => openStore(dir, 'nps')).what).toBe("The record can't be read");
	});
});

describe('what says nothing of the record itself is no damage', () => {
	test.each([
		['EACCES', 'you may not read it'],
		['EIO', 'EIO: it failed'],
	])('an error %s when it is read', (code, why) => {
		const file = recorded();
		const {readFileSync: read} = fs;
		fs.readFileSync = ((path: string, ...rest: [BufferEncoding]) => {
			if (path === file) throw Object.assign(new Error(`${code}: it failed`), {code});
			return read(path, ...rest);
		}) as typeof read;
		syncBuiltinESMExports();
		try {
			expect(troubleOf(() => openStore(dir, 'nps'))).toMatchObject({code, why: `${file}: ${why}`});
		} finally {
			fs.readFileSync = read;
			syncBuiltinESMExports();
		}
	});
});
test.skipIf(process.platform === 'win32')('a pipe in its place is told and not waited for', () => {
	spawnSync('mkfifo', [recordFile(dir, 'nps')]);
	expect(troubleOf(() => openStore(dir, 'nps')).why).toContain("that isn't a file");
});

describe('a record that cannot be written', () => {
	test('is told, with the way out', () => {
		writeFileSync(join(dir, 'file'), '');
		const store = openStore(join(dir, 'file', 'setups'), 'nps');
		const problem = troubleOf(() => store.append(entries[0]!));
		expect(problem).toMatchObject({what: "The record can't be written"});
		expect(problem.todo).toContain('NPS_KMS_HOME');
		expect(store.entries()).toEqual([]);
	});
	test('holds no more than what is on disk', () => {
		const deep = join(dir, 'setups');
		const store = openStore(deep, 'nps');
		store.append(entries[0]!);
		rmSync(deep, {recursive: true});
		writeFileSync(deep, 'in the way');
		troubleOf(() => store.append(entries[1]!));
		expect(store.entries()).toEqual([entries[0]]);
	});
});

test('a damaged record is set aside under a name that tells when, never away', () => {
	const file = recordFile(dir, 'nps');
	writeFileSync(file, 'damaged');
	const kept = setAside(file, new Date('2026-03-04T05:06:07.890Z'));
	expect(kept).toBe(`${file}.damaged-20260304T050607Z`);
	expect(readFileSync(kept, 'utf8')).toBe('damaged');
	expect(openStore(dir, 'nps').entries()).toEqual([]);
});
test('each new setup has an id of its own', () => {
	expect(newSetupId()).not.toBe(newSetupId());
});

test('a record that is put away keeps its entries under its time, and its name starts empty; the next one does not take its place', () => {
	const now = new Date('2026-11-25T20:59:00.000Z');
	const kept = archive(recorded(), now);
	expect(kept).toBe(join(dir, 'nps-20261125T205900Z.json'));
	expect(openStore(dir, 'nps').entries()).toEqual([]);
	const text = readFileSync(kept, 'utf8');
	expect(archive(recorded(), now)).not.toBe(kept);
	expect(readFileSync(kept, 'utf8')).toBe(text);
	expect(readdirSync(dir)).toHaveLength(2);
});
