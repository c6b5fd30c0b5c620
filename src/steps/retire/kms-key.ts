import {byCommands} from '../../aws/by-hand.js';
import {call} from '../../aws/client/call.js';
import {commandLine} from '../../engine/command-line.js';
import {keyOf} from '../../engine/keys.js';
import {type Change, type Known, type Plan, type Stop, step, textAnswer} from '../../engine/step.js';
import {isOurs, type ToldOfKey, toldOfKey} from '../looks/evidence-of-use.js';
import {whoseInWords} from '../looks/no-use.js';
import {backupsDay} from '../things/backups-day.js';
import {untilThen} from '../things/dated-gate.js';
import {dayOf, daysAfter, wrongDays} from '../things/days.js';
import {onceUnguarded, takeGuard} from '../things/deletion-guard.js';
import {aliasNow, type SeenKmsKey} from '../things/kms-key.js';
import {untoldReason, untoldReasonOf} from '../things/untold-reason.js';
import {vendorPage} from '../things/vendor.js';
import {byId, disabledSince, isToBeDisabled, lookAtStanding, type Standing, turnedRound, undoable} from './standing.js';

const page = 'https://docs.aws.amazon.com/kms/latest/developerguide/enabling-keys.html';

/** The KMS key is disabled. */
export const disableKmsKey = step<Standing>({
	id: 'retire-kms-key',
	name: 'Disable',
	title: 'Disable the KMS key',
	guide: {
		covers: 'nothing: ending a set-up is ours',
		text: [
			'Disabled, the KMS key encrypts and decrypts nothing, and is kept. Whatever needs it fails, as it would once ' +
				'the key is deleted; enabled again, all of it works as before.',
			'A deletion guard that this set-up wrote is taken away first, in a review of its own.',
		],
		links: [vendorPage, page],
	},
	fields: () => [
		byId('disableKmsKey', 'The KMS key, to be disabled'),
		byId('enableKmsKey', 'The KMS key, to be enabled again'),
	],
	observe: lookAtStanding,
	plan: (seen, known) => turnedRound(seen, known) ?? undoable(disabling(seen, known), seen),
});

