import {page} from '../account/paging.js';
import {type Asked, type Data, type Datum, type Demand, type Operation, Refusal} from '../operation.js';
import {broken, type Rule} from './name-rules.js';

/** Parameters by name, each with its rule. */
export type Rules = {readonly [name: string]: Rule};
/** The parameters as the request tells them. */
export type Told<Needs extends Rules, May extends Rules> = {readonly [K in keyof Needs]: string} & {
	readonly [K in keyof May]?: string;
};

/**
 * One operation, from the parameters it needs, those it takes, and what it does with them. All are checked before
 * anything else.
 */
export function operation<Needs extends Rules, May extends Rules>(spec: {
	readonly needs?: Needs;
	readonly may?: May;
	readonly about: (told: Told<Needs, May>, asked: Asked) => string;
	readonly also?: (told: Told<Needs, May>, asked: Asked) => readonly Demand[];
	readonly run: (told: Told<Needs, May>, asked: Asked) => Data;
}): Operation {
	const read = (asked: Asked): Told<Needs, May> => told(asked.input, spec.needs, spec.may);
	return {
		about: asked => [spec.about(read(asked), asked)],
		...(spec.also && {also: (asked: Asked) => spec.also?.(read(asked), asked) ?? []}),
		run: asked => spec.run(read(asked), asked),
	};
}

/** What a request tells of these parameters; refuses what breaks AWS's constraints, all at once as AWS does. */
export function told<Needs extends Rules, May extends Rules>(input: Data, needs?: Needs, may?: May): Told<Needs, May> {
	const complaints: string[] = [];
	const values: Record<string, string> = {};
	const rules = {...may, ...needs};
	for (const [name, rule] of Object.entries(rules)) {
		const value = textOf(input[name]);
		if (value !== undefined) values[name] = value;
		if (value !== undefined) complaints.push(...complaintsAbout(small(name), rule, value));
		else if (needs && name in needs)
			complaints.push(`Value null at '${small(name)}' failed to satisfy constraint: Member must not be null`);
	}
	refuse(complaints);
	for (const [name, rule] of Object.entries(rules)) {
		const value = values[name];
		if (value !== undefined && rule.words !== undefined && rule.pattern?.test(value) === false)
			throw new Refusal('ValidationError', rule.words.replace('NAME', small(name)));
	}
	return values as Told<Needs, May>;
}

/** What is wrong with a value, in full sentences of AWS's. */
export const complaintsAbout = (where: string, rule: Rule, value: string): readonly string[] =>
	broken(rule, value).map(
		constraint => `Value ${rule.secret ? '' : `'${value}' `}at '${where}' failed to satisfy constraint: ${constraint}`,
	);

/** Refuses a request for its parameters, if there are complaints. */
export function refuse(complaints: readonly string[]): void {
	const {length} = complaints;
	if (length === 0) return;
	throw new Refusal(
		'ValidationError',
		`${length} validation error${length === 1 ? '' : 's'} detected: ${complaints.join('; ')}`,
	);
}

/** A whole number between bounds, as the model has it. */
export function wholeNumber(input: Data, name: string, least: number, most: number): number | undefined {
	const value = textOf(input[name]);
	if (value === undefined) return undefined;
	const where = `Value '${value}' at '${small(name)}' failed to satisfy constraint: Member must have value`;
	if (!/^-?\d+$/.test(value)) throw new Refusal('MalformedInput', `${value} is not a valid value for ${name}`);
	if (Number(value) < least) refuse([`${where} greater than or equal to ${least}`]);
	if (Number(value) > most) refuse([`${where} less than or equal to ${most}`]);
	return Number(value);
}

/** One page of a list, under the name AWS gives it. */
export function listed(asked: Asked, name: string, things: readonly Datum[]): Data {
	wholeNumber(asked.input, 'MaxItems', 1, 1000);
	const {items, rest} = page(asked, things, {size: 'MaxItems', truncated: 'IsTruncated', usual: 100});
	return {[name]: items, ...rest};
}
/** Whether lists show it yet. */
export const shows = ({now, lags}: Asked, since: number): boolean => now - since >= lags.lists;
/** A flag; undefined where the request doesn't say. */
export const flag = (value: Datum): boolean | undefined =>
	value === undefined ? undefined : String(value as boolean | string) === 'true';
/** The members of a list; an empty one may come as an empty text. */
export const members = (value: Datum): readonly Datum[] => (Array.isArray(value) ? (value as readonly Datum[]) : []);
/** A record's members. */
export const fields = (value: Datum): Data =>
	value !== null &&
	typeof value === 'object' &&
	!Array.isArray(value) &&
	!(value instanceof Date) &&
	!(value instanceof Uint8Array)
		? (value as Data)
		: {};
/** A text; undefined for what is none. */
export const textOf = (value: Datum): string | undefined =>
	typeof value === 'string'
		? value
		: typeof value === 'number' || typeof value === 'boolean'
			? String(value)
			: undefined;

const small = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);
