type Line = readonly [string, ...string[]];

/** The lines of these screens, each as its words. */
const linesOf = (screens: readonly string[]): readonly Line[] => {
	const lines = new Set(screens.flatMap(it => it.split('\n').map(line => line.trim())));
	return [...lines].map(it => it.split(/\s+/)).flatMap(([first, ...more]) => (first ? [[first, ...more]] : []));
};
/** Whether a word stood on one of these lines; a long one is cut where lines end, and may go on over several pages. */
const isDrawn = (word: string, lines: readonly Line[]): boolean =>
	lines.some(it => {
		const last = it.at(-1) ?? it[0];
		return it.includes(word) || (word.startsWith(last) && goesOn(word.slice(last.length), lines));
	});
/** Whether lines begin with that: one with all of it, or one that is only a piece of it, and then others. */
const goesOn = (rest: string, lines: readonly Line[]): boolean =>
	lines.some(
		([first, ...more]) =>
			first === rest || (more.length === 0 && rest.startsWith(first) && goesOn(rest.slice(first.length), lines)),
	);

/** The words of a text that stood on none of these screens. */
export function neverDrawn(text: string, screens: readonly string[]): readonly string[] {
	const lines = linesOf(screens);
	return text.split(/\s+/).filter(word => word !== '' && !isDrawn(word, lines));
}
