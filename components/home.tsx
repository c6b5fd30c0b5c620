import {Box} from 'ink';
import {type ReactNode, useState} from 'react';
import {keyOf} from '../src/engine/keys.js';
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
	/** What is told instead while another setup is named. */
	readonly beside?: readonly string[];
};
/** What the person chose: one of the options, or another setup by its name. */
export type HomeChoice = {readonly chosen: string} | {readonly setup: string} | {readonly quit: true};
type Props = {readonly scene: HomeScene; readonly size: Size; onChoice(choice: HomeChoice): void};

/** The first screen where there is a setup already. */
export default function Home({scene, size, onChoice}: Props): ReactNode {
	const [name, setName] = useState<string>();
	const naming = name !== undefined;
	const rule = name ? scene.nameRule(name) : undefined;
	const quit: Binding = {key: keyOf('quit'), label: 'quit', run: () => onChoice({quit: true})};
	const choosing: Binding = {key: '↑↓', label: `or 1-${scene.options.length} choose`, run: () => undefined};
	const bindings: readonly Binding[] = naming
		? [
				...(name && !rule ? [{key: 'return' as const, label: 'go', run: () => onChoice({setup: name})}] : []),
				{key: 'escape', label: 'back', run: () => setName(undefined)},
			]
		: [choosing, {key: '↵', label: 'go', run: () => undefined}, quit];
	const small = !isRoomy(size);
	useBindings(small ? [] : bindings);
	const compact = isCompact(size);
	const hint: TextLine = {
		text: `     ${rule ?? 'such as lab, as --setup lab does; its policy is then NPS_KMS_Policy-lab'}`,
		tone: rule ? 'bad' : 'dim',
	};
	const below = compact ? [] : wrapped([hint], size.width);
	const told = wrapped(
		(naming ? (scene.beside ?? scene.lines) : scene.lines).map(text => ({text: `   ${text}`})),
		size.width,
	);
	const keys = hintLines(bindings, size.width, compact ? 1 : 4).length;
	const most = scene.options.length;
	const {asked, room, tight} = sharedOut(size.height - keys, told.length, {
		compact,
		...(naming ? {least: 1 + below.length, most: 1 + below.length} : {least: 3, most}),
	});
	const hidden = {...choosing, label: `${choosing.label}, ${most - asked} more`};
	const hinted = bindings.map(it => (it === choosing ? hidden : it));
	const titled = !tight && told.length + 2 <= room;
	const select = (value: string): void => (value === 'another' ? setName('') : onChoice({chosen: value}));
	return (
		<Fitting small={small} width={size.width}>
			{titled && (
				<Lines lines={[{text: ' nps-kms · AWS KMS set-up for Netwrix Privilege Secure', bold: true}, {text: ''}]} />
			)}
			<Lines lines={whatFits(told, room, naming)} />
			{!tight && <Text> </Text>}
			{naming ? (
				<Box flexDirection="column">
					<Box>
						<Asked />
						<TextInput value={name} focus onChange={setName} />
					</Box>
					<Lines lines={below} />
				</Box>
			) : (
				<ChoiceInput options={scene.options} limit={asked} isFocused={!small} onSelect={select} />
			)}
			<Box marginTop={tight ? 0 : 1}>
				<KeyHints bindings={naming || asked >= most ? bindings : hinted} width={size.width} most={keys} />
			</Box>
		</Fitting>
	);
}

/** The name that is asked for; the mark before it is no word. */
const Asked = (): ReactNode => (
	<>
		<Box flexShrink={0} aria-hidden>
			<Text {...tones.accent}>{' ▸ '}</Text>
		</Box>
		<Text {...tones.accent}>Name of the other setup: </Text>
	</>
);

/** What has room; of the setups that have none the number is told, and where they stand. */
function whatFits(told: readonly TextLine[], room: number, counted: boolean): readonly TextLine[] {
	if (!counted || told.length <= room) return told.slice(0, room);
	const shown = told.slice(0, Math.max(0, room - 1));
	return [...shown, {text: `   and ${told.length - shown.length} lines more: list tells them all`}];
}

type Asks = {readonly compact: boolean; readonly least: number; readonly most: number};
/**
 * How many lines are for what is asked, and for what is told above it: where there is no room for both, blank lines go
 * first, then options are scrolled; only then what is told is cut.
 */
function sharedOut(height: number, told: number, {compact, least, most}: Asks) {
	const tight = compact || height - 2 - most < told;
	const free = height - (tight ? 0 : 2);
	const asked = Math.min(free, Math.max(Math.min(least, most), Math.min(most, free - told)));
	return {asked, room: free - asked, tight};
}
