import {expect, test} from 'vitest';
import type {Scene} from '../../src/engine/scene.js';
import type {Field} from '../../src/engine/step.js';
import {askForm} from '../../src/plain/questions.js';

const tags: Field = {name: 'tags', label: 'Tags', kind: 'pairs', optional: true, initial: {}};
const scene = {
	phase: {at: 'form'},
	step: {at: 1, last: 2, title: 'T', name: 'T', guide: {covers: '', text: [], links: []}},
	answers: {tags: {}},
	fields: [{field: tags, settled: false}],
	sheet: [],
} as unknown as Scene;

test.each(['team=a, team=b', 'team'])(
	'pairs that can not be read (%s) are asked again, and never become a tag',
	async line => {
		const lines = [line, 'rule=x'];
		const said: string[] = [];
		const event = await askForm(scene, {
			say: it => void said.push(it),
			ask: async () => lines.shift(),
			askUnseen: async () => undefined,
			close: () => undefined,
		});
		expect(event).toEqual({type: 'submitted', answers: {tags: {rule: 'x'}}});
		expect(said.at(-1)).toMatch(/there twice|key=value/);
	},
);

test('the sheet is told with what to do with it', async () => {
	const said: string[] = [];
	const sheet = [{label: 'AWS region', value: 'eu-west-1'}];
	await askForm(
		{...scene, fields: [], intro: 'Run it and enter:', sheet},
		{
			say: it => void said.push(it),
			ask: async () => '',
			askUnseen: async () => undefined,
			close: () => undefined,
		},
	);
	expect(said.slice(-2)).toEqual(['  Run it and enter:', '  AWS region: eu-west-1']);
});
