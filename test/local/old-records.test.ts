import {cpSync, mkdtempSync, readdirSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, describe, expect, test} from 'vitest';
import {type Entry, fold, type State, settledAnswers} from '../../src/engine/record.js';
import {openStore} from '../../src/local/record-store.js';
import {stageOf} from '../../src/steps/things/access-key-age.js';

/** Records as earlier versions of this program left them, made against the stand-in. */
const records = join(import.meta.dirname, '../fixtures/records');
/** Where each of them stood for the program that wrote it. */
const asRead = JSON.parse(readFileSync(join(records, '../records-as-read.json'), 'utf8')) as Record<string, unknown>;
const dir = mkdtempSync(join(tmpdir(), 'nps-kms-old-'));
afterAll(() => rmSync(dir, {recursive: true, force: true}));

/** Opens one of them as the program would. */
function read(name: string): readonly Entry[] {
	cpSync(join(records, `${name}.json`), join(dir, 'nps.json'));
	return openStore(dir, 'nps').entries();
}

/** What replies and looks have told, and what else the record holds of the setup, by the names of today's records. */
const factsOf = ({facts, recovered, wasPrinted, left}: State): Readonly<Record<string, string>> => ({
	...facts,
	...(recovered && {recovered: 'yes'}),
	...(wasPrinted && {printed: 'yes'}),
	...(left && {left}),
});

const courses = ['setup', 'replace-access-key', 'discard'];
/** All that a record comes to but the calls themselves. */
function whole(entries: readonly Entry[]): unknown {
	const state = fold(entries);
	const {setup, setupId, done, claimed, delivered, proof, runs, nextId, changing, past} = state;
	return {
		...{setup, setupId, course: state.course, run: runs, nextId, changing, claimed, done},
		accessKeys: delivered.map(({inUse: npsRotated, ...it}) => ({...it, npsRotated})),
		answers: Object.fromEntries(courses.map(course => [course, fold(entries, course).answers])),
		facts: factsOf(state),
		proof: proof && {
			...{accessKeyId: proof.id, keyArn: proof.about, at: proof.at, proven: proof.proven},
			checks: proof.checks.map(it => `${it.check}: ${it.got}`),
		},
		settled: settledAnswers(state).toSorted(),
		past: Object.entries(past).flatMap(([step, tries]) =>
			tries.map(({change, outcome, learned, over, code, endedAt, course}) => ({
				...{step, change: change.id, course, outcome, learned, over, code, endedAt},
			})),
		),
	};
}

const steps = ['connect', 'policy', 'user', 'access-key', 'managed-key', 'least-privilege', 'prove', 'hand-off'];
const upTo = (step: string): string => steps.slice(0, steps.indexOf(step) + 1).join(' ');
/** What was done in each course, the access keys, and what is open: as short as a person would say it. */
type Stands = {
	readonly done: Readonly<Record<string, string>>;
	readonly keys: readonly string[];
	readonly open?: readonly string[];
	readonly replacement?: string;
	readonly knows?: Readonly<Record<string, string>>;
};
function stands(entries: readonly Entry[]): Stands {
	const state = fold(entries);
	const facts = factsOf(state);
	const open = Object.entries(state.past).flatMap(([step, tries]) =>
		tries.filter(it => !it.outcome).map(it => `${step}: ${it.change.id}`),
	);
	const marks = ['left', 'printed', 'recovered'].filter(it => facts[it] !== undefined);
	return {
		done: Object.fromEntries(Object.entries(state.done).map(([course, done]) => [course, done.join(' ')])),
		keys: state.delivered.map(
			it =>
				`${it.place ?? 'shown'}${it.unsure ? ', not said to be stored' : ''}${it.inUse ? ', used by NPS' : ''}` +
				`${it.lastOwnUse ? ', proven' : ''}${it.usedSince === undefined ? '' : ' or so'}`,
		),
		...(open.length > 0 && {open}),
		...(facts['replacing'] !== undefined && {replacement: stageOf(state.facts)}),
		...(marks.length > 0 && {knows: Object.fromEntries(marks.map(it => [it, facts[it] ?? '']))}),
	};
}

