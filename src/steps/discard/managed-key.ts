import type {KeyMetadata} from '@aws-sdk/client-kms';
import {typedByHand} from '../../aws/by-hand.js';
import {call} from '../../aws/client/call.js';
import {commandLine} from '../../engine/command-line.js';
import {
	type Change,
	type Known,
	type Look,
	type Plan,
	type Stay,
	textAnswer,
	undo,
	type Value,
} from '../../engine/step.js';
import {guardChanges, onceUnguarded, takeGuard, unguarded} from '../things/deletion-guard.js';
import {earlierAliases} from '../things/earlier-aliases.js';
import {aliasNow, findKmsKey, type SeenKmsKey} from '../things/kms-key.js';
import {managerOf} from '../things/managed-elsewhere.js';
import {vendorPage} from '../things/vendor.js';
import {lastOf, stands} from './access-key.js';
import {
	adoption,
	bearsOurTag,
	type Extent,
	lookAtExtent,
	recorded,
	standing,
	triesOf,
	wasPrinted,
	whyStays,
} from './extent.js';
import {denialsOf, denialWarnings, deniedByKeyPolicy, mayBeDenied} from './key-policy-denials.js';
import {dropOurs, withoutUser} from './own-in-key-policy.js';
import {removing, theAlias, theKmsKey} from './recorded-kms-key.js';

type Seen = {
	readonly extent: Extent;
	readonly key: SeenKmsKey | undefined;
	readonly byAlias: string | undefined;
	/** The aliases that this setup gave it before the alias was answered otherwise. */
	readonly earlier: readonly string[];
	readonly deletedOn: Date | undefined;
};

/**
 * Takes back the managed key: it is disabled, and scheduled for deletion only where that was asked for or NPS can't
 * know it.
 */
export const undoManagedKey = undo<Seen>({
	title: 'Take back the managed key',
	guide: {
		covers: 'Create a Managed Key, taken back',
		text: [
			"In the console you'd open the key, choose Key actions, and Disable or Schedule key deletion.",
			'A disabled key can be enabled again at any time. A key scheduled for deletion can be kept until the day ' +
				'named: cancel the deletion, then enable it. After that day, what was protected with it is lost for good.',
			'A disabled key costs as much as before; one that waits for its deletion costs nothing.',
		],
		links: [vendorPage, 'https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html'],
	},
	makes: [theKmsKey, theAlias],
	goes: 'last',
	async observe(look, known) {
		const [extent, named] = await Promise.all([
			lookAtExtent(look, known),
			look.at(call('kms:DescribeKey', {KeyId: aliasNow(known)})),
		]);
		const byAlias = named?.KeyMetadata;
		const key = await findOurs(look, known, byAlias);
		const earlier = key ? await earlierAliases(look, known, key.id) : [];
		const pending = key && isGoing(key);
		const deletedOn = pending
			? (await look.at(call('kms:DescribeKey', {KeyId: key.id})))?.KeyMetadata?.DeletionDate
			: undefined;
		return {extent, key, byAlias: byAlias?.KeyId, earlier, deletedOn};
	},
	plan({extent, key, byAlias, earlier, deletedOn}, known) {
		if (!key) return {changes: [], unseen: ['create-key'], says: 'none of this setup is there'};
		const ours = bearsOurTag(key.tags, known) && recorded(known, 'managed-key', 'create-key', 'keyMadeAs', key.id);
		if (!ours) return notOurs(key, {byAlias, earlier, extent}, known);
		if (isGoing(key))
			return {
				changes: [],
				says: pendingWords(key, deletedOn),
				warns: [
					wayBack(key, `KMS key ${pendingWords(key, deletedOn)}. Until then`, known),
					...(triesOf(known, 'managed-key', 'schedule-deletion').length > 0 ? [intoCalendar(known)] : []),
				],
			};
		const bare = (it: Value): Value => (extent.halts ? it : withoutUser(it, extent.user, known));
		const guard = takeGuard(key, bare, known.of('managed-key'));
		const unbound = {...key, policy: key.policy && unguarded(key.policy, known.of('managed-key'), key)};
		const denials = denialsOf(unbound, [extent.halts ? 'kms:DisableKey' : 'kms:ScheduleKeyDeletion'], known);
		let plan: Plan = extent.halts
			? halt(key)
			: {
					changes: [...dropAliases(key, {byAlias, earlier}, known), schedule(key, known)],
					unseen: byAlias === undefined ? ['create-alias'] : [],
					warns: [deletionWarning(key, known)],
					says: key.arn,
				};
		if (plan.changes.length > 0 && guard)
			return {
				...plan,
				changes: [guard],
				afterwards: plan.changes,
				warns: [...(plan.warns ?? []), ...denialWarnings(denials)],
			};
		plan = {...plan, changes: onceUnguarded(plan.changes, known)};
		if (plan.changes.length === 0 || denials.length === 0) return plan;
		return (
			deniedByKeyPolicy(key, plan.changes, denials, known) ?? {
				...plan,
				changes: mayBeDenied(plan.changes, denials),
				warns: [...(plan.warns ?? []), ...denialWarnings(denials)],
			}
		);
	},
});

