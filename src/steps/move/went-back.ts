import {commandLine} from '../../engine/command-line.js';
import {keyOf} from '../../engine/keys.js';
import type {Choose, Field, Known, Plan, Stop} from '../../engine/step.js';
import {movedKeys, wasMovedTo} from './the-move.js';

/** The person's word that NPS was rotated back to the old setup: then it may be moved anew, and elsewhere. */
export const wentBack: Field = {
	name: 'npsWentBack',
	label: 'Does NPS use the old setup again?',
	flagSays: 'SbPAM.RotateAwsKey has run with the values of the old setup: that move is over, another may begin',
	kind: 'yes-no',
	initial: false,
	// What sets the old access key Active again forgets more than this.
	afterFact: 'movingTo',
	settles: 'each-run',
	asked: 'by-flag',
};
/** Whether NPS was, or may have been, rotated to the setup that was named before, and is there as far as is known. */
export const isUnderWay = ({facts, answers}: Known): boolean =>
	facts.movedAt !== undefined || answers['moveRotated'] === true || wasMovedTo(facts.movingToKey, facts);
/** Whether that was said of a move that was begun. */
export const isBack = ({facts, answers}: Known): boolean =>
	answers['npsWentBack'] === true && facts.movingTo !== undefined;

/** Nothing that was said or seen of that move counts for another; to which KMS keys NPS was rotated stays. */
export const roundOver = (known: Known): Plan => ({
	changes: [],
	...(isUnderWay(known) && {facts: {movedKey: movedKeys(known)}}),
	ends: [
		...(['movingTo', 'movingToAccessKey', 'movingToKey', 'movingToSecret', 'movingToSince', 'movingToUsed'] as const),
		...(['moveBegunAt', 'backedUpOn', 'keptUntil', 'movedAt', 'movedSaidAt', 'restartedAt'] as const),
		...(['leftBehind', 'leftBehindAt', 'notMissedSince'] as const),
	],
	says: `NPS uses setup ${known.run.setup ?? ''} again, you said`,
});
/** The way out for who can't go on with that move. */
export const isBackWay = ({run}: Known): Choose => ({
	is: 'choose',
	key: keyOf('yes'),
	label: `NPS uses ${run.setup ?? ''} again`,
	says: `once NPS was rotated back to setup ${run.setup ?? ''}, say so`,
	answers: {npsWentBack: true},
	flags: '--nps-went-back',
});
/** Without its old access key NPS can't be back. */
export const stillInactive = (known: Known): Stop => ({
	is: 'problem',
	what: `NPS can't use setup ${known.run.setup ?? ''} again yet`,
	why: `Its access key ${known.facts.accessKeyId ?? ''} was set Inactive by the move`,
	ways: [
		{
			is: 'run',
			says: 'set it Active, and run SbPAM.RotateAwsKey with the values of the old setup',
			command: commandLine(known.run, 'move-key', '--reactivate-access-key', known.facts.accessKeyId ?? ''),
		},
	],
	code: 'StillInactive',
	mayBeLate: true,
});
