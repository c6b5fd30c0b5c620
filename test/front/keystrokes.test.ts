import {PassThrough} from 'node:stream';
import {describe, expect, test} from 'vitest';
import {oneByOne, strokesOf} from '../../src/front/keystrokes.js';
import {turns} from '../components/turns.js';

describe('keys that come at once are heard one by one', () => {
	test.each([
		['held backspaces', '\u007F\u007F\b', ['\u007F', '\u007F', '\b']],
		['held arrows', '\u001B[A\u001B[B\u001BOB', ['\u001B[A', '\u001B[B', '\u001BOB']],
		['letters between keys', 'ab\u007Fc\u001B[Dd', ['ab', '\u007F', 'c', '\u001B[D', 'd']],
		['a word, and on to the next field', 'team\tpam\t', ['team', '\t', 'pam', '\t']],
		['held tabs', '\t\t', ['\t', '\t']],
		['held Enter', '\r\r', ['\r', '\r']],
		['an escape, then a key', '\u001B[1;5C\u0003', ['\u001B[1;5C', '\u0003']],
		['a letter with Alt', '\u001Bq', ['\u001Bq']],
		['a lone escape', '\u001B', ['\u001B']],
		['a paste that the terminal marks', '\u001B[200~a\r\u007Fb\u001B[201~c', ['\u001B[200~a\r\u007Fb\u001B[201~', 'c']],
		['the beginning of a long paste', '\u001B[200~a\u007Fb', ['\u001B[200~a\u007Fb']],
		['its end', 'c\u001B[201~', ['c', '\u001B[201~']],
		['a paste that nothing marks: its line end is no Enter', 'a-name\r', ['a-name\r']],
		['lines of such a paste', 'a\rb\tc\r\n', ['a\rb\tc\r\n']],
		['letters beyond the plane', 'ü\u{1F511}', ['ü\u{1F511}']],
	])('%s', (_what, chunk, keys) => {
		expect(strokesOf(chunk)).toEqual(keys);
	});
	test('each after all that follows from the one before it', async () => {
		const stdin = new PassThrough();
		stdin.setEncoding('utf8');
		const heard: string[] = [];
		const reading = oneByOne(stdin as unknown as NodeJS.ReadStream);
		reading.addListener('readable', () => {
			for (let key: unknown = reading.read(); key !== null; key = reading.read()) {
				heard.push(String(key));
				queueMicrotask(() => heard.push('drawn'));
			}
		});
		stdin.write('\u001B[B\u001B[B');
		stdin.write('x');
		await turns();
		stdin.write('y');
		await turns();
		expect(heard).toEqual(['\u001B[B', 'drawn', '\u001B[B', 'drawn', 'x', 'drawn', 'y', 'drawn']);
	});
});
