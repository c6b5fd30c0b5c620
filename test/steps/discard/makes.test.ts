import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import type {Entry} from '../../../src/engine/record.js';
import {undo, undoing} from '../../../src/engine/step.js';
import {procedure, replaceAccessKey, setup} from '../../../src/steps/index.js';
import {boot, emptyWorld} from '../../fake/ports.js';

/** Of what a step creates, what is left where it is, and why. */
const left: Readonly<Record<string, string>> = {};

const created = (record: readonly Entry[]): readonly string[] =>
	record.flatMap(it => (it.type === 'intent' && it.change.verb === 'create' ? [it.change.id] : []));
/** What every flow creates: with all that can be asked for, a replacement, and the records that are kept as they were. */
async function everything(): Promise<ReadonlySet<string>> {
	const world = emptyWorld();
	const answers = {consoleAccess: true, consolePasswordFile: '/home/op/password.csv', accessKeyDescription: 'NPS'};
	await boot(world, {course: setup, answers});
	await boot(world, {course: replaceAccessKey, answers: {newSecretFile: '/home/op/new.csv'}});
	const folder = join(import.meta.dirname, '../../fixtures/records');
	const kept = readdirSync(folder).map(it => JSON.parse(readFileSync(join(folder, it), 'utf8')) as {entries: Entry[]});
	return new Set([...created(world.record), ...kept.flatMap(it => created(it.entries))]);
}

test('whatever a step creates is in an undo, or it is written why it stays', async () => {
	const made = await everything();
	expect([...made]).toEqual(
		expect.arrayContaining(['create-policy', 'create-login', 'create-access-key', 'create-key']),
	);
	const declared = procedure.flatMap(it => it.undo?.makes ?? []).flatMap(it => it.madeBy);
	expect([...made].filter(it => !declared.includes(it) && left[it] === undefined)).toEqual([]);
	// narrow-policy makes a version of something that is there.
	expect(declared.filter(it => !made.has(it))).toEqual(['narrow-policy']);
});
test('whoever holds the secret is locked out first, the KMS key goes last', () => {
	expect(undoing(procedure).map(it => it.id)).toEqual(['access-key', 'user', 'policy', 'managed-key']);
});
test('an undo that does not say what there is to take back is none', () => {
	const {makes: _makes, ...rest} = procedure.find(it => it.undo)!.undo!;
	// @ts-expect-error: without what it makes, it doesn't compile
	undo(rest);
	// @ts-expect-error: nor with nothing
	undo({...rest, makes: []});
});