/** The key, also after it was scheduled for deletion; what the alias names counts only where no other can be ours. */
async function findOurs(look: Look, known: Known, byAlias: KeyMetadata | undefined): Promise<SeenKmsKey | undefined> {
	const last = lastOf(triesOf(known, 'managed-key', 'create-key'));
	const keyId = known.facts.keyId ?? last?.learned.keyId;
	const it: Known = {...known.of('managed-key'), facts: {...known.facts, ...(keyId !== undefined && {keyId})}};
	const found = await findKmsKey(look, it, byAlias);
	const lost = last !== undefined && last.outcome === undefined;
	return lost && found && !bearsOurTag(found.tags, known) ? ((await findKmsKey(look, it, undefined)) ?? found) : found;
}

/**
 * A multi-Region key waits for its replicas first.
 * https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-delete.html
 */
const isGoing = ({state}: SeenKmsKey): boolean => /^Pending(Replica)?Deletion$/.test(state);
const pendingWords = ({arn, state}: SeenKmsKey, deletedOn: Date | undefined): string =>
	state === 'PendingReplicaDeletion'
		? `${arn} is deleted once its replicas in other regions are`
		: `${arn} is deleted on ${deletedOn?.toISOString().slice(0, 10) ?? 'a day that KMS names'}`;

/** The days after which KMS deletes the key. */
const daysOf = (known: Known): number => Number(textAnswer(known.answers, 'deletionDays') || '30');
function deletionWarning(key: SeenKmsKey, known: Known): string {
	const {today = '', now = `${today.slice(0, 4)}-${today.slice(4, 6)}-${today.slice(6, 8)}`} = known.run;
	// AWS counts by its own clock.
	const from = Date.parse(now.slice(0, 10));
	const on = Number.isNaN(from)
		? `${daysOf(known)} days from now`
		: `on ${new Date(from + daysOf(known) * 86_400_000).toISOString().slice(0, 10)}`;
	return (
		`KMS deletes the key ${on}, and what was protected with it is lost then. ` +
		`${wayBack(key, 'Until that day', known)}`
	);
}
const intoCalendar = ({run}: Known): string =>
	`${commandLine(run, 'status', '--calendar', 'nps-kms.ics')} puts that day into a calendar.`;
/** How to keep a key that is scheduled for deletion. */
const wayBack = ({id}: SeenKmsKey, until: string, known: Known): string =>
	`${until} it can be kept: ` +
	typedByHand(known, [`aws kms cancel-key-deletion --key-id ${id}`, `aws kms enable-key --key-id ${id}`]);

