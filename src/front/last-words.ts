import {commandLine} from '../engine/command-line.js';
import type {Course} from '../engine/course.js';
import type {Ending} from '../engine/run.js';
import type {Known} from '../engine/step.js';
import {discard, replaceAccessKey, setup} from '../steps/index.js';

/** The last line of a run: how it ended, and what to run next. */
export function lastWords(course: Course, {status, step, problem}: Ending, changed: boolean, {facts}: Known): string {
	const run = (command = ''): string => commandLine(facts, command);
	switch (course) {
		case setup:
			if (status !== 'complete') return `Saved. Run ${run()} to carry on ${where(course, step, status)}.`;
			return changed
				? `Done. Run ${run()} again at any time: it looks, and changes only what is missing.`
				: 'Everything is as it should be; nothing was changed.';
		case discard:
			if (status !== 'complete' && !changed) return `Nothing was taken back. Run ${run('discard')} to try again.`;
			if (status !== 'complete')
				return `Saved. Run ${run('discard')} to go on taking it back, or ${run()} to carry on the setup.`;
			return facts['left'] === 'nothing'
				? `Done. Nothing of setup ${facts['setup'] ?? ''} is left in use; its name is free again.`
				: 'Done as far as it goes: what stays is told above.';
		case replaceAccessKey:
			if (status === 'complete') return 'Done. The access key is replaced.';
			return (
				`Saved. Run ${run('replace-access-key')} to carry on ` +
				`${problem?.pauses ? 'from here' : where(course, step, status)}, today or another day.`
			);
		default:
			return status === 'complete' ? 'Nothing was changed.' : `Run ${run(course.name)} to try again.`;
	}
}

function where(course: Course, step: Ending['step'], status: Ending['status']): string {
	const at = course.steps.indexOf(step) + (status === 'paused' ? 1 : 0);
	const next = course.steps[at];
	return next
		? `at ${at === 0 ? next.name : `step ${at} (${next.name})`}`
		: 'and see that everything is as it should be';
}
