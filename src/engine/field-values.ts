import type {FieldScene} from './scene.js';
import {type Answer, type Answers, type Field, pairsAnswer} from './step.js';

/** Pairs as they are typed: key=value, with commas between. */
export const pairsText = (it: Answer): string =>
	Object.entries(pairsAnswer({it}, 'it'))
		.map(([key, value]) => `${key}=${value}`)
		.join(', ');

/** The pairs that a typed text means, or the rule that it breaks. */
export function readPairs(text: string): Readonly<Record<string, string>> | string {
	const pairs: Record<string, string> = {};
	for (const part of text
		.split(',')
		.map(it => it.trim())
		.filter(Boolean)) {
		const at = part.indexOf('=');
		if (at < 1) return `Write key=value, with commas between; not ${part}`;
		const key = part.slice(0, at).trim();
		if (Object.hasOwn(pairs, key)) return `${key} is there twice`;
		pairs[key] = part.slice(at + 1).trim();
	}
	return pairs;
}

/** What a field starts with where nothing was answered: nothing, in its own shape. */
export function emptyOf({kind}: Field): Answer {
	switch (kind) {
		case 'yes-no':
			return false;
		case 'many':
			return [];
		case 'pairs':
			return {};
		default:
			return '';
	}
}

/** How several are typed: of what the field takes, or of the usual kind. */
export const severalOf = ({takes}: Field, usual: string): string => `${takes ?? usual}s, with commas between`;

/** The answer as a person reads it. */
export function inOneLine(it: Answer): string {
	if (typeof it === 'boolean') return it ? 'yes' : 'no';
	if (typeof it === 'string') return it;
	return Array.isArray(it) ? it.join(', ') : pairsText(it);
}

/** The rule that a field's value breaks, in words. */
export function ruleOf(field: Field, value: Answer, answers: Answers): string | undefined {
	if (!field.optional && value === '') return `${field.label} is needed`;
	return field.wrong?.(value, answers);
}

/** What is answered by keys of a form: yes by the one that was pressed, no by the others. */
export const saidByKey = (asked: readonly FieldScene[], pressed?: string): Answers =>
	Object.fromEntries(asked.flatMap(({field: {name, byKey}}) => (byKey ? [[name, name === pressed]] : [])));

/** The fields that are asked with these answers. */
export const asked = (fields: readonly FieldScene[], answers: Answers): readonly FieldScene[] =>
	fields.filter(({field}) => !field.when || field.when(answers));
