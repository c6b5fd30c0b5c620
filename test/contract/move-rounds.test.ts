import {rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {discard, moveKey} from '../../src/steps/index.js';
import {Bench, type Ran} from './in-process.js';
import {day, hour, overWeeks, stop} from './over-weeks.js';

const minute = 60_000;
let bench: Bench;
beforeEach(async () => {
	bench = await Bench.start({control: true});
});
afterEach(() => bench.end());

const {later, now, today, factsOf, setUp, npsUses, oldKey} = overWeeks(() => bench);
const move = (options: object = {}): Promise<Ran> => bench.run(moveKey, options);
const rotated = {npsRotated: true, overrideReason: 'its log shows it'};
const beginning = (toSetup = 'berlin') => ({toSetup, backedUp: today(), backupsExpire: today(60 * day)});

/** Two setups, each done and proven. */
async function both(): Promise<void> {
	await setUp('nps', 'eu-west-1');
	expect((await setUp('berlin', 'eu-central-1')).result['proven']).toBe(true);
	later(hour);
}

describe('what counts as a use by NPS, and as a restart', () => {
	test('a new setup that was in use before the move takes a use since, and the word that NPS was rotated', async () => {
		await both();
		await npsUses('berlin');
		later(day);
		expect(stop(await move(beginning()))).toBe('NotRotatedYet');
		expect(factsOf()['movingToUsed']).toBe('yes');
		later(hour);
		const word = await move({npsRotated: true});
		expect([stop(word), word.said]).toEqual(['NotSeenYet', expect.stringContaining('may be another NPS')]);
		await move({npsRotated: false});
		await npsUses('berlin');
		later(hour);
		const use = await move();
		expect([stop(use), use.said]).toEqual(['NotRotatedYet', expect.stringContaining('what AWS shows is not enough')]);
		expect(factsOf()['movedAt']).toBeUndefined();
		expect(stop(await move({npsRotated: true}))).toBe('NotRestarted');
		expect(factsOf()['movedAt']).toMatch(/^\d{4}-/);
		// Whoever used it before goes on: addresses tell nothing of other NPS servers.
		later(minute);
		const servicesRestarted = now();
		await npsUses('berlin');
		later(5 * hour);
		const others = await move({servicesRestarted, npsServers: '2'});
		expect([stop(others), others.said]).toEqual(['OtherServers', expect.stringContaining('whose addresses')]);
	});
	test('another target that is named after the backup begins the move anew: what used it until then opens nothing', async () => {
		await both();
		await setUp('cairo', 'eu-north-1');
		await move(beginning());
		later(day);
		await npsUses('cairo');
		later(day);
		expect(stop(await move({toSetup: 'cairo'}))).toBe('NotRotatedYet');
		expect(factsOf()).toMatchObject({movingTo: 'cairo', movingToUsed: 'yes'});
	});
	test('a restart before the move was begun, or before the word that NPS was rotated, is none', async () => {
		await both();
		const tooEarly = now();
		later(hour);
		await move(beginning());
		later(hour);
		const between = now();
		later(hour);
		await move(rotated);
		const refused = async (servicesRestarted: string): Promise<unknown[]> => {
			const ran = await move({servicesRestarted});
			return [stop(ran), ran.said];
		};
		expect(await refused(tooEarly)).toEqual(['NotRestarted', expect.stringContaining("the move wasn't begun yet")]);
		expect(await refused(between)).toEqual(['NotRestarted', expect.stringContaining("you hadn't said yet")]);
		const servicesRestarted = now();
		later(5 * hour);
		expect(stop(await move({servicesRestarted}))).toBe('Watching');
		expect(oldKey()?.status).toBe('Inactive');
	});
});

describe('what NPS was moved to', () => {
	const takeBack = async (options: object = {}): Promise<unknown[]> => {
		const ran = await bench.run(discard, {setup: 'berlin', confirm: 'berlin', confirmAlias: 'nps-kms-key', ...options});
		return [stop(ran), ran.said];
	};
	const berlinStates = (): readonly (string | undefined)[] =>
		Object.values(bench.sandbox.account.keys)
			.filter(it => factsOf('berlin')['keyArn']?.endsWith(it.id))
			.map(it => it.state);

	test('is not taken back once somebody said that NPS was rotated to it: the record of the old setup alone tells', async () => {
		await both();
		await move(beginning());
		await move({npsRotated: true});
		const inUse = ['InUse', expect.stringMatching(/is being, or was, moved to its KMS key from setup nps/)];
		expect(await takeBack()).toEqual(inUse);
		await move(rotated);
		expect(await takeBack({deleteKmsKey: true, deletionDays: '7'})).toEqual(inUse);
		expect(berlinStates()).toEqual(['Enabled']);
	});
	test('a record beside it that can not be read holds it back, and one of no move does not', async () => {
		await both();
		writeFileSync(join(bench.home, 'setups', 'broken.json'), '{', {mode: 0o600});
		expect(await takeBack()).toEqual(['InUse', expect.stringContaining("The record of setup broken can't be read")]);
		rmSync(join(bench.home, 'setups', 'broken.json'));
		expect((await takeBack())[0]).toBe('Unconfirmed');
	});
});

test('NPS is not moved to what is switched off, nor to what it was moved away from', async () => {
	await both();
	const refused = async (options: object = beginning()): Promise<unknown[]> => {
		const ran = await move(options);
		return [stop(ran), ran.said];
	};
	const id = factsOf('berlin')['accessKeyId'];
	const key = Object.values(bench.sandbox.account.users)
		.flatMap(it => it.accessKeys)
		.find(it => it.id === id);
	if (!key) return expect.fail('it is gone');
	key.status = 'Inactive';
	expect(await refused()).toEqual(['NewNotWorking', expect.stringContaining('is Inactive')]);
	key.status = 'Active';
	const kmsKey = Object.values(bench.sandbox.account.keys).find(it => factsOf('berlin')['keyArn']?.endsWith(it.id));
	if (!kmsKey) return expect.fail('it is gone');
	bench.sandbox.setKeyStates(new Map([[kmsKey, 'Disabled']]));
	expect(await refused()).toEqual(['NewNotWorking', expect.stringContaining('KMS key is Disabled')]);
	bench.sandbox.setKeyStates(new Map([[kmsKey, 'Enabled']]));
	await move(beginning());
	await move(rotated);
	const servicesRestarted = now();
	later(5 * hour);
	expect(stop(await move({servicesRestarted}))).toBe('Watching');
	const back = await refused({...beginning('nps'), setup: 'berlin'});
	expect(back).toEqual(['NewNotWorking', expect.stringContaining('NPS was moved away from it')]);
});
