import {Option} from 'commander';
import {textOf} from '../aws/tool-files.js';
import {type Course, risksOf} from '../engine/course.js';
import {firstWrong} from '../engine/default-answers.js';
import {emptyOf, inOneLine} from '../engine/field-values.js';
import {fold, knownFor, type State, settledAnswers} from '../engine/record.js';
import {type Answer, type Answers, type Field, staysOpen} from '../engine/step.js';
import {readBounded} from '../local/bounded-file.js';
import {isSamePlace} from '../local/place-name.js';
import {codeOf, reasonOf} from '../local/system-reasons.js';
import {wholePath} from '../local/whole-path.js';
import {usage} from './usage-error.js';

/** All fields of a course, as a setup of that name would ask them. */
export const fieldsOf = (course: Course, setup: string): readonly Field[] =>
	everyField(course, setup).filter(it => it.asked !== 'on-screen' && it.asked !== 'to-a-person');
/** The same, with those that only a person is asked. */
export function everyField(course: Course, setup: string): readonly Field[] {
	const known = knownFor('', fold([]), {setup});
	return course.steps.flatMap(step => step.fields?.(known) ?? []);
}

/** The flag that gives a field's answer, without its dashes. */
export const flagOf = ({name, flag}: Field): string =>
	flag ?? name.replaceAll(/[A-Z]/g, letter => `-${letter.toLowerCase()}`);
/** Where commander keeps the value of a flag. */
export const keyOfFlag = (flag: string): string =>
	flag.replaceAll(/-(\w)/g, (_all, letter: string) => letter.toUpperCase());
const keyOf = (field: Field): string => keyOfFlag(flagOf(field));

/** What an answers file calls it: the flag in camelCase; what a repeatable flag gives goes by the plural. */
const nameInFile = (field: Field): string =>
	field.kind === 'pairs' || field.kind === 'many' ? field.name : keyOf(field);

/** The flags that derive from the fields. */
export const fieldFlags = (fields: readonly Field[]): readonly Option[] =>
	fields.flatMap(flagsOfField).map(it => it.helpGroup('What it asks:'));
function flagsOfField(field: Field): readonly Option[] {
	// Several are always given whole; that there are none any more has no value of its own.
	if (field.kind === 'many' && field.optional) {
		const none = new Option(`--no-${flagOf(field)}`, `${field.label}: none any more`);
		return [fieldFlag(field), none];
	}
	if (field.kind !== 'yes-no')
		return [fieldFlag(field), ...(field.noFlagSays ? [new Option(`--no-${flagOf(field)}`, field.noFlagSays)] : [])];
	const [yes, no] = [new Option(`--${flagOf(field)}`), new Option(`--no-${flagOf(field)}`)];
	const [usual, other] = field.initial === true ? [yes, no] : [no, yes];
	other.description = inWords(field);
	// What is usual anyway needs saying only to who said otherwise before.
	usual.hideHelp();
	return [yes, no];
}
const inWords = ({flagSays, label, hint}: Field): string => flagSays ?? `${label}${hint ? ` (${hint})` : ''}`;
function fieldFlag(field: Field): Option {
	const says = inWords(field);
	const flag = flagOf(field);
	const more = (value: string, had: readonly string[] | false | undefined): string[] => [...(had || []), value];
	switch (field.kind) {
		case 'pairs':
			return new Option(`--${flag} <k=v>`, `${says}; repeatable`).argParser(more);
		case 'many':
			return new Option(`--${flag} <${field.takes ?? 'ARN'}>`, `${says}; repeatable`).argParser(more);
		case 'place':
			return new Option(`--${flag} <file>`, says);
		default:
			return new Option(`--${flag} <text>`, says);
	}
}

/** The answers that the flags give. */
export function answersOfFlags(fields: readonly Field[], options: Readonly<Record<string, unknown>>): Answers {
	const answers: Record<string, Answer> = {};
	for (const field of fields) {
		const value = options[keyOf(field)];
		if (value === undefined) continue;
		Object.assign(answers, {...field.gives, ...answers});
		answers[field.name] = tidy(
			field,
			field.kind === 'pairs' ? pairs(flagOf(field), value as readonly string[]) : given(field, value as Answer),
		);
	}
	return answers;
}

