import {describe, expect, test} from 'vitest';
import type {Scene} from '../../src/engine/scene.js';
import {framesAt, mountStep, terminals} from './frames.js';
import {forms, longProof, longReview, phases, problem} from './step-scenes.js';

const esc = '\u001B';
const down = '\u001B[B';
const up = '\u001B[A';
const types = ({events}: ReturnType<typeof mountStep>): readonly string[] => events.map(it => it.type);

describe('a form', () => {
	test('is submitted by Enter with what was typed', async () => {
		const {press, events} = mountStep(forms.several);
		await press('X', '\t', 'why', '\r');
		expect(events).toEqual([
			{
				type: 'submitted',
				answers: {policyName: 'NPS_KMS_PolicyX', policyDescription: 'why', tags: {}, consoleAccess: false},
			},
		]);
	});
	test('tells a wrong value as it is typed, and Enter does not take it', async () => {
		const {press, events, frame} = mountStep(forms.several);
		await press(' ');
		expect(frame()).toContain('the space is not allowed');
		await press('\t', '\r');
		expect(frame()).toMatch(/▸ Policy name/);
		expect(events).toEqual([]);
	});
	test('is not submitted by a pasted line break', async () => {
		const {press, events, frame} = mountStep(forms.several);
		await press('\u001B[200~_pasted\r\n\u001B[201~');
		expect(frame()).toContain('NPS_KMS_Policy_pasted');
		expect(events).toEqual([]);
	});
	test.each(['\u007F', '\b'])('loses a letter by backspace', async key => {
		const {press, frame} = mountStep(forms.several);
		await press(key);
		expect(frame()).toContain('NPS_KMS_Polic▌');
	});
	test('takes letters, Delete and a paste where its cursor stands', async () => {
		const {press, events, frame} = mountStep(forms.text);
		await press('\u001B[D', '\u001B[D', '\u001B[200~pasted\r\n\u001B[201~');
		expect(frame()).toContain('NPS_KMS_Polipasted▌cy');
		await press('X', '\u001B[3~', '\u001B[C', '\u001B[C', 'Y', 'Z');
		expect(frame()).toContain('NPS_KMS_PolipastedXyYZ▌');
		await press('\u001B[H', '\u001B[D', 'a', 'b', '\u001B[F', '\u001B[C', '\u007F', 'c', '\r');
		expect(events).toEqual([{type: 'submitted', answers: {policyName: 'abNPS_KMS_PolipastedXyYc'}}]);
	});
	test('takes commas into a list that is typed', async () => {
		const {press, events} = mountStep(forms['many, typed']);
		await press(',', ' ', 'arn:x', '\r');
		expect(events).toEqual([
			{type: 'submitted', answers: {keyAdministrators: ['arn:aws:iam::111122223333:role/Admin', 'arn:x']}},
		]);
	});
	test('shows every value of a choice at each width, one below the other where there is no room', async () => {
		const mounted = mountStep(forms.one, terminals.narrow);
		expect(mounted.frame()).toContain('▸ a file only you can read\n');
		expect(mounted.frame()).toContain('the screen, once\n');
		await mounted.press(down, '\r');
		expect(mounted.events).toEqual([{type: 'submitted', answers: {secretTo: 'once'}}]);
	});
	test('keeps what was typed while its guide is read, opened by a question mark that a name can not hold', async () => {
		const {press, frame} = mountStep(forms.several);
		await press('Y', '?');
		expect(frame()).toContain('covers “Create an AWS Policy, steps 2-9”');
		await press(esc);
		expect(frame()).toContain('NPS_KMS_PolicyY');
	});
	test('shows what is settled and changes it no more', async () => {
		const {press, pressInVain, events} = mountStep(forms.settled);
		await pressInVain('Z');
		await press('\r');
		expect(events).toEqual([{type: 'submitted', answers: {}}]);
	});
	test('chooses one of few by space, and asks no file where none is written', async () => {
		const {press, events, frame} = mountStep(forms.one);
		await press(' ');
		expect(frame()).toContain('▸ the screen, once');
		expect(frame()).not.toContain('Secret file');
		await press('\r');
		expect(events).toEqual([{type: 'submitted', answers: {secretTo: 'once'}}]);
	});
	test('chooses several of many by letters, arrows and space', async () => {
		const {press, events} = mountStep(forms.many);
		await press('u', '2', down, ' ', '\r');
		expect(events).toEqual([{type: 'submitted', answers: {keyAdministrators: ['arn:aws:iam::111122223333:user/u20']}}]);
	});
	test('reads pairs, and does not take what is no pair', async () => {
		const {press, events, frame} = mountStep(forms.pairs);
		await press(', x');
		expect(frame()).toContain('Write key=value');
		await press('=1', '\r');
		expect(events).toEqual([{type: 'submitted', answers: {tags: {team: 'pam', env: 'prod', x: '1'}}}]);
	});
	test.each([
		['y', true],
		['n', false],
		[' ', false],
	])('answers yes or no by %s', async (key, consoleAccess) => {
		const {press, events} = mountStep(forms['yes-no']);
		await press(key, '\r');
		expect(events).toEqual([{type: 'submitted', answers: {consoleAccess}}]);
	});
});

