import type {ThisRun} from './this-run.js';

/** Words a command of this program as it is to be typed; by default the one that runs. */
export type Wording = (command?: string, ...flags: readonly string[]) => string;

/** The command line of a command (by default the one that runs; '' is the wizard), for the setup of this run. */
export function commandLine(run: ThisRun, command = run.command ?? '', ...flags: readonly string[]): string {
	const {setup = 'nps', command: present = '', sandbox, connectionFlags, records} = run;
	// What was given to a run stands in the record, for the same command; of what a set-up was given, every command
	// knows.
	const known = records === true && (present === '' || present === command);
	return [
		'nps-kms',
		command,
		setup !== 'nps' && `--setup ${setup}`,
		sandbox && '--sandbox',
		!known && connectionFlags,
		...flags,
	]
		.filter(Boolean)
		.join(' ');
}

/** The same for one run, at hand for several lines. */
export const wordingOf =
	(run: ThisRun): Wording =>
	(command, ...flags) =>
		commandLine(run, command, ...flags);
