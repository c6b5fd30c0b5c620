import {call} from '../aws/call.js';
import {type Change, type Known, type Look, type Plan, type Problem, step, textAnswer} from '../engine/step.js';
import {dueDay} from './access-key-age.js';
import {deactivate, remove} from './key-changes.js';
import {vendorPage} from './names.js';
import {pairsOf} from './ours.js';
import {isWantedBack, lookAtTwo, newId, notThere, oldId, stillUsed, type TwoKeys} from './two-keys.js';

const page = 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html';

/** The old access key is set Inactive, once NPS certainly uses the new one. */
export const retireKey = step<TwoKeys>({
	id: 'retire-key',
	name: 'Set Inactive',
	title: 'Set the old access key Inactive',
	guide: {
		covers: 'Create a User, replacing access keys, before step 3',
		text: ['Inactive can be undone at once: the access key works again when it is set Active. So nothing is lost if something still used it.'],
		links: [vendorPage, page],
	},
	observe: lookAtTwo,
	plan(seen, known) {
		const {old} = seen;
		if (!old) return {changes: [], says: `${oldId(known)} is gone already`};
		if (isWantedBack(known)) return {changes: [], says: `${old.id} is to be Active, on your word`};
		if (!old.active) return {changes: [], says: `${old.id} is Inactive`};
		return halt(seen, known);
	},
});

/** Sets the old access key Inactive; never the only one that NPS could be using. */
function halt(seen: TwoKeys, known: Known): Plan | Problem {
	const problem = notThere(seen, known) ?? stillUsed(seen, known);
	if (problem) return problem;
	const why = `NPS uses ${newId(known)} now; this can be undone at once`;
	return {changes: seen.old ? deactivate(seen.old, known, {why}) : []};
}

type Seen = TwoKeys & {readonly described: boolean};
/** The vendor's "Step 3 – Delete old access key", once it is not missed. */
export const removeKey = step<Seen>({
	id: 'remove-key',
	name: 'Delete',
	title: 'Delete the old access key',
	guide: {
		covers: 'Create a User, replacing access keys, step 3',
		text: [
			"Leave the old access key Inactive for as long as you like: a day, a week. If NPS misses it, it can be set Active again with one key. Deleted, it can't be brought back.",
			'Its description tag, a tag of the user, goes with it.',
		],
		links: [vendorPage, page],
	},
	fields: () => [
		{name: 'npsHealthy', label: 'Is NPS still healthy?', kind: 'yes-no', initial: false, open: true, hint: 'the old access key is Inactive'},
	],
	observe: async (look, known) => {
		const [two, described] = await Promise.all([lookAtTwo(look, known), isDescribed(look, known)]);
		return {...two, described};
	},
	plan(seen, known) {
		const {old, described} = seen;
		if (!old) return {changes: described ? [untag(known)] : [], says: `${oldId(known)} is deleted; ${next(seen, known)}`, warns: filesOf(known)};
		if (isWantedBack(known)) return old.active ? activeAgain(old.id) : {changes: [activate(old.id, known)]};
		if (old.active) return halt(seen, known);
		if (known.answers['npsHealthy'] !== true) return healthy(old.id);
		const problem = notThere(seen, known) ?? stillUsed(seen, known);
		if (problem) return problem;
		if (textAnswer(known.answers, 'deleteAccessKey') !== old.id) return mayGo(old.id);
		return {
			changes: [remove(old, known, {why: `NPS uses ${newId(known)}`}), ...(described ? [untag(known)] : [])],
			confirm: {
				words: [old.id],
				says: `Access key ${old.id} can't be brought back once it is deleted.`,
				flags: {'delete-access-key': [old.id]},
			},
		};
	},
});

async function isDescribed(look: Look, known: Known): Promise<boolean> {
	const user = (await look.at(call('iam:GetUser', {UserName: known.fact('userName')})))?.User;
	return pairsOf(user?.Tags)[oldId(known)] !== undefined;
}
const untag = (known: Known): Change => ({
	id: 'undescribe-access-key',
	verb: 'delete',
	subject: `description tag of access key ${oldId(known)}`,
	why: 'the access key is gone, and AWS leaves its tag behind',
	call: call('iam:UntagUser', {UserName: known.fact('userName'), TagKeys: [oldId(known)]}),
});
const activate = (id: string, known: Known): Change => ({
	id: `activate-${id}`,
	verb: 'update',
	subject: `access key ${id}, to Active again`,
	why: 'you asked for it',
	call: call('iam:UpdateAccessKey', {UserName: known.fact('userName'), AccessKeyId: id, Status: 'Active'}),
});

const back = (id: string) => ({key: 'u', label: 'set the old one Active again', answers: {activeAgain: id, npsHealthy: false}});
const healthy = (id: string): Problem => ({
	what: 'Is NPS still healthy?',
	why: `Access key ${id} is Inactive: what still needed it fails now, and works again once it is Active`,
	todo: 'Look at NPS today and over the next days, then say so (without questions: --nps-healthy)',
	code: 'Healthy',
	pauses: true,
	ways: [{key: 'y', label: 'NPS is healthy', answers: {npsHealthy: true}}, back(id)],
});
const mayGo = (id: string): Problem => ({
	what: `Access key ${id} is Inactive and can be deleted`,
	why: 'NPS is healthy without it. Inactive, it still takes one of the two places',
	todo: `Delete it now or another day (without questions: --delete-access-key ${id})`,
	code: 'MayBeDeleted',
	pauses: true,
	ways: [{key: 'd', label: 'delete it', answers: {deleteAccessKey: id}}, back(id)],
});
const activeAgain = (id: string): Problem => ({
	what: `Access key ${id} is Active again, as you asked`,
	why: 'Both access keys work. The replacement is not finished',
	todo: 'Find out what still needs the old one, and have it use the new one',
	code: 'ActiveAgain',
	pauses: true,
	ways: [{key: 'i', label: 'set it Inactive again', answers: {activeAgain: '', npsHealthy: false}}],
});

/** Secret files that nobody needs any more. */
const filesOf = ({accessKeys, ...known}: Known): readonly string[] =>
	accessKeys.flatMap(({id, place}) =>
		place !== null && [known.facts['replacing'], known.facts['newAccessKeyId']].includes(id)
			? [`Delete ${place} if it is still there: NPS doesn't need it.`]
			: [],
	);
function next({fresh}: Seen, known: Known): string {
	return fresh?.madeAt ? `${newId(known)} is to be replaced by ${dueDay(fresh.madeAt)}` : `NPS uses ${newId(known)}`;
}
