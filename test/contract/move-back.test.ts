import {readFileSync, writeFileSync} from 'node:fs';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {type Entry, fold} from '../../src/engine/record.js';
import {discard, moveKey, retire} from '../../src/steps/index.js';
import {Bench, type Ran} from './in-process.js';
import {day, hour, overWeeks, stop} from './over-weeks.js';
import {sittingAt} from './sitting.js';

let bench: Bench;
beforeEach(async () => {
	bench = await Bench.start({control: true});
});
afterEach(() => bench.end());

const {later, now, today, entriesOf, factsOf, recordOf, oldKey, setUp, npsUses} = overWeeks(() => bench);
const move = (options: object = {}): Promise<Ran> => bench.run(moveKey, options);
const onWord = {npsRotated: true, overrideReason: 'its log shows it'};
const beginning = (toSetup: string) => ({toSetup, backedUp: today(), backupsExpire: today(60 * day)});

/** Three setups, and NPS on its way from the first to the second. */
async function underWay(): Promise<void> {
	await setUp('nps', 'eu-west-1', {prove: false});
	await setUp('berlin', 'eu-central-1');
	await setUp('cairo', 'eu-north-1');
	later(hour);
	expect(stop(await move(beginning('berlin')))).toBe('NotRotatedYet');
	later(hour);
}
/** NPS was rotated on somebody's word, and its old access key is Inactive. */
async function halted(): Promise<void> {
	await underWay();
	await move(onWord);
	const servicesRestarted = now();
	later(5 * hour);
	expect(stop(await move({servicesRestarted}))).toBe('Watching');
}

test('another target is refused while NPS may be on its way to one, and forgotten by the next run', async () => {
	await underWay();
	await move({npsRotated: true});
	const refused = await move({toSetup: 'cairo'});
	expect([stop(refused), refused.code]).toEqual(['OtherMove', 1]);
	expect(refused.said).toContain('--nps-went-back');
	expect(stop(await move({toSetup: 'dublin'}))).toBe('OtherMove');
	expect(stop(await move())).toBe('NotSeenYet');
	expect(factsOf()['movingTo']).toBe('berlin');
});

test('once NPS is back it is moved elsewhere from the first gate on, and what it was rotated to stays protected', async () => {
	await underWay();
	await npsUses('berlin');
	later(hour);
	expect(stop(await move())).toBe('NotRestarted');
	const back = await move({npsWentBack: true});
	expect([stop(back), back.code]).toEqual(['NoTarget', 0]);
	expect(factsOf()).not.toHaveProperty('movedAt');
	expect(fold(entriesOf(), 'move-key').answers['backedUp']).toBe('');
	// It counts for that run, and of that move.
	await expect(move({npsWentBack: true})).rejects.toMatchObject({problem: {what: '--nps-went-back comes too early'}});
	expect(stop(await move({toSetup: 'cairo'}))).toBe('NotBackedUp');
	expect(stop(await move(beginning('cairo')))).toBe('NotRotatedYet');
	await move(onWord);
	const taken = {confirmAlias: 'nps-kms-key', deleteKmsKey: true, deletionDays: '7'};
	for (const name of ['berlin', 'cairo'])
		expect(stop(await bench.run(discard, {setup: name, confirm: name, ...taken})), name).toBe('InUse');
	later(50 * day);
	const ends = {serversRestarted: today(-5 * day), backupsUntil: today()};
	expect(stop(await bench.run(retire, {setup: 'berlin', ...ends}))).toBe('MayBeInactive');
	expect(stop(await bench.run(retire, {setup: 'cairo', ...ends}))).toBe('MovedHere');
	expect(oldKey()?.status).toBe('Active');
});

