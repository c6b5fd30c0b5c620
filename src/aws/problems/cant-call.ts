import {Refused} from '../../engine/apply.js';
import type {Problem} from '../../engine/step.js';

/** Something on this machine or on the way keeps calls from going out: nothing was sent, so nothing changed. */
export class CantCall extends Refused {
	constructor(readonly problem: Problem) {
		super(problem.code ?? 'CantCall', problem.why);
	}
}
/** How a problem of the way out ends: the same run goes on once it is mended. */
export const thenAgain = 'then try again; nothing is lost';
