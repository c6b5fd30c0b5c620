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
describe.each([0, 1000])(
	'with %i users, access keys, policies, KMS keys and aliases of others in the account',
	others => {
		beforeEach(() => crowd(bench.sandbox.account, others, 'eu-west-1'));

		test('a whole set-up takes at most 54 requests, a finished one at most 18', async () => {
			expect(await requestsOf({prove: false})).toBeLessThanOrEqual(54);
			expect(await requestsOf({prove: false})).toBeLessThanOrEqual(18);
		});
		test('a whole set-up with its proof takes at most 101 requests, a finished one at most 18', async () => {
			expect(await requestsOf({})).toBeLessThanOrEqual(101);
			expect(await requestsOf({})).toBeLessThanOrEqual(18);
		});
	},
);
