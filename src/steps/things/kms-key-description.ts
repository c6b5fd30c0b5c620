import {call} from '../../aws/client/call.js';
import {type Attempt, type Change, type Difference, type Known, textAnswer} from '../../engine/step.js';
import type {SeenKmsKey} from './kms-key.js';

/** Gives the KMS key its description, where that was answered anew; what others changed after us is theirs to keep. */
export function describeAnew({id, description}: SeenKmsKey, known: Known): readonly Change[] {
	const wanted = textAnswer(known.answers, 'keyDescription');
	if (wanted === description || !isAnew(description, wanted, known)) return [];
	return [
		{
			id: 'describe-key',
			verb: 'update',
			subject: `description of KMS key ${id}`,
			why: `it is ${quoted(description)}; as answered, it is to be ${quoted(wanted)}`,
			call: call('kms:UpdateKeyDescription', {KeyId: id, Description: wanted}),
			record: {uses: ['keyDescription']},
		},
	];
}
const quoted = (text: string): string => (text === '' ? 'empty' : `“${text}”`);

type Given = {readonly text: string; readonly at?: number; readonly anew?: boolean};
/** The descriptions that this setup gave, the last one last: certainly, or with a key that is there. */
function givenIn({past, calls}: Known): readonly Given[] {
	const described = ({change, outcome}: Attempt): boolean =>
		(change.id === 'create-key' && outcome !== 'refused' && outcome !== 'undone') ||
		(change.id === 'describe-key' && (outcome === 'done' || outcome === 'settled'));
	const given = past.filter(described).map(({change, at, endedAt}) => ({
		text: textOf(change.call.input),
		at: Date.parse(endedAt ?? at),
		anew: change.id === 'describe-key',
	}));
	if (given.length > 0) return given;
	// Printed for somebody else to make.
	return calls.filter(it => it.call.api === 'kms:CreateKey').map(it => ({text: textOf(it.call.input)}));
}
const textOf = (input: Readonly<Record<string, unknown>>): string => String(input['Description'] ?? '');

/** AWS may show a change late, for so many milliseconds. */
const late = 120_000;
function isAnew(is: string, wanted: string, known: Known): boolean {
	const given = givenIn(known);
	const last = given.at(-1);
	// Of a key that was there before, or whose record was lost, nobody asked to empty it.
	if (!last) return wanted !== '';
	if (last.text !== wanted) return true;
	const age = Date.parse(known.run.now ?? '') - (last.at ?? 0);
	return last.anew === true && age < late && is === (given.at(-2)?.text ?? is);
}

/** A description that is to come as answered since, or that somebody changed, which is theirs. */
export function descriptionDifferences(key: SeenKmsKey, known: Known): readonly Difference[] {
	const wanted = textAnswer(known.answers, 'keyDescription');
	if (key.description === wanted) return [];
	const told = {subject: `KMS key ${key.arn}`, expected: quoted(wanted), found: quoted(key.description)};
	if (describeAnew(key, known).length > 0)
		return [
			{
				...told,
				code: 'key-description',
				text: `The key's description is ${told.found}, and is to be ${told.expected} as answered since`,
				covers: ['describe-key'],
			},
		];
	if (givenIn(known).length === 0) return [];
	return [
		{
			...told,
			code: 'key-description-changed',
			text:
				`The key's description is ${told.found}; this setup gave it ` +
				`${wanted === '' ? 'none' : told.expected}. It is left so`,
			is: 'remark',
		},
	];
}
