import type {Data, Datum, Refusal} from '../operation.js';
import {refusal} from './refusals.js';

const deepest = 100;

/**
 * Reads a JSON 1.1 request; what is null isn't there. Blobs stay base64.
 * https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
 */
export function readJson(text: string): Data {
	let read: unknown;
	try {
		read = JSON.parse(text === '' ? '{}' : text);
	} catch {
		throw refusal('json', 'malformed', 'Unexpected token: the request is not JSON');
	}
	if (typeof read !== 'object' || read === null || Array.isArray(read))
		throw refusal('json', 'malformed', 'Start of structure or map expected');
	return structure(read, 1);
}

const structure = (read: object, depth: number): Data =>
	Object.fromEntries(Object.entries(read).map(([name, it]: [string, unknown]) => [name, datum(it, depth)]));
function datum(it: unknown, depth: number): Datum {
	if (depth > deepest) throw refusal('json', 'malformed', 'The request is nested too deep');
	if (typeof it === 'string' || typeof it === 'number' || typeof it === 'boolean') return it;
	if (Array.isArray(it)) return it.map((each: unknown) => datum(each, depth + 1));
	return typeof it === 'object' && it !== null ? structure(it, depth + 1) : undefined;
}

/** The JSON of an answer; one that says nothing is empty. */
export const answerJson = (answer: Data): string =>
	Object.keys(answer).length === 0 ? '' : JSON.stringify(written(answer));
/** The JSON of a refusal. */
export const refusalJson = ({code, message}: Refusal): string =>
	JSON.stringify({__type: code, ...(message !== '' && {message})});

function written(it: Datum): unknown {
	if (it instanceof Date) return it.getTime() / 1000;
	if (it instanceof Uint8Array) return Buffer.from(it).toString('base64');
	if (Array.isArray(it)) return (it as readonly Datum[]).map(written);
	if (typeof it !== 'object') return it;
	return Object.fromEntries(Object.entries(it).map(([name, each]: [string, Datum]) => [name, written(each)]));
}
