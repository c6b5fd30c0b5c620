import type {Call, Text, Value} from './call.js';
import type {FactName, Facts, Learns} from './facts.js';
import type {Way} from './problem.js';

/**
 * A known, temporary refusal: AWS's code, words its message holds, why in words, and for at most how many seconds it is
 * waited out.
 */
export type Wait = {readonly code: string; readonly says?: string; readonly why: string; readonly atMost: number};
/**
 * Where a reply's secret goes: a file (null: it is shown once to the person, and kept nowhere), its columns, and the
 * fact that names the delivered thing.
 */
export type Keeping = {
	readonly place: string | null;
	readonly row: Readonly<Record<string, Text>>;
	readonly names?: FactName;
	/** Where nobody can be shown it: what to answer instead. */
	readonly instead?: Extract<Way, {is: 'answer'}>;
	/** Where it turns out to be another's: what it is, and the flag and the answer that remove exactly this one. */
	readonly removedBy?: {readonly thing: string; readonly flag: string; readonly answer: string};
};
/** What the record does with a change, besides holding it: before it is tried, and once it is done. */
export type Bookkeeping = {
	/** The answers it is made with: once tried, they can't be answered otherwise. */
	readonly uses?: readonly string[];
	/** What was answered to these before can't be meant for what it makes: it is asked anew. */
	readonly asksAnew?: readonly string[];
	/**
	 * The changes (by id) that it takes back: once done, they count as never made, their steps as not done, and what they
	 * learned isn't so any more.
	 */
	readonly undoes?: readonly string[];
	/** More facts that aren't so any more once it is done. */
	readonly forgets?: readonly FactName[];
	/** The steps of its course that are not done any more once it is done: they are asked and gone through anew. */
	readonly redoes?: readonly string[];
	/** The changes (by id, of any step) that it turns round: once done, nobody waits for what they did to be seen. */
	readonly reverses?: readonly string[];
	/** Answers that allowed it alone: once it is done, they are spent. */
	readonly spends?: readonly string[];
	/** What it sets of several, by name: later runs tell by it whose doing that was. */
	readonly sets?: readonly string[];
	/** Whom it gives something, and whom it takes it from: later runs tell by it whose doing that was. */
	readonly gives?: readonly string[];
	readonly takes?: readonly string[];
};
/** One change in AWS, as data. */
export type Change = {
	readonly id: string;
	readonly verb: 'create' | 'update' | 'delete';
	readonly subject: string;
	readonly why?: string;
	readonly call: Call;
	/** Fact → path in the reply; a path that isn't there counts as a lost answer. */
	readonly learns?: Learns;
	/** A row without `$reply` is kept before the call, one with it after. */
	readonly keeps?: Keeping;
	/** What settles a lost answer; stored with the intent. */
	readonly before?: Value;
	/** A document as it is and as it will be, for the review. */
	readonly diff?: {readonly from?: Value; readonly to: Value};
	/**
	 * To be typed by the person (or given by its own flag): this change removes something that isn't ours to remove
	 * unasked.
	 */
	readonly confirm?: string;
	/**
	 * It gives back access that somebody took away, perhaps on purpose: nobody's yes to creates and updates means that;
	 * `perhaps` where only a record that is lost would tell whether it was there before.
	 */
	readonly restores?: true | 'perhaps';
	/**
	 * It loosens what this setup itself set: read under that heading, and where nobody is asked, made only in a run that
	 * gives the answer by one of its flags; without one, a word that is typed covers it.
	 */
	readonly loosens?: {readonly answer: string; readonly flags: string} | true;
	readonly waits?: readonly Wait[];
	/** Not before this moment of AWS's clock (ISO 8601, two minutes ahead at most), and why. */
	readonly notBefore?: {readonly at: string; readonly why: string};
	/** Seconds for which "not there" isn't believed after a lost answer (15 unless told). */
	readonly patience?: number;
	/** Codes of refusals after which another look tells more than the refusal does, such as a name found taken. */
	readonly lookAgainOn?: readonly string[];
	readonly record?: Bookkeeping;
};
/** What the record knows of one change of this step. Without an outcome it is in doubt. */
export type Attempt = {
	readonly change: Change;
	/** The course that made it; the set-up unless told. */
	readonly course?: string;
	readonly outcome?: 'done' | 'refused' | 'settled' | 'undone';
	readonly code?: string;
	readonly learned: Facts;
	/** When the intent was written, and by AWS's clock or this machine's. */
	readonly at: string;
	readonly clock: 'aws' | 'local';
	readonly endedAt?: string;
	/** Of a round that is over, or turned round since: nothing of it is waited for. */
	readonly over?: true;
	readonly run: number;
};
