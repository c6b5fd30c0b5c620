import type {Answer, Answers} from './answers.js';
import type {Known} from './known.js';
import type {Look} from './look.js';

/** One of several values to choose from. */
export type Choice = {
	readonly value: string;
	readonly label: string;
	readonly note?: string;
	/** Answers of the same form that go with it, as long as nobody gives others. */
	readonly gives?: Answers;
	/** It is there and can't be chosen; the note says why. */
	readonly never?: true;
};
/** One thing a step asks. The flag and the key in an answers file derive from its name. */
export type Field = {
	readonly name: string;
	readonly label: string;
	readonly kind: 'text' | 'yes-no' | 'one' | 'many' | 'pairs' | 'place';
	readonly initial?: Answer;
	readonly hint?: string;
	/** The flag, where it isn't the name in kebab-case. */
	readonly flag?: string;
	readonly optional?: true;
	/** May be answered otherwise at any time: no change is made with it alone. */
	readonly open?: true;
	/**
	 * Settled by a change made with it alone: its step done without one, such as by what was there, it may still be
	 * answered otherwise.
	 */
	readonly untilUsed?: true;
	/** A value that isn't among the choices may be typed. */
	readonly free?: true;
	/** Asked in each run anew: an answer of an earlier one does not stand. */
	readonly anew?: true;
	/** Answered by its flag, or by a way out of a problem; no form asks it. */
	readonly byFlag?: true;
	/** Answers that go with its flag, as long as nobody gives others. */
	readonly gives?: Answers;
	/** Asked only where a screen of its own can be drawn: no flag, nothing in an answers file. */
	readonly onScreen?: true;
	/** The value in its one spelling. */
	tidy?(value: Answer): Answer;
	/** The answer to start with, where it depends on what is there. */
	suggest?(look: Look, known: Known): Promise<Answer>;
	choices?(look: Look, known: Known): Promise<readonly Choice[]>;
	/** The rule that the value breaks, in words. */
	wrong?(value: Answer, answers: Answers): string | undefined;
	when?(answers: Answers): boolean;
};
