import {Box, Text, useInput} from 'ink';
import {type ReactNode, useState} from 'react';
import type {Problem} from '../src/engine/step.js';
import {copied} from './copying.js';
import {type Binding, hintLines, KeyHints, useBindings} from './key-hints.js';
import {Lines, type TextLine, windowOf, wrapped} from './lines.js';
import {Rule} from './rule.js';
import TextInput from './text-input.js';
import {type Size, tones} from './theme.js';

/** A value that is shown once, by its label; the last one is the secret. */
export type Shown = {readonly label: string; readonly value: string};
type Props = {
	readonly values: readonly Shown[];
	readonly size: Size;
	/** What must be seen on every screen, such as that nothing here is AWS. */
	readonly banner?: string | undefined;
	/** Called, and waited for, before the secret is first seen or copied; the problem if that can't be noted. */
	onReveal(): Promise<Problem | undefined>;
	/** Copies a text; true if it certainly arrived on the clipboard. */
	onCopy(value: string): Promise<boolean>;
	onStored(): void;
	/** The person goes on without having seen the secret. */
	onGiveUp(): void;
	onLeave(): void;
};
const mask = '•'.repeat(24);

/** A secret on a screen of its own: masked until it is revealed, and gone once it is stored. */
export default function Secret({
	values,
	size,
	banner,
	onReveal,
	onCopy,
	onStored,
	onGiveUp,
	onLeave,
}: Props): ReactNode {
	const [seen, setSeen] = useState(false);
	const [open, setOpen] = useState(false);
	const [says, setSays] = useState<readonly TextLine[]>([{text: ''}]);
	const [stuck, setStuck] = useState(false);
	const secret = values.at(-1);
	const id = values[0];
	const after = (act: () => void): void => {
		void onReveal().then(problem => {
			setStuck(problem !== undefined && !seen);
			// What can't be noted is not shown: nobody would know afterwards that it was.
			if (problem) return setSays(unnoted(problem));
			setSays([{text: ''}]);
			setSeen(true);
			act();
		});
	};
	const copy = (it: Shown | undefined): void => {
		if (!it) return;
		void onCopy(it.value).then(sure => setSays([{text: `   ${it.label} ${copied(sure)}`, tone: 'good'}]));
	};
	useInput((input, key) => {
		if (key.ctrl && input === 'c') onLeave();
	});
	const bindings: readonly Binding[] = [
		{key: 'r', label: stuck ? 'try again' : open ? 'hide' : 'reveal', run: () => after(() => setOpen(!open))},
		...(stuck ? [{key: 'escape', label: 'go on without it', run: onGiveUp}] : []),
		...(stuck ? [] : [{key: 'y', label: 'copy the secret', run: () => after(() => copy(secret))}]),
		{key: 'k', label: 'copy the key id', run: () => copy(id)},
		...(seen ? [{key: 's', label: 'I have stored it', run: onStored}] : []),
		{key: '^C', label: 'save and quit', run: () => undefined},
	];
	useBindings(bindings);
	const wide = Math.max(...values.map(it => it.label.length)) + 3;
	// Never broken by us: where it doesn't fit beside its label, a value stands below it.
	const below = values.some(it => 3 + wide + it.value.length > size.width);
	const told: readonly TextLine[] = stuck
		? says
		: [{text: "   Put both into your vault now. They can't be shown again."}, ...says];
	const shown = stuck ? values.slice(0, 1) : values;
	const room = size.height - 1 - shown.length * (below ? 2 : 1) - hintLines(bindings, size.width).length;
	const all = wrapped(told, size.width);
	// Where there isn't room for all, what was just done comes first.
	const lines = all.length > room && says[0]?.text ? wrapped(says, size.width) : all;
	return (
		<Box flexDirection="column" width={size.width}>
			<Rule banner={banner} width={size.width} />
			{shown.map(it => (
				<Text key={it.label}>
					{below ? `   ${it.label}\n` : `   ${it.label.padEnd(wide)}`}
					<Text bold aria-label={it === secret && !open ? 'hidden' : it.value}>
						{it === secret && !open ? mask : it.value}
					</Text>
				</Text>
			))}
			{lines.length < room && <Text> </Text>}
			<Lines lines={lines.slice(0, room)} />
			<KeyHints bindings={bindings} width={size.width} />
		</Box>
	);
}

const unnoted = ({what, why, code}: Problem): readonly TextLine[] => [
	{text: `   ✖ ${what}, so the secret is not shown`, tone: 'bad', bold: true},
	{text: `     ${why}${code ? ` [${code}]` : ''}`},
	{
		text:
			'   → Mend that and press r. Or press Esc: nobody has seen this secret, so the next look removes its key and ' +
			'makes another.',
		tone: 'accent',
	},
];

type TypedProps = {
	readonly label: string;
	readonly why: string;
	readonly size: Size;
	onTyped(value: string | undefined): void;
};
/** A secret typed unseen: Enter gives it, Esc says that there is none. */
export function TypedSecret({label, why, size: {width, height}, onTyped}: TypedProps): ReactNode {
	const [value, setValue] = useState('');
	const bindings: readonly Binding[] = [
		...(value ? [{key: 'return', label: 'go on', run: () => onTyped(value)}] : []),
		{key: 'escape', label: "I don't have it", run: () => onTyped(undefined)},
		{key: '^C', label: 'save and quit', run: () => undefined},
	];
	useBindings(bindings);
	const lines = wrapped([{text: `   ${label}`}, {text: `   ${why}`, tone: 'dim'}], width);
	return (
		<Box flexDirection="column">
			<Lines lines={windowOf(lines, height - 2 - hintLines(bindings, width).length, 0)} />
			<Box>
				<Text {...tones.accent}> ▸ Secret: </Text>
				<TextInput value={value} focus masked onChange={setValue} />
			</Box>
			<Box marginTop={1}>
				<KeyHints bindings={bindings} width={width} />
			</Box>
		</Box>
	);
}
