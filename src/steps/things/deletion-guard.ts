import {typedByHand} from '../../aws/by-hand.js';
import {call} from '../../aws/client/call.js';
import {daysIn, guardIn, withGuard} from '../../aws/policy/deletion-guard.js';
import {readDocument, withAdded} from '../../aws/policy/policy-documents.js';
import type {Statement} from '../../aws/policy/statements.js';
import {
	type Call,
	type Change,
	type Difference,
	type Field,
	json,
	type Known,
	type Look,
	textAnswer,
	type Value,
} from '../../engine/step.js';
import {aliasNow, kmsKeyOwner, type SeenKmsKey} from './kms-key.js';

/** The days that were asked for; empty for no guard. */
const asked = ({answers}: Pick<Known, 'answers'>): string => textAnswer(answers, 'deletionGuard');

/** The question for it: off by default, and answered anew at any time. */
export const deletionGuardField: Field = {
	name: 'deletionGuard',
	settles: 'never',
	label: 'Deletion guard',
	flagSays: 'nobody can disable or delete the KMS key before so many days have passed since its last use',
	noFlagSays: 'take the deletion guard away',
	kind: 'text',
	optional: true,
	initial: '',
	hint: 'days without use before anybody can disable or delete the key',
	suggest: recoveredGuard,
	wrong: it =>
		it === '' || (/^[1-9]\d{0,3}$/.test(String(it)) && Number(it) <= 3650)
			? undefined
			: 'A whole number of days from 1 to 3650',
};
/** What it is, for the guide. */
export const whatGuards =
	'The deletion guard is a statement of the key policy: nobody, administrators too, can disable the key or schedule ' +
	'its deletion before so many days have passed since its last use. A leaked access key is stopped at once all the ' +
	'same, by setting it Inactive.';
/** Where the record was lost, the key policy tells. */
async function recoveredGuard(look: Look, known: Known): Promise<string> {
	if (known.recovered !== true) return '';
	const KeyId = (await look.at(call('kms:DescribeKey', {KeyId: aliasNow(known)})).catch(() => undefined))?.KeyMetadata
		?.KeyId;
	if (KeyId === undefined) return '';
	const seen = await look.at(call('kms:GetKeyPolicy', {KeyId, PolicyName: 'default'})).catch(() => undefined);
	const document = readDocument(seen?.Policy ?? '');
	const found = document === undefined ? undefined : guardIn(document);
	return found?.is === 'guard' ? found.days : '';
}

/** A key policy with the guard that was asked for. */
export const guarded = (document: Value, known: Known): Value =>
	asked(known) === '' ? document : withGuard(document, asked(known));

/**
 * Whether this setup set the guard to these days: by its record, or where that was lost, in a key that its tags show
 * to be made by it. A policy that was put for another reason holds what others had written into it.
 */
function isOurs(days: string, known: Known, key?: SeenKmsKey): boolean {
	if (known.recovered === true && key !== undefined && kmsKeyOwner(key, known).is === 'ours') return true;
	const all = known.of('managed-key').past.filter(it => it.outcome !== 'refused' && it.outcome !== 'undone');
	const last = all.findLast(it => it.change.id === taken || it.change.id.startsWith(putting));
	// What stands there since this setup took its own away is somebody else's.
	if (last?.change.id === taken && last.outcome !== undefined) return false;
	const set = all.filter(it => it.change.id.startsWith(putting)).map(it => it.change.call);
	const made = known.calls.map(it => it.call).filter(it => it.api === 'kms:CreateKey');
	return [...set, ...made].some(it => guardWritten(it) === days);
}
/** The days of the guard in a key policy that a call writes; nothing where it holds none. */
export function guardWritten({input}: Call): string | undefined {
	const it = input['Policy'];
	const document =
		typeof it === 'string' ? readDocument(it) : it && typeof it === 'object' && '$json' in it ? it.$json : undefined;
	const found = document === undefined ? undefined : guardIn(document as Value);
	return found?.is === 'guard' ? found.days : undefined;
}
/** The changes of this record that set the guard or took it away. */
export const guardChanges = (known: Known): readonly string[] => [
	...new Set(
		known
			.of('managed-key')
			.past.map(it => it.change.id)
			.filter(it => it === taken || it.startsWith(putting)),
	),
];

/**
 * What sets the guard as it was answered, after the changes that come before. Fewer days, or none, loosen what this
 * setup set: planned once nothing else is missing, so that it has a review of its own. What others made stricter
 * stays.
 */
export function guardKey(key: SeenKmsKey, before: readonly Change[], known: Known): readonly Change[] {
	const {id, policy} = key;
	if (policy === undefined) return [];
	const found = guardIn(policy);
	const days = asked(known);
	const has = found.is === 'guard' ? found.days : '';
	if (found.is === 'other' || has === days) return [];
	const loosens = has !== '' && (days === '' || Number(days) < Number(has));
	if (loosens && (before.length > 0 || !isOurs(has, known, key))) return [];
	const from = before.findLast(it => it.call.api === 'kms:PutKeyPolicy')?.diff?.to ?? policy;
	if (days === '') return [taking(id, has, from, {answer: 'deletionGuard', flags: '--no-deletion-guard'})];
	return [
		{
			...written(id, from, days),
			id: `${putting}${days}`,
			subject: `deletion guard of KMS key ${id}, to ${days} days`,
			...(has !== '' && {why: `it is ${has} days`}),
			record: {uses: ['deletionGuard'], reverses: [...(has === '' ? [] : [`${putting}${has}`]), taken]},
			...(loosens && {loosens: {answer: 'deletionGuard', flags: `--deletion-guard ${days}`}}),
		},
	];
}
const taken = 'take-deletion-guard';
const putting = 'put-deletion-guard-';
const taking = (id: string, has: string, from: Value, loosens: NonNullable<Change['loosens']>): Change => ({
	...written(id, from, ''),
	id: taken,
	subject: `key policy of KMS key ${id}, without the deletion guard`,
	why: `anybody with the permissions can disable or delete the key then; it is ${has} days`,
	record: {uses: ['deletionGuard'], reverses: [`${putting}${has}`]},
	loosens,
});
const written = (KeyId: string, from: Value, days: string): Pick<Change, 'verb' | 'diff' | 'call'> => {
	// AWS takes no policy that names who is gone.
	const to = withGuard(withAdded(from, []), days);
	return {
		verb: 'update',
		diff: {from, to},
		call: call('kms:PutKeyPolicy', {KeyId, PolicyName: 'default', Policy: json(to)}),
	};
};

