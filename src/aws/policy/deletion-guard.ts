import type {Value} from '../../engine/step.js';
import {type Statement, sameStatement, statements, texts} from './statements.js';

/** The name that the guard's statement has in a key policy. */
export const guardSid = 'Guard against deletion while in use';
const key = 'kms:TrailingDaysWithoutKeyUsage';

/**
 * The statement that keeps everybody from disabling the key and from scheduling its deletion, until so many whole days
 * have passed since its last use; of a key that was never used, since it was made.
 * https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
 */
const guardOf = (days: string): {readonly [key: string]: Value} => ({
	Sid: guardSid,
	Effect: 'Deny',
	Principal: {AWS: '*'},
	Action: ['kms:DisableKey', 'kms:ScheduleKeyDeletion'],
	Resource: '*',
	Condition: {NumericLessThanEquals: {[key]: days}},
});

/** The guard as it stands in a key policy: with its days, as somebody else wrote it under its name, or not at all. */
export type Guard = {readonly is: 'guard'; readonly days: string} | {readonly is: 'other' | 'none'};
/** What a key policy has of the guard. */
export function guardIn(document: Value): Guard {
	const found = statements(document).filter(it => it['Sid'] === guardSid);
	const [only, ...more] = found;
	if (!only) return {is: 'none'};
	const days = daysIn(only);
	return more.length === 0 && days !== undefined ? {is: 'guard', days} : {is: 'other'};
}
/** The days of a statement that is exactly the guard. */
export function daysIn(it: Statement): string | undefined {
	const test = (it['Condition'] as Readonly<Record<string, Readonly<Record<string, unknown>>>> | undefined) ?? {};
	const [days = ''] = texts(test['NumericLessThanEquals']?.[key] ?? '');
	return it['Sid'] === guardSid && /^\d+$/.test(days) && sameStatement(it, guardOf(days)) ? days : undefined;
}

/** A key policy with the guard of so many days in place of the one that is there; without one where there are none. */
export function withGuard(document: Value, days: string): Value {
	const all = statements(document) as readonly Value[];
	const others = all.filter(it => (it as Statement)['Sid'] !== guardSid);
	const at = all.findIndex(it => (it as Statement)['Sid'] === guardSid);
	const guard = days === '' ? [] : [guardOf(days)];
	const Statement = at < 0 ? [...others, ...guard] : [...others.slice(0, at), ...guard, ...others.slice(at)];
	return {...(document as {readonly [key: string]: Value}), Statement};
}
