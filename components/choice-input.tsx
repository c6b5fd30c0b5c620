import {Box, useInput} from 'ink';
import Select from 'ink-select-input';
import {type ReactNode, useRef, useState} from 'react';
import {Text} from './text.js';
import {tones} from './theme.js';

/** One of several things to choose. */
export type Option = {readonly value: string; readonly label: string; readonly note?: string};
type Props = {
	readonly options: readonly Option[];
	readonly initial?: string;
	readonly limit?: number;
	readonly isFocused?: boolean;
	onHighlight?(value: string): void;
	onSelect(value: string): void;
};

const Pointer = ({isSelected = false}: {readonly isSelected?: boolean}): ReactNode => (
	<Box flexShrink={0} aria-hidden>
		<Text {...tones.accent}>{isSelected ? ' ▸ ' : '   '}</Text>
	</Box>
);
const Item = ({isSelected = false, label}: {readonly isSelected?: boolean; readonly label: string}): ReactNode => (
	<Box aria-role="option" aria-state={{selected: isSelected}}>
		<Text wrap="truncate" bold={isSelected}>
			{label}
		</Text>
	</Box>
);

/** Several things, one of them chosen by arrows and Enter. */
export default function ChoiceInput({
	options,
	initial,
	limit,
	isFocused = true,
	onHighlight,
	onSelect,
}: Props): ReactNode {
	const wide = Math.max(...options.map(it => it.label.length)) + 3;
	const items = options.map(it => ({
		key: it.value,
		value: it.value,
		label: it.note ? `${it.label.padEnd(wide)}${it.note}` : it.label,
	}));
	// The library takes a number for a choice made, and for one among those that are in sight: here it moves there.
	const numbered = useRef(false);
	const [moved, setMoved] = useState<{readonly to: string | undefined; readonly times: number}>({
		to: initial,
		times: 0,
	});
	const index = Math.max(
		0,
		options.findIndex(it => it.value === moved.to),
	);
	const moveTo = (at: number): void => {
		const to = options[at]?.value;
		if (to === undefined) return;
		setMoved({to, times: moved.times + 1});
		onHighlight?.(to);
	};
	const choose = (value: string): void => {
		if (!numbered.current) onSelect(value);
	};
	return (
		<>
			<Numbers
				heard={number => {
					numbered.current = number !== undefined;
					if (number !== undefined && isFocused) moveTo(number - 1);
				}}
			/>
			<Select
				key={moved.times}
				items={items}
				initialIndex={index}
				isFocused={isFocused}
				{...(limit && {limit})}
				indicatorComponent={Pointer}
				itemComponent={Item}
				onSelect={it => choose(it.value)}
				onHighlight={it => onHighlight?.(it.value)}
			/>
		</>
	);
}

/** Hears before the list does whether a key is a number, and which. */
function Numbers({heard}: {heard(number: number | undefined): void}): ReactNode {
	useInput(input => heard(/^[1-9]$/.test(input) ? Number(input) : undefined));
	return null;
}
