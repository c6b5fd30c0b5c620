import type {Field} from './field.js';
import type {Known} from './known.js';
import type {Leftover, Look} from './look.js';
import type {Line, Plan} from './plan.js';
import type {Stop} from './problem.js';
import type {Thing} from './thing.js';

export {type Answer, type Answers, listAnswer, pairsAnswer, textAnswer} from './answers.js';
export type {Ask} from './ask.js';
export {type Call, json, type Ref, type Text, type Value} from './call.js';
export type {Attempt, Change, Keeping, Wait} from './change.js';
export type {Check, Checked, Got, Probe} from './check.js';
export type {Delivered} from './delivered.js';
export type {Facts} from './facts.js';
export {type Choice, type Field, staysOpen} from './field.js';
export type {Known} from './known.js';
export type {Beside, Kept, Leftover, Look, Other} from './look.js';
export type {
	Confirm,
	Line,
	Note,
	Plan,
	Stay,
	ToProve,
} from './plan.js';
export {
	type Choose,
	isProblem,
	type Page,
	type Problem,
	type Stop,
	type Way,
	type Ways,
} from './problem.js';
export type {Edit, Existing, Recorded, Thing} from './thing.js';
export type {ThisRun} from './this-run.js';

/** What is otherwise than the set-up left it. `code` is stable: programs and tickets rest on it. */
export type Difference = {
	readonly code: string;
	readonly subject: string;
	readonly expected: string;
	readonly found: string;
	/** The whole of it in words. */
	readonly text: string;
	/** The changes (by id) and the problem (by code) of the plan that this says better, or all of the plan. */
	readonly covers?: readonly string[] | 'plan';
	/** Nobody changed it: the set-up has not come to it yet. */
	readonly toCome?: true;
	/**
	 * `stricter`: others allow less than the set-up did, theirs to decide and no fault; `remark`: worth knowing, and no
	 * fault either.
	 */
	readonly is?: 'stricter' | 'remark';
	/** It gives nobody anything: a proof of the limits passes all the same. */
	readonly givesNothing?: true;
};

/** What the documented steps do, in our words, and where they are documented. */
export type Guide = {readonly covers: string; readonly text: readonly string[]; readonly links: readonly string[]};
/** Lines to copy: what to do with them, in few lines and, where there is room, in several; what to know about them. */
export type Sheet = {
	readonly intro: readonly string[];
	readonly inFull: readonly string[];
	readonly lines: readonly Line[];
	readonly warns: readonly string[];
};

/** One step of a procedure, as data. `id` stands on disk: never rename it. */
export type Step<Seen = unknown> = {
	readonly id: string;
	/** As the receipt names it. */
	readonly name: string;
	/** As its screen is headed, an order. */
	readonly title: string;
	readonly guide: Guide;
	fields?(known: Known): readonly Field[];
	observe(look: Look, known: Known): Promise<Seen>;
	plan(seen: Seen, known: Known): Plan | Stop;
	shows?(known: Known): Sheet | undefined;
	/** What a plan means, in words that need a look of their own: asked for only where a person reads its review. */
	tells?(look: Look, known: Known, plan: Plan): Promise<readonly string[]>;
	/** What to know when the set-up pauses right after this step. */
	paused?(known: Known): string | undefined;
	/** What interrupted runs left in AWS that this step is to settle. */
	leftovers?(look: Look, known: Known): Promise<readonly Leftover[]>;
	/** The step that takes this one back; it bears the same id and name. */
	readonly undo?: Undo;
	/**
	 * Differences that no plan mends, or that it doesn't word. Parts that rest on looks of their own, so that each may
	 * fail alone.
	 */
	audit?(look: Look, seen: Seen, known: Known): readonly Promise<readonly Difference[]>[];
	/** What status tells of it besides, such as a day to come. */
	remark?(seen: Seen, known: Known): string | undefined;
};
/** How a step is taken back: it plans its own absence, and says what there is to take back. */
export type Undo<Seen = unknown> = Omit<Step<Seen>, 'id' | 'name' | 'undo'> & {
	/** All that the step makes, in the order in which it is made; taken back by hand, the last goes first. */
	readonly makes: readonly [Thing, ...Thing[]];
	/** Before all others, or after them; otherwise what was made last goes first. */
	readonly goes?: 'first' | 'last';
};

/** A step whose observations no one else sees: the only place where their type is forgotten. */
export const step = <Seen>(it: Step<Seen>): Step => it;
/** The same for what takes a step back. */
export const undo = <Seen>(it: Undo<Seen>): Undo => it;
/** The steps that take the given ones back, what was made last first, unless an undo says when it goes. */
export function undoing(steps: readonly Step[]): readonly (Undo & Pick<Step, 'id' | 'name'>)[] {
	const undos = steps.flatMap(({id, name, undo: it}) => (it ? [{...it, id, name}] : [])).reverse();
	return (['first', undefined, 'last'] as const).flatMap(when => undos.filter(it => it.goes === when));
}
