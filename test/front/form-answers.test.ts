import {expect, test} from 'vitest';
import type {Field} from '../../src/engine/step.js';
import {stillAsked} from '../../src/front/form-answers.js';

test('what AWS shows needs no reason besides: a question that only that answer opens is not asked', () => {
	const rotated: Field = {name: 'rotated', label: 'Has it run?', kind: 'yes-no'};
	const reason: Field = {name: 'reason', label: 'Because', kind: 'text', when: it => it['rotated'] === true};
	const other: Field = {name: 'other', label: 'Other', kind: 'text'};
	const asked = (shown: ReadonlyMap<string, string>): readonly string[] =>
		stillAsked([rotated, reason, other], {rotated: true}, shown).map(it => it.name);
	expect(asked(new Map())).toEqual(['rotated', 'reason', 'other']);
	expect(asked(new Map([['rotated', 'NPS used it']]))).toEqual(['rotated', 'other']);
});
