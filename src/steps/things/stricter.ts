import {call} from '../../aws/client/call.js';
import {commandLine} from '../../engine/command-line.js';
import type {Difference, Known, Look, Note} from '../../engine/step.js';

/** What others made stricter, as a difference of its own kind. */
export const stricter = (it: Omit<Difference, 'is' | 'expected'>): Difference => ({
	...it,
	expected: 'as the set-up left it, or stricter',
	is: 'stricter',
});

/** By what the record knows a narrowing again. */
const whatOf = ({subject, found}: Difference): string => `${subject}: ${found}`;

/** Narrowings for the record, so that it tells when each was seen first. */
export const narrowingNotes = (seen: readonly Difference[]): readonly Note[] =>
	seen.filter(it => it.is === 'stricter').map(it => ({type: 'narrowed', what: whatOf(it)}));
/** The same in words, for whoever runs the set-up. */
export const narrowingWarnings = (seen: readonly Difference[]): readonly string[] =>
	seen.filter(it => it.is === 'stricter').map(it => `${it.text}. It is left so.`);

/**
 * Each narrowing with whether NPS is known to work under it: by a proof that passed since it was seen first, or by a
 * use that is nobody's but NPS's. What isn't stricter comes back as it is.
 */
export function provenSince(
	look: Look,
	known: Known,
	differences: readonly Difference[],
): Promise<readonly Difference[]> {
	return Promise.all(
		differences.map(async it => {
			if (it.is !== 'stricter') return it;
			const at = known.narrowings?.[whatOf(it)];
			if (at !== undefined && (passedSince(at, known) || (await usedSince(at, look, known)))) return it;
			const day = (at ?? known.run.now ?? '').slice(0, 10);
			return {
				...it,
				text:
					`${it.text}; not proven since this narrowing was first seen (${day}); ` +
					`run ${commandLine(known.run, 'prove')}`,
			};
		}),
	);
}

const passedSince = (at: string, {proof, facts}: Known): boolean =>
	proof?.proven === true &&
	proof.id === facts.accessKeyId &&
	proof.about === facts.keyArn &&
	Date.parse(proof.at) >= Date.parse(at);

/** IAM tells a last use to the minute, and ours may hide NPS's: only one that is later than both counts. */
async function usedSince(at: string, look: Look, {facts, delivered}: Known): Promise<boolean> {
	const {accessKeyId: AccessKeyId} = facts;
	if (AccessKeyId === undefined) return false;
	const used = await look.at(call('iam:GetAccessKeyLastUsed', {AccessKeyId})).catch(() => undefined);
	const {LastUsedDate: when, ServiceName: service} = used?.AccessKeyLastUsed ?? {};
	const own = delivered.find(it => it.id === AccessKeyId)?.lastOwnUse;
	return (
		when !== undefined && service === 'kms' && [at, own].every(it => !it || when.getTime() - Date.parse(it) >= 60_000)
	);
}
