import {Box, Text, useAnimation, useStdout} from 'ink';
import {type ReactNode, useState} from 'react';
import {type Scene, standingOf} from '../src/engine/scene.js';
import type {Answers, Confirm} from '../src/engine/step.js';
import type {Event} from '../src/engine/wizard.js';
import {progressLines, reviewLines, waitLines} from './changes.js';
import {checkLines, checksToCome} from './checks.js';
import {FormView} from './field-row.js';
import {type Form, takesText, useForm} from './form.js';
import {type Binding, hintLines, KeyHints, useBindings} from './key-hints.js';
import {Lines, type TextLine, windowOf, wrapped} from './lines.js';
import {problemLines} from './problem.js';
import {Rail} from './rail.js';
import {Rule} from './rule.js';
import {TypedSecret} from './secret.js';
import TextInput from './text-input.js';
import {type Size, spinner} from './theme.js';

type Overlay = 'guide' | 'commands' | 'confirm' | undefined;
type Props = {
	readonly scene: Scene;
	readonly size: Size;
	onEvent(event: Event): void;
	/** A secret that was typed, or none. */
	onSecret(value: string | undefined): void;
	onLeave(): void;
};
type Local = {readonly overlay: Overlay; readonly scroll: number; readonly typed: string};
const fresh: Local = {overlay: undefined, scroll: 0, typed: ''};

/** The one screen: draws whatever phase the wizard is in. */
export default function StepScreen({scene, size, onEvent, onSecret, onLeave}: Props): ReactNode {
	const [held, setHeld] = useState<Local & {readonly id: string}>({...fresh, id: ''});
	const id = `${scene.id} ${scene.phase.at}`;
	const local = held.id === id ? held : fresh;
	const put = (change: Partial<Local>): void => setHeld({...local, ...change, id});
	const form = useForm(scene, size.width, {
		submit: (answers: Answers) => onEvent({type: 'submitted', answers}),
		guide: () => put({overlay: 'guide'}),
	});
	const busy = ['looking', 'applying', 'checking'].includes(scene.phase.at);
	const {frame} = useAnimation({interval: 120, isActive: busy});
	const sticky = local.overlay || scene.sheet.length > 0 || scene.phase.at === 'stopped';
	const body = wrapped(bodyLines(scene, local, frame), size.width, sticky ? 0 : 4);
	const {write} = useStdout();
	// Written past the frame, the terminal wraps a line softly and copies it whole.
	const copy = (): void => write(`${scene.changes.map(it => it.command).join('\n')}\n`);
	const acts = {scene, local, form, put, copy, onEvent, onLeave, confirmed: confirmOf(scene)?.words.includes(local.typed) === true};
	const keys = bindingsOf(acts);
	const paging = turning(keys, () => scroll(room - 1));
	const room = size.height - 4 - Math.max(...[keys, paging].map(it => hintLines(it, size.width).length));
	const long = body.length > room && scene.phase.at !== 'form';
	const scroll = (by: number): void => put({scroll: Math.max(0, Math.min(local.scroll + by, body.length - room + 1))});
	const unread = long && scene.phase.at === 'review' && !local.overlay && local.scroll + room - 1 < body.length;
	// A yes is to what was seen: Enter turns the page as long as there is more.
	const bindings = unread ? paging : keys;
	useBindings([
		...bindings,
		...(long || local.overlay
			? [
					{key: 'down', run: () => scroll(1)},
					{key: 'up', run: () => scroll(-1)},
				]
			: []),
	]);
	const {phase} = scene;
	const asking = phase.at === 'asking' && phase.ask.kind === 'secret' ? phase.ask : undefined;
	const isForm = scene.phase.at === 'form' && !local.overlay;
	return (
		<Box flexDirection="column" width={size.width}>
			<Rule banner={scene.banner} width={size.width} />
			<Rail step={scene.step} width={size.width} />
			<Text> </Text>
			{asking && <TypedSecret label={asking.label} why={asking.why} size={{...size, height: size.height - 3}} onTyped={onSecret} />}
			<Lines
				lines={isForm ? formBody(body, room - scene.fields.length) : windowOf(body, local.overlay === 'confirm' ? room - 1 : room, local.scroll)}
			/>
			{isForm && <FormView form={form} width={size.width} height={Math.max(scene.fields.length > 1 ? 2 : 1, room - body.length)} />}
			{local.overlay === 'confirm' && (
				<Box>
					<Text> Type it: </Text>
					<TextInput value={local.typed} focus onChange={typed => put({typed})} />
				</Box>
			)}
			{!asking && (
				<Box marginTop={1}>
					<KeyHints bindings={bindings} width={size.width} />
				</Box>
			)}
		</Box>
	);
}

/** The same keys, but that Enter shows more. */
const turning = (bindings: readonly Binding[], run: () => void): readonly Binding[] =>
	bindings.map(it => (it.key === 'return' ? {key: it.key, label: 'read on', run} : it));

/** The words of which one must be typed, and what that means. */
function confirmOf({changes, phase}: Scene): Pick<Confirm, 'words' | 'says'> | undefined {
	if (phase.at === 'review' && phase.plan.confirm) return phase.plan.confirm;
	const word = changes.find(it => it.change.confirm)?.change.confirm;
	return word === undefined ? undefined : {words: [word], says: `This removes ${word}. It can't be undone.`};
}

