import type {Keeping} from './change.js';
import {commandLine} from './command-line.js';
import type {Problem} from './problem.js';
import type {ThisRun} from './this-run.js';

/** A secret is to be shown, and nobody is there to see it. */
export const nobodyToSee = (run: ThisRun, {instead}: Keeping): Problem => ({
	is: 'problem',
	what: 'The secret would be shown once, and there is no screen to show it on',
	why: 'It was answered that the secret is shown, not kept in a file',
	ways: [{is: 'run', says: 'run it in a terminal', command: commandLine(run)}, ...(instead ? [instead] : [])],
	code: 'NoScreen',
});
