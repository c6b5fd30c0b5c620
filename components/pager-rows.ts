import {type TextLine, wrapped} from './text-lines.js';

/** Where a row is in a text, whatever the width: which line of it, and which part of that line. */
export type RowPlace = {readonly line: number; readonly part: number};
/** One row of a text as it is drawn at a width. */
export type Row = TextLine & RowPlace;

/** A text as rows of that width. */
export const rowsOf = (lines: readonly TextLine[], width: number): readonly Row[] =>
	lines.flatMap((it, line) => wrapped([it], width).map((row, part) => ({...row, line, part})));

const isBefore = (one: RowPlace, other: RowPlace): boolean =>
	one.line < other.line || (one.line === other.line && one.part < other.part);
/** The number of the row that holds a place: at another width, the last that begins at or before it. */
export const rowAt = (rows: readonly Row[], place: RowPlace): number =>
	Math.max(
		0,
		rows.findLastIndex(it => !isBefore(place, it)),
	);

/** The next row that holds a word, in any case of letters, after that place and then from the beginning. */
export function search(rows: readonly Row[], word: string, after: RowPlace): Row | undefined {
	const holds = rows.filter(it => it.text.toLowerCase().includes(word.toLowerCase()));
	return holds.find(it => isBefore(after, it)) ?? holds[0];
}

/** A row that is pointed at where it begins. */
export const pointedAt = (text: string): string => text.replace(/^ {0,3}/, ' ▸ ');