function bodyLines(scene: Scene, {overlay}: Local, frame: number): readonly TextLine[] {
	const {phase, step, changes} = scene;
	if (overlay === 'guide') return guideLines(step);
	if (overlay === 'commands') return [{text: '   The same from a shell:'}, ...changes.map(it => ({text: `   ${it.command}`}))];
	if (overlay === 'confirm') {
		const {says = '', words: [word = ''] = []} = confirmOf(scene) ?? {};
		return [{text: `   ${says} To go on, type ${word} and press Enter.`, tone: 'warn'}];
	}
	switch (phase.at) {
		case 'form':
			return [...(phase.problem ? [{text: `   ✖ ${phase.problem.what}: ${phase.problem.why}`, tone: 'bad' as const}] : []), ...sheetLines(scene)];
		case 'looking':
			return [
				{
					text: `   ${spinner[frame % spinner.length] ?? ''} ${lookingWords[phase.reason]} …${scene.looked ? ` ${scene.looked} looked at` : ''}`,
					tone: 'accent',
				},
				...waitLines(scene.wait),
			];
		case 'checking':
			return scene.checks.length > 0
				? checkLines(scene.checks, scene.wait, frame)
				: [{text: '   As it should be', tone: 'good'}, ...waitLines(scene.wait)];
		case 'review':
			return changes.length === 0 ? checksToCome(scene.checks) : reviewLines(changes, phase.plan);
		case 'applying':
			return [
				...progressLines(changes, scene.wait, frame),
				...(scene.leaving ? [{text: '   Finishing this call, then leaving …', tone: 'warn' as const}] : []),
			];
		case 'stopped':
			return problemLines(phase.problem, standingOf(scene));
		case 'asking':
			return [];
		case 'done':
			return [{text: `   ✔ ${phase.plan.says ?? 'Done'}`, tone: 'good'}, ...waitLines(scene.wait)];
	}
}
/** An ARN stands on a line of its own, so that it is seen whole. */
const sheetLine = ({label, value}: Scene['sheet'][number]): readonly TextLine[] =>
	value.startsWith('arn:') ? [{text: `     ${label}`}, {text: `   ${value}`}] : [{text: `     ${label.padEnd(12)} ${value}`, whole: true}];
/** What stands above a form: where there is no room for all, its heading goes first. */
const formBody = (body: readonly TextLine[], room: number): readonly TextLine[] =>
	body.length > room && body.length > 2 ? body.slice(1, room + 1) : body.slice(0, Math.max(room, 2));
const lookingWords = {
	review: 'Looking at what is there',
	approved: 'Looking once more before anything changes',
	applied: 'Looking whether it is as it should be',
} as const;

const guideLines = ({guide, name}: Scene['step']): readonly TextLine[] => [
	{text: `   ${name} covers “${guide.covers}” of the vendor's page.`},
	...guide.text.map(it => ({text: `   ${it}`})),
	...guide.links.map((it): TextLine => ({text: `   ${it}`, tone: 'dim'})),
];

const sheetLines = ({sheet, phase}: Scene): readonly TextLine[] =>
	sheet.length === 0 || phase.at !== 'form'
		? []
		: [{text: '   On the NPS server run SbPAM.RotateAwsKey and enter:'}, ...sheet.flatMap(it => sheetLine(it))];

type Acts = Pick<Props, 'scene' | 'onEvent' | 'onLeave'> & {
	readonly local: Local;
	readonly form: Form;
	readonly confirmed: boolean;
	copy(): void;
	put(change: Partial<Local>): void;
};
function bindingsOf({scene, local, form, confirmed, put, copy, onEvent, onLeave}: Acts): readonly Binding[] {
	const guide: Binding = {key: '?', label: 'guide', run: () => put({overlay: 'guide', scroll: 0})};
	const commands: Binding[] = scene.changes.length > 0 ? [{key: 'c', label: 'commands', run: () => put({overlay: 'commands', scroll: 0})}] : [];
	const quit: Binding = {key: 'q', label: 'save and quit', run: () => onEvent({type: 'quit'})};
	const back = (label = 'back'): Binding => ({key: 'escape', label, run: () => onEvent({type: 'back'})});
	const typing: Binding = {key: '^C', label: 'save and quit', run: onLeave};
	if (local.overlay === 'confirm') {
		const go = confirmed ? [{key: 'return', label: 'apply', run: () => onEvent({type: 'approved'})}] : [];
		return [...go, {key: 'escape', label: 'back', run: () => put(fresh)}];
	}
	const copies: Binding[] = local.overlay === 'commands' ? [{key: 'w', label: 'write above, to copy', run: copy}] : [];
	if (local.overlay)
		return [
			...copies,
			{key: 'escape', label: 'back', run: () => put(fresh)},
			{key: 'return', run: () => put(fresh)},
			{key: '?', run: () => put(fresh)},
			{key: 'c', run: () => put(fresh)},
			quit,
		];
	switch (scene.phase.at) {
		case 'form':
			return [...form.bindings, ...(scene.step.at > 0 ? [back()] : []), takesText(form) ? typing : quit];
		case 'review': {
			const must = confirmOf(scene) !== undefined;
			const yes = scene.changes.length === 0 ? 'prove it' : scene.phase.plan.ahead ? 'go on' : 'apply';
			return [
				{
					key: 'return',
					label: must ? `${yes}, after a word typed` : yes,
					run: must ? () => put({overlay: 'confirm'}) : () => onEvent({type: 'approved'}),
				},
				...commands,
				guide,
				back(),
				quit,
			];
		}
		case 'stopped': {
			const ways = scene.phase.problem.ways ?? [];
			return [
				...ways.map(way => ({key: way.key, label: way.label, run: () => onEvent({type: 'way', way})})),
				{key: 'r', label: 'try again', run: () => onEvent({type: 'retry'})},
				...commands,
				back(),
				quit,
			];
		}
		case 'asking':
			return [];
		default:
			return [{key: '^C', label: scene.phase.at === 'applying' ? 'finish this call, save and quit' : 'save and quit', run: onLeave}];
	}
}
