import {typedByHand} from '../../aws/by-hand.js';
import {commandLine} from '../../engine/command-line.js';
import {historyOf} from '../../engine/history.js';
import {type Entry, fold, knownFor} from '../../engine/record.js';
import {type Facts, type Known, textAnswer} from '../../engine/step.js';
import type {ThisRun} from '../../engine/this-run.js';
import {Trouble} from '../../engine/trouble.js';
import {readRecords, recordedNames} from '../../local/record-store.js';
import {setupsDir} from '../../local/state-folder.js';
import type {Run} from '../../run/run.js';
import {thisRunOf} from '../../run/this-run.js';
import {moveKey, retire} from '../../steps/index.js';
import {isRetired, isRetiring} from '../../steps/retire/stage.js';
import {disabledSince, lastDone, restsSince} from '../../steps/retire/standing.js';
import {dayOf, daysAfter} from '../../steps/things/days.js';

type Day = {
	/** Which it is: the same day told again bears the same. */
	readonly which: string;
	readonly day: string;
	readonly summary: string;
	readonly description: string;
};
/** A day that a move, a retirement or a deletion waits for; `told` rises with what its record tells, last at `at`. */
export type DayToCome = Day & {readonly told: number; readonly at: string};

/** What the records of this machine tell: of one setup or of all, those that were taken back as well. */
export function recordedDays(
	run: Run,
	setup: string | undefined,
	now: string,
): {readonly days: readonly DayToCome[]; readonly ending: readonly string[]} {
	const dir = setupsDir(run.env, run.options.sandbox);
	const [days, ending]: [DayToCome[], string[]] = [[], []];
	for (const name of setup === undefined ? recordedNames(dir) : [setup]) {
		const called = thisRunOf({...run, options: {...run.options, setup: name}});
		for (const {entries, kept} of readable(dir, name)) {
			const state = fold(entries, 'setup');
			// Its access key is nobody's to replace any more.
			if (!kept && (isRetiring(state) || isRetired(state))) ending.push(name);
			days.push(...daysIn({entries, kept}, called, now));
		}
	}
	return {days, ending};
}
/** One that can't be read is told by the look, and hides no other. */
function readable(dir: string, name: string): ReturnType<typeof readRecords> {
	try {
		return readRecords(dir, name);
	} catch (error) {
		if (error instanceof Trouble) return [];
		throw error;
	}
}
/** The days that one record tells. */
function daysIn(
	{entries, kept}: {readonly entries: readonly Entry[]; readonly kept: boolean},
	run: ThisRun,
	now: string,
): readonly DayToCome[] {
	// How long each waits is an answer of its own course.
	const asSeenBy = (course: string): Known => knownFor('', fold(entries, course), run);
	const known = asSeenBy('setup');
	const id = known.setupId ?? run.setup ?? '';
	const going = ofDeletion(known, entries);
	// What is taken back waits for nothing else.
	const others =
		kept || going.length > 0 ? [] : [...ofMove(asSeenBy(moveKey.name)), ...ofRetirement(asSeenBy(retire.name))];
	const days = [...going.filter(it => it.day >= dayOf(now)), ...others];
	return days.map(it => ({...it, which: `${it.which}.${id}`, told: entries.length, at: entries.at(-1)?.at ?? now}));
}

const ofNps = ({run: {setup = ''}}: Known): string => (setup === 'nps' ? 'NPS' : `NPS (${setup})`);
const where = ({account}: Facts): string => (account === undefined ? '' : ` in account ${account}`);
const dayAfter = (day: string): string => dayOf(daysAfter(day, 1));
const daysSaid = ({answers}: Known, name: string): number => Number(textAnswer(answers, name) || '14');

