import type {ReactNode} from 'react';
import {Text} from './text.js';
import {tones} from './theme.js';

/** The line above the live area; what must always be seen stands in it. */
export function Rule({banner, width}: {readonly banner: string | undefined; readonly width: number}): ReactNode {
	if (!banner)
		return (
			<Text dimColor aria-hidden>
				{'─'.repeat(width)}
			</Text>
		);
	return (
		<Text wrap="truncate" aria-label={banner}>
			<Text dimColor>── </Text>
			<Text {...tones.warn}>{banner}</Text>
			<Text dimColor>{` ${'─'.repeat(Math.max(0, width - banner.length - 4))}`}</Text>
		</Text>
	);
}
