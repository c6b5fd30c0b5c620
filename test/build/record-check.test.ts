import {Ajv2020} from 'ajv/dist/2020.js';
import fc from 'fast-check';
import {expect, test} from 'vitest';
import {compiledCheck} from '../../build/library-replacements.js';
import {recordSchema} from '../../src/local/record-schema.js';
import {change, entry, started} from '../engine/samples.js';

type Check = {(value: unknown): boolean; errors?: unknown};
type Compiler = {compile(schema: object): Check};
const {Ajv2020: Compiled} = (await import(`data:text/javascript,${encodeURIComponent(await compiledCheck())}`)) as {
	Ajv2020: new () => Compiler;
};
const schema = {type: 'object', properties: recordSchema};
const record = {
	v: 2,
	setup: 'nps',
	entries: [
		entry(started('id-1')),
		entry({type: 'answered', answers: {policyName: 'P'}}),
		entry({type: 'intent', id: 1, step: 'policy', change: change('create-policy')}),
		entry({type: 'outcome', of: 1, ok: true, learned: {policyArn: 'arn:p'}, requestId: 'r'}),
		entry({type: 'delivered', id: 'AKIAIOSFODNN7EXAMPLE', place: null}),
		entry({type: 'completed', step: 'policy', facts: {}}),
	],
};
/** Every place in a value, as the way to it. */
const ways = (it: unknown, to: readonly string[] = []): (readonly string[])[] => [
	to,
	...(typeof it === 'object' && it !== null
		? Object.entries(it).flatMap(([key, value]) => ways(value, [...to, key]))
		: []),
];
function damaged(it: unknown, [first, ...more]: readonly string[], by: unknown): unknown {
	if (first === undefined) return by;
	if (typeof it !== 'object' || it === null) return it;
	const copy: Record<string, unknown> = Array.isArray(it) ? ([...it] as never) : {...it};
	copy[first] = damaged(copy[first], more, by);
	if (copy[first] === undefined) delete copy[first];
	return copy;
}

test('the check in the bundle finds in a record, whole or damaged, just what ajv finds', () => {
	const [compiled, real] = [
		new Compiled().compile(schema),
		new Ajv2020({allErrors: true, useDefaults: true}).compile(schema),
	];
	expect(compiled(record)).toBe(true);
	let wrong = 0;
	const damage = fc.oneof(
		fc.constant(undefined),
		fc.constant(null),
		fc.integer(),
		fc.string(),
		fc.constant([]),
		fc.constant({}),
		fc.constantFrom('shown', 'local'),
	);
	fc.assert(
		fc.property(fc.constantFrom(...ways(record)), damage, (way, by) => {
			const it = damaged(record, way, by);
			const ok = real(structuredClone(it));
			if (!ok) wrong++;
			expect(compiled(structuredClone(it))).toBe(ok);
			expect(compiled.errors).toEqual(real.errors);
		}),
		{numRuns: 500},
	);
	expect(wrong).toBeGreaterThan(100);
});
test('it checks no other schema than the one it was compiled for', () => {
	expect(() => new Compiled().compile({type: 'object'})).toThrow('not the one that was compiled');
});