describe('a review', () => {
	test('is applied by Enter, left by Esc, and quit by q', async () => {
		const mounted = mountStep(phases.review);
		await mounted.press('\r', esc, 'q');
		expect(types(mounted)).toEqual(['approved', 'back', 'quit']);
	});
	test('shows the commands by c', async () => {
		const {press, frame} = mountStep(phases.review);
		await press('c');
		expect(frame()).toContain('aws create-policy');
	});
	test('writes the commands past the frame by w, each on one line to be copied', async () => {
		const {press, frames} = mountStep(phases.review);
		await press('c', 'w');
		expect(frames.some(it => it.startsWith('aws create-policy\n'))).toBe(true);
	});
	test('that removes is applied only when its name was typed', async () => {
		const mounted = mountStep(phases['review, that removes']);
		await mounted.press('\r', 'AKIAIOSFODNN7EXAMPL');
		await mounted.pressInVain('\r');
		await mounted.press('E', '\r');
		expect(types(mounted)).toEqual(['approved']);
	});
	test.each(['nps-kms-key', 'alias/nps-kms-key'])(
		'of what goes in later steps goes on only when a word was typed, such as %s',
		async word => {
			const mounted = mountStep(phases['review, of what goes']);
			await mounted.press('\r', word.slice(0, -1));
			expect(mounted.frame()).toContain('NPS may be using it.');
			await mounted.pressInVain('\r');
			await mounted.press('y', '\r');
			expect(types(mounted)).toEqual(['approved']);
		},
	);
	test('that removes says by which word', async () => {
		const {wide, narrow} = await framesAt(phases['review, that removes'], '\r', 'AKIA');
		expect(wide).toMatchInlineSnapshot(`
			"────────────────────────────────────────────────────────────────────────────────
			 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

			   This removes AKIAIOSFODNN7EXAMPLE. It can't be undone. To go on, type
			   AKIAIOSFODNN7EXAMPLE and press Enter.
			 Type it: AKIA▌

			 esc back   ^C save and quit"
		`);
		expect(narrow).toMatchInlineSnapshot(`
			"────────────────────────────────────────────────────────────
			 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

			   This removes AKIAIOSFODNN7EXAMPLE. It can't be undone. To
			   go on, type AKIAIOSFODNN7EXAMPLE and press Enter.
			 Type it: AKIA▌

			 esc back   ^C save and quit"
		`);
	});
});

