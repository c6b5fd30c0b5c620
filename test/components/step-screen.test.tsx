import {render} from 'ink-testing-library';
import {describe, expect, test, vi} from 'vitest';
import StepScreen from '../../components/step-screen.js';
import type {Scene} from '../../src/engine/scene.js';
import type {Event} from '../../src/engine/wizard.js';
import {create, open, plan, remove, scene, seen} from './scenes.js';

const sizes = {wide: {width: 80, height: 13}, narrow: {width: 60, height: 13}} as const;
function draw(it: Scene, size: {width: number; height: number} = sizes.wide) {
	const events: Event[] = [];
	const left = vi.fn();
	const app = render(<StepScreen scene={it} size={size} onEvent={event => events.push(event)} onSecret={() => undefined} onLeave={left} />);
	const press = async (...keys: string[]): Promise<void> => {
		for (const key of keys) {
			await new Promise(done => setTimeout(done, 20));
			app.stdin.write(key);
			// A lone escape is told from a sequence by what doesn't follow.
			await new Promise(done => setTimeout(done, key === '\u001B' ? 60 : 20));
		}
	};
	return {...app, events, left, press, frame: () => app.lastFrame() ?? ''};
}

const problem = {
	what: 'AWS refused to create policy NPS_KMS_Policy',
	why: 'Your role may not call iam:CreatePolicy',
	todo: 'Ask for the permission iam:CreatePolicy',
	code: 'AccessDenied',
	ways: [{key: 'a', label: 'adopt it', answers: {adoptPolicy: true}}],
};
const waiting = {for: 'policy', why: 'KMS does not see the user yet', elapsedMs: 12_000, limitMs: 120_000};
const words = ['Allow  kms:Decrypt  on  arn:aws:kms:*:111122223333:key/*'];
const phases: Readonly<Record<string, Scene>> = {
	form: scene({at: 'form'}, {fields: open}),
	looking: scene({at: 'looking', reason: 'review'}),
	review: scene(
		{at: 'review', plan: {...plan, warns: ['Until step 5 is done this policy allows Decrypt with every key of this account.']}},
		{changes: [seen(create, 'to-do', words)]},
	),
	applying: scene(
		{at: 'applying', left: [create], all: [create], facts: {}, guarded: true},
		{changes: [seen(create, 'sent'), seen(remove)], wait: waiting},
	),
	stopped: scene({at: 'stopped', problem}),
	done: scene({at: 'done', plan: {changes: [], says: 'arn:aws:iam::111122223333:policy/NPS_KMS_Policy'}}),
	handOff: scene(
		{at: 'form'},
		{
			fields: [{field: {name: 'npsRotated', label: 'Have you run SbPAM.RotateAwsKey?', kind: 'yes-no'}, settled: false}],
			sheet: [
				{label: 'Access key', value: 'AKIAIOSFODNN7EXAMPLE'},
				{label: 'Secret key', value: 'in /home/anna/nps-kms-user_accessKeys.csv'},
				{label: 'KMS key', value: 'arn:aws:kms:eu-west-1:111122223333:key/1a2b3c4d-1111-2222-3333-444455556666'},
				{label: 'AWS region', value: 'eu-west-1'},
			],
		},
	),
};
const at = (name: string): Scene => phases[name]!;

