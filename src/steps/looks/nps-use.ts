import {call} from '../../aws/client/call.js';
import {asRefusal} from '../../aws/client/refusals.js';
import type {Through} from '../../engine/delivered.js';
import type {Watch} from '../../engine/problem.js';
import type {Known, Look, Note} from '../../engine/step.js';
import {timeInWords} from '../../engine/time-in-words.js';
import {
	eventById,
	isOurs,
	type LastUse,
	lastUseOf,
	type ToldUse,
	type ToldUses,
	usesOf,
	usesWith,
} from './evidence-of-use.js';

/** What IAM tells of an access key: its last use, to the minute, that there was none, or nothing. */
export type AccessKeyUse = {
	readonly lastUsed: Date | undefined;
	readonly usedFor?: string | undefined;
	/** Where it was used. */
	readonly usedIn?: string | undefined;
	readonly neverUsed: boolean;
};
/** All that AWS shows of who uses the KMS key, from each source that may be asked. */
export type SeenUse = {
	readonly last: LastUse;
	readonly told: ToldUses | undefined;
	readonly accessKey: AccessKeyUse | undefined;
	/** The last use, where it was neither ours nor with this access key. */
	readonly other?: ToldUse | undefined;
	/** The newest uses that were neither ours nor by the user of this setup. */
	readonly others: readonly ToldUse[];
	/** AWS refuses, for good, to tell which access key is used: there is nothing to wait for. */
	readonly untold: boolean;
};
/** A use by NPS, certain: it names the access key, came after the delivery, and isn't ours. */
export type NpsUse = {
	readonly at: Date;
	/** What it did, where that is told, when and from where. */
	readonly what: string;
	readonly words: string;
	readonly addresses: readonly string[];
	readonly through: Through;
};

/** AWS tells the time of an access key's use by the minute, cut off: a use within a minute of our own may be ours. */
const minute = 60_000;
/**
 * For so long a proof may have gone on of which only the beginning is recorded: it waits up to 2 minutes, twice, and
 * for slow answers.
 */
const longestProof = 15 * minute;
/**
 * The time up to which our own proof may have used an access key; not a number where it never did. One that was cut off
 * may go on until a later run is at work: its machine may only have slept.
 */
export function ownUntil(id: string, {delivered}: Pick<Known, 'delivered'>): number {
	const {lastOwnUse = '', usedSince, usedUntil} = delivered.find(key => key.id === id) ?? {};
	const last = Date.parse(lastOwnUse);
	if (usedSince === undefined) return last + minute;
	return usedUntil === undefined ? Number.POSITIVE_INFINITY : Math.max(last + longestProof, Date.parse(usedUntil));
}

/**
 * Looks at who uses the KMS key: three requests at once; where those don't tell of NPS, or not who used it last, one
 * more each.
 */
export async function lookAtUse(look: Look, known: Known): Promise<SeenUse | undefined> {
	const {accessKeyId: AccessKeyId, keyArn, keyId} = known.facts;
	if (!AccessKeyId || !keyArn) return undefined;
	const refused = new Set<string>();
	const eyes = noting(look, refused);
	const [last, all, used] = await Promise.all([
		lastUseOf(eyes, keyId ?? keyArn),
		usesOf(eyes, keyArn),
		eyes.at(call('iam:GetAccessKeyLastUsed', {AccessKeyId})).catch(() => undefined),
	]);
	const {LastUsedDate: lastUsed, ServiceName: usedFor, Region: usedIn} = used?.AccessKeyLastUsed ?? {};
	const accessKey = used && {lastUsed, usedFor, usedIn, neverUsed: lastUsed === undefined};
	const theirs = all && {...all, uses: all.uses.filter(it => it.accessKeyId === AccessKeyId)};
	// Others may fill a page; and a page that tells of no use though there was one tells of none by NPS either.
	const toldOf = all !== undefined && !all.cut && (all.uses.length > 0 || last.is === 'never');
	const enough = toldOf || usesByNps(AccessKeyId, theirs, known).length > 0;
	const told = enough ? theirs : await usesWith(eyes, AccessKeyId, keyArn);
	const others = (all?.uses ?? []).filter(it => !isOurs(it, known) && it.by !== known.facts.userArn);
	const other = await whoseLast(look, last, {keyArn, all, told}, known);
	return {last, told, accessKey, others, other, untold: naming.every(it => refused.has(it))};
}

/** Who is asked which access key was used. */
const naming = ['cloudtrail:LookupEvents', 'iam:GetAccessKeyLastUsed'];
/** Refusals that another sign-in ends. */
const ofTheSession = /Token|Signature|Unrecognized/;
/** The same eyes, which note what AWS refuses to tell: not what it only doesn't tell now. */
const noting = (look: Look, refused: Set<string>): Look => ({
	...look,
	at: it =>
		look.at(it).catch((error: unknown) => {
			const refusal = asRefusal(error);
			if (refusal && !refusal.temporary && !ofTheSession.test(refusal.code)) refused.add(it.api);
			throw error;
		}),
});

type Told = {readonly keyArn: string; readonly all: ToldUses | undefined; readonly told: ToldUses | undefined};
/** Whose the last use was, where it was neither ours nor with the access key. */
async function whoseLast(
	look: Look,
	last: LastUse,
	{keyArn, all, told}: Told,
	{ownRequests}: Known,
): Promise<ToldUse | undefined> {
	if (last.is !== 'used' || ownRequests?.includes(last.requestId) || told === undefined) return undefined;
	const isIt = ({requestId}: ToldUse): boolean => requestId === last.requestId;
	if (told.uses.some(isIt)) return undefined;
	return all?.uses.find(isIt) ?? (await eventById(look, last.eventId, keyArn));
}

