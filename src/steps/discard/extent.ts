import {call} from '../../aws/client/call.js';
import type {FactName} from '../../engine/facts.js';
import type {Attempt, Delivered, Known, Look} from '../../engine/step.js';
import {timeInWords} from '../../engine/time-in-words.js';
import {lastUseOf} from '../looks/evidence-of-use.js';
import {listAccessKeys, type SeenAccessKey} from '../things/access-keys.js';
import {userNameOf} from '../things/iam-user.js';
import {leftoverOf} from '../things/leftover-access-keys.js';
import {managerOf} from '../things/managed-elsewhere.js';
import {isAlone} from '../things/other-records.js';
import {ownerOf, pairsOf, type Tags} from '../things/ownership.js';
import {isSame, users} from '../things/same-thing.js';
import {columns, placeOf} from '../things/secret-place.js';

/** The user's access keys, and how far taking back goes because of them. */
export type Extent = {
	/** Keys of ours that are there. */
	readonly ours: readonly SeenAccessKey[];
	/** Keys that this setup didn't make. */
	readonly others: readonly SeenAccessKey[];
	/**
	 * NPS may be using what was made: taking back needs the alias typed, and by default only halts what can be set going
	 * again.
	 */
	readonly careful: boolean;
	/** Only the access key is set Inactive and the KMS key disabled; the rest stays. */
	readonly halts: boolean;
	/** The user as it is found. */
	readonly user:
		| {
				readonly name: string;
				readonly arn: string;
				readonly id: string;
				readonly tags: Tags;
				/** Whether it is the one that this setup made or took over. */
				readonly same: boolean;
		  }
		| undefined;
};

/** The attempts of a change that may have made something. */
export const triesOf = (known: Known, step: string, ...changes: readonly string[]): readonly Attempt[] =>
	known.of(step).past.filter(it => changes.includes(it.change.id) && it.outcome !== 'refused');
/** The same, without those that were taken back. */
export const standing = (known: Known, step: string, ...changes: readonly string[]): readonly Attempt[] =>
	triesOf(known, step, ...changes).filter(it => it.outcome !== 'undone');
/** Whether commands were printed for somebody else to run: what they make, the record tells by no attempt. */
export const wasPrinted = (known: Known): boolean => known.wasPrinted === true;
/**
 * Whether the record holds that a change made the thing with this id; where its answer was lost or its command printed,
 * the thing's tag alone has to tell.
 */
export const recorded = (known: Known, step: string, change: string, fact: FactName, id: string): boolean =>
	wasPrinted(known) ||
	triesOf(known, step, change).some(it =>
		it.learned[fact] === undefined ? it.outcome !== 'done' : it.learned[fact] === id,
	);
/** Whether a thing's tag says that this setup made it, and nothing else manages it since. */
export const bearsOurTag = (tags: Tags, known: Known): boolean =>
	ownerOf(tags, known).is === 'ours' && managerOf(tags, known) === undefined;

/** Why a thing stays that isn't ours by both record and tag. */
export function whyStays(tags: Tags, made: boolean, known: Known): string {
	const manager = managerOf(tags, known);
	if (manager !== undefined) return `it is managed by ${manager}`;
	if (bearsOurTag(tags, known)) return "it bears this setup's tag, but the record doesn't hold that this setup made it";
	return made ? "the tag nps-kms:id that says it is this setup's is gone or another" : 'it was there before this setup';
}
/** The tag that says that this setup adopted a thing, if it does. */
export const adoption = (tags: Tags, known: Known): readonly string[] =>
	tags['nps-kms:adopted-by'] !== undefined && tags['nps-kms:adopted-by'] === known.setupId
		? ['nps-kms:adopted-by']
		: [];

/** Looks how far taking back may go. */
export async function lookAtExtent(look: Look, known: Known): Promise<Extent> {
	const UserName = userNameOf(known);
	const file = placeOf(known);
	const [keys, place, found] = await Promise.all([
		listAccessKeys(look, UserName),
		file ? look.kept(file, columns, columns[0]) : ({is: 'absent'} as const),
		look.at(call('iam:GetUser', {UserName})),
	]);
	const it = found?.User;
	const seen = it && {id: it.UserId ?? '', tags: pairsOf(it.Tags)};
	const user = seen && {
		...seen,
		name: it.UserName ?? UserName,
		arn: it.Arn ?? '',
		same: isSame(users, seen, known),
	};
	const delivered = deliveredOf(known);
	const held = new Set(known.delivered.map(key => key.id));
	const userIsOurs = user?.same === true && bearsOurTag(user.tags, known);
	const described = Object.keys(user?.tags ?? {});
	// A replacement that was cut off may have left one too.
	const left = ['access-key', 'new-access-key'].flatMap(
		it => leftoverOf(keys, held, known.of(it), {userIsOurs, described, alone: true}).leftover,
	);
	const leftover = left.length > 0 && (await isAlone(look, known)) ? left : [];
	const mine = new Set([...held, ...leftover.map(key => key.id)]);
	const others = keys.filter(key => !mine.has(key.id));
	const handedOver = delivered.length > 0 || (place.is === 'row' && leftover.some(key => key.id === place.value));
	const used = keys.some(key => usedByOthers(key, known));
	const carefully = (handedOver || others.length > 0) && (mayHaveKmsKey(known) || used);
	const careful = carefully || (await isUsedByOthers(look, known));
	return {
		ours: keys.filter(key => mine.has(key.id)),
		others,
		user,
		careful,
		halts: careful && known.answers['deleteKmsKey'] !== true,
	};
}

/** Whether the KMS key was last used by somebody else than our own proof: what they protected would be lost with it. */
async function isUsedByOthers(look: Look, {facts: {keyId}, ownRequests = []}: Known): Promise<boolean> {
	const last = keyId === undefined ? undefined : await lastUseOf(look, keyId);
	return last?.is === 'used' && !ownRequests.includes(last.requestId);
}

/** The access keys whose secrets somebody may have: delivered, or shown and not removed as never stored. */
const deliveredOf = (known: Known): readonly Delivered[] =>
	known.delivered.filter(
		it =>
			!it.unsure ||
			!known.of('access-key').past.some(({change, outcome}) => change.id === `delete-${it.id}` && outcome === 'done'),
	);

/** Whether there is, or was, a KMS key that NPS could have been given. */
export const mayHaveKmsKey = (known: Known): boolean =>
	known.facts.keyId !== undefined || known.of('managed-key').past.some(it => it.outcome !== 'refused');

/** AWS tells the time of use by the minute. */
const minute = 60_000;
/** Whether a key was, or may have been, used by anyone but our own proof. AWS keeps the last use only. */
export function usedByOthers(key: SeenAccessKey, known: Known): boolean {
	if (key.neverUsed) return false;
	const own = known.delivered.find(it => it.id === key.id)?.lastOwnUse;
	return key.lastUsed === undefined || own === undefined || key.lastUsed.getTime() > Date.parse(own) + minute;
}
/** The last use of a key in words. */
export function lastUse(key: SeenAccessKey, known: Known): string {
	if (key.neverUsed) return 'AWS shows no use of it (a use may show up some hours late)';
	if (key.lastUsed === undefined) return "its last use can't be told";
	const at = timeInWords(key.lastUsed);
	return usedByOthers(key, known) ? `it was last used ${at}` : `it was last used ${at}, by this setup's own proof`;
}
