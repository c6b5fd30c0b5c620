import fc from 'fast-check';
import stringWidth from 'string-width';
import {expect, test} from 'vitest';
import {plainText, quickSegmenter, quickWidth} from '../../build/plain-text.js';

const all = Array.from({length: 0x1_00_00}, (_, code) => String.fromCharCode(code));
const plain = all.filter(it => plainText.test(it));
const Quick = quickSegmenter(Intl.Segmenter);
/** Plain characters, with what joins, doubles, vanishes or colours between them. */
const text = fc.string({
	unit: fc.oneof(
		fc.constantFrom(...plain),
		fc.constantFrom('\n', '\r\n', '\u001B[31m', '\u0301', '\uFE0F', '\u200D', '漢', '👩', '🇩'),
	),
	maxLength: 12,
});

test('every plain character is as wide as string-width says: one column', () => {
	expect(plain.length).toBeGreaterThan(500);
	expect(plain.filter(it => stringWidth(it) !== 1)).toEqual([]);
});
test('any text is as wide as string-width says', () => {
	const width = quickWidth(() => stringWidth);
	fc.assert(
		fc.property(
			text,
			fc.boolean(),
			(it, ambiguousIsNarrow) => width(it, {ambiguousIsNarrow}) === stringWidth(it, {ambiguousIsNarrow}),
		),
	);
});
test('any text falls into the same graphemes', () => {
	const [quick, real] = [
		new Quick(undefined, {granularity: 'grapheme'}),
		new Intl.Segmenter(undefined, {granularity: 'grapheme'}),
	];
	fc.assert(
		fc.property(text, fc.nat(12), (it, at) => {
			expect([...quick.segment(it)]).toEqual([...real.segment(it)]);
			expect(quick.segment(it).containing(at)).toEqual(real.segment(it).containing(at));
		}),
	);
});
test('text by words is never taken for characters', () => {
	const [quick, real] = [new Quick('en', {granularity: 'word'}), new Intl.Segmenter('en', {granularity: 'word'})];
	expect([...quick.segment('two words')]).toEqual([...real.segment('two words')]);
});
test('plain text needs neither string-width nor a segmenter', () => {
	const never = (): never => expect.fail('the real one was asked for');
	const Never = new Proxy(Intl.Segmenter, {construct: never});
	expect(quickWidth(never)('✔ Policy · step 1 of 7 ─ ↵ …')).toBe(28);
	expect([...new (quickSegmenter(Never))().segment('a\u001B[1m─')].length).toBe(6);
});