test('while the old access key is Inactive NPS is not back: that is undone first', async () => {
	await halted();
	const early = await move({npsWentBack: true});
	expect([stop(early), early.code]).toEqual(['StillInactive', 1]);
	expect(early.said).toContain(`--reactivate-access-key ${oldKey()?.id}`);
	expect(factsOf()['movedAt']).toBe('said');
	expect(stop(await move({reactivateAccessKey: oldKey()?.id}))).toBe('ActiveAgain');
	// That it is Active says nothing of which KMS key NPS uses.
	expect(stop(await move({toSetup: 'cairo'}))).toBe('OtherMove');
	expect(stop(await move({npsWentBack: true}))).toBe('NoTarget');
	expect(stop(await move(beginning('cairo')))).toBe('NotRotatedYet');
	expect(factsOf()['movingTo']).toBe('cairo');
});

test('that NPS is back can be said in the very run after its access key is Active again', async () => {
	await halted();
	await move({reactivateAccessKey: oldKey()?.id});
	expect(stop(await move({npsWentBack: true}))).toBe('NoTarget');
	expect(factsOf()).not.toHaveProperty('movingTo');
	expect(factsOf()['movedKey']).toBe(factsOf('berlin')['keyArn']);
});

test('what somebody else sets Inactive in a later round holds the move back, and NPS from being back', async () => {
	await halted();
	await move({reactivateAccessKey: oldKey()?.id});
	Object.assign(oldKey() ?? {}, {status: 'Inactive'});
	expect(stop(await move())).toBe('OldNotWorking');
	expect(stop(await move({npsWentBack: true}))).toBe('OldNotWorking');
	expect(factsOf()['movingTo']).toBe('berlin');
	Object.assign(oldKey() ?? {}, {status: 'Active'});
	expect(stop(await move({npsWentBack: true}))).toBe('NoTarget');
	Object.assign(oldKey() ?? {}, {status: 'Inactive'});
	expect(stop(await move(beginning('cairo')))).toBe('OldNotWorking');
});

test('a run that ended right after the old access key was set Inactive: NPS is not back before that is undone', async () => {
	await halted();
	const record = JSON.parse(readFileSync(recordOf(), 'utf8')) as {entries: readonly Entry[]};
	const at = record.entries.findIndex(it => it.type === 'completed' && it.step === 'move-retire');
	expect(record.entries[at - 1]?.type).toBe('outcome');
	writeFileSync(recordOf(), JSON.stringify({...record, entries: record.entries.slice(0, at)}));
	expect(factsOf()).not.toHaveProperty('leftBehind');
	expect(stop(await move({npsWentBack: true}))).toBe('StillInactive');
	expect(factsOf()['movingTo']).toBe('berlin');
	expect(stop(await move({reactivateAccessKey: oldKey()?.id}))).toBe('ActiveAgain');
	expect(stop(await move({npsWentBack: true}))).toBe('NoTarget');
});

test('where somebody else set the old access key Active again, NPS may be back', async () => {
	await halted();
	Object.assign(oldKey() ?? {}, {status: 'Active'});
	expect(stop(await move())).toBe('ActiveAgain');
	expect(stop(await move({npsWentBack: true}))).toBe('NoTarget');
	expect(factsOf()).not.toHaveProperty('leftBehind');
});

test('a person says by a key that NPS is back, and each form of the next move is asked anew', async () => {
	await underWay();
	await npsUses('berlin');
	later(hour);
	expect(stop(await move())).toBe('NotRestarted');
	const asked: string[] = [];
	const sit = sittingAt(() => bench, moveKey, asked);
	const {backedUp, backupsExpire} = beginning('cairo');
	expect(await sit({}, [], {toSetup: 'cairo'})).toBe('OtherMove');
	// What was refused is forgotten.
	expect(await sit({})).toBe('NotRestarted');
	expect(asked).not.toContain('toSetup');
	expect(await sit({}, ['NPS uses nps again'], {toSetup: 'cairo'})).toBe('NoTarget');
	expect(await sit({toSetup: 'cairo', backedUp, backupsExpire})).toBe('NotRotatedYet');
	expect(asked).toEqual(expect.arrayContaining(['toSetup', 'backedUp', 'moveRotated']));
	expect(factsOf()['movingTo']).toBe('cairo');
});
