import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {commands} from '../../../src/commands/index.js';
import {changeRecord} from '../../../src/commands/record/change-record.js';
import type {Entry} from '../../../src/engine/record.js';
import {migrated} from '../../../src/local/record-migration.js';
import {finished} from '../../strict/setup-in-memory.js';

const courses = commands.flatMap(it => (it.runs && it.course ? [it.course] : []));
const fixtures = join(import.meta.dirname, '../../fixtures');
const read = (file: string): unknown => JSON.parse(readFileSync(join(fixtures, file), 'utf8'));
/** What each of the kept records told to exist, and the commands that take it back, when they were kept. */
const then = read('records-taken-back.json') as Readonly<Record<string, unknown>>;

test.each(readdirSync(join(fixtures, 'records')))(
	'%s: what exists and how it is taken back is told as it was',
	file => {
		const {v, entries} = read(`records/${file}`) as {v: number; entries: Entry[]};
		const {exists, takeBack} = changeRecord('nps', {file, kept: false, entries: migrated(entries, v)}, courses);
		expect({exists, takeBack}).toEqual(then[file]);
	},
);

test('by hand every version of the policy goes that is not the default, however often it was limited', async () => {
	const house = await finished();
	for (let times = 1; times <= 3; times++) {
		const {exists, takeBack} = changeRecord('nps', {file: 'nps.json', kept: false, entries: house.entries}, courses);
		const {defaultVersion, versions, arn} = house.policy;
		expect(exists.map(it => it.id)).toContain(arn);
		expect(takeBack.flatMap(it => /delete-policy-version.*--version-id (\w+)/.exec(it)?.[1] ?? []).toSorted()).toEqual(
			versions.map(it => it.id).filter(it => it !== defaultVersion),
		);
		house.policy.defaultVersion = 'v1';
		expect(await house.run({restore: ['least-privilege']})).toMatchObject({status: 'complete'});
	}
});
