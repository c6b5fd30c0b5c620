import {commandLine} from '../../engine/command-line.js';
import type {Known, Look, Stop, Ways} from '../../engine/step.js';
import {isOurs, type ToldOfKey, toldOfKey} from '../looks/evidence-of-use.js';
import {whoseInWords} from '../looks/no-use.js';
import {isRetired} from '../retire/stage.js';
import {disabledSince} from '../retire/standing.js';
import {backupsDay, backupsNeedKey} from '../things/backups-day.js';
import {dayOf, daysAfter} from '../things/days.js';
import {findKmsKey} from '../things/kms-key.js';
import {untoldReasonOf} from '../things/untold-reason.js';

/** The KMS key of a set-up that was retired, before it is deleted. */
export type AfterRetiring = {readonly state: string | undefined; readonly told: ToldOfKey | undefined};

/** So many days before its deletion nothing may have tried to use it. */
const watchedDays = 14;

/** Looks at it once more, where the set-up was retired. */
export async function lookAfterRetiring(look: Look, known: Known): Promise<AfterRetiring | undefined> {
	// A record that was rebuilt doesn't hold what NPS was given.
	if (!isRetired(known) || known.recovered === true) return undefined;
	const made = asMade(known);
	const key = findKmsKey(look, made, undefined);
	// A run that was cut off had its deletion scheduled: where that stands, all that is looked at here was.
	const wasScheduled = known.facts.keyArn === undefined;
	if (wasScheduled && isGone((await key)?.state)) return {state: undefined, told: {uses: [], tries: [], cut: false}};
	const since = daysAfter(known.run.now ?? '', -watchedDays).getTime();
	const [seen, told] = await Promise.all([key, toldOfKey(look, made.facts.keyArn ?? '', since)]);
	return {state: seen?.state, told};
}

/** What the record knows of the KMS key, also once it was scheduled for deletion. */
function asMade(known: Known): Known {
	const it = known.of('managed-key');
	const {keyId, keyArn} = it.past.findLast(({change}) => change.id === 'create-key')?.learned ?? {};
	return {...it, facts: {...(keyId && {keyId}), ...(keyArn && {keyArn}), ...known.facts}};
}
const isGone = (state: string | undefined): boolean => state === undefined || state.startsWith('Pending');

/** Why what was retired is not deleted yet, if it isn't. */
export function notYet({state, told}: AfterRetiring, known: Known): Stop | undefined {
	const what = `Setup ${known.run.setup ?? ''} is not taken back yet`;
	const ways: Ways = [{is: 'run', says: 'see where its end stands', command: commandLine(known.run, 'retire')}];
	if (state === 'Enabled')
		return {
			is: 'problem',
			what,
			why: 'Its KMS key is Enabled again: somebody else set it so, and something may need it',
			ways,
			code: 'EnabledAgain',
		};
	const tries = (told?.tries ?? []).filter(it => !isOurs(it, known));
	if (tries[0])
		return {
			is: 'problem',
			what,
			why: `Something still needs its KMS key, and was refused: ${whoseInWords(tries[0])}`,
			ways,
			code: 'StillNeeded',
		};
	const used = (told?.uses ?? []).find(it => !isOurs(it, known));
	if (used)
		return {
			is: 'problem',
			what,
			why: `Something used its KMS key since it was disabled: ${whoseInWords(used)}`,
			ways,
			code: 'StillNeeded',
		};
	if (known.answers['deleteKmsKey'] !== true) return undefined;
	if (backupsNeedKey(known)) return backupsKept(known, what);
	const silent = told !== undefined && !told.cut;
	return notWatched(known, what) ?? (silent || untoldReasonOf(known) !== '' ? undefined : notTold(what));
}
/** It may have been disabled anew, or for fewer days: what can't be turned round any more waits for all of them. */
function notWatched(known: Known, what: string): Stop | undefined {
	const since = disabledSince(known);
	const until = daysAfter(since ?? known.run.now ?? '', watchedDays);
	if (Date.parse(known.run.now ?? '') >= until.getTime()) return undefined;
	return {
		is: 'problem',
		what,
		why: `Its KMS key is deleted only once it was Disabled for ${watchedDays} days, and that is on ${dayOf(until)}`,
		ways: [{is: 'wait', says: `wait until ${dayOf(until)}`}],
		code: 'NotWatched',
	};
}
const notTold = (what: string): Stop => ({
	is: 'problem',
	what,
	why:
		`CloudTrail can't tell whether something tried to use its KMS key in ${watchedDays} days: it can't be asked, or ` +
		"tells of none of the key's events, or of too many",
	ways: [
		{is: 'by-hand', says: 'have cloudtrail:LookupEvents allowed, and run it again in an hour'},
		{
			is: 'answer',
			says: 'if you know that nothing misses the key, say why',
			field: 'untoldReason',
			flags: '--untold-reason WHY',
		},
	],
	code: 'NotTold',
});
const backupsKept = (known: Known, what: string): Stop => ({
	is: 'problem',
	what,
	why: `A backup that needs its KMS key is kept until ${backupsDay(known)}, you said`,
	ways: [
		{is: 'wait', says: 'wait until that day is over'},
		{
			is: 'run',
			says: 'if that day was wrong, say another there',
			command: commandLine(known.run, 'retire'),
		},
	],
	code: 'BackupsKept',
});
