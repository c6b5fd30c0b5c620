import {PassThrough} from 'node:stream';
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {Keystrokes, oneByOne, pasted} from '../../src/keyboard/keystrokes.js';
import {escapeKey, otherKey} from '../../src/keyboard/sequences.js';
import {turns} from '../components/turns.js';
import {handClock} from './hand-clock.js';

const strokesOf = (...chunks: readonly string[]): readonly string[] => {
	const keystrokes = new Keystrokes();
	return [...chunks.flatMap(it => keystrokes.push(it)), ...keystrokes.flush()];
};

describe('keys that come at once are heard one by one', () => {
	test.each([
		['held backspaces', '\u007F\u007F\b', ['\u007F', '\u007F', '\b']],
		['held arrows', '\u001B[A\u001B[B\u001BOB', ['\u001B[A', '\u001B[B', '\u001BOB']],
		['letters between keys', 'ab\u007Fc\u001B[Dd', ['ab', '\u007F', 'c', '\u001B[D', 'd']],
		['a word, and on to the next field', 'team\tpam\t', ['team', '\t', 'pam', '\t']],
		['held Enter', '\r\r', ['\r', '\r']],
		['a letter with Ctrl, then letters', 'ab\u000Bcd', ['ab', '\u000B', 'cd']],
		['an escape, then a key', '\u001B[1;5C\u0003', ['\u001B[1;5C', '\u0003']],
		['a letter with Alt', '\u001Bq', ['\u001Bq']],
		['a lone escape', '\u001B', [escapeKey]],
		['two of them', '\u001B\u001B', [escapeKey, escapeKey]],
		['an arrow with Alt', '\u001B\u001B[A', ['\u001B\u001B[A']],
		['Ctrl+C, though an escape stands before it', '\u001B\u0003', ['\u0003']],
		['letters beyond the plane', 'ü\u{1F511}', ['ü\u{1F511}']],
		['a function key of the Linux console', '\u001B[[Aa', ['\u001B[[A', 'a']],
		['a shifted key of rxvt', '\u001B[2$a', ['\u001B[2$', 'a']],
	])('%s', (_what, chunk, keys) => {
		expect(strokesOf(chunk)).toEqual(keys);
	});
});

describe('a paste is one stroke, whatever it holds', () => {
	test.each([
		['marked', '\u001B[200~a\r\u007Fb\u001B[201~c', [pasted('a\r\u007Fb'), 'c']],
		['without its end mark', '\u001B[200~a\u007Fb', [pasted('a\u007Fb')]],
		['without its end mark, and then Ctrl+C at once', '\u001B[200~ab\u0003', [pasted('ab'), '\u0003']],
		['with its end mark cut', '\u001B[200~ab\u001B[20', [pasted('ab')]],
		['its end, when it was given up before', 'c\r\u001B[201~', [pasted('c\r')]],
		['its rest and its end, when it was given up before', 'c\u001B[201~', [pasted('c')]],
		['its end alone: nothing', '\u001B[201~x', ['x']],
		['with the beginning of another in it', '\u001B[200~a\u001B[200~b\r\u001B[201~c', [pasted('a\u001B[200~b\r'), 'c']],
		['with an escape in it', '\u001B[200~a\u001B[Ab\u001B[201~', [pasted('a\u001B[Ab')]],
		['that nothing marks: its line end is no Enter', 'a-name\r', [pasted('a-name\r')]],
		['of lines that nothing marks', 'a\rb\tc\r\n', [pasted('a\rb\tc\r\n')]],
	])('%s', (_what, chunk, keys) => {
		expect(strokesOf(chunk)).toEqual(keys);
	});
});

