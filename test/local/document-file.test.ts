import {mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {Trouble} from '../../src/engine/trouble.js';
import {documentFile} from '../../src/local/document-file.js';

let folder = '';
const at = (name: string): string => join(folder, name);
const modeOf = (name: string): number => statSync(at(name)).mode & 0o777;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'document-'))));
afterEach(() => rmSync(folder, {recursive: true}));

test('it is written as UTF-8 without a mark and with LF, for everybody to read; a script so that it can be run', () => {
	documentFile(at('a.md'), 'Zürich\r\n✔\n', {}).put();
	expect(readFileSync(at('a.md'))).toEqual(Buffer.from('Zürich\n✔\n'));
	const before = process.umask(0o077);
	documentFile(at('a.sh'), '#!/bin/sh\n', {runs: true}).put();
	process.umask(before);
	if (process.platform !== 'win32') expect([modeOf('a.md'), modeOf('a.sh')]).toEqual([0o644, 0o755]);
	expect(readdirSync(folder).sort()).toEqual(['a.md', 'a.sh']);
});
test('nothing is written before it is put', () => {
	documentFile(at('a'), 'x', {});
	expect(readdirSync(folder)).toEqual([]);
});
test('the same bytes are left; others are named, and replaced by force alone', () => {
	writeFileSync(at('a'), 'x', {mode: 0o600});
	const same = documentFile(at('a'), 'x', {});
	same.put();
	expect([same.isThere, modeOf('a')]).toEqual([true, 0o600]);
	expect(() => documentFile(at('a'), 'y', {})).toThrow(Trouble);
	expect(() => documentFile(at('a'), 'y', {})).toThrow(at('a'));
	expect(readFileSync(at('a'), 'utf8')).toBe('x');
	documentFile(at('a'), 'y', {force: true}).put();
	expect(readFileSync(at('a'), 'utf8')).toBe('y');
	expect(readdirSync(folder)).toEqual(['a']);
});
test('a link is not followed, a folder is none, and where no file can be there is none: by force neither', () => {
	writeFileSync(at('theirs'), 'x');
	symlinkSync(at('theirs'), at('link'));
	mkdirSync(at('folder'));
	for (const it of ['link', 'folder', 'folder/'])
		expect(() => documentFile(at(it), 'y', {force: true}), it).toThrow(Trouble);
	expect(() => documentFile(at('none/a'), 'y', {force: true}).put()).toThrow(Trouble);
	expect(readFileSync(at('theirs'), 'utf8')).toBe('x');
	expect(readdirSync(folder).sort()).toEqual(['folder', 'link', 'theirs']);
});