function ofMove(known: Known): readonly Day[] {
	const {facts, run} = known;
	const {movingTo, leftBehind, leftBehindAt, notMissedSince, keptUntil} = facts;
	if (movingTo === undefined || isRetiring(known) || isRetired(known)) return [];
	const days = daysSaid(known, 'watchDays');
	return [
		// What was Inactive before, and not missed then, says nothing of this time.
		...(leftBehindAt !== undefined && (notMissedSince === undefined || notMissedSince < leftBehindAt)
			? [
					{
						which: 'move-watched',
						day: dayOf(daysAfter(leftBehindAt, days)),
						summary: `The old access key of ${ofNps(known)} was Inactive for ${days} days`,
						description:
							`Access key ${leftBehind ?? ''} of setup ${run.setup ?? ''}${where(facts)} is Inactive since ` +
							`${dayOf(leftBehindAt)}. If NPS is healthy, ${commandLine(run, 'move-key', '--nps-healthy')} goes on.`,
					},
				]
			: []),
		...(keptUntil !== undefined
			? [
					{
						which: 'move-kept',
						day: dayAfter(keptUntil),
						summary: `The backups of ${ofNps(known)} from before the move have expired`,
						description:
							`The KMS key of setup ${run.setup ?? ''}${where(facts)} was kept for them until ${keptUntil}: NPS ` +
							(leftBehind === undefined
								? `is being moved to setup ${movingTo}. ${commandLine(run, moveKey.name)} goes on.`
								: `was moved to setup ${movingTo}. ${commandLine(run, retire.name)} ends the old one, in stages.`),
					},
				]
			: []),
	];
}

function ofRetirement(known: Known): readonly Day[] {
	const {facts, run} = known;
	const {accessKeyId: id = '', backupsUntil} = facts;
	if (!isRetiring(known) && !isRetired(known)) return [];
	const what = `of setup ${run.setup ?? ''}${where(facts)}`;
	const goesOn = commandLine(run, 'retire');
	const rests = lastDone(known, `delete-${id}`) ? undefined : restsSince(known, id);
	const disabled = isRetired(known) ? undefined : disabledSince(known);
	const [inactive, off] = [daysSaid(known, 'inactiveDays'), daysSaid(known, 'disabledDays')];
	return [
		...(rests !== undefined
			? [
					{
						which: 'retire-inactive',
						day: dayOf(daysAfter(rests, inactive)),
						summary: `The access key of ${ofNps(known)} was Inactive for ${inactive} days`,
						description: `Access key ${id} ${what} can be deleted if nothing missed it: ${goesOn} goes on.`,
					},
				]
			: []),
		...(disabled !== undefined
			? [
					{
						which: 'retire-disabled',
						day: dayOf(daysAfter(disabled, off)),
						summary: `The KMS key of ${ofNps(known)} was Disabled for ${off} days`,
						description: `The KMS key ${what} is watched until then: ${goesOn} looks whether it was tried.`,
					},
				]
			: []),
		...(backupsUntil
			? [
					{
						which: 'retire-backups',
						day: dayAfter(backupsUntil),
						summary: `The last backup that needs the KMS key of ${ofNps(known)} has expired`,
						description:
							`It was said that it expires on ${backupsUntil}. Once setup ${run.setup ?? ''} is retired, ` +
							`${commandLine(run, 'discard', '--delete-kms-key')} has the KMS key deleted.`,
					},
				]
			: []),
	];
}

/** KMS keys that are scheduled for deletion, and not kept since, by this record. */
function ofDeletion(known: Known, entries: readonly Entry[]): readonly Day[] {
	const changes = historyOf(entries).changes.filter(it => /^(done|found)$/.test(it.outcome));
	const about = (api: string, id: unknown): number =>
		changes.findLastIndex(({change: {call}}) => call.api === api && call.input['KeyId'] === id);
	return changes.flatMap(({change: {call}, at}, index) => {
		const {KeyId: id, PendingWindowInDays: days} = call.input;
		if (call.api !== 'kms:ScheduleKeyDeletion' || index !== about(call.api, id)) return [];
		if (about('kms:CancelKeyDeletion', id) > index) return [];
		const day = dayOf(daysAfter(at, Number(days ?? 30)));
		const keep = [`aws kms cancel-key-deletion --key-id ${String(id)}`, `aws kms enable-key --key-id ${String(id)}`];
		return [
			{
				which: `deletion.${String(id)}`,
				day,
				summary: `KMS deletes the KMS key of ${ofNps(known)}`,
				description:
					`KMS key ${String(id)} of setup ${known.run.setup ?? ''}${where(known.facts)} is deleted on ${day} or soon ` +
					`after, and what was protected with it is lost then. Until that day it can be kept: ` +
					typedByHand(known, keep),
			},
		];
	});
}
