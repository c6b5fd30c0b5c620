import {byCommands} from '../../aws/by-hand.js';
import * as names from '../../aws/rules/name-rules.js';
import {commandLine} from '../../engine/command-line.js';
import {type Key, keyOf, keyOfNumber} from '../../engine/keys.js';
import {isProblem} from '../../engine/plan.js';
import {type Attempt, type Choose, type Known, type Plan, type Stop, step, textAnswer} from '../../engine/step.js';
import {timeInWords} from '../../engine/time-in-words.js';
import {ageInDays, dueDay, dueSoon} from '../things/access-key-age.js';
import {deactivate, describedAccessKeys, remove, undescribe} from '../things/access-key-changes.js';
import {listAccessKeys, type SeenAccessKey, told} from '../things/access-keys.js';
import {vendorPage} from '../things/vendor.js';
import {newId, oldId} from './both-access-keys.js';
import {contradictions} from './contradictions.js';
import {bringBack, undoable} from './old-access-key-by-id.js';

declare module '../../engine/facts.js' {
	interface FactNames {
		/** The id of the access key that is being replaced. */
		replacing: string;
	}
}

/** Which access key is NPS's, and how old it is. */
export const oldAccessKey = step<{readonly keys: readonly SeenAccessKey[]; readonly described: readonly string[]}>({
	id: 'replaced-key',
	name: 'Old access key',
	title: 'See which access key is replaced',
	guide: {
		covers: 'Create a User, the caution below step 12',
		text: [
			'AWS allows a user two access keys. The one that NPS uses stays as it is until NPS has been rotated to a ' +
				'new one.',
			"If there are two already, you're asked which is NPS's. The other is set Inactive and deleted, by its id, " +
				'to make room.',
		],
		links: [
			vendorPage,
			'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html#rotating_access_keys_console',
		],
	},
	fields: () => [
		{
			name: 'replaceNow',
			label: 'Replace it though it is not due',
			flagSays: 'replace it though it is not due',
			kind: 'yes-no',
			initial: false,
			settles: 'each-run',
			asked: 'by-flag',
		},
		{
			name: 'removeAccessKey',
			label: "Of two access keys the one that isn't NPS's: it is removed first",
			kind: 'text',
			initial: '',
			settles: 'each-run',
			asked: 'by-flag',
			wrong: it => names.accessKeyId(String(it)),
		},
	],
	async observe(look, known) {
		const keys = known.facts.userName === undefined ? [] : await listAccessKeys(look, known.facts.userName);
		return {keys, described: keys.length > 1 ? await describedAccessKeys(look, known) : []};
	},
	plan({keys, described}, known) {
		const under = oldId(known);
		if (!known.facts.keyArn || !known.facts.userName) return unfinished(known);
		const back = bringBack(keys, known);
		if (back) return back;
		if (under && hasNew(keys, known)) return {changes: [], says: `${under} is being replaced`};
		// Until there is a new access key, somebody may have moved NPS to one that they made.
		const chosen = choose(keys, known);
		if (isProblem(chosen)) return undoable(chosen, keys, known);
		const {nps, other} = chosen;
		if (nps.id !== under) return inactive(nps, known) ?? notDue(nps, known) ?? planFor(chosen, described, known);
		if (!other) return {changes: [], says: `${under} is being replaced`};
		// The other one is not removed from beside a key that NPS can't be using.
		const unfit = inactive(nps, known);
		return unfit ? undoable(unfit, keys, known) : planFor(chosen, described, known);
	},
});

const unfinished = ({run}: Known): Stop => ({
	is: 'problem',
	what: `Setup ${run.setup ?? ''} is not finished, so there is nothing to replace`,
	why: 'Its record names no user or no KMS key',
	ways: [{is: 'run', says: 'carry on', command: commandLine(run, '')}],
	code: 'NotFinished',
});

/** Whether there is a new access key, or may be one that an interrupted run made. */
const hasNew = (keys: readonly SeenAccessKey[], known: Known): boolean =>
	keys.some(
		it => it.id === newId(known) || (it.id !== oldId(known) && known.delivered.some(held => held.id === it.id)),
	) || known.of('new-access-key').past.some(it => it.change.id === 'create-access-key' && !it.outcome);

/** An access key that NPS can't be using is not the one to be replaced. */
const inactive = (nps: SeenAccessKey, known: Known): Stop | undefined =>
	nps.active
		? undefined
		: {
				is: 'problem',
				what: `Access key ${nps.id} is Inactive, so NPS can't be using it`,
				why: told(nps),
				ways: [
					byCommands(
						known,
						[`aws iam update-access-key --user-name ${known.facts.userName} --access-key-id ${nps.id} --status Active`],
						'set it Active if NPS is to use it',
					),
					{is: 'run', says: 'see what there is', command: commandLine(known.run, 'status')},
				],
				again: commandLine(known.run),
				code: 'Inactive',
			};

