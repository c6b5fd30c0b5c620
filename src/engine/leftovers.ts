import type {Course} from './course.js';
import {knownFor, type State} from './record.js';
import type {Attempt, Look} from './step.js';
import type {ThisRun} from './this-run.js';
import {timeInWords} from './time-in-words.js';

/** What a run begins with: the record's state, and eyes. */
type Ground = {readonly course: Course; readonly state: State; readonly look: Look; readonly run: ThisRun};

/**
 * What interrupted runs left or may have left, a line each under a heading: what, and the step that settles it. Where
 * AWS can't be asked, the record alone tells.
 */
export async function leftoversOf({course, state, look, run}: Ground): Promise<readonly string[]> {
	const lines: string[] = [];
	for (const [at, step] of course.steps.entries()) {
		const known = knownFor(step.id, state, run);
		// What can't be looked at now is told by the step itself.
		const found = (await step.leftovers?.(look, known).catch(() => [])) ?? [];
		const open = known.past.filter(it => !it.outcome && !found.some(other => other.of === it.change.id));
		// A change begun again and again is one question.
		const latest = [...new Map(open.map(it => [it.change.id, it])).values()];
		lines.push(
			...found.map(it => `${it.what}. Step ${at} ${it.does}.`),
			...latest.map(it => `${inDoubt(it)}. Step ${at} looks.`),
		);
	}
	return lines.length > 0
		? [
				'Left by a run that did not end in order; shown again before anything is done about it:',
				...lines.map(it => `  ${it}`),
			]
		: [];
}

/** An attempt whose answer isn't known, in words. */
export const inDoubt = ({change, at}: Attempt): string =>
	`${change.verb} ${change.subject}: begun ${timeInWords(at)}, AWS's answer isn't known`;
