import {typedByHand} from '../../aws/by-hand.js';
import type {Difference, Kept, Known, Look} from '../../engine/step.js';
import {stageOfMove} from '../move/the-move.js';
import {isRetiring, stageInWords} from '../retire/stage.js';
import {ageInDays, dueDay, isDue, stageOf} from './access-key-age.js';
import {type SeenAccessKey, told} from './access-keys.js';
import {columns} from './secret-place.js';

/**
 * The access key that NPS is to use: the last one that was delivered; while one is being replaced, the one that NPS was
 * rotated to last.
 */
export const currentAccessKey = ({delivered, facts}: Known): string | undefined =>
	(facts.replacing === undefined ? delivered.findLast(it => !it.unsure)?.id : undefined) ?? facts.accessKeyId;

/** What has become of the access key, and which others the user has. */
export function accessKeyDifferences(
	{keys, place}: {readonly keys: readonly SeenAccessKey[]; readonly place: Kept},
	known: Known,
	leftover: readonly SeenAccessKey[] = [],
): readonly Difference[] {
	// Without a record, the file that holds its secret tells which one it is.
	const inPlace = place.is === 'row' && keys.some(it => it.id === place.value) ? place.value : undefined;
	const id = currentAccessKey(known) ?? inPlace;
	const {leftBehind} = known.facts;
	const held = keys.find(it => it.id === id);
	const delivered = new Set([id, ...known.delivered.map(it => it.id)]);
	const left = new Set(leftover.map(it => it.id));
	return [
		...(id !== undefined && id !== leftBehind && (known.completed || id === inPlace) ? fate(id, held, known) : []),
		...keys.filter(it => !delivered.has(it.id)).map(it => added(it, left.has(it.id))),
		...(held?.active ? age(held, known) : []),
	];
}

function fate(id: string, held: SeenAccessKey | undefined, known: Known): readonly Difference[] {
	const user = known.facts.userName ?? 'the user';
	const tell = (code: string, found: string, text: string): readonly Difference[] => [
		{code, subject: `access key ${id}`, expected: 'Active', found, text, covers: 'plan'},
	];
	if (!held)
		return tell(
			'access-key-gone',
			'not there',
			`Access key ${id} of ${user} is deleted: what uses it can no longer sign in`,
		);
	return held.active
		? []
		: tell(
				'access-key-inactive',
				'Inactive',
				`Access key ${id} is Inactive: what uses it can't sign in. To set it Active: ` +
					typedByHand(known, [`aws iam update-access-key --user-name ${user} --access-key-id ${id} --status Active`]),
			);
}

const added = (it: SeenAccessKey, left: boolean): Difference => ({
	code: 'access-key-added',
	subject: `access key ${it.id}`,
	expected: 'no such access key',
	found: told(it),
	text: left
		? `An interrupted run left access key ${told(it)}: it was never delivered, and the next run removes it`
		: `The user has access key ${told(it)}, and this setup did not deliver it`,
	covers: [`deactivate-${it.id}`, `delete-${it.id}`, 'Stray', 'LimitExceeded'],
});

function age({id, madeAt}: SeenAccessKey, {run}: Known): readonly Difference[] {
	const now = new Date(run.now ?? Number.NaN);
	if (!madeAt || Number.isNaN(now.getTime()) || !isDue(madeAt, now)) return [];
	const [days, due] = [ageInDays(madeAt, now), dueDay(madeAt)];
	return [
		{
			code: 'access-key-old',
			subject: `access key ${id}`,
			expected: `replaced by ${due}`,
			found: `${days} days old`,
			text: `Access key ${id} is ${days} days old; it was to be replaced by ${due}`,
		},
	];
}

/** How far a replacement under way is, or when the access key is to be replaced, while that is still to come. */
export function dueRemark(keys: readonly SeenAccessKey[], known: Known): string | undefined {
	const {replacing} = known.facts;
	if (replacing !== undefined) return `${replacing} is being replaced: ${stageOf(known.facts)}`;
	if (isRetiring(known)) return `this set-up is being retired: ${stageInWords(known)}`;
	const moves = stageOfMove(known.facts);
	if (moves !== undefined) return moves;
	const madeAt = keys.find(it => it.id === currentAccessKey(known) && it.active)?.madeAt;
	const now = new Date(known.run.now ?? Number.NaN);
	return madeAt && !isDue(madeAt, now) ? `to be replaced by ${dueDay(madeAt)}` : undefined;
}

/** Secret files that still lie there although NPS has their secrets. */
export async function secretsLeft(look: Look, {delivered}: Known): Promise<readonly Difference[]> {
	const left: Difference[] = [];
	for (const {id, place, inUse} of delivered) {
		if (!inUse || place === null) continue;
		const there = await look.kept(place, columns, columns[0]);
		if (there.is === 'row' && there.value === id)
			left.push({
				code: 'secret-file',
				subject: place,
				expected: 'deleted once NPS has been rotated',
				found: `the secret of access key ${id}`,
				text: `${place} still holds the secret of access key ${id}, and NPS has been rotated to it: delete the file`,
			});
	}
	return left;
}
