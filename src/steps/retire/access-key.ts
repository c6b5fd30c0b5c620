import {byCommands} from '../../aws/by-hand.js';
import * as names from '../../aws/rules/name-rules.js';
import {commandLine} from '../../engine/command-line.js';
import {keyOf} from '../../engine/keys.js';
import {
	type Confirm,
	type Facts,
	type Field,
	type Known,
	type Plan,
	type Stop,
	step,
	textAnswer,
} from '../../engine/step.js';
import {deactivate, describedAccessKeys, remove, undescribe} from '../things/access-key-changes.js';
import type {SeenAccessKey} from '../things/access-keys.js';
import {untilThen} from '../things/dated-gate.js';
import {wrongDays} from '../things/days.js';
import {aliasNow} from '../things/kms-key.js';
import {vendorPage} from '../things/vendor.js';
import {
	byId,
	isToBeEnabled,
	isToRest,
	lastDone,
	lookAtStanding,
	restsSince,
	type Standing,
	turnedRound,
	undoable,
	wasEnabledAgain,
} from './standing.js';

const page = 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html';
const accessKeyById = (name: string, label: string): Field => ({
	...byId(name, label),
	wrong: it => names.accessKeyId(String(it)),
});

/** The access key is set Inactive. */
export const restAccessKey = step<Standing>({
	id: 'retire-access-key',
	name: 'Set Inactive',
	title: 'Set the access key Inactive',
	guide: {
		covers: 'nothing: ending a set-up is ours',
		text: [
			'Inactive can be undone at once: the access key works again when it is set Active. So nothing is lost if ' +
				'something still needed it.',
			'Account and alias are typed, so that it is certainly this set-up that ends.',
		],
		links: [vendorPage, page],
	},
	fields: () => [
		accessKeyById('deactivateAccessKey', 'The access key, to be set Inactive'),
		accessKeyById('reactivateAccessKey', 'The access key, to be set Active again'),
	],
	observe: lookAtStanding,
	plan(seen, known) {
		const {accessKey, keys} = seen;
		const id = known.facts.accessKeyId ?? '';
		const facts = endingOf(seen, known);
		if (!accessKey) return {changes: [], facts, says: `${id} is gone already`};
		const back = turnedRound(seen, known);
		if (back) return back;
		if (accessKey.active) return rest(accessKey, keys, known);
		return {changes: [], facts, says: `${id} is Inactive`};
	},
});

/** Whether the set-up is being ended: what somebody else did to its access key doesn't begin that. */
function endingOf({accessKey, kmsKey}: Standing, known: Known): Facts {
	const {accessKeyId: id = ''} = known.facts;
	// Whose KMS key is enabled again, in this run or before, is ended no more.
	const enabled = !accessKey && kmsKey?.state === 'Enabled' && wasEnabledAgain(known);
	if (enabled || isToBeEnabled(known)) return {retiring: ''};
	const byUs = accessKey ? restsSince(known, id) : lastDone(known, `delete-${id}`);
	return byUs === undefined ? {} : {retiring: id};
}

