import {afterEach, beforeEach, expect, test} from 'vitest';
import {moveKey, retire, setup} from '../../src/steps/index.js';
import {Bench, type Ran} from './in-process.js';
import {day, hour, overWeeks, stop} from './over-weeks.js';

let bench: Bench;
beforeEach(async () => {
	bench = await Bench.start({control: true});
});
afterEach(() => bench.end());

const {later, now, today, fileOf, factsOf, npsUses, oldKey} = overWeeks(() => bench);
const ending = (options: object = {}): Promise<Ran> => bench.run(retire, options);

/** NPS is moved to another setup, and its old access key was watched, Inactive. */
async function moved(): Promise<void> {
	await bench.run(setup, {region: 'eu-west-1', secretFile: fileOf('nps')});
	later(hour);
	await npsUses('nps');
	later(day);
	await bench.run(setup, {setup: 'berlin', region: 'eu-central-1', secretFile: fileOf('berlin')});
	later(hour);
	await bench.run(moveKey, {toSetup: 'berlin', backedUp: today(), backupsExpire: today(60 * day)});
	later(2 * hour);
	await npsUses('berlin');
	later(hour);
	await bench.run(moveKey);
	later(hour);
	const servicesRestarted = now();
	await npsUses('berlin');
	later(5 * hour);
	expect(stop(await bench.run(moveKey, {servicesRestarted}))).toBe('Watching');
	later(15 * day);
	expect(stop(await bench.run(moveKey, {npsHealthy: true}))).toBe('complete');
}

test('a setup that NPS was moved away from ends once its backups are over, and what the move watched counts', async () => {
	await moved();
	later(40 * day);
	const kept = factsOf()['keptUntil'] ?? '';
	const said = {serversRestarted: today(-2 * day), backupsUntil: kept};
	const early = await ending(said);
	expect([stop(early), early.code]).toEqual(['KeptForBackups', 0]);
	expect(early.said).toContain(kept);
	later(6 * day);
	expect(today() > kept).toBe(true);
	const before = await ending({...said, backupsUntil: today(-20 * day)});
	expect([stop(before), before.code]).toEqual(['Backups', 0]);
	expect(before.said).toContain(`comes before ${kept}`);
	expect([oldKey()?.status, factsOf()['retiring']]).toEqual(['Inactive', undefined]);
	// The fourteen days were those of the move.
	expect(stop(await ending(said))).toBe('MayBeDeleted');
	expect(stop(await ending({deleteAccessKey: oldKey()?.id}))).toBe('MayBeDisabled');
	expect(oldKey()).toBeUndefined();
});
