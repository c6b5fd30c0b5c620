import {commandLine} from '../../engine/command-line.js';
import type {Known, Stop} from '../../engine/step.js';
import {dayOf, daysAfter} from './days.js';

/** A gate that only time opens. */
export type DatedGate = {
	/** What it waits for, in words, and its code. */
	readonly what: string;
	readonly why: string;
	readonly code: string;
	/** From when on, in ISO 8601, and for how many days. */
	readonly since: string;
	readonly days: number;
};

/** The pause until so many days have passed; undefined once they have. */
export function untilThen({what, why, code, since, days}: DatedGate, {run}: Known): Stop | undefined {
	const until = daysAfter(since, days);
	// Where nobody knows what time it is, nothing has passed.
	if (Date.parse(run.now ?? '') >= until.getTime()) return undefined;
	return {
		is: 'pause',
		what,
		why: `${why}; so it stays until ${dayOf(until)}`,
		ways: [{is: 'wait', says: `wait until ${dayOf(until)}`}],
		again: commandLine(run),
		code,
	};
}
