import type {Hands, Row} from './apply.js';
import type {Ask} from './ask.js';
import type {Change} from './change.js';
import type {CheckHands, Try} from './checking.js';
import type {Entry, Happened} from './entry.js';
import type {Facts} from './facts.js';
import type {Known} from './known.js';
import type {Look} from './look.js';
import type {Problem} from './plan.js';
import type {Step} from './step.js';
import type {ThisRun} from './this-run.js';
import type {News} from './waiting.js';
import type {Event, Wizard} from './wizard.js';

/** What went wrong, for `explain`: the change it happened to, and which of the step's changes were done. */
export type Failure = {
	readonly step: Step;
	readonly change?: Change;
	readonly facts: Facts;
	readonly run: ThisRun;
	/** AWS's answer was lost: it may have been done. */
	readonly doubt?: boolean;
};
/** Everything a run needs from the world. */
export type Ports = Omit<Hands, 'append' | 'deliver'> & {
	readonly look: Look;
	readonly record: {entries(): readonly Entry[]; append(entry: Happened): Promise<void>};
	readonly run: ThisRun;
	/** What was done before may be looked at side by side. */
	readonly looksAhead?: true;
	/** Looks who is calling before a step's first write. */
	guard(): Promise<Problem | undefined>;
	/** Tells trouble in words; throws what is a bug. */
	explain(error: unknown, failure: Failure): Problem;
	/** Whether the person wants to leave. */
	leaving(): boolean;
	/** Calls with credentials of their own, one attempt each: a delivered thing's id and its secret. */
	tryAs(id: string, secret: string): Try;
	/** What AWS's no means for a try; undefined if it can't be told. */
	verdictOf: CheckHands['verdictOf'];
	/** Bytes that nobody could guess. */
	bytes(): Uint8Array;
	/** Tells of what is out and not answered yet, and with nothing that it is answered. */
	outstanding?(hear: (it: Omit<Extract<News, {type: 'wait'}>, 'type' | 'step'> | undefined) => void): void;
	/** Takes who answers what the connection itself asks in the middle of a call, such as an MFA code. */
	answeredBy?(answer: (ask: Ask) => Promise<string | undefined>): void;
};
/** The one who answers: a person behind a screen, or flags. */
export type Front = {
	decide(wizard: Wizard, step: Step, known: Known): Promise<Event>;
	/** Called with every state, to draw it. */
	show?(wizard: Wizard): void;
	/**
	 * Shows a secret once, where it leaves nothing behind; `revealed` comes before it is seen. Returns once the person
	 * has stored it, throws `Interrupted` if they leave.
	 */
	deliver?(row: Row, revealed: () => Promise<void>): Promise<void>;
	/** A secret that the person types unseen; undefined if they have none. */
	secret?(ask: Ask): Promise<string | undefined>;
};
/** How a course ended, and at which step. */
export type Ending = {
	readonly status: 'complete' | 'paused' | 'interrupted' | 'stopped';
	readonly step: Step;
	readonly problem?: Problem;
};
