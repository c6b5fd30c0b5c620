import {Box, Text, useAnimation, useIsScreenReaderEnabled, useStdout} from 'ink';
import {type ReactNode, useState} from 'react';
import type {Scene} from '../src/engine/scene.js';
import type {Answers, Confirm} from '../src/engine/step.js';
import type {Event} from '../src/engine/wizard.js';
import {aboveForm, bodyLines} from './body.js';
import {copied} from './copying.js';
import {FormView} from './field-row.js';
import {useForm} from './form.js';
import {type Binding, hintLines, KeyHints, useBindings} from './key-hints.js';
import {Lines, type TextLine, windowOf, wrapped} from './lines.js';
import {pagesOf} from './pages.js';
import {Rail} from './rail.js';
import {Rule} from './rule.js';
import {TypedSecret} from './secret.js';
import {type Acts, confirmOf, keysOf} from './step-keys.js';
import TextInput from './text-input.js';
import {type Size, tones} from './theme.js';

type Props = {
	readonly scene: Scene;
	readonly size: Size;
	onEvent(event: Event): void;
	/** A secret that was typed, or none. */
	onSecret(value: string | undefined): void;
	/** Copies a text; true if it certainly arrived on the clipboard. */
	onCopy(text: string): Promise<boolean>;
	onLeave(): void;
};
type Local = {
	readonly overlay: string | undefined;
	readonly scroll: number;
	readonly typed: string;
	readonly said: string;
	readonly copies: number;
};
const fresh: Local = {overlay: undefined, scroll: 0, typed: '', said: '', copies: 0};

/** The one screen: draws whatever phase the wizard is in. */
export default function StepScreen({scene, size, onEvent, onSecret, onCopy, onLeave}: Props): ReactNode {
	const {phase, sheet} = scene;
	const id = `${scene.id} ${phase.at}`;
	const [local, put] = useLocal(id);
	const {write} = useStdout();
	const form = useForm(scene, size.width, {
		submit: (answers: Answers) => onEvent({type: 'submitted', answers}),
		guide: () => put({overlay: '?', scroll: 0}),
	});
	const motion = useMotion(id, ['looking', 'applying', 'checking'].includes(phase.at));
	const pages = pagesOf(scene);
	const copy = (name: string, text: string): void =>
		void onCopy(text).then(sure => put({said: `${name} ${copied(sure)}`}));
	const acts: Acts = {
		event: onEvent,
		leave: onLeave,
		open: overlay => put({...fresh, overlay}),
		copy: ({label, lines}) =>
			copy(
				label.replace(/^./, it => it.toUpperCase()),
				lines.join('\n'),
			),
		// Past the frame, the terminal wraps a line softly and copies it whole.
		write: lines => write(`${lines.join('\n')}\n`),
		copyNext: () => {
			const values = sheet.filter(it => it.copy);
			const it = values[local.copies % values.length];
			put({copies: local.copies + 1});
			if (it) copy(it.label, it.value);
		},
	};
	const must = local.overlay === 'confirm' ? confirmOf(scene) : undefined;
	const page = pages.find(it => it.key === local.overlay);
	const sticky = local.overlay || sheet.length > 0 || phase.at === 'stopped';
	const lines: readonly TextLine[] = page?.drawn ?? (must ? mustType(must) : bodyLines(scene, motion));
	const body = wrapped(lines, size.width, sticky ? 0 : 4);
	const keys = keysOf({
		scene,
		form,
		pages,
		overlay: local.overlay,
		confirmed: must?.words.includes(local.typed) === true,
		acts,
	});
	const paging = turning(keys, () => scroll(room - 1));
	const room = size.height - 4 - Math.max(...[keys, paging].map(it => hintLines(it, size.width).length));
	const long = body.length > room && (phase.at !== 'form' || page !== undefined);
	const scroll = (by: number): void => put({scroll: Math.max(0, Math.min(local.scroll + by, body.length - room + 1))});
	const unread = long && phase.at === 'review' && !local.overlay && local.scroll + room - 1 < body.length;
	// A yes is to what was seen: Enter turns the page as long as there is more.
	const bindings = unread ? paging : keys;
	const moving: readonly Binding[] = [
		{key: 'down', run: () => scroll(1)},
		{key: 'up', run: () => scroll(-1)},
	];
	useBindings([...bindings, ...(long || local.overlay ? moving : [])]);
	const asking = phase.at === 'asking' && phase.ask.kind === 'secret' ? phase.ask : undefined;
	const isForm = phase.at === 'form' && !local.overlay;
	return (
		<Box flexDirection="column" width={size.width}>
			<Rule banner={scene.banner} width={size.width} />
			<Rail step={scene.step} width={size.width} />
			<Text> </Text>
			{asking && (
				<TypedSecret
					key={scene.id}
					label={asking.label}
					why={asking.why}
					size={{...size, height: size.height - 3}}
					onTyped={onSecret}
				/>
			)}
			<Lines
				lines={
					isForm ? aboveForm(body, room - form.shown.length) : windowOf(body, must ? room - 1 : room, local.scroll)
				}
			/>
			{isForm && (
				<FormView form={form} width={size.width} height={Math.max(form.shown.length > 1 ? 2 : 1, room - body.length)} />
			)}
			{must && (
				<Box>
					<Text> Type it: </Text>
					<TextInput value={local.typed} focus onChange={typed => put({typed})} />
				</Box>
			)}
			{!asking && (
				<Box flexDirection="column">
					<Text wrap="truncate" {...tones.good}>
						{local.said ? `   ${local.said}` : ' '}
					</Text>
					<KeyHints bindings={bindings} width={size.width} />
				</Box>
			)}
		</Box>
	);
}

/** What the screen keeps for one question: gone with the next. */
function useLocal(id: string): readonly [Local, (change: Partial<Local>) => void] {
	const [held, setHeld] = useState<Local & {readonly id: string}>({...fresh, id: ''});
	const put = (change: Partial<Local>): void => setHeld(now => ({...(now.id === id ? now : fresh), ...change, id}));
	return [held.id === id ? held : fresh, put];
}

/** The spinner's frame, and how long this phase has lasted; nothing moves where something is asked. */
function useMotion(id: string, busy: boolean): {readonly frame: number; readonly elapsedMs: number} {
	// What is read aloud doesn't move.
	const still = useIsScreenReaderEnabled();
	const {frame, time} = useAnimation({interval: 120, isActive: busy && !still});
	const [since, setSince] = useState({id, time});
	if (since.id !== id) setSince({id, time});
	return {frame, elapsedMs: Math.max(0, time - since.time)};
}

/** The same keys, but that Enter shows more. */
const turning = (bindings: readonly Binding[], run: () => void): readonly Binding[] =>
	bindings.map(it => (it.key === 'return' ? {key: it.key, label: 'read on', run} : it));

const mustType = ({says, words: [word = '']}: Pick<Confirm, 'words' | 'says'>): readonly TextLine[] => [
	{text: `   ${says} To go on, type ${word} and press Enter.`, tone: 'warn'},
];
