import {commandLine} from '../../engine/command-line.js';
import {type Known, type Look, type Problem, textAnswer} from '../../engine/step.js';
import {listAccessKeys, type SeenAccessKey} from '../things/access-keys.js';

/** The access key that is being replaced and the one that takes its place, as they are found; `others` are neither. */
export type BothAccessKeys = {
	readonly keys: readonly SeenAccessKey[];
	readonly old: SeenAccessKey | undefined;
	readonly fresh: SeenAccessKey | undefined;
};

/** The id of the access key that is being replaced. */
export const oldId = ({facts}: Known): string => facts.replacing ?? '';
/** The id of the access key that takes its place. */
export const newId = ({facts}: Known): string => facts.newAccessKeyId ?? '';
/** Whether NPS was rotated to the new access key, as the record holds it. */
export const isSwitched = (known: Known): boolean => newId(known) !== '' && known.facts.accessKeyId === newId(known);
/** Whether the person asked for the old access key to be Active again. */
export const isWantedBack = (known: Known): boolean =>
	oldId(known) !== '' && textAnswer(known.answers, 'activeAgain') === oldId(known) && !isToRest(known);
/** Whether the person said since that the old access key is to be Inactive all the same. */
export const isToRest = (known: Known): boolean => textAnswer(known.answers, 'inactiveAgain') === oldId(known);

/** Looks at both access keys, with their last use. */
export async function lookAtBoth(look: Look, known: Known): Promise<BothAccessKeys> {
	const keys = await listAccessKeys(look, known.fact('userName'));
	return {keys, old: keys.find(it => it.id === oldId(known)), fresh: keys.find(it => it.id === newId(known))};
}

/** The set-up's questions about the secret, answered for the new access key: answers belong to their course. */
export const forNewAccessKey = (known: Known): Known => ({
	...known,
	answers: {
		...known.answers,
		secretTo: known.answers['newSecretTo'] ?? 'file',
		secretFile: known.answers['newSecretFile'] ?? '',
		accessKeyDescription: known.answers['newAccessKeyDescription'] ?? '',
	},
});
/** The same setup, seen as if NPS used the new access key already: its proof. */
export const withNewAccessKey = (known: Known): Known => ({
	...known,
	facts: {...known.facts, accessKeyId: newId(known), secretKnown: 'yes'},
	fact: name => (name === 'accessKeyId' ? newId(known) : known.fact(name)),
});

/** The new access key must work before the old one is touched. */
export function notThere(fresh: SeenAccessKey | undefined, id: string, known: Known): Problem | undefined {
	if (fresh?.active) return undefined;
	return {
		is: 'problem',
		what: `Access key ${id} is ${fresh ? 'Inactive' : 'not there'}`,
		why: 'It was made to take the place of the old one, which stays as it is until the new one works',
		todo: fresh
			? `Set it Active again (aws iam update-access-key --user-name ${known.facts.userName} --access-key-id ` +
				`${id} --status Active), then try again`
			: `Find out who deleted it, then run ${commandLine(known.run)} again: it makes another`,
		code: 'NewKeyGone',
		...(fresh === undefined && {mayBeLate: true}),
	};
}

/** AWS tells the time of a use by the minute, cut off: a use within a minute of our own may be ours. */
const minute = 60_000;
/**
 * For so long a proof may have gone on of which only the beginning is recorded: it waits up to 2 minutes, twice, and
 * for slow answers.
 */
const longestProof = 15 * minute;
/** The time up to which our own proof may have used an access key. */
function ownUntil(id: string, {delivered}: Known): number {
	const it = delivered.find(key => key.id === id);
	return Date.parse(it?.lastOwnUse ?? '') + (it?.usedSince === undefined ? minute : longestProof);
}
/**
 * What AWS shows of who uses which access key; `seen` if NPS uses the new one (or did, as was seen before), and nothing
 * used the old one since, not even we: a use of ours could hide one by NPS.
 */
export function evidenceOf(
	{old, fresh}: BothAccessKeys,
	known: Known,
): {readonly seen: boolean; readonly since?: string; readonly words: string} {
	const at = fresh?.usedFor === 'kms' ? fresh.lastUsed?.getTime() : undefined;
	const byNps = at !== undefined && !(at <= ownUntil(newId(known), known)) ? at : -1;
	const shown = Math.max(byNps, seenBefore(known));
	const notTold = old !== undefined && !old.lastUsed && !old.neverUsed;
	const seen = shown > 0 && !notTold && (old?.lastUsed?.getTime() ?? -1) < shown;
	return {
		seen,
		...(seen && {since: new Date(shown).toISOString()}),
		words: `${lastUseOf(fresh, newId(known), known)}; ${lastUseOf(old, oldId(known), known)}`,
	};
}
/** When AWS showed the new access key in use by NPS, if that was seen: our own proof may hide it since. */
function seenBefore(known: Known): number {
	const [id, at = ''] = (known.facts.seenInUse ?? '').split(' ');
	return id === newId(known) ? Date.parse(at) || -1 : -1;
}
function lastUseOf(it: SeenAccessKey | undefined, id: string, known: Known): string {
	if (!it) return `${id}: not there`;
	if (it.neverUsed) return `${id}: never used`;
	if (!it.lastUsed) return `${id}: last use not known`;
	const ours = it.lastUsed.getTime() <= ownUntil(id, known) ? ', by our own proof' : '';
	return `${id}: last used ${it.lastUsed.toISOString().slice(0, 16)}Z${it.usedFor ? ` with ${it.usedFor}` : ''}${ours}`;
}
/** The reason that the person typed for going on without AWS showing it. */
export const reasonGiven = ({answers}: Known): string => textAnswer(answers, 'overrideReason').trim();

/** Whether the old access key was used after NPS first used the new one, as far as AWS shows. */
export function stillUsed(two: BothAccessKeys, known: Known): Problem | undefined {
	if (!two.old || reasonGiven(known) !== '' || evidenceOf(two, known).seen) return undefined;
	return {
		is: 'pause',
		what: `Access key ${two.old.id} may still be in use`,
		why: `What AWS shows: ${evidenceOf(two, known).words}`,
		todo: 'Find out what uses it. If it is certainly not NPS, go back and say why, or give --override-reason',
		code: 'StillUsed',
	};
}