describe('each phase at 80 columns', () => {
	test('form', () =>
		expect(draw(at('form')).frame()).toMatchInlineSnapshot(`
			"────────────────────────────────────────────────────────────────────────────────
			 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

			 ▸ Policy name:    NPS_KMS_Policy
			   Description:    (optional, can't be changed later)
			   Tags:           (optional, key=value, with commas between)
			   Console access:   yes ▸ no

			 ↵ go on   tab next field   ? guide   esc back   ^C save and quit"
		`));
	test('looking', () =>
		expect(draw(at('looking')).frame()).toMatchInlineSnapshot(`
			"────────────────────────────────────────────────────────────────────────────────
			 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

			   ⠋ Looking at what is there …

			 ^C save and quit"
		`));
	test('review', () =>
		expect(draw(at('review')).frame()).toMatchInlineSnapshot(`
			"────────────────────────────────────────────────────────────────────────────────
			 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

			   Nothing has changed yet. This step will:
			   + create policy NPS_KMS_Policy
			       Allow  kms:Decrypt  on  arn:aws:kms:*:111122223333:key/*
			   ! Until step 5 is done this policy allows Decrypt with every key of this
			       account.

			 ↵ apply   c commands   ? guide   esc back   q save and quit"
		`));
	test('applying, with a wait', () =>
		expect(draw(at('applying')).frame()).toMatchInlineSnapshot(`
			"────────────────────────────────────────────────────────────────────────────────
			 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

			   ⠋ create policy NPS_KMS_Policy
			     waiting: KMS does not see the user yet
			     12 s of at most 120 s
			   · delete access key AKIAIOSFODNN7EXAMPLE

			 ^C finish this call, save and quit"
		`));
	test('stopped', () =>
		expect(draw(at('stopped')).frame()).toMatchInlineSnapshot(`
			"────────────────────────────────────────────────────────────────────────────────
			 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

			   ✖ AWS refused to create policy NPS_KMS_Policy
			     Your role may not call iam:CreatePolicy [AccessDenied]
			   → Ask for the permission iam:CreatePolicy
			   Nothing changed in this step.
			   Done and kept: Connect.

			 a adopt it   r try again   esc back   q save and quit"
		`));
	test('done', () =>
		expect(draw(at('done')).frame()).toMatchInlineSnapshot(`
			"────────────────────────────────────────────────────────────────────────────────
			 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

			   ✔ arn:aws:iam::111122223333:policy/NPS_KMS_Policy

			 ^C save and quit"
		`));
	test('hand-off', () =>
		expect(draw(at('handOff')).frame()).toMatchInlineSnapshot(`
			"────────────────────────────────────────────────────────────────────────────────
			 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

			   On the NPS server run SbPAM.RotateAwsKey and enter:
			     Access key   AKIAIOSFODNN7EXAMPLE
			     Secret key   in /home/anna/nps-kms-user_accessKeys.csv
			     KMS key
			   arn:aws:kms:eu-west-1:111122223333:key/1a2b3c4d-1111-2222-3333-444455556666
			     AWS region   eu-west-1
			 ▸ Have you run SbPAM.RotateAwsKey?   yes ▸ no

			 ↵ go on   space yes or no   ? guide   esc back   q save and quit"
		`));
});
describe('each phase at 60 columns', () => {
	test('form', () =>
		expect(draw(at('form'), sizes.narrow).frame()).toMatchInlineSnapshot(`
			"────────────────────────────────────────────────────────────
			 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

			 ▸ Policy name:    NPS_KMS_Policy
			   Description:    (optional, can't be changed later)
			   Tags:           (optional, key=value, with commas betwee…
			   Console access:   yes ▸ no

			 ↵ go on   tab next field   ? guide   esc back
			 ^C save and quit"
		`));
	test('looking', () =>
		expect(draw(at('looking'), sizes.narrow).frame()).toMatchInlineSnapshot(`
			"────────────────────────────────────────────────────────────
			 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

			   ⠋ Looking at what is there …

			 ^C save and quit"
		`));
	test('review', () =>
		expect(draw(at('review'), sizes.narrow).frame()).toMatchInlineSnapshot(`
			"────────────────────────────────────────────────────────────
			 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

			   Nothing has changed yet. This step will:
			   + create policy NPS_KMS_Policy
			       Allow  kms:Decrypt  on
			           arn:aws:kms:*:111122223333:key/*
			   ! Until step 5 is done this policy allows Decrypt with
			       every key of this account.

			 ↵ apply   c commands   ? guide   esc back   q save and quit"
		`));
	test('applying, with a wait', () =>
		expect(draw(at('applying'), sizes.narrow).frame()).toMatchInlineSnapshot(`
			"────────────────────────────────────────────────────────────
			 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

			   ⠋ create policy NPS_KMS_Policy
			     waiting: KMS does not see the user yet
			     12 s of at most 120 s
			   · delete access key AKIAIOSFODNN7EXAMPLE

			 ^C finish this call, save and quit"
		`));
	test('stopped', () =>
		expect(draw(at('stopped'), sizes.narrow).frame()).toMatchInlineSnapshot(`
			"────────────────────────────────────────────────────────────
			 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

			   ✖ AWS refused to create policy NPS_KMS_Policy
			     Your role may not call iam:CreatePolicy [AccessDenied]
			   → Ask for the permission iam:CreatePolicy
			   Nothing changed in this step.
			   Done and kept: Connect.

			 a adopt it   r try again   esc back   q save and quit"
		`));
	test('done', () =>
		expect(draw(at('done'), sizes.narrow).frame()).toMatchInlineSnapshot(`
			"────────────────────────────────────────────────────────────
			 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

			   ✔ arn:aws:iam::111122223333:policy/NPS_KMS_Policy

			 ^C save and quit"
		`));
	test('hand-off', () =>
		expect(draw(at('handOff'), sizes.narrow).frame()).toMatchInlineSnapshot(`
			"────────────────────────────────────────────────────────────
			 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

			     Access key   AKIAIOSFODNN7EXAMPLE
			     Secret key   in /home/anna/nps-kms-user_accessKeys.csv
			     KMS key
			   arn:aws:kms:eu-west-1:111122223333:key/1a2b3c4d-1111-2222
			   -3333-444455556666
			     AWS region   eu-west-1
			 ▸ Have you run SbPAM.RotateAwsKey?   yes ▸ no

			 ↵ go on   space yes or no   ? guide   esc back
			 q save and quit"
		`));
});
test.each(Object.keys(phases))('%s is never higher than the live area, nor wider than its width', name => {
	for (const size of [...Object.values(sizes), {width: 60, height: 10}]) {
		const lines = draw(at(name), size).frame().split('\n');
		expect(lines.length).toBeLessThanOrEqual(size.height);
		expect(Math.max(...lines.map(it => it.length))).toBeLessThanOrEqual(size.width);
	}
});

