import * as names from '../aws/names.js';
import {type Field, type Kept, type Known, type Look, type Note, type Plan, type Problem, step, textAnswer} from '../engine/step.js';
import {describe, full, make, type Removal, removal, wasItStored, whichOne} from './access-key.js';
import {deactivate, remove} from './key-changes.js';
import {vendorPage} from './names.js';
import {textRule} from './policy.js';
import {columns, once, whereIs} from './secret-place.js';
import {type SeenKeys, seeKeys, sortKeys} from './strays.js';
import {forNewKey, oldId} from './two-keys.js';

/** The vendor's "Step 1 – Create a new access key", delivered as the set-up delivers one. */
export const newKey = step<SeenKeys>({
	id: 'new-access-key',
	name: 'New access key',
	title: 'Create the new access key',
	guide: {
		covers: 'Create a User, replacing access keys, step 1',
		text: [
			'AWS tells the secret of the new access key once. It goes straight into the file you choose, readable by you alone, and nowhere else.',
			'Both access keys work from here on. NPS keeps using the old one until you run SbPAM.RotateAwsKey.',
		],
		links: [vendorPage, 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html'],
	},
	fields,
	observe: (look, known) => seeKeys(look, forNewKey(known)),
	plan(seen, recorded) {
		const known = forNewKey(recorded);
		const old = oldId(known);
		const {inPlace, shown, stored, delivered, strays, unclear} = sortKeys(seen, known);
		if (inPlace === old) return taken(textAnswer(known.answers, 'secretFile'), old);
		if (unclear.length > 0) return whichOne(unclear);
		if (shown && shown !== old && !stored && shown !== known.answers['removeAccessKey']) return wasItStored(shown);
		const asked = asksFor(seen, delivered, known);
		if ('what' in asked) return asked;
		const notes: readonly Note[] = [
			...(inPlace ? [{type: 'delivered', id: inPlace, place: textAnswer(known.answers, 'secretFile')} as const] : []),
			...(stored && stored !== old ? [{type: 'delivered', id: stored, place: null} as const] : []),
		];
		const held = seen.keys.find(it => it.id !== old && it.active && delivered.has(it.id));
		if (held) return carryOn(held.id, [...asked.changes, ...strays.flatMap(it => [...deactivate(it, known), remove(it, known)])], notes, seen, known);
		const gone = new Set([...strays.map(it => it.id), ...asked.removes]);
		const strange = seen.keys.filter(it => it.id !== old && !gone.has(it.id));
		return strange.length > 0 ? full(seen.keys) : make(seen, strays, asked, known, 'newAccessKeyId');
	},
});

function fields(): readonly Field[] {
	return [
		{
			name: 'newAccessKeyDescription',
			label: 'Description tag',
			kind: 'text',
			flag: 'access-key-description',
			optional: true,
			open: true,
			initial: '',
			wrong: textRule(names.tagValue),
		},
		{
			name: 'newSecretTo',
			label: 'Secret goes to',
			kind: 'one',
			initial: 'file',
			onScreen: true,
			open: true,
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
			open: true,
			suggest: datedPlace,
			when: answers => answers['newSecretTo'] !== once,
			wrong: it => (it === '' ? 'A file is needed' : undefined),
		},
	];
}

/** The console's file name with the day in it: the one without holds the old secret, or held it. */
async function datedPlace(look: Look, {facts, answers}: Known): Promise<string> {
	const {home = '.', today = ''} = facts;
	const user = facts['userName'] ?? textAnswer(answers, 'userName');
	const all = ['', ...Array.from({length: 20}, (_, at) => `-${at + 2}`)].map(it => `${home}/${user}_accessKeys_${today}${it}.csv`);
	for (const place of all) {
		const there: Kept = await look.kept(place, columns, columns[0]);
		if (there.is === 'absent') return place;
	}
	return all[0] ?? '';
}

const taken = (place: string, old: string): Problem => ({
	what: `The secret can't go to ${place}`,
	why: `The file holds access key ${old}, which is being replaced`,
	todo: 'Choose another file with --secret-file',
	code: 'EEXIST',
	field: 'newSecretFile',
});

/** What the person named for removal, if it is still there; never the key that is being replaced. */
function asksFor(seen: SeenKeys, delivered: ReadonlySet<string>, known: Known): Removal | Problem {
	const id = textAnswer(known.answers, 'removeAccessKey');
	if (!seen.keys.some(it => it.id === id)) return {changes: [], removes: []};
	return removal(seen.keys, new Set([...delivered, oldId(known)]), known);
}

function carryOn(id: string, cleared: Removal['changes'], notes: readonly Note[], seen: SeenKeys, known: Known): Plan {
	return {
		changes: [...cleared, ...describe(id, seen, known)],
		facts: {newAccessKeyId: id},
		notes,
		says: `${id}, secret ${whereIs(id, known)}`,
	};
}
