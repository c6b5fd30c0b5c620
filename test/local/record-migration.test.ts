import {cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {type Entry, fold} from '../../src/engine/record.js';
import {openStore, readRecords} from '../../src/local/record-store.js';
import {entry, started} from '../engine/samples.js';

const old = join(import.meta.dirname, '../fixtures/records/finished.json');
let dir: string;
beforeEach(() => {
	dir = mkdtempSync(join(tmpdir(), 'nps-kms-migrated-'));
});
afterEach(() => rmSync(dir, {recursive: true, force: true}));
const file = (): string => join(dir, 'nps.json');
const ended = entry({type: 'ended', status: 'complete'}, '2027-01-02T03:04:05.000Z');

test('reading a record of version 1 touches nothing', () => {
	cpSync(old, file());
	openStore(dir, 'nps').entries();
	readRecords(dir, 'nps');
	expect(readdirSync(dir)).toEqual(['nps.json']);
	expect(readFileSync(file(), 'utf8')).toBe(readFileSync(old, 'utf8'));
});
test('the first entry that is added keeps the old file beside the new one, to the byte, and the second keeps no other', () => {
	cpSync(old, file());
	const store = openStore(dir, 'nps');
	const before = store.entries();
	store.append(ended);
	store.append(ended);
	const copy = 'nps.json.v1-20270102T030405Z';
	expect(readdirSync(dir).toSorted()).toEqual(['nps.json', copy]);
	expect(readFileSync(join(dir, copy), 'utf8')).toBe(readFileSync(old, 'utf8'));
	expect(JSON.parse(readFileSync(file(), 'utf8'))).toMatchObject({v: 2});
	expect(openStore(dir, 'nps').entries()).toEqual([...before, ended, ended]);
	// A kept copy is no record of the setup's.
	expect(readRecords(dir, 'nps')).toHaveLength(1);
});
test('a record that was begun by this version is kept once only', () => {
	const store = openStore(dir, 'nps');
	store.append(entry(started('id-1')));
	openStore(dir, 'nps').append(ended);
	expect(readdirSync(dir)).toEqual(['nps.json']);
});
test('a setup that was taken up by an answer is taken up still, and the answer is none any more', () => {
	const entries = [entry(started('id-1')), {...ended, type: 'answered', answers: {takeUp: 'id-9', userName: 'u'}}];
	writeFileSync(file(), JSON.stringify({v: 1, setup: 'nps', entries}));
	expect(fold(openStore(dir, 'nps').entries())).toMatchObject({
		setupId: 'id-9',
		recovered: true,
		answers: {userName: 'u'},
	});
	expect(fold(openStore(dir, 'nps').entries()).answers).not.toHaveProperty('takeUp');
});
test('what only version 1 had is no entry of version 2', () => {
	const entries: readonly unknown[] = [entry(started('id-1')), {...ended, type: 'nps-rotated', id: 'AKIA1'}];
	writeFileSync(file(), JSON.stringify({v: 2, setup: 'nps', entries: entries as readonly Entry[]}));
	expect(() => openStore(dir, 'nps')).toThrow("can't be read");
	expect(existsSync(file())).toBe(true);
});
