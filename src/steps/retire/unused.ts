import {commandLine} from '../../engine/command-line.js';
import {type Known, type Plan, type Stop, step, textAnswer} from '../../engine/step.js';
import {type MovedHere, movesHere} from '../discard/moved-here.js';
import {historyDays, lookForUse, type Silence} from '../looks/no-use.js';
import {daysSinceRestart, restartDay, serversRestarted, wrongRestart} from '../things/confirmed-restart.js';
import {dayOf, daysAfter, wrongDays} from '../things/days.js';
import {vendorPage} from '../things/vendor.js';
import {isRetiring} from './stage.js';
import {lookAtStanding, type Standing, turnedRound, undoable} from './standing.js';

declare module '../../engine/facts.js' {
	interface FactNames {
		/** The day of the restart that made silence count, and until when, in ISO 8601, there was none of a use. */
		restartCounted: string;
		silentUntil: string;
	}
}

const days = (known: Known): number => Number(textAnswer(known.answers, 'unusedDays') || '30');

type Seen = Standing & {readonly silence: Silence; readonly moves: readonly MovedHere[]};
/** Whether NPS needs the KMS key no more: by what AWS shows, and by the person's word with its days. */
export const unused = step<Seen>({
	id: 'retire-unused',
	name: 'No use',
	title: 'See that nothing uses the KMS key',
	guide: {
		covers: 'nothing: ending a set-up is ours',
		text: [
			'Nothing may have used the key for some time (30 days unless you say otherwise), by KMS and CloudTrail. ' +
				'Silence counts only if the services of every NPS server were restarted in that time: NPS may use the key ' +
				'only when they start.',
		],
		links: [vendorPage, 'https://docs.aws.amazon.com/kms/latest/developerguide/monitoring-keys-determining-usage.html'],
	},
	fields: () => [
		{
			name: 'unusedDays',
			label: 'Days without use',
			flagSays: 'for so many days nothing may have used the KMS key',
			takes: 'n',
			kind: 'text',
			initial: '30',
			settles: 'never',
			wrong: wrongDays(365),
		},
		serversRestarted,
		{
			name: 'unusedReason',
			label: "If AWS can't tell whether it is used, go on because",
			kind: 'text',
			initial: '',
			optional: true,
			// What is not known later is another thing.
			settles: 'each-run',
			hint: 'kept in the record',
		},
	],
	async observe(look, known) {
		const asked = Math.max(days(known), Math.min(daysSinceRestart(known), historyDays));
		const [standing, silence, moves] = await Promise.all([
			lookAtStanding(look, known),
			lookForUse(look, known, asked),
			movesHere(look, known),
		]);
		return {...standing, silence, moves};
	},
	plan: (seen, known) => turnedRound(seen, known) ?? undoable(planFor(seen, known), seen),
});

function planFor({silence, moves}: Seen, known: Known): Plan | Stop {
	const onWord = movedOnWord(moves, known);
	const stop = used(silence, known) ?? untold(silence, known) ?? (onWord && silenceIsNoWord(onWord, silence, known));
	if (stop) return stop;
	// A use that is old enough has to have come before the restart all the same.
	const wrong = wrongRestart(known, silence.is === 'used' ? silence.at.toISOString() : silence.since);
	const older = wrong !== undefined && !countedBefore(silence, known);
	if (older && !(toldOnlyFrom(silence, known) && reasonOf(known) !== '')) return notRestarted(wrong, silence, known);
	const reason = silence.is === 'untold' || onWord || older ? `; on your word: ${reasonOf(known)}` : '';
	return {
		changes: [],
		facts: {restartCounted: restartDay(known), silentUntil: known.run.now ?? ''},
		says: `${silence.words}${reason}; servers restarted ${restartDay(known)}`,
	};
}
/**
 * From which day on AWS tells, if the restart, or the day on which NPS was shut down, comes before that: where the last
 * use is our own proof, nothing tells of what came between.
 */
