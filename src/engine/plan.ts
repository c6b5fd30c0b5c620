import type {Answers} from './answers.js';
import type {Text} from './call.js';
import type {Change} from './change.js';
import type {Check} from './check.js';
import type {Facts} from './facts.js';

/** Something to read on a key of its own, such as a text to send to somebody: drawn over the screen, copied whole. */
export type Page = {readonly key: string; readonly label: string; readonly lines: readonly string[]};
/** A way out of a problem: choosing it is some more answers, or another setup's id to carry on with, and a new plan. */
export type Way = {
	readonly key: string;
	readonly label: string;
	readonly answers: Answers;
	readonly takesUp?: string;
};
/**
 * Something a person can mend: what, why (AWS's code apart), what to do, and the ways offered. A `pause` is no trouble:
 * the course waits for something that happens elsewhere, for as long as it takes.
 */
export type Problem = {
	readonly is: 'problem' | 'pause';
	readonly what: string;
	readonly why: string;
	readonly todo: string;
	readonly code?: string;
	readonly field?: string;
	readonly ways?: readonly Way[];
	readonly pages?: readonly Page[];
	/**
	 * Something isn't there that may only be late: worth another look while the record holds a doubt or a young outcome.
	 */
	readonly mayBeLate?: true;
	/** Answers that may be given otherwise from now on: what was made with them is gone. */
	readonly reopens?: readonly string[];
	/** Facts that were seen all the same. */
	readonly facts?: Facts;
	/** The later step that tells it in full, once that one was completed. */
	readonly toldBy?: string;
};
/** Something looked at that the record should hold. */
export type Note =
	| {readonly type: 'delivered'; readonly id: string; readonly place: string | null}
	| {readonly type: 'in-use'; readonly id: string}
	| {readonly type: 'narrowed'; readonly what: string};
/**
 * What is tried, with the secret of which delivered thing, where that lies (null: nowhere, it is asked for), and by its
 * id what it is all about.
 */
export type ToProve = {
	readonly checks: readonly Check[];
	readonly id: string;
	readonly about: string;
	readonly place: string | null;
	readonly columns: readonly [string, string];
	/** The secret in words, as within a sentence. */
	readonly secret: string;
};
/** What a discard leaves where it is, and why; `ours` if this setup made it. */
export type Stay = {readonly subject: string; readonly why: string; readonly ours?: true};
/**
 * A plan that needs a word: what the person types (one of them) and what that means; where nobody is asked, all the
 * flags, each with one of its values.
 */
export type Confirm = {
	readonly words: readonly string[];
	readonly says: string;
	readonly flags: Readonly<Record<string, readonly string[]>>;
};
/** One line of a sheet. */
export type Line = {readonly label: string; readonly value: Text; readonly note?: string; readonly copy?: true};
/** What is missing: no changes means "as it should be". */
export type Plan = {
	readonly changes: readonly Change[];
	/** Facts that were seen, or that follow from the answers. */
	readonly facts?: Facts;
	/** What is taken over once this plan is approved: facts that let it be known again. */
	readonly adopts?: Facts;
	readonly says?: string;
	/** What the person should know before saying yes. */
	readonly notes?: readonly Note[];
	readonly warns?: readonly string[];
	/** What is to be proven once nothing is missing. */
	readonly proof?: ToProve;
	/** What was found, to be confirmed by a person before the step counts as done; nothing may have to change. */
	readonly found?: {readonly lines: readonly Line[]; readonly question: string; readonly yes: string};
	readonly pages?: readonly Page[];
	/** The step is left out, and `says` why. */
	readonly skipped?: true;
	/** Changes that later steps will make if this plan is approved, to be read now. */
	readonly forecast?: readonly Change[];
	/** Whether anything of this setup is left, where the step looks for that. */
	readonly left?: 'nothing' | 'something';
	/** What stays where it is though it might be expected to go. */
	readonly stays?: readonly Stay[];
	/** What has to be typed before this plan is approved. */
	readonly confirm?: Confirm;
	/** Changes (by id) of which nothing is seen: not believed at once while the record says that it may only be late. */
	readonly unseen?: readonly string[];
};
/** Tells a problem, or a pause, from a plan or whatever else may stand in its place. */
export const isProblem = (it: object): it is Problem =>
	(it as {readonly is?: unknown}).is === 'problem' || (it as {readonly is?: unknown}).is === 'pause';
