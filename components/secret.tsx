import {Box, Text, useInput} from 'ink';
import {type ReactNode, useState} from 'react';
import {type Binding, KeyHints, useBindings} from './key-hints.js';
import {Lines, wrapped} from './lines.js';
import TextInput from './text-input.js';
import {type Size, tones} from './theme.js';

/** A value that is shown once, by its label; the last one is the secret. */
export type Shown = {readonly label: string; readonly value: string};
type Props = {
	readonly values: readonly Shown[];
	readonly size: Size;
	/** Called, and waited for, before the secret is first seen or copied. */
	onReveal(): Promise<void>;
	onCopy(value: string): void;
	onStored(): void;
	onLeave(): void;
};
const mask = '•'.repeat(24);

/** A secret on a screen of its own: masked until it is revealed, and gone once it is stored. */
export default function Secret({values, size, onReveal, onCopy, onStored, onLeave}: Props): ReactNode {
	const [seen, setSeen] = useState(false);
	const [open, setOpen] = useState(false);
	const [says, setSays] = useState('');
	const secret = values.at(-1);
	const id = values[0];
	const after = (act: () => void): void => {
		void onReveal().then(() => {
			setSeen(true);
			act();
		});
	};
	const copy = (it: Shown | undefined): void => {
		if (!it) return;
		onCopy(it.value);
		setSays(`${it.label} sent to the clipboard of this terminal. Paste it to see that it arrived.`);
	};
	useInput((input, key) => {
		if (key.ctrl && input === 'c') onLeave();
	});
	const bindings: readonly Binding[] = [
		{key: 'r', label: open ? 'hide' : 'reveal', run: () => after(() => setOpen(!open))},
		{key: 'y', label: 'copy the secret', run: () => after(() => copy(secret))},
		{key: 'k', label: 'copy the key id', run: () => copy(id)},
		...(seen ? [{key: 's', label: 'I have stored it', run: onStored}] : []),
	];
	useBindings(bindings);
	const wide = Math.max(...values.map(it => it.label.length)) + 3;
	return (
		<Box flexDirection="column" width={size.width}>
			{values.map(it => (
				<Text key={it.label}>
					{`   ${it.label.padEnd(wide)}`}
					<Text bold>{it === secret && !open ? mask : it.value}</Text>
				</Text>
			))}
			<Text> </Text>
			<Lines
				lines={wrapped([{text: "   Put both into your vault now. They can't be shown again."}, {text: `   ${says}`, tone: 'good'}], size.width)}
			/>
			<KeyHints bindings={bindings} width={size.width} />
		</Box>
	);
}

type TypedProps = {readonly label: string; readonly why: string; readonly width: number; onTyped(value: string | undefined): void};
/** A secret typed unseen: Enter gives it, Esc says that there is none. */
export function TypedSecret({label, why, width, onTyped}: TypedProps): ReactNode {
	const [value, setValue] = useState('');
	const bindings: readonly Binding[] = [
		...(value ? [{key: 'return', label: 'go on', run: () => onTyped(value)}] : []),
		{key: 'escape', label: "I don't have it", run: () => onTyped(undefined)},
		{key: '^C', label: 'save and quit', run: () => undefined},
	];
	useBindings(bindings);
	return (
		<Box flexDirection="column">
			<Lines lines={wrapped([{text: `   ${label}`}, {text: `   ${why} It is used for this proof and kept nowhere.`, tone: 'dim'}], width)} />
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
