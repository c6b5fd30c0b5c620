import {Box, useInput} from 'ink';
import {type ReactNode, useState} from 'react';
import type {FieldScene} from '../src/engine/scene.js';
import type {Choice} from '../src/engine/step.js';
import {Filter} from './filter.js';
import {Text} from './text.js';
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
	const [refused, setRefused] = useState('');
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
		setRefused('');
		setFilter(text);
		const left = matching(choices, value, text).filter(it => !it.never);
		if (left.some(it => it.value === value)) return;
		const [first] = left;
		if (first) onChange(first.value, first);
		else if (field.free) onChange(text);
	};
	const paste = (text: string): void => {
		const [line = '', ...more] = text.split(/[\r\n]+/).filter(it => it.trim());
		const name = line.trim();
		const it = choices.find(choice => !choice.never && (choice.value === name || choice.label === name));
		setRefused(more.length > 0 ? 'Nothing chosen: one line names one of these, several name none' : '');
		if (more.length > 0) return;
		if (it) onChange(it.value, it);
		else narrow(filter + name);
	};
	const all = filter === '' && found.length <= room - 1;
	const lines = all ? found.length : Math.max(1, room - 2 - (refused ? 1 : 0));
	const from = Math.max(0, Math.min(at - Math.floor(lines / 2), found.length - lines));
	const wide = Math.min(28, Math.max(0, ...found.map(it => it.label.length)) + 2);
	return (
		<Box flexDirection="column" marginLeft={5}>
			<Filter
				label="type to filter: "
				value={filter}
				left={`${found.length} of ${choices.length}`}
				refused={refused}
				hidden={all}
				onType={narrow}
				onPaste={paste}
			/>
			{found.slice(from, from + lines).map(it => (
				<Entry key={it.value} choice={it} selected={it.value === value} wide={wide} />
			))}
		</Box>
	);
}

type EntryProps = {readonly choice: Choice; readonly selected: boolean; readonly wide: number};
function Entry({choice: {label, note, never}, selected, wide}: EntryProps): ReactNode {
	return (
		<Box aria-role="option" aria-state={{selected, disabled: never === true}}>
			<Text
				wrap="truncate"
				aria-label={note ? `${label}, ${note}` : label}
				dimColor={never === true}
				{...(selected && tones.accent)}
			>
				{`${selected ? '▸' : ' '} ${note ? `${label.padEnd(wide)} ${note}` : label}`}
			</Text>
		</Box>
	);
}
