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

/** How wide and how high the screen may be: at most 80 columns and 13 lines. */
export type Size = {readonly width: number; readonly height: number};
/**
 * The size of the live area in a terminal: it leaves two rows, or one where there are few. A reported size of 0 is
 * unknown and taken for 80×24.
 */
export const sizeOf = (columns: number, rows: number): Size => {
	const high = rows || 24;
	return {width: Math.min(80, columns || 80), height: high < 10 ? Math.max(1, high - 1) : Math.min(13, high - 2)};
};
/** Whether there is room for a line to read above a line of keys. */
export const isRoomy = ({width, height}: Size): boolean => width >= 20 && height >= 4;
/** Whether what can be left out is: rule, blank lines, all but one line of keys. */
export const isCompact = ({height}: Size): boolean => height < 8;
