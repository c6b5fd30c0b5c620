import {expect, test} from 'vitest';
import {whatChanged} from '../../src/engine/what-changed.js';

test.each([
	['nothing', {changed: [], inDoubt: [], done: []}, ['Nothing changed in this step.']],
	[
		'what was done, and what stands',
		{changed: ['create a'], inDoubt: [], done: ['Connect']},
		['Changed in this step: create a.', 'Done and kept: Connect.'],
	],
	[
		'a lost answer, and never that nothing changed',
		{changed: [], inDoubt: ['create b'], done: []},
		['Perhaps done, the next look will tell: create b.'],
	],
])('a problem tells %s', (_name, standing, told) => {
	expect(whatChanged(standing)).toEqual(told);
});
