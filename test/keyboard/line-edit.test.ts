import fc from 'fast-check';
import {expect, test} from 'vitest';
import {readPairs} from '../../src/engine/field-values.js';
import {charactersOf, edited, editOf, type Line, oneLine} from '../../src/keyboard/line-edit.js';

/** A line after strokes; its cursor is the bar. */
function typed(from: string, ...strokes: readonly string[]): string {
	const [before = '', after = ''] = from.split('|');
	let line: Line = {before, after};
	for (const it of strokes) {
		const edit = editOf(it);
		if (typeof edit === 'string') line = edited(line, edit);
		else if (edit) line = {...line, before: line.before + edit.text};
	}
	return `${line.before}|${line.after}`;
}
const [esc, del] = ['\u001B', '\u007F'];

test.each([
	['Ctrl+A', 'one two|', ['\u0001'], '|one two'],
	['Ctrl+E', 'one| two', ['\u0005'], 'one two|'],
	['Ctrl+K', 'ab|cd', ['\u000B'], 'ab|'],
	['Ctrl+K, then letters', 'ab|', ['\u000B', 'cd'], 'abcd|'],
	['Ctrl+U', 'ab|cd', ['\u0015'], '|cd'],
	['Ctrl+W takes what stands between blanks', 'one two-three|', ['\u0017'], 'one |'],
	['Ctrl+W, then letters', 'lab|', ['\u0017', 'one'], 'one|'],
	['Alt+Backspace takes a word', 'one two-three|', [esc + del], 'one two-|'],
	['Alt+B', 'one two|', [`${esc}b`], 'one |two'],
	['Alt+F', '|one two', [`${esc}f`], 'one| two'],
	['Alt+D', 'one |two three', [`${esc}d`], 'one | three'],
	['Ctrl+Left', 'one two|', [`${esc}[1;5D`], 'one |two'],
	['Ctrl+Right', '|one two', [`${esc}[1;5C`], 'one| two'],
	['Home and End', 'one|', [`${esc}[H`, 'x', `${esc}[F`, 'y'], 'xoney|'],
	['Home and End of other terminals', 'one|', [`${esc}[1~`, 'x', `${esc}OF`, 'y'], 'xoney|'],
	['Delete', 'o|ne', [`${esc}[3~`], 'o|e'],
	['Ctrl+D', 'o|ne', ['\u0004'], 'o|e'],
	['Backspace takes a whole character', 'a😀|', [del], 'a|'],
	['and a family', 'a👨‍👩‍👧|', [del], 'a|'],
	['and a letter with its accent', 'ae\u0301|', [del], 'a|'],
	['left and right pass a whole character', 'a😀|', [`${esc}[D`, 'x', `${esc}[C`, 'y'], 'ax😀y|'],
	['any other key', 'ab|cd', [`${esc}[15~`, '\u0007', `${esc}q`, '\u0012', `${esc}[A`], 'ab|cd'],
	['at the ends', '|', [del, `${esc}[D`, `${esc}[C`, `${esc}[3~`, '\u0017', `${esc}d`, `${esc}f`], '|'],
])('%s', (_what, from, strokes, to) => {
	expect(typed(from, ...strokes)).toBe(to);
});

test('lines that are pasted become one, with what joins them instead of their ends', () => {
	expect(oneLine('a=1\r\nb=2\n')).toBe('a=1 b=2');
	expect(oneLine('a=1\r\nb=2\n', ', ')).toBe('a=1, b=2');
	expect(readPairs(oneLine('a=1\rb=2,\n\nc=x\ty\r', ', '))).toEqual({a: '1', b: '2', c: 'x y'});
});

const strokes = fc.constantFrom(
	...Array.from('\u0001\u0002\u0004\u0005\u0006\b\u000B\u0015\u0017'),
	del,
	...['b', 'f', 'd', del, '[D', '[C', '[H', '[F', '[3~', '[1;5D', '[1;3C'].map(it => esc + it),
	'a',
	' ',
	'é',
	'e\u0301',
	'👨‍👩‍👧',
	'😀',
	'名',
);
test('no edit ever cuts a character in two', () => {
	fc.assert(
		fc.property(fc.array(strokes, {maxLength: 40}), typing => {
			const line = typed('|', ...typing);
			expect(line.isWellFormed()).toBe(true);
			const known = new Set(['a', ' ', 'é', 'e\u0301', '👨‍👩‍👧', '😀', '名', '|']);
			for (const it of charactersOf(line.replace('|', '\n|\n').replaceAll('\n', ''))) expect(known).toContain(it);
		}),
		{numRuns: 500},
	);
});
