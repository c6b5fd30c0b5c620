import type {Course, Ended} from '../engine/course.js';
import type {Ending} from '../engine/ports.js';
import type {Known} from '../engine/step.js';

/** The last line of a run, in its course's words. */
export const lastWords = (course: Course, ending: Ending, changed: boolean, known: Known): string =>
	course.lastWords({...ending, changed, known, goesOn: goesOn(course, ending)});

/** Where the next run goes on, in words. */
function goesOn({steps}: Course, {step, status}: Ending): Ended['goesOn'] {
	const at = steps.indexOf(step) + (status === 'paused' ? 1 : 0);
	const next = steps[at];
	return next
		? `at ${at === 0 ? next.name : `step ${at} (${next.name})`}`
		: 'and see that everything is as it should be';
}
