import type {Value} from '../../engine/step.js';

/** One statement of a policy, brought to one form whatever way it was written. */
export type Statement = {readonly [key: string]: unknown};

/** The statements of a document. */
export const statements = (document: Value): readonly Statement[] => {
	const {Statement} = document as unknown as {Statement: unknown};
	return (Array.isArray(Statement) ? Statement : [Statement]) as readonly Statement[];
};

/** One statement without its Sid, every list sorted, every name in its one spelling. */
export function plain({Sid: _sid, ...rest}: Statement): Statement {
	return sorted(
		Object.fromEntries(
			Object.entries(rest).map(([key, value]) => {
				if (key === 'Principal' || key === 'NotPrincipal')
					return [key, value === '*' ? {AWS: ['*']} : mapValues(value, it => texts(it).map(account).sort())];
				if (key === 'Condition') return [key, mapValues(value, test => mapValues(test, it => texts(it).sort()))];
				if (key === 'Action' || key === 'NotAction')
					return [
						key,
						texts(value)
							.map(it => it.toLowerCase())
							.sort(),
					];
				return [
					key,
					Array.isArray(value)
						? texts(value).sort()
						: key === 'Resource' || key === 'NotResource'
							? texts(value)
							: value,
				];
			}),
		),
	);
}
/** A text, or several, as texts; what isn't known yet by its name. */
export const texts = (value: unknown): string[] => [
	...new Set(
		(Array.isArray(value) ? value : [value]).map(it =>
			typeof it === 'object' && it !== null && '$fact' in it ? `(${String(it.$fact)}, known later)` : String(it),
		),
	),
];
const mapValues = (value: unknown, by: (it: unknown) => unknown): Statement =>
	sorted(Object.fromEntries(Object.entries((value ?? {}) as Statement).map(([key, it]) => [key, by(it)])));
const sorted = (it: Statement): Statement =>
	Object.fromEntries(Object.entries(it).sort(([a], [b]) => (a < b ? -1 : 1)));
/** An account's root as principal may be written as the account's bare number. */
const account = (principal: string): string => /^arn:[a-z-]+:iam::(\d{12}):root$/.exec(principal)?.[1] ?? principal;

/** The AWS principals that a statement names. */
export const principals = (it: Statement): readonly string[] => {
	const principal = it['Principal'];
	if (typeof principal === 'string') return [principal];
	const aws = (principal as Statement | undefined)?.['AWS'];
	return aws === undefined ? [] : texts(aws);
};

/** Whether AWS shows a principal by a bare id: its user or role is gone, and AWS takes no policy that names it. */
export const isGone = (principal: string): boolean => /^A[A-Z]{3}[A-Z0-9]{12,}$/.test(principal);

/** A statement as a sentence to read. */
export function sentence(it: Statement): string {
	const on = texts(it['Resource'] ?? '*').join(', ');
	const who = it['Principal'] === undefined ? '' : `  to  ${principals(it).join(', ')}`;
	const when = it['Condition'] === undefined ? '' : `  if  ${JSON.stringify(it['Condition'])}`;
	return (
		`${String(it['Effect'])}  ` +
		`${texts(it['Action'] ?? it['NotAction']).join(', ')}${on === '*' && who ? '' : `  on  ${on}`}${who}${when}`
	);
}

/** Whether a statement grants all that the wanted one does. */
export function covers(it: Statement, wanted: Statement): boolean {
	const have = plain(it);
	if (have['Effect'] !== 'Allow' || have['NotAction'] || have['NotPrincipal'] || have['NotResource']) return false;
	if (have['Condition'] && JSON.stringify(have['Condition']) !== JSON.stringify(wanted['Condition'])) return false;
	const who = principals(have);
	const wantedWho = principals(wanted);
	const actions = texts(have['Action']);
	return (
		texts(have['Resource']).includes('*') &&
		(who.includes('*') || wantedWho.every(name => who.includes(name))) &&
		texts(wanted['Action']).every(action => actions.some(pattern => matches(pattern, action)))
	);
}
/** Whether a pattern of a policy, with its wildcards, covers a name or another pattern. */
export const matches = (pattern: string, action: string): boolean =>
	pattern === action ||
	new RegExp(
		`^${pattern
			.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
			.replaceAll('*', '.*')
			.replaceAll('?', '.')}$`,
		'i',
	).test(action);

/** Whether a document allows anything by a statement that none of ours is. */
export const allowsMore = (document: Value, ours: Value): boolean =>
	statements(document).some(it => it['Effect'] === 'Allow' && !statements(ours).some(own => sameStatement(own, it)));
/** Whether two statements mean the same. */
export const sameStatement = (one: Statement, other: Statement): boolean =>
	JSON.stringify(plain(one)) === JSON.stringify(plain(other));
