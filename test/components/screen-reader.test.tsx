import {render} from 'ink-testing-library';
import {describe, expect, test, vi} from 'vitest';
import Home from '../../components/home.js';
import Secret from '../../components/secret.js';
import StepScreen from '../../components/step-screen.js';
import type {Scene} from '../../src/engine/scene.js';
import {sizeIn, terminals} from './frames.js';
import {forms, phases} from './step-scenes.js';

// Ink reads it when a screen is made.
vi.hoisted(() => {
	process.env['INK_SCREEN_READER'] = 'true';
});
const size = sizeIn(terminals.wide);
const nothing = (): void => undefined;
const aloud = (scene: Scene, at = size): string =>
	render(
		<StepScreen
			scene={scene}
			size={at}
			onEvent={nothing}
			onSecret={nothing}
			onCopy={async () => true}
			onLeave={nothing}
		/>,
	).lastFrame() ?? '';

test('a form is told by the roles and states of its fields', () => {
	expect(aloud(forms.several)).toMatchInlineSnapshot(`
		" Step 1 of 7 · Create the policy
		 
		textbox: (selected, required) Policy name: NPS_KMS_Policy
		textbox: Description: (optional, can't be changed later)
		textbox: Tags: (optional, key=value, with commas between)
		radiogroup: (required) Console access: no
		 
		Keys: Enter go on, Tab next field, ? guide, Escape back, Control C save and quit"
	`);
});
test('a choice is told with what is chosen, and of how many', () => {
	expect(aloud(forms.one)).toMatchInlineSnapshot(`
		" Step 1 of 7 · Create the policy
		 
		combobox: (selected, required) Secret goes to: a file only you can read, one of 2
		textbox: (required) Secret file: /home/anna/nps-kms-user_accessKeys.csv
		 
		Keys: Enter go on, Tab next field, space choose, ? guide, Escape back, q save and quit"
	`);
});
test('what can be chosen of many is told as checkboxes', () => {
	expect(aloud(forms.many)).toMatchInlineSnapshot(`
		" Step 1 of 7 · Create the policy
		 
		listbox: (selected) Key administrators: none
		(optional, type to filter)
		filter:    30 of 30, none chosen
		checkbox: (selected) u0, user
		checkbox: u1, user
		checkbox: u2, user
		checkbox: u3, user
		 
		Keys: up and down move, space choose, Enter go on, Escape back, Control C save and quit"
	`);
});
test('a review is told by its verbs', () => {
	expect(aloud(phases.review)).toMatchInlineSnapshot(`
		" Step 1 of 7 · Create the policy
		 
		Nothing has changed yet. This step will:
		+ create policy NPS_KMS_Policy
		Allow  kms:Decrypt  on  arn:aws:kms:*:111122223333:key/*
		Note: Until step 5 is done this policy allows Decrypt with every key of this
		account.
		 
		Keys: Enter apply, c commands, ? guide, Escape back, q save and quit"
	`);
});
test('progress is told in words', () => {
	expect(aloud(phases.applying)).toMatchInlineSnapshot(`
		" Step 1 of 7 · Create the policy
		 
		Done: create user nps-kms-user
		Now: create policy NPS_KMS_Policy
		waiting: KMS does not see the user yet
		12 s of at most 120 s
		To come: delete access key AKIAIOSFODNN7EXAMPLE
		 
		Keys: Control C finish this call, save and quit"
	`);
});
test('a problem is told in words', () => {
	expect(aloud(phases.stopped)).toMatchInlineSnapshot(`
		" Step 1 of 7 · Create the policy
		 
		Problem: AWS refused to create policy NPS_KMS_Policy
		Your role may not call iam:CreatePolicy [AccessDenied]
		To do: Ask for the permission iam:CreatePolicy, or adopt it (a); then try again
		(r)
		Nothing changed in this step.
		Done and kept: Connect.
		 
		Keys: a adopt it, r try again, ? guide, Escape back, q save and quit"
	`);
});
test('a hidden secret is told to be hidden', () => {
	const values = [
		{label: 'Access key ID', value: 'AKIAIOSFODNN7EXAMPLE'},
		{label: 'Secret access key', value: 'CANARY'},
	];
	const props = {
		onReveal: async () => undefined,
		onCopy: async () => true,
		onStored: nothing,
		onGiveUp: nothing,
		onLeave: nothing,
	};
	const told = render(<Secret values={values} size={size} {...props} />).lastFrame();
	expect(told).toContain('Secret access key   hidden');
	expect(told).not.toContain('CANARY');
});
test('home is told as options', () => {
	const scene = {
		lines: ['Setup nps stopped.'],
		options: [
			{value: 'go', label: 'Carry on'},
			{value: 'another', label: 'Start another'},
		],
		nameRule: () => undefined,
	};
	expect(render(<Home scene={scene} size={size} onChoice={nothing} />).lastFrame()).toMatchInlineSnapshot(`
		"nps-kms · AWS KMS set-up for Netwrix Privilege Secure
		 
		Setup nps stopped.
		 
		option: (selected) Carry on
		option: Start another
		Keys: up and down or 1-2 choose, Enter go, q quit"
	`);
});
describe.each([
	['80×24', size],
	['60×15', sizeIn(terminals.narrow)],
	['120×40', sizeIn({columns: 120, rows: 40})],
])('at %s', (_size, at) => {
	test.each(Object.entries({...forms, ...phases}))(
		'nothing that only draws is told, and its keys are: %s',
		(_, scene) => {
			const told = aloud(scene, at);
			expect(told).not.toMatch(/[─●◆○▌•▸\u2800-\u28FF]/);
			expect(told).toContain(scene.step.title);
			expect(told).toMatch(/Keys: \w/);
		},
	);
});
test.each(Object.entries({...forms, ...phases}))(
	'no frame tells more on a larger terminal than on one of 80×24: %s',
	(_, scene) => {
		expect(aloud(scene, sizeIn({columns: 120, rows: 40}))).toBe(aloud(scene));
	},
);
test('what is typed unseen is asked by what it is: a code is no secret', () => {
	const {phase} = phases.asking;
	if (phase.at !== 'asking') return expect.unreachable('it asks');
	const ask = {...phase.ask, label: 'MFA code of anna', why: 'Profile prod asks it'};
	const told = aloud({...phases.asking, phase: {...phase, ask}});
	expect(told).toMatch(/^\s*MFA code: /m);
	expect(told).not.toContain('Secret');
});
