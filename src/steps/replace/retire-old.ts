import {keyOf} from '../../engine/keys.js';
import {type Change, type Known, type Plan, type Stop, step, textAnswer} from '../../engine/step.js';
import {dueDay} from '../things/access-key-age.js';
import {deactivate, describedAccessKeys, remove, undescribe} from '../things/access-key-changes.js';
import {vendorPage} from '../things/vendor.js';
import {type BothAccessKeys, isToRest, isWantedBack, lookAtBoth, newId, notThere, oldId} from './both-access-keys.js';
import {stillUsed} from './evidence.js';
import {activeAgain, bringBack, byId, undoable, wasLastHalted} from './old-access-key-by-id.js';

const page = 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html';

/** The old access key is set Inactive, once NPS certainly uses the new one. */
export const retireOldAccessKey = step<BothAccessKeys>({
	id: 'retire-key',
	name: 'Set Inactive',
	title: 'Set the old access key Inactive',
	guide: {
		covers: 'Create a User, replacing access keys, before step 3',
		text: [
			'Inactive can be undone at once: the access key works again when it is set Active. So nothing is lost if ' +
				'something still used it.',
		],
		links: [vendorPage, page],
	},
	observe: lookAtBoth,
	plan(seen, known) {
		const {old} = seen;
		if (!old) return {changes: [], says: `${oldId(known)} is gone already`};
		if (isWantedBack(known)) return bringBack(seen.keys, known) ?? toBeActive(old.id, known);
		if (!old.active) return {changes: [], says: `${old.id} is Inactive`};
		return halt(seen, known);
	},
});

const toBeActive = (id: string, known: Known): Plan => ({
	changes: [],
	says: `${id} is to be Active, on your word`,
	...(wasLastHalted(known) && {unseen: [`deactivate-${id}`]}),
});

/** Sets the old access key Inactive; never the only one that NPS could be using. */
function halt(seen: BothAccessKeys, known: Known): Plan | Stop {
	const revived = wasHalted(known) && !isToRest(known) ? activeAgain(oldId(known), known) : undefined;
	const problem = revived ?? notThere(seen.fresh, newId(known), known) ?? stillUsed(seen, known);
	if (problem) return problem;
	const why = `NPS uses ${newId(known)} now; this can be undone at once`;
	return {
		changes: seen.old ? deactivate(seen.old, known, {why}).map(it => ({...it, ...turning(seen.old?.id ?? '')})) : [],
	};
}

/** What setting it Inactive turns round, and what it was allowed by. */
const turning = (id: string): Pick<Change, 'record'> => ({
	record: {
		reverses: [`activate-${id}`],
		spends: ['activeAgain', 'inactiveAgain'],
	},
});

/** Whether the status that we gave the old access key last is Inactive. */
function wasHalted(known: Known): boolean {
	const old = oldId(known);
	const ours = ['retire-key', 'remove-key', 'switch-key', 'new-access-key', 'replaced-key']
		.flatMap(it => known.of(it).past)
		.filter(it => [`deactivate-${old}`, `activate-${old}`].includes(it.change.id) && it.outcome === 'done');
	return ours.sort((one, other) => (one.at < other.at ? -1 : 1)).at(-1)?.change.id === `deactivate-${old}`;
}

type Seen = BothAccessKeys & {readonly described: readonly string[]};
/** The vendor's "Step 3 – Delete old access key", once it is not missed. */
export const removeOldAccessKey = step<Seen>({
	id: 'remove-key',
	name: 'Delete',
	title: 'Delete the old access key',
	guide: {
		covers: 'Create a User, replacing access keys, step 3',
		text: [
			'Leave the old access key Inactive for as long as you like: a day, a week. If NPS misses it, it can be set ' +
				"Active again with one key. Deleted, it can't be brought back.",
			'Its description tag, a tag of the user, goes with it.',
		],
		links: [vendorPage, page],
	},
	fields: () => [
		{
			name: 'npsHealthy',
			label: 'Is NPS still healthy?',
			flagSays: 'NPS is healthy with the old access key Inactive',
			ofDelivered: true,
			kind: 'yes-no',
			initial: false,
			settles: 'never',
			asked: 'by-flag',
			hint: 'the old access key is Inactive',
		},
		...byId,
	],
	observe: async (look, known) => {
		const [two, described] = await Promise.all([lookAtBoth(look, known), describedAccessKeys(look, known)]);
		return {...two, described};
	},
	plan: (seen, known) => undoable(planFor(seen, known), seen.keys, known),
});

