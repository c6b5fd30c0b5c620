import type {Answers, Change, Check, Checked, Choice, Facts, Field, Guide, Page} from './step.js';
import type {Standing} from './what-changed.js';
import type {Phase} from './wizard.js';

/** A field as its form shows it. */
export type FieldScene = {
	readonly field: Field;
	/** It can't be answered otherwise any more. */
	readonly settled: boolean;
	/** What was seen that answers it. */
	readonly shown?: string | undefined;
	/** What can be chosen; undefined until it is known, or where it can't be looked at. */
	readonly choices?: readonly Choice[] | undefined;
	/** The same, while it is looked for: for who draws a form once. */
	readonly coming?: Promise<readonly Choice[] | undefined> | undefined;
	/** What was noticed that helps to answer it, in words; and the same, while it is looked for. */
	readonly noticed?: string | undefined;
	readonly noticing?: Promise<string | undefined> | undefined;
};
/** A change as it is reviewed and watched. */
export type ChangeScene = {
	readonly change: Change;
	/** Its document, or how that differs, and what else it writes, in words. */
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
/** Why a check can't be told; undefined where one before it has told the same reason. */
export function newReason(checks: readonly CheckScene[], {result}: CheckScene): string | undefined {
	if (result?.ok !== null) return undefined;
	const first = checks.find(it => it.result?.ok === null && it.result.because === result.because);
	return first?.result === result ? result.because : undefined;
}
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
	/** The shell that their commands are for, as people call it. */
	readonly shell: string;
	/** What to know before they are run. */
	readonly ahead?: readonly string[] | undefined;
	/** The lines before and after them that let them run in their account alone. */
	readonly only?: readonly [string, string] | undefined;
	readonly checks: readonly CheckScene[];
	readonly wait?: WaitScene | undefined;
	readonly looked?: number | undefined;
	/** What to know first where it stopped. */
	readonly risks?: readonly string[] | undefined;
	/** What the form asks that answering otherwise opens, by the fields' names. */
	readonly opens?: readonly string[] | undefined;
	/** What this step has changed so far, and the steps done before. */
	readonly changed: readonly string[];
	readonly done: readonly string[];
	/** What to do with the lines to copy. */
	readonly intro?: readonly string[] | undefined;
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
/** The commands that make the changes, as they are copied. */
export const commandsOf = ({changes, only: [first = '', last = ''] = ['', '']}: Scene): readonly string[] =>
	[first, ...changes.map(it => it.command), last].filter(it => it !== '');
/** What a step did, and did perhaps, by the statuses of its changes. */
export const standingOf = ({changed, done, changes}: Scene): Standing => ({
	changed,
	done,
	inDoubt: changes.filter(it => it.status === 'unsettled').map(({change}) => `${change.verb} ${change.subject}`),
});

/** What a guide covers, within a sentence; a step of ours covers nothing. */
export function coversInWords({covers}: Guide): string {
	const [, ours] = /^nothing: (.+)$/.exec(covers) ?? [];
	return ours === undefined
		? `covers “${covers}” of the vendor's page`
		: `covers nothing of the vendor's page: ${ours}`;
}
