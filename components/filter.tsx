import {Box} from 'ink';
import type {ReactNode} from 'react';
import {Text} from './text.js';
import TextInput from './text-input.js';
import {tones} from './theme.js';

type Props = {
	readonly label: string;
	readonly value: string;
	/** How many of how many it leaves. */
	readonly left: string;
	/** Why a paste chose nothing. */
	readonly refused: string;
	/** It takes letters, and isn't seen. */
	readonly hidden?: boolean;
	onType(text: string): void;
	onPaste(text: string): void;
};
/** The line in which letters filter a list. */
export function Filter({label, value, left, refused, hidden = false, onType, onPaste}: Props): ReactNode {
	return (
		<Box flexDirection="column">
			<Box height={hidden ? 0 : 1} overflow="hidden">
				<Text dimColor>{label}</Text>
				<TextInput value={value} focus onChange={onType} onPaste={onPaste} />
				<Text dimColor>{`  ${left}`}</Text>
			</Box>
			{refused && (
				<Text wrap="truncate" {...tones.bad}>
					{refused}
				</Text>
			)}
		</Box>
	);
}