test('Enter submits what was typed', async () => {
	const {press, events} = draw(at('form'));
	await press('X', '\t', 'why', '\r');
	expect(events).toEqual([{type: 'submitted', answers: {policyName: 'NPS_KMS_PolicyX', policyDescription: 'why', tags: {}, consoleAccess: false}}]);
});
test('a wrong value is told as it is typed, and Enter does not take it', async () => {
	const {press, events, frame} = draw(at('form'));
	await press(' ', '\r');
	expect(frame()).toContain('the space is not allowed');
	expect(events).toEqual([]);
});
test('a pasted line break never submits', async () => {
	const {press, events, frame} = draw(at('form'));
	await press('\u001B[200~_pasted\r\n\u001B[201~');
	expect(frame()).toContain('NPS_KMS_Policy_pasted');
	expect(events).toEqual([]);
});
test.each(['\u007F', '\b'])('backspace takes a letter away', async key => {
	const {press, frame} = draw(at('form'));
	await press(key);
	expect(frame()).toMatch(/NPS_KMS_Polic\s/);
});
test('a question mark that a name can not hold opens the guide, and what was typed is kept', async () => {
	const {press, frame} = draw(at('form'));
	await press('Y', '?');
	expect(frame()).toContain('covers “Create an AWS Policy, steps 2-9”');
	await press('\u001B');
	expect(frame()).toContain('NPS_KMS_PolicyY');
});
test('a settled field is shown and not changed', async () => {
	const {press, events, frame} = draw(scene({at: 'form'}, {fields: open.map(it => ({...it, settled: true}))}));
	expect(frame()).toContain('made already');
	await press('Z', '\r');
	expect(events).toEqual([{type: 'submitted', answers: {}}]);
});
test('a review is applied by Enter, left by Esc, and quit by q', async () => {
	const {press, events} = draw(at('review'));
	await press('\r', '\u001B', 'q');
	expect(events.map(it => it.type)).toEqual(['approved', 'back', 'quit']);
});
test('c shows the commands', async () => {
	const {press, frame} = draw(at('review'));
	await press('c');
	expect(frame()).toContain('aws create-policy');
});
test('a removal is applied only when its name was typed', async () => {
	const {press, events} = draw(scene({at: 'review', plan: {changes: [remove]}}, {changes: [seen(remove)]}));
	await press('\r', '\r', 'AKIAIOSFODNN7EXAMPL', '\r');
	expect(events).toEqual([]);
	await press('E', '\r');
	expect(events).toEqual([{type: 'approved'}]);
});
test('a way out of a problem is a key', async () => {
	const {press, events} = draw(at('stopped'));
	await press('a', 'r');
	expect(events).toEqual([{type: 'way', way: problem.ways[0]}, {type: 'retry'}]);
});
test('key administrators are filtered by letters and chosen by space', async () => {
	const choices = Array.from({length: 30}, (_, it) => ({value: `arn:aws:iam::111122223333:user/u${it}`, label: `u${it}`, note: 'user'}));
	const field = {name: 'keyAdministrators', label: 'Key administrators', kind: 'many', optional: true} as const;
	const {press, events, frame} = draw(scene({at: 'form'}, {fields: [{field, settled: false, choices}]}));
	expect(frame().split('\n').length).toBeLessThanOrEqual(13);
	await press('u', '2', '\u001B[B', ' ', '\r');
	expect(events).toEqual([{type: 'submitted', answers: {keyAdministrators: ['arn:aws:iam::111122223333:user/u20']}}]);
});
