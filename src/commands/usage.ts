import type {Problem} from '../engine/step.js';

/** What was asked for can't be done as it was asked: exit 2, before any call. */
export class Usage extends Error {
	constructor(readonly problem: Problem) {
		super(problem.what);
	}
}
/** A usage problem in its three lines. */
export const usage = (what: string, why: string, todo: string): Usage => new Usage({what, why, todo, code: 'Usage'});
