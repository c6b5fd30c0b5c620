import {Box} from 'ink';
import {type ReactNode, useState} from 'react';
import {tooEarly} from '../src/keyboard/approval.js';
import {useApprove} from './keyboard.js';
import {type Binding, hintLines, KeyHints, useBindings} from './keyboard-hints.js';
import {Text} from './text.js';
import TextInput from './text-input.js';
import {Lines, windowOf, wrapped} from './text-lines.js';
import {isCompact, type Size, tones} from './theme.js';

type TypedProps = {
	readonly label: string;
	readonly why: string;
	readonly size: Size;
	onTyped(value: string | undefined): void;
};
/** A secret typed unseen: Enter gives it, Esc says that there is none. */
export function TypedSecret({label, why, size: {width, height}, onTyped}: TypedProps): ReactNode {
	const [value, setValue] = useState('');
	const [early, setEarly] = useState(false);
	const approve = useApprove();
	const compact = isCompact({width, height: height + 1});
	const without = (): void =>
		approve(
			() => onTyped(undefined),
			() => setEarly(true),
		);
	const bindings: readonly Binding[] = [
		...(value ? [{key: 'return', label: 'go on', run: () => onTyped(value)}] : []),
		{key: 'escape', label: "I don't have it", run: without},
		{key: '^C', label: 'save and quit', run: () => undefined},
	];
	useBindings(bindings);
	const keys = compact ? 1 : hintLines(bindings, width).length;
	const lines = wrapped([{text: `   ${label}`}, {text: `   ${why}`, tone: 'dim'}], width);
	return (
		<Box flexDirection="column">
			<Lines lines={windowOf(lines, height - (compact ? 1 : 2) - keys, 0)} />
			<Box>
				<Text {...tones.accent}> ▸ Secret: </Text>
				<TextInput value={value} focus masked onChange={setValue} />
			</Box>
			{!compact && <Text dimColor>{early ? `   ${tooEarly}` : ' '}</Text>}
			<KeyHints bindings={bindings} width={width} most={keys} />
		</Box>
	);
}
