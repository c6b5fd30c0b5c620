import type {Problem} from './plan.js';

/** AWS said no: a 4xx with AWS's own code and request id. Nothing changed. */
export class Refused extends Error {
	constructor(
		readonly code: string,
		message: string,
		readonly requestId?: string,
		/** Seconds for which AWS's temporary no (too many calls, another change) is worth repeating. */
		readonly temporary?: {readonly why: string; readonly atMost: number},
	) {
		super(message);
	}
}

/**
 * A change that our own look halted: it wasn't sent, or doesn't count, for what the problem says. `again`: another look
 * may find it right.
 */
export class Halted extends Refused {
	constructor(
		readonly problem: Problem,
		readonly again = false,
	) {
		super(problem.code ?? 'NotSent', `${problem.what}: ${problem.why}`);
	}
}

/** An answer that isn't whole: perhaps not AWS's at all. */
export class Unclear extends Error {}

/** A call ready to go: every reference in it resolved. */
export type SentCall = {readonly api: string; readonly input: Readonly<Record<string, unknown>>};
/** What AWS answered. */
export type Reply = {readonly output: unknown; readonly requestId?: string};