/** Sets it Inactive, on a word that names account and alias. */
function rest(key: SeenAccessKey, keys: readonly SeenAccessKey[], known: Known): Plan | Stop {
	if (!isToRest(known, key.id)) return mayRest(key.id, known);
	const others = keys.filter(it => it.id !== key.id && it.active).map(it => it.id);
	return {
		changes: deactivate(key, known, {why: 'this set-up ends; this can be undone at once'}).map(it => ({
			...it,
			record: {undoes: [], forgets: ['retired'], reverses: [`activate-${key.id}`]},
		})),
		warns: [
			'If something still needs it, it fails from now on, until the access key is set Active again.',
			...others.map(it => `Access key ${it} of the same user stays Active: this set-up does not end it.`),
		],
		confirm: thisOne(known),
	};
}
/** The word that this set-up is meant, and no other. */
function thisOne(known: Known): Confirm {
	const {account = ''} = known.facts;
	const alias = aliasNow(known);
	const names = [alias.replace(/^alias\//, ''), alias];
	return {
		words: names.map(it => `${account} ${it}`),
		says: 'Account and alias, as in “123456789012 nps-kms-key”, say that it is this set-up that ends.',
		flags: {'confirm-account': [account], 'confirm-alias': names},
	};
}
function mayRest(id: string, known: Known): Stop {
	const again = restsSince(known, id) !== undefined;
	const {account = ''} = known.facts;
	return {
		is: 'pause',
		what: again ? `Access key ${id} is Active again: somebody else set it so` : `Access key ${id} is Active`,
		why: again
			? 'Something may have missed it. This set-up is not being ended as long as it is Active'
			: 'Nothing that AWS shows uses it. Inactive it can be set Active again at any time',
		...(again && {first: 'Find out who set it so, and what for'}),
		code: 'MayBeInactive',
		ways: [
			{
				is: 'choose',
				key: keyOf('inactive'),
				label: again ? 'set it Inactive again' : 'set it Inactive',
				answers: {deactivateAccessKey: id, reactivateAccessKey: ''},
				flags: `--deactivate-access-key ${id} --confirm-account ${account} --confirm-alias ${aliasNow(known)}`,
			},
		],
	};
}

type Seen = Standing & {readonly described: readonly string[]};
/** Once it was Inactive for long enough, and nothing missed it, it is deleted. */
export const removeAccessKey = step<Seen>({
	id: 'retire-remove',
	name: 'Delete',
	title: 'Delete the access key',
	guide: {
		covers: 'nothing: ending a set-up is ours',
		text: [
			'It stays Inactive for some time (14 days unless you say otherwise). AWS shows a try with an Inactive access ' +
				'key nowhere: what needs it fails, and only that tells.',
			'Deleted it is gone for good; the KMS key still works then, and another access key can be made.',
		],
		links: [vendorPage, page],
	},
	fields: () => [
		{
			name: 'inactiveDays',
			label: 'Days to stay Inactive',
			flagSays: 'for so many days the access key is Inactive before it may be deleted',
			takes: 'n',
			kind: 'text',
			initial: '14',
			settles: 'never',
			wrong: wrongDays(365),
		},
		accessKeyById('deleteAccessKey', 'The access key, to be deleted: it is not missed'),
	],
	async observe(look, known) {
		const [standing, described] = await Promise.all([lookAtStanding(look, known), describedAccessKeys(look, known)]);
		return {...standing, described};
	},
	plan: (seen, known) => turnedRound(seen, known) ?? undoable(planFor(seen, known), seen),
});

function planFor({accessKey, keys, described}: Seen, known: Known): Plan | Stop {
	const id = known.facts.accessKeyId ?? '';
	const untag = described.includes(id)
		? [undescribe([id], known, 'the access key is gone, and AWS leaves its tag behind')]
		: [];
	if (!accessKey)
		return {
			changes: untag,
			says: `${id} is deleted`,
			warns: known.delivered.flatMap(it =>
				it.id === id && it.place !== null ? [`Delete ${it.place} if it is still there: nothing needs it.`] : [],
			),
		};
	if (accessKey.active) return rest(accessKey, keys, known);
	const since = restsSince(known, id);
	const days = Number(textAnswer(known.answers, 'inactiveDays') || '14');
	const waits =
		since === undefined
			? undefined
			: untilThen(
					{
						what: `Access key ${id} stays Inactive for ${days} days`,
						why: 'What still needs it fails now, and works again once it is Active',
						code: 'Resting',
						since,
						days,
					},
					known,
				);
	if (since === undefined) return notByUs(id, known);
	if (waits) return waits;
	if (textAnswer(known.answers, 'deleteAccessKey') !== id) return mayGo(id, days);
	return {
		changes: [remove(accessKey, known, {why: 'this set-up ends, and nothing missed it'}), ...untag],
		warns: ['What still needs it needs a new one then: nps-kms can make it as long as the KMS key is there.'],
		confirm: {
			words: [id],
			says: `Access key ${id} can't be brought back once it is deleted.`,
			flags: {'delete-access-key': [id]},
		},
	};
}
/** Somebody else set it Inactive: since when, and what it broke, nobody has watched. */
const notByUs = (id: string, known: Known): Stop => ({
	is: 'pause',
	what: `Access key ${id} is Inactive already, and this command did not set it so`,
	why: 'Since when is not known here, so nothing was watched',
	ways: [
		byCommands(
			known,
			[`aws iam update-access-key --user-name ${known.facts.userName} --access-key-id ${id} --status Active`],
			'set it Active, then have it set Inactive here',
		),
	],
	again: commandLine(known.run),
	code: 'InactiveBefore',
});
const mayGo = (id: string, days: number): Stop => ({
	is: 'pause',
	what: `Access key ${id} was Inactive for ${days} days and can be deleted`,
	why: 'AWS shows no try with an Inactive access key anywhere: only what needed it tells',
	first: 'Make sure that nothing misses it',
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