const all = upTo('hand-off');
const [first, second] = ['/home/anna/secret.csv', '/home/anna/second.csv'];
const inUse = [`${first}, used by NPS, proven`, `${second}, used by NPS, proven`];
const replaced = 'connect replaced-key new-access-key prove-new-key';
const taken = 'connect take-back access-key user policy managed-key left';
const table: readonly (readonly [string, Stands])[] = [
	['stopped-after-connect', {done: {setup: 'connect'}, keys: []}],
	['stopped-after-policy', {done: {setup: upTo('policy')}, keys: []}],
	['stopped-after-user', {done: {setup: upTo('user')}, keys: []}],
	['stopped-after-access-key', {done: {setup: upTo('access-key')}, keys: [first]}],
	['stopped-after-managed-key', {done: {setup: upTo('managed-key')}, keys: [first]}],
	['stopped-after-least-privilege', {done: {setup: upTo('least-privilege')}, keys: [first]}],
	['stopped-after-prove', {done: {setup: upTo('prove')}, keys: [`${first}, proven`]}],
	['finished', {done: {setup: all}, keys: [`${first}, used by NPS, proven`]}],
	['killed-in-create-user', {done: {setup: upTo('policy')}, keys: [], open: ['user: create-user']}],
	['killed-in-create-access-key', {done: {setup: upTo('user')}, keys: [], open: ['access-key: create-access-key']}],
	['shown-and-left', {done: {setup: upTo('user')}, keys: ['shown, not said to be stored']}],
	['printed', {done: {setup: upTo('user')}, keys: [], knows: {printed: 'yes'}}],
	['recovered', {done: {setup: all}, keys: [], knows: {recovered: 'yes'}}],
	[
		'replacement-made',
		{
			done: {setup: all, 'replace-access-key': replaced},
			keys: [inUse[0]!, `${second}, proven`],
			replacement: 'NPS is to be rotated to AKIARLF2HJTMXTTEAVAD',
		},
	],
	[
		'replacement-rotated',
		{
			done: {setup: all, 'replace-access-key': `${replaced} switch-key retire-key`},
			keys: inUse,
			replacement: 'NPS uses AKIARLF2HJTMXTTEAVAD, and the old one is to be retired',
		},
	],
	[
		'replacement-healthy',
		{
			done: {setup: all, 'replace-access-key': `${replaced} switch-key retire-key`},
			keys: inUse,
			replacement: 'NPS uses AKIARLF2HJTMXTTEAVAD, and the old one is to be retired',
		},
	],
	['replacement-finished', {done: {setup: all, 'replace-access-key': ''}, keys: inUse}],
	['halted', {done: {setup: all, discard: taken}, keys: [first], knows: {left: 'something'}}],
	[
		'killed-in-discard',
		{
			done: {
				setup: 'connect policy managed-key least-privilege prove hand-off',
				discard: 'connect take-back access-key',
			},
			keys: [first],
			open: ['user: delete-user'],
		},
	],
	['discarded', {done: {setup: 'connect prove hand-off', discard: taken}, keys: [first], knows: {left: 'nothing'}}],
];

describe('a record that an earlier version left stands where it stood', () => {
	test.each(table)('%s', (name, expected) => {
		const entries = read(name);
		expect(stands(entries)).toEqual(expected);
		expect(JSON.parse(JSON.stringify(whole(entries)))).toEqual(asRead[name]);
	});
	test('and each of them is in this table', () => {
		expect(table.map(([name]) => `${name}.json`).toSorted()).toEqual(readdirSync(records).toSorted());
		expect(Object.keys(asRead).toSorted()).toEqual(table.map(([name]) => name).toSorted());
	});
});
