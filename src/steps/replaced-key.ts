import {type Attempt, type Known, type Plan, type Problem, step, textAnswer} from '../engine/step.js';
import {ageInDays, dueDay, dueSoon} from './access-key-age.js';
import {deactivate, remove} from './key-changes.js';
import {vendorPage} from './names.js';
import {listKeys, type SeenKey, told} from './seen-keys.js';
import {oldId} from './two-keys.js';

/** Which access key is NPS's, and how old it is. */
export const replacedKey = step<readonly SeenKey[]>({
	id: 'replaced-key',
	name: 'Old access key',
	title: 'See which access key is replaced',
	guide: {
		covers: 'Create a User, the caution below step 12',
		text: [
			'AWS allows a user two access keys. The one that NPS uses stays as it is until NPS has been rotated to a new one.',
			"If there are two already, you're asked which is NPS's. The other is set Inactive and deleted, by its id, to make room.",
		],
		links: [vendorPage, 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html#rotating_access_keys_console'],
	},
	fields: () => [
		{
			name: 'replaceNow',
			label: 'Replace it though it is not due',
			kind: 'yes-no',
			initial: false,
			anew: true,
			open: true,
			// Asked by the problem that it answers, and by its flag.
			when: answers => answers['replaceNow'] === true,
		},
	],
	observe: async (look, known) => (known.facts['userName'] === undefined ? [] : listKeys(look, known.facts['userName'])),
	plan(keys, known) {
		const under = oldId(known);
		if (!known.facts['keyArn'] || !known.facts['userName']) return unfinished(known);
		if (under) return {changes: [], says: `${under} is being replaced`};
		const chosen = choose(keys, known);
		return 'what' in chosen ? chosen : (notDue(chosen.nps, known) ?? planFor(chosen, known));
	},
});

const unfinished = ({facts}: Known): Problem => ({
	what: `Setup ${facts['setup'] ?? ''} is not finished, so there is nothing to replace`,
	why: 'Its record names no user or no KMS key',
	todo: 'Run nps-kms to carry on',
	code: 'NotFinished',
});

type Chosen = {readonly nps: SeenKey; readonly other: SeenKey | undefined};
function choose(keys: readonly SeenKey[], known: Known): Chosen | Problem {
	const [first, second] = keys;
	if (!first)
		return {
			what: `The user ${known.facts['userName'] ?? ''} has no access key`,
			why: 'There is nothing to replace',
			todo: 'Run nps-kms to make one',
			code: 'NoAccessKey',
		};
	const removed = textAnswer(known.answers, 'removeAccessKey');
	const named = second ? textAnswer(known.answers, 'npsKey') || keys.find(it => it.id !== removed && removed !== '')?.id : first.id;
	const nps = keys.find(it => it.id === named);
	if (!nps || (second && removed !== '' && !keys.some(it => it.id === removed)))
		return {
			what: `The user has two access keys. Which one does NPS use?`,
			why: keys.map(told).join('; '),
			todo: 'The other one is set Inactive and deleted first: name it with --remove-access-key ID',
			code: 'TwoKeys',
			ways: keys.map((it, at) => ({key: String(at + 1), label: `NPS uses ${it.id}`, answers: {npsKey: it.id}})),
		};
	if (!nps.active)
		return {
			what: `Access key ${nps.id} is Inactive, so NPS can't be using it`,
			why: told(nps),
			todo: `Set it Active if NPS is to use it, or run nps-kms status to see what there is`,
			code: 'Inactive',
		};
	return {nps, other: keys.find(it => it !== nps)};
}

function planFor({nps, other}: Chosen, known: Known): Plan {
	const now = new Date(known.facts['now'] ?? Number.NaN);
	const age = nps.madeAt && !Number.isNaN(now.getTime()) ? `, ${ageInDays(nps.madeAt, now)} days old` : '';
	const use = nps.lastUsed ? `, last used ${nps.lastUsed.toISOString().slice(0, 16)}Z` : '';
	const facts = {replacing: nps.id};
	if (!other) return {changes: [], facts, says: `${nps.id}${age}${use}`};
	const asked = {why: `you said that NPS uses ${nps.id}`};
	return {
		changes: [...deactivate(other, known, asked), remove(other, known, asked)],
		facts,
		warns: [`The other access key: ${told(other)}.`],
		confirm: {
			words: [other.id],
			says: `Access key ${other.id} can't be brought back once it is deleted.`,
			flags: {'remove-access-key': [other.id]},
		},
	};
}

const fiveMinutes = 5 * 60_000;
/** After a replacement, the next one begins only when it is due, or on the person's word: run once more by mistake, nothing happens. */
function notDue({id, madeAt}: SeenKey, known: Known): Problem | undefined {
	// After a death before its outcome was written, only its time tells which one an attempt made.
	const made = ({learned, outcome, at}: Attempt): boolean =>
		learned['newAccessKeyId'] === id || (outcome === 'settled' && madeAt !== undefined && Math.abs(madeAt.getTime() - Date.parse(at)) <= fiveMinutes);
	const ofRound = known.of('new-access-key').past.some(it => it.change.id === 'create-access-key' && made(it));
	const now = new Date(known.facts['now'] ?? Number.NaN);
	if (!ofRound || known.answers['replaceNow'] === true || !madeAt || !(ageInDays(madeAt, now) < dueSoon)) return undefined;
	return {
		what: `Access key ${id} was made by the last replacement, ${ageInDays(madeAt, now)} days ago`,
		why: `It is to be replaced by ${dueDay(madeAt)}`,
		todo: 'Run nps-kms replace-access-key then, or now with --replace-now',
		code: 'NotDue',
		pauses: true,
		ways: [{key: 'n', label: 'replace it now', answers: {replaceNow: true}}],
	};
}
