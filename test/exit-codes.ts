import type {Outcome} from '../src/engine/outcome.js';

/** The exit code that each outcome is for whoever started the program. */
export const exitCode: Readonly<Record<Outcome, number>> = {
	done: 0,
	stopped: 1,
	usage: 2,
	differs: 3,
	warning: 1,
	critical: 2,
	unknown: 3,
	interrupted: 130,
	terminated: 143,
	'hung-up': 129,
};
