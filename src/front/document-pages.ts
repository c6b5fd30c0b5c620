import {diffLines} from 'diff';
import {resolve} from '../engine/apply.js';
import {keyOf} from '../engine/keys.js';
import type {Change, Facts, Page, Value} from '../engine/step.js';

/** The documents of a plan in full: new ones as they will be, others line by line against what is there. */
export function documentPages(changes: readonly Change[], facts: Facts): readonly Page[] {
	const documents = changes.flatMap(({subject, diff}) =>
		diff ? [{subject, lines: diff.from ? compared(diff.from, diff.to, facts) : written(diff.to, facts)}] : [],
	);
	const lines = documents.flatMap(({subject, lines}, at) => [
		...(at > 0 ? [''] : []),
		...(documents.length > 1 ? [`${subject}:`] : []),
		...lines,
	]);
	return lines.length > 0
		? [{key: keyOf('documents'), label: documents.length > 1 ? 'documents' : 'document', lines}]
		: [];
}

const written = (document: Value, facts: Facts): readonly string[] =>
	JSON.stringify(named(resolve(document, {facts}, false)), undefined, 2).split('\n');
const compared = (from: Value, to: Value, facts: Facts): readonly string[] =>
	diffLines(written(from, facts).join('\n'), written(to, facts).join('\n')).flatMap(({value, added, removed}) =>
		value
			.replace(/\n$/, '')
			.split('\n')
			.map(it => `${added ? '+' : removed ? '-' : ' '} ${it}`),
	);

/** A document with names for what isn't known yet. */
function named(it: unknown): unknown {
	if (typeof it !== 'object' || it === null) return it;
	if ('$fact' in it) return `(${String(it.$fact)}, known later)`;
	if (Array.isArray(it)) return it.map(named);
	return Object.fromEntries(Object.entries(it).map(([key, inner]) => [key, named(inner)]));
}
