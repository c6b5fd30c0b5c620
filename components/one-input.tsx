import {Box, useInput} from 'ink';
import {type ReactNode, useState} from 'react';
import type {FieldScene} from '../src/engine/scene.js';
import type {Choice} from '../src/engine/step.js';
import {Text} from './text.js';
import TextInput from './text-input.js';
import {tones} from './theme.js';

type Props = {
	readonly scene: FieldScene;
	readonly value: string;
	readonly room: number;
	onChange(value: string, choice?: Choice): void;
};

/** What the filter leaves; a value that nothing lists stands first. */
function matching(choices: readonly Choice[], value: string, filter: string): readonly Choice[] {
	const listed = choices.some(it => it.value === value);
	const found = choices.filter(it => `${it.label} ${it.value}`.toLowerCase().includes(filter.toLowerCase()));
	return listed || filter !== '' || value === '' ? found : [{value, label: value}, ...found];
}

/** One of many things: letters filter, arrows choose; only as many as there is room for are drawn. */
export default function OneInput({scene: {field, choices = []}, value, room, onChange}: Props): ReactNode {
	const [filter, setFilter] = useState('');
	const found = matching(choices, value, filter);
	const at = Math.max(
		0,
		found.findIndex(it => it.value === value),
	);
	const step = (from: number, by: number): void => {
		const next = found[from + by];
		if (next?.never) step(from + by, by);
		else if (next) onChange(next.value, next);
	};
	useInput((_input, key) => {
		if (key.downArrow) step(at, 1);
		if (key.upArrow) step(at, -1);
	});
	const narrow = (text: string): void => {
		setFilter(text);
		const left = matching(choices, value, text).filter(it => !it.never);
		if (left.some(it => it.value === value)) return;
		const [first] = left;
		if (first) onChange(first.value, first);
		else if (field.free) onChange(text);
	};
	const all = filter === '' && found.length <= room - 1;
	const lines = all ? found.length : Math.max(1, room - 2);
	const from = Math.max(0, Math.min(at - Math.floor(lines / 2), found.length - lines));
	const wide = Math.min(28, Math.max(0, ...found.map(it => it.label.length)) + 2);
	return (
		<Box flexDirection="column" marginLeft={5}>
			<Box height={all ? 0 : 1} overflow="hidden">
				<Text dimColor>type to filter: </Text>
				<TextInput value={filter} focus onChange={narrow} />
				<Text dimColor>{`  ${found.length} of ${choices.length}`}</Text>
			</Box>
			{found.slice(from, from + lines).map(it => (
				<Box key={it.value} aria-role="option" aria-state={{selected: it.value === value, disabled: it.never === true}}>
					<Text
						wrap="truncate"
						aria-label={it.note ? `${it.label}, ${it.note}` : it.label}
						dimColor={it.never === true}
						{...(it.value === value && tones.accent)}
					>
						{`${it.value === value ? '▸' : ' '} ` +
							`${it.note ? it.label.padEnd(wide) : it.label}${it.note ? ` ${it.note}` : ''}`}
					</Text>
				</Box>
			))}
		</Box>
	);
}
