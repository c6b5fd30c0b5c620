import {useState} from 'react';
import {asked, emptyOf, readPairs, ruleOf, saidByKey} from '../src/engine/field-values.js';
import {keyOf} from '../src/engine/keys.js';
import type {FieldScene, Scene} from '../src/engine/scene.js';
import type {Answer, Answers, Choice, Field} from '../src/engine/step.js';
import {fieldOf} from '../src/engine/to-do.js';
import {draftOf, isFiltered, isList} from './field-row.js';
import type {Binding} from './keyboard-hints.js';

/** A form as far as it is filled in. */
export type FormState = {
	readonly values: Answers;
	/** Pairs and lists as they are typed. */
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
	/** Takes a value and the answers that go with it. */
	choose(field: Field, value: string, choice?: Choice): void;
};
type Acts = {submit(answers: Answers): void; guide(): void};

const typed = (it: FieldScene | undefined): boolean =>
	it !== undefined && it.field.kind !== 'yes-no' && (isFiltered(it) || !isChoice(it));
/** One of a few values, all shown in the field's own line. */
const isChoice = ({field, choices}: FieldScene): boolean => field.kind === 'one' && choices !== undefined;
const startOf = ({answers, fields, phase}: Scene): FormState => {
	const values = Object.fromEntries(fields.map(({field}) => [field.name, answers[field.name] ?? emptyOf(field)]));
	const drafts = Object.fromEntries(fields.flatMap(({field}) => draftOf(field, values[field.name] ?? '') ?? []));
	const open = fields.filter(it => !it.settled);
	const named =
		phase.at === 'form' ? open.find(it => it.field.name === (phase.problem && fieldOf(phase.problem))) : undefined;
	return {values, drafts, focus: (named ?? open[0])?.field.name ?? '', touched: []};
};

/** The form of a scene: kept while its guide is read, new for the next question. */
export function useForm(scene: Scene, width: number, {submit, guide}: Acts): Form {
	const [held, setHeld] = useState<{readonly id: number; readonly state: FormState}>({
		id: scene.id,
		state: startOf(scene),
	});
	const state = held.id === scene.id ? held.state : startOf(scene);
	const put = (change: Partial<FormState>): void => setHeld({id: scene.id, state: {...state, ...change}});
	const all = {...scene.answers, ...state.values};
	const now = asked(scene.fields, all);
	const shown = now.filter(it => !it.field.byKey);
	const open = shown.filter(it => !it.settled);
	const focused = open.find(it => it.field.name === state.focus) ?? open[0];
	const rule = (field: Field): string | undefined => {
		const draft = field.kind === 'pairs' ? readPairs(state.drafts[field.name] ?? '') : {};
		return typeof draft === 'string' ? draft : ruleOf(field, state.values[field.name] ?? emptyOf(field), all);
	};
	const move = (by: number): void => {
		const at = focused ? open.indexOf(focused) : 0;
		const next = open[(at + by + open.length) % open.length];
		if (next) put({focus: next.field.name, touched: focused ? [...state.touched, focused.field.name] : state.touched});
	};
	const go = (pressed?: string): void => {
		const wrong = open.find(it => rule(it.field));
		if (wrong) put({focus: wrong.field.name, touched: open.map(it => it.field.name)});
		else
			submit({
				...Object.fromEntries(open.map(({field}) => [field.name, state.values[field.name] ?? emptyOf(field)])),
				...saidByKey(now, pressed),
			});
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
	const choose = (field: Field, value: string, choice?: Choice): void => {
		const gives = Object.entries(choice?.gives ?? {}).filter(([name]) => open.some(it => it.field.name === name));
		put({
			values: {...state.values, ...Object.fromEntries(gives), [field.name]: value},
			touched: [...state.touched, field.name],
		});
	};
	const ruleNow = (field: Field): string | undefined => (state.touched.includes(field.name) ? rule(field) : undefined);
	return {
		state: {...state, focus: focused?.field.name ?? ''},
		shown,
		focused,
		bindings: keys({open, focused, move, go, guide, set, state, width, now, told: scene.sheet.length > 0}),
		rule: ruleNow,
		set,
		choose,
	};
}

type Keyed = Pick<Form, 'focused' | 'set'> & {
	readonly open: readonly FieldScene[];
	readonly state: FormState;
	readonly width: number;
	/** All that is asked, in lines and by keys. */
	readonly now: readonly FieldScene[];
	/** Above it stands what NPS was given. */
	readonly told: boolean;
	move(by: number): void;
	go(pressed?: string): void;
	guide(): void;
};
/** What Enter does: where the answers say something of NPS, they are given from where their question stands. */
function enter({open, focused, move, go, told}: Pick<Keyed, 'open' | 'focused' | 'move' | 'go' | 'told'>): Binding {
	const beyond = told && focused ? open.indexOf(focused) : 0;
	if (beyond > 0) return {key: 'return', label: 'back to the question', run: () => move(-beyond)};
	const label = open.length > 0 ? 'go on' : 'next';
	const run = (): void => go();
	return told ? {key: 'return', label, run, approves: true} : {key: 'return', label, run};
}

/** The keys that say yes to what stands in no line. */
const byKeys = (now: readonly FieldScene[], go: Keyed['go']): readonly Binding[] =>
	now.flatMap(({field: {name, label, byKey}}) => (byKey ? [{key: byKey, label, run: () => go(name)}] : []));

function keys({open, focused, move, go, guide, set, state, width, now, told}: Keyed): readonly Binding[] {
	const list = focused !== undefined && (isFiltered(focused) || isList(focused, width));
	const many = list || (focused?.field.kind === 'many' && focused.choices !== undefined);
	const more = open.length > 1;
	const next = (): void => move(1);
	const guidable =
		!typed(focused) || (focused?.field.kind === 'text' && ruleOf(focused.field, '?', state.values) !== undefined);
	const found: Binding[] = [enter({open, focused, move, go, told})];
	if (more) found.push({key: 'tab', label: 'next field', run: next}, {key: 'shift+tab', run: () => move(-1)});
	if (more && !many) found.push({key: 'down', run: next}, {key: 'up', run: () => move(-1)});
	if (list) {
		found.unshift({key: '↑↓', label: 'choose', run: () => undefined});
	} else if (many) {
		// Where they are drawn, these keys are heard.
		found.unshift(
			{key: '↑↓', label: 'move', run: () => undefined},
			{key: 'space', label: 'choose', run: () => undefined},
		);
	} else if (focused && isChoice(focused)) {
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
			{key: keyOf('yes'), run: () => set(field, true)},
			{key: keyOf('no'), run: () => set(field, false)},
		);
	}
	if (!typed(focused)) found.push(...byKeys(now, go));
	if (guidable) found.push({key: keyOf('guide'), label: 'guide', run: typed(focused) ? () => undefined : guide});
	return found;
}

/** Whether letters go into a field, so that they can't be keys. */
export const takesText = (form: Form): boolean => typed(form.focused);
