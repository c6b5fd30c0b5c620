import fc from 'fast-check';
import stringWidth from 'string-width';
import {expect, test} from 'vitest';
import {wrap} from '../../components/wrap.js';
import {visible} from '../../src/engine/control-characters.js';

const bare = (text: string): string => text.replaceAll(/ /g, '');
const words = fc.oneof(
	fc.string({maxLength: 60, unit: 'grapheme'}),
	fc.string({maxLength: 200, unit: fc.constantFrom('a', ' ', '-', '名', '😀', 'é')}),
	fc.tuple(fc.nat(40), fc.lorem()).map(([lead, text]) => ' '.repeat(lead) + text),
);

test('at every width it ends, keeps every letter as it is seen, and no line is wider than that', () => {
	fc.assert(
		fc.property(words, fc.integer({min: 1, max: 400}), fc.nat(40), (text, width, indent) => {
			const lines = wrap(text, width, indent);
			expect(bare(lines.join(''))).toBe(bare(visible(text)));
			// One that is wider than the line alone has nowhere else to go.
			const widest = Math.max(
				width,
				...Array.from(new Intl.Segmenter().segment(visible(text)), it => stringWidth(it.segment)),
			);
			for (const it of lines) expect(stringWidth(it)).toBeLessThanOrEqual(widest);
		}),
		{numRuns: 1000},
	);
});
test('what is to be copied stays whole at every width', () => {
	fc.assert(
		fc.property(words, fc.integer({min: 1, max: 400}), (text, width) => {
			const lines = wrap(text, width, 2, 'whole').join('\n');
			for (const word of visible(text).trim().split(/ +/)) expect(lines).toContain(word);
		}),
	);
});
test.each([
	[10, '              a name of some length'],
	[1, '    word'],
	[2, '名前'],
	[14, `${' '.repeat(14)}arn:aws:iam::111122223333:user/admin`],
])('at %i columns %s ends', (width, text) => {
	expect(bare(wrap(text, width, 4).join(''))).toBe(bare(text));
});
