import {expect, test} from 'vitest';
import {framesAt} from './frames.js';
import {phases} from './step-scenes.js';

const wait = {for: 'AWS', why: 'iam:GetUser is not answered yet', elapsedMs: 7000, limitMs: 30_000};
const {looking, applying} = phases;
const toDo = applying.changes.map(it => ({...it, status: 'to-do' as const}));

test.each([
	['while it looks', {...looking, wait}],
	['before the first change goes out', {...applying, changes: toDo, wait}],
	['between two steps', {...looking, phase: {at: 'done', plan: {changes: []}} as const, wait}],
	[
		'while nothing is left to check',
		{...looking, phase: {at: 'checking', plan: {changes: []}} as const, checks: [], wait},
	],
])('a call that is not answered is seen with its limit %s', async (_when, scene) => {
	for (const frame of Object.values(await framesAt(scene))) {
		expect(frame).toContain('waiting: iam:GetUser is not answered yet');
		expect(frame).toContain('7 s of at most 30 s');
		expect(frame).toMatch(/(\^C|q) [fs]/);
	}
});
