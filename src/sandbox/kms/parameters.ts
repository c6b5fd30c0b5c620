import {page} from '../account/paging.js';
import {type Asked, type Data, type Datum, Refusal} from '../operation.js';

/** AWS's no to a parameter. */
export const invalid = (message: string): Refusal => new Refusal('ValidationException', message);
/** AWS's no to a parameter that breaks the model's constraint; `shown` is left out where the value is secret. */
export function broken(name: string, constraint: string, shown?: string): Refusal {
	const value = shown === undefined ? 'Value' : `Value ${shown}`;
	return invalid(
		`1 validation error detected: ${value} at '${name.charAt(0).toLowerCase()}${name.slice(1)}' failed to satisfy ` +
			`constraint: Member must ${constraint}`,
	);
}

/** The limits of a text in KMS's model. */
export type Rule = {
	readonly least?: number;
	readonly most?: number;
	readonly pattern?: string;
	readonly oneOf?: readonly string[];
};
/** A text of the request; undefined where it says none. */
export function optional(input: Data, name: string, rule: Rule = {}): string | undefined {
	const value = input[name];
	if (value === undefined || value === null) return undefined;
	if (typeof value !== 'string') throw misshapen(name);
	check(name, value, rule);
	return value;
}
/** A text that the request must say. */
export function required(input: Data, name: string, rule: Rule = {}): string {
	const value = optional(input, name, rule);
	if (value === undefined) throw broken(name, 'not be null', 'null');
	return value;
}
/** Refuses a text that breaks its rule. */
export function check(name: string, value: string, {least = 1, most, pattern, oneOf}: Rule): void {
	const shown = `'${value}'`;
	if (oneOf && !oneOf.includes(value)) throw broken(name, `satisfy enum value set: [${oneOf.join(', ')}]`, shown);
	if (value.length < least) throw broken(name, `have length greater than or equal to ${least}`, shown);
	if (most !== undefined && value.length > most) throw broken(name, `have length less than or equal to ${most}`, shown);
	if (pattern !== undefined && !new RegExp(pattern, 'u').test(value))
		throw broken(name, `satisfy regular expression pattern: ${pattern}`, shown);
}
/** A whole number of the request between bounds. */
export function wholeNumber(input: Data, name: string, least: number, most: number): number | undefined {
	const value = input[name];
	if (value === undefined || value === null) return undefined;
	if (typeof value !== 'number' || !Number.isInteger(value)) throw misshapen(name);
	if (value < least) throw broken(name, `have value greater than or equal to ${least}`, `'${value}'`);
	if (value > most) throw broken(name, `have value less than or equal to ${most}`, `'${value}'`);
	return value;
}
/** Bytes of the request, which come as base64; never repeated in a refusal. */
export function bytes(input: Data, name: string, most: number): Uint8Array {
	const value = input[name];
	if (value === undefined || value === null) throw broken(name, 'not be null', 'null');
	if (typeof value !== 'string' && !(value instanceof Uint8Array)) throw misshapen(name);
	const read = value instanceof Uint8Array ? value : Buffer.from(value, 'base64');
	if (read.length < 1) throw broken(name, 'have length greater than or equal to 1');
	if (read.length > most) throw broken(name, `have length less than or equal to ${most}`);
	return read;
}
/** A list of the request; an absent one is empty. */
export function listOf(input: Data, name: string): readonly Datum[] {
	const value = input[name];
	if (value !== undefined && !Array.isArray(value)) throw misshapen(name);
	return (value ?? []) as readonly Datum[];
}
/** A list of texts of the request. */
export const textsOf = (input: Data, name: string): readonly string[] =>
	listOf(input, name).map(one => {
		if (typeof one !== 'string') throw misshapen(name);
		return one;
	});
/** A structure of the request; an absent one is empty. */
export function structureOf(value: Datum, name: string): Data {
	if (value === undefined) return {};
	if (typeof value !== 'object' || Array.isArray(value) || value instanceof Date || value instanceof Uint8Array)
		throw misshapen(name);
	return value as Data;
}
/** A map of texts of the request, such as an encryption context. */
export function mapOf(input: Data, name: string): Record<string, string> {
	const map = structureOf(input[name], name);
	if (!Object.values(map).every(one => typeof one === 'string')) throw misshapen(name);
	return map as Record<string, string>;
}
const misshapen = (name: string): Refusal =>
	new Refusal('SerializationException', `${name} is not of the type that KMS's model gives it`);

/** The most that a request may wish for on one page, and how many it gets where it doesn't say. */
export type PageSize = {readonly most: number; readonly usual: number};
/** Of keys and their policies: https://docs.aws.amazon.com/kms/latest/APIReference/API_ListKeys.html */
const widePages: PageSize = {most: 1000, usual: 100};
/** Of aliases and grants: https://docs.aws.amazon.com/kms/latest/APIReference/API_ListAliases.html */
export const narrowPages: PageSize = {most: 100, usual: 50};
/** One page of a list, under the name AWS gives it. */
export function listed(asked: Asked, name: string, things: readonly Datum[], {most, usual} = widePages): Data {
	wholeNumber(asked.input, 'Limit', 1, most);
	const {items, rest} = page(asked, things, {size: 'Limit', truncated: 'Truncated', usual});
	return {[name]: items, ...rest};
}
/** Whether lists show yet what was made then. */
export const shows = ({now, lags}: Asked, since: number): boolean => now - since >= Math.max(lags.lists, lags.aliases);
/** AWS's answer to a request that was only to be tried; the last thing before the effect. */
export function stopIfDryRun({input}: Asked): void {
	if (input['DryRun'] === true)
		throw new Refusal('DryRunOperationException', 'The request would have succeeded, but the DryRun option is set.');
}
