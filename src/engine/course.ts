import type {FactName} from './facts.js';
import type {Known} from './known.js';
import type {Look} from './look.js';
import type {Note} from './plan.js';
import type {Ending} from './ports.js';
import type {State} from './state.js';
import type {Step} from './step.js';
import type {ThisRun} from './this-run.js';

/** What the last words of a run rest on. */
export type Ended = Ending & {
	/** Whether this run changed anything. */
	readonly changed: boolean;
	readonly known: Known;
	/** Where the next run goes on, in words. */
	readonly goesOn: string;
};
/** What the first screen knows of the setup that somebody comes back to. */
export type AtHome = {
	readonly setup: string;
	readonly state: State;
	readonly now: Date;
	/** Every step of the course that begins a setup is done. */
	readonly finished: boolean;
	/** How long ago the last run was, in words. */
	readonly ago: string;
	/** The course that is asked changed something last, or may have. */
	readonly underWay: boolean;
};
/** One way on from the first screen, in words. */
export type Option = {readonly label: string; readonly note: string};
/** What a course offers on the first screen. */
export type Offer = Option & {
	/** Where it stands, told above the options. */
	readonly lines?: readonly string[];
	/** Before carrying on; otherwise after it. */
	readonly first?: true;
	/** It is under way itself: this is told instead of where the setup stands, and carrying that on is called so. */
	readonly underWay?: {readonly line: string; readonly carryOn: Option};
};
/** A flag that says yes by naming what it is about, where --yes is no word for it. */
export type ConfirmFlag = {
	readonly flag: string;
	/** What it takes, and what for, as the help says it. */
	readonly takes: string;
	readonly says: string;
	/** It takes the setup's name: --yes is never enough without it, and another name is refused before any call. */
	readonly namesSetup?: true;
};

/** A command that runs steps, with all that its runs do and say otherwise than those of others. */
export type Course = {
	/** The command, too; it scopes progress in the record. */
	readonly name: string;
	readonly steps: readonly Step[];
	/**
	 * It begins anew once it is finished: its answers and its progress are over then, and these facts aren't so any more.
	 */
	readonly recurs?: readonly FactName[];
	/** The answers that count for one run alone: a later one asks again. */
	readonly once?: readonly string[];
	/** The id of the delivered thing that what is said of a delivery is about, as the record knows it. */
	about?(state: State): string | undefined;
	/** It makes the record that all others need, and runs where no command is named. */
	readonly begins?: true;
	/** What its steps have left to call is forecast, so that what isn't allowed is told before anything changes. */
	readonly forecasts?: true;
	/** What each of its runs knows besides. */
	readonly thisRun?: ThisRun;
	/** It changes nothing: where nobody can answer, it asks nothing and needs no --yes. */
	readonly needsNoYes?: true;
	readonly confirms?: readonly ConfirmFlag[];
	/** What its result tells programs besides. */
	results?(known: Known): Readonly<Record<string, unknown>>;
	/** How a setup stands that it was the last to change, in words; without it, by the steps that are done. */
	readonly halfDone?: string;
	/** What the first screen tells besides once every step is done. */
	finished?(state: State): readonly string[];
	/**
	 * What a look tells there that the record doesn't hold yet; undefined where it does, or nothing is seen. Nobody waits
	 * for it, and nobody is asked for it.
	 */
	seesAtHome?(look: Look, known: Known): Promise<Note | undefined>;
	/** What it offers on the first screen of a setup that was begun, if anything. */
	offers?(home: AtHome): Offer | undefined;
	/** The last line of a run: how it ended, and what to run next. */
	lastWords(ended: Ended): string;
};

/** What to know when the course stops where it stands. */
export const risksOf = ({steps}: Course, known: Known): readonly string[] => [
	...new Set(steps.flatMap(it => it.paused?.(known) ?? [])),
];
