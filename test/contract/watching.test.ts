import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import type {Course} from '../../src/engine/course.js';
import {keyOf} from '../../src/engine/keys.js';
import {type Entry, fold} from '../../src/engine/record.js';
import type {Scene} from '../../src/engine/scene.js';
import {choicesOf} from '../../src/engine/to-do.js';
import type {Event} from '../../src/engine/wizard.js';
import {ask} from '../../src/front/asking.js';
import type {Home} from '../../src/front/home.js';
import {replaceAccessKey, setup} from '../../src/steps/index.js';
import {exitCode} from '../exit-codes.js';
import {Bench} from './in-process.js';
import {Nps} from './nps.js';

let bench: Bench;
beforeEach(async () => {
	bench = await Bench.start({control: true});
});
afterEach(() => bench.end());

const hour = 3_600_000;
const fileOf = (name: string): string => join(bench.home, name);
const nps = (address: string, file = 'secret.csv'): Nps => new Nps(bench.sandbox, fileOf(file), address);
const record = (): string => readFileSync(join(bench.home, 'setups', 'nps.json'), 'utf8');
const state = () => fold((JSON.parse(record()) as {entries: readonly Entry[]}).entries);
const denied = (...apis: readonly string[]): void =>
	bench.sandbox.setFaults(apis.map(api => ({api, nth: 'every', kind: 'access-denied'})));

type Person = {
	home?(home: Home): Promise<'go' | 'quit'>;
	at?(scene: Scene): Event | undefined;
	drawn?(scene: Scene): void;
};
/** Who presses Enter, but as is said. */
async function sit(person: Person, course: Course = setup): Promise<number> {
	let turns = 0;
	const env = {...process.env, NPS_KMS_HOME: bench.home, NPS_KMS_PATIENCE: '0.001'};
	const options = {setup: 'nps', secretFile: fileOf(course === setup ? 'secret.csv' : 'new.csv')};
	const outlet = {json: false, out: () => undefined, err: () => undefined};
	const run = {course, others: [setup, replaceAccessKey].filter(it => it !== course), options, env, outlet};
	return exitCode[
		await ask(
			{...run, version: '0.0.0', now: new Date()},
			() => ({
				draw: scene => person.drawn?.(scene),
				async ask(scene) {
					if (turns++ > 40) return {type: 'quit'};
					const {phase, fields, answers} = scene;
					const said = person.at?.(scene);
					if (said) return said;
					if (phase.at === 'stopped') return {type: 'quit'};
					if (phase.at === 'review') return {type: 'approved'};
					const all = fields.map(({field}) => [field.name, answers[field.name] ?? '']);
					return {type: 'submitted', answers: Object.fromEntries(all)};
				},
				secret: async () => undefined,
				home: async home => ((await person.home?.(home)) === 'quit' ? {quit: true} : {chosen: 'go'}),
				end: async () => undefined,
			}),
			() => undefined,
		)
	];
}

/** What home tells at once, and what it tells once it has looked. */
async function home(): Promise<{first: readonly string[]; later: readonly string[] | undefined}> {
	const told: {first: readonly string[]; later: readonly string[] | undefined} = {first: [], later: undefined};
	bench.heard.length = 0;
	const before = record();
	await sit({
		async home({lines, coming}) {
			told.first = lines;
			expect(bench.heard).toEqual([]);
			told.later = await coming;
			return 'quit';
		},
	});
	expect(record()).toBe(before);
	expect(bench.heard.filter(it => !/^(Get|Lookup)/.test(it.api))).toEqual([]);
	// What is denied may be asked again.
	expect(new Set(bench.heard.map(it => it.api)).size).toBeLessThanOrEqual(3);
	return told;
}

test('home tells at once what the record holds, and then what AWS shows; it writes nothing', async () => {
	await bench.run(setup);
	bench.sandbox.advance(hour);
	expect((await home()).later).toBeUndefined();
	await nps('10.1.2.3').works();
	const {first, later} = await home();
	expect(first.join('\n')).toContain("Whether it has been run isn't known yet");
	expect(later?.join('\n')).toMatch(/NPS used the key: \d{4}-\d\d-\d\d \d\d:\d\d UTC, as AWS shows/);
	expect(later?.join('\n')).not.toContain("isn't known yet");
	denied('cloudtrail:LookupEvents', 'iam:GetAccessKeyLastUsed', 'kms:GetKeyLastUsage');
	expect((await home()).later).toBeUndefined();
	denied();
	await bench.run(setup);
	await home();
	// The record holds it now.
	expect(bench.heard).toEqual([]);
});
test('home tells during a replacement that NPS used the new access key', async () => {
	await bench.run(setup);
	await bench.run(replaceAccessKey, {secretFile: fileOf('new.csv')});
	bench.sandbox.advance(hour);
	await nps('10.1.2.3').works();
	expect((await home()).later).toBeUndefined();
	const fresh = nps('10.1.2.3', 'new.csv');
	await fresh.works();
	const {first, later} = await home();
	expect(first.join('\n')).not.toContain('NPS used');
	expect(later?.join('\n')).toContain(`NPS used ${fresh.accessKeyId}: `);
});

/** NPS works as soon as it is waited for. */
function onceWaitedFor(works: () => Promise<void>): (scene: Scene) => void {
	let begun = false;
	return ({wait}) => {
		if (wait?.for !== 'NPS' || begun) return;
		begun = true;
		bench.sandbox.advance(60_000);
		void works();
	};
}
test('who comes back to the sheet may wait and see, and is told by itself once NPS uses the key', async () => {
	await bench.run(setup);
	bench.sandbox.advance(hour);
	const waited: number[] = [];
	const starts = onceWaitedFor(() => nps('10.1.2.3').works());
	const code = await sit({
		at: ({fields, answers}) =>
			fields.some(it => it.field.name === 'watchNps')
				? {type: 'submitted', answers: {...answers, npsRotated: false, watchNps: true}}
				: undefined,
		drawn(scene) {
			if (scene.wait?.for === 'NPS') waited.push(scene.wait.elapsedMs);
			starts(scene);
		},
	});
	const held = state().delivered[0];
	expect([code, held?.inUse, held?.from]).toEqual([0, true, ['10.1.2.3']]);
	// Each second counts between two looks.
	expect(waited.length).toBeGreaterThanOrEqual(30);
});
test('who waits at a gate of the replacement goes on by itself once NPS uses the new access key; flags wait for nothing', async () => {
	await bench.run(setup);
	bench.sandbox.advance(hour);
	const {result} = await bench.run(replaceAccessKey, {secretFile: fileOf('new.csv')});
	bench.sandbox.advance(hour);
	expect(JSON.stringify(result)).not.toContain('wait and see');
	let asked = 0;
	const passed: string[] = [];
	await sit(
		{
			at({phase}) {
				if (phase.at !== 'stopped') return undefined;
				passed.push(phase.problem.code ?? '');
				const way = choicesOf(phase.problem).find(it => it.key === keyOf('watch'));
				return way && asked++ === 0 ? {type: 'way', way} : {type: 'quit'};
			},
			drawn: onceWaitedFor(() => nps('10.1.2.3', 'new.csv').works()),
		},
		replaceAccessKey,
	);
	expect(passed).toEqual(['NotRotatedYet', 'Healthy']);
	expect(state().answers['newKeyRotated']).not.toBe(true);
});
