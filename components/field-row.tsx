import {Box} from 'ink';
import type {ReactNode} from 'react';
import {emptyOf, inOneLine, pairsText, readPairs, severalOf} from '../src/engine/field-values.js';
import type {FieldScene} from '../src/engine/scene.js';
import {type Answer, type Field, listAnswer, textAnswer} from '../src/engine/step.js';
import ChoiceInput from './choice-input.js';
import type {Form} from './form.js';
import ManyInput from './many-input.js';
import OneInput from './one-input.js';
import {Text} from './text.js';
import TextInput from './text-input.js';
import {Lines, wrapped} from './text-lines.js';
import {tones} from './theme.js';
import {wrap} from './wrap.js';

/** What is typed where the answer isn't a text: pairs and lists, by the field's name. */
export const draftOf = (field: Field, value: Answer): readonly [[string, string]] | undefined =>
	field.kind === 'pairs'
		? [[field.name, pairsText(value)]]
		: field.kind === 'many'
			? [[field.name, inOneLine(value)]]
			: undefined;

const widestLabel = 24;
const inLine = (choices: NonNullable<FieldScene['choices']>, value: Answer | undefined): string =>
	choices.map(it => `${it.value === value ? '▸ ' : '  '}${it.label}`).join('   ');
/** Whether a choice stands one below the other: where its values don't fit beside its label, or have notes. */
export const isList = ({field, choices, settled}: FieldScene, width: number): boolean =>
	field.kind === 'one' &&
	!settled &&
	choices !== undefined &&
	(choices.some(it => it.note) || inLine(choices, undefined).length + widestLabel + 3 > width);

/**
 * Whether a choice is of many, of what can't all be chosen, or of what brings more along: a list that letters filter.
 */
export const isFiltered = ({field, choices = []}: FieldScene): boolean =>
	field.kind === 'one' && (choices.length > 6 || choices.some(it => it.never || it.gives));

/** Whether the answer stands in the field's own line, and is no list. */
const isBeside = (scene: FieldScene, width: number): boolean =>
	!isFiltered(scene) && !isList(scene, width) && !(scene.field.kind === 'many' && scene.choices);
/** The focused field's label: whole, in as many lines as that takes if its answer is to have room in the last one. */
export const labelLines = (scene: FieldScene, width: number): readonly string[] => {
	const {label, kind} = scene.field;
	const answer = kind === 'yes-no' ? 6 : 14;
	const fits = !isBeside(scene, width) || label.length + 4 + answer <= width;
	return fits ? [label] : wrap(label, width - 4 - answer);
};

type FormProps = {readonly form: Form; readonly width: number; readonly height: number};
/** The fields, the focused one with its rule, its hint or its choices below it. */
export function FormView({form, width, height}: FormProps): ReactNode {
	// Where there is little width, it is the value's.
	const widest = width < 40 ? 2 : widestLabel;
	const wide = Math.min(widest, Math.max(...form.shown.map(it => it.field.label.length), 0) + 2);
	const at = form.shown.findIndex(({field}) => field === form.focused?.field);
	const {focused} = form;
	const room = Math.max(1, height - linesOf(focused, width));
	const from = Math.max(0, Math.min(at - room + 1, form.shown.length - room));
	return (
		<Box flexDirection="column">
			{form.shown.slice(from, from + room).map(it => (
				<Row
					key={it.field.name}
					form={form}
					scene={it}
					wide={wide}
					width={width}
					room={height - Math.min(room, form.shown.length)}
				/>
			))}
		</Box>
	);
}

/** How many lines the focused field needs; a long list gets more than the fields around it. */
function linesOf(focused: FieldScene | undefined, width: number): number {
	if (!focused) return 2;
	const more = labelLines(focused, width).length - 1;
	if (more > 0) return 2 + more;
	if (focused.field.kind === 'many') return (focused.choices?.length ?? 0) > 3 ? 7 : 5;
	if (isFiltered(focused)) return 5;
	return isList(focused, width) ? 1 + Math.min(5, focused.choices?.length ?? 0) : 2;
}

type RowProps = {
	readonly form: Form;
	readonly scene: FieldScene;
	readonly wide: number;
	readonly width: number;
	readonly room: number;
};
function Row({form, scene, wide, width, room}: RowProps): ReactNode {
	const {field} = scene;
	const focus = scene === form.focused;
	const above = focus ? labelLines(scene, width).slice(0, -1) : [];
	const rule = form.rule(field);
	// Where a list has little room, its keys tell enough.
	const tells = focus && (field.kind !== 'many' || room > 4);
	const below = rule ? {text: rule, tone: 'bad' as const} : tells ? hintOf(scene) : undefined;
	const indent = ' '.repeat(field.label.length > wide - 2 ? 5 : wide + 3);
	const filtered = focus && isFiltered(scene);
	const list = focus && !filtered && isList(scene, width);
	return (
		<Box flexDirection="column">
			{above.map((it, at) => (
				<Text key={it} aria-hidden {...tones.accent}>
					{at === 0 ? ' ▸ ' : '   '}
					{it}
				</Text>
			))}
			<Asked form={form} scene={scene} wide={wide} width={width} isList={list} />
			{list && <List form={form} scene={scene} room={room} />}
			{filtered && (
				<OneInput
					scene={scene}
					value={textAnswer(form.state.values, field.name)}
					room={room}
					onChange={(it, choice) => form.choose(field, it, choice)}
				/>
			)}
			{below && (
				<Lines
					lines={wrapped([{...below, text: indent + below.text}], width).slice(
						0,
						// Beside a label of several lines there may be no room for it.
						above.length > 0 ? Math.max(0, room - above.length) : 2,
					)}
				/>
			)}
			{focus && field.kind === 'many' && scene.choices && (
				<ManyInput
					scene={scene}
					chosen={listAnswer(form.state.values, field.name)}
					room={room}
					onChange={it => form.set(field, it)}
				/>
			)}
		</Box>
	);
}