/** What takes our guard away before the key is disabled or deleted: there it would be in the way. */
export function takeGuard(key: SeenKmsKey, without: (it: Value) => Value, known: Known): Change | undefined {
	const {id, policy} = key;
	const found = policy === undefined ? undefined : guardIn(policy);
	if (policy === undefined || found?.is !== 'guard' || !isOurs(found.days, known, key)) return undefined;
	const change = taking(id, found.days, without(policy), true);
	return {...change, ...(change.diff && {diff: {...change.diff, from: policy}})};
}
/** A key policy without our guard, as it is once that was taken away. */
export function unguarded(policy: Value, known: Known, key?: SeenKmsKey): Value {
	const found = guardIn(policy);
	return found.is === 'guard' && isOurs(found.days, known, key) ? withGuard(policy, '') : policy;
}
/** Changes that KMS may refuse for a while yet, after the guard was taken away in this run. */
export const onceUnguarded = (changes: readonly Change[], known: Known): readonly Change[] =>
	known.past.some(it => it.change.id === taken && it.run === known.runs && it.outcome !== 'refused')
		? changes.map(it =>
				/:(DisableKey|ScheduleKeyDeletion)$/.test(it.call.api)
					? {
							...it,
							waits: [
								...(it.waits ?? []),
								...['AccessDeniedException', 'AccessDenied'].map(code => ({
									code,
									says: 'explicit deny in a resource-based policy',
									why: 'KMS may not see yet that the deletion guard is gone',
									atMost: 120,
								})),
							],
						}
					: it,
			)
		: changes;

/** What to know before saying yes to a guard, and of one that isn't as asked because others wrote it. */
export function guardWarnings(changes: readonly Change[], policy: Value | undefined, known: Known): readonly string[] {
	const days = asked(known);
	const sets = changes.some(it => it.id.startsWith(putting) || it.id === 'create-key');
	if (days !== '' && sets) return [whatItMeans(days)];
	const found = policy === undefined ? undefined : guardIn(policy);
	if (found === undefined || found.is === 'none' || (found.is === 'other' && days === '')) return [];
	if (found.is === 'guard' && (found.days === days || isOurs(found.days, known))) return [];
	const asks = days === '' ? 'none was asked for' : `${days} days were asked for`;
	return [
		found.is === 'guard'
			? `The key policy has a deletion guard of ${found.days} days that this setup didn't write; ${asks}. It is left ` +
				'so.'
			: `In the key policy the deletion guard isn't as this setup wrote it; ${asks}. It is left so.`,
	];
}
const whatItMeans = (days: string): string =>
	`The deletion guard binds everybody, administrators too: nobody can disable the KMS key or schedule its deletion ` +
	`until it has been unused for more than ${days} days. Whoever may change the key policy can take it away.`;

/** The same for who uses what was set up. */
export function guardOnSheet(known: Known): readonly string[] {
	const days = asked(known);
	const {userName = '', accessKeyId = ''} = known.facts;
	return days === ''
		? []
		: [
				`The deletion guard keeps everybody, administrators too, from disabling or deleting the KMS key within ` +
					`${days} days of its last use. A leaked access key is stopped at once all the same: ` +
					typedByHand(known, [
						`aws iam update-access-key --user-name ${userName} --access-key-id ${accessKeyId} --status Inactive`,
					]),
			];
}

/** Whether a denial of the key policy is the guard that was asked for. */
export const isGuardAsAsked = (it: Statement, known: Known): boolean => daysIn(it) === asked(known);
/** How the guard is less than this setup set it, or not yet as it was answered since. */
export function guardDifferences(key: SeenKmsKey, known: Known): readonly Difference[] {
	const {arn, policy} = key;
	const days = asked(known);
	if (policy === undefined || known.completed !== true) return [];
	const found = guardIn(policy);
	const told = {subject: `key policy of ${arn}`, expected: days === '' ? 'none' : `a deletion guard of ${days} days`};
	const now = {guard: `${found.is === 'guard' ? found.days : ''} days`, other: 'another statement', none: 'none'}[
		found.is
	];
	if (days === '' || !isOurs(days, known)) {
		const missing = guardKey(key, [], known);
		if (missing.length === 0 && (days === '' || found.is !== 'other')) return [];
		return [
			{
				...told,
				code: 'deletion-guard',
				found: now,
				text: `Answered since and not put there yet: ${days === '' ? 'no deletion guard' : told.expected}`,
				covers: missing.map(it => it.id),
			},
		];
	}
	const covers = [`${putting}${days}`];
	if (found.is === 'none')
		return [
			{
				...told,
				code: 'deletion-guard-gone',
				found: now,
				text: `The deletion guard of ${days} days is gone from the key policy`,
				covers,
			},
		];
	if (found.is === 'guard' && Number(found.days) >= Number(days)) return [];
	return [
		{
			...told,
			code: 'deletion-guard-changed',
			found: now,
			text: `The deletion guard of the key policy is ${now}, not ${days} days`,
			covers,
		},
	];
}
