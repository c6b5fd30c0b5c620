import {commandLine} from '../../engine/command-line.js';
import type {AtHome, Ended, Offer} from '../../engine/course.js';
import type {State} from '../../engine/record.js';
import {nothingIsLeft} from './what-is-left.js';

/** What discard offers on the first screen: to go on where it was cut off, or to take back what NPS doesn't use. */
export function offers({setup, state, ago, underWay}: AtHome): Offer | undefined {
	if (underWay) return goingOn(setup, state, ago);
	if (!mayBeTakenBack(state)) return undefined;
	return {label: 'Take it back', note: 'removes what was made so far, after review'};
}

/** A setup that was being taken back, and not set up again since: it goes on either way. */
function goingOn(setup: string, {left}: State, ago: string): Offer {
	const note = 'looks at AWS first, removes after review';
	const makes = 'looks at AWS first, makes what is missing';
	if (left !== undefined)
		return {
			label: 'Take back more',
			note,
			underWay: {
				line: `Setup ${setup} was taken back as far as it can be undone, ${ago}.`,
				carryOn: {label: 'Set it going again', note: makes},
			},
		};
	return {
		label: 'Go on taking it back',
		note,
		first: true,
		underWay: {
			line: `Taking back setup ${setup} was begun and is not finished, ${ago}.`,
			carryOn: {label: 'Carry on the setup', note: makes},
		},
	};
}

/** Whether anything was made, and nothing says that NPS protects its data with it. */
const mayBeTakenBack = ({past, delivered, answers, recovered}: State): boolean =>
	Object.keys(past).length > 0 &&
	answers['npsRotated'] !== true &&
	recovered !== true &&
	!delivered.some(it => it.inUse);

/** How taking back ended, and what is left to run. */
export function lastWords({status, changed, known: {run, left}}: Ended): string {
	if (status !== 'complete')
		return changed
			? `Saved. Run ${commandLine(run, 'discard')} to go on taking it back, or ${commandLine(run, '')} to carry ` +
					'on the setup.'
			: `Nothing was taken back. Run ${commandLine(run, 'discard')} to try again.`;
	return nothingIsLeft({left})
		? `Done. Nothing of setup ${run.setup ?? ''} is left in use; its name is free again.`
		: 'Done as far as it goes: what stays is told above.';
}
