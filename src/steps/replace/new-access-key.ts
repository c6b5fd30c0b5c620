import {join} from 'node:path';
import * as names from '../../aws/rules/name-rules.js';
import {isProblem} from '../../engine/plan.js';
import {
	type Field,
	type Kept,
	type Known,
	type Look,
	type Note,
	type Plan,
	type Stop,
	step,
	textAnswer,
} from '../../engine/step.js';
import {askedAs} from '../../engine/to-do.js';
import {describe, make, type Removal, removal} from '../access-key.js';
import {deactivate, remove} from '../things/access-key-changes.js';
import {oneByOne, strangers, wasItStored} from '../things/access-key-questions.js';
import {removing, type SeenAccessKey, told} from '../things/access-keys.js';
import {type SeenAccessKeys, seeAccessKeys, sortAccessKeys} from '../things/leftover-access-keys.js';
import {columns, once, placeOf, whereIs} from '../things/secret-place.js';
import {textRule} from '../things/text-rule.js';
import {vendorPage} from '../things/vendor.js';
import {forNewAccessKey, notThere, oldId} from './both-access-keys.js';
import {contradictions} from './contradictions.js';
import {npsServers} from './nps-servers.js';
import {bringBack, undoable} from './old-access-key-by-id.js';

declare module '../../engine/facts.js' {
	interface FactNames {
		/** The id of the access key that takes its place. */
		newAccessKeyId: string;
	}
}

