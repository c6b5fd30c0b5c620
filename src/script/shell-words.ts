import {factNamed} from '../engine/facts.js';
import type {Call, Change, Facts, Value} from '../engine/step.js';

/** A piece of text for a shell: the text itself, or what a variable of that name holds. */
export type Piece = string | {readonly variable: string};
/** One word of a command. */
export type Word = readonly Piece[];
/** A part of an answer that a variable takes. */
export type Reading = {readonly variable: string; readonly path: string};

/** A fact's name, or a secret's, as that of a variable. */
export const variable = (name: string): string =>
	name
		.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
		.replaceAll(/\W/g, '_')
		.toUpperCase();
/** A name as an option or an operation of the CLI. */
export const kebab = (name: string): string => name.replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase();

/** What is seen and typed as it is, in any terminal and on one line. */
const odd = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]|\p{Default_Ignorable_Code_Point}/gu;
/** JSON with what isn't plain to see in its escaped form. */
export const escaped = (json: string, what: RegExp = odd): string =>
	json.replaceAll(what, it =>
		Array.from({length: it.length}, (_, at) => `\\u${it.charCodeAt(at).toString(16).padStart(4, '0')}`).join(''),
	);

/**
 * The words of the aws command that makes a call. What isn't known is a variable. A parameter that the CLI would take
 * for
 * something else (it reads file://… and http://…), or that isn't plain to see, goes as JSON. A secret is read from
 * stdin: other users see commands.
 */
export function wordsOf({api, input}: Call, facts: Facts): readonly Word[] {
	const [service = '', operation = ''] = api.split(':');
	const options: Word[] = [];
	const rest: Record<string, Value> = {};
	for (const [name, value] of Object.entries(input)) {
		const words = optionOf(`--${kebab(name)}`, value, facts);
		if (words) options.push(...words);
		else rest[name] = value;
	}
	const more = Object.keys(rest).length > 0 ? [['--cli-input-json'], inJson(rest, facts)] : [];
	return [['aws'], [service], [kebab(operation)], ...options, ...more];
}

/** A whole input, or some parameters, as JSON for `--cli-input-json`. */
export const inJson = (input: {readonly [key: string]: Value}, facts: Facts, what?: RegExp): Word =>
	jsonOf(input, facts).map(it => (typeof it === 'string' ? escaped(it, what) : it));

function optionOf(flag: string, value: Value, facts: Facts): readonly Word[] | undefined {
	if (typeof value === 'object' && value !== null && '$secret' in value) return [[flag], ['file:///dev/stdin']];
	if (typeof value === 'boolean') return [[value ? flag : flag.replace('--', '--no-')]];
	const word = textOf(value, facts) ?? jsonOf(value, facts).map(it => (typeof it === 'string' ? escaped(it) : it));
	if (word.some(it => typeof it === 'string' && it.search(odd) >= 0)) return undefined;
	const [first = ''] = word;
	if (typeof first === 'string' && /^(fileb?|https?):\/\//i.test(first)) return undefined;
	return typeof first === 'string' && first.startsWith('-') ? [[`${flag}=${first}`, ...word.slice(1)]] : [[flag], word];
}

/** A text as one word; undefined for what is no text. */
function textOf(value: Value, facts: Facts): Word | undefined {
	if (typeof value === 'string') return [value];
	if (typeof value !== 'object' || value === null) return undefined;
	const it = value as Readonly<Record<string, Value>>;
	if ('$json' in it) return jsonOf(it['$json'] ?? null, facts);
	if ('$fact' in it) return [factNamed(facts, it['$fact']) ?? {variable: variable(String(it['$fact']))}];
	return undefined;
}

/**
 * JSON in which what isn't known, and every secret, is a variable: AWS's ids, and the secrets we make, need no escapes.
 */
function jsonOf(value: Value, facts: Facts): Word {
	if (typeof value !== 'object' || value === null) return [JSON.stringify(value)];
	if (Array.isArray(value)) return joined(['[', ...listed(value.map(it => jsonOf(it as Value, facts))), ']']);
	const it = value as Readonly<Record<string, Value>>;
	if ('$fact' in it) {
		const known = factNamed(facts, it['$fact']);
		return known === undefined ? ['"', {variable: variable(String(it['$fact']))}, '"'] : [JSON.stringify(known)];
	}
	if ('$secret' in it) return ['"', {variable: variable(String(it['$secret']))}, '"'];
	if ('$json' in it)
		return joined([
			'"',
			...jsonOf(it['$json'] ?? null, facts).map(piece =>
				typeof piece === 'string' ? JSON.stringify(piece).slice(1, -1) : piece,
			),
			'"',
		]);
	const pairs = Object.entries(it).map(([key, inner]): Word => [`${JSON.stringify(key)}:`, ...jsonOf(inner, facts)]);
	return joined(['{', ...listed(pairs), '}']);
}
const listed = (words: readonly Word[]): Word => words.flatMap((it, at) => (at === 0 ? it : [',', ...it]));
/** The same word with neighbouring texts in one piece. */
function joined(word: Word): Word {
	const pieces: Piece[] = [];
	for (const it of word) {
		const last = pieces.at(-1);
		if (typeof it === 'string' && typeof last === 'string') pieces[pieces.length - 1] = last + it;
		else pieces.push(it);
	}
	return pieces;
}

/**
 * What is to be read from a change's answer: what its secret's place holds, and those of its facts that are needed
 * later.
 */
export function readingsOf({learns = {}, keeps}: Change, needed: ReadonlySet<string>): readonly Reading[] {
	const facts = Object.entries(learns);
	const kept = Object.values(keeps?.row ?? {}).flatMap((it): Reading[] => {
		if (typeof it !== 'object' || !('$reply' in it)) return [];
		const fact = facts.find(([, path]) => path === it.$reply)?.[0];
		return [{variable: variable(fact ?? it.$reply.split('.').at(-1) ?? ''), path: it.$reply}];
	});
	const more = facts.filter(([name, path]) => needed.has(name) && !kept.some(it => it.path === path));
	return [...kept, ...more.map(([name, path]): Reading => ({variable: variable(name), path}))];
}

/** The options that make the CLI tell just these readings, on one line. */
export function queryOf(readings: readonly Reading[]): readonly Word[] {
	const paths = readings.map(it => it.path);
	if (paths.length === 0) return [];
	return [['--query'], [paths.length === 1 ? (paths[0] ?? '') : `[${paths.join(',')}]`], ['--output'], ['text']];
}

/** One row of CSV, as the pieces of a word; what a variable holds needs no quotes. */
export const csvRow = (values: readonly Piece[]): Word =>
	joined(
		listed(
			values.map((it): Word => [typeof it === 'string' && /[",\r\n]/.test(it) ? `"${it.replaceAll('"', '""')}"` : it]),
		),
	);
