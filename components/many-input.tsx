import {Box, useInput} from 'ink';
import {type ReactNode, useState} from 'react';
import type {FieldScene} from '../src/engine/scene.js';
import type {Choice} from '../src/engine/step.js';
import {Text} from './text.js';
import TextInput from './text-input.js';
import {tones} from './theme.js';

type Props = {
	readonly scene: FieldScene;
	readonly chosen: readonly string[];
	readonly room: number;
	onChange(value: readonly string[]): void;
};

/** What the filter leaves; an ARN typed in full can be chosen though nothing lists it. */
function matching(choices: readonly Choice[], chosen: readonly string[], filter: string): readonly Choice[] {
	const unlisted = chosen.filter(it => !choices.some(has => has.value === it)).map(value => ({value, label: value}));
	const found = [...unlisted, ...choices].filter(it =>
		`${it.label} ${it.value}`.toLowerCase().includes(filter.toLowerCase()),
	);
	return found.length === 0 && filter.startsWith('arn:') ? [{value: filter, label: filter, note: 'as typed'}] : found;
}

/** Several of many things: letters filter, arrows move, space chooses; only as many as there is room for are drawn. */
export default function ManyInput({scene: {choices = []}, chosen, room, onChange}: Props): ReactNode {
	const [filter, setFilter] = useState('');
	const [at, setAt] = useState(0);
	const found = matching(choices, chosen, filter);
	const index = Math.min(at, Math.max(0, found.length - 1));
	useInput((_input, key) => {
		if (key.downArrow) setAt(Math.min(index + 1, found.length - 1));
		if (key.upArrow) setAt(Math.max(0, index - 1));
	});
	const toggle = (): void => {
		const it = found[index];
		if (it) onChange(chosen.includes(it.value) ? chosen.filter(other => other !== it.value) : [...chosen, it.value]);
	};
	const lines = Math.max(1, room - 3);
	const from = Math.max(0, Math.min(index - Math.floor(lines / 2), found.length - lines));
	const narrow = (text: string): void => {
		if (text.includes(' ')) {
			toggle();
			return;
		}
		setFilter(text);
		setAt(0);
	};
	return (
		<Box flexDirection="column" marginLeft={5}>
			<Box height={1}>
				<Text dimColor>filter: </Text>
				<TextInput value={filter} focus onChange={narrow} />
				<Text dimColor>{`  ${found.length} of ${choices.length}`}</Text>
			</Box>
			{found.slice(from, from + lines).map(it => (
				<Box
					key={it.value}
					aria-role="checkbox"
					aria-state={{checked: chosen.includes(it.value), selected: it === found[index]}}
				>
					<Text
						wrap="truncate"
						aria-label={`${it.label}${it.note ? `, ${it.note}` : ''}`}
						{...(it === found[index] && tones.accent)}
					>
						{`${it === found[index] ? '▸' : ' '} [${chosen.includes(it.value) ? 'x' : ' '}] ` +
							`${it.label}${it.note ? `  ${it.note}` : ''}`}
					</Text>
				</Box>
			))}
		</Box>
	);
}
