import type {ThisRun} from './this-run.js';

/** Words a command of this program as it is to be typed; by default the one that runs. */
export type Wording = (command?: string, ...flags: readonly string[]) => string;

let byNpm = false;
/** Words every command line from now on as the program was started: by its name, or by npm in its own folder. */
export function startedIn({npm_lifecycle_event: event, npm_package_name: name}: NodeJS.ProcessEnv): void {
	byNpm = event === 'start' && name === 'nps-kms';
}
/** A command line that begins with the program's name, as it is to be typed here. */
export const asTyped = (line: string): string =>
	byNpm ? line.replace(/^nps-kms(?![\w-])( ?)/, (_all, more) => (more ? 'npm start -- ' : 'npm start')) : line;

/** The command line of a command (by default the one that runs; '' is the wizard), for the setup of this run. */
export function commandLine(run: ThisRun, command = run.command ?? '', ...flags: readonly string[]): string {
	const {setup = 'nps', command: present = '', sandbox, connectionFlags, records} = run;
	// What was given to a run stands in the record, for the same command; of what a set-up was given, every command
	// knows.
	const known = records === true && (present === '' || present === command);
	const words = [
		'nps-kms',
		command,
		setup !== 'nps' && `--setup ${setup}`,
		sandbox && '--sandbox',
		!known && connectionFlags,
		...flags,
	].filter(Boolean);
	return asTyped(words.join(' '));
}

/** The same for one run, at hand for several lines. */
export const wordingOf =
	(run: ThisRun): Wording =>
	(command, ...flags) =>
		commandLine(run, command, ...flags);
