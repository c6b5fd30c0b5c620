import {call} from '../../aws/client/call.js';
import {keyOf} from '../../engine/keys.js';
import {
	type Attempt,
	type Change,
	type Choose,
	type Field,
	isProblem,
	type Known,
	type Look,
	type Plan,
	type Stop,
	textAnswer,
} from '../../engine/step.js';
import {listAccessKeys, type SeenAccessKey} from '../things/access-keys.js';
import {findKmsKey, type SeenKmsKey} from '../things/kms-key.js';

declare module '../../engine/facts.js' {
	interface FactNames {
		/** The id of the access key of a setup that is being ended. */
		retiring: string;
		/** When the KMS key of a setup that was ended had been disabled for as long as was to be, and nothing missed it. */
		retired: string;
	}
}

/** What a retirement is about, as it is found. */
export type Standing = {
	readonly keys: readonly SeenAccessKey[];
	readonly accessKey: SeenAccessKey | undefined;
	readonly kmsKey: SeenKmsKey | undefined;
};
/** Looks at the access key and the KMS key of the setup. */
export async function lookAtStanding(look: Look, known: Known): Promise<Standing> {
	const {userName, keyId, accessKeyId} = known.facts;
	const [keys, kmsKey] = await Promise.all([
		userName === undefined ? [] : listAccessKeys(look, userName),
		keyId === undefined ? undefined : findKmsKey(look, known.of('managed-key'), undefined),
	]);
	return {keys, accessKey: keys.find(it => it.id === accessKeyId), kmsKey};
}

const steps = [
	'retire-backups',
	'retire-unused',
	'retire-access-key',
	'retire-remove',
	'retire-kms-key',
	'retire-watch',
	// A move sets the access key that it leaves behind Inactive, and watches it.
	'move-retire',
	'move-watch',
];
/** What a retirement, or a move before it, did last of the changes of those ids; refused, it did nothing. */
export const lastDone = (known: Known, ...ids: readonly string[]): Attempt | undefined =>
	steps
		.flatMap(it => known.of(it).past)
		.filter(it => ids.includes(it.change.id) && it.outcome !== 'refused')
		.sort((one, other) => one.run - other.run || one.at.localeCompare(other.at))
		.at(-1);
const when = (it: Attempt | undefined, id: string): string | undefined =>
	it?.change.id === id ? (it.endedAt ?? it.at) : undefined;
/** Since when the access key is Inactive by a retirement, or the move before it; undefined where it isn't. */
export const restsSince = (known: Known, id: string): string | undefined =>
	when(lastDone(known, `deactivate-${id}`, `activate-${id}`), `deactivate-${id}`);
/** Since when the KMS key is disabled by a retirement; undefined where it isn't. */
export const disabledSince = (known: Known): string | undefined =>
	when(lastDone(known, 'disable-key', 'enable-key'), 'disable-key');
/** Whether what a retirement did last with the KMS key was to enable it again. */
export const wasEnabledAgain = (known: Known): boolean =>
	lastDone(known, 'disable-key', 'enable-key')?.change.id === 'enable-key';

/** A field that names by its id what is to be done with a thing, in one run. */
export const byId = (name: string, label: string): Field => ({
	name,
	label,
	takes: 'id',
	kind: 'text',
	initial: '',
	settles: 'each-run',
	asked: 'by-flag',
});
/** The id that the person gave for what this answer does, in this run. */
const wish = (known: Known, name: string, id: string | undefined): boolean =>
	id !== undefined && textAnswer(known.answers, name) === id;
export const isToRest = (known: Known, id: string): boolean => wish(known, 'deactivateAccessKey', id);
export const isToBeActive = (known: Known, id: string): boolean =>
	wish(known, 'reactivateAccessKey', id) && !isToRest(known, id);
export const isToBeDisabled = (known: Known): boolean => wish(known, 'disableKmsKey', known.facts.keyId);
export const isToBeEnabled = (known: Known): boolean =>
	wish(known, 'enableKmsKey', known.facts.keyId) && !isToBeDisabled(known);

/** Before anything else is asked, whatever the person wants back is set going again. */
export function turnedRound({accessKey, kmsKey}: Standing, known: Known): Plan | undefined {
	if (accessKey && !accessKey.active && isToBeActive(known, accessKey.id))
		return {changes: [activate(accessKey.id, known)]};
	return kmsKey?.state === 'Disabled' && isToBeEnabled(known) ? {changes: [enable(kmsKey.id)]} : undefined;
}
// What is set going again is being ended no more.
const back = {undoes: [], forgets: ['retiring', 'retired']} as const;
const activate = (id: string, known: Known): Change => ({
	id: `activate-${id}`,
	verb: 'update',
	subject: `access key ${id}, to Active again`,
	why: 'you asked for it',
	record: {...back, reverses: [`deactivate-${id}`]},
	call: call('iam:UpdateAccessKey', {UserName: known.fact('userName'), AccessKeyId: id, Status: 'Active'}),
});
const enable = (KeyId: string): Change => ({
	id: 'enable-key',
	verb: 'update',
	subject: `KMS key ${KeyId}, to Enabled again`,
	why: 'you asked for it',
	record: {...back, reverses: ['disable-key']},
	call: call('kms:EnableKey', {KeyId}),
});

const activeAgain = (id: string): Choose => ({
	is: 'choose',
	key: keyOf('active'),
	label: 'set the access key Active again',
	answers: {reactivateAccessKey: id, deactivateAccessKey: ''},
	flags: `--reactivate-access-key ${id}`,
});
const enabledAgain = (id: string): Choose => ({
	is: 'choose',
	key: keyOf('active'),
	label: 'enable the KMS key again',
	answers: {enableKmsKey: id, disableKmsKey: ''},
	flags: `--enable-kms-key ${id}`,
});
/** Wherever a retirement waits or stops, what it switched off can be switched on from there. */
export function undoable(it: Plan | Stop, {accessKey, kmsKey}: Standing): Plan | Stop {
	if (!isProblem(it) || !('ways' in it) || it.ways === undefined) return it;
	const [first, ...rest] = it.ways;
	return {
		...it,
		ways: [
			first,
			...rest,
			// One key of the screen for whichever was switched off last.
			...(kmsKey?.state === 'Disabled'
				? [enabledAgain(kmsKey.id)]
				: accessKey && !accessKey.active
					? [activeAgain(accessKey.id)]
					: []),
		],
	};
}
