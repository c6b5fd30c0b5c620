import {Box, useIsScreenReaderEnabled} from 'ink';
import type {ReactNode} from 'react';
import {Text} from './text.js';
import {type Tone, tones} from './theme.js';
import {wrap} from './wrap.js';

/** One line of a screen. */
export type TextLine = {
	readonly text: string;
	readonly tone?: Tone | undefined;
	readonly bold?: true;
};

/** Lines broken to a width, each part in its line's tone. */
export const wrapped = (lines: readonly TextLine[], width: number, indent = 0): readonly TextLine[] =>
	lines.flatMap(it => wrap(it.text, width, indent).map(text => ({...it, text})));

/** As many of the lines as fit from the offset on; the last one tells how many more there are. */
export function windowOf(lines: readonly TextLine[], height: number, offset: number): readonly TextLine[] {
	if (lines.length <= height) return lines;
	if (height <= 1) return lines.slice(offset, offset + 1);
	const from = Math.min(offset, lines.length - height + 1);
	const shown = lines.slice(from, from + height - 1);
	const below = lines.length - from - shown.length;
	const told = [from > 0 && `${from} above`, below > 0 && `${below} more below`].filter(Boolean).join(', ');
	return [...shown, {text: `   ↑↓ ${told}`, tone: 'dim'}];
}

/** What a glyph at a line's start means, in a word. */
const meanings: Readonly<Record<string, string>> = {
	'✔': 'Done:',
	'✖': 'Problem:',
	'→': 'To do:',
	'!': 'Note:',
	'·': 'To come:',
	'?': 'Not clear:',
	'▸': '',
};
/** A line as a screen reader tells it: its glyph as a word, nothing for what only moves. */
export const spoken = (text: string): string =>
	text
		.trimStart()
		.replace(/^[\u2800-\u28FF] /, 'Now: ')
		.replace(/^(\S) /, (all, glyph: string) =>
			meanings[glyph] === undefined ? all : `${meanings[glyph]} `.trimStart(),
		);

/** Lines as they are, one below the other. */
export function Lines({lines}: {readonly lines: readonly TextLine[]}): ReactNode {
	const aloud = useIsScreenReaderEnabled();
	return (
		<Box flexDirection="column">
			{lines.map((it, at) => (
				<Text key={`${at} ${it.text}`} wrap="truncate" bold={it.bold === true} {...(it.tone && tones[it.tone])}>
					{(aloud ? spoken(it.text) : it.text) || ' '}
				</Text>
			))}
		</Box>
	);
}