function planFor(seen: Seen, known: Known): Plan | Stop {
	const {old} = seen;
	const untag = untagged(seen, known);
	if (!old) return {changes: untag, says: `${oldId(known)} is deleted; ${next(seen, known)}`, warns: filesOf(known)};
	if (isWantedBack(known)) return bringBack(seen.keys, known) ?? activeAgain(old.id, known);
	if (old.active) return halt(seen, known);
	if (known.answers['npsHealthy'] !== true) return healthy(old.id, known);
	const problem = notThere(seen.fresh, newId(known), known) ?? stillUsed(seen, known);
	if (problem) return problem;
	if (textAnswer(known.answers, 'deleteAccessKey') !== old.id) return mayGo(old.id);
	return {
		changes: [remove(old, known, {why: `NPS uses ${newId(known)}`}), ...untag],
		confirm: {
			words: [old.id],
			says: `Access key ${old.id} can't be brought back once it is deleted.`,
			flags: {'delete-access-key': [old.id]},
		},
	};
}

/** The tags of this setup's access keys that are gone, or go now, go too. */
function untagged({keys, described}: Seen, known: Known): readonly Change[] {
	const ours = new Set([oldId(known), ...known.delivered.map(it => it.id)]);
	const gone = described.filter(id => ours.has(id) && (id === oldId(known) || !keys.some(it => it.id === id)));
	return gone.length > 0 ? [undescribe(gone, known, 'the access key is gone, and AWS leaves its tag behind')] : [];
}

/** For how long it has been Inactive, as the record tells. */
function haltedFor(id: string, known: Known): string {
	const halts = ['retire-key', 'remove-key']
		.flatMap(it => known.of(it).past)
		.filter(it => it.change.id === `deactivate-${id}`);
	const since = Date.parse(halts.findLast(it => it.outcome === 'done' && !it.over)?.endedAt ?? '');
	const passed = Math.floor((Date.parse(known.run.now ?? '') - since) / 3_600_000);
	if (Number.isNaN(passed)) return '';
	return passed < 48
		? ` for ${Math.max(0, passed)} ${passed === 1 ? 'hour' : 'hours'}`
		: ` for ${Math.floor(passed / 24)} days`;
}
const healthy = (id: string, known: Known): Stop => ({
	is: 'pause',
	what: 'Is NPS still healthy?',
	why:
		`Access key ${id} has been Inactive${haltedFor(id, known)}. What still needed it fails now, and AWS shows no try ` +
		'with an Inactive access key anywhere: only NPS itself tells',
	first: 'Restart the services of every NPS server, and test a log-in. What is missed works again once it is Active',
	code: 'Healthy',
	ways: [
		{
			is: 'choose',
			key: keyOf('yes'),
			label: 'NPS is healthy',
			says: 'then say so',
			answers: {npsHealthy: true},
			flags: '--nps-healthy',
		},
	],
});
const mayGo = (id: string): Stop => ({
	is: 'pause',
	what: `Access key ${id} is Inactive and can be deleted`,
	why: 'NPS is healthy without it, you said. Inactive, it still takes one of the two places',
	code: 'MayBeDeleted',
	ways: [
		{
			is: 'choose',
			key: keyOf('delete'),
			label: 'delete it',
			says: 'delete it now or another day',
			answers: {deleteAccessKey: id},
			flags: `--delete-access-key ${id}`,
		},
	],
});
/** Secret files that nobody needs any more. */
const filesOf = ({delivered, ...known}: Known): readonly string[] =>
	delivered.flatMap(({id, place}) =>
		place !== null && [known.facts.replacing, known.facts.newAccessKeyId].includes(id)
			? [`Delete ${place} if it is still there: NPS doesn't need it.`]
			: [],
	);
function next({fresh}: Seen, known: Known): string {
	return fresh?.madeAt ? `${newId(known)} is to be replaced by ${dueDay(fresh.madeAt)}` : `NPS uses ${newId(known)}`;
}
