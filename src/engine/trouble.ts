import {commandLine, type Wording} from './command-line.js';
import type {Problem} from './step.js';

/** Something that a person can mend, thrown where no plan can tell it. */
export class Trouble extends Error {
	readonly problem: Problem;

	/** Whoever tells it knows how the program was called: what is to be typed is worded then. */
	constructor(readonly says: Problem | ((run: Wording) => Problem)) {
		const problem = wordedBy(says, (...words) => commandLine({}, ...words));
		super(problem.what);
		this.problem = problem;
	}

	/** The problem, with its command lines as they are to be typed. */
	worded(run: Wording): Problem {
		return wordedBy(this.says, run);
	}
}

const wordedBy = (says: Trouble['says'], run: Wording): Problem => (typeof says === 'function' ? says(run) : says);

/** What was asked for can't be done as it was asked: nothing was called yet. */
export class Usage extends Error {
	constructor(readonly problem: Problem) {
		super(problem.what);
	}
}
