import {expect, test} from 'vitest';
import {emptyScreen, wholeFrames} from '../../src/front/whole-frames.js';

/** What comes to a terminal of ten columns and three lines when that is drawn. */
function comes(text: string): string {
	const out: string[] = [];
	const terminal = {columns: 10, rows: 3, write: (it: string): boolean => out.push(it) > 0};
	wholeFrames(terminal as unknown as NodeJS.WriteStream).write(text);
	return out.join('');
}

test.each([
	['one line', 'a secret'],
	['as many lines as there are', 'one\ntwo\nthree\n'],
	['a line as wide as the screen, with blanks after it', '0123456789   '],
	['wide letters that fit', '鍵鍵鍵鍵鍵'],
	['colours, which take no room', '\u001B[1m0123456789\u001B[22m'],
])('a frame of %s stands alone on the screen', (_what, text) => {
	expect(comes(text)).toBe(emptyScreen + text);
});

test.each([
	['more lines than there are', 'one\ntwo\nthree\nfour'],
	['a line that would break', '01234567890'],
	['wide letters that would break', '鍵鍵鍵鍵鍵鍵'],
])(
	'a frame of %s was made for another size: nothing of it is drawn, and nothing of the last one is left',
	(_what, text) => {
		expect(comes(text)).toBe(emptyScreen);
	},
);

test('what only asks something of the terminal goes through as it is', () => {
	expect(['\u001B[?25l', '\u001B[?2026h', '\u001B[?1049h'].map(comes)).toEqual([
		'\u001B[?25l',
		'\u001B[?2026h',
		'\u001B[?1049h',
	]);
});
