import {Box, Text} from 'ink';
import {type ReactNode, useState} from 'react';
import {asked, emptyOf, inOneLine, pairsText, readPairs, ruleOf} from '../src/engine/asking.js';
import type {FieldScene, Scene} from '../src/engine/scene.js';
import {type Answer, type Answers, type Field, listAnswer} from '../src/engine/step.js';
import type {Binding} from './key-hints.js';
import {Lines, wrapped} from './lines.js';
import ManyInput from './many-input.js';
import TextInput from './text-input.js';
import {tones} from './theme.js';

/** A form as far as it is filled in. */
export type FormState = {
	readonly values: Answers;
	/** Pairs as they are typed. */
	readonly drafts: Readonly<Record<string, string>>;
	readonly focus: string;
	readonly touched: readonly string[];
};
/** A form, what it does to itself, and its keys. */
export type Form = {
	readonly state: FormState;
	readonly shown: readonly FieldScene[];
	readonly focused: FieldScene | undefined;
	readonly bindings: readonly Binding[];
	rule(field: Field): string | undefined;
	set(field: Field, value: Answer, draft?: string): void;
};
type Acts = {submit(answers: Answers): void; guide(): void};

const typed = (it: FieldScene | undefined): boolean => it !== undefined && it.field.kind !== 'yes-no' && !isChoice(it);
/** One of a few values, all shown in the field's own line. */
const isChoice = ({field, choices}: FieldScene): boolean => field.kind === 'one' && choices !== undefined;
const startOf = ({answers, fields}: Scene): FormState => {
	const values = Object.fromEntries(fields.map(({field}) => [field.name, answers[field.name] ?? emptyOf(field)]));
	const drafts = Object.fromEntries(
		fields.filter(it => it.field.kind === 'pairs').map(({field}) => [field.name, pairsText(values[field.name] ?? {})]),
	);
	return {values, drafts, focus: fields.find(it => !it.settled)?.field.name ?? '', touched: []};
};

/** The form of a scene: kept while its guide is read, new for the next question. */
export function useForm(scene: Scene, {submit, guide}: Acts): Form {
	const [held, setHeld] = useState<{readonly id: number; readonly state: FormState}>({id: scene.id, state: startOf(scene)});
	const state = held.id === scene.id ? held.state : startOf(scene);
	const put = (change: Partial<FormState>): void => setHeld({id: scene.id, state: {...state, ...change}});
	const all = {...scene.answers, ...state.values};
	const shown = asked(scene.fields, all);
	const open = shown.filter(it => !it.settled);
	const focused = open.find(it => it.field.name === state.focus) ?? open[0];
	const rule = (field: Field): string | undefined => {
		const draft = readPairs(state.drafts[field.name] ?? '');
		return typeof draft === 'string' ? draft : ruleOf(field, state.values[field.name] ?? emptyOf(field), all);
	};
	const move = (by: number): void => {
		const at = focused ? open.indexOf(focused) : 0;
		const next = open[(at + by + open.length) % open.length];
		if (next) put({focus: next.field.name, touched: focused ? [...state.touched, focused.field.name] : state.touched});
	};
	const go = (): void => {
		const wrong = open.find(it => rule(it.field));
		if (wrong) put({focus: wrong.field.name, touched: open.map(it => it.field.name)});
		else submit(Object.fromEntries(open.map(({field}) => [field.name, state.values[field.name] ?? emptyOf(field)])));
	};
	const set = (field: Field, value: Answer, draft?: string): void => {
		// Where the field can't hold a question mark, it asks for the guide.
		if (typeof value === 'string' && value.includes('?') && ruleOf(field, value, all) && field.kind === 'text') {
			guide();
			return;
		}
		put({
			values: {...state.values, [field.name]: value},
			touched: [...state.touched, field.name],
			...(draft !== undefined && {drafts: {...state.drafts, [field.name]: draft}}),
		});
	};
	const ruleNow = (field: Field): string | undefined => (state.touched.includes(field.name) ? rule(field) : undefined);
	return {
		state: {...state, focus: focused?.field.name ?? ''},
		shown,
		focused,
		bindings: keys({open, focused, move, go, guide, set, state}),
		rule: ruleNow,
		set,
	};
}

type Keyed = Pick<Form, 'focused' | 'set'> & {
	readonly open: readonly FieldScene[];
	readonly state: FormState;
	move(by: number): void;
	go(): void;
	guide(): void;
};
function keys({open, focused, move, go, guide, set, state}: Keyed): readonly Binding[] {
	const many = focused?.field.kind === 'many' && focused.choices !== undefined;
	const more = open.length > 1;
	const next = (): void => move(1);
	const guidable = !typed(focused) || (focused?.field.kind === 'text' && ruleOf(focused.field, '?', state.values) !== undefined);
	const found: Binding[] = [{key: 'return', label: open.length > 0 ? 'go on' : 'next', run: go}];
	if (more) found.push({key: 'tab', label: 'next field', run: next}, {key: 'shift+tab', run: () => move(-1)});
	if (more && !many) found.push({key: 'down', run: next}, {key: 'up', run: () => move(-1)});
	if (focused && isChoice(focused)) {
		const {field, choices = []} = focused;
		const turn = (): void => {
			const at = choices.findIndex(it => it.value === state.values[field.name]);
			set(field, choices[(at + 1) % choices.length]?.value ?? '');
		};
		found.push({key: 'space', label: 'choose', run: turn}, {key: 'side', run: turn});
	} else if (focused && !typed(focused)) {
		const {field} = focused;
		const turn = (): void => set(field, state.values[field.name] !== true);
		found.push(
			{key: 'space', label: 'yes or no', run: turn},
			{key: 'side', run: turn},
			{key: 'y', run: () => set(field, true)},
			{key: 'n', run: () => set(field, false)},
		);
	}
	if (guidable) found.push({key: '?', label: 'guide', run: typed(focused) ? () => undefined : guide});
	return found;
}