/** The uses that CloudTrail tells of with a delivered access key, by whomever it was delivered to. */
export function usesByNps(id: string, told: ToldUses | undefined, known: Known): readonly ToldUse[] {
	const from = Date.parse(known.delivered.find(it => it.id === id)?.deliveredAt ?? '');
	// AWS tells whole seconds; a rebuilt record holds no proof of ours before it.
	const second = known.recovered === true ? from : Math.floor(from / 1000) * 1000;
	return (told?.uses ?? []).filter(it => !isOurs(it, known) && !(it.at.getTime() < second));
}
/** When IAM shows a use with KMS that can't be ours; of an access key that no record of ours delivered, none. */
export function usedBesidesUs(id: string, it: AccessKeyUse | undefined, known: Known): number | undefined {
	const at = it?.usedFor === 'kms' ? it.lastUsed?.getTime() : undefined;
	const elsewhere = it?.usedIn !== undefined && known.facts.region !== undefined && it.usedIn !== known.facts.region;
	const delivered = Date.parse(known.delivered.find(key => key.id === id)?.deliveredAt ?? '');
	// IAM's minute may be the one of the delivery, which came first; not so where it was found.
	const inThatMinute = known.recovered === true ? 0 : minute;
	if (at === undefined || elsewhere || !(at + inThatMinute > delivered)) return undefined;
	return at <= ownUntil(id, known) ? undefined : at;
}
/** That NPS used the key, as far as AWS shows it for certain. */
export function npsUse({told, accessKey}: SeenUse, known: Known): NpsUse | undefined {
	const id = known.facts.accessKeyId ?? '';
	const uses = usesByNps(id, told, known);
	const [newest] = uses;
	if (newest) {
		const from = newest.address ? `, from ${newest.address}` : '';
		return used(newest.at, `${newest.operation}, ${timeInWords(newest.at)}${from}`, uses);
	}
	const at = usedBesidesUs(id, accessKey, known);
	return at === undefined ? undefined : used(new Date(at), timeInWords(new Date(at)), []);
}
const used = (at: Date, what: string, uses: readonly ToldUse[]): NpsUse => ({
	at,
	what,
	addresses: addressesOf(uses),
	through: endpointsOf(uses),
	words: `NPS used the key: ${what}, as AWS shows`,
});
/** The addresses of these uses, once each, in order. */
export const addressesOf = (uses: readonly ToldUse[]): readonly string[] =>
	[...new Set(uses.flatMap(it => it.address ?? []))].sort();

/** The VPC endpoints of these uses, each with its addresses. */
export const endpointsOf = (uses: readonly ToldUse[]): Through =>
	Object.fromEntries(
		[...new Set(uses.flatMap(it => it.vpce ?? []))]
			.sort()
			.map(vpce => [vpce, addressesOf(uses.filter(it => it.vpce === vpce))]),
	);

/** What the record is to hold of it. */
export const noteOf = (id: string, {at, addresses, through}: Pick<NpsUse, 'at' | 'addresses' | 'through'>): Note => ({
	type: 'in-use',
	id,
	seenAt: at.toISOString(),
	...(addresses.length > 0 && {from: addresses}),
	...(Object.keys(through).length > 0 && {through}),
});

const hour = 3600;
/** Whether somebody is there who may watch: status only looks, and flags wait for nothing. */
export const mayWatch = ({run}: Known): boolean => run.records === true && run.unasked !== true;
/** AWS is asked every half minute, for as long as somebody may want to watch. */
export const watchingFor = (why: string): Watch => ({for: 'NPS', why, every: 30, atMost: 3 * hour});

/** Whether a use may be by our own proof that was cut off, whose requests nobody wrote down. */
function byCutOffProof(at: Date, {facts, delivered}: Known): boolean {
	const it = delivered.find(({id}) => id === facts.accessKeyId);
	if (it?.usedSince === undefined) return false;
	return at.getTime() > Date.parse(it.lastOwnUse ?? '') - minute && at.getTime() <= ownUntil(it.id, {delivered});
}

/** Where AWS doesn't show NPS at work: what it does show, and how far that can be trusted. */
export function doubtOf({last, told, accessKey, other}: SeenUse, known: Known): string {
	if (other && !isOurs(other, known) && other.by !== known.facts.userArn) {
		const who = other.by.charAt(0).toLowerCase() + other.by.slice(1);
		return `${who} used the key last, ${timeInWords(other.at)}; of NPS no use is seen`;
	}
	const ours = last.is === 'used' && known.ownRequests?.includes(last.requestId) === true;
	if (last.is === 'used' && !ours && other === undefined && byCutOffProof(last.at, known))
		return `the last use AWS shows, ${timeInWords(last.at)}, may be this setup's own proof, which was cut off`;
	if (last.is === 'used' && !ours && other === undefined)
		return `something used the key at ${timeInWords(last.at)}; AWS doesn't say who`;
	if (last.is === 'never') return 'AWS shows no use of the key (a use may show up an hour late)';
	if (told && !told.cut) return 'no use by NPS is seen (a use may show up some minutes late)';
	if (ours || accessKey?.lastUsed)
		return (
			"the last use AWS shows is this setup's own proof; an earlier one can't be seen this way (a use may show up " +
			'an hour late)'
		);
	if (accessKey?.neverUsed) return 'no use of the access key is seen (a use may show up some hours late)';
	return "AWS doesn't tell whether NPS uses the key";
}
