import type {Account, Key, KeyState} from '../account/account.js';
import type {Lags} from '../account/lags.js';
import type {Operator} from '../account/operator.js';
import type {Told} from './answering.js';
import type {Fault} from './faults.js';

/** How a sandbox is to be; without anything it is an account in memory, prompt and without faults. */
export type SandboxOptions = {
	/** 0, and without one: any that is free. */
	readonly port?: number;
	/** Keeps the account, from one start to the next. */
	readonly file?: string;
	/** Leaves the file as it is, whatever is called. */
	readonly readOnly?: boolean;
	readonly accountId?: string;
	readonly partition?: string;
	readonly lags?: Partial<Lags>;
	/** The most that list calls tell at once; 100 without one. */
	readonly pageSize?: number;
	readonly faults?: readonly Fault[];
	/** Whether POST /_sandbox/… is there. */
	readonly control?: boolean;
	/** The account's clock. */
	now?(): number;
	/**
	 * How far its clock is ahead of this machine's, in milliseconds: signatures are judged by it and answers dated by it.
	 */
	readonly skew?: number;
	onRequest?(told: Told): void;
	/** Hears of what the sandbox itself did wrong; the client gets a 500. Without it, it is thrown. */
	onBug?(error: unknown): void;
};
/** A running sandbox. */
export type Sandbox = {
	readonly url: string;
	readonly account: Account;
	/** The user `admin`, who may do everything. */
	readonly operator: Operator;
	readonly lags: Lags;
	now(): number;
	/** Replaces the faults that are to come; answers that are late now come at once. */
	setFaults(faults: readonly Fault[]): void;
	/** Changes the lags that are named. */
	setLags(lags: Partial<Lags>): void;
	/** As if AWS had put these KMS keys into these states. */
	setKeyStates(states: ReadonlyMap<Key, KeyState>): void;
	/** Moves the account's clock on, and the dates of answers; who signs by the machine's clock stays right. */
	advance(ms: number): void;
	/** Ends every connection, those that hang too. */
	close(): Promise<void>;
};
