import type {Argument, Option} from 'commander';
import type {Course} from '../engine/course.js';
import type {Outcome} from '../engine/outcome.js';
import type {Flags} from '../run/run.js';
import type {TerminalLines} from './terminal-lines.js';

/** What a command finds where it is started. */
export type Host = {
	readonly env: NodeJS.ProcessEnv;
	readonly stdin: NodeJS.ReadStream;
	readonly stdout: NodeJS.WriteStream;
	readonly stderr: NodeJS.WriteStream;
	readonly lines: TerminalLines;
	readonly version: string;
	/** All courses that commands run. */
	readonly courses: readonly Course[];
	/** All commands there are. */
	readonly commands: readonly Command[];
	/** Ends the process at once. */
	endNow(how: Outcome): void;
};
/** A command, as data: its place in the help, its flags, and what it does. */
export type Command = {
	readonly name: string;
	/** What it does, as the help says it. */
	readonly says: string;
	/** How it is called, two or three times, each with what that does. */
	readonly examples: readonly (readonly [line: string, does: string])[];
	/** What its exit codes tell here, beside those that every command has. */
	readonly ends?: Readonly<Partial<Record<Outcome, string>>>;
	/** It is meant where no command is named. */
	readonly byDefault?: true;
	/** How the first screen offers it: it looks, and changes nothing. */
	readonly atHome?: {readonly label: string; readonly note: string};
	/** The course that it is about, and which words its command lines. */
	readonly course?: Course;
	/** It runs that course. */
	readonly runs?: true;
	/** A word that it needs before its flags; it comes with them, by its name. */
	takes?(): Argument;
	flags(): readonly Option[];
	/** Flags that every command takes and that say nothing here: they aren't offered. */
	readonly without?: readonly string[];
	run(flags: Flags, host: Host): Promise<Outcome>;
};
