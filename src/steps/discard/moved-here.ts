import {commandLine} from '../../engine/command-line.js';
import type {Known, Look, Stop} from '../../engine/step.js';
import {wasMovedTo} from '../move/the-move.js';
import {isUnderWay} from '../move/went-back.js';

/**
 * Another setup of this machine that NPS was moved from to this one, on somebody's word or not, that it went back to,
 * or whose record can't be read.
 */
export type MovedHere = {
	readonly setup: string;
	readonly is: 'under way' | 'moved' | 'went back' | 'unreadable';
	readonly onWord?: true;
};
const order: readonly MovedHere['is'][] = ['under way', 'moved', 'went back', 'unreadable'];

/** Looks through the other records of this machine for moves of NPS to this KMS key, the weightiest first. */
export async function movesHere(look: Look, {facts: {keyArn}, run}: Known): Promise<readonly MovedHere[]> {
	if (keyArn === undefined) return [];
	const found = ((await look.others?.('move-key')) ?? []).flatMap(({setup, known}): MovedHere | [] => {
		if (setup === run.setup) return [];
		if (!known) return {setup, is: 'unreadable'};
		const is = stateOf(known, keyArn);
		return is === undefined ? [] : {setup, is, ...(known.facts.movedAt === 'said' && {onWord: true})};
	});
	return found.sort((one, other) => order.indexOf(one.is) - order.indexOf(other.is));
}
function stateOf(known: Known, keyArn: string): MovedHere['is'] | undefined {
	const {movingToKey, leftBehind} = known.facts;
	// Once somebody says that NPS went back, it is the key of no move.
	if (movingToKey === keyArn && isUnderWay(known)) return leftBehind === undefined ? 'under way' : 'moved';
	return wasMovedTo(keyArn, known.facts) ? 'went back' : undefined;
}
/** The weightiest of them; what went back still counts. */
export const movedHere = async (look: Look, known: Known): Promise<MovedHere | undefined> =>
	(await movesHere(look, known))[0];

/** Why what NPS was moved to is not taken back. */
export const usedByMove = ({setup, is}: MovedHere, {run}: Known): Stop => ({
	is: 'problem',
	what: `Setup ${run.setup ?? ''} is not taken back`,
	why:
		is === 'unreadable'
			? unreadable(setup)
			: `NPS ${is === 'moved' ? 'was' : 'is being, or was,'} moved to its KMS key from setup ${setup}: what NPS ` +
				'protects is lost without it',
	ways: [
		{is: 'none', says: 'leave it'},
		is === 'unreadable'
			? {is: 'by-hand', says: 'mend that record, or move it elsewhere'}
			: {is: 'run', says: 'end it in stages, once NPS needs it no more', command: commandLine(run, 'retire')},
	],
	code: 'InUse',
});
const unreadable = (setup: string): string =>
	`The record of setup ${setup} can't be read: it may hold that NPS was moved to this KMS key`;

/** Why what NPS is being moved to does not end; undefined where none of these moves is under way. */
export function endsNotYet(moves: readonly MovedHere[], {run}: Known): Stop | undefined {
	const it = moves.find(({is}) => is === 'under way') ?? moves.find(({is}) => is === 'unreadable');
	if (!it) return undefined;
	const other = {setup: it.setup, ...(run.sandbox && {sandbox: true as const})};
	return {
		is: 'problem',
		what: `Setup ${run.setup ?? ''} can't be retired`,
		why:
			it.is === 'unreadable'
				? unreadable(it.setup)
				: `NPS is being moved to its KMS key from setup ${it.setup}: what NPS protects may need it already`,
		ways: [
			it.is === 'unreadable'
				? {is: 'by-hand', says: 'mend that record, or move it elsewhere'}
				: {
						is: 'run',
						says: 'go on with that, or say there that NPS went back',
						command: commandLine(other, 'move-key'),
					},
		],
		again: commandLine(run),
		code: 'MovedHere',
	};
}