describe('Enter is Enter only by itself', () => {
	test.each([
		['with Alt', '\u001B\r', [otherKey]],
		['after an escape in the same read', '\u001B\u001B\r', [escapeKey, otherKey]],
		['of the keypad, with Alt', '\u001B\u001BOM', [otherKey]],
		['of the keypad', '\u001BOM', ['\r']],
		['as Kitty tells it', '\u001B[13u', ['\r']],
		['with Shift', '\u001B[13;2u', [otherKey]],
		['with Caps Lock', '\u001B[13;65u', ['\r']],
		['with Ctrl, as xterm tells it', '\u001B[27;5;13~', [otherKey]],
		['held', '\u001B[13;1:2u', [otherKey]],
		['let go', '\r\u001B[13;1:3u', ['\r']],
		['a line feed', '\n', [otherKey]],
	])('%s', (_what, chunk, keys) => {
		expect(strokesOf(chunk)).toEqual(keys);
	});
});

describe('keys told by another protocol are the keys that they are', () => {
	test.each([
		['a letter', '\u001B[97;;97u', ['a']],
		['a capital', '\u001B[97;2u', ['A']],
		['held', '\u001B[97;1:2u', ['a']],
		['let go', '\u001B[97;1:3u\u001B[1;1:3A\u001B[3;1:3~', []],
		['an arrow', '\u001B[1;1:1A', ['\u001B[1;1A']],
		['Ctrl+C', '\u001B[99;5u', ['\u0003']],
		['Ctrl+C, as xterm tells it', '\u001B[27;5;99~', ['\u0003']],
		['Alt+b', '\u001B[98;3u', ['\u001Bb']],
		['Escape', '\u001B[27u', [escapeKey]],
		['Tab, and back', '\u001B[9u\u001B[9;2u', ['\t', '\u001B[Z']],
		['Backspace', '\u001B[127u', ['\u007F']],
		['Shift alone', '\u001B[57441;2u', []],
	])('%s', (_what, chunk, keys) => {
		expect(strokesOf(chunk)).toEqual(keys);
	});
});

/** What a terminal says by itself. */
const talk = [
	'\u001B]11;rgb:1414/1919/1f1f\u0007',
	'\u001B]11;rgb:1414/1919/1f1f\u001B\\',
	'\u001BP1+r524742=38\u001B\\',
	'\u001B_Gi=1;OK\u001B\\',
	'\u001B^note\u001B\\',
	'\u001B[M !\u0022',
	'\u001B[<0;10;10M',
	'\u001B[32;10;10M',
	'\u001B[I',
	'\u001B[O',
	'\u001B[12;40R',
	'\u001B[?62;22c',
	'\u001B[>1;10;0c',
	'\u001B[?1u',
	'\u001B[?2026;2$y',
	'\u001B[8;24;80t',
];
test.each(talk)('%j is nothing that was typed, wherever it is cut', said => {
	expect(strokesOf(`a${said}b`)).toEqual(['a', 'b']);
	for (let at = 1; at < said.length; at++)
		expect(strokesOf(`a${said.slice(0, at)}`, `${said.slice(at)}b`)).toEqual(['a', 'b']);
});
test.each(['\u001B[200~abc', '\u001B]11;rgb:14', '\u001B[1;', '\u001B', '\u001BP1', '\u001B[M '])(
	'Ctrl+C works in the middle of %j',
	begun => {
		expect(strokesOf(begun, '\u0003').at(-1)).toBe('\u0003');
		expect(strokesOf(`${begun}`, '\u0003\u0003').slice(-2)).toEqual(['\u0003', '\u0003']);
	},
);
test('an answer that is broken off loses nothing of what comes after it', () => {
	expect(strokesOf('\u001B]11;rgb:14\u0003')).toEqual(['\u0003']);
	expect(strokesOf('\u001B]11;rgb:14\u001B[A')).toEqual(['\u001B[A']);
});

