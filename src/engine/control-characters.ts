/**
 * What a terminal obeys instead of showing it, what turns the direction of writing, what ends a line, and what has
 * neither width nor ink.
 */
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu;
const shown = (it: string): string => `\\u{${(it.codePointAt(0) ?? 0).toString(16)}}`;

/**
 * A text of whoever's as one line that shows all of it and does nothing else: each character that isn't to be seen as
 * \u{…}.
 */
export const visible = (text: string): string => text.replaceAll(unseen, shown);
/** The same of a text of several lines, which end where they ended; tabs stay. */
export const visibleLines = (text: string): string =>
	text.replaceAll(unseen, it => (it === '\n' || it === '\t' ? it : shown(it)));

/** JSON for programs in printable ASCII alone: whatever else ends a line to somebody can't split it. */
export const asciiJson = (value: unknown, indent?: number): string =>
	JSON.stringify(value, undefined, indent).replaceAll(
		/[^ -~\n]/g,
		it => `\\u${it.charCodeAt(0).toString(16).padStart(4, '0')}`,
	);
