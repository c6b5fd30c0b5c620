import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {crowd} from '../bench/crowd.js';
import {Bench} from './in-process.js';

let bench: Bench;
beforeEach(async () => {
	bench = await Bench.start();
});
afterEach(() => bench.end());

/** How many requests a run sends to its end. */
async function requestsOf(options: object): Promise<number> {
	bench.heard.length = 0;
	const ran = await bench.run(undefined, options);
	expect(ran.result, ran.said).toMatchObject({status: 'complete'});
	return bench.heard.length;
}

// Each request is a moment that somebody waits, and one that a busy account may throttle. Looking ahead before anything
// is made takes five of them, and who a user or policy is, right before each change, the others beyond 45.
// Who uses the KMS key takes three at the hand-off, and what bounds the user one at the proof.
describe.each([0, 1000])(
	'with %i users, access keys, policies, KMS keys and aliases of others in the account',
	others => {
		beforeEach(() => crowd(bench.sandbox.account, others, 'eu-west-1'));

		test('a whole set-up takes at most 57 requests, a finished one at most 21', async () => {
			expect(await requestsOf({prove: false})).toBeLessThanOrEqual(57);
			expect(await requestsOf({prove: false})).toBeLessThanOrEqual(21);
		});
		test('a whole set-up with its proof takes at most 105 requests, a finished one at most 21', async () => {
			expect(await requestsOf({})).toBeLessThanOrEqual(105);
			expect(await requestsOf({})).toBeLessThanOrEqual(21);
		});
	},
);