/** Whether letters go into a field, so that they can't be keys. */
export const takesText = (form: Form): boolean => typed(form.focused);

/** The fields, the focused one with its rule or its hint below it. */
export function FormView({form, width, height}: {readonly form: Form; readonly width: number; readonly height: number}): ReactNode {
	const wide = Math.min(24, Math.max(...form.shown.map(it => it.field.label.length), 0) + 2);
	const at = form.shown.findIndex(({field}) => field === form.focused?.field);
	const room = Math.max(1, height - (form.focused?.field.kind === 'many' ? 5 : 2));
	const from = Math.max(0, Math.min(at - room + 1, form.shown.length - room));
	return (
		<Box flexDirection="column">
			{form.shown.slice(from, from + Math.max(room, 1)).map(it => (
				<Row key={it.field.name} form={form} scene={it} wide={wide} width={width} room={height - Math.min(room, form.shown.length)} />
			))}
		</Box>
	);
}

type RowProps = {readonly form: Form; readonly scene: FieldScene; readonly wide: number; readonly width: number; readonly room: number};
function Row({form, scene, wide, width, room}: RowProps): ReactNode {
	const {field, settled} = scene;
	const focus = scene === form.focused;
	const rule = form.rule(field);
	const long = field.label.length > wide - 2;
	const below = rule ? {text: rule, tone: 'bad' as const} : focus ? hintOf(scene) : undefined;
	const indent = ' '.repeat(long ? 5 : wide + 3);
	return (
		<Box flexDirection="column">
			<Box height={1}>
				<Box flexShrink={0}>
					<Text {...(focus && tones.accent)} wrap="truncate">
						{focus ? ' ▸ ' : '   '}
						{field.label.endsWith('?') ? `${field.label} ` : `${field.label}: `.padEnd(wide)}
					</Text>
				</Box>
				<Box flexGrow={1} flexShrink={1} flexBasis={0} height={1} overflow="hidden">
					<Value form={form} scene={scene} />
				</Box>
				{settled && (
					<Box flexShrink={0}>
						<Text dimColor> made already</Text>
					</Box>
				)}
			</Box>
			{below && <Lines lines={wrapped([{...below, text: indent + below.text}], width).slice(0, 2)} />}
			{focus && field.kind === 'many' && scene.choices && (
				<ManyInput scene={scene} chosen={listAnswer(form.state.values, field.name)} room={room} onChange={value => form.set(field, value)} />
			)}
		</Box>
	);
}

const hintOf = ({field, choices}: FieldScene): {text: string; tone: 'dim'} | undefined => {
	const parts = [
		field.optional && 'optional',
		field.hint,
		field.kind === 'pairs' && 'key=value, with commas between',
		field.kind === 'many' && (choices ? 'type to filter, space chooses' : 'ARNs, with commas between'),
	].filter(Boolean);
	return parts.length > 0 ? {text: `(${parts.join(', ')})`, tone: 'dim'} : undefined;
};

function Value({form, scene: {field, settled, choices}}: {readonly form: Form; readonly scene: FieldScene}): ReactNode {
	const focus = field.name === form.state.focus && !settled;
	const value = form.state.values[field.name] ?? emptyOf(field);
	if (settled || (field.kind === 'many' && choices))
		return (
			<Text wrap="truncate-middle" dimColor={settled}>
				{choices?.find(it => it.value === value)?.label ?? (inOneLine(value) || 'none')}
			</Text>
		);
	if (field.kind === 'one' && choices)
		return <Text wrap="truncate">{choices.map(it => `${it.value === value ? '▸ ' : '  '}${it.label}`).join('   ')}</Text>;
	if (!focus && inOneLine(value) === '')
		return (
			<Text wrap="truncate" dimColor>
				{hintOf({field, settled, choices})?.text ?? ''}
			</Text>
		);
	switch (field.kind) {
		case 'yes-no':
			return <Text wrap="truncate">{value === true ? '▸ yes   no' : '  yes ▸ no'}</Text>;
		case 'pairs': {
			const read = (draft: string): void => {
				const pairs = readPairs(draft);
				form.set(field, typeof pairs === 'string' ? value : pairs, draft);
			};
			return <TextInput value={form.state.drafts[field.name] ?? ''} focus={focus} onChange={read} />;
		}
		case 'many':
			return <TextInput value={inOneLine(value)} focus={focus} onChange={it => form.set(field, it.split(/[,\s]+/).filter(Boolean))} />;
		default:
			return <TextInput value={typeof value === 'string' ? value : ''} focus={focus} onChange={it => form.set(field, it)} />;
	}
}