const whole = fc.constantFrom(
	...talk,
	'\u001B[A',
	'\u001B[1;5C',
	'\u001BOB',
	'\u001B[13u',
	'\u001B[3~',
	'\r',
	'\t',
	'\u007F',
	'\u0003',
	'x',
	'né',
	'\u001Bq',
	'\u001B[200~one\r\ntwo\u001B[201~',
);
test('where a sequence is cut changes nothing', () => {
	fc.assert(
		fc.property(fc.array(whole, {maxLength: 8}), fc.array(fc.nat(200), {maxLength: 8}), (parts, cuts) => {
			// Letters apart: a text with a line's end beside it is a paste that nothing marks.
			const text = parts.filter(it => it !== '\r').join('\u007F');
			const at = [0, ...cuts.filter(it => it < text.length).sort((one, other) => one - other), text.length];
			const chunks = at.slice(1).map((to, nth) => text.slice(at[nth], to));
			expect(strokesOf(...chunks).join('')).toEqual(strokesOf(text).join(''));
		}),
		{numRuns: 500},
	);
});

describe('the reader', () => {
	const reading = (readableHighWaterMark = 65_536) => {
		const stdin = new PassThrough({readableHighWaterMark});
		stdin.setEncoding('utf8');
		const clock = handClock();
		const heard: string[] = [];
		const reader = oneByOne(stdin as unknown as NodeJS.ReadStream, clock);
		reader.addListener('readable', () => {
			for (let key: unknown = reader.read(); key !== null; key = reader.read()) {
				heard.push(String(key));
				queueMicrotask(() => heard.push('drawn'));
			}
		});
		return {stdin, clock, heard};
	};
	test('hands on each stroke after all that follows from the one before it', async () => {
		const {stdin, heard} = reading();
		stdin.write('\u001B[B\u001B[B');
		stdin.write('x');
		await turns();
		stdin.write('y');
		await turns();
		expect(heard).toEqual(['\u001B[B', 'drawn', '\u001B[B', 'drawn', 'x', 'drawn', 'y', 'drawn']);
	});
	test.each([
		['Escape', '\u001B', 50, escapeKey],
		['a paste without its end', '\u001B[200~abc', 500, pasted('abc')],
		['a key that nobody knows', '\u001B[1;', 150, otherKey],
	])('waits for what %s may become, and then hands it on', async (_what, text, ms, stroke) => {
		const {stdin, clock, heard} = reading();
		stdin.write(text);
		await turns();
		clock.advance(ms - 1);
		await turns();
		expect(heard).toEqual([]);
		clock.advance(1);
		await turns();
		expect(heard).toEqual([stroke, 'drawn']);
	});
	test('goes on after what is no key, from a terminal that is read on only once it was found empty', async () => {
		const {stdin, heard} = reading(0);
		for (const it of ['\u001B[I', 'x', '\u001B[O', 'y']) {
			stdin.write(it);
			await turns();
		}
		expect(heard).toEqual(['x', 'drawn', 'y', 'drawn']);
	});
	test('finds the rest of a key that came while it was waited for, however late it is looked at', async () => {
		const {stdin, clock, heard} = reading();
		stdin.write('\u001B');
		await turns();
		stdin.write('[A');
		clock.advance(50);
		await turns();
		expect(heard).toEqual(['\u001B[A', 'drawn']);
	});
	test('reads a paste of a megabyte as one, and what comes after it', async () => {
		const {stdin, heard} = reading();
		const text = 'x\r\n'.repeat(350_000);
		for (let at = 0; at < text.length + 12; at += 16_384)
			stdin.write(`\u001B[200~${text}\u001B[201~`.slice(at, at + 16_384));
		stdin.write('y');
		await turns();
		await turns();
		expect(heard.filter(it => it !== 'drawn').map(it => it.length)).toEqual([text.length + 12, 1]);
	});
	test('swallows an answer that never ends', async () => {
		const {stdin, clock, heard} = reading();
		stdin.write('\u001B]11;rgb:14');
		await turns();
		clock.advance(500);
		stdin.write('x');
		await turns();
		expect(heard).toEqual(['x', 'drawn']);
	});
});
