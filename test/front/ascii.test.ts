import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {PassThrough} from 'node:stream';
import {describe, expect, test} from 'vitest';
import {linesOn} from '../../src/commands/terminal-lines.js';
import {anotherOf, drawsAsciiOnly, inAscii} from '../../src/front/ascii.js';

test.each([
	['win32', false, 'v Z\\u{fc}rich \\u{1f511}\n'],
	['win32', true, '✔ Zürich 🔑\n'],
	['linux', false, '✔ Zürich 🔑\n'],
] as const)('on %s, with a terminal: %j, a line goes out as %j', (platform, isTTY, expected) => {
	const stream = Object.assign(new PassThrough({encoding: 'utf8'}), {isTTY}) as unknown as NodeJS.WriteStream;
	linesOn({stdout: stream, stderr: stream}, {LANG: 'C.UTF-8'}, () => undefined, platform).out('✔ Zürich 🔑');
	expect(stream.read()).toBe(expected);
});

describe('a terminal that draws nothing but ASCII', () => {
	test('is a dumb one', () => {
		expect(drawsAsciiOnly({TERM: 'dumb'})).toBe(true);
		expect(drawsAsciiOnly({TERM: 'xterm-256color'})).toBe(false);
	});
	test('gets each glyph as its twin of the same width', () => {
		expect(inAscii('✔ Policy · “a” → b …\n●─◆─○ ▸ x▌')).toBe('v Policy - "a" > b .\n*-@-o > x_');
	});
	test('gets the letters of a name as they are', () => {
		expect(inAscii('/home/Jörg/ключ')).toBe('/home/Jörg/ключ');
	});
	test('gets a twin for every glyph that the screens draw', () => {
		const folders = ['components', 'src/plain', 'src/front', 'src/run', 'src/commands', 'src/engine', 'src/steps'].map(
			it => join(import.meta.dirname, '../..', it),
		);
		const sources = folders.flatMap(folder =>
			readdirSync(folder, {recursive: true, withFileTypes: true})
				.filter(it => it.isFile())
				.map(it => readFileSync(join(it.parentPath, it.name), 'utf8').replaceAll(/\/\*\*[\s\S]*?\*\/|\/\/.*/g, '')),
		);
		const drawn = [...new Set(sources.join('').match(/[^\0-\x7F\p{L}]/gu))];
		expect(drawn.length).toBeGreaterThan(15);
		expect(drawn.filter(it => /[^\0-\x7F]/.test(inAscii(it)))).toEqual([]);
	});
	test('is written to in ASCII, and is otherwise the same stream', () => {
		const stream = Object.assign(new PassThrough(), {columns: 80}) as unknown as NodeJS.WriteStream & PassThrough;
		const other = anotherOf(stream, true);
		other.write('✔ done');
		expect(other.columns).toBe(80);
		expect(String(stream.read())).toBe('v done');
		anotherOf(stream, false).write('✔');
		expect(String(stream.read())).toBe('✔');
	});
});