/** That NPS uses the one: the other has to go. */
const thatUses = (it: SeenAccessKey, {id}: Partial<SeenAccessKey> = {}, key: Key): Choose => ({
	is: 'choose',
	key,
	label: `NPS uses ${it.id}`,
	says: `if NPS uses ${it.id}, name the other`,
	answers: {removeAccessKey: id ?? ''},
	flags: `--remove-access-key ${id ?? ''}`,
});
type Chosen = {readonly nps: SeenAccessKey; readonly other: SeenAccessKey | undefined};
function choose(keys: readonly SeenAccessKey[], known: Known): Chosen | Stop {
	const [first, second] = keys;
	if (!first)
		return {
			is: 'problem',
			what: `The user ${known.facts.userName ?? ''} has no access key`,
			why: 'There is nothing to replace',
			ways: [{is: 'run', says: 'have one made', command: commandLine(known.run, '')}],
			code: 'NoAccessKey',
		};
	const removed = textAnswer(known.answers, 'removeAccessKey');
	const other = second && keys.find(it => it.id === removed);
	const nps = second ? other && keys.find(it => it !== other) : first;
	if (!nps)
		return {
			is: 'problem',
			what: `The user has two access keys. Which one does NPS use?`,
			why: keys.map(it => `${told(it)}${byRecord(it.id, known)}`).join('; '),
			first: 'The other one is set Inactive and deleted first',
			code: 'TwoKeys',
			ways: [thatUses(first, second, keyOfNumber(1)), ...(second ? [thatUses(second, first, keyOfNumber(2))] : [])],
		};
	return {nps, other};
}

function planFor({nps, other}: Chosen, described: readonly string[], known: Known): Plan {
	const now = new Date(known.run.now ?? Number.NaN);
	const age = nps.madeAt && !Number.isNaN(now.getTime()) ? `, ${ageInDays(nps.madeAt, now)} days old` : '';
	const use = nps.lastUsed ? `, last used ${timeInWords(nps.lastUsed)}` : '';
	const facts = {replacing: nps.id};
	if (!other) return {changes: [], facts, says: `${nps.id}${age}${use}`};
	const asked = {why: `you said that NPS uses ${nps.id}`};
	return {
		changes: [
			...deactivate(other, known, asked),
			// Before its access key, which tells then that there is still something to do.
			...(described.includes(other.id) ? [undescribe([other.id], known, 'its access key is deleted next')] : []),
			remove(other, known, {}),
		],
		facts,
		warns: [...contradictions(nps, other, known), `The other access key: ${told(other)}.`],
		confirm: {
			words: [other.id],
			says: `Access key ${other.id} can't be brought back once it is deleted.`,
			flags: {'remove-access-key': [other.id]},
		},
	};
}

/** What the record knows of an access key's use by NPS, in words. */
function byRecord(id: string, {delivered, facts}: Known): string {
	const held = delivered.find(it => it.id === id);
	if (held?.inUse) return ': SbPAM.RotateAwsKey was run with it, says the record';
	return held || facts.accessKeyId === id ? ": this setup's access key, says the record" : '';
}
const fiveMinutes = 5 * 60_000;
/**
 * After a replacement, the next one begins only when it is due, or on the person's word: run once more by mistake,
 * nothing happens.
 */
function notDue({id, madeAt}: SeenAccessKey, known: Known): Stop | undefined {
	// After a death before its outcome was written, only its time tells which one an attempt made.
	const made = ({learned, outcome, at}: Attempt): boolean =>
		learned.newAccessKeyId === id ||
		(outcome === 'settled' && madeAt !== undefined && Math.abs(madeAt.getTime() - Date.parse(at)) <= fiveMinutes);
	const ofRound = known.of('new-access-key').past.some(it => it.change.id === 'create-access-key' && made(it));
	const now = new Date(known.run.now ?? Number.NaN);
	if (!ofRound || known.answers['replaceNow'] === true || !madeAt || !(ageInDays(madeAt, now) < dueSoon))
		return undefined;
	return {
		is: 'pause',
		what: `Access key ${id} was made by the last replacement, ${ageInDays(madeAt, now)} days ago`,
		why: `It is to be replaced by ${dueDay(madeAt)}`,
		ways: [
			{is: 'wait', says: 'wait until then'},
			{is: 'choose', key: keyOf('early'), label: 'replace it now', answers: {replaceNow: true}, flags: '--replace-now'},
		],
		again: commandLine(known.run),
		code: 'NotDue',
	};
}
