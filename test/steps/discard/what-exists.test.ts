import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {changeRecord} from '../../../src/commands/record/change-record.js';
import type {Entry} from '../../../src/engine/record.js';
import {migrated} from '../../../src/local/record-migration.js';

const fixtures = join(import.meta.dirname, '../../fixtures');
const read = (file: string): unknown => JSON.parse(readFileSync(join(fixtures, file), 'utf8'));
/** What each of the kept records told to exist, and the commands that take it back, when they were kept. */
const then = read('records-taken-back.json') as Readonly<Record<string, unknown>>;

test.each(readdirSync(join(fixtures, 'records')))(
	'%s: what exists and how it is taken back is told as it was',
	file => {
		const {v, entries} = read(`records/${file}`) as {v: number; entries: Entry[]};
		const {exists, takeBack} = changeRecord('nps', {file, kept: false, entries: migrated(entries, v)});
		expect({exists, takeBack}).toEqual(then[file]);
	},
);
