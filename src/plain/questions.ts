import {asked, emptyOf, inOneLine, readPairs, ruleOf, saidByKey, severalOf} from '../engine/field-values.js';
import {coversInWords, type FieldScene, type Scene} from '../engine/scene.js';
import type {Answer, Answers, Choice, Field, Guide} from '../engine/step.js';
import {type Clauses, fieldOf, toDo} from '../engine/to-do.js';
import type {Event} from '../engine/wizard.js';
import type {Talk} from './talk.js';

/** Ways out as the choices that follow them say it. */
export const inLines = (answer: Clauses['answer']): Clauses => ({
	choose: ({label, says = label}) => says,
	answer,
	again: () => 'try again',
});
/** The same above a form: what it asks needs no more words. */
const onForm = (fields: readonly FieldScene[]): Clauses =>
	inLines(({says, field, flags}) => (fields.some(it => it.field.name === field) ? says : `${says} with ${flags}`));
/** Words that are no answers: they leave the question. What takes no text takes the letters of the screens too. */
const leave = (line: string | undefined, letters = false): Event | undefined => {
	const word = letters ? line?.toLowerCase().replace(/^(?=[bq]$)/, ':') : line;
	if (word === undefined || word === ':q') return {type: 'quit'};
	return word === ':b' ? {type: 'back'} : undefined;
};
/** Whether a letter can't be meant as an answer: nothing is written there, and nothing to choose is called so. */
const takesLetters = ({kind}: Field, line = '', choices: readonly Choice[] = []): boolean =>
	kind === 'yes-no' || (kind === 'one' && !choices.some(it => it.value === line || it.label === line));

/** Asks the open fields of a form one by one, until each has a value that keeps its rule. */
export async function askForm(scene: Scene, talk: Talk): Promise<Event> {
	const {phase, step, fields} = scene;
	if (phase.at === 'form' && phase.problem)
		talk.say(`  ${phase.problem.what}: ${phase.problem.why}. ${toDo(phase.problem, onForm(fields))}.`);
	talk.say(`  (Enter takes what stands in brackets; :? guide${step.at > 0 ? ', :b back' : ''}, :q save and quit)`);
	const more = new OnRequest(scene);
	if (more.names !== '') talk.say(`  (:more asks for ${more.names}, too)`);
	for (const it of scene.intro ?? []) talk.say(`  ${it}`);
	for (const it of scene.sheet) talk.say(`  ${it.label}: ${it.value}`);
	let answers: Answers = scene.answers;
	const given: Record<string, Answer> = {};
	for (const {field} of fields) {
		const open = asked(fields, answers);
		const now = open.find(it => it.field.name === field.name);
		if (!now || field.byKey || more.leavesOut(field, answers)) continue;
		const byKey = open.filter(it => it.field.byKey);
		const value = now.settled ? undefined : await askField(now, {answers, byKey, more}, scene, talk);
		if (now.settled)
			talk.say(`${field.label}: ${inOneLine(answers[field.name] ?? '')} (${now.shown ?? 'made already'})`);
		if (value !== undefined && isEvent(value)) {
			const {event} = value;
			return event.type === 'submitted' ? {...event, answers: {...given, ...event.answers}} : event;
		}
		if (value !== undefined) given[field.name] = value;
		answers = {
			...answers,
			...given,
			...now.choices?.find(it => it.value === value && value !== scene.answers[field.name])?.gives,
		};
	}
	if (Object.keys(given).length > 0)
		return {type: 'submitted', answers: {...given, ...saidByKey(asked(fields, answers))}};
	return leave(await talk.ask('Go on with Enter:'), true) ?? {type: 'submitted', answers: {}};
}

/** What of a form is asked only of who asks for it, unless it was answered or a problem leads there. */
class OnRequest {
	readonly names: string;
	#wanted = false;

	constructor(readonly scene: Scene) {
		const left = scene.fields.filter(it => this.leavesOut(it.field, scene.answers));
		this.names = left.map(({field}) => field.label.replace(/^[A-Z](?=[a-z])/, it => it.toLowerCase())).join(', ');
	}
	leavesOut(field: Field, answers: Answers): boolean {
		const {phase} = this.scene;
		const opened = phase.at === 'form' && phase.problem && fieldOf(phase.problem);
		const isEmpty = inOneLine(answers[field.name] ?? emptyOf(field)) === '';
		return field.onRequest === true && !this.#wanted && isEmpty && opened !== field.name;
	}
	/** Whether a line asks for it. */
	isAsked(line: string | undefined): boolean {
		if (line !== ':more' || this.names === '') return false;
		this.#wanted = true;
		return true;
	}
}

type Leaving = {readonly event: Event};
const isEvent = (it: Answer | Leaving): it is Leaving =>
	typeof it === 'object' && 'event' in it && typeof it.event === 'object';

