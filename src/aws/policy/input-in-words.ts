import {resolve} from '../../engine/apply.js';
import type {Change, Facts} from '../../engine/step.js';

/** Which thing a call is about, and that a version counts at once: its subject tells that. */
const named = /(Name|Arn|Id)$|^SetAsDefault$/;
/**
 * What a change sends besides its name and its document, by AWS's own names: tags, descriptions and settings, so that
 * nothing is written that no review has shown.
 */
export function inputInWords({call: {input}, diff, subject, why = ''}: Change, facts: Facts): readonly string[] {
	const told = Object.entries(input).flatMap(([name, value]): readonly (readonly [string, string])[] => {
		if (named.test(name) || (diff && typeof value === 'object' && value !== null && '$json' in value)) return [];
		const text = inWords(resolve(value, {facts}, false));
		return text === '' || subject.includes(text) || why.includes(text) ? [] : [[name, text]];
	});
	const settings = told.filter(([, text]) => isSetting(text)).map(line);
	return [
		...told.filter(([, text]) => !isSetting(text)).map(line),
		...(settings.length > 0 ? [settings.join(', ')] : []),
	];
}
const line = ([name, text]: readonly [string, string]): string => `${name}: ${text}`;
/** A word of AWS's or a number: all of them stand in one line. */
const isSetting = (text: string): boolean => /^([A-Z_]+|true|false|\d+)$/.test(text);

function inWords(it: unknown): string {
	if (Array.isArray(it)) return it.map(inWords).join(', ');
	if (typeof it !== 'object' || it === null) return String(it);
	const of = it as Readonly<Record<string, unknown>>;
	if ('$fact' in of) return `(${String(of['$fact'])}, known later)`;
	if ('$secret' in of) return '(kept secret)';
	const {Key = of['TagKey'], Value = of['TagValue']} = of;
	if (Key !== undefined && Value !== undefined) return `${inWords(Key)}=${inWords(Value)}`;
	return JSON.stringify(it);
}
