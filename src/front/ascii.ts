import isUnicodeSupported from 'is-unicode-supported';

/** Whether this terminal draws nothing but ASCII. */
export const drawsAsciiOnly = (env: NodeJS.ProcessEnv): boolean => env['TERM'] === 'dumb' || !isUnicodeSupported();

/** Our glyphs, and below each its twin of the same width. */
const [glyphs, ascii] = ['✔✖≠→▸▌·…•●◆○─↑↓–“”‘’⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏', `vx!>>_-.**@o-^v-""''|/-\\|/-\\|/`];
const twins = new Map(Array.from(glyphs, (it, at) => [it, ascii[at] ?? '?']));
/** The text with each glyph as its twin; what isn't ours stays, for it may be somebody's name. */
export const inAscii = (text: string): string => text.replaceAll(/[^\0-\x7F]/gu, it => twins.get(it) ?? it);

/** A stream over the same terminal, for who knows terminals by their stream; in ASCII where it must be. */
export const anotherOf = (stream: NodeJS.WriteStream, ascii: boolean): NodeJS.WriteStream =>
	new Proxy(stream, {
		get(target, name) {
			const it: unknown = Reflect.get(target, name, target);
			if (typeof it !== 'function') return it;
			if (name === 'write' && ascii)
				return (text: unknown, ...more: unknown[]): unknown =>
					it.call(target, typeof text === 'string' ? inAscii(text) : text, ...more);
			return it.bind(target);
		},
	});
