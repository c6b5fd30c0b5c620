import {otherName} from '../../aws/problems/other-names.js';
import {commandLine} from '../../engine/command-line.js';
import {keyOf} from '../../engine/keys.js';
import type {Change, Choose, Difference, Known, Stop, Text, Way} from '../../engine/step.js';
import {pairsAnswer} from '../../engine/step.js';
import {wantedKey} from './adopted-by-arn.js';
import {managerOf} from './managed-elsewhere.js';

declare module '../../engine/facts.js' {
	interface FactNames {
		/** No reply ever tells it: this name stands for the id of a setup whose record is still to be begun. */
		setupId: never;
	}
}

/** Tags as pairs, whatever AWS service they came from. */
export type Tags = Readonly<Record<string, string>>;

/**
 * Whose a thing in AWS is: made by this setup, adopted by it, another setup's, a setup's of this name that this record
 * doesn't know, or nobody's.
 */
export type Owner =
	| {readonly is: 'ours' | 'adopted' | 'nobody'}
	| {readonly is: 'other-setup'; readonly setup: string}
	| {readonly is: 'unknown-record'; readonly id: string};

/** Tells whose a thing is by its tags, and by the record where it holds the very thing's unique id. */
export function ownerOf(tags: Tags, known: Known, recorded = false): Owner {
	const {setupId, run} = known;
	const id = tags['nps-kms:id'];
	if (setupId !== undefined && id === setupId) return {is: 'ours'};
	if (id !== undefined) {
		const name = tags['nps-kms:setup'] ?? '';
		return name === run.setup ? {is: 'unknown-record', id} : {is: 'other-setup', setup: name};
	}
	if (recorded) return {is: 'ours'};
	const adopter = tags['nps-kms:adopted-by'];
	if (adopter === undefined) return {is: 'nobody'};
	return adopter === setupId ? {is: 'adopted'} : {is: 'other-setup', setup: `of id ${adopter}`};
}

/** This setup's id, or its name where the record is still to be begun. */
const idOf = ({setupId}: Known): Text => setupId ?? {$fact: 'setupId'};
/** The tags that what we make bears: this setup's, and the person's. */
export function ourTags(known: Known): readonly (readonly [string, Text])[] {
	return [
		['nps-kms:setup', known.run.setup ?? ''],
		['nps-kms:id', idOf(known)],
		...Object.entries(pairsAnswer(known.answers, 'tags')),
	];
}
const adoptedBy = 'nps-kms:adopted-by';
const denials = ['AccessDenied', 'AccessDeniedException'];
/** What a change that puts tags on a thing waits for: of one that is adopted, a denial is told, and the run goes on. */
export const unlessDenied = (owner: Owner): Pick<Change, 'lookAgainOn'> =>
	owner.is === 'ours' ? {} : {lookAgainOn: denials};
/** Whether the step's thing was to be tagged as adopted, and AWS refused it: the record alone holds it, then. */
const adoptsUntagged = ({past}: Known): boolean =>
	past.some(
		it =>
			['tag-policy', 'tag-user', 'tag-key'].includes(it.change.id) &&
			it.outcome === 'refused' &&
			denials.includes(it.code ?? ''),
	);
/** What to know of an adopted thing that bears no tag of this setup. */
export const untagged = (thing: string, have: Tags, known: Known, owner: Owner): readonly string[] =>
	owner.is === 'ours' || have[adoptedBy] !== undefined
		? []
		: managerOf(have, known) !== undefined && owner.is === 'nobody'
			? [
					`${thing} is managed by ${managerOf(have, known)}: it gets no tag, and changes to it are left to that. ` +
						'That this setup took it over stands in this record alone.',
				]
			: isFull(have)
				? [`${thing} bears as many tags as AWS allows: that this setup took it over stands in this record alone.`]
				: adoptsUntagged(known)
					? [`AWS refused the tag ${adoptedBy} on ${thing}: that this setup took it over stands in this record alone.`]
					: [];
/** No thing bears more tags. https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html */
const isFull = (have: Tags): boolean => Object.keys(have).length >= 50;
/**
 * Of the wanted tags those that are missing, or that this setup put there with another value; a value that somebody
 * changed is theirs to keep.
 */
export function missingTags(have: Tags, known: Known, owner: Owner): readonly (readonly [string, Text])[] {
	if (owner.is !== 'ours' && managerOf(have, known) !== undefined) return [];
	if (owner.is !== 'ours' && (adoptsUntagged(known) || (isFull(have) && have[adoptedBy] === undefined))) return [];
	const wanted = owner.is === 'ours' ? ourTags(known) : ([[adoptedBy, idOf(known)]] as const);
	const there = new Map(Object.entries(have).map(it => [it[0].toLowerCase(), it] as const));
	return wanted.filter(([key, value]) => {
		const is = there.get(key.toLowerCase());
		if (!is) return true;
		return is[0] === key && is[1] !== value && isAnswer(key, known) && wasPutByUs(is, known);
	});
}
const isAnswer = (key: string, {answers}: Known): boolean => Object.hasOwn(pairsAnswer(answers, 'tags'), key);
/** Whether this step's thing got that value from its last call that put this tag there. */
const wasPutByUs = ([key, value]: readonly [string, string], {past}: Known): boolean =>
	past
		.filter(it => it.outcome !== 'refused' && it.outcome !== 'undone')
		.flatMap(it => (it.change.call.input['Tags'] ?? []) as readonly Readonly<Record<string, unknown>>[])
		.map(it => [it['Key'] ?? it['TagKey'], it['Value'] ?? it['TagValue']])
		.findLast(([name]) => name === key)?.[1] === value;
