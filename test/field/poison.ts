/** What others may write into any text: each line of it would do something, hide something or pass for ours. */
export const poison = [
	'\u001B]52;c;ZXZpbA==\u0007',
	'\u001B[2J\u001B[31m',
	'\u009B1;1H',
	'\r',
	'\u202E',
	'\u200B\u2066',
	'\u3164',
	'\u0085\u2028\u2029',
	'\u0000\u007F',
].join('');
/** What is left of it in a text that went through XML, as AWS's answers do. */
export const mildPoison = '\u009B1;1H\u202E\u200B\u2066\u3164\u0085\u2028\u007F';

/** All in a text that is obeyed or not to be seen; what our own screens draw with may be given. */
export const unseenIn = (text: string, ours: RegExp = /\n/g): readonly string[] => [
	...new Set(text.replaceAll(ours, '').match(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu)),
];

/** The same data with something added to each of its texts, but for those by which programs tell things apart. */
export function poisoned<T>(it: T, exact: (key: string, text: string) => boolean, what = poison, key = ''): T {
	if (typeof it === 'string') return (exact(key, it) ? it : it + what) as T;
	if (Array.isArray(it)) return it.map((one: unknown) => poisoned(one, exact, what, key)) as T;
	if (typeof it !== 'object' || it === null) return it;
	return Object.fromEntries(
		Object.entries(it).map(([name, one]: [string, unknown]) => [name, poisoned(one, exact, what, name)]),
	) as T;
}
