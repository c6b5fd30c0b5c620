import {commandLine} from '../../engine/command-line.js';
import type {Through} from '../../engine/delivered.js';
import {keyOf} from '../../engine/keys.js';
import {type Known, type Stop, textAnswer, type Way, type Ways} from '../../engine/step.js';
import {timeInWords} from '../../engine/time-in-words.js';
import {isOurs, type ToldUse} from '../looks/evidence-of-use.js';
import {addressesOf, endpointsOf, mayWatch, ownUntil, usedBesidesUs, usesByNps, watchingFor} from '../looks/nps-use.js';
import type {SeenAccessKey} from '../things/access-keys.js';
import {type BothAccessKeys, newId, oldId} from './both-access-keys.js';

/** What AWS shows of who uses which access key. */
export type Evidence = {
	/** NPS uses the new one (or did, as was seen before), and nothing used the old one since, from whichever address. */
	readonly seen: boolean;
	/** Something that isn't ours used the new one. */
	readonly used: boolean;
	/** When NPS was last seen to use the new one, in ISO 8601; only where it is `seen`. */
	readonly since?: string;
	/** The addresses that use the new one now. */
	readonly moved: readonly string[];
	/** The VPC endpoints through which these do. */
	readonly through: Through;
	/** Those that used the old one, and not the new one since. */
	readonly left: readonly string[];
	/** Whether CloudTrail tells of both. */
	readonly tellsAddresses: boolean;
	readonly words: string;
};

/**
 * What AWS shows of who uses which access key. What opens names the new one; what holds back is whatever shows a use of
 * the old one since, even by us: a use of ours could hide one by NPS.
 */
export function evidenceOf(two: BothAccessKeys, known: Known): Evidence {
	const {old, fresh, told} = two;
	const [ofOld, ofNew] = [told?.old, told?.fresh];
	const newUses = usesByNps(newId(known), ofNew, known);
	const oldUses = (ofOld?.uses ?? []).filter(it => !isOurs(it, known));
	const exact = newUses[0]?.at.getTime() ?? -1;
	const byIam = usedBesidesUs(newId(known), fresh, known) ?? -1;
	const shown = Math.max(exact, byIam, seenBefore(known));
	const notTold = old !== undefined && !old.lastUsed && !old.neverUsed && ofOld === undefined;
	const {moved, left} = addressesBy(oldUses, newUses);
	const untold = notTold || ofOld?.cut === true;
	const seen = shown > 0 && !untold && oldUntil(two, shown % minute !== 0) < shown && left.length === 0;
	return {
		seen,
		used: shown > 0,
		...(seen && {since: new Date(shown).toISOString()}),
		moved,
		through: endpointsOf(newUses.filter(it => it.address !== undefined && moved.includes(it.address))),
		left,
		tellsAddresses: ofOld !== undefined && ofNew !== undefined,
		words: [
			lastUseInWords(fresh, newId(known), known, newUses[0]),
			lastUseInWords(old, oldId(known), known, oldUses[0]),
			...(left.length > 0 ? [`${left.join(', ')} used the old one, and not the new one since`] : []),
			...(ofNew?.cut || ofOld?.cut ? ['only the newest 2,000 events were read'] : []),
		].join('; '),
	};
}

const minute = 60_000;
/**
 * The last moment at which the old access key may have been used; IAM's minute may be over, where that is compared with
 * a second.
 */
function oldUntil({old, told}: BothAccessKeys, bySecond: boolean): number {
	const exact = told?.old?.uses[0]?.at.getTime() ?? -1;
	const byMinute = old?.lastUsed?.getTime() ?? -1;
	return exact >= byMinute ? exact : byMinute + (bySecond && byMinute >= 0 ? minute - 1 : 0);
}

/** Each address by the access key that it used last. */
function addressesBy(old: readonly ToldUse[], fresh: readonly ToldUse[]): Pick<Evidence, 'moved' | 'left'> {
	const last = (uses: readonly ToldUse[], address: string): number =>
		Math.max(-1, ...uses.flatMap(it => (it.address === address ? [it.at.getTime()] : [])));
	const moved = addressesOf(fresh).filter(it => last(fresh, it) > last(old, it));
	return {moved, left: addressesOf(old).filter(it => !moved.includes(it))};
}

/** When AWS showed the new access key in use by NPS, if that was seen: our own proof may hide it since. */
function seenBefore(known: Known): number {
	const [id, at = ''] = (known.facts.seenInUse ?? '').split(' ');
	return id === newId(known) ? Date.parse(at) || -1 : -1;
}
function lastUseInWords(it: SeenAccessKey | undefined, id: string, known: Known, told: ToldUse | undefined): string {
	if (!it) return `${id}: not there`;
	if (told && !(told.at.getTime() < (it.lastUsed?.getTime() ?? 0)))
		return `${id}: ${told.operation} ${timeInWords(told.at)}${told.address ? ` from ${told.address}` : ''}`;
	if (it.neverUsed) return `${id}: never used`;
	if (!it.lastUsed) return `${id}: last use not known`;
	const open = known.delivered.find(key => key.id === id)?.usedSince !== undefined;
	const ours = open ? ', perhaps by our own proof, which was cut off' : ', by our own proof';
	const whose = it.lastUsed.getTime() <= ownUntil(id, known) ? ours : '';
	return `${id}: last used ${timeInWords(it.lastUsed)}${it.usedFor ? ` with ${it.usedFor}` : ''}${whose}`;
}

/** Find out or wait; or say why it goes on all the same. */
export const overriding = (first: Way, ifSo: string): Ways => [
	first,
	{is: 'answer', says: `${ifSo}, say why`, field: 'overrideReason', flags: '--override-reason WHY'},
];
/** A gate that a person may watch: it opens by itself once AWS shows what it waits for. */
export function watchable(gate: Stop, wish: 'watchNewKey' | 'watchOldKey', known: Known): Stop {
	if (!mayWatch(known)) return gate;
	return {
		...gate,
		...(known.answers[wish] === true && {watches: watchingFor(gate.why)}),
		ways: [...gate.ways, {is: 'choose', key: keyOf('watch'), label: 'wait and see', answers: {[wish]: true}}],
	};
}
/** The reason that the person typed for going on without AWS showing it. */
export const reasonGiven = ({answers}: Known): string => textAnswer(answers, 'overrideReason').trim();

/** Whether the old access key was used after NPS first used the new one, as far as AWS shows. */
export function stillUsed(two: BothAccessKeys, known: Known): Stop | undefined {
	if (!two.old || reasonGiven(known) !== '' || evidenceOf(two, known).seen) return undefined;
	const gate: Stop = {
		is: 'pause',
		what: `Access key ${two.old.id} may still be in use`,
		why: `What AWS shows: ${evidenceOf(two, known).words}`,
		ways: overriding({is: 'by-hand', says: 'find out what uses it'}, 'if it is certainly not NPS'),
		again: commandLine(known.run),
		code: 'StillUsed',
	};
	return watchable(gate, 'watchOldKey', known);
}