/** Whether a thing is this setup's to look after. */
export const isOurs = ({is}: Owner): boolean => is === 'ours' || is === 'adopted';
/** Whether this setup put a tag on anything: what never was isn't gone. A lost record doesn't tell. */
const wasPut = (key: string, {calls, recovered}: Known): boolean =>
	recovered === true ||
	calls.some(({call: {input}}) =>
		((input['Tags'] ?? []) as readonly {Key?: unknown; TagKey?: unknown}[]).some(it => (it.Key ?? it.TagKey) === key),
	);
/** Tags that are gone, or answered anew and not put there yet, as a difference; `change` would put them there. */
export function tagsGone(
	subject: string,
	have: Tags,
	tags: readonly (readonly [string, Text])[],
	change: string,
	known: Known,
): readonly Difference[] {
	if (tags.length === 0) return [];
	const gone = tags.filter(([key]) => have[key] === undefined && wasPut(key, known)).map(([key]) => key);
	const anew = tags
		.filter(([key]) => !gone.includes(key))
		.map(([key, value]) =>
			have[key] === undefined ? key : `${key} is ${have[key]}, and is to be ${String(value)} as answered since`,
		);
	return [
		{
			code: 'tags-gone',
			subject,
			expected: tags.map(([key, value]) => `${key}=${String(value)}`).join(', '),
			found: tags.map(([key]) => (have[key] === undefined ? 'not there' : `${key}=${have[key]}`)).join(', '),
			text: [
				...(gone.length > 0 ? [`${gone.length === 1 ? 'A tag is' : 'Tags are'} gone: ${gone.join(', ')}`] : []),
				...(anew.length > 0 ? [`${anew.length === 1 ? 'A tag' : 'Tags'} not put there yet: ${anew.join(', ')}`] : []),
			].join('; '),
			covers: [change],
		},
	];
}
/** Something else stands under the name of what this setup made. */
export const replaced = (subject: string, before: string, here: string): Difference => ({
	code: `${subject.split(' ')[0]}-replaced`,
	subject,
	expected: before,
	found: here,
	text: `${subject.charAt(0).toUpperCase()}${subject.slice(1)} is another than this setup made: ${here}, not ${before}`,
	covers: 'plan',
});
export const iamTags = (pairs: readonly (readonly [string, Text])[]): {Key: Text; Value: Text}[] =>
	pairs.map(([Key, Value]) => ({Key, Value}));
export const kmsTags = (pairs: readonly (readonly [string, Text])[]): {TagKey: Text; TagValue: Text}[] =>
	pairs.map(([TagKey, TagValue]) => ({TagKey, TagValue}));
/** Tags as AWS lists them, as pairs. */
export const pairsOf = (
	tags: readonly {readonly Key?: string | undefined; readonly Value?: string | undefined}[] | undefined,
): Tags => Object.fromEntries((tags ?? []).map(it => [it.Key ?? '', it.Value ?? '']));

/** What is found under a name that this setup wants: how to say it, and how it could be taken over. */
export type Found = {
	readonly thing: string;
	readonly madeAt: Date | undefined;
	readonly owner: Owner;
	readonly adopt: {readonly answer: 'adoptPolicy' | 'adoptUser' | 'adoptKey'; readonly word: 'policy' | 'user' | 'key'};
	/** Why it can't be adopted, if it can't. */
	readonly never?: string | undefined;
	/** What it is, in words, to be known before it is taken over. */
	readonly is?: readonly string[];
};

/** Why a name that is taken stops this setup, or nothing if the thing is ours to carry on with. */
export function taken({thing, madeAt, owner, adopt, never, is = []}: Found, known: Known): Stop | undefined {
	const since = madeAt ? `, made on ${madeAt.toISOString().slice(0, 10)}` : '';
	// Of what was named by its ARN another name leads to no other thing.
	const rename = adopt.word === 'key' && wantedKey(known) !== undefined ? otherArn : otherName[adopt.word];
	switch (owner.is) {
		case 'ours':
		case 'adopted':
			return undefined;
		case 'other-setup':
			return {
				is: 'problem',
				what: `${thing} is there already`,
				why: `It belongs to ${owner.setup === '' ? 'another setup' : `the setup ${owner.setup}`}${since}`,
				ways: [rename],
				code: 'OtherSetup',
			};
		case 'unknown-record':
			return {
				is: 'problem',
				what: `${thing} belongs to a setup ${known.run.setup ?? ''} that this record doesn't know`,
				why: `Its tag nps-kms:id is ${owner.id}${since}: the record was lost, or somebody else set it up`,
				ways: [takingUp(owner.id, known), rename],
				code: 'UnknownRecord',
			};
		case 'nobody': {
			if (never)
				return {
					is: 'problem',
					what: `${thing} is there already`,
					why: `${never}, so it can't be taken over${since}`,
					ways: [rename],
					code: 'NeverAdopted',
				};
			if (known.answers[adopt.answer] === true) return undefined;
			return {
				is: 'problem',
				what: `${thing} is there already`,
				why: [`This setup didn't make it${since}`, ...is].join('; '),
				ways: [rename, adopting(adopt)],
				code: 'AlreadyThere',
			};
		}
	}
}
const otherArn: Way = {is: 'this-run', says: 'give the ARN of another', flags: '--adopt ARN'};
const takingUp = (id: string, {run}: Known): Choose => ({
	is: 'choose',
	key: keyOf('take up'),
	label: 'carry on that setup',
	answers: {},
	takesUp: id,
	command: commandLine(run, 'setup', '--recover'),
});
const adopting = ({answer, word}: Found['adopt']): Choose => ({
	is: 'choose',
	key: keyOf('adopt'),
	label: 'adopt it',
	answers: {[answer]: true},
	flags: `--adopt ${word}`,
});
