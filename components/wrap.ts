import stringWidth from 'string-width';
import {visible} from '../src/engine/control-characters.js';

/** How many columns a text takes. */
export const columnsOf = (text: string): number => (/^[ -~]*$/.test(text) ? text.length : stringWidth(text));

const segments = new Intl.Segmenter();
/** A text cut in two where its first part still fits the columns; at least one whole character goes first. */
function cut(text: string, columns: number): readonly [string, string] {
	let taken = '';
	for (const {segment} of segments.segment(text)) {
		if (taken !== '' && columnsOf(taken + segment) > columns) break;
		taken += segment;
	}
	return [taken, text.slice(taken.length)];
}

/** So many columns at least are left to the words of a line that begins with blanks. */
const forWords = 10;

/**
 * Breaks a text into lines of that width; what follows the first is indented, where there is room for that. A word is
 * cut only if no line could hold it, or left whole on a line of its own.
 */
export function wrap(told: string, width: number, indent = 0, long: 'cut' | 'whole' = 'cut'): readonly string[] {
	// As it is drawn: what isn't to be seen takes more columns then.
	const text = visible(told);
	const most = Math.max(0, width - forWords);
	const given = /^ */.exec(text)?.[0].length ?? 0;
	const [lead, next] = [Math.min(given, most), Math.min(given + indent, most)];
	const lines: string[] = [];
	let line = ' '.repeat(lead);
	for (const word of text.slice(given).split(' ')) {
		let rest = word;
		const wide = columnsOf(rest);
		const first = line.trim() === '';
		if (!first && columnsOf(line) + 1 + wide <= width) line += ' ';
		else if (!first) {
			lines.push(line);
			// A word that a line can hold gets one, with less indent if need be.
			line = ' '.repeat(Math.min(next, wide <= width ? width - wide : next));
		}
		const cuts = (): boolean => long === 'cut' && rest !== '' && columnsOf(line) + columnsOf(rest) > width;
		while (cuts()) {
			const [taken, left] = cut(rest, width - columnsOf(line));
			if (left === '') break;
			lines.push(line + taken);
			rest = left;
			line = ' '.repeat(next);
		}
		line += rest;
	}
	return [...lines, line];
}