/** The vendor's "Step 1 – Create a new access key", delivered as the set-up delivers one. */
export const newAccessKey = step<SeenAccessKeys & {readonly at?: string}>({
	id: 'new-access-key',
	name: 'New access key',
	title: 'Create the new access key',
	guide: {
		covers: 'Create a User, replacing access keys, step 1',
		text: [
			'AWS tells the secret of the new access key once. It goes straight into the file you choose, readable by ' +
				'you alone, and nowhere else.',
			'Both access keys work from here on. NPS keeps using the old one until you run SbPAM.RotateAwsKey.',
		],
		links: [vendorPage, 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html'],
	},
	fields,
	async observe(look, recorded) {
		const known = forNewAccessKey(recorded);
		for (const at of tried(known)) {
			const seen = await seeAccessKeys(look, inFile(known, at));
			if (seen.place.is === 'row' && seen.keys.some(it => seen.place.is === 'row' && it.id === seen.place.value))
				return {...seen, at};
		}
		return seeAccessKeys(look, known);
	},
	plan({at, ...seen}, recorded) {
		const chosen = forNewAccessKey(recorded);
		const known = at === undefined ? chosen : inFile(chosen, at);
		return bringBack(seen.keys, known) ?? undoable(planFor(seen, known), seen.keys, known);
	},
});

function planFor(seen: SeenAccessKeys, known: Known): Plan | Stop {
	const old = oldId(known);
	const {inPlace, shown, stored, delivered, leftover, unclear} = sortAccessKeys(seen, known);
	if (inPlace === old) return taken(textAnswer(known.answers, 'secretFile'), old);
	const asked = asksFor(seen, seen.other ? new Set() : delivered, known);
	if (unclear.length > 0 && !seen.other) return oneByOne(unclear, asked);
	if (shown && shown !== old && !stored && shown !== known.answers['removeAccessKey']) return wasItStored(shown);
	if (isProblem(asked)) return asked;
	if (seen.other) return asked.changes.length > 0 ? {changes: asked.changes} : strangers(seen.other, seen.keys);
	const notes: readonly Note[] = [
		...(inPlace ? [{type: 'delivered', id: inPlace, place: textAnswer(known.answers, 'secretFile')} as const] : []),
		...(stored && stored !== old ? [{type: 'delivered', id: stored, place: null} as const] : []),
	];
	const held = seen.keys.find(it => it.id !== old && it.active && delivered.has(it.id));
	if (held)
		return carryOn(
			held.id,
			[...asked.changes, ...leftover.flatMap(it => [...deactivate(it, known), remove(it, known)])],
			notes,
			seen,
			known,
		);
	const fresh = seen.keys.find(it => it.id !== old && delivered.has(it.id));
	const halted = fresh && notThere(fresh, fresh.id, known);
	if (halted) return halted;
	const gone = new Set([...leftover.map(it => it.id), ...asked.removes]);
	const strange = seen.keys.filter(it => it.id !== old && !gone.has(it.id));
	if (strange.length > 0) return noRoom(strange, old);
	const made = make(seen, leftover, asked, known, 'newAccessKeyId');
	if (isProblem(made)) return askedAs(made, 'secretFile', 'newSecretFile');
	return {...made, warns: removalWarns(seen.keys, asked.removes, known)};
}

/** What speaks against removing these, as it is said where the person is first asked which access key is NPS's. */
function removalWarns(keys: readonly SeenAccessKey[], removes: readonly string[], known: Known): readonly string[] {
	const old = keys.find(it => it.id === oldId(known));
	const others = keys.filter(it => removes.includes(it.id));
	return others.flatMap(it => [...(old ? contradictions(old, it, known) : []), `The other access key: ${told(it)}.`]);
}

/** The places that interrupted runs were about to put a secret into: it may lie there, whatever place is chosen now. */
const tried = (known: Known): readonly string[] =>
	known.past.flatMap(({outcome, change: {keeps}}) =>
		!outcome && keeps?.place && keeps.place !== placeOf(known) ? [keeps.place] : [],
	);
const inFile = (known: Known, place: string): Known => ({
	...known,
	answers: {...known.answers, secretTo: 'file', secretFile: place},
});

/** Somebody's access keys take the place that the new one needs. */
const noRoom = (strange: readonly SeenAccessKey[], old: string): Stop => ({
	is: 'problem',
	what: 'There is no room for the new access key',
	why: `Besides ${old}, the user has ${strange.map(told).join('; ')}. AWS allows two, and Inactive ones count`,
	first: 'Find out what uses it, and free its place if nothing does',
	code: 'LimitExceeded',
	ways: [{is: 'by-hand', says: 'have its user use something else'}, ...removing(strange)],
});

function fields(): readonly Field[] {
	return [
		{
			name: 'newAccessKeyDescription',
			label: 'Description tag',
			kind: 'text',
			flag: 'access-key-description',
			optional: true,
			settles: 'never',
			initial: '',
			wrong: textRule(names.tagValue),
		},
		{
			name: 'newSecretTo',
			label: 'Secret goes to',
			kind: 'one',
			initial: 'file',
			asked: 'on-screen',
			settles: 'never',
			flag: 'secret-file',
			choices: async () => [
				{value: 'file', label: 'a file only you can read'},
				{value: once, label: 'the screen, once'},
			],
		},
		{
			name: 'newSecretFile',
			label: 'Secret file',
			kind: 'place',
			flag: 'secret-file',
			settles: 'never',
			suggest: datedPlace,
			when: answers => answers['newSecretTo'] !== once,
			// Who names a file doesn't want it shown.
			gives: {newSecretTo: 'file'},
			wrong: it => (it === '' ? 'A file is needed' : undefined),
		},
		...npsServers,
	];
}

/** The console's file name with the day in it: the one without holds the old secret, or held it. */
async function datedPlace(look: Look, {facts, answers, run}: Known): Promise<string> {
	const {homeFolder = '.', today = ''} = run;
	const user = facts.userName ?? textAnswer(answers, 'userName');
	const all = ['', ...Array.from({length: 20}, (_, at) => `-${at + 2}`)].map(it =>
		join(homeFolder, `${user}_accessKeys_${today}${it}.csv`),
	);
	for (const place of all) {
		const there: Kept = await look.kept(place, columns, columns[0]);
		if (there.is === 'absent') return place;
	}
	return all[0] ?? '';
}

const taken = (place: string, old: string): Stop => ({
	is: 'problem',
	what: `The secret can't go to ${place}`,
	why: `The file holds access key ${old}, which is being replaced`,
	ways: [{is: 'answer', says: 'choose another file', field: 'newSecretFile', flags: '--secret-file FILE'}],
	code: 'EEXIST',
});

/** What the person named for removal, if it is still there; never the key that is being replaced. */
function asksFor(seen: SeenAccessKeys, delivered: ReadonlySet<string>, known: Known): Removal | Stop {
	const id = textAnswer(known.answers, 'removeAccessKey');
	if (!seen.keys.some(it => it.id === id)) return {changes: [], removes: []};
	return removal(seen.keys, new Set([...delivered, oldId(known)]), known);
}

function carryOn(
	id: string,
	cleared: Removal['changes'],
	notes: readonly Note[],
	seen: SeenAccessKeys,
	known: Known,
): Plan {
	return {
		changes: [...cleared, ...describe(id, seen, known)],
		facts: {newAccessKeyId: id},
		notes,
		says: `${id}, secret ${whereIs(id, known)}`,
	};
}