async function askField(
	{field, choices: given, coming, noticing}: FieldScene,
	{answers, byKey, more}: {readonly answers: Answers; readonly byKey: readonly FieldScene[]; readonly more: OnRequest},
	{step, sheet}: Scene,
	talk: Talk,
): Promise<Answer | Leaving> {
	let choices = given;
	let noticed: string | undefined;
	void noticing?.then(it => (noticed = it));
	// What has come by now is told; nobody waits for it.
	await Promise.resolve();
	const initial = answers[field.name] ?? emptyOf(field);
	if (field.kind === 'one') for (const it of numbered(choices)) talk.say(it);
	for (;;) {
		const keys = field.kind === 'yes-no' ? byKey : [];
		const shown = choices?.find(it => it.value === initial)?.label ?? initial;
		const line = await talk.ask(questionOf(field, shown, keys, noticed), {
			// Beside the sheet stands what NPS was given.
			approves: sheet.length > 0,
		});
		const event = leave(line, takesLetters(field, line, choices));
		if (event) return {event};
		if (more.isAsked(line)) {
			talk.say(`  ${more.names}: asked after the rest`);
			continue;
		}
		const pressed = keys.find(it => it.field.byKey === line?.trim().toLowerCase())?.field.name;
		if (pressed !== undefined)
			return {
				event: {type: 'submitted', answers: {[field.name]: initial, ...saidByKey(byKey, pressed)}},
			};
		if (line === ':?' || (line === '?' && takesLetters(field, line, choices))) {
			for (const it of guideOf(step.guide)) talk.say(`  ${it}`);
			continue;
		}
		// What is looked for while it is asked is waited for by who needs it only.
		if (line && coming && field.kind === 'many') choices ??= await coming;
		if (line?.startsWith(':list')) {
			for (const it of listed(choices, line.slice(5).trim())) talk.say(it);
			continue;
		}
		const value = line === '' || line === undefined ? initial : read(field, line, choices);
		const rule = value instanceof Unread ? value.rule : ruleOf(field, value, answers);
		if (!(value instanceof Unread) && rule === undefined) return value;
		talk.say(`  ${rule}`);
	}
}

/** What can be chosen, a line each; a long list is shown when it is asked for. */
function numbered(choices: readonly Choice[] = [], most = 12): readonly string[] {
	if (choices.length > most) return [`  (:list shows the ${choices.length} that are known)`];
	return choices.map((it, at) => `  ${it.never ? '-' : at + 1} ${it.label}${it.note ? `: ${it.note}` : ''}`);
}
/** The choices whose names hold a text, by the numbers they have without it. */
function listed(choices: readonly Choice[] = [], text: string): readonly string[] {
	const all = numbered(choices, Number.POSITIVE_INFINITY).filter(it => it.toLowerCase().includes(text.toLowerCase()));
	return all.length > 0 ? all : ['  Nothing is known that could be chosen'];
}
/** What the documented steps do, and where they are documented. */
export const guideOf = (guide: Guide): readonly string[] => [
	`${coversInWords(guide).replace(/^c/, 'C')}.`,
	...guide.text,
	...guide.links,
];
/** What was meant by a number, by a name, or by a word of the one that it is in. */
function chosen({free}: Field, line: string, choices: readonly Choice[]): Answer | Unread {
	const called = choices.filter(it => ` ${it.label}`.toLowerCase().includes(` ${line.toLowerCase()}`));
	const it =
		choices[Number(line) - 1] ??
		choices.find(choice => choice.value === line || choice.label === line) ??
		(called.length === 1 && !free ? called[0] : undefined);
	if (it?.never) return new Unread(`${it.label} can't be chosen: ${it.note ?? ''}`);
	return (
		it?.value ??
		(free || choices.length === 0 ? line : new Unread(`Give a number from 1 to ${choices.length}, or the word`))
	);
}

/** A line that no answer could be read from, and why. A class of its own: pairs may have any key. */
class Unread {
	constructor(readonly rule: string) {}
}

function questionOf(field: Field, initial: Answer, byKey: readonly FieldScene[], noticed?: string): string {
	const notes = [
		field.optional && 'optional',
		field.hint,
		noticed,
		field.kind === 'yes-no' && 'yes or no',
		...byKey.map(it => `${it.field.byKey} to ${it.field.label}`),
		field.kind === 'pairs' && 'key=value, with commas between',
		field.kind === 'many' &&
			(field.choices ? 'ARNs, names, or numbers of :list, with commas between' : severalOf(field, 'ARN')),
		field.optional && inOneLine(initial) !== '' && ':none for none',
	].filter(Boolean);
	const label = `${field.label}${notes.length > 0 ? ` (${notes.join(', ')})` : ''}`;
	return `${label} [${inOneLine(initial)}]:`;
}

function read(field: Field, line: string, choices: readonly Choice[] = []): Answer | Unread {
	if (line === ':none') return emptyOf(field);
	switch (field.kind) {
		case 'one':
			return chosen(field, line, choices);
		case 'yes-no':
			return /^(y|yes|1|true)$/i.test(line)
				? true
				: /^(n|no|2|false)$/i.test(line)
					? false
					: new Unread('Answer yes or no');
		case 'pairs': {
			const pairs = readPairs(line);
			return typeof pairs === 'string' ? new Unread(pairs) : pairs;
		}
		case 'many':
			return line
				.split(/[,\s]+/)
				.filter(Boolean)
				.map(
					it =>
						(/^\d+$/.test(it) ? choices[Number(it) - 1]?.value : undefined) ??
						choices.find(choice => choice.label === it)?.value ??
						it,
				);
		default:
			return line;
	}
}
