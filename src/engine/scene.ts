import type {Answers, Change, Check, Checked, Choice, Facts, Field, Guide, Page} from './step.js';
import type {Standing} from './what-changed.js';
import type {Phase} from './wizard.js';

/** A field as its form shows it. */
export type FieldScene = {
	readonly field: Field;
	/** It can't be answered otherwise any more. */
	readonly settled: boolean;
	/** What can be chosen; undefined until it is known, or where it can't be looked at. */
	readonly choices?: readonly Choice[] | undefined;
	/** The same, while it is looked for: for who draws a form once. */
	readonly coming?: Promise<readonly Choice[] | undefined> | undefined;
};
/** A change as it is reviewed and watched. */
export type ChangeScene = {
	readonly change: Change;
	/** Its document, or how that differs, in words. */
	readonly words: readonly string[];
	/** The one line that does the same from a shell. */
	readonly command: string;
	readonly status: 'to-do' | 'sent' | 'done' | 'refused' | 'unsettled';
};
/** A check as it is read and watched. */
export type CheckScene = {
	readonly check: Check;
	readonly result?: Checked | undefined;
	/** It is being tried: how often in a row it came out as it should. */
	readonly now: boolean;
	readonly passed: number;
	readonly of: number;
};
/** A wait under way. */
export type WaitScene = {
	readonly for: string;
	readonly why: string;
	readonly elapsedMs: number;
	readonly limitMs: number;
};
/** A line to read, its value known; `copy` if it is one to take along. */
export type Told = {readonly label: string; readonly value: string; readonly note?: string; readonly copy?: true};
/** One moment of the wizard: all that its one screen draws. */
export type Scene = {
	/** Another number for each question, so that what was typed for one is never taken for another. */
	readonly id: number;
	readonly step: {
		readonly at: number;
		readonly last: number;
		readonly title: string;
		readonly name: string;
		readonly guide: Guide;
	};
	readonly phase: Phase;
	/** What must be seen on every screen, such as that nothing here is AWS. */
	readonly banner?: string | undefined;
	readonly leaving: boolean;
	/** What the form starts with. */
	readonly answers: Answers;
	readonly fields: readonly FieldScene[];
	readonly facts: Facts;
	readonly changes: readonly ChangeScene[];
	readonly checks: readonly CheckScene[];
	readonly wait?: WaitScene | undefined;
	readonly looked?: number | undefined;
	/** What this step has changed so far, and the steps done before. */
	readonly changed: readonly string[];
	readonly done: readonly string[];
	/** What to do with the lines to copy. */
	readonly intro?: string | undefined;
	/** Lines to copy, resolved. */
	readonly sheet: readonly Told[];
	/** What was found, to be confirmed. */
	readonly found: readonly Told[];
	/** More to read, each by a key of its own. */
	readonly pages: readonly Page[];
	/** What the plan means; undefined while that is being looked for. */
	readonly tells?: readonly string[] | undefined;
	/** The same, for who draws a scene once. */
	readonly telling?: Promise<readonly string[]> | undefined;
};
/** One line of the receipt. */
export type Receipt = {
	readonly id: number;
	readonly name: string;
	readonly says: string;
	readonly warns: readonly string[];
};
/** What a step did, and did perhaps, by the statuses of its changes. */
export const standingOf = ({changed, done, changes}: Scene): Standing => ({
	changed,
	done,
	inDoubt: changes.filter(it => it.status === 'unsettled').map(({change}) => `${change.verb} ${change.subject}`),
});
