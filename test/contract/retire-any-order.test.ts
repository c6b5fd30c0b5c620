import {readFileSync, writeFileSync} from 'node:fs';
import {EncryptCommand} from '@aws-sdk/client-kms';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {discard, retire} from '../../src/steps/index.js';
import {clientsOf} from '../sandbox/clients.js';
import {Bench, type Ran} from './in-process.js';
import {day, numbersOf, overWeeks, stop} from './over-weeks.js';

let bench: Bench;
beforeEach(async () => {
	bench = await Bench.start({control: true});
});
afterEach(() => bench.end());

const {later, today, recordOf, entriesOf, factsOf, user, setUp, npsUses} = overWeeks(() => bench);
const now = (): number => bench.sandbox.now();
const kmsKey = () =>
	Object.values(bench.sandbox.account.keys).find(it => it.manager === 'CUSTOMER') ?? expect.fail('there is none');
const standing = () => ({status: user()?.accessKeys[0]?.status, state: kmsKey().state});

/** What is known of what happened, beside AWS and the record. */
type Told = {used: number; tried: number; inactive: number; disabled: number};

/** A run that is told yes to everything, and what it may have done by what happened until then. */
async function goes(told: Told, ends: () => Promise<Ran>): Promise<string> {
	const before = standing();
	const {backupsUntil = today()} = factsOf();
	const ran = await ends();
	expect(ran.code, ran.said).toBeLessThan(2);
	const after = standing();
	if (before.status === 'Active' && after.status === 'Inactive') {
		expect(now() - told.used, 'set Inactive').toBeGreaterThan(30 * day);
		told.inactive = now();
	}
	if (before.status !== undefined && after.status === undefined) {
		expect(before.status).toBe('Inactive');
		expect(now() - told.inactive, 'deleted').toBeGreaterThanOrEqual(14 * day);
		expect(now() - told.used, 'deleted').toBeGreaterThan(30 * day);
	}
	if (before.state === 'Enabled' && after.state === 'Disabled') {
		expect(after.status, 'disabled').toBeUndefined();
		expect(now() - told.used, 'disabled').toBeGreaterThan(30 * day);
		told.disabled = now();
	}
	if (after.state === 'PendingDeletion') {
		expect(before.state, 'scheduled').toBe('Disabled');
		expect(now() - told.disabled, 'scheduled').toBeGreaterThanOrEqual(14 * day);
		expect(now() - Math.max(told.tried, told.used), 'scheduled').toBeGreaterThanOrEqual(14 * day);
		expect(today() > backupsUntil, 'scheduled').toBe(true);
	}
	return stop(ran);
}
const retiring = (backupsUntil: string): Promise<Ran> => {
	const {accessKeyId: id} = factsOf();
	const typed = {confirmAccount: bench.sandbox.account.id, confirmAlias: 'nps-kms-key'};
	return bench.run(retire, {
		...{serversRestarted: today(-day), backupsUntil, ...typed},
		...{deactivateAccessKey: id, deleteAccessKey: id, disableKmsKey: kmsKey().id},
	});
};
const takingBack = (): Promise<Ran> =>
	bench.run(discard, {confirm: 'nps', confirmAlias: 'nps-kms-key', deleteKmsKey: true, deletionDays: '7'});
/** A process that died right after the last call of its run, before its answer was written down. */
async function diesIn(run: () => Promise<Ran>): Promise<Ran> {
	const from = entriesOf().length;
	const ran = await run();
	const entries = entriesOf();
	const at = entries.findLastIndex(it => it.type === 'intent');
	if (at < from) return ran;
	const whole = JSON.parse(readFileSync(recordOf(), 'utf8')) as object;
	writeFileSync(recordOf(), JSON.stringify({...whole, entries: entries.slice(0, at + 1)}), {mode: 0o600});
	return ran;
}

test.each([1, 2, 3, 4])(
	'uses, deaths, other hands and days in any order end nothing too early, and silence ends it (seed %i)',
	async seed => {
		const upTo = numbersOf(seed);
		const told: Told = {used: now(), tried: 0, inactive: Number.POSITIVE_INFINITY, disabled: Number.POSITIVE_INFINITY};
		await setUp('nps', 'eu-west-1', {prove: false});
		await npsUses('nps');
		await setUp('nps', 'eu-west-1', {prove: false, npsRotated: true});
		later(35 * day);
		const until = today(100 * day);
		const uses = async (who: () => Promise<unknown>): Promise<void> => {
			const works = await who().then(
				() => true,
				() => false,
			);
			told[works ? 'used' : 'tried'] = now();
		};
		const {kms} = clientsOf(bench.sandbox);
		const events: readonly (() => unknown)[] = [
			() => goes(told, () => retiring(until)),
			() => goes(told, () => retiring(until)),
			() => goes(told, () => diesIn(() => retiring(until))),
			() => goes(told, takingBack),
			() => later(4 * day),
			() => later(9 * day),
			() => later(33 * day),
			() => uses(() => npsUses('nps')),
			() => uses(() => kms.send(new EncryptCommand({KeyId: kmsKey().id, Plaintext: Buffer.from('x')}))),
			() => {
				const [key] = user()?.accessKeys ?? [];
				if (!key) return;
				key.status = key.status === 'Active' ? 'Inactive' : 'Active';
			},
			() => {
				if (kmsKey().state === 'Disabled') bench.sandbox.setKeyStates(new Map([[kmsKey(), 'Enabled']]));
			},
		];
		for (let turn = 0; turn < 18 && kmsKey().state !== 'PendingDeletion'; turn++) {
			later(3_600_000);
			await events[upTo(events.length)]?.();
		}
		// What somebody else switched off is not taken for ours: they set it going again.
		const [key] = user()?.accessKeys ?? [];
		const stopped = kmsKey().state === 'PendingDeletion' ? 'over' : '';
		let last = stopped;
		for (let turn = 0; turn < 20 && !/complete|over/.test(last); turn++) {
			if (turn === 1) await uses(() => npsUses('nps'));
			later(9 * day);
			last = await goes(told, () => retiring(until));
			if (last === 'InactiveBefore' && key) key.status = 'Active';
			if (last === 'DisabledBefore') bench.sandbox.setKeyStates(new Map([[kmsKey(), 'Enabled']]));
		}
		expect(last).toMatch(/complete|over/);
		later(120 * day);
		if (last === 'complete') expect(await goes(told, takingBack)).toBe('complete');
		expect(kmsKey().state).toBe('PendingDeletion');
	},
	120_000,
);
