import {resolve} from '../engine/apply.js';
import type {Call, Facts, Value} from '../engine/step.js';

/** Marks a variable inside a text: characters that no AWS name holds. */
const [open, close] = ['\uE000', '\uE001'];
const kebab = (name: string): string => name.replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase();
const variable = (name: string): string => name.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase();

/** One line for a shell that makes the same call: known facts filled in, others as variables such as "$KEY_ID", secrets as a variable to set. */
export function commandLine({api, input}: Call, facts: Facts): string {
	const [service = '', operation = ''] = api.split(':');
	const options = Object.entries(input).map(([name, value]) => option(`--${kebab(name)}`, resolve(named(value, facts), {facts: {}})));
	return ['aws', service, kebab(operation), ...options].join(' ');
}

/** The value with what isn't known as a marked variable's name. */
function named(value: Value, facts: Facts): Value {
	if (Array.isArray(value)) return value.map(it => named(it as Value, facts));
	if (typeof value !== 'object' || value === null) return value;
	const it = value as Readonly<Record<string, Value>>;
	if ('$fact' in it) return facts[String(it['$fact'])] ?? marked(String(it['$fact']));
	if ('$secret' in it) return marked(String(it['$secret']));
	return Object.fromEntries(Object.entries(it).map(([key, inner]) => [key, named(inner, facts)]));
}
const marked = (name: string): string => `${open}${variable(name)}${close}`;

function option(flag: string, value: unknown): string {
	if (typeof value === 'boolean') return value ? flag : flag.replace('--', '--no-');
	const word = typeof value === 'string' ? value : JSON.stringify(value);
	return `${flag}${word.startsWith('-') ? '=' : ' '}${quoted(word)}`;
}

/** One word of a POSIX shell: in single quotes where it needs them, variables in double quotes. */
export function quoted(word: string): string {
	if (word === '') return "''";
	return word
		.split(new RegExp(`(${open}[A-Z0-9_]+${close})`))
		.filter(part => part !== '')
		.map(part => {
			if (part.startsWith(open)) return `"$${part.slice(1, -1)}"`;
			return /^[\w./:=@,+-]+$/.test(part) ? part : `'${part.replaceAll("'", `'\\''`)}'`;
		})
		.join('');
}