function disabling({kmsKey: key}: Standing, known: Known): Plan | Stop {
	if (key?.state === 'Disabled')
		return disabledSince(known) === undefined
			? notByUs(key, known)
			: {changes: [], facts: {retiring: known.facts.accessKeyId ?? ''}, says: `${key.arn} is Disabled`};
	if (!key || !isToBeDisabled(known)) return mayBeDisabled(key?.id ?? known.facts.keyId ?? '', known);
	const disable: Change = {
		id: 'disable-key',
		verb: 'update',
		subject: `KMS key ${key.id}, to Disabled`,
		why: 'this set-up ends; it can be enabled again at any time',
		// It is watched anew.
		record: {undoes: [], forgets: ['retired'], reverses: ['enable-key']},
		call: call('kms:DisableKey', {KeyId: key.id}),
	};
	const guard = takeGuard(key, it => it, known.of('managed-key'));
	const alias = aliasNow(known);
	return {
		changes: guard ? [guard] : onceUnguarded([disable], known),
		...(guard && {afterwards: [disable]}),
		warns: ['Whatever still needs the KMS key fails from now on, until it is enabled again. Nothing is lost by that.'],
		confirm: {
			words: [alias.replace(/^alias\//, ''), alias],
			says: 'The alias says that it is this KMS key.',
			flags: {'disable-kms-key': [key.id]},
		},
	};
}
function mayBeDisabled(id: string, known: Known): Stop {
	const again = disabledSince(known) !== undefined;
	return {
		is: 'pause',
		what: again ? `KMS key ${id} is Enabled again: somebody else set it so` : `KMS key ${id} can be disabled`,
		why: again
			? 'Something may have missed it. This set-up is not ended as long as it is Enabled'
			: 'Nothing that AWS shows uses it. Disabled it can be enabled again at any time',
		...(again && {first: 'Find out who enabled it, and what for'}),
		code: 'MayBeDisabled',
		ways: [
			{
				is: 'choose',
				key: keyOf('inactive'),
				label: again ? 'disable it again' : 'disable it',
				answers: {disableKmsKey: id, enableKmsKey: ''},
				flags: `--disable-kms-key ${id}`,
			},
		],
	};
}
const notByUs = ({id}: SeenKmsKey, known: Known): Stop => ({
	is: 'pause',
	what: `KMS key ${id} is Disabled already, and this command did not set it so`,
	why: 'Since when is not known here, so nothing was watched',
	ways: [byCommands(known, [`aws kms enable-key --key-id ${id}`], 'enable it, then have it disabled here')],
	again: commandLine(known.run),
	code: 'DisabledBefore',
});

type Seen = Standing & {readonly told: ToldOfKey | undefined};
/** The disabled KMS key is watched: who still needs it shows by failing. */
export const watchKmsKey = step<Seen>({
	id: 'retire-watch',
	name: 'Watch',
	title: 'Watch the disabled KMS key',
	guide: {
		covers: 'nothing: ending a set-up is ours',
		text: [
			'The KMS key stays Disabled for some time (14 days unless you say otherwise). CloudTrail shows every try with ' +
				'it that fails, and who it was. Then the days begin anew.',
			'After that the set-up is retired. Nothing deletes the key by itself: that is a command of its own, and KMS ' +
				'waits up to 30 days more.',
		],
		links: [vendorPage, page],
	},
	fields: () => [
		{
			name: 'disabledDays',
			label: 'Days to stay Disabled',
			flagSays: 'for so many days the KMS key is Disabled, and nothing tries to use it, before the set-up is retired',
			takes: 'n',
			kind: 'text',
			initial: '14',
			settles: 'never',
			wrong: wrongDays(90),
		},
		untoldReason,
	],
	async observe(look, known) {
		const since = disabledSince(known);
		const [standing, told] = await Promise.all([
			lookAtStanding(look, known),
			since === undefined ? undefined : toldOfKey(look, known.facts.keyArn ?? '', watchedFrom(since, known)),
		]);
		return {...standing, told};
	},
	plan: (seen, known) => turnedRound(seen, known) ?? undoable(planFor(seen, known), seen),
});
const daysOf = ({answers}: Known): number => Number(textAnswer(answers, 'disabledDays') || '14');
/** Tries that are older than the watch count no more. */
const watchedFrom = (since: string, known: Known): number =>
	Math.max(Date.parse(since), daysAfter(known.run.now ?? '', -daysOf(known)).getTime());

function planFor(seen: Seen, known: Known): Plan | Stop {
	const since = disabledSince(known);
	const {kmsKey, told} = seen;
	if (kmsKey?.state !== 'Disabled' || since === undefined) return disabling(seen, known);
	const tries = (told?.tries ?? []).filter(it => !isOurs(it, known));
	if (tries.length > 0) return stillNeeded(tries, known);
	const days = daysOf(known);
	const waits = untilThen(
		{
			what: `KMS key ${kmsKey.id} stays Disabled for ${days} days`,
			why: 'What still needs it fails now, and CloudTrail shows that',
			code: 'Watching',
			since,
			days,
		},
		known,
	);
	if (waits) return waits;
	const reason = untoldReasonOf(known);
	const silent = told !== undefined && !told.cut;
	if (!silent && reason === '') return notTold(days, known);
	const words = silent ? `no try was seen in ${days} days` : `on your word that nothing tries to use it: ${reason}`;
	return {
		changes: [],
		facts: {retired: known.facts.retired || (known.run.now ?? '')},
		says: `${kmsKey.arn} is Disabled; ${words}`,
		warns: [whatIsNext(known)],
	};
}
/** What is left to do, and from which day on. */
export const whatIsNext = (known: Known): string =>
	`The KMS key is kept, Disabled. Once ${backupsDay(known)} is over no backup needs it, and ` +
	`${commandLine(known.run, 'discard', '--delete-kms-key')} has it deleted, with the rest, after 30 days more.`;

function stillNeeded(tries: ToldOfKey['tries'], known: Known): Stop {
	const whose = (it: (typeof tries)[number]): string => `${it.by} ${it.address ?? ''}`;
	const newest = tries.filter((it, at) => tries.findIndex(one => whose(one) === whose(it)) === at);
	const [last] = tries;
	return {
		is: 'pause',
		what: 'Something still needs the KMS key',
		why: `It was refused: ${newest.map(whoseInWords).join('; ')}`,
		first: 'Have the key enabled again if that matters, find out what it is, and move it to another key',
		ways: [
			{is: 'wait', says: `wait until ${dayOf(daysAfter(last?.at.toISOString() ?? '', daysOf(known)))} if it does not`},
		],
		again: commandLine(known.run),
		code: 'StillNeeded',
	};
}
const notTold = (days: number, known: Known): Stop => ({
	is: 'pause',
	what: `AWS can't tell whether something tried to use the KMS key in ${days} days`,
	why: "CloudTrail can't be asked, or tells of none of the key's events, or of too many",
	ways: [
		{is: 'by-hand', says: 'have cloudtrail:LookupEvents allowed'},
		{
			is: 'answer',
			says: 'if you know that nothing misses the key, say why',
			field: 'untoldReason',
			// What the days before needed in this run, the next one needs again.
			flags: `--untold-reason WHY${textAnswer(known.answers, 'unusedReason') === '' ? '' : ' --unused-reason WHY'}`,
		},
	],
	again: commandLine(known.run),
	code: 'NotTold',
});
