import type {AccessKeyMetadata} from '@aws-sdk/client-iam';
import {call} from '../../aws/client/call.js';
import type {Known, Look} from '../../engine/step.js';
import {ageInDays, dueDay} from '../things/access-key-age.js';
import {currentAccessKey} from '../things/access-key-differences.js';
import {collect} from '../things/all-pages.js';
import {userNameOf} from '../things/iam-user.js';

/** How NPS's access key stands, for whoever watches it. */
export type AccessKeyNow = {
	readonly id: string;
	/** As AWS shows it; `unknown` where it couldn't be looked at, and the record alone tells. */
	readonly status: 'Active' | 'Inactive' | 'gone' | 'unknown';
	/** When it was made, by AWS; when its secret was delivered, by the record, where AWS doesn't tell. */
	readonly madeAt?: string;
	/** Whole days, counted down. */
	readonly ageDays?: number;
	/** The day, in UTC, on which it is 90 days old. */
	readonly replaceBy?: string;
};

/** Looks how NPS's access key stands; undefined where there is none. Asks nothing that the steps haven't asked. */
export async function accessKeyNow(look: Look, known: Known): Promise<AccessKeyNow | undefined> {
	const keys = await listed(look, known);
	const active = keys?.filter(it => it.Status === 'Active') ?? [];
	const id = currentAccessKey(known) ?? (active.length === 1 ? active[0]?.AccessKeyId : undefined);
	// What NPS was moved away from is nobody's to replace any more.
	if (id === undefined || id === known.facts.leftBehind) return undefined;
	const held = keys?.find(it => it.AccessKeyId === id);
	const status = held ? (held.Status === 'Active' ? 'Active' : 'Inactive') : keys ? 'gone' : 'unknown';
	return {id, status, ...aged(held?.CreateDate ?? deliveredAt(id, known), known)};
}

/** The same by the record alone, where AWS can't be asked. */
export function accessKeyRecorded(known: Known): AccessKeyNow | undefined {
	const id = currentAccessKey(known);
	return id === undefined || id === known.facts.leftBehind
		? undefined
		: {id, status: 'unknown', ...aged(deliveredAt(id, known), known)};
}

const listed = (look: Look, known: Known): Promise<readonly AccessKeyMetadata[] | undefined> =>
	collect(look, call('iam:ListAccessKeys', {UserName: userNameOf(known)}), it => it.AccessKeyMetadata).catch(
		() => undefined,
	);
function deliveredAt(id: string, {delivered}: Known): Date | undefined {
	const it = delivered.find(key => key.id === id);
	return it && new Date(it.deliveredAt);
}
function aged(madeAt: Date | undefined, {run}: Known): Pick<AccessKeyNow, 'madeAt' | 'ageDays' | 'replaceBy'> {
	const now = new Date(run.now ?? Number.NaN);
	if (!madeAt || Number.isNaN(now.getTime())) return {};
	return {madeAt: madeAt.toISOString(), ageDays: ageInDays(madeAt, now), replaceBy: dueDay(madeAt)};
}
