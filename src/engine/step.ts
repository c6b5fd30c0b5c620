import type {AccessKey} from './access-key.js';
import type {Check, Proof} from './check.js';
import type {Leftover, Look} from './look.js';

export type {AccessKey} from './access-key.js';
export type {Check, Checked, Got, Probe, Proof} from './check.js';
export type {Kept, Leftover, Look} from './look.js';

/** A value inside a call: plain data, or one of the four references. */
export type Value = string | number | boolean | null | Ref | readonly Value[] | {readonly [key: string]: Value};
/** A value not known yet, a document that is JSON text when sent, a secret only `send` sees, or a part of the reply. */
export type Ref =
	| {readonly $fact: string}
	| {readonly $json: Value}
	| {readonly $secret: string}
	| {readonly $reply: string};
/** Text, or a reference that becomes text. */
export type Text = string | Ref;
/** What replies and looks have told, by name. */
export type Facts = Readonly<Record<string, string>>;
/** One answer of the person: a text, yes or no, several texts, or pairs. */
export type Answer = string | boolean | readonly string[] | Readonly<Record<string, string>>;
/** Answers by field name. */
export type Answers = Readonly<Record<string, Answer>>;

/**
 * One AWS request as a value: sent, recorded, shown and printed from this one copy. The type of its reply rides along
 * and is never stored.
 */
export type Call<Reply = unknown> = {
	readonly api: string;
	readonly input: {readonly [key: string]: Value};
	readonly reply?: Reply;
};
/**
 * A known, temporary refusal: AWS's code, words its message holds, why in words, and for at most how many seconds it is
 * waited out.
 */
export type Wait = {readonly code: string; readonly says?: string; readonly why: string; readonly atMost: number};
/** Something to read on a key of its own, such as a policy to send to somebody: drawn over the screen, copied whole. */
export type Page = {readonly key: string; readonly label: string; readonly lines: readonly string[]};
/** A way out of a problem: choosing it is some more answers and a new plan. */
export type Way = {readonly key: string; readonly label: string; readonly answers: Answers};
/** Something a person can mend: what, why (AWS's code apart), what to do, and the ways offered. */
export type Problem = {
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
	/** Facts that were seen all the same. */
	readonly facts?: Facts;
	/** No trouble: the course waits here for something that happens elsewhere, for as long as it takes. */
	readonly pauses?: true;
	/** The later step that tells it in full, once that one was completed. */
	readonly toldBy?: string;
};
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
};

/**
 * Where a reply's secret goes: a file (null: it is shown once to the person, and kept nowhere), its columns, and the
 * fact that names the delivered thing.
 */
