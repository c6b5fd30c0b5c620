import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {historyOf} from '../../../src/engine/history.js';
import {type Entry, fold} from '../../../src/engine/record.js';
import type {Answers, Call, Change} from '../../../src/engine/step.js';
import {undo, undoing} from '../../../src/engine/step.js';
import {byHand} from '../../../src/steps/discard/what-exists.js';
import {discard, procedure, replaceAccessKey, setup} from '../../../src/steps/index.js';
import {boot, emptyWorld} from '../../fake/ports.js';

/** Of what a step makes, what is left where it is, and why. */
const left: Readonly<Record<string, string>> = {};

const intents = (record: readonly Entry[]): readonly Change[] =>
	record.flatMap(it => (it.type === 'intent' ? [it.change] : []));
/** Every change that a set-up and a replacement make, with all that can be asked for, and those of the records that are kept; and all that taking it back undoes. */
async function everything() {
	const world = emptyWorld();
	const answers = {consoleAccess: true, consolePasswordFile: '/home/op/password.csv', accessKeyDescription: 'NPS'};
	await boot(world, {course: setup, answers});
	await boot(world, {course: setup, answers: {deletionGuard: '30'}});
	await boot(world, {course: replaceAccessKey, answers: {newSecretFile: '/home/op/new.csv'}});
	const made = intents(world.record);
	const before = world.record.length;
	await boot(world, {course: discard, answers: {deleteKmsKey: true}});
	const undone = intents(world.record.slice(before)).flatMap(it => it.record?.undoes ?? []);
	const folder = join(import.meta.dirname, '../../fixtures/records');
	const kept = readdirSync(folder).map(it => JSON.parse(readFileSync(join(folder, it), 'utf8')) as {entries: Entry[]});
	return {made: [...made, ...kept.flatMap(it => intents(it.entries))], undone: new Set(undone)};
}
/** What only takes away, or sets what exists back to how it was, leaves nothing to take back. */
const leavesNothing = ({verb, id}: Change): boolean => verb === 'delete' || /^(deactivate|halt|disable)-/.test(id);

test('whatever a step makes or changes is in an undo, or it is written why it stays', async () => {
	const {made, undone} = await everything();
	const ids = new Set(made.filter(it => !leavesNothing(it)).map(it => it.id));
	expect([...ids]).toEqual(
		expect.arrayContaining([
			'create-policy',
			'create-login',
			'create-access-key',
			'create-key',
			'enable-rotation',
			'put-deletion-guard-30',
		]),
	);
	const declared = procedure.flatMap(it => it.undo?.makes ?? []).flatMap(it => it.madeBy);
	expect([...ids].filter(it => !declared.includes(it) && !undone.has(it) && left[it] === undefined)).toEqual([]);
	expect(declared.filter(it => !ids.has(it))).toEqual([]);
});
/** The calls of an account's setup, each with what it is about; a KMS key by its id. */
const callsOf = (calls: readonly Call[]): readonly string[] =>
	calls.map(({api, input}) => `${api} ${JSON.stringify(input).replaceAll(/arn:[^"]*:key\//g, '')}`).toSorted();
test.each<readonly [string, Answers]>([
	['with all that may be asked for', {consoleAccess: true, consolePasswordFile: '/home/op/password.csv'}],
	['as it is by default', {}],
])('discarding a setup %s makes the very calls by which the record takes it back by hand', async (_, answers) => {
	const world = emptyWorld();
	await boot(world, {course: setup, answers});
	const {facts, answers: given, delivered} = fold(world.record, setup.name);
	const made = historyOf(world.record).changes.filter(it => it.outcome === 'done');
	const told = byHand(procedure, {facts, answers: given, delivered, made});
	const before = world.record.length;
	await boot(world, {course: discard, answers: {deleteKmsKey: true}});
	const done = intents(world.record.slice(before)).map(it => it.call);
	expect(callsOf(told.flatMap(it => ('api' in it ? [it] : [])))).toEqual(callsOf(done));
	expect(done.length).toBeGreaterThan(6);
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
