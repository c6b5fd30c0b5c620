import {factNamed} from '../../engine/facts.js';
import type {Call, Known, Value} from '../../engine/step.js';

/**
 * The calls that give something, and the member of their input that names it; without one there is one of it at most.
 */
export type GivenBy = {readonly apis: readonly string[]; readonly names?: string};

/** Whether a call of this record gave it, whichever step's: then it is nobody else's doing. */
export const isGivenByUs = ({apis, names}: GivenBy, id: string, known: Known): boolean =>
	known.calls.some(
		({call, learned}) =>
			apis.includes(call.api) &&
			(names === undefined || inputOf(call, names, known) === id || Object.values(learned).includes(id)),
	);

/** What a call's input says under that name, where that is known. */
export const inputOf = ({input}: Call, name: string, {facts}: Known): Value | undefined => {
	const it = input[name];
	return typeof it === 'object' && it !== null && '$fact' in it ? factNamed(facts, it['$fact']) : it;
};
