import {afterEach, beforeEach, expect, test} from 'vitest';
import {discard, setup} from '../../src/steps/index.js';
import {Bench} from '../contract/in-process.js';
import {told} from './told.js';

let bench: Bench;
beforeEach(async () => {
	bench = await Bench.start();
});
afterEach(() => bench.end());

/** What the operator may not do. */
const mayNot = (...Action: readonly string[]): unknown =>
	Object.assign(bench.sandbox.account.users['admin']?.inline ?? {}, {
		no: JSON.stringify({Version: '2012-10-17', Statement: [{Effect: 'Deny', Action, Resource: '*'}]}),
	});
/** Policy, user and key as somebody else made them. */
async function theirs(): Promise<void> {
	const names = {policyName: 'NPS_KMS_Policy', userName: 'nps-kms-user', keyAlias: 'nps-kms-key'};
	const secretFile = `${bench.home}/theirs.csv`;
	await bench.run(setup, {setup: 'theirs', prove: false, stopAfter: 'managed-key', secretFile, ...names});
	const {policies, users, keys} = bench.sandbox.account;
	for (const it of [...Object.values(policies), ...Object.values(users), ...Object.values(keys)]) it.tags.length = 0;
	for (const it of Object.values(users)) if (it.name !== 'admin') it.accessKeys.length = 0;
}
const changes = (): readonly string[] =>
	bench.heard.filter(it => it.status === 200 && !/^(Get|List|Lookup|Describe|Simulate)/.test(it.api)).map(it => it.api);

test('what may not be tagged is adopted all the same, told, and known by the record from then on', async () => {
	await theirs();
	mayNot('iam:TagPolicy', 'iam:TagUser', 'kms:TagResource');
	const {code, said} = await bench.run(setup, {adopt: 'policy,user,key', prove: false});
	expect(code, said).toBe(0);
	for (const thing of ['policy NPS_KMS_Policy', 'user nps-kms-user', 'KMS key'])
		expect(said).toContain(`AWS refused the tag nps-kms:adopted-by on ${thing}`);
	// The policy that the user has is the one that is adopted: no stranger's.
	expect(said).not.toContain('the proof may come out wrong');
	expect((await told(bench))[1]).toEqual([]);
	bench.heard.length = 0;
	const again = await bench.run(setup, {prove: false});
	expect([again.code, bench.heard.filter(it => it.api.startsWith('Tag')), changes()], again.said).toEqual([0, [], []]);
});
test('what is made beside it is not: no access key is made where the key that limits it could not be tagged', async () => {
	await theirs();
	const {aliases} = bench.sandbox.account;
	for (const name of Object.keys(aliases)) if (aliases[name]?.name === 'alias/nps-kms-key') delete aliases[name];
	mayNot('kms:TagResource');
	bench.heard.length = 0;
	const {code, result} = await bench.run(setup, {adopt: 'policy,user', prove: false});
	expect([code, result['problem']]).toEqual([1, expect.objectContaining({code: 'DeniedAhead'})]);
	expect(changes()).toEqual([]);
});
test('and stays when the setup is taken back', async () => {
	await theirs();
	mayNot('iam:TagPolicy', 'iam:TagUser');
	const {code, said} = await bench.run(setup, {adopt: 'policy,user', stopAfter: 'user', prove: false});
	expect(code, said).toBe(0);
	const back = await bench.run(discard, {confirm: 'nps'});
	expect([back.code, Object.keys(bench.sandbox.account.users)], back.said).toEqual([0, ['admin', 'nps-kms-user']]);
});
test('what is our own is not left untagged', async () => {
	await bench.run(setup, {stopAfter: 'policy', prove: false});
	for (const it of Object.values(bench.sandbox.account.policies))
		it.tags.splice(0, it.tags.length, ...it.tags.filter(tag => tag.Key !== 'nps-kms:setup'));
	mayNot('iam:TagPolicy');
	const {code, result} = await bench.run(setup, {stopAfter: 'policy', prove: false});
	expect([code, result['problem']]).toEqual([1, expect.objectContaining({code: 'AccessDenied'})]);
});
