import {commandLine} from '../../engine/command-line.js';
import type {AtHome, Course, Ended, Offer} from '../../engine/course.js';
import {connect} from '../connect.js';
import {seeBackup} from './backup.js';
import {seeNew} from './new.js';
import {seeOld} from './old.js';
import {seeRestart} from './restart.js';
import {retireOld} from './retire.js';
import {switchNps} from './switch.js';
import {stageOfMove} from './the-move.js';
import {keepOldKmsKey, watchOld} from './watch.js';

const name = 'move-key';

/** What moving NPS offers on the first screen: to go on with it, once it was begun. */
function offers({state: {facts, done}, finished}: AtHome): Offer | undefined {
	const stage = stageOfMove(facts);
	if (!finished || stage === undefined) return undefined;
	const over = facts.leftBehind !== undefined && done[name]?.includes('move-kept') === true;
	return {
		label: over ? 'Look at what NPS was moved from' : 'Go on moving NPS',
		note: over ? 'the old KMS key is kept' : 'looks at AWS first, then continues',
		lines: [`${stage}.`],
		...(!over && {first: true}),
	};
}
/** How the move ended, and where it goes on. */
const lastWords = ({status, problem, goesOn, known: {run, facts}}: Ended): string =>
	status === 'complete'
		? `Done. NPS uses setup ${facts.movingTo ?? ''}; the old KMS key is kept until ${facts.keptUntil ?? ''}.`
		: `Saved. Run ${commandLine(run, name)} to carry on ${problem?.is === 'pause' ? 'from here' : goesOn}, today or ` +
			'another day.';

/** NPS is moved to the KMS key of another setup, each stage behind a gate; it may take weeks. */
export const moveKey: Course = {
	name,
	steps: [connect, seeOld, seeNew, seeBackup, switchNps, seeRestart, retireOld, watchOld, keepOldKmsKey],
	once: ['watchMove', 'toSetup'],
	offers,
	lastWords,
	results: ({facts: {movingTo, keptUntil}}) => ({movedTo: movingTo, keptUntil}),
};
