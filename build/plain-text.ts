/**
 * The text that most screens are made of: printable ASCII and Latin-1, and the signs that ours use; each is a grapheme
 * and a column of its own, next to any other of them.
 */
export const plainText = /^[ -~¡-¬®-ÿ‐-‧‹›←-↓↵≠─-╿▌•▸○●◆✔✖⠀-⣿]*$/;
const withEscapes = new RegExp(plainText.source.replace('[', String.raw`[\n\u001B`));

type Width = typeof import('string-width').default;
/**
 * string-width, asked only where the answer isn't the length: what it needs to know all emoji takes longer to make than
 * a whole screen of ours to draw.
 */
export const quickWidth =
	(real: () => Width): Width =>
	(text, options) =>
		plainText.test(text) && options?.ambiguousIsNarrow !== false ? text.length : real()(text, options);

type Options = ConstructorParameters<typeof Intl.Segmenter>;
/**
 * Intl.Segmenter by grapheme, made only for text where they aren't the characters: to make one loads Unicode's tables.
 */
export function quickSegmenter(
	real: typeof Intl.Segmenter,
): new (
	...options: Options
) => Pick<Intl.Segmenter, 'segment'> {
	return class {
		readonly #options: Options;
		#made: Intl.Segmenter | undefined;
		constructor(...options: Options) {
			this.#options = options;
		}
		segment(text: string): Intl.Segments {
			if ((this.#options[1]?.granularity ?? 'grapheme') === 'grapheme' && withEscapes.test(text))
				return characters(text);
			this.#made ??= new real(...this.#options);
			return this.#made.segment(text);
		}
	};
}
function characters(input: string): Intl.Segments {
	const at = (index: number): Intl.SegmentData => ({segment: input.charAt(index), index, input});
	return {
		containing: (index = 0) =>
			(index >= 0 && index < input.length ? at(Math.trunc(index)) : undefined) as Intl.SegmentData,
		*[Symbol.iterator](): Generator<Intl.SegmentData, undefined> {
			for (let index = 0; index < input.length; index++) yield at(index);
			return undefined;
		},
	};
}
