import {administeringIn, administeringSid, administers} from '../../aws/policy/key-administrators.js';
import {readDocument} from '../../aws/policy/policy-documents.js';
import {type Difference, type Facts, type Known, listAnswer, type Value} from '../../engine/step.js';
import {wasNamed} from './named-in-key-policy.js';
import {wasWhole} from './put-back.js';

declare module '../../engine/facts.js' {
	interface FactNames {
		/**
		 * The key administrators that were answered and that the key policy let in when the step was done, by ARN, with a
		 * blank between: who of them isn't there later was taken out by somebody.
		 */
		administratorsSeen: string;
	}
}

/** The administrators that were let in as answered; undefined where the record is older than this, or begins. */
export const seenBefore = ({facts: {administratorsSeen: it}}: Known): readonly string[] | undefined =>
	it?.split(' ').filter(one => one !== '');

/** The same as of now, for the record. */
export function seenNow(policy: Value | undefined, known: Known): Facts {
	if (policy === undefined) return {};
	const before = seenBefore(known);
	const asked = listAnswer(known.answers, 'keyAdministrators');
	return {administratorsSeen: asked.filter(it => before?.includes(it) || administers(policy, it)).join(' ')};
}

/** Whether the key policy let an administrator in when it was whole: somebody took it out since, if it isn't there. */
export const wasLetIn = (who: string, known: Known): boolean =>
	wasWhole(known) && (seenBefore(known)?.includes(who) ?? wasNamed(who, known));

/** Whether only a record that is lost would tell whether the key policy let an administrator in. */
export const isForgotten = (who: string, known: Known): boolean =>
	known.recovered === true &&
	known.completed !== true &&
	seenBefore(known) === undefined &&
	listAnswer(known.answers, 'keyAdministrators').includes(who);

/** Those that are answered anew, or asked back, and aren't let in yet. */
export const toLetIn = (policy: Value | undefined, known: Known): readonly string[] =>
	policy === undefined
		? []
		: listAnswer(known.answers, 'keyAdministrators').filter(
				it => !administers(policy, it) && (isAskedBack(known) || !wasLetIn(it, known)),
			);
/** Whether what somebody took away is to come back in this run. */
export const isAskedBack = ({run}: Known): boolean => run.restore?.includes('managed-key') === true;

/** What the answer, given anew, comes to in the statement that this setup lets administrators in by. */
export type AnsweredAnew = {
	/** To be let in by that statement, as narrow as it is. */
	readonly gives: readonly string[];
	/** To be taken out of it again: this setup put them there, and nobody else can have. */
	readonly takes: readonly string[];
	/** Left as they are, for the statement isn't what this setup wrote, or it isn't known whose doing they are. */
	readonly leaves: readonly string[];
	readonly warns: readonly string[];
};
const nothing: AnsweredAnew = {gives: [], takes: [], leaves: [], warns: []};

/** What follows of administrators answered anew for a key policy that was whole once. */
export function answeredAnew(policy: Value | undefined, known: Known): AnsweredAnew {
	if (policy === undefined) return nothing;
	const asked = listAnswer(known.answers, 'keyAdministrators');
	const before = seenBefore(known);
	const given = givenBy(known);
	const found = administeringIn(policy);
	const isOurs = given.size > 0 || (before?.length ?? 0) > 0;
	if (found.is === 'none' || !isOurs) return nothing;
	const fresh = toLetIn(policy, known);
	if (found.is === 'other') {
		const dropped = [...new Set([...(before ?? []), ...given])].filter(it => !asked.includes(it));
		return {...nothing, leaves: fresh, warns: [...fresh, ...dropped].length > 0 ? [otherwise(fresh, dropped)] : []};
	}
	const dropped = found.who.filter(it => !asked.includes(it) && (before?.includes(it) === true || given.has(it)));
	return {
		...nothing,
		gives: fresh,
		takes: dropped.filter(it => given.has(it)),
		warns: dropped
			.filter(it => !given.has(it))
			.map(it => `${it} stays administrator of the key: the record doesn't show that this setup put it there.`),
	};
}
const otherwise = (fresh: readonly string[], dropped: readonly string[]): string =>
	`In the key policy the statement “${administeringSid}” isn't as this setup wrote it, and is left so: ` +
	[
		...(fresh.length > 0 ? [`${fresh.join(', ')} isn't added to it`] : []),
		...(dropped.length > 0 ? [`${dropped.join(', ')} isn't taken out of it`] : []),
	].join(', ') +
	'.';

/** Whom this setup put into the key policy as administrators, or may have, and took out of it not yet. */
function givenBy(known: Known): ReadonlySet<string> {
	const given = new Set<string>();
	const {past} = known.of('managed-key');
	const stands = past.filter(it => it.outcome !== 'refused' && it.outcome !== 'undone');
	// Printed for somebody else to make.
	if (!stands.some(it => it.change.id === 'create-key'))
		for (const {call} of known.calls)
			if (call.api === 'kms:CreateKey') letInBy(call.input).forEach(it => given.add(it));
	for (const {change, outcome} of stands) {
		if (change.id === 'create-key') letInBy(change.call.input).forEach(it => given.add(it));
		change.record?.gives?.forEach(it => given.add(it));
		if (outcome === 'done' || outcome === 'settled') change.record?.takes?.forEach(it => given.delete(it));
	}
	return given;
}
function letInBy({Policy: it}: Readonly<Record<string, unknown>>): readonly string[] {
	const document =
		typeof it === 'string'
			? readDocument(it)
			: typeof it === 'object' && it !== null && '$json' in it
				? (it.$json as Value)
				: undefined;
	const found = document === undefined ? undefined : administeringIn(document);
	return found?.is === 'ours' ? found.who : [];
}

/** What was answered anew and isn't in the key policy yet, as a difference. */
export function administratorsToCome(policy: Value | undefined, known: Known): readonly Difference[] {
	if (seenBefore(known) === undefined) return [];
	const {takes, leaves} = answeredAnew(policy, known);
	const fresh = toLetIn(policy, known).filter(it => !leaves.includes(it));
	if (fresh.length + takes.length === 0) return [];
	const words = [
		...(fresh.length > 0 ? [`to be administrators of the key: ${fresh.join(', ')}`] : []),
		...(takes.length > 0 ? [`to be administrators no longer: ${takes.join(', ')}`] : []),
	];
	return [
		{
			code: 'key-administrators',
			subject: `key policy of ${known.facts.keyArn ?? ''}`,
			expected: listAnswer(known.answers, 'keyAdministrators').join(', ') || 'none',
			found: (seenBefore(known) ?? []).join(', ') || 'none',
			text: `Answered since and not put there yet, ${words.join('; ')}`,
			covers: ['put-key-policy'],
		},
	];
}
