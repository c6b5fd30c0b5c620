import {expect, test} from 'vitest';
import type {Choice, Field} from '../../src/engine/step.js';
import {framesAt, mountStep} from './frames.js';
import {scene} from './step-scenes.js';

const profile: Field = {name: 'profile', label: 'Credentials', kind: 'one', optional: true};
const region: Field = {
	name: 'region',
	label: 'Region',
	kind: 'one',
	free: true,
	wrong: it => (/^\w+-\w+-\d$/.test(String(it)) ? undefined : 'A region is needed'),
};
const profiles: readonly Choice[] = [
	{value: '', label: 'profile prod-admin', note: 'SSO', gives: {region: 'eu-central-1'}},
	{value: ':lost', label: 'profile two words', note: 'the SDK loses it', never: true},
	{value: 'backup', label: 'profile backup', note: 'static key', gives: {region: 'us-east-1'}},
];
const regions = [
	'eu-central-1',
	'eu-west-1',
	'eu-west-2',
	'us-east-1',
	'us-east-2',
	'us-west-1',
	'us-west-2',
	'sa-east-1',
	'il-central-1',
	'me-south-1',
];
const connect = scene(
	{at: 'form'},
	{
		answers: {profile: '', region: 'eu-central-1'},
		fields: [
			{field: profile, settled: false, choices: profiles},
			{field: region, settled: false, choices: regions.map(value => ({value, label: value}))},
		],
	},
);
const keys = (text: string): readonly string[] => text.split('');
const [down, enter, tab] = ['\u001B[B', '\r', '\t'];

test('choices that need a word are listed below their field', async () => {
	const {wide, narrow} = await framesAt(connect);
	expect(wide).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

		 ▸ Credentials: profile prod-admin
		     ▸ profile prod-admin   SSO
		       profile two words    the SDK loses it
		       profile backup       static key
		   Region:      eu-central-1

		 ↑↓ choose   ↵ go on   tab next field   esc back   ^C save and quit"
	`);
	expect(narrow).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

		 ▸ Credentials: profile prod-admin
		     ▸ profile prod-admin   SSO
		       profile two words    the SDK loses it
		       profile backup       static key
		   Region:      eu-central-1

		 ↑↓ choose   ↵ go on   tab next field   esc back
		 ^C save and quit"
	`);
});
test('a long list shows what there is room for', async () => {
	const {wide, narrow} = await framesAt(connect, tab);
	expect(wide).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

		   Credentials: profile prod-admin
		 ▸ Region:      eu-central-1
		     type to filter: ▌  10 of 10
		     ▸ eu-central-1
		       eu-west-1
		       eu-west-2
		       us-east-1

		 ↑↓ choose   ↵ go on   tab next field   esc back   ^C save and quit"
	`);
	expect(narrow).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

		   Credentials: profile prod-admin
		 ▸ Region:      eu-central-1
		     type to filter: ▌  10 of 10
		     ▸ eu-central-1
		       eu-west-1
		       eu-west-2

		 ↑↓ choose   ↵ go on   tab next field   esc back
		 ^C save and quit"
	`);
});
test('arrows pass over what can’t be chosen, and what goes with a choice comes along', async () => {
	const app = mountStep(connect);
	await app.press(down, enter);
	expect(app.events).toEqual([{type: 'submitted', answers: {profile: 'backup', region: 'us-east-1'}}]);
});
test('letters filter the list, and Enter takes what is left', async () => {
	const app = mountStep(connect);
	await app.press(tab, ...keys('west-2'), enter);
	expect(app.events).toEqual([{type: 'submitted', answers: {profile: '', region: 'eu-west-2'}}]);
});
test('what nothing lists can be typed where the field is free, and keeps its rule', async () => {
	const app = mountStep(connect);
	await app.press(tab, ...keys('eu-west-'));
	await app.press('9', enter);
	expect(app.events).toEqual([{type: 'submitted', answers: {profile: '', region: 'eu-west-9'}}]);
	const wrong = mountStep(connect);
	await wrong.press(tab, ...keys('ireland'));
	await wrong.shows('A region is needed');
	await wrong.press(enter);
	expect(wrong.events).toEqual([]);
});
