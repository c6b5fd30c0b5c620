import {rmSync, writeFileSync} from 'node:fs';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {moveKey, retire} from '../../src/steps/index.js';
import {Bench, type Ran} from './in-process.js';
import {day, hour, overWeeks, stop} from './over-weeks.js';

let bench: Bench;
beforeEach(async () => {
	bench = await Bench.start({control: true});
});
afterEach(() => bench.end());

const {later, now, today, recordOf, factsOf, oldKey, setUp, npsUses} = overWeeks(() => bench);
const move = (options: object = {}): Promise<Ran> => bench.run(moveKey, options);
const end = (options: object = {}): Promise<Ran> => bench.run(retire, {setup: 'berlin', ...options});
const onWord = {npsRotated: true, overrideReason: 'its log shows it'};

/** NPS is being moved to a setup that nothing used for weeks; what its retirement is told. */
async function begun(): Promise<object> {
	await setUp('nps', 'eu-west-1', {prove: false});
	await setUp('berlin', 'eu-central-1');
	later(hour);
	await move({toSetup: 'berlin', backedUp: today(), backupsExpire: today(60 * day)});
	later(50 * day);
	return {serversRestarted: today(-5 * day), backupsUntil: today(90 * day)};
}

test('what NPS is being moved to does not end meanwhile, on whosever word, and its access key can be set Active again', async () => {
	const said = await begun();
	// Nobody has said that NPS was rotated to it.
	expect(stop(await end(said))).toBe('MayBeInactive');
	await move({npsRotated: true});
	for (const more of [{}, onWord]) {
		if (more === onWord) expect(stop(await move(onWord))).toBe('NotRestarted');
		const ran = await end({...said, unusedReason: 'sure'});
		expect([stop(ran), ran.code], ran.said).toEqual(['MovedHere', 1]);
		expect(ran.said).toContain('nps-kms move-key');
	}
	const key = Object.values(bench.sandbox.account.users)
		.flatMap(it => it.accessKeys)
		.find(it => it.id === factsOf('berlin')['accessKeyId']);
	expect(key?.status).toBe('Active');
	Object.assign(key ?? {}, {status: 'Inactive'});
	await end({reactivateAccessKey: key?.id});
	expect(key?.status).toBe('Active');
});

test('a record beside it that can not be read may hold a move to it', async () => {
	const said = await begun();
	writeFileSync(recordOf('broken'), '{', {mode: 0o600});
	const ran = await end(said);
	expect([stop(ran), ran.said]).toEqual(['MovedHere', expect.stringContaining("setup broken can't be read")]);
	rmSync(recordOf('broken'));
	expect(stop(await end(said))).toBe('MayBeInactive');
});

test('what NPS was moved to on a word takes a reason where silence alone would do; what AWS showed takes none', async () => {
	const said = await begun();
	await move(onWord);
	const servicesRestarted = now();
	later(5 * hour);
	expect(stop(await move({servicesRestarted}))).toBe('Watching');
	later(15 * day);
	expect(stop(await move({npsHealthy: true}))).toBe('complete');
	const ran = await end(said);
	expect([stop(ran), ran.code]).toEqual(['MovedOnWord', 0]);
	expect(ran.said).toContain('--unused-reason WHY');
	expect(stop(await end({unusedReason: 'NPS is gone'}))).toBe('MayBeInactive');
	// It counts for that run.
	expect(stop(await end())).toBe('MovedOnWord');
});

test('setting the old access key Active again is no word that NPS went back: what it was moved to does not end', async () => {
	const said = await begun();
	await move(onWord);
	const servicesRestarted = now();
	later(5 * hour);
	expect(stop(await move({servicesRestarted}))).toBe('Watching');
	expect(stop(await move({reactivateAccessKey: oldKey()?.id}))).toBe('ActiveAgain');
	later(40 * day);
	const ran = await end({...said, serversRestarted: today(-5 * day), unusedReason: 'sure'});
	expect([stop(ran), ran.code], ran.said).toEqual(['MovedHere', 1]);
	// Once somebody says so, it ends as any other.
	expect(stop(await move({npsWentBack: true}))).toBe('NoTarget');
	expect(stop(await end())).toBe('MayBeInactive');
});

test('what AWS showed in use, and is silent since, ends by that silence', async () => {
	await begun();
	await npsUses('berlin');
	later(hour);
	expect(stop(await move())).toBe('NotRestarted');
	const servicesRestarted = now();
	later(5 * hour);
	await move({servicesRestarted});
	later(40 * day);
	const said = {serversRestarted: today(-5 * day), backupsUntil: today(90 * day)};
	expect(stop(await move({npsHealthy: true}))).toBe('complete');
	expect(stop(await end(said))).toBe('MayBeInactive');
});
