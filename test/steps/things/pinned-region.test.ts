import {expect, test} from 'vitest';
import {isPinned, movesOn, pinnedRegion} from '../../../src/steps/things/pinned-region.js';

const looked = {calls: [], facts: {account: '111122223333', region: 'eu-west-1'}, answers: {region: 'eu-west-1'}};
const made = (api: string) => ({...looked, calls: [{call: {api, input: {}}, learned: {}}]});

test('an account that was only looked at isn’t held', () => {
	expect([isPinned(looked), pinnedRegion(looked)]).toEqual([false, undefined]);
	expect(movesOn(looked, {account: '444455556666', region: 'eu-west-1'})).toHaveLength(1);
	expect(movesOn(looked, {account: '111122223333', region: 'eu-west-1'})).toEqual([]);
});
test.each([
	['a call that was made, or may have been', made('iam:CreatePolicy')],
	['a record that was recovered', {...looked, recovered: true as const}],
	['a printed script', {...looked, wasPrinted: true as const}],
	[
		'a policy that was there and taken over',
		{...looked, facts: {...looked.facts, policyArn: 'arn:aws:iam::1:policy/p'}},
	],
])('%s holds the account', (_what, known) => {
	expect(isPinned(known)).toBe(true);
});
test('the KMS key, a call that may have made it, or a script that makes it holds the region, and nothing else does', () => {
	const keyArn = 'arn:aws:kms:eu-north-1:111122223333:key/1';
	expect(pinnedRegion({...looked, facts: {...looked.facts, keyArn}})).toBe('eu-north-1');
	expect(pinnedRegion(made('kms:CreateKey'))).toBe('eu-west-1');
	expect(pinnedRegion({...looked, wasPrinted: true})).toBe('eu-west-1');
	expect(pinnedRegion(made('iam:CreatePolicy'))).toBeUndefined();
});
