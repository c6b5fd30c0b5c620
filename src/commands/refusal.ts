import type {CommanderError} from 'commander';
import {wordingOf} from '../engine/command-line.js';
import {asciiJson} from '../engine/control-characters.js';
import type {Course} from '../engine/course.js';
import type {Outcome} from '../engine/outcome.js';
import {Trouble, Usage} from '../engine/trouble.js';
import {forPrograms, inThreeLines} from '../front/problem-lines.js';
import {systemProblem} from '../local/system-problem.js';
import {calledAs} from '../run/called-as.js';
import type {Flags} from '../run/run.js';
import {usage} from '../run/usage-error.js';
import type {TerminalLines} from './terminal-lines.js';

/** How the program was called, as far as that is understood. */
export type Call = {readonly json: boolean; course?: Course | undefined; flags?: Flags};

/** Tells why a command wasn't begun, and what that comes to; undefined for what no person can mend. */
export async function refused(error: unknown, call: Call, lines: TerminalLines): Promise<Outcome | undefined> {
	const {course, flags, json} = call;
	const as = course && flags ? calledAs({course, options: flags}) : {};
	const problem =
		error instanceof Usage
			? error.problem
			: error instanceof Trouble
				? error.worded(wordingOf(as))
				: systemProblem(error, as);
	if (!problem) return undefined;
	await lines.foldable();
	// Of what was refused in the middle of a run the record tells.
	const told = error instanceof Usage || error instanceof Trouble;
	for (const line of [...inThreeLines(problem), ...(told ? ['  Nothing changed.'] : [])]) lines.err(line);
	if (json)
		lines.out(asciiJson({v: 1, type: 'result', status: 'stopped', proven: false, problem: forPrograms(problem)}));
	return error instanceof Usage ? 'usage' : 'stopped';
}

/** What the command line's reader doesn't understand. What an unknown flag was given may be a secret. */
export const notUnderstood = ({message}: CommanderError, command: string): Usage =>
	usage(
		message
			.replace(/^error: /, '')
			.replace(/\n(?=\(Did you mean)/, ' ')
			.replace(/('-[^'=]*)=.*'/su, "$1'"),
		'The command line is not understood',
		`See nps-kms ${command} --help`,
	);

/**
 * Refuses a word that is no command by its name, rather than as an argument too many of the default one; `help` of such
 * a word as well.
 */
export function mustBeCommand(names: readonly string[], [first, second]: readonly string[]): void {
	const word = first === 'help' ? second : first;
	if (!word || word.startsWith('-') || [...names, 'help'].includes(word)) return;
	throw usage(`There is no command ${word}`, `The commands are ${names.join(', ')}`, 'See nps-kms --help');
}
