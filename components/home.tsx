import {Box, Text} from 'ink';
import {type ReactNode, useState} from 'react';
import ChoiceInput, {type Option} from './choice-input.js';
import {type Binding, KeyHints, useBindings} from './key-hints.js';
import {Lines, wrapped} from './lines.js';
import TextInput from './text-input.js';
import {type Size, tones} from './theme.js';

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
				{key: '↑↓', label: 'choose', run: () => undefined},
				{key: '↵', label: 'go', run: () => undefined},
				quit,
			];
	useBindings(bindings);
	const select = (value: string): void => (value === 'another' ? setName('') : onChoice({chosen: value}));
	return (
		<Box flexDirection="column" width={size.width}>
			<Text bold> nps-kms · AWS KMS set-up for Netwrix Privilege Secure</Text>
			<Text> </Text>
			<Lines
				lines={wrapped(
					scene.lines.map(text => ({text: `   ${text}`})),
					size.width,
				)}
			/>
			<Text> </Text>
			{naming ? (
				<Box flexDirection="column">
					<Box>
						<Text {...tones.accent}> ▸ Name of the other setup: </Text>
						<TextInput value={name} focus onChange={setName} />
					</Box>
					<Text {...(rule && tones.bad)} dimColor={!rule}>{`     ${rule ?? 'such as lab; its policy is then NPS_KMS_Policy-lab'}`}</Text>
				</Box>
			) : (
				<ChoiceInput options={scene.options} onSelect={select} />
			)}
			<Box marginTop={1}>
				<KeyHints bindings={bindings} width={size.width} />
			</Box>
		</Box>
	);
}
