import {expect, test} from 'vitest';
import type {Scene} from '../../src/engine/scene.js';
import {framesAt, mountStep} from './frames.js';
import {forms, phases} from './step-scenes.js';

const sixLines = {columns: 30, rows: 6};
const right = '\u001B[C';

test('of six lines, a question that NPS is meant by is seen whole, with its answer', async () => {
	const {press, frame, readOn} = mountStep(forms['hand-off'], sixLines);
	await readOn();
	await press(right);
	expect(frame().replaceAll(/ +$/gm, '')).toMatchInlineSnapshot(`
		" Step 1 of 7 · Create the pol…
		   SbPAM.RotateAwsKey, in
		 ▸ Have you run
		   SbPAM.RotateAwsKey? ▸ yes
		 p copy   w write above"
	`);
});
test('of six lines, a text has room below its label', async () => {
	const {press, frame, readOn} = mountStep(forms['hand-off, with more to ask'], sixLines);
	await readOn();
	await press(right, '\t', 'x');
	expect(frame().replaceAll(/ +$/gm, '')).toMatchInlineSnapshot(`
		" Step 1 of 7 · Create the pol…
		 ▸ If AWS shows
		   no use, go
		   on because: x▌
		 ↵ back to the question"
	`);
});
test('Enter answers what NPS is meant by from where its question stands, not from a reason given below', async () => {
	const {press, events, frame} = mountStep(forms['hand-off, with more to ask']);
	await press(right, '\t', 'x');
	expect(frame()).toContain('▸ If AWS shows no use, go on because: x▌');
	await press('\r');
	expect(events).toEqual([]);
	expect(frame()).toMatch(/▸ Has SbPAM.RotateAwsKey run with it\? +▸ yes/);
	await press('\r');
	expect(events).toMatchObject([{type: 'submitted', answers: {newKeyRotated: true, reason: 'x'}}]);
});
test('what was chosen though nothing lists it counts among all there is', async () => {
	const {wide} = await framesAt(
		forms.many,
		'\u001B[200~arn:aws:iam::111122223333:role/One arn:aws:iam::111122223333:role/Two\u001B[201~',
	);
	expect(wide).toContain('filter: ▌  32 of 32');
});

test('a gate that has no room is read on to its end, though no key of it says yes', async () => {
	const what = 'The old access key or KMS key was used after the restart';
	const why = `The restart was at 2026-11-28 20:00 UTC; since then ${'AKIAIOSFODNN7EXAMPLE was used: Decrypt; '.repeat(4)}`;
	const ways = [
		{is: 'by-hand', says: 'find out what uses it, restart that, and say when it was'},
		{is: 'answer', says: 'if it is certainly not NPS, say why', field: 'oldUseReason', flags: '--old-use-reason WHY'},
	] as const;
	const gate = {...phases.stopped, phase: {at: 'stopped', problem: {is: 'pause', what, why, ways, code: 'StillUsed'}}};
	const {readOn} = mountStep(gate as Scene, {columns: 60, rows: 15});
	const screens = await readOn();
	expect(screens.length).toBeGreaterThan(1);
	expect(screens[0]).toMatch(/\d+ more below[\s\S]*↵ read on/);
	expect(screens.at(-1)).toMatch(/--old-use-reason WHY[\s\S]*Nothing changed[\s\S]*r try again/);
	expect(screens.at(-1)).not.toContain('more below');
});
