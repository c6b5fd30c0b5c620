import {keyOf} from '../../engine/keys.js';
import {type Field, type Known, type Stop, step, textAnswer} from '../../engine/step.js';
import {timeInWords} from '../../engine/time-in-words.js';
import type {LastUse} from '../looks/evidence-of-use.js';
import {type KeyState, unusableKmsKey} from '../things/kms-key-states.js';
import {vendorPage} from '../things/vendor.js';
import {oldKmsKey} from './old.js';
import {lookSince, type SeenSince} from './restart.js';
import {inactiveSince, turned, undoable} from './retire.js';

const day = 24 * 3_600_000;
/** How many days the old access key is watched while it is Inactive, unless told. */
const usual = '14';

const fields: readonly Field[] = [
	{
		name: 'watchDays',
		label: 'Days to watch it',
		flagSays: 'days for which the old access key stays Inactive before it counts as not missed',
		kind: 'text',
		initial: usual,
		settles: 'never',
		wrong: it => (/^(0|[1-9]\d{0,2})$/.test(String(it)) ? undefined : 'A whole number from 0 to 999'),
	},
	{
		name: 'stillHealthy',
		label: 'Is NPS still healthy?',
		flagSays: 'NPS is healthy with the old access key Inactive',
		kind: 'yes-no',
		flag: 'nps-healthy',
		initial: false,
		after: 'move-retire',
		afterFact: 'leftBehindAt',
		settles: 'each-run',
		asked: 'by-flag',
	},
];
/** The old access key is Inactive for as long as was chosen, and not missed. */
export const watchOld = step<SeenSince>({
	id: 'move-watch',
	name: 'Watch',
	title: 'Watch whether the old access key is missed',
	guide: {
		covers: 'nothing: moving to another KMS key is ours',
		text: [
			'What still needs the old access key fails now, and AWS shows no try with an Inactive access key: only NPS ' +
				'itself tells. Two weeks see most of what runs by a calendar.',
			'If something is missed, the old access key works again as soon as it is Active.',
		],
		links: [vendorPage],
	},
	fields: () => fields,
	observe: lookSince,
	plan(seen, known) {
		const turns = turned(seen, known);
		if (turns) return turns;
		const others = usedByOthers(seen.last, known);
		const stop = tooEarly(known) ?? notHealthy(others, known);
		if (stop) return seen.old ? undoable(stop, known) : stop;
		const leftBehind = known.facts.accessKeyId ?? '';
		return {
			changes: [],
			facts: {leftBehind, notMissedSince: sinceOf(known)},
			says: `${leftBehind} is not missed`,
			warns: others.map(it => `${it}.`),
		};
	},
});

/** That the old KMS key was used since, by whomever. */
function usedByOthers(last: LastUse, known: Known): readonly string[] {
	if (last.is !== 'used' || !(last.at.getTime() > inactiveSince(known))) return [];
	return [`Its KMS key was used since, by another access key or role: ${last.operation}, ${timeInWords(last.at)}`];
}
function tooEarly(known: Known): Stop | undefined {
	const days = Number(textAnswer(known.answers, 'watchDays') || usual);
	const until = inactiveSince(known) + days * day;
	if (!(Date.parse(known.run.now ?? '') < until)) return undefined;
	return {
		is: 'pause',
		what: `Access key ${known.facts.accessKeyId ?? ''} is Inactive, and watched until ${timeInWords(new Date(until))}`,
		why:
			`What runs seldom shows only then: ${days} days were chosen` +
			(known.answers['stillHealthy'] === true ? '. That NPS is healthy counts only once they are over' : ''),
		ways: [{is: 'wait', says: 'wait until then'}],
		code: 'Watching',
	};
}
const sinceOf = (known: Known): string => new Date(inactiveSince(known)).toISOString();
const notHealthy = (others: readonly string[], known: Known): Stop | undefined =>
	known.answers['stillHealthy'] === true || known.facts.notMissedSince === sinceOf(known)
		? undefined
		: {
				is: 'pause',
				what: 'Is NPS still healthy?',
				why:
					`Access key ${known.facts.accessKeyId ?? ''} has been Inactive since ` +
					`${timeInWords(new Date(inactiveSince(known)))}. What still needed it fails now: only NPS itself tells` +
					others.map(it => `. ${it}`).join(''),
				first: 'Test a log-in on every NPS server, and what runs by a calendar',
				code: 'Healthy',
				ways: [
					{
						is: 'choose',
						key: keyOf('yes'),
						label: 'NPS is healthy',
						says: 'then say so',
						answers: {stillHealthy: true},
						flags: '--nps-healthy',
					},
				],
			};

/** The old KMS key stays, Enabled, for as long as a backup may need it. */
export const keepOldKmsKey = step<KeyState>({
	id: 'move-kept',
	name: 'Old KMS key',
	title: 'Keep the old KMS key',
	guide: {
		covers: 'nothing: moving to another KMS key is ours',
		text: [
			'A backup of NPS that was made before the move can be read only with the old KMS key. So it stays, Enabled, ' +
				'until the last of them has expired; a KMS key costs about $1 a month.',
			'To read such a backup, its access key is set Active again first. Nothing changes here.',
		],
		links: [vendorPage, 'https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html'],
	},
	observe: oldKmsKey,
	plan(key, known) {
		const {keptUntil = ''} = known.facts;
		return (
			unusableKmsKey(key, known) ?? {
				changes: [],
				says: `${key.id} is kept, Enabled, until ${keptUntil}`,
				warns: [`Never disable or delete KMS key ${key.id} before ${keptUntil}: backups from before the move need it.`],
			}
		);
	},
});
