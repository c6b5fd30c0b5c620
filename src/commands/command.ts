import type {Option} from 'commander';
import type {Course} from '../engine/course.js';
import type {Left, Outcome} from '../engine/outcome.js';
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
	/** Ends the process at once. */
	endNow(how: Left): void;
};
/** A command, as data: its place in the help, its flags, and what it does. */
export type Command = {
	readonly name: string;
	/** What it does, as the help says it. */
	readonly says: string;
	/** It is meant where no command is named. */
	readonly byDefault?: true;
	/** The course that it is about, and which words its command lines. */
	readonly course?: Course;
	/** It runs that course. */
	readonly runs?: true;
	flags(): readonly Option[];
	run(flags: Flags, host: Host): Promise<Outcome>;
};
