import type {Answers} from './answers.js';
import type {Facts} from './facts.js';
import type {Key} from './keys.js';

/** Something to read on a key of its own, such as a text to send to somebody: drawn over the screen, copied whole. */
export type Page = {readonly key: Key; readonly label: string; readonly lines: readonly string[]};
/**
 * A way out whose answer is known: a key where a person is asked, whose label is an order; where nobody is asked, its
 * flags, if it has any. Choosing it is some more answers, or another setup's id to carry on with, and a new plan.
 */
export type Choose = {
	readonly is: 'choose';
	readonly key: Key;
	readonly label: string;
	/** The label as an order within a sentence, where it is none itself. */
	readonly says?: string;
	readonly answers: Answers;
	readonly takesUp?: string;
	readonly flags?: string;
	/** The command that does the same, whole, where flags of the one that ran don't. */
	readonly command?: string;
};
/**
 * A way out of a problem, by what it takes. `says` is an order within a sentence, without what is typed for it:
 * each front end words that in its own way (`to-do.ts`).
 */
export type Way =
	| Choose
	/** The person answers otherwise: on the form that asks `field`, or by flags, in which capitals stand for a value. */
	| {readonly is: 'answer'; readonly says: string; readonly field: string; readonly flags: string}
	/** Flags for one run, which no form asks. */
	| {readonly is: 'this-run'; readonly says: string; readonly flags: string}
	/** A command of this program, whole. */
	| {readonly is: 'run'; readonly says?: string; readonly command: string}
	/** Calls that somebody makes who may, as command lines, in this order. */
	| {readonly is: 'call'; readonly says?: string; readonly commands: readonly [string, ...string[]]}
	| {readonly is: 'wait'; readonly says: string}
	/** Another setup is begun. */
	| {readonly is: 'begin-anew'; readonly says: string; readonly flags?: string}
	/** Only a person can: find out, decide, or do it elsewhere. */
	| {readonly is: 'by-hand'; readonly says: string}
	/** There is none, and that is why. */
	| {readonly is: 'none'; readonly says: string};
/** One way out at least. */
export type Ways = readonly [Way, ...Way[]];

/** What is watched for: in words what and why, how often it is looked at and for how long at most, in seconds. */
export type Watch = {readonly for: string; readonly why: string; readonly every: number; readonly atMost: number};
type Told = {
	/** What it waits for may come by itself: it is looked at again and again until it does, or that time is over. */
	readonly watches?: Watch;
	readonly is: 'problem' | 'pause';
	readonly what: string;
	/** Why, AWS's code apart. */
	readonly why: string;
	readonly code?: string;
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
/**
 * Where a step can't go on: what, why, and the ways out. A `pause` is no trouble: the course waits for something that
 * happens elsewhere, for as long as it takes.
 */
export type Stop = Told & {
	/** What to do before any of the ways: an order, a sentence without its end mark. */
	readonly first?: string;
	readonly ways: Ways;
	/** What is run again once a way was gone that isn't gone here. */
	readonly again?: string;
	readonly todo?: never;
};
/** What befalls a run on this machine or on its way out, which no step knows: what only a person can do, in words. */
export type Mishap = Told & {readonly todo: string; readonly ways?: never};
/** Something a person can mend. */
export type Problem = Stop | Mishap;

/** Tells a problem, or a pause, from a plan or whatever else may stand in its place. */
export const isProblem = (it: object): it is Problem =>
	(it as {readonly is?: unknown}).is === 'problem' || (it as {readonly is?: unknown}).is === 'pause';
