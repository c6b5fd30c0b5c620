import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {fold, knownFor} from '../../src/engine/record.js';
import {isProblem, type Plan, step} from '../../src/engine/step.js';
import {numbered, numberOf} from '../../src/engine/step-numbers.js';

const known = knownFor('', fold([]), {});
const plain = (id: string, says = '') =>
	step({
		id,
		name: id,
		title: id,
		guide: {covers: '', text: [says], links: []},
		observe: async () => undefined,
		plan: () => ({changes: [], warns: [says], facts: {region: 'kept'}}),
		paused: () => says,
		audit: () => [Promise.resolve([{code: 'c', subject: 's', expected: '', found: '', text: says}])],
	});
const later = `Until step ${numberOf('b')} is done`;

test.each([
	['where it stands', ['a', 'b'], 'Until step 1 is done'],
	['behind others', ['a', 'x', 'y', 'b'], 'Until step 3 is done'],
])('a text names the number that a step has in its course: %s', async (_, ids, expected) => {
	const [first] = numbered(ids.map(id => plain(id, id === 'a' ? later : '')));
	const plan = first!.plan(undefined, known);
	expect(isProblem(plan) ? [] : plan.warns).toEqual([expected]);
	expect((plan as Plan).facts).toEqual({region: 'kept'});
	expect(first!.guide.text).toEqual([expected]);
	expect(first!.paused?.(known)).toBe(expected);
	const [differences] = await Promise.all(first!.audit?.({} as never, undefined, known) ?? []);
	expect(differences?.[0]?.text).toBe(expected);
});
test('a step that is not in the course has no number', () => {
	expect(() => numbered([plain('a', later)])).toThrow('there is no step b');
});

test('no source writes the number of a step: what the vendor numbers apart', () => {
	const root = join(import.meta.dirname, '../..');
	const found = ['src', 'components'].flatMap(folder =>
		readdirSync(join(root, folder), {recursive: true, withFileTypes: true})
			.filter(it => it.isFile() && /\.tsx?$/.test(it.name))
			.flatMap(it =>
				readFileSync(join(it.parentPath, it.name), 'utf8')
					.split('\n')
					// The vendor's own numbers: what a step covers, and comments that quote its headings.
					.filter(line => /\bsteps? \d/i.test(line) && !/^\s*(covers:|\/?\*|\/\/)/.test(line))
					.map(line => `${it.name}: ${line.trim()}`),
			),
	);
	expect(found).toEqual([]);
});
