import {call} from '../../aws/client/call.js';
import * as names from '../../aws/rules/name-rules.js';
import {keyOf} from '../../engine/keys.js';
import {type Change, type Choose, type Field, isProblem, type Known, type Plan, type Stop} from '../../engine/step.js';
import type {SeenAccessKey} from '../things/access-keys.js';
import {isWantedBack, oldId} from './both-access-keys.js';

/**
 * What can be done with the old access key by its id, at any time until it is deleted. Where one turns it round, what
 * was said before in favour of retiring it counts no more.
 */
export const byId: readonly Field[] = [
	{
		name: 'deleteAccessKey',
		label: 'The old access key, to be deleted: it is not missed',
		ofDelivered: true,
		kind: 'text',
		initial: '',
		settles: 'each-run',
		asked: 'by-flag',
		wrong: it => names.accessKeyId(String(it)),
	},
	{
		name: 'activeAgain',
		label: 'The old access key, to be set Active again',
		kind: 'text',
		flag: 'reactivate-access-key',
		settles: 'never',
		asked: 'by-flag',
		gives: {inactiveAgain: '', npsHealthy: false, overrideReason: ''},
		wrong: (it, {deleteAccessKey, inactiveAgain}) =>
			names.accessKeyId(String(it)) ??
			(it !== '' && [deleteAccessKey, inactiveAgain].includes(it)
				? 'The same access key is to be deleted or set Inactive'
				: undefined),
	},
	{
		name: 'inactiveAgain',
		label: 'The old access key, to be set Inactive though it was set Active again',
		kind: 'text',
		flag: 'deactivate-access-key',
		settles: 'never',
		asked: 'by-flag',
		gives: {npsHealthy: false, overrideReason: ''},
		wrong: it => names.accessKeyId(String(it)),
	},
];

const back = (id: string): Choose => ({
	is: 'choose',
	key: keyOf('active'),
	label: 'set the old one Active again',
	answers: {activeAgain: id, inactiveAgain: '', npsHealthy: false, overrideReason: ''},
	flags: `--reactivate-access-key ${id}`,
});
/**
 * Whatever a replacement waits for or stops at: while the old access key is Inactive, it can be set Active again from
 * there.
 */
export function undoable(it: Plan | Stop, keys: readonly SeenAccessKey[], known: Known): Plan | Stop {
	const old = keys.find(({id}) => id === oldId(known));
	if (!isProblem(it) || !old || old.active) return it;
	return {...it, ways: [...it.ways, back(old.id)]};
}

/** The old access key is set Active before anything else is asked, if the person wants it back. */
export function bringBack(keys: readonly SeenAccessKey[], known: Known): Plan | undefined {
	const old = keys.find(({id}) => id === oldId(known));
	return old && !old.active && isWantedBack(known) ? {changes: [activate(old.id, known)]} : undefined;
}
const activate = (id: string, known: Known): Change => ({
	id: `activate-${id}`,
	verb: 'update',
	subject: `access key ${id}, to Active again`,
	why: 'you asked for it',
	record: {reverses: [`deactivate-${id}`]},
	call: call('iam:UpdateAccessKey', {UserName: known.fact('userName'), AccessKeyId: id, Status: 'Active'}),
});

/**
 * Whether what this step did last with the status of the old access key, or may have done, is to set it Inactive: then
 * Active may only be what AWS still shows.
 */
export function wasLastHalted(known: Known): boolean {
	const ids = ['deactivate', 'activate'].map(it => `${it}-${oldId(known)}`);
	return known.past.findLast(it => ids.includes(it.change.id) && it.outcome !== 'refused')?.change.id === ids[0];
}

/**
 * Both access keys work, on the person's word or on somebody else's: it takes another word to set the old one Inactive.
 */
export const activeAgain = (id: string, known: Known): Stop => ({
	is: 'pause',
	what: isWantedBack(known)
		? `Access key ${id} is Active again, as you asked`
		: `Access key ${id} is Active again: somebody else set it so`,
	why: 'Both access keys work. The replacement is not finished',
	first: 'Find out what still needs the old one, and have it use the new one',
	code: 'ActiveAgain',
	ways: [
		{
			is: 'choose',
			key: keyOf('inactive'),
			label: 'set it Inactive again',
			answers: {inactiveAgain: id, npsHealthy: false, overrideReason: ''},
			flags: `--deactivate-access-key ${id}`,
		},
	],
	...(wasLastHalted(known) && {mayBeLate: true}),
});
