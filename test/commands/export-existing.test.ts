import {expect, test} from 'vitest';
import {existingOf} from '../../src/commands/export/existing.js';
import {fold} from '../../src/engine/record.js';
import type {State} from '../../src/engine/state.js';
import {Trouble} from '../../src/engine/trouble.js';
import type {EndState} from '../../src/export/end-state.js';

const end = {policy: {name: 'P', path: '/'}, user: {name: 'u', path: '/'}, alias: 'alias/a'} as EndState;
const finished: State = {
	...fold([], 'setup'),
	done: {setup: ['least-privilege']},
	facts: {
		userName: 'nps',
		userArn: 'arn:aws:iam::111122223333:user/nps',
		policyArn: 'arn:aws:iam::111122223333:policy/P',
		keyId: 'key-1',
		keyAlias: 'alias/nps',
	},
};
const refusal = (state: State): unknown => {
	try {
		return existingOf(state, end);
	} catch (error) {
		return error instanceof Trouble ? error.problem : error;
	}
};

test('what the setup made itself, and nobody narrowed, is taken over as the record tells it', () => {
	expect(existingOf(finished, end).existing).toMatchObject({userName: 'nps', keyId: 'key-1', alias: 'alias/nps'});
});
test.each([
	[{policyAdopted: 'ANPA'}, 'Adopted: policy arn:aws:iam::111122223333:policy/P.'],
	[{userAdopted: 'AIDA'}, 'Adopted: user nps.'],
	[{keyAdopted: 'key-1'}, 'Adopted: KMS key key-1.'],
	[{userAdopted: 'AIDA', keyAdopted: 'key-1'}, 'Adopted: user nps, KMS key key-1.'],
])('what was adopted (%j) isn’t, for the files would put our settings in the place of its own', (facts, told) => {
	expect(refusal({...finished, facts: {...finished.facts, ...facts}})).toMatchObject({
		code: 'NotAsRecorded',
		why: expect.stringContaining(told),
		todo: expect.stringContaining('by hand'),
	});
});
test('nor what others made stricter, which is named', () => {
	const narrowings = {'key policy: denies kms:Encrypt': '2026-11-01T00:00:00Z'};
	expect(refusal({...finished, narrowings})).toMatchObject({
		code: 'NotAsRecorded',
		why: expect.stringContaining('Made stricter by others: key policy: denies kms:Encrypt.'),
	});
});
