import {Box} from 'ink';
import {type ReactNode, useState} from 'react';
import {tooEarly} from '../src/keyboard/approval.js';
import {useApprove, useStanding} from './keyboard.js';
import {type Binding, KeyHints, useBindings} from './keyboard-hints.js';
import {useReading} from './reading.js';
import {Text} from './text.js';
import TextInput from './text-input.js';
import {Lines, wrapped} from './text-lines.js';
import {isCompact, isRoomy, type Size, tones} from './theme.js';

type TypedProps = {
	readonly label: string;
	readonly why: string;
	readonly size: Size;
	/** How many lines what stands around the text takes, its keys apart. */
	readonly taken: number;
	onTyped(value: string | undefined): void;
};
/** A secret typed unseen: Enter gives it, Esc says that there is none. */
export function TypedSecret({label, why, size, taken, onTyped}: TypedProps): ReactNode {
	const [value, setValue] = useState('');
	const [early, setEarly] = useState(false);
	const approve = useApprove();
	const {width} = size;
	// What is typed is told by what it is, not by whose.
	const [named = label] = label.split(' of ');
	const without = (): void =>
		approve(
			() => onTyped(undefined),
			() => setEarly(true),
		);
	const given: readonly Binding[] = value ? [{key: 'return', label: 'go on', run: () => onTyped(value)}] : [];
	const read = useReading({
		id: label,
		lines: wrapped([{text: `   ${label}`}, {text: `   ${why}`, tone: 'dim'}], width),
		size,
		taken,
		keys: [
			...given,
			{key: 'escape', label: "I don't have it", approves: true, run: without},
			{key: '^C', label: 'save and quit', run: () => undefined},
		],
		whole: true,
		turned: () => setEarly(false),
		early: () => setEarly(true),
	});
	useStanding(read.unread || !isRoomy(size) ? undefined : `${label} ${width}x${size.height}`);
	// What was typed is given, read or not: it says yes to nothing.
	const bindings = [...given, ...read.bindings.filter(it => given.length === 0 || it.key !== 'return')];
	useBindings([...bindings, ...read.moving]);
	return (
		<Box flexDirection="column">
			<Lines lines={read.lines} />
			<Box>
				<Box flexShrink={0} aria-hidden>
					<Text {...tones.accent}>{' ▸ '}</Text>
				</Box>
				<Text {...tones.accent}>{`${named}: `}</Text>
				<TextInput value={value} focus masked onChange={setValue} />
			</Box>
			{!isCompact(size) && <Text dimColor>{early ? `   ${tooEarly}` : ' '}</Text>}
			<KeyHints bindings={bindings} width={width} most={read.hints} />
		</Box>
	);
}
