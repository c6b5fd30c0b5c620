import type {Known, Look} from '../../engine/step.js';
import {timeInWords} from '../../engine/time-in-words.js';
import {doubtOf, lookAtUse, type NpsUse, npsUse, type SeenUse, usedBesidesUs, usesByNps} from '../looks/nps-use.js';
import {type New, openNew} from './open-new.js';

/** What is seen of NPS's use of the new access key since the move was begun, and how. */
export type SeenNew = {readonly use: Pick<NpsUse, 'at' | 'words' | 'addresses'> | undefined; readonly doubt: string};

/** When the move was begun: an older use may be anybody's. */
const begunAt = ({facts, run}: Known): number => Date.parse(facts.moveBegunAt ?? facts.movingToSince ?? run.now ?? '');
/** Whether the new access key was used before the move was begun, or that can't be told. */
export const wasUsed = ({facts}: Known): boolean => facts.movingToUsed === 'yes';

/**
 * Looks whether NPS uses the new access key since the move was begun, with the other setup's own eyes and record; where
 * they see nothing, by what that record holds.
 */
export async function lookAtNew(look: Look, known: Known): Promise<SeenNew> {
	const it = await openNew(look, known);
	if (!it) return {use: undefined, doubt: 'the record of the new setup is gone'};
	const seen = await usesOfNew(it);
	const from = begunAt(known);
	const use = seen && npsUse(since(seen, from), it.known);
	// Who used it before goes on from its addresses.
	const addressesIn = (all: readonly string[]): readonly string[] => (wasUsed(known) ? [] : all);
	if (use && use.at.getTime() >= from) return {use: {...use, addresses: addressesIn(use.addresses)}, doubt: ''};
	const {seenAt, from: addresses = []} = heldOf(it.known) ?? {};
	if (seenAt !== undefined && Date.parse(seenAt) >= from) {
		const at = new Date(seenAt);
		const words = `NPS used the key: ${timeInWords(at)}, as its record holds`;
		return {use: {at, addresses: addressesIn(addresses), words}, doubt: ''};
	}
	const older = use ? `what used it before the move was begun, ${timeInWords(use.at)}, may be another NPS` : undefined;
	const blind = 'blind' in it ? `it can't be looked at from here: ${it.blind}` : 'it is not seen in use';
	return {use: undefined, doubt: older ?? ((seen && doubtOf(seen, it.known)) || blind)};
}
/** What AWS shows of the uses of the new access key; undefined where that can't be looked at. */
export const usesOfNew = async (it: New): Promise<SeenUse | undefined> =>
	'look' in it ? lookAtUse(it.look, it.known).catch(() => undefined) : undefined;
const since = (seen: SeenUse, from: number): SeenUse => ({
	...seen,
	told: seen.told && {...seen.told, uses: seen.told.uses.filter(it => it.at.getTime() >= from)},
});
const heldOf = ({delivered, facts}: Known) => delivered.find(({id}) => id === facts.accessKeyId);

/**
 * Whether something used the new access key before that moment, as AWS, its record or somebody tells; where it can't be
 * looked at as the move begins, it counts as used.
 */
export function usedBefore(it: New & {readonly use: SeenUse | undefined}, moment: string, begun: boolean): boolean {
	const {use: seen} = it;
	const from = Date.parse(moment);
	const id = it.known.facts.accessKeyId ?? '';
	const {inUse = false, seenAt} = heldOf(it.known) ?? {};
	const iam = usedBesidesUs(id, seen?.accessKey, it.known);
	const times = [...usesByNps(id, seen?.told, it.known).map(use => use.at.getTime()), iam ?? from];
	const told = times.some(at => at < from) || (seenAt !== undefined && Date.parse(seenAt) < from);
	return told || (!begun && (seen === undefined || inUse || it.known.answers['npsRotated'] === true));
}
