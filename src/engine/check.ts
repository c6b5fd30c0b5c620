import type {Call, Value} from './call.js';
import type {Learns} from './facts.js';
import type {Ways} from './problem.js';

/** Whether something was done, refused for lack of permission, or neither could be told. */
export type Got = 'allowed' | 'denied' | 'cant-tell';
/**
 * One call of a check: what later calls learn from it, what its reply must hold, and codes that tell that it was
 * allowed.
 */
export type Probe = {
	readonly call: Call;
	readonly learns?: Learns;
	readonly gives?: Readonly<Record<string, Value>>;
	readonly allowedBy?: readonly string[];
	/** Words that a denial must hold to be the one that was looked for. */
	readonly names?: string;
};
/**
 * Something that must be so at the end: tried with the new user's credentials, or found by looking. `id` stands on
 * disk: never rename it.
 */
export type Check = {
	readonly id: string;
	readonly says: string;
	readonly by: 'new-user' | 'operator';
	readonly expect: 'allowed' | 'denied';
	/** Made in order, each time; found without any where looking has told already. */
	readonly probes: readonly Probe[];
	/** What looking has told, and in words what is wrong or can't be told. */
	readonly found?: {readonly got: Got; readonly because?: string};
	/** What to do if it comes out wrong. */
	readonly ways: Ways;
};
/** What a check came to. */
export type Checked = {
	readonly check: string;
	readonly by: Check['by'];
	readonly expect: Check['expect'];
	readonly got: Got;
	readonly ok: boolean | null;
	readonly says: string;
	readonly because?: string;
	/** The ids of the requests that tried it: a use that bears one of them was ours. */
	readonly requestIds?: readonly string[];
	/** It was not tried but found: by looking, or by asking AWS to simulate it. */
	readonly untried?: true;
};
/** The last proof that was made: with what, of what, when, and what each check came to. */
export type Proof = {
	/** The delivered thing that it was made with, and what it was all about, by their ids. */
	readonly id: string;
	readonly about: string;
	readonly at: string;
	readonly checks: readonly Checked[];
	readonly proven: boolean;
};