type AskedProps = Omit<RowProps, 'room'> & {readonly isList: boolean};
/** The line of a field in which it is answered, with the last of its label. */
function Asked({form, scene, wide, width, isList}: AskedProps): ReactNode {
	const {field, settled, shown} = scene;
	const focus = scene === form.focused;
	const lines = focus ? labelLines(scene, width) : [field.label];
	const last = lines.at(-1) ?? '';
	const asks = field.label.endsWith('?');
	// Where both don't fit, the answer is seen whole; of what isn't asked now, as much as there is room for.
	const tight = field.kind === 'yes-no' && field.label.length + 16 > width;
	const whole = focus && lines.length > 1;
	const label = tight && !whole ? last : asks || tight ? `${last} ` : `${last}: `.padEnd(whole ? 0 : wide);
	return (
		<Box
			height={1}
			aria-role={roleOf(scene)}
			aria-state={{selected: focus, required: !field.optional, readonly: settled}}
		>
			<Box flexShrink={tight ? 1 : 0}>
				<Text {...(focus && tones.accent)} wrap="truncate" aria-label={asks ? field.label : `${field.label}:`}>
					{focus && !whole ? ' ▸ ' : '   '}
					{label}
				</Text>
			</Box>
			<Box flexGrow={1} flexShrink={tight ? 0 : 1} {...(!tight && {flexBasis: 0})} height={1} overflow="hidden">
				{!isList && <Value form={form} scene={scene} width={width} room={tight ? 5 : width - label.length - 3} />}
			</Box>
			{settled && (
				<Box flexShrink={0}>
					<Text dimColor aria-hidden>
						{shown === undefined ? ' made already' : ' as AWS shows'}
					</Text>
				</Box>
			)}
		</Box>
	);
}

/** A choice of few, one below the other. */
function List({form, scene: {field, choices = []}, room}: Pick<RowProps, 'form' | 'scene' | 'room'>): ReactNode {
	const value = form.state.values[field.name];
	const choose = (it: string): void => form.set(field, it);
	return (
		<Box marginLeft={2} flexDirection="column">
			<ChoiceInput
				options={choices}
				limit={Math.max(1, room)}
				onHighlight={choose}
				onSelect={choose}
				{...(typeof value === 'string' && {initial: value})}
			/>
		</Box>
	);
}

const roleOf = ({field}: FieldScene): 'combobox' | 'radiogroup' | 'listbox' | 'textbox' => {
	if (field.kind === 'one') return 'combobox';
	if (field.kind === 'yes-no') return 'radiogroup';
	return field.kind === 'many' ? 'listbox' : 'textbox';
};

const hintOf = ({field, choices, noticed}: FieldScene): {text: string; tone: 'dim'} | undefined => {
	const parts = [
		field.optional && field.kind !== 'one' && 'optional',
		field.hint,
		noticed,
		field.kind === 'pairs' && 'key=value, with commas between',
		field.kind === 'many' && (choices ? 'type to filter' : severalOf(field, 'ARN')),
	].filter(Boolean);
	return parts.length > 0 ? {text: `(${parts.join(', ')})`, tone: 'dim'} : undefined;
};

type ValueProps = {readonly form: Form; readonly scene: FieldScene; readonly width: number; readonly room: number};
function Value({form, scene, width, room}: ValueProps): ReactNode {
	const {field, settled, choices} = scene;
	const focus = field.name === form.state.focus && !settled;
	const value = form.state.values[field.name] ?? emptyOf(field);
	if (settled || (field.kind === 'many' && choices) || isList(scene, width))
		return (
			<Text wrap="truncate-middle" dimColor={settled}>
				{choices?.find(it => it.value === value)?.label ?? (inOneLine(value) || 'none')}
			</Text>
		);
	if (field.kind === 'one' && choices)
		return (
			<Text
				wrap="truncate"
				aria-label={`${choices.find(it => it.value === value)?.label ?? 'none'}, one of ${choices.length}`}
			>
				{inLine(choices, value)}
			</Text>
		);
	if (!focus && inOneLine(value) === '')
		return (
			<Text wrap="truncate" dimColor>
				{hintOf(scene)?.text ?? ''}
			</Text>
		);
	const draft = form.state.drafts[field.name] ?? '';
	switch (field.kind) {
		case 'yes-no':
			return (
				<Text wrap="truncate" aria-label={value === true ? 'yes' : 'no'}>
					{room < 12 ? (value === true ? '▸ yes' : '▸ no') : value === true ? '▸ yes   no' : '  yes ▸ no'}
				</Text>
			);
		case 'pairs': {
			const read = (text: string): void => {
				const pairs = readPairs(text);
				form.set(field, typeof pairs === 'string' ? value : pairs, text);
			};
			return <TextInput value={draft} focus={focus} room={room} joint=", " onChange={read} />;
		}
		case 'many':
			return (
				<TextInput
					value={draft}
					focus={focus}
					room={room}
					onChange={it => form.set(field, it.split(/[,\s]+/).filter(Boolean), it)}
				/>
			);
		default:
			return (
				<TextInput
					value={typeof value === 'string' ? value : ''}
					focus={focus}
					room={room}
					onChange={it => form.set(field, it)}
				/>
			);
	}
}