function dropAliases(
	{id}: SeenKmsKey,
	{byAlias, earlier}: Pick<Seen, 'byAlias' | 'earlier'>,
	known: Known,
): readonly Change[] {
	const alias = aliasNow(known);
	const ours =
		wasPrinted(known) ||
		triesOf(known, 'managed-key', 'create-alias').some(it => it.change.call.input['AliasName'] === alias);
	return [
		...earlier.map(it => dropAlias(`delete-${it}`, it)),
		...(byAlias === id && ours
			? [{...dropAlias('delete-alias', alias), record: {undoes: ['create-alias'], forgets: ['keyAlias']} as const}]
			: []),
	];
}
const dropAlias = (id: string, AliasName: string): Change => ({
	id,
	verb: 'delete',
	subject: AliasName,
	why: 'this setup made it',
	call: removing.alias(AliasName),
});
const schedule = ({id}: SeenKmsKey, known: Known): Change => ({
	id: 'schedule-deletion',
	verb: 'delete',
	subject: `KMS key ${id}, in ${daysOf(known)} days`,
	why: 'this setup made it; until then it can be kept',
	call: removing.kmsKey(id, daysOf(known)),
	record: {
		undoes: [
			'create-key',
			'create-alias',
			'enable-rotation',
			'put-key-policy',
			'bind-key',
			'describe-key',
			'tag-key',
			'disable-key',
			'enable-key',
			...guardChanges(known),
		],
		forgets: ['keyId', 'keyArn', 'keyMadeAs', 'keyAdopted', 'keyAlias', 'administratorsSeen'],
	},
});

function halt({id, arn, state}: SeenKmsKey): Plan {
	const stay: Stay = {subject: `KMS key ${id}`, why: `${state}: it works again once it is enabled`, ours: true};
	const disable: Change = {
		id: 'disable-key',
		verb: 'update',
		subject: `KMS key ${id}, to Disabled`,
		why: 'it can be enabled again',
		call: call('kms:DisableKey', {KeyId: id}),
	};
	return state === 'Enabled'
		? {changes: [disable], says: arn}
		: {changes: [], stays: [stay], says: `${arn} is ${state}`};
}
/**
 * Sets a key going again that taking back has disabled, or may have scheduled for deletion, if nobody has changed that
 * since.
 */
export function setKmsKeyGoing(key: SeenKmsKey, known: Known): readonly Change[] {
	const {id, state} = key;
	const last = lastOf(
		standing(known, 'managed-key', 'disable-key', 'enable-key', 'schedule-deletion', 'cancel-deletion'),
	);
	const enable: Change = {
		id: 'enable-key',
		verb: 'update',
		subject: `KMS key ${id}, to Enabled again`,
		why: 'taking this setup back had disabled it',
		call: call('kms:EnableKey', {KeyId: id}),
	};
	const cancel: Change = {
		id: 'cancel-deletion',
		verb: 'update',
		subject: `KMS key ${id}, not to be deleted`,
		why: 'taking this setup back was cut off when it scheduled that',
		call: call('kms:CancelKeyDeletion', {KeyId: id}),
	};
	if (isGoing(key) && stands('schedule-deletion', last)) return [cancel, enable];
	return state === 'Disabled' && (stands('disable-key', last) || stands('cancel-deletion', last)) ? [enable] : [];
}

/** A key that this setup only took over loses our tag and our alias, and stays as it is. */
function notOurs(
	key: SeenKmsKey,
	{byAlias, earlier, extent: {halts, user}}: Pick<Seen, 'byAlias' | 'earlier' | 'extent'>,
	known: Known,
): Plan {
	const TagKeys = [...adoption(key.tags, known)];
	const taken = TagKeys.length > 0 || known.facts.keyId === key.id || bearsOurTag(key.tags, known);
	if (!taken) return {changes: [], unseen: ['create-key'], says: 'none of this setup is there'};
	const untag: Change = {
		id: 'untag-key',
		verb: 'delete',
		subject: `tag nps-kms:adopted-by of KMS key ${key.id}`,
		why: 'this setup put it there',
		call: call('kms:UntagResource', {KeyId: key.id, TagKeys}),
		record: {undoes: ['tag-key']},
	};
	const why = whyStays(key.tags, triesOf(known, 'managed-key', 'create-key').length > 0, known);
	return {
		changes: halts
			? []
			: managerOf(key.tags, known) !== undefined
				? []
				: [
						...dropAliases(key, {byAlias, earlier}, known),
						...dropOurs(key, user, known),
						...(TagKeys.length > 0 ? [untag] : []),
					],
		stays: [{subject: `KMS key ${key.id}`, why, ...(bearsOurTag(key.tags, known) && {ours: true})}],
		says: `${key.arn} stays`,
	};
}
