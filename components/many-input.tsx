import {Box, useInput} from 'ink';
import {type ReactNode, useMemo, useState} from 'react';
import type {FieldScene} from '../src/engine/scene.js';
import type {Choice} from '../src/engine/step.js';
import {Filter} from './filter.js';
import {Text} from './text.js';
import {tones} from './theme.js';

type Props = {
	readonly scene: FieldScene;
	readonly chosen: readonly string[];
	readonly room: number;
	onChange(value: readonly string[]): void;
};

/** All that there is to choose, and what was chosen though nothing lists it. */
const allOf = (choices: readonly Choice[], chosen: readonly string[]): readonly Choice[] => [
	...chosen.filter(it => !choices.some(has => has.value === it)).map(value => ({value, label: value})),
	...choices,
];
/** What the filter leaves, by what is drawn, so that [x] leaves the chosen; an ARN typed in full can be chosen too. */
function matching(choices: readonly Choice[], chosen: readonly string[], filter: string): readonly Choice[] {
	const all = allOf(choices, chosen);
	const sought = filter.toLowerCase();
	const has = new Set(chosen);
	const found = sought
		? all.filter(it => `${has.has(it.value) ? '[x]' : '[]'} ${it.label} ${it.value}`.toLowerCase().includes(sought))
		: all;
	return found.length === 0 && filter.startsWith('arn:') ? [{value: filter, label: filter, note: 'as typed'}] : found;
}

/** What names name: an entry by its label or its value, or an ARN that nothing lists; and the names of nothing. */
function namedIn(
	choices: readonly Choice[],
	names: readonly string[],
): readonly [readonly string[], readonly string[]] {
	const meantBy = (name: string): string | undefined =>
		choices.find(it => it.value === name || it.label === name)?.value ?? (name.startsWith('arn:') ? name : undefined);
	return [names.flatMap(it => meantBy(it) ?? []), names.filter(it => meantBy(it) === undefined)];
}

/** Several of many things: letters filter, arrows move, space chooses; only as many as there is room for are drawn. */
export default function ManyInput({scene: {choices = []}, chosen, room, onChange}: Props): ReactNode {
	const [filter, setFilter] = useState('');
	const [at, setAt] = useState(0);
	const [refused, setRefused] = useState('');
	// Of tens of thousands, an arrow key looks at none again.
	const found = useMemo(() => matching(choices, chosen, filter), [choices, chosen, filter]);
	const index = Math.min(at, Math.max(0, found.length - 1));
	useInput((_input, key) => {
		if (key.downArrow) setAt(Math.min(index + 1, found.length - 1));
		if (key.upArrow) setAt(Math.max(0, index - 1));
	});
	const toggle = (it = found[index]): void => {
		if (it) onChange(chosen.includes(it.value) ? chosen.filter(other => other !== it.value) : [...chosen, it.value]);
	};
	const narrow = (text: string): void => {
		setRefused('');
		setFilter(text);
		setAt(0);
	};
	/** A blank chooses; what is typed with blanks in it at once names what it chooses, as a paste does. */
	const type = (text: string): void => {
		const typed = text.trim();
		if (/\s/.test(typed)) paste(text);
		else if (typed === text) narrow(text);
		else if (typed === filter) toggle();
		else {
			narrow(typed);
			toggle(matching(choices, chosen, typed)[0]);
		}
	};
	const paste = (text: string): void => {
		const names = text.split(/[\s,;]+/).filter(Boolean);
		const [named, unknown] = namedIn(choices, names);
		if (names.length < 2 && unknown.length > 0) {
			narrow(filter + (names[0] ?? ''));
			return;
		}
		if (unknown.length === 0) onChange([...new Set([...chosen, ...named])]);
		setRefused(unknown.length > 0 ? `Nothing chosen: ${unknown.join(', ')} can't be found here` : '');
		setFilter('');
	};
	const told = chosen.length > 0 ? `${chosen.length} chosen ([x] shows them)` : 'none chosen';
	const lines = Math.max(1, room - 3 - (refused ? 1 : 0));
	const from = Math.max(0, Math.min(index - Math.floor(lines / 2), found.length - lines));
	return (
		<Box flexDirection="column" marginLeft={5}>
			<Filter
				label="filter: "
				value={filter}
				left={`${found.length} of ${allOf(choices, chosen).length}, ${told}`}
				refused={refused}
				onType={type}
				onPaste={paste}
			/>
			{found.slice(from, from + lines).map(it => (
				<Entry key={it.value} choice={it} chosen={chosen.includes(it.value)} selected={it === found[index]} />
			))}
		</Box>
	);
}

type EntryProps = {readonly choice: Choice; readonly chosen: boolean; readonly selected: boolean};
function Entry({choice: {label, note}, chosen, selected}: EntryProps): ReactNode {
	return (
		<Box aria-role="checkbox" aria-state={{checked: chosen, selected}}>
			<Text wrap="truncate-middle" aria-label={`${label}${note ? `, ${note}` : ''}`} {...(selected && tones.accent)}>
				{`${selected ? '▸' : ' '} [${chosen ? 'x' : ' '}] ${label}`}
			</Text>
			{note && (
				<Box flexShrink={0} aria-hidden>
					<Text {...(selected && tones.accent)}>{`  ${note}`}</Text>
				</Box>
			)}
		</Box>
	);
}
