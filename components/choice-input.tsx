import {Box} from 'ink';
import Select from 'ink-select-input';
import type {ReactNode} from 'react';
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
	const index = Math.max(
		0,
		options.findIndex(it => it.value === initial),
	);
	return (
		<Select
			items={items}
			initialIndex={index}
			isFocused={isFocused}
			{...(limit && {limit})}
			indicatorComponent={Pointer}
			itemComponent={Item}
			onSelect={it => onSelect(it.value)}
			onHighlight={it => onHighlight?.(it.value)}
		/>
	);
}
