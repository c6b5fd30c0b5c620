import type {Known, Look} from '../../engine/step.js';
import {timeInWords} from '../../engine/time-in-words.js';
import {daysAfter} from '../things/days.js';
import {isOurs, type ToldUse, toldOfKey} from './evidence-of-use.js';
import {lookAtUse, type SeenUse, usedBesidesUs} from './nps-use.js';

/** Whether the KMS key was unused for a time, as far as AWS shows. */
export type Silence =
	/** Somebody used it within that time. */
	| {readonly is: 'used'; readonly at: Date; readonly words: string}
	/** Nobody did, since then at least: since a use or its making, or since that time began. */
	| {readonly is: 'unused'; readonly since: string; readonly words: string; readonly isUse?: true}
	/** AWS doesn't tell; the time that is asked about begins then. */
	| {readonly is: 'untold'; readonly since: string; readonly words: string};

/** CloudTrail's event history goes back so many days. */
export const historyDays = 90;

/** Looks whether anybody but our own proof used the KMS key within so many days. */
export async function lookForUse(look: Look, known: Known, days: number): Promise<Silence> {
	const since = daysAfter(known.run.now ?? '', -days).toISOString();
	const seen = await lookAtUse(look, known);
	if (seen === undefined) return {is: 'untold', since, words: "AWS doesn't tell whether the key is used"};
	return shownBy(seen, since, known) ?? (await toldBy(look, {since, days}, known));
}

/** What KMS, IAM and the newest events show by themselves. */
function shownBy(seen: SeenUse, since: string, known: Known): Silence | undefined {
	const from = Date.parse(since);
	const {last, told, others, accessKey} = seen;
	const newest = usedSince([...(told?.uses ?? []), ...others, ...(seen.other ? [seen.other] : [])], from, known);
	if (newest) return newest;
	const id = known.facts.accessKeyId ?? '';
	const byIam = usedBesidesUs(id, accessKey, known);
	if (byIam !== undefined && byIam >= from)
		return {
			is: 'used',
			at: new Date(byIam),
			words: `Access key ${id} was used with KMS: ${timeInWords(new Date(byIam))}`,
		};
	if (last.is === 'never') {
		const madeAt = madeIn(known) ?? since;
		if (Date.parse(madeAt) > from)
			return {is: 'used', at: new Date(madeAt), words: `The key was made ${timeInWords(madeAt)}, and not used since`};
		return {is: 'unused', since: madeAt, isUse: true, words: 'AWS shows no use of the key since it was made'};
	}
	if (last.is !== 'used' || known.ownRequests?.includes(last.requestId)) return undefined;
	const words = `${last.operation}, ${timeInWords(last.at)}`;
	if (last.at.getTime() < from)
		return {is: 'unused', since: last.at.toISOString(), isUse: true, words: `The last use AWS shows is ${words}`};
	return {is: 'used', at: last.at, words: `Something used the key: ${words}; AWS doesn't say who`};
}

/** What all events of that time tell, where the last use is our own or isn't told. */
async function toldBy(look: Look, {since, days}: {since: string; days: number}, known: Known): Promise<Silence> {
	const untold = (words: string): Silence => ({is: 'untold', since, words});
	if (days > historyDays) return untold(`KMS doesn't tell the last use, and CloudTrail only ${historyDays} days`);
	const told = await toldOfKey(look, known.facts.keyArn ?? '', Date.parse(since));
	if (told === undefined) return untold('Neither KMS nor CloudTrail tells who used the key');
	const used = usedSince(told.uses, Date.parse(since), known);
	if (used) return used;
	if (told.cut) return untold('CloudTrail tells of more events than are read');
	return {is: 'unused', since, words: `CloudTrail tells of no use within ${days} days`};
}

/** The newest use by somebody else than our own proof. */
function usedSince(uses: readonly ToldUse[], from: number, known: Known): Silence | undefined {
	const [newest] = uses
		.filter(it => !isOurs(it, known) && it.at.getTime() >= from)
		.sort((one, other) => other.at.getTime() - one.at.getTime());
	return newest && {is: 'used', at: newest.at, words: `The key was used: ${whoseInWords(newest)}`};
}
/** A use, or a try, in words: what, when, by whom, from where. */
export const whoseInWords = ({operation, at, by, address}: ToldUse): string =>
	`${operation}, ${timeInWords(at)}, by ${by}${address ? `, from ${address}` : ''}`;

/** When the KMS key was made, by the record. */
const madeIn = (known: Known): string | undefined =>
	known.of('managed-key').past.find(it => it.change.id === 'create-key' && it.outcome === 'done')?.endedAt;
