import type {Value} from '../../engine/step.js';
import {isWithin, standingOf} from './narrowings.js';
import {keyPolicy, sameButPrincipal} from './policy-documents.js';
import {isGone, principals, type Statement, statements} from './statements.js';

/** The statement that lets key administrators in, as the console writes it for these. */
const [, administering] = statements(keyPolicy('aws', '', ['anyone'], 'nobody')) as [Statement, Statement];
/** The name of that statement. */
export const administeringSid = String(administering['Sid']);

/**
 * Where a key policy lets administrators in: by the console's statement, whole or as others narrowed it; by another
 * under its name; or nowhere.
 */
export type Administering =
	| {readonly is: 'ours'; readonly at: number; readonly who: readonly string[]}
	| {readonly is: 'other'}
	| {readonly is: 'none'};
export function administeringIn(document: Value): Administering {
	const all = statements(document);
	const bySid = all.findIndex(it => it['Sid'] === administeringSid);
	const at = isOurs(all[bySid]) ? bySid : all.findIndex(it => sameButPrincipal(it, administering));
	const found = all[at];
	if (found) return {is: 'ours', at, who: principals(found)};
	return {is: bySid < 0 ? 'none' : 'other'};
}
const isOurs = (it: Statement | undefined): boolean =>
	it !== undefined && isWithin(it, administering) && Object.keys((it['Principal'] ?? {}) as object).join() === 'AWS';

/** Whether a key policy lets somebody administer the key, by the console's statement, narrowed or not, or by more. */
export function administers(document: Value, who: string): boolean {
	const found = administeringIn(document);
	return standingOf(document, administering, who) === 'given' || (found.is === 'ours' && found.who.includes(who));
}

/**
 * A key policy with some let into the administrators' statement and some taken out of it, and with it all as it is; the
 * last one out, and it goes.
 */
export function withAdministrators(document: Value, gives: readonly string[], takes: readonly string[]): Value {
	const found = administeringIn(document);
	if (found.is !== 'ours' || gives.length + takes.length === 0) return document;
	const stay = found.who.filter(it => !isGone(it) && !takes.includes(it));
	const AWS = [...new Set([...stay, ...gives])];
	const all = statements(document).flatMap((it, at) =>
		at !== found.at ? [it] : AWS.length === 0 ? [] : [{...it, Principal: {AWS}}],
	);
	return {...(document as {readonly [key: string]: Value}), Statement: all} as unknown as Value;
}