describe.each([
	['of changes', longReview, 'this policy allows Decrypt', 'Allow  kms:Verb11'],
	['of checks', longProof, 'shows up as AccessDenied', 'The calls: kms:ListKeys.'],
] as const)('a review %s that is longer than the screen', (_, scene: Scene, ending, late) => {
	test.each(['wide', 'narrow', 'small'] as const)('is approved only after its end was shown, at %s', async name => {
		const mounted = mountStep(scene, terminals[name]);
		const pages = [mounted.frame()];
		while (mounted.events.length === 0) {
			expect(pages.length).toBeLessThan(40);
			await mounted.press('\r');
			pages.push(mounted.frame());
		}
		expect(types(mounted)).toEqual(['approved']);
		const read = pages.slice(0, -1).map(it => it.replaceAll(/\s+/g, ' '));
		expect(read.length).toBeGreaterThan(1);
		expect(read.some(it => it.includes(late.replaceAll(/\s+/g, ' ')))).toBe(true);
		expect(read.slice(0, -1).some(it => it.includes(ending))).toBe(false);
		expect(pages.slice(0, -2).every(it => it.includes('more below') && it.includes('read on'))).toBe(true);
		expect(pages.at(-2)).not.toContain('more below');
	});
	test('leaves no line out between two pages', async () => {
		const mounted = mountStep(scene);
		const inside = (): readonly string[] =>
			mounted
				.frame()
				.split('\n')
				.slice(3)
				.filter(it => /^ {3,}[^ ↵↑]/.test(it));
		const shown = new Set(inside());
		const lines = Number(/(\d+) more below/.exec(mounted.frame())?.[1]) + shown.size;
		while (mounted.frame().includes('more below')) {
			await mounted.press('\r');
			for (const it of inside()) shown.add(it);
		}
		expect(shown.size).toBe(lines);
	});
	test('is read by arrows too, and asks for the rest again once it is scrolled back', async () => {
		const mounted = mountStep(scene);
		while (mounted.frame().includes('more below')) await mounted.press(down);
		await mounted.press(up, '\r');
		expect(mounted.events).toEqual([]);
		await mounted.press('\r');
		expect(types(mounted)).toEqual(['approved']);
	});
});

describe('copying', () => {
	test('p copies a page whole, and says where it went', async () => {
		const {press, copied, frame} = mountStep(phases['stopped, with a page'], terminals.narrow);
		await press('m', 'p');
		expect(copied).toEqual(['{"Effect": "Allow", "Action": "kms:CreateKey"}']);
		expect(frame()).toContain('Permissions copied.');
	});
	test('p copies the values of the sheet one after the other, in the order in which they are asked for, and y is no copy', async () => {
		const {press, copied, frame, events} = mountStep(forms['hand-off']);
		await press('p');
		expect(frame()).toContain('Access key copied. Next: KMS key.');
		await press('p');
		expect(frame()).toContain('KMS key copied. Next: Access key.');
		await press('p');
		expect(copied.map(it => it.slice(0, 12))).toEqual(['AKIAIOSFODNN', 'arn:aws:kms:', 'AKIAIOSFODNN']);
		await press('y', '\r');
		expect(events).toEqual([{type: 'submitted', answers: {npsRotated: true}}]);
	});
	test('w writes the sheet past the frame, each value in one piece', async () => {
		const {press, frames} = mountStep(forms['hand-off'], terminals.narrow);
		await press('w');
		const written = frames.find(it => it.startsWith('Access key'));
		expect(written).toContain('arn:aws:kms:eu-west-1:111122223333:key/1a2b3c4d-1111-2222-3333-444455556666\n');
	});
	test('what was said of one question is not said of the next', async () => {
		const {press, frame, goOn} = mountStep(phases['stopped, with a page']);
		await press('m', 'p');
		goOn({...phases.review, id: 7});
		expect(frame()).not.toContain('copied');
	});
});

test('a way out of a problem is a key', async () => {
	const {press, events} = mountStep(phases.stopped);
	await press('a', 'r');
	expect(events).toEqual([{type: 'way', way: problem.ways[1]}, {type: 'retry'}]);
});
test('what was typed for one question is never taken for the next', async () => {
	const {press, goOn, events} = mountStep(forms.text);
	await press('X');
	goOn({...forms.text, id: 2});
	await press('\r');
	expect(events).toEqual([{type: 'submitted', answers: {policyName: 'NPS_KMS_Policy'}}]);
});
test('what is noticed while the form stands joins the hint, and what was typed stays', async () => {
	const it = forms['many, typed'];
	const {press, goOn, frame} = mountStep(it);
	await press('s');
	goOn({...it, fields: it.fields.map(one => ({...one, noticed: 'CloudTrail shows 203.0.113.9'}))});
	expect(frame()).toContain('(optional, CloudTrail shows 203.0.113.9, ');
	expect(frame()).toContain('role/Admins');
});
