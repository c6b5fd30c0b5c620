import type {Known} from '../../engine/step.js';
import type {SeenAccessKey} from '../things/access-keys.js';

/** What speaks against the person's word that NPS uses the one and not the other. */
export function contradictions(nps: SeenAccessKey, other: SeenAccessKey, known: Known): readonly string[] {
	const {accessKeyId} = known.facts;
	const rotated = (id: string): boolean => known.delivered.some(it => it.id === id && it.inUse);
	const later =
		other.usedFor === 'kms' &&
		(other.lastUsed?.getTime() ?? 0) > (nps.usedFor === 'kms' ? (nps.lastUsed?.getTime() ?? 0) : 0);
	const lost = `If NPS uses ${other.id}, it can't read its protected data any more once that is removed.`;
	const against = [
		...(other.id === accessKeyId || (rotated(other.id) && !rotated(nps.id))
			? [`You say that NPS uses ${nps.id}; the record says ${other.id}`]
			: []),
		...(later
			? [`${other.id} was used with KMS ${nps.usedFor === 'kms' ? `later than ${nps.id}` : `and ${nps.id} was not`}`]
			: []),
	];
	return against.length > 0 ? [`${against.join('. ')}. ${lost}`] : [];
}
