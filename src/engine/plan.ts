import type {Text} from './call.js';
import type {Change} from './change.js';
import type {Check} from './check.js';
import type {Through} from './delivered.js';
import type {FactName, Facts} from './facts.js';
import type {Page} from './problem.js';

export {isProblem, type Problem} from './problem.js';

/** Something looked at that the record should hold. */
export type Note =
	| {readonly type: 'delivered'; readonly id: string; readonly place: string | null}
	| {
			readonly type: 'in-use';
			readonly id: string;
			readonly seenAt?: string;
			readonly from?: readonly string[];
			readonly through?: Through;
	  }
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
	/** What the step changes after these, in a review of its own. */
	readonly afterwards?: readonly Change[];
	/** With this step the round is over: the next one asks and does all anew, and these facts aren't so any more. */
	readonly ends?: readonly FactName[];
	/** Whether anything of this setup is left, where the step looks for that. */
	readonly left?: 'nothing' | 'something';
	/** What stays where it is though it might be expected to go. */
	readonly stays?: readonly Stay[];
	/** What has to be typed before this plan is approved. */
	readonly confirm?: Confirm;
	/** Changes (by id) of which nothing is seen: not believed at once while the record says that it may only be late. */
	readonly unseen?: readonly string[];
};
