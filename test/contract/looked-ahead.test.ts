import {afterAll, beforeAll, beforeEach, expect, test} from 'vitest';
import {Lane, type Ran, type Standing} from '../faults/lane.js';

let lane: Lane;
let finished: Standing;
const options = (): object => ({secretFile: `${lane.home}/secret.csv`, prove: false});
beforeAll(async () => {
	[lane] = (await Lane.open(1)) as [Lane];
	expect(await lane.run(options())).toMatchObject({code: 0});
	finished = lane.standing();
});
afterAll(() => lane.close());
beforeEach(() => {
	lane.onHeard = () => undefined;
	lane.back(finished);
});
const heard = ({heard: all}: Ran, api: string): number => all.filter(it => it.api === api).length;
const user = (): (typeof lane.sandbox.account.users)[string] => {
	const found = Object.values(lane.sandbox.account.users).find(it => it.name === 'nps-kms-user');
	if (!found) throw new Error('there is no user');
	return found;
};

test('in a finished setup that is run again, each thing is looked at once', async () => {
	const ran = await lane.run(options());
	expect(ran.code).toBe(0);
	expect([heard(ran, 'GetUser'), heard(ran, 'ListAccessKeys'), heard(ran, 'GetKeyPolicy')]).toEqual([1, 1, 1]);
});
test('what AWS refuses once ahead is looked at anew, and the run ends well', async () => {
	const ran = await lane.run(options(), {faults: [{api: 'iam:ListAccessKeys', nth: 1, kind: 'access-denied'}]});
	expect(ran.code).toBe(0);
	expect(heard(ran, 'ListAccessKeys')).toBe(2);
});
test('what AWS refuses again and again is told of the look that the step made itself', async () => {
	const ran = await lane.run(options(), {faults: [{api: 'iam:ListAccessKeys', nth: 'every', kind: 'access-denied'}]});
	expect(ran.code).not.toBe(0);
	expect(ran.result['problem']).toMatchObject({what: "AWS can't be looked at (iam:ListAccessKeys)"});
	expect(heard(ran, 'ListAccessKeys')).toBe(2);
});
test('what somebody takes away while something is put back is missed, though it was there ahead', async () => {
	user().attached.length = 0;
	lane.onHeard = it => {
		if (it.api === 'AttachUserPolicy') user().accessKeys.length = 0;
	};
	const ran = await lane.run({...options(), restore: 'user'});
	expect(ran.code).not.toBe(0);
	expect(ran.result).toMatchObject({step: 'access-key'});
	expect(heard(ran, 'ListAccessKeys')).toBeGreaterThan(1);
});