/** Turned round by its `--no-`, it is answered with nothing. */
const given = (field: Field, value: Answer): Answer =>
	value === false && field.kind !== 'yes-no' ? emptyOf(field) : value;

function pairs(flag: string, given: readonly string[]): Readonly<Record<string, string>> {
	const found: Record<string, string> = {};
	for (const it of given) {
		const at = it.indexOf('=');
		if (at < 1)
			throw usage(`--${flag} ${it} is not understood`, 'It takes a key, = and a value', `Write --${flag} key=value`);
		const key = it.slice(0, at);
		if (Object.keys(found).some(had => had.toLowerCase() === key.toLowerCase()))
			throw usage(`--${flag} ${key} is given twice`, 'A tag has one value', 'Leave one out');
		found[key] = it.slice(at + 1);
	}
	return found;
}

/** The answers in a file: a JSON object of the flags' names. */
export function answersOfFile(fields: readonly Field[], file: string): Answers {
	const given = readAnswers(file);
	const answers: Record<string, Answer> = {};
	for (const [name, value] of Object.entries(given)) {
		const field = fields.find(it => nameInFile(it) === name);
		if (!field)
			throw usage(
				`${name} in ${file} is not an answer of this command`,
				`Known are ${fields.map(nameInFile).join(', ')}`,
				'Correct or remove it',
			);
		if (!fits(field, value))
			throw usage(`${name} in ${file} is ${JSON.stringify(value)}`, `It takes ${shapes[field.kind]}`, 'Correct it');
		Object.assign(answers, {...field.gives, ...answers});
		answers[field.name] = tidy(field, value as Answer);
	}
	return answers;
}

/** Far more than there is to answer, in bytes. */
const most = 1_048_576;
function readAnswers(file: string): Readonly<Record<string, unknown>> {
	let text: string;
	try {
		text = textOf(readBounded(file, most));
	} catch (error) {
		throw usage(
			`The answers file ${file} can't be read`,
			codeOf(error) === 'ENOENT' ? "the file isn't there" : reasonOf(error),
			'Give the path of a JSON file with --answers',
		);
	}
	try {
		const it: unknown = JSON.parse(text);
		if (typeof it === 'object' && it !== null && !Array.isArray(it)) return it as Readonly<Record<string, unknown>>;
	} catch (error) {
		// The parser quotes what it read: that may be a file of secrets.
		const [, line, column] = /line (\d+) column (\d+)/.exec(error instanceof Error ? error.message : '') ?? [];
		const where = line
			? `It is understood up to line ${line}, column ${column ?? ''}`
			: 'It does not begin like JSON, or ends too early';
		throw usage(`The answers file ${file} is not JSON`, where, 'Correct it, or give another with --answers');
	}
	throw usage(
		`The answers file ${file} holds no JSON object`,
		'Answers are given by name',
		'Write {"policyName": "…"}',
	);
}

const shapes: Readonly<Record<Field['kind'], string>> = {
	text: 'a text',
	one: 'a text',
	place: 'a path',
	'yes-no': 'true or false',
	many: 'a list of texts',
	pairs: 'an object of texts',
};
function fits({kind}: Field, value: unknown): boolean {
	switch (kind) {
		case 'yes-no':
			return typeof value === 'boolean';
		case 'many':
			return Array.isArray(value) && value.every(it => typeof it === 'string');
		case 'pairs':
			return (
				typeof value === 'object' &&
				value !== null &&
				!Array.isArray(value) &&
				Object.values(value).every(it => typeof it === 'string')
			);
		default:
			return typeof value === 'string';
	}
}

/** The value in its one spelling; paths become absolute. */
export function tidy(field: Field, value: Answer): Answer {
	if (field.kind === 'place' && typeof value === 'string' && value !== '') return wholePath(value);
	return field.tidy?.(value) ?? value;
}

