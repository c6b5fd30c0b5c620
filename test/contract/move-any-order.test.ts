import {readFileSync, writeFileSync} from 'node:fs';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {moveKey} from '../../src/steps/index.js';
import {Bench} from './in-process.js';
import {day, hour, minute, numbersOf, overWeeks, stop} from './over-weeks.js';

let bench: Bench;
beforeEach(async () => {
	bench = await Bench.start({control: true});
});
afterEach(() => bench.end());

const {later, now, today, recordOf, entriesOf, factsOf, oldKey, setUp, npsUses} = overWeeks(() => bench);
const time = (): number => bench.sandbox.now();
const beginning = () => ({toSetup: 'berlin', backedUp: today(), backupsExpire: today(200 * day)});

/** What happened, beside AWS and the record. */
type Told = {oldUse: number; newUse: number; restart: number};
/** A run, and what it may have done by what happened until then; a flag that comes too early changes nothing. */
async function goes(told: Told, options: object = {}, dies = false): Promise<string> {
	const before = oldKey()?.status;
	const from = entriesOf().length;
	const ran = await bench.run(moveKey, options).catch((error: unknown) => {
		expect((error as {problem?: {what: string}}).problem?.what).toMatch(/comes too early$/);
		return undefined;
	});
	if (!ran) return 'too early';
	expect(ran.code, ran.said).toBeLessThan(2);
	if (before === 'Active' && oldKey()?.status === 'Inactive') {
		expect(time() - told.restart, 'set Inactive').toBeGreaterThanOrEqual(4 * hour);
		// The restart is typed in whole minutes.
		expect(told.oldUse, 'set Inactive').toBeLessThan(told.restart + minute);
		expect(told.newUse, 'set Inactive').toBeGreaterThan(Date.parse(factsOf()['moveBegunAt'] ?? ''));
	}
	if (dies) diedIn(from);
	return stop(ran);
}
/** As if the process had died right after its last call, before its answer was written down. */
function diedIn(from: number): void {
	const entries = entriesOf();
	const at = entries.findLastIndex(it => it.type === 'intent');
	if (at < from) return;
	const whole = JSON.parse(readFileSync(recordOf(), 'utf8')) as object;
	writeFileSync(recordOf(), JSON.stringify({...whole, entries: entries.slice(0, at + 1)}), {mode: 0o600});
}

test.each([1, 2, 3, 4])(
	'uses, restarts, deaths, other hands and days in any order set nothing Inactive too early, and a person comes to its end (seed %i)',
	async seed => {
		const upTo = numbersOf(seed);
		const told: Told = {oldUse: 0, newUse: 0, restart: Number.POSITIVE_INFINITY};
		await setUp('nps', 'eu-west-1', {prove: false});
		await setUp('berlin', 'eu-central-1');
		later(hour);
		const uses = async (name: 'nps' | 'berlin'): Promise<void> => {
			const works = await npsUses(name).then(
				() => true,
				() => false,
			);
			if (works) told[name === 'nps' ? 'oldUse' : 'newUse'] = time();
		};
		const restarted = async (): Promise<string> => {
			const servicesRestarted = now();
			const came = await goes(told, {servicesRestarted});
			if (came !== 'too early') told.restart = Date.parse(`${servicesRestarted.replace(' ', 'T')}Z`);
			return came;
		};
		const events: readonly (() => unknown)[] = [
			() => goes(told, beginning()),
			() => goes(told),
			() => goes(told, {}, true),
			() => goes(told, {npsHealthy: true}),
			() => goes(told, {npsWentBack: true}),
			() => goes(told, {reactivateAccessKey: oldKey()?.id}, upTo(2) === 0),
			() => restarted(),
			() => restarted(),
			() => later(5 * hour),
			() => later(15 * day),
			() => uses('nps'),
			() => uses('berlin'),
			() => uses('berlin'),
			() => {
				const key = oldKey() ?? expect.fail('it is gone');
				key.status = key.status === 'Active' ? 'Inactive' : 'Active';
			},
		];
		await goes(told, beginning());
		for (let turn = 0; turn < 24; turn++) {
			later(10 * minute);
			await events[upTo(events.length)]?.();
		}
		// What a person does at each gate.
		const begins = () => goes(told, beginning());
		const waits = (ms: number) => async () => {
			later(ms);
			return goes(told);
		};
		let forgotten = 2;
		const gates = new Map<string, () => Promise<string>>([
			['NoTarget', begins],
			['NotBackedUp', begins],
			[
				'NotRotatedYet',
				async () => {
					await uses('berlin');
					later(hour);
					return goes(told, {npsRotated: true});
				},
			],
			['NotRestarted', restarted],
			['StillUsed', restarted],
			[
				'TooSoon',
				async () => {
					// Some service was forgotten.
					if (forgotten-- > 0) await uses('nps');
					return waits(5 * hour)();
				},
			],
			['Watching', waits(15 * day)],
			['Healthy', () => goes(told, {npsHealthy: true})],
			['ActiveAgain', () => goes(told, {deactivateAccessKey: oldKey()?.id})],
			[
				'OldNotWorking',
				async () => {
					Object.assign(oldKey() ?? {}, {status: 'Active'});
					return goes(told);
				},
			],
		]);
		let last = await goes(told);
		const way = [last];
		for (let turn = 0; turn < 24 && last !== 'complete'; turn++) {
			later(10 * minute);
			last = (await gates.get(last)?.()) ?? 'nothing helps';
			way.push(last);
		}
		expect(last, way.join(', ')).toBe('complete');
		expect(oldKey()?.status).toBe('Inactive');
	},
	120_000,
);
