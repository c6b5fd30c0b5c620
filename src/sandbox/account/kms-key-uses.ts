import type {Key, KeyUse} from './account.js';
import type {Lags} from './lags.js';

/**
 * When AWS began to note uses.
 * https://aws.amazon.com/about-aws/whats-new/2026/04/aws-kms-tracks-last-usage-kms-keys/
 */
const begun = Date.parse('2026-04-23T00:00:00Z');
/** More uses than that within one lag are thinned out. */
const most = 1000;
type At = {readonly now: number; readonly lags: Pick<Lags, 'keyUse'>};

/** Notes a use of the key, and forgets those that nobody will be told of any more. */
export function noteUse(key: Key, use: KeyUse, {now, lags}: At): void {
	const uses = [...(key.lastUsed ?? []), use];
	const told = uses.findLastIndex(({at}) => now - at >= lags.keyUse);
	const needed = uses.slice(Math.max(told, 0));
	key.lastUsed = needed.length > most ? [...needed.slice(0, 1), ...needed.slice(2)] : needed;
}
/** The last use that shows by now. */
export const shownUse = ({lastUsed: uses = []}: Key, {now, lags}: At): KeyUse | undefined =>
	uses.findLast(({at}) => now - at >= lags.keyUse);
/** Since when its uses are noted. */
export const notedSince = ({created}: Key): number => Math.max(created, begun);
/**
 * Whole days since the last use; of a key that was never used, since its uses are noted.
 * https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
 */
export const daysWithoutUse = (key: Key, at: At): number =>
	Math.floor((at.now - (shownUse(key, at)?.at ?? notedSince(key))) / 86_400_000);