/** Refuses a value that breaks its rule, and one that comes too late. */
export function checkAnswers(course: Course, fields: readonly Field[], given: Answers, state: State): void {
	const all = {...state.answers, ...given};
	const wrong = firstWrong(
		fields.filter(it => given[it.name] !== undefined),
		all,
	);
	if (wrong)
		throw usage(`--${flagOf(wrong.field)} ${shown(wrong.value)} is not allowed`, wrong.rule, 'Give another value');
	const settled = settledFields(course, state);
	for (const field of fields) {
		const is = given[field.name];
		// What only a flag asks was the usual thing where no flag said otherwise.
		const was =
			state.answers[field.name] ?? (field.asked === 'by-flag' && !state.recovered ? field.initial : undefined);
		if (is === undefined || was === undefined || !settled.has(field.name) || same(field, was, is)) continue;
		throw usage(
			`--${flagOf(field)} ${shown(is)} comes too late`,
			`It is already created as ${shown(was)}`,
			insteadOf(state, course),
		);
	}
}

/** What does work where an answer is settled; before it, how to be safe for as long as that takes. */
function insteadOf(state: State, course: Course): string {
	const risks = risksOf(course, knownFor('', state, {}));
	return (
		risks.map(it => `${it.replace(/\.$/, '')}. `).join('') +
		'Leave the flag out; for another value take this set-up back (discard) and begin anew, or start another setup ' +
		'with --setup NAME; what is there already under that value, another setup takes over with --adopt'
	);
}

/** Refuses what is said by flag or file of a delivery that the record doesn't show as the run begins. */
export function checkDelivered(course: Course, fields: readonly Field[], given: Answers, state: State): void {
	const isSaid = ({name}: Field): boolean => given[name] !== undefined && !isNo(given[name]);
	const done = state.done[course.name] ?? [];
	const isOpen = ({after, afterFact}: Field): boolean =>
		(after === undefined || done.includes(after)) && (afterFact === undefined || state.facts[afterFact] !== undefined);
	const early = fields.find(it => isSaid(it) && !isOpen(it));
	const before = course.steps.find(it => it.id === early?.after);
	if (early)
		throw usage(
			`--${flagOf(early)} comes too early`,
			`When this run began, the record didn't show ${before ? `“${before.title}” as done` : 'what it speaks of'}`,
			'Leave it out now, and give it in a later run, once it is so',
		);
	const said = fields.find(it => it.ofDelivered && isSaid(it));
	if (!said) return;
	const id = course.about?.(state);
	if (id !== undefined && state.delivered.some(it => it.id === id && !it.unsure)) return;
	throw usage(
		`--${flagOf(said)} comes too early`,
		id === undefined
			? 'When this run began, the record showed no access key that it could be about'
			: `When this run began, the record didn't show that the secret of access key ${id} was delivered`,
		'Leave it out now, and give it in a later run, once it is so',
	);
}
const isNo = (it: Answer | undefined): boolean => it === false || (typeof it === 'string' && it.trim() === '');

/** The fields that can't be answered otherwise any more: changes were made with them, or their step is done. */
export function settledFields(course: Course, state: State): ReadonlySet<string> {
	const known = knownFor('', state, {});
	const settled = new Set(settledAnswers(state));
	for (const step of course.steps) {
		const done = state.done[course.name]?.includes(step.id) === true;
		for (const field of step.fields?.(known) ?? []) {
			// What a change was made with may be said otherwise all the same: the plan tells what follows.
			if (staysOpen(field)) settled.delete(field.name);
			else if (done && isSettledByDone(field, state)) settled.add(field.name);
		}
	}
	return settled;
}

/** Whether its step being done settles it; what a lost record doesn't tell is open. */
const isSettledByDone = (field: Field, {recovered}: State): boolean =>
	field.settles === 'for-good' || (!staysOpen(field) && field.settles !== 'when-used' && !recovered);

/** As it is typed. */
const shown = (value: Answer): string => (typeof value === 'boolean' ? String(value) : inOneLine(value));
const same = ({kind}: Field, one: Answer, other: Answer): boolean =>
	canonical(one) === canonical(other) ||
	(kind === 'place' && typeof one === 'string' && typeof other === 'string' && isSamePlace(one, other));
const canonical = (it: Answer): string =>
	JSON.stringify(
		Array.isArray(it)
			? [...it].sort()
			: typeof it === 'object'
				? Object.entries(it).sort(([a], [b]) => (a < b ? -1 : 1))
				: it,
	);
