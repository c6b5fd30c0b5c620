import type {Answer, Answers} from './answers.js';
import type {FactName} from './facts.js';
import type {Key} from './keys.js';
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
/**
 * On its form, by its flag and in an answers file; `by-flag` or by a way out of a problem, and by no form; `on-screen`,
 * only where a screen of its own can be drawn, by no flag and in no answers file; `to-a-person`, on any form and by no
 * flag.
 */
type Asked = 'on-form' | 'by-flag' | 'on-screen' | 'to-a-person';
/**
 * `for-good`: as `when-made`, and also where the record was lost, for the thing itself tells it; `when-made`: a
 * change was made with it, or its step is done; `when-used`: a change was made with it, whether or not
 * its step is done without one, such as by what was there; `never`; `each-run` asks it anew, and an earlier answer
 * doesn't stand.
 */
type Settles = 'for-good' | 'when-made' | 'when-used' | 'never' | 'each-run';
/** One thing a step asks. The flag and the key in an answers file derive from its name. */
export type Field = {
	readonly name: string;
	readonly label: string;
	readonly kind: 'text' | 'yes-no' | 'one' | 'many' | 'pairs' | 'place';
	readonly initial?: Answer;
	readonly hint?: string;
	/** What its flag means, where that is said otherwise than on the form. */
	readonly flagSays?: string;
	/** What `--no-` before its flag means, where that answers it with nothing. */
	readonly noFlagSays?: string;
	/** What its flag takes, where that isn't told by its kind. */
	readonly takes?: string;
	/** The flag, where it isn't the name in kebab-case. */
	readonly flag?: string;
	readonly optional?: true;
	/** Where it is asked: on its form, unless told. */
	readonly asked?: Asked;
	/** It is no line of its form: this key says yes to it, and submits the rest as it stands; its label is an order. */
	readonly byKey?: Key;
	/** Line by line it is asked only of who asks for it, or where something stands there; a form only adds its line. */
	readonly onRequest?: true;
	/** When it can't be answered otherwise any more: when its step is done or made something with it, unless told. */
	readonly settles?: Settles;
	/** Such a value counts for this run alone, and the next one finds another: what nobody said, or what isn't kept. */
	passes?(value: Answer, suggested: Answer | undefined): boolean;
	/** A value that isn't among the choices may be typed. */
	readonly free?: true;
	/** Its flag says something of what was delivered: it counts only once the record shows the delivery. */
	readonly ofDelivered?: true;
	/** Its flag speaks of what comes after this step of its course: it counts only once the record shows that as done. */
	readonly after?: string;
	/** Likewise: it counts only while the record holds this fact, which a way back may forget. */
	readonly afterFact?: FactName;
	/** Answers that go with its flag, as long as nobody gives others. */
	readonly gives?: Answers;
	/** The value in its one spelling. */
	tidy?(value: Answer): Answer;
	/** The answer to start with, where it depends on what is there. */
	suggest?(look: Look, known: Known): Promise<Answer>;
	choices?(look: Look, known: Known): Promise<readonly Choice[]>;
	/** What a look shows that helps to answer it, for its hint: looked for while the form is there. */
	noticed?(look: Look, known: Known): Promise<string | undefined>;
	/**
	 * What a look shows that answers it with yes, in words: it isn't asked of a person then, nor counted as their word.
	 */
	shown?(look: Look, known: Known): Promise<string | undefined>;
	/** The rule that the value breaks, in words. */
	wrong?(value: Answer, answers: Answers): string | undefined;
	when?(answers: Answers): boolean;
};
/** Whether it may be answered otherwise whatever is done. */
export const staysOpen = ({settles}: Field): boolean => settles === 'never' || settles === 'each-run';