export type Keeping = {
	readonly place: string | null;
	readonly row: Readonly<Record<string, Text>>;
	readonly names?: string;
};
/** One change in AWS, as data. */
export type Change = {
	readonly id: string;
	readonly verb: 'create' | 'update' | 'delete';
	readonly subject: string;
	readonly why?: string;
	readonly call: Call;
	/** Fact → path in the reply; a path that isn't there counts as a lost answer. */
	readonly learns?: Readonly<Record<string, string>>;
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
	readonly waits?: readonly Wait[];
	/** The answers this change is made with: once tried, they can't be answered otherwise. */
	readonly uses?: readonly string[];
	/** Seconds for which "not there" isn't believed after a lost answer (15 unless told). */
	readonly patience?: number;
	/** Codes of refusals after which another look tells more than the refusal does, such as a name found taken. */
	readonly lookAgainOn?: readonly string[];
	/**
	 * The changes (by id) that this one takes back: once done, they count as never made, their steps as not done, and
	 * what they learned isn't so any more.
	 */
	readonly undoes?: readonly string[];
	/**
	 * The changes (by id, of any step) that this one turns round: once done, nobody waits for what they did to be seen.
	 */
	readonly reverses?: readonly string[];
	/** More facts that aren't so any more once this is done. */
	readonly forgets?: readonly string[];
	/** What earlier runs were answered to these can't be meant for what this change makes: it is asked anew. */
	readonly asksAnew?: readonly string[];
	/** Answers that allowed this one change: once it is done, they are spent. */
	readonly spends?: readonly string[];
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
/** What is asked of a person in the middle of a run. It never holds the secret itself. */
export type Ask =
	| {readonly kind: 'deliver'; readonly subject: string; readonly columns: readonly string[]}
	| {readonly kind: 'secret'; readonly label: string; readonly why: string};

/** All a plan may rest on besides what was seen. */
export type Known = {
	readonly answers: Answers;
	readonly facts: Facts;
	/** The fact's value, or its reference while it isn't known. */
	fact(name: string): Text;
	/** The past attempts of this step. */
	readonly past: readonly Attempt[];
	/** What another step may know. */
	of(stepId: string): Known;
	/** Places claimed for a secret by this record. */
	readonly claimed: readonly string[];
	readonly accessKeys: readonly AccessKey[];
	readonly proof?: Proof | undefined;
	/** The run under way, to tell its own attempts from older ones. */
	readonly run: number;
	/** The set-up has completed this step before; told to audits alone. */
	readonly completed?: boolean;
};

/** Something looked at that the record should hold. */
export type Note =
	| {readonly type: 'delivered'; readonly id: string; readonly place: string | null}
	| {readonly type: 'nps-rotated'; readonly id: string};
/**
 * Credentials for checks: an access key, the place of its secret (null: nowhere, it is asked for), and the KMS key that
 * it is all about.
 */
export type Whose = {
	readonly accessKeyId: string;
	readonly keyArn: string;
	readonly place: string | null;
	readonly columns: readonly [string, string];
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
/** What is missing: no changes means "as it should be". */
export type Plan = {
	readonly changes: readonly Change[];
	/** Facts that were seen, or that follow from the answers. */
	readonly facts?: Facts;
	readonly says?: string;
	/** What the person should know before saying yes. */
	readonly notes?: readonly Note[];
	readonly warns?: readonly string[];
	/** What is to be checked once nothing is missing, and with whose credentials. */
	readonly checks?: readonly Check[];
	readonly as?: Whose;
	/** What was found, to be confirmed by a person before the step counts as done; nothing may have to change. */
	readonly found?: {readonly lines: readonly Line[]; readonly question: string; readonly yes: string};
	readonly pages?: readonly Page[];
	/** The step is left out, and `says` why. */
	readonly skipped?: true;
	/** Changes that later steps will make if this plan is approved, to be read now. */
	readonly ahead?: readonly Change[];
	/** What stays where it is though it might be expected to go. */
	readonly stays?: readonly Stay[];
	/** What has to be typed before this plan is approved. */
	readonly confirm?: Confirm;
	/** Changes (by id) of which nothing is seen: not believed at once while the record says that it may only be late. */
	readonly unseen?: readonly string[];
};

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
/** One line of a sheet. */
export type Line = {readonly label: string; readonly value: Text; readonly note?: string; readonly copy?: true};
/** What the documented steps do, in our words, and where they are documented. */
export type Guide = {readonly covers: string; readonly text: readonly string[]; readonly links: readonly string[]};
/** Lines to copy, and what to know about them. */
export type Sheet = {readonly lines: readonly Line[]; readonly warns: readonly string[]};

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
	plan(seen: Seen, known: Known): Plan | Problem;
	shows?(known: Known): Sheet;
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
/** How a step is taken back: it plans its own absence. */
export type Undo<Seen = unknown> = Omit<Step<Seen>, 'id' | 'name' | 'undo'>;

/** A step whose observations no one else sees: the only place where their type is forgotten. */
export const step = <Seen>(it: Step<Seen>): Step => it;
/** The same for what takes a step back. */
export const undo = <Seen>(it: Undo<Seen>): Undo => it;
/** The steps that take the given ones back, in the order given. */
export const undoing = (steps: readonly Step[]): readonly Step[] =>
	steps.flatMap(({id, name, undo: it}) => (it ? [{...it, id, name}] : []));
/** A document that stays a value until it is sent as JSON text. */
export const json = (value: Value): {readonly $json: Value} => ({$json: value});
/** Tells a problem from a plan. */
export const isProblem = (it: Plan | Problem): it is Problem => 'what' in it;
/** An answer that is a text; empty when there is none. */
export const textAnswer = (answers: Answers, name: string): string => {
	const it = answers[name];
	return typeof it === 'string' ? it : '';
};
/** An answer that is a list of texts. */
export const listAnswer = (answers: Answers, name: string): readonly string[] => {
	const it = answers[name];
	return Array.isArray(it) ? it : [];
};
/** An answer that is pairs of texts. */
export const pairsAnswer = (answers: Answers, name: string): Readonly<Record<string, string>> => {
	const it = answers[name];
	return typeof it === 'object' && !Array.isArray(it) ? (it as Readonly<Record<string, string>>) : {};
};
