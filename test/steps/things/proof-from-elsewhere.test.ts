import {expect, test} from 'vitest';
import type {Attempt, Check, Known} from '../../../src/engine/step.js';
import {withPlace} from '../../../src/steps/things/proof-from-elsewhere.js';

const check: Check = {
	...{id: 'one', says: 'does it', by: 'new-user', expect: 'allowed', ways: [{is: 'by-hand', says: 'see to it'}]},
	probes: [{call: {api: 'kms:Encrypt', input: {}}}],
};
/** How long a denial is asked on, where the third run of a record proves and such a change was made. */
function after(change: Partial<Attempt>, sourceIp: readonly string[] = ['203.0.113.0/24']): number | undefined {
	const known = {
		...{answers: {sourceIp}, run: {setup: 'nps'}, facts: {}, runs: 3},
		of: (step: string) => ({past: step === 'managed-key' ? [change] : []}),
	} as unknown as Known;
	return withPlace(check, known).elsewhere?.after;
}

test.each([
	['made in this run', {run: 3, outcome: 'done' as const}, 20],
	['in doubt since this run', {run: 3}, 20],
	['refused in this run', {run: 3, outcome: 'refused' as const}, 0],
	['made in an earlier run', {run: 2, outcome: 'done' as const}, 0],
])('a change %s: %j', (_when, change, seconds) => {
	expect(after(change)).toBe(seconds);
});
test('where nothing is bound no denial is expected', () => {
	expect(after({run: 3}, [])).toBeUndefined();
});
