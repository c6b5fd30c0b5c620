import {isAnywhere, sourcesInWords} from '../../aws/policy/sources.js';
import type {Proof} from '../../engine/check.js';
import {commandLine} from '../../engine/command-line.js';
import type {Check, Known} from '../../engine/step.js';
import {askedSources} from './sources.js';

/** What a denial of the proof may only mean, where the access key is bound to where NPS is. */
const fromElsewhere = (known: Known): string | undefined =>
	isAnywhere(askedSources(known))
		? undefined
		: `limited as asked, ${sourcesInWords(askedSources(known))}; use from NPS's address not seen yet; ` +
			`${commandLine(known.run, 'prove')} on the NPS server tries it there`;
/** What NPS calls of KMS may be denied from here alone, where the access key is bound to where NPS is. */
export function withPlace(check: Check, known: Known): Check {
	const elsewhere = fromElsewhere(known);
	return elsewhere !== undefined &&
		check.expect === 'allowed' &&
		check.probes.some(it => it.call.api.startsWith('kms:'))
		? {...check, elsewhere: {because: elsewhere, after: isYoung(known) ? 20 : 0}}
		: check;
}

/** Whether what lets the user in was changed in this run: AWS may judge by what was before for a while. */
const isYoung = (known: Known): boolean =>
	['policy', 'user', 'access-key', 'managed-key', 'least-privilege'].some(step =>
		known.of(step).past.some(it => it.run === known.runs && it.outcome !== 'refused'),
	);

/**
 * Whether a proof was made since the sources were changed last: what was proven before says nothing of them. Within a
 * run the proof comes after them.
 */
export function isSinceBound({run = 0}: Proof, known: Known): boolean {
	const binds = [...known.of('managed-key').past, ...known.of('least-privilege').past].filter(
		({change: {id, record}, outcome}) =>
			(id === 'bind-key' || (id === 'narrow-policy' && record?.uses !== undefined)) &&
			outcome !== 'refused' &&
			outcome !== 'undone',
	);
	return binds.every(it => it.run <= run);
}
/** Why nothing is proven, or what proves it: use from where the access key is bound to, too. */
export function unprovenFor({checks, id, at}: Proof, known: Known): string {
	const because = fromElsewhere(known);
	if (because === undefined || !checks.some(it => it.ok === null && it.because === because))
		return `${commandLine(known.run, 'prove')} tries again`;
	const seenAt = known.delivered.find(it => it.id === id)?.seenAt;
	return seenAt !== undefined && seenAt > at
		? `limited as asked, ${sourcesInWords(askedSources(known))}; AWS shows that it was used on ${seenAt.slice(0, 10)}`
		: because;
}
