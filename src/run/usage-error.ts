import {Usage} from '../engine/trouble.js';
import {printable} from './text-without-secrets.js';

/**
 * A usage problem in its three lines. What was given stands in them as it can be seen, and without what may be a
 * secret.
 */
export const usage = (what: string, why: string, todo: string): Usage =>
	new Usage({is: 'problem', what: printable(what), why: printable(why), todo: printable(todo), code: 'Usage'});
