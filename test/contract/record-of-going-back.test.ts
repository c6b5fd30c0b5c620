import {afterEach, beforeEach, expect, test} from 'vitest';
import type {Host} from '../../src/commands/command.js';
import type {Told, ToldRun} from '../../src/commands/record/course-told.js';
import {recordCommand} from '../../src/commands/record/index.js';
import {timeInWords} from '../../src/engine/time-in-words.js';
import {moveKey} from '../../src/steps/index.js';
import {Bench, type Ran} from './in-process.js';
import {day, hour, overWeeks, stop} from './over-weeks.js';

let bench: Bench;
beforeEach(async () => {
	bench = await Bench.start({control: true});
});
afterEach(() => bench.end());

const {later, now, today, factsOf, oldKey, setUp} = overWeeks(() => bench);
const move = (options: object = {}): Promise<Ran> => bench.run(moveKey, options);
const onWord = {npsRotated: true, overrideReason: 'its log shows it'};

/** What `record` prints of the setup that NPS was moved from. */
async function said(flags: object = {}): Promise<string> {
	const out: string[] = [];
	const host = {
		env: {...process.env, NPS_KMS_HOME: bench.home, NPS_KMS_PATIENCE: '0.0001'},
		lines: {out: (it: string) => void out.push(it), err: () => undefined},
		...{version: '0.0.0', courses: [], commands: [], endNow: () => undefined},
	};
	expect(await recordCommand.run({setup: 'nps', ...flags}, host as unknown as Host)).toBe('done');
	return out.join('\n');
}
type Move = {readonly runs: readonly ToldRun[]; readonly [fact: string]: unknown};
const moved = async (): Promise<Move | undefined> =>
	(JSON.parse(await said({json: true})) as {records: {move?: Move}[]}).records[0]?.move;
/** What the last run told, in short. */
const lastTold = async (): Promise<readonly string[]> =>
	((await moved())?.runs.at(-1)?.told ?? []).map((it: Told) =>
		it.is === 'said' ? `said ${it.field}` : it.is === 'passed' ? `passed ${it.step}` : it.is,
	);

/** What begins a move, the same words each time. */
let beginning: object;
async function rotated(): Promise<void> {
	await setUp('nps', 'eu-west-1', {prove: false});
	await setUp('berlin', 'eu-central-1');
	later(hour);
	beginning = {toSetup: 'berlin', backedUp: today(), backupsExpire: today(60 * day)};
	expect(stop(await move(beginning))).toBe('NotRotatedYet');
	expect(stop(await move(onWord))).toBe('NotRestarted');
	later(hour);
}

test('that NPS went back is told, and the move stays in the record', async () => {
	await rotated();
	const {movingToAccessKey, movingToKey} = factsOf();
	expect(stop(await move({npsWentBack: true}))).toBe('NoTarget');
	const it = await moved();
	expect(it).toMatchObject({to: 'berlin', accessKeyId: movingToAccessKey, keyArn: movingToKey, movedAt: 'said'});
	const at = String(it?.['wentBackAt']);
	expect(it).not.toHaveProperty('keptUntil');
	expect(await lastTold()).toEqual(['said npsWentBack', 'over', 'waits']);
	const text = await said();
	const section = /## Moved\n\n([\s\S]*?)\n\n## /.exec(text)?.[1] ?? '';
	expect(section.split('\n').slice(0, 5)).toEqual([
		`- NPS uses this setup again, not setup berlin: somebody said so ${timeInWords(at)}`,
		`- It was to be moved to access key ${movingToAccessKey}, KMS key ${movingToKey}`,
		expect.stringMatching(/^- Backed up, keys exported: \d{4}-\d\d-\d\d, somebody said$/),
		'- NPS used the new access key: somebody said so',
		'- Went on because: its log shows it',
	]);
	expect(section).toContain(' over: NPS went back\n');
	expect(text).not.toContain('Not before ');
	expect(text).toContain('- Stands: set up: every step was done\n');
});

test('what is said again in the next round is told again, by whoever said it', async () => {
	await rotated();
	await move({npsWentBack: true});
	expect(stop(await move(beginning))).toBe('NotRotatedYet');
	expect(await lastTold()).toEqual([
		...['said backedUp', 'said backupsExpire', 'said toSetup'],
		...['passed move-old', 'passed move-new', 'passed move-backup', 'waits'],
	]);
	expect(await moved()).not.toHaveProperty('wentBackAt');
	await move(onWord);
	expect(await lastTold()).toEqual(['said moveRotated', 'said moveReason', 'passed move-switch', 'waits']);
	expect(stop(await move({npsWentBack: true}))).toBe('NoTarget');
	expect(await lastTold()).toEqual(['said npsWentBack', 'over', 'waits']);
});

test('what is to be said again once the old access key is Active again is told again', async () => {
	await rotated();
	const servicesRestarted = now();
	later(5 * hour);
	expect(stop(await move({servicesRestarted}))).toBe('Watching');
	expect(stop(await move({reactivateAccessKey: oldKey()?.id}))).toBe('ActiveAgain');
	expect(stop(await move())).toBe('NotRotatedYet');
	expect(stop(await move(onWord))).toBe('NotRestarted');
	expect(await lastTold()).toEqual(['said moveRotated', 'said moveReason', 'passed move-switch', 'waits']);
});
