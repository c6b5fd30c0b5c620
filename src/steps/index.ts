import {commandLine} from '../engine/command-line.js';
import type {Course} from '../engine/course.js';
import type {State} from '../engine/record.js';
import type {Step} from '../engine/step.js';
import {numbered} from '../engine/step-numbers.js';
import {timeInWords} from '../engine/time-in-words.js';
import {accessKey} from './access-key.js';
import {connect} from './connect.js';
import {takingBack} from './discard/course.js';
import {handOff} from './hand-off.js';
import {leastPrivilege} from './least-privilege.js';
import {npsAtHome} from './looks/nps-at-home.js';
import {managedKey} from './managed-key.js';
import {moveKey} from './move/course.js';
import {policy} from './policy.js';
import {prove} from './prove.js';
import {replaceAccessKey} from './replace/course.js';
import {retire} from './retire/course.js';
import {user} from './user.js';

/** The vendor's procedure, in its order. */
export const procedure: readonly Step[] = [
	connect,
	policy,
	user,
	accessKey,
	managedKey,
	leastPrivilege,
	prove,
	handOff,
];
/** Whether NPS uses the access key, by the record; a replacement under way tells for itself which one it uses. */
function whetherRotated({answers, delivered, alsoInUse, facts}: State): readonly string[] {
	const held = delivered.find(it => it.id === facts.accessKeyId);
	if (facts.replacing !== undefined) return [];
	const {seenAt} = held ?? alsoInUse?.[facts.accessKeyId ?? ''] ?? {};
	if (seenAt !== undefined) return [`NPS used the key: ${timeInWords(new Date(seenAt))}, as AWS shows.`];
	return held?.inUse || answers['npsRotated'] === true
		? ['SbPAM.RotateAwsKey has been run, you said.']
		: ["Next: run SbPAM.RotateAwsKey on the NPS server. Whether it has been run isn't known yet."];
}
/** Sets up what the procedure asks for. */
export const setup: Course = {
	name: 'setup',
	steps: numbered(procedure),
	begins: true,
	once: ['adoptPolicy', 'adoptUser', 'adoptKey', 'removeAccessKey', 'replaceDocument', 'anotherBeside', 'sourceReason'],
	about: ({facts}) => facts.accessKeyId,
	forecasts: true,
	finished: whetherRotated,
	seesAtHome: npsAtHome,
	lastWords({status, changed, goesOn, known: {run, answers, delivered}}) {
		if (status !== 'complete') return `Saved. Run ${commandLine(run, '')} to carry on ${goesOn}.`;
		if (!changed) return 'Everything is as it should be; nothing was changed.';
		// What NPS uses isn't taken back: it ends in stages.
		const end =
			answers['npsRotated'] === true || delivered.some(it => it.inUse)
				? `${commandLine(run, 'retire')} ends it one day`
				: `${commandLine(run, 'discard')} takes it back`;
		return (
			`Done. Run ${commandLine(run, '')} again at any time: it looks, and changes only what is missing. ` +
			`${commandLine(run, 'record')} prints what was changed, for a ticket; ${end}.`
		);
	},
};
/** The proof of a finished setup, once more. */
export const proveAgain: Course = {
	name: 'prove',
	steps: [connect, prove],
	thisRun: {prove: 'again'},
	needsNoYes: true,
	lastWords: ({status, known: {run}}) =>
		status === 'complete' ? 'Nothing was changed.' : `Run ${commandLine(run, 'prove')} to try again.`,
};
/** Takes a setup back. */
export const discard: Course = takingBack(procedure);
export {moveKey, replaceAccessKey, retire};
