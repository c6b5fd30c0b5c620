import type {Problem} from '../engine/step.js';
import {visible} from './printable.js';

/** What was asked for can't be done as it was asked: exit 2, before any call. */
export class Usage extends Error {
	constructor(readonly problem: Problem) {
		super(problem.what);
	}
}
/**
 * A usage problem in its three lines. What was given stands in them as it can be seen, and without what may be a
 * secret.
 */
export const usage = (what: string, why: string, todo: string): Usage =>
	new Usage({what: visible(what), why: visible(why), todo: visible(todo), code: 'Usage'});
