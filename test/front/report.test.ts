import {expect, test} from 'vitest';
import type {Checked} from '../../src/engine/step.js';
import {Report} from '../../src/front/report.js';
import {setup} from '../../src/steps/index.js';

test('a program is told what was tried with the new credentials, what the operator saw, and what IAM only simulated', () => {
	const lines: string[] = [];
	const outlet = {json: true, out: (it: string) => void lines.push(it), err: () => undefined};
	const report = new Report(setup, outlet, () => ({}));
	const check = (by: Checked['by'], more: Partial<Checked> = {}): void =>
		report.hear({
			...{type: 'check', step: 'prove', check: 'disable-key', by, expect: 'denied', got: 'denied', ok: true, says: ''},
			...more,
		});
	check('new-user');
	check('new-user', {untried: true});
	check('operator', {untried: true});
	expect(lines.map(it => (JSON.parse(it) as {by: string}).by)).toEqual(['new-user', 'simulation', 'operator']);
});

test('so is a person', () => {
	const lines: string[] = [];
	const report = new Report(setup, {json: false, out: it => void lines.push(it), err: () => undefined}, () => ({}));
	const check = (more: Partial<Checked>): void =>
		report.hear({
			...{
				type: 'check',
				step: 'prove',
				check: 'x',
				by: 'new-user',
				expect: 'denied',
				got: 'denied',
				ok: true,
				says: 'it',
			},
			...more,
		});
	check({});
	check({untried: true});
	check({untried: true, by: 'operator'});
	check({untried: true, ok: null, got: 'cant-tell', because: 'you may not simulate'});
	expect(lines).toEqual(['  ✔ it', '  ✔ it (as simulated)', '  ✔ it', "  ? it: can't tell (you may not simulate)"]);
});
