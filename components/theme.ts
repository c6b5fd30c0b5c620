/** The five meanings that a colour may have; each also has a glyph or a word, so that nothing rests on colour alone. */
export type Tone = 'accent' | 'good' | 'warn' | 'bad' | 'dim';
type Look = {readonly color?: 'cyan' | 'green' | 'yellow' | 'red'; readonly dimColor?: true};
/** How a tone is drawn. */
export const tones: Readonly<Record<Tone, Look>> = {
	accent: {color: 'cyan'},
	good: {color: 'green'},
	warn: {color: 'yellow'},
	bad: {color: 'red'},
	dim: {dimColor: true},
};
/** The one glyph of each verb of a change. */
export const runes = {create: '+', update: '~', delete: '-'} as const;
export const spinner = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'] as const;

/** How wide and how high the screen may be: at most 80 columns and 13 lines, at least what can be read. */
export type Size = {readonly width: number; readonly height: number};
/** The size of the live area in a terminal; a reported size of 0 is unknown and taken for 80×24. */
export const sizeOf = (columns: number, rows: number): Size => ({
	width: Math.min(80, columns || 80),
	height: Math.max(8, Math.min(13, (rows || 24) - 2)),
});
