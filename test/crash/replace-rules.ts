import type {SentCall} from '../../src/engine/apply.js';
import type {Entry} from '../../src/engine/record.js';
import type {Answer} from '../../src/engine/step.js';
import {replaceAccessKey} from '../../src/steps/index.js';
import type {Story, Use} from './replace-story.js';

/**
 * What no change of a replacement may do, told from outside: from what is in AWS, what the record holds, and how things really are.
 * Returns the rule that a change breaks.
 */
export function breaksRule(story: Story, {api, input}: SentCall, when: 'asked' | 'done'): string | undefined {
	const id = String(input['AccessKeyId'] ?? '');
	if (when === 'asked' && api === 'iam:CreateAccessKey' && story.keys.length > 1)
		return 'a third access key is asked for';
	if (when === 'asked' && api === 'iam:DeleteAccessKey' && story.key(id)?.status === 'Active')
		return 'an access key is deleted that was not set Inactive first';
	if (when !== 'done') return undefined;
	switch (api) {
		case 'iam:CreateAccessKey':
			return undefined;
		case 'iam:DeleteAccessKey':
			return touched(story, id, true);
		case 'iam:UpdateAccessKey':
			return input['Status'] === 'Inactive' ? touched(story, id, false) : revived(story, id);
		case 'iam:UntagUser':
			return (input['TagKeys'] as readonly string[]).some(it => story.key(it) && !story.named.has(it))
				? 'the description tag of an access key that is there is removed'
				: undefined;
		default:
			return undefined;
	}
}

/** An access key is set Inactive or deleted. */
function touched(story: Story, id: string, forGood: boolean): string | undefined {
	const {made, pair, named} = story;
	const by = made.find(it => it.id === id)?.by;
	if (by === 'us' && !story.isOut(id) && !story.uses.some(it => it.id === id)) return undefined;
	const another = made.some(it => it.by === 'us' && it.id !== id && it.id === pair.fresh && story.key(it.id));
	if (pair.old !== id || (named.has(id) && !another)) {
		if (!named.has(id))
			return `${by === 'us' ? 'a delivered access key' : "somebody else's access key"} is touched that nobody named`;
		story.reach('named');
		return undefined;
	}
	return tooEarly(story, id, forGood);
}

/** The old access key is set Inactive or deleted: by the record and by AWS, and in truth, NPS has to have moved. */
function tooEarly(story: Story, old: string, forGood: boolean): string | undefined {
	const {made, nps, named, world} = story;
	const fresh = made.findLast(it => it.by === 'us' && it.id !== old && story.isOut(it.id) && story.key(it.id));
	if (!fresh) return 'the old access key is touched, and no new one is delivered';
	if (story.key(fresh.id)?.status !== 'Active') return 'the old access key is touched, and the new one does not work';
	const answers = answersSince(world.record, fresh.from);
	const said = (name: string, is: (it: Answer) => boolean): boolean =>
		answers.some(it => it[name] !== undefined && is(it[name]));
	const reason = said('overrideReason', it => String(it).trim() !== '') && said('newKeyRotated', it => it === true);
	if (!reason && !isShown(story, old, fresh.id))
		return 'the old access key is touched, with neither evidence nor a reason';
	// Whatever was said: AWS shows a use of the new key by NPS alone, as long as nobody gives a reason or moves NPS back.
	if (!reason && !story.movedBack && nps === old) return 'the old access key is touched while NPS really uses it';
	if (answers.findLast(it => it['activeAgain'] === old) && isWanted(answers, old))
		return 'the old access key is touched though it was asked for';
	const revivedAt = story.revivedAt.get(old);
	if (
		!forGood &&
		revivedAt !== undefined &&
		!answersSince(world.record, revivedAt).some(it => it['inactiveAgain'] === old) &&
		wasHalted(story, old, revivedAt)
	)
		return 'the old access key is set Inactive again, and somebody else has set it Active';
	if (!forGood) {
		story.reach('deactivated');
		return undefined;
	}
	if (!said('npsHealthy', it => it === true))
		return 'the old access key is deleted, and nobody said that NPS is healthy';
	if (!said('deleteAccessKey', it => it === old) || !named.has(old))
		return 'the old access key is deleted, and nobody named it';
	story.reach('deleted');
	return undefined;
}

/** What the run just over may not have noted: that NPS was rotated, with neither evidence nor a reason. */
export function notesTooMuch(story: Story): string | undefined {
	const {world, made, pair, from} = story;
	const noted = world.record.slice(from).find(it => it.type === 'in-use');
	const fresh = made.find(it => it.id === pair.fresh);
	if (noted?.type !== 'in-use' || noted.id !== fresh?.id) return undefined;
	const answers = answersSince(world.record, fresh.from);
	const said = answers.some(it => it['newKeyRotated'] === true);
	const reason = said && answers.some(it => String(it['overrideReason'] ?? '').trim() !== '');
	return reason || isShown(story, story.key(pair.old) ? pair.old : '', fresh.id)
		? undefined
		: 'NPS is noted as rotated, with neither evidence nor a reason';
}

/** Whether a run had set the old access key Inactive before that entry, and knew it. */
function wasHalted({world}: Story, old: string, before: number): boolean {
	const earlier = world.record.slice(0, before);
	return earlier.some(
		it =>
			it.type === 'intent' &&
			it.change.id === `deactivate-${old}` &&
			earlier.some(other => other.type === 'outcome' && other.of === it.id && other.ok),
	);
}

/** Whether the person asked last for the old access key to be Active. */
function isWanted(answers: readonly Readonly<Record<string, Answer>>[], old: string): boolean {
	const merged = Object.assign({}, ...answers) as Record<string, Answer>;
	return merged['activeAgain'] === old && merged['inactiveAgain'] !== old;
}

/** Whether AWS shows a use of the new key by something else than our proof, and none of the old key since. */
function isShown(story: Story, old: string, fresh: string): boolean {
	const last = (uses: readonly Use[]): number => Math.max(-1, ...uses.map(it => it.at));
	story.show();
	// What was seen of the new one is recorded; of the old one counts what can be seen now.
	const first = last(story.uses.filter(it => it.id === fresh && it.by === 'nps' && it.wasShown));
	return first >= 0 && last(story.uses.filter(it => it.id === old && story.isShown(it))) < first;
}

function revived(story: Story, id: string): string | undefined {
	const asked = answersSince(story.world.record, 0).findLast(it => typeof it['activeAgain'] === 'string');
	if (asked?.['activeAgain'] !== id) return 'an access key is set Active that nobody asked for';
	story.reach('undone');
	return undefined;
}

/** The answers of the replacement that the record holds from an entry on, each as it was given. */
export function answersSince(record: readonly Entry[], from: number): readonly Readonly<Record<string, Answer>>[] {
	let course = '';
	return record.flatMap((it, at) => {
		if (it.type === 'started') course = it.course;
		return at >= from && it.type === 'answered' && course === replaceAccessKey.name ? [it.answers] : [];
	});
}
