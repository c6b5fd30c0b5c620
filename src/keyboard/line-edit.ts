/** One line of text, on both sides of its cursor. */
export type Line = {readonly before: string; readonly after: string};
/** What can be done to a line, besides typing into it: what a shell does. */
export type Edit =
	| 'left'
	| 'right'
	| 'word left'
	| 'word right'
	| 'start'
	| 'end'
	| 'backspace'
	| 'delete'
	| 'word back'
	| 'blank back'
	| 'word on'
	| 'all before'
	| 'all after';

const segments = new Intl.Segmenter();
/** The whole characters of a text: an accent belongs to its letter, a family is one. */
export const charactersOf = (text: string): readonly string[] => Array.from(segments.segment(text), it => it.segment);
const lastOf = (text: string): number => charactersOf(text.slice(-64)).at(-1)?.length ?? 0;
const firstOf = (text: string): number => charactersOf(text.slice(0, 64))[0]?.length ?? 0;
const wordBefore = (text: string): number => /[\p{L}\p{M}\p{N}_]*[^\p{L}\p{M}\p{N}_]*$/u.exec(text)?.[0].length ?? 0;
const wordAfter = (text: string): number => /^[^\p{L}\p{M}\p{N}_]*[\p{L}\p{M}\p{N}_]*/u.exec(text)?.[0].length ?? 0;
const blankBefore = (text: string): number => /\S*\s*$/u.exec(text)?.[0].length ?? 0;

/** The line once that is done to it. */
export function edited({before, after}: Line, edit: Edit): Line {
	const back = (by: number): Line => ({
		before: before.slice(0, before.length - by),
		after: before.slice(before.length - by) + after,
	});
	const on = (by: number): Line => ({before: before + after.slice(0, by), after: after.slice(by)});
	const cut = (by: number): Line => ({before: before.slice(0, before.length - by), after});
	switch (edit) {
		case 'left':
			return back(lastOf(before));
		case 'right':
			return on(firstOf(after));
		case 'word left':
			return back(wordBefore(before));
		case 'word right':
			return on(wordAfter(after));
		case 'start':
			return back(before.length);
		case 'end':
			return on(after.length);
		case 'backspace':
			return cut(lastOf(before));
		case 'delete':
			return {before, after: after.slice(firstOf(after))};
		case 'word back':
			return cut(wordBefore(before));
		case 'blank back':
			return cut(blankBefore(before));
		case 'word on':
			return {before, after: after.slice(wordAfter(after))};
		case 'all before':
			return {before: '', after};
		case 'all after':
			return {before, after: ''};
	}
}

/** What a letter does that is pressed with Ctrl, and one with Alt. */
export const byControl: Readonly<Record<string, Edit>> = {
	a: 'start',
	b: 'left',
	d: 'delete',
	e: 'end',
	f: 'right',
	h: 'backspace',
	k: 'all after',
	u: 'all before',
	w: 'blank back',
};
export const byAlt: Readonly<Record<string, Edit>> = {b: 'word left', f: 'word right', d: 'word on'};

/** What may stand in one line: no line breaks, which `joint` stands for, and no control characters. */
export const oneLine = (text: string, joint = ' '): string =>
	text
		.replaceAll(/[\r\n]+$/g, '')
		.replaceAll(/[\r\n]+/g, joint)
		.replaceAll(/\t+/g, ' ')
		.replaceAll(/\p{Cc}/gu, '');

const esc = '\u001B';
const sequences: readonly (readonly [RegExp, Edit])[] = [
	[/^\u001B(?:\[(?:1;1)?|O)D$/, 'left'],
	[/^\u001B(?:\[(?:1;1)?|O)C$/, 'right'],
	[/^\u001B(?:\u001B\[|\[1;[3579])D$/, 'word left'],
	[/^\u001B(?:\u001B\[|\[1;[3579])C$/, 'word right'],
	[/^\u001B(?:(?:\[(?:1;1)?|O)H|\[[17]~)$/, 'start'],
	[/^\u001B(?:(?:\[(?:1;1)?|O)F|\[[48]~)$/, 'end'],
	[/^\u001B\[3~$/, 'delete'],
	[/^\u001B[\u007F\b]$/, 'word back'],
	[/^[\u007F\b]$/, 'backspace'],
];
/** What a stroke does to a line: an edit, or a text to be typed; undefined where it does nothing. */
export function editOf(stroke: string): Edit | {readonly text: string} | undefined {
	const found = sequences.find(([pattern]) => pattern.test(stroke))?.[1];
	if (found) return found;
	if (stroke.startsWith(esc)) return stroke.length === 2 ? byAlt[stroke.slice(1)] : undefined;
	if (/^[\u0001-\u001A]$/.test(stroke)) return byControl[String.fromCharCode(stroke.charCodeAt(0) + 96)];
	return {text: oneLine(stroke)};
}
