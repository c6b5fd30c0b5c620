import type {Course} from '../engine/course.js';
import type {Outcome} from '../engine/outcome.js';

/** Where lines go: machine lines to one, people's to the other. */
export type Outlet = {readonly json: boolean; out(line: string): void; err(line: string): void};

/** The flags of a command as they were given; those of fields by the names that commander gives them. */
export type Flags = {
	readonly setup: string;
	readonly yes?: boolean;
	readonly json?: boolean;
	readonly dryRun?: boolean;
	readonly printCommands?: boolean;
	readonly shell?: string;
	readonly answers?: string;
	readonly stopAfter?: string;
	readonly expectAccount?: string;
	readonly adopt?: string;
	readonly recover?: boolean;
	readonly restore?: string;
	readonly despiteDenials?: boolean;
	readonly removeAccessKey?: string;
	readonly prove?: boolean;
	readonly plain?: boolean;
	readonly sandbox?: boolean;
	readonly mfaCode?: string;
	readonly [field: string]: unknown;
};
/** A command that looks, as the first screen may offer it. */
export type OtherCommand = {
	readonly name: string;
	readonly label: string;
	readonly note: string;
	run(options: Flags): Promise<Outcome>;
};
/** One run of a course, as it was called. */
export type Run = {
	readonly course: Course;
	/** The other courses that the first screen may offer. */
	readonly others: readonly Course[];
	/** The commands that it may offer besides. */
	readonly commands?: readonly OtherCommand[];
	readonly options: Flags;
	readonly env: NodeJS.ProcessEnv;
	readonly outlet: Outlet;
	readonly version: string;
	readonly now: Date;
	/** How long an answer of AWS is waited for, in milliseconds; as long as usual without it. */
	readonly timeoutMs?: number;
};

/** A text that was given, or undefined. */
export const givenText = (it: unknown): string | undefined => (typeof it === 'string' && it !== '' ? it : undefined);

/** What must be seen wherever a run shows itself: that it isn't AWS that it talks to. */
export const bannerOf = ({sandbox}: Flags, endpoint: string | undefined): string | undefined =>
	sandbox ? 'Sandbox: nothing here is AWS' : endpoint && `Endpoint: ${endpoint}, not AWS`;
