import type {CommanderError} from 'commander';
import {commandLine, wordingOf} from '../engine/command-line.js';
import {asciiJson} from '../engine/control-characters.js';
import type {Course} from '../engine/course.js';
import type {Outcome} from '../engine/outcome.js';
import type {Problem} from '../engine/plan.js';
import {Trouble, Usage} from '../engine/trouble.js';
import {forPrograms, inThreeLines} from '../front/problem-lines.js';
import {systemProblem} from '../local/system-problem.js';
import {calledAs} from '../run/called-as.js';
import type {Flags} from '../run/run.js';
import {usage} from '../run/usage-error.js';
import {unknownLine} from './status/monitor-line.js';
import type {TerminalLines} from './terminal-lines.js';

/** How the program was called, as far as that is understood. */
export type Call = {
	readonly json: boolean;
	/** A monitoring system reads one line on stdout. */
	readonly monitored: boolean;
	course?: Course | undefined;
	flags?: Flags;
};

/** Tells why a command wasn't begun, and what that comes to; undefined for what no person can mend. */
export async function refused(error: unknown, call: Call, lines: TerminalLines): Promise<Outcome | undefined> {
	const problem = problemOf(error, call);
	if (!problem) return undefined;
	await lines.foldable();
	if (call.monitored) {
		lines.out(unknownLine(`${problem.what}: ${problem.why}`));
		return 'unknown';
	}
	// Of what was refused in the middle of a run the record tells.
	const told = error instanceof Usage || error instanceof Trouble;
	for (const line of [...inThreeLines(problem), ...(told ? ['  Nothing changed.'] : [])]) lines.err(line);
	if (call.json)
		lines.out(asciiJson({v: 1, type: 'result', status: 'stopped', proven: false, problem: forPrograms(problem)}));
	return error instanceof Usage ? 'usage' : 'stopped';
}

/** The same in lines, for what fails while nobody waits for it. */
export function refusedLines(error: unknown, call: Call): readonly string[] | undefined {
	const problem = problemOf(error, call);
	return problem && inThreeLines(problem);
}

function problemOf(error: unknown, {course, flags}: Call): Problem | undefined {
	const as = course && flags ? calledAs({course, options: flags}) : {};
	if (error instanceof Usage) return error.problem;
	return error instanceof Trouble ? error.worded(wordingOf(as)) : systemProblem(error, as);
}

/** What the command line's reader doesn't understand. What an unknown flag was given may be a secret. */
export const notUnderstood = ({message}: CommanderError, command: string): Usage =>
	usage(
		message
			.replace(/^error: /, '')
			.replace(/\n(?=\(Did you mean)/, ' ')
			.replace(/('-[^'=]*)=.*'/su, "$1'"),
		'The command line is not understood',
		`See ${commandLine({}, command, '--help')}`,
	);
