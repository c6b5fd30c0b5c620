import {expect, test} from 'vitest';
import {keyOf} from '../../src/engine/keys.js';
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

const placed: Field = {name: 'secretTo', label: 'Secret goes to', kind: 'one', initial: 'file'};
const places = [
	{value: 'file', label: 'a file only you can read'},
	{value: 'once', label: 'the screen, once'},
];
const sure: Field = {name: 'sure', label: 'Sure?', kind: 'yes-no', initial: false};
const team: Field = {name: 'team', label: 'Team', kind: 'text', initial: ''};
test.each([
	[placed, 'Screen', {type: 'submitted', answers: {secretTo: 'once'}}],
	[placed, '2', {type: 'submitted', answers: {secretTo: 'once'}}],
	[placed, 'q', {type: 'quit'}],
	[placed, 'b', {type: 'back'}],
	[sure, 'Y', {type: 'submitted', answers: {sure: true}}],
	[sure, 'n', {type: 'submitted', answers: {sure: false}}],
	[sure, 'q', {type: 'quit'}],
	[team, 'q', {type: 'submitted', answers: {team: 'q'}}],
	[team, ':q', {type: 'quit'}],
])('%o takes %j', async (field, line, event) => {
	const lines = ['?', line];
	if (field === team) lines.shift();
	const said: string[] = [];
	const talk = {
		say: (it: string) => void said.push(it),
		ask: async () => lines.shift(),
		askUnseen: async () => undefined,
		close: () => undefined,
	};
	const fields = [{field, settled: false, ...(field === placed && {choices: places})}];
	const step = {...scene.step, guide: {covers: 'step 1', text: ['What it does.'], links: []}};
	expect(await askForm({...scene, step, answers: {}, fields} as Scene, talk)).toEqual(event);
	if (field !== team) expect(said).toContain('  What it does.');
});
test('a letter that is the name of something to choose is that', async () => {
	const fields = [{field: placed, settled: false, choices: [...places, {value: 'q', label: 'q'}]}];
	const talk = {say: () => undefined, ask: async () => 'q', askUnseen: async () => undefined, close: () => undefined};
	expect(await askForm({...scene, answers: {}, fields} as Scene, talk)).toEqual({
		type: 'submitted',
		answers: {secretTo: 'q'},
	});
});

test('the sheet is told with what to do with it', async () => {
	const said: string[] = [];
	const sheet = [{label: 'AWS region', value: 'eu-west-1'}];
	await askForm(
		{...scene, fields: [], intro: ['Run it, in', 'that folder, and enter:'], sheet},
		{
			say: it => void said.push(it),
			ask: async () => '',
			askUnseen: async () => undefined,
			close: () => undefined,
		},
	);
	expect(said.slice(-3)).toEqual(['  Run it, in', '  that folder, and enter:', '  AWS region: eu-west-1']);
});

test.each([
	[['z'], {npsRotated: false, watchNps: true}],
	[[''], {npsRotated: false, watchNps: false}],
	[['yes'], {npsRotated: true}],
])(
	'what a key says yes to is told beside the question, and asked by no line of its own: %j',
	async (lines, answers) => {
		const asked: string[] = [];
		const fields: readonly Field[] = [
			{name: 'npsRotated', label: 'Run?', kind: 'yes-no'},
			{
				...{name: 'watchNps', label: 'wait and see', kind: 'yes-no', byKey: keyOf('watch')},
				when: it => it['npsRotated'] !== true,
			},
		];
		const event = await askForm(
			{...scene, answers: {npsRotated: false, watchNps: true}, fields: fields.map(field => ({field, settled: false}))},
			{
				say: () => undefined,
				ask: async it => {
					asked.push(it);
					return lines[asked.length - 1];
				},
				askUnseen: async () => undefined,
				close: () => undefined,
			},
		);
		expect(asked).toEqual(['Run? (yes or no, z to wait and see) [no]:']);
		expect(event).toEqual({type: 'submitted', answers});
	},
);
