import {visible} from '../engine/control-characters.js';

/**
 * Letters of both cases and digits in one piece, as an AWS secret access key (40) and a session token (hundreds) are
 * written; a name, a path or an ARN hardly ever is.
 */
const pieces = /[A-Za-z0-9/+]+=*/g;
const mayBeSecret = (it: string): boolean =>
	(it.length === 40 || it.length >= 100) && [/[a-z]/, /[A-Z]/, /\d/].every(kind => kind.test(it));
const longest = 1000;

/**
 * A text of somebody else's as it can be shown: in one line, its unseen characters as \u{…}, without what may be a
 * secret, and not without end.
 */
export function printable(text: string): string {
	const told = visible(text.replaceAll(pieces, it => (mayBeSecret(it) ? '(not shown: it may be a secret)' : it)));
	return told.length > longest ? `${told.slice(0, longest)}…` : told;
}