function toldOnlyFrom(silence: Silence, known: Known): string | undefined {
	const said = restartDay(known);
	if (said === '' || silence.is === 'used' || (silence.is === 'unused' && silence.isUse)) return undefined;
	const from = dayOf(silence.since);
	return said <= dayOf(daysAfter(from, 1)) ? from : undefined;
}
/**
 * Whether that restart counted before, and no use came since: the time that is looked at moves on, and what came before
 * it was looked at then.
 */
const countedBefore = (silence: Silence, known: Known): boolean =>
	isRetiring(known) &&
	known.facts.restartCounted === restartDay(known) &&
	silence.is !== 'used' &&
	!(silence.is === 'unused' && silence.isUse) &&
	silence.since <= (known.facts.silentUntil ?? '');
/** A move of NPS to it on somebody's word alone, and not away since: what never showed is silent all the same. */
const movedOnWord = (moves: readonly MovedHere[], {facts}: Known): MovedHere | undefined =>
	facts.leftBehind === undefined ? moves.find(it => it.is === 'moved' && it.onWord) : undefined;
const silenceIsNoWord = ({setup}: MovedHere, {words}: Silence, known: Known): Stop | undefined =>
	reasonOf(known) !== ''
		? undefined
		: {
				is: 'pause',
				what: 'That AWS shows no use says little here',
				why:
					`${words}. But NPS was moved to this KMS key from setup ${setup} on somebody's word: AWS did not ` +
					'show that it was used',
				first: 'Find out which KMS key NPS uses now',
				ways: [
					{
						is: 'answer',
						says: 'if you know that it is not this one, say why',
						field: 'unusedReason',
						flags: '--unused-reason WHY',
					},
				],
				again: commandLine(known.run),
				code: 'MovedOnWord',
			};
const reasonOf = ({answers}: Known): string => textAnswer(answers, 'unusedReason').trim();

const used = (silence: Silence, known: Known): Stop | undefined =>
	silence.is !== 'used' || silence.at < daysAfter(known.run.now ?? '', -days(known))
		? undefined
		: {
				is: 'pause',
				what: `The KMS key was in use within the last ${days(known)} days`,
				why: `${silence.words}. What needs it loses its data without it`,
				ways: [
					{is: 'by-hand', says: 'find out what uses it, and move that to another key'},
					{is: 'wait', says: `wait ${days(known)} days from then`},
				],
				again: commandLine(known.run),
				code: 'Used',
			};
const untold = (silence: Silence, known: Known): Stop | undefined =>
	silence.is !== 'untold' || reasonOf(known) !== ''
		? undefined
		: {
				is: 'pause',
				what: `AWS can't tell whether the KMS key was used since ${dayOf(silence.since)}`,
				why: silence.words,
				ways: [
					{is: 'by-hand', says: 'have kms:GetKeyLastUsage or cloudtrail:LookupEvents allowed'},
					{
						is: 'answer',
						says: 'if you know that nothing uses it, say why',
						field: 'unusedReason',
						flags: '--unused-reason WHY',
					},
				],
				again: commandLine(known.run),
				code: 'NotTold',
			};
function notRestarted(wrong: string, silence: Silence, known: Known): Stop {
	const from = toldOnlyFrom(silence, known);
	const said = restartDay(known);
	return {
		is: 'pause',
		what: 'Silence counts only once the services of every NPS server were restarted',
		why: from
			? `${silence.words}. What came between ${said} and ${from} AWS does not tell: the last use is our own proof, ` +
				'or not told'
			: `${silence.words}. ${wrong}`,
		first: 'Restart them, unless that was done since the last use, and test a log-in',
		ways: [
			{is: 'answer', says: 'then say on which day', field: 'serversRestarted', flags: '--servers-restarted DAY'},
			...(from
				? [
						{
							is: 'answer',
							says: `if they have been shut down since ${said}, say why you are sure that nothing uses it`,
							field: 'unusedReason',
							flags: '--unused-reason WHY',
						} as const,
					]
				: []),
		],
		again: commandLine(known.run),
		code: 'NotRestarted',
	};
}
