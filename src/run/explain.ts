import {awsProblem} from '../aws/problems/aws-problem.js';
import {wordingOf} from '../engine/command-line.js';
import type {Failure} from '../engine/ports.js';
import {Halted} from '../engine/reply.js';
import type {Problem} from '../engine/step.js';
import {Trouble, Usage} from '../engine/trouble.js';
import {systemProblem} from '../local/system-problem.js';

/** Tells trouble in words; what no person can mend is thrown on. */
export function explain(error: unknown, {change, facts, run, doubt}: Omit<Failure, 'step'>): Problem {
	if (error instanceof Usage || error instanceof Halted) return error.problem;
	if (error instanceof Trouble) {
		const problem = error.worded(wordingOf(run));
		const made = doubt && change && facts.accessKeyId;
		return made
			? {
					...problem,
					why: `${problem.why}. Access key ${made} was made and its secret is lost; the next run removes it`,
				}
			: problem;
	}
	const problem = awsProblem(error, {change, facts, run, doubt}) ?? systemProblem(error, run);
	if (!problem) throw error;
	return problem;
}
