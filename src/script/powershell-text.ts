import type {Word} from './shell-words.js';

/**
 * A text as PowerShell 5.1 and 7 read it, in plain ASCII: 5.1 takes a script without a mark for the old code page of
 * its
 * machine, and both take typographic quotes for quotes.
 */
export function psText(word: Word): string {
	const parts = word.flatMap(it => (typeof it === 'string' ? pieces(it) : [`$${it.variable}`]));
	// A text comes first: a char, or a number in a variable, would be added up.
	const all = parts[0]?.startsWith("'") ? parts : ["''", ...parts];
	return all.length === 1 ? (all[0] ?? '') : `(${all.join(' + ')})`;
}
const pieces = (text: string): readonly string[] =>
	(text.match(/[ -~]+|[^ -~]/g) ?? []).map(it =>
		/^[ -~]/.test(it)
			? `'${it.replaceAll("'", "''")}'`
			: Array.from({length: it.length}, (_, at) => code(it.charCodeAt(at))).join(' + '),
	);
const code = (unit: number): string => `[char]0x${unit.toString(16).toUpperCase().padStart(4, '0')}`;
/** The same in a comment, where nothing is read. */
export const ascii = /[^ -~]/g;
