import {commandLine} from '../../engine/command-line.js';
import type {Known, Look, Stop} from '../../engine/step.js';

/** Another setup of this machine that NPS was moved from to this one, or whose record can't be read. */
export type MovedHere = {readonly setup: string; readonly is: 'moved' | 'under way' | 'unreadable'};

/** Looks through the other records of this machine for a move of NPS to this KMS key; what went back still counts. */
export async function movedHere(look: Look, {facts: {keyArn}, run}: Known): Promise<MovedHere | undefined> {
	if (keyArn === undefined) return undefined;
	const found = ((await look.others?.('move-key')) ?? []).flatMap(({setup, known}): MovedHere | [] => {
		if (setup === run.setup) return [];
		if (!known) return {setup, is: 'unreadable'};
		const {movedKey, movingToKey, movedAt, leftBehind} = known.facts;
		const mayHaveMoved = movedAt !== undefined || known.answers['moveRotated'] === true;
		if (movedKey !== keyArn && !(movingToKey === keyArn && mayHaveMoved)) return [];
		return {setup, is: leftBehind === undefined ? 'under way' : 'moved'};
	});
	return found.find(it => it.is !== 'unreadable') ?? found[0];
}

/** Why what NPS was moved to is not taken back. */
export const usedByMove = ({setup, is}: MovedHere, {run}: Known): Stop => ({
	is: 'problem',
	what: `Setup ${run.setup ?? ''} is not taken back`,
	why:
		is === 'unreadable'
			? `The record of setup ${setup} can't be read: it may hold that NPS was moved to this KMS key`
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
