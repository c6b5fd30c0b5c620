import isUnicodeSupported from 'is-unicode-supported';
import {visible} from '../engine/control-characters.js';

/** Whether this terminal draws nothing but ASCII: it is dumb, has no Unicode, or its locale is of another code. */
export const drawsAsciiOnly = (env: NodeJS.ProcessEnv): boolean =>
	env['TERM'] === 'dumb' || !isUnicodeSupported() || isOtherCode(env);
/** Whether the locale names a code that isn't UTF-8; without any locale nothing is known. */
function isOtherCode({LC_ALL, LC_CTYPE, LANG}: NodeJS.ProcessEnv): boolean {
	const locale = LC_ALL || LC_CTYPE || LANG || '';
	return /^(C|POSIX)$/i.test(locale) || (locale.includes('.') && !/\.utf-?8/i.test(locale));
}

/** Our glyphs, and below each its twin of the same width. */
const [glyphs, ascii] = ['✔✖≠→↵▸▌·…•●◆○─↑↓–“”‘’⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏', `vx!><>_-.**@o-^v-""''|/-\\|/-\\|/`];
const twins = new Map(Array.from(glyphs, (it, at) => [it, ascii[at] ?? '?']));
/** The text with each glyph as its twin; what isn't ours stays, for it may be somebody's name. */
export const inAscii = (text: string): string => text.replaceAll(/[^\0-\x7F]/gu, it => twins.get(it) ?? it);
/** The text in ASCII alone: each glyph as its twin, what else there is by its number. */
export const onlyAscii = (text: string): string =>
	inAscii(text).replaceAll(/[^\0-\x7F]/gu, it => `\\u{${(it.codePointAt(0) ?? 0).toString(16)}}`);

/**
 * The text without what screens never draw: the start of a string for the terminal itself, such as its clipboard or its
 * title, and controls but those that end a line or begin a sequence.
 */
const drawable = (text: string, ascii: boolean): string => {
	const safe = text.replaceAll(/\p{Cc}/gu, (it, at: number) =>
		'\n\r\t\b'.includes(it) || (it === '\u001B' && !']PX^_'.includes(text.charAt(at + 1) || ' ')) ? it : visible(it),
	);
	return ascii ? inAscii(safe) : safe;
};

/**
 * A stream over the same terminal, for who knows terminals by their stream; in ASCII where it must be, and without what
 * screens never draw.
 */
export const anotherOf = (stream: NodeJS.WriteStream, ascii: boolean): NodeJS.WriteStream =>
	new Proxy(stream, {
		get(target, name) {
			const it: unknown = Reflect.get(target, name, target);
			if (typeof it !== 'function') return it;
			if (name === 'write')
				return (text: unknown, ...more: unknown[]): unknown =>
					it.call(target, typeof text === 'string' ? drawable(text, ascii) : text, ...more);
			return it.bind(target);
		},
	});
