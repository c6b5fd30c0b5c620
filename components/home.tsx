import {Box} from 'ink';
import {type ReactNode, useState} from 'react';
import ChoiceInput, {type Option} from './choice-input.js';
import {Fitting} from './fitting.js';
import {type Binding, hintLines, KeyHints, useBindings} from './keyboard-hints.js';
import {Text} from './text.js';
import TextInput from './text-input.js';
import {Lines, type TextLine, wrapped} from './text-lines.js';
import {isCompact, isRoomy, type Size, tones} from './theme.js';

/** What home tells and offers. */
export type HomeScene = {
	readonly lines: readonly string[];
	readonly options: readonly Option[];
	/** The rule that another setup's name breaks, in words. */
	nameRule(name: string): string | undefined;
};
/** What the person chose: one of the options, or another setup by its name. */
export type HomeChoice = {readonly chosen: string} | {readonly setup: string} | {readonly quit: true};
type Props = {readonly scene: HomeScene; readonly size: Size; onChoice(choice: HomeChoice): void};

/** The first screen where there is a setup already. */
export default function Home({scene, size, onChoice}: Props): ReactNode {
	const [name, setName] = useState<string>();
	const naming = name !== undefined;
	const rule = name ? scene.nameRule(name) : undefined;
	const quit: Binding = {key: 'q', label: 'quit', run: () => onChoice({quit: true})};
	const bindings: readonly Binding[] = naming
		? [
				...(name && !rule ? [{key: 'return', label: 'go', run: () => onChoice({setup: name})}] : []),
				{key: 'escape', label: 'back', run: () => setName(undefined)},
			]
		: [
				{key: 'arrows', label: '', run: () => undefined},
				{key: '↑↓', label: `or 1-${scene.options.length} choose`, run: () => undefined},
				{key: '↵', label: 'go', run: () => undefined},
				quit,
			];
	const small = !isRoomy(size);
	useBindings(small ? [] : bindings);
	const compact = isCompact(size);
	const hint: TextLine = {
		text: `     ${rule ?? 'such as lab; its policy is then NPS_KMS_Policy-lab'}`,
		tone: rule ? 'bad' : 'dim',
	};
	const below = compact ? [] : wrapped([hint], size.width);
	const told = wrapped(
		scene.lines.map(text => ({text: `   ${text}`})),
		size.width,
	);
	// What is told fits above what is asked: without the title where there is little room, and cut where there is less.
	const keys = hintLines(bindings, size.width, compact ? 1 : 4).length;
	const free = size.height - (compact ? 0 : 2) - keys;
	const asked = Math.min(free, naming ? 1 + below.length : scene.options.length);
	const room = free - asked;
	const titled = told.length + 2 <= room;
	const select = (value: string): void => (value === 'another' ? setName('') : onChoice({chosen: value}));
	return (
		<Fitting small={small} width={size.width}>
			{titled && (
				<Lines lines={[{text: ' nps-kms · AWS KMS set-up for Netwrix Privilege Secure', bold: true}, {text: ''}]} />
			)}
			<Lines lines={told.slice(0, room)} />
			{!compact && <Text> </Text>}
			{naming ? (
				<Box flexDirection="column">
					<Box>
						<Text {...tones.accent}> ▸ Name of the other setup: </Text>
						<TextInput value={name} focus onChange={setName} />
					</Box>
					<Lines lines={below} />
				</Box>
			) : (
				<ChoiceInput options={scene.options} limit={asked} isFocused={!small} onSelect={select} />
			)}
			<Box marginTop={compact ? 0 : 1}>
				<KeyHints bindings={bindings} width={size.width} most={keys} />
			</Box>
		</Fitting>
	);
}
