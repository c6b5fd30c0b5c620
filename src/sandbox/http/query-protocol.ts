import {type Data, type Datum, Refusal} from '../operation.js';

/** A member that is a map in AWS's models; all other nested data are structures. */
const maps = new Set(['SummaryMap', 'EvalDecisionDetails', 'Certifications']);
/** Answers that hold nothing and have their element all the same. */
const emptyResults = new Set(['UpdateRole']);
const deepest = 10;

type Node = {text?: string; readonly parts: Map<string, Node>};
const node = (): Node => ({parts: new Map()});

/**
 * Reads an AWS Query request: `Tags.member.1.Key=team` and the like. Values stay text, and so does an empty list
 * (`Tags=`). https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 */
export function readQuery(text: string): Data {
	const root = node();
	for (const pair of text.split('&')) {
		if (pair === '') continue;
		const [name = '', ...rest] = pair.split('=');
		put(root, decoded(name).split('.'), decoded(rest.join('=')));
	}
	return structure(root);
}

function decoded(text: string): string {
	try {
		return decodeURIComponent(text.replaceAll('+', ' '));
	} catch {
		throw new Refusal('MalformedQueryString', 'The query string contains a syntax error.');
	}
}
function put(root: Node, path: readonly string[], text: string): void {
	if (path.length > deepest || path.includes('')) throw unreadable(path);
	let at = root;
	for (const part of path) {
		if (at.text !== undefined) throw unreadable(path);
		const next = at.parts.get(part) ?? node();
		at.parts.set(part, next);
		at = next;
	}
	if (at.text !== undefined || at.parts.size > 0) throw unreadable(path);
	at.text = text;
}
const unreadable = (path: readonly string[]): Refusal =>
	new Refusal('MalformedInput', `The parameter ${path.join('.')} can not be read.`);

const structure = ({parts}: Node): Data =>
	Object.fromEntries([...parts].map(([name, part]) => [name, datum(part, [name])]));
function datum(part: Node, path: readonly string[]): Datum {
	if (part.text !== undefined) return part.text;
	const members = part.parts.size === 1 ? part.parts.get('member') : undefined;
	if (!members) return structure(part);
	const list = [...members.parts];
	if (members.text !== undefined || !list.every(([at]) => /^[1-9]\d{0,5}$/.test(at)))
		throw unreadable([...path, 'member']);
	return list.toSorted(([a], [b]) => Number(a) - Number(b)).map(([at, it]) => datum(it, [...path, 'member', at]));
}

/** The XML of an answer. */
export function answerXml(namespace: string, api: string, answer: Data, requestId: string): string {
	const result =
		Object.keys(answer).length > 0 || emptyResults.has(api) ? `<${api}Result>${members(answer)}</${api}Result>` : '';
	return (
		`<${api}Response ` +
		`xmlns="${namespace}">${result}` +
		`<ResponseMetadata>${element('RequestId', requestId)}</ResponseMetadata></${api}Response>\n`
	);
}
/** The XML of a refusal. */
export function refusalXml(namespace: string, {code, message, status}: Refusal, requestId: string): string {
	const error = members({Type: status < 500 ? 'Sender' : 'Receiver', Code: code, Message: message});
	return (
		'<ErrorResponse ' +
		`xmlns="${namespace}"><Error>${error}</Error>${element('RequestId', requestId)}</ErrorResponse>\n`
	);
}

const members = (data: Data): string =>
	Object.entries(data)
		.map(([name, it]) => element(name, it))
		.join('');
function element(name: string, it: Datum): string {
	if (it === undefined) return '';
	return `<${name}>${content(name, it)}</${name}>`;
}
function content(name: string, it: Exclude<Datum, undefined>): string {
	if (Array.isArray(it)) return (it as readonly Datum[]).map(each => element('member', each)).join('');
	if (it instanceof Date) return it.toISOString().replace(/\.\d+Z$/, 'Z');
	if (it instanceof Uint8Array) return Buffer.from(it).toString('base64');
	if (typeof it !== 'object') return escaped(String(it));
	if (!maps.has(name)) return members(it as Data);
	return Object.entries(it)
		.map(([key, value]) => `<entry>${element('key', key)}${element('value', value)}</entry>`)
		.join('');
}

const entities: Readonly<Record<string, string>> = {
	'&': '&amp;',
	'<': '&lt;',
	'>': '&gt;',
	'"': '&quot;',
	'\r': '&#xD;',
};
/** XML has no way to write the other control characters. https://www.w3.org/TR/xml/#charsets */
const unwritable = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;
const escaped = (text: string): string =>
	text.replace(unwritable, '\uFFFD').replace(/[&<>"\r]/g, it => entities[it] ?? it);
