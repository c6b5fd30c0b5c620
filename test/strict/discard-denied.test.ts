import {afterEach, beforeEach, expect, test} from 'vitest';
import {discard, setup} from '../../src/steps/index.js';
import {Bench} from '../contract/in-process.js';

let bench: Bench;
beforeEach(async () => {
	bench = await Bench.start();
});
afterEach(() => bench.end());

const key = () => Object.values(bench.sandbox.account.keys).find(it => it.manager === 'CUSTOMER');
function deny(Action: string, Principal: object = {AWS: '*'}): void {
	const it = key();
	if (!it) throw new Error('no key');
	const document = JSON.parse(it.policy) as {Statement: object[]};
	document.Statement.push({Sid: 'guard', Effect: 'Deny', Principal, Action, Resource: '*'});
	it.policy = JSON.stringify(document);
}

test.each([
	['kms:DisableKey', {}],
	['kms:Disable*', {}],
	['kms:ScheduleKeyDeletion', {deleteKmsKey: true}],
])('%s denied by the key policy: the statement is told before, and named as what has to go', async (action, more) => {
	await bench.run(setup, {prove: false, stopAfter: 'managed-key'});
	deny(action);
	const {code, result, said} = await bench.run(discard, {confirm: 'nps', confirmAlias: 'nps-kms-key', ...more});
	expect([code, result['problem']], said).toEqual([
		1,
		expect.objectContaining({code: 'KeyPolicyDenies', why: expect.stringContaining('“guard”: Deny') as string}),
	]);
	expect(said).toContain('The key policy may forbid it, and no permission helps then: “guard”: Deny');
	expect(key()?.state).toBe('Enabled');
});
test('a denial for somebody else is no matter', async () => {
	await bench.run(setup, {prove: false, npsRotated: false});
	deny('kms:*', {AWS: 'arn:aws:iam::111122223333:user/nps-kms-user'});
	const {said} = await bench.run(discard, {confirm: 'nps', confirmAlias: 'nps-kms-key'});
	expect(said).not.toContain('may forbid');
	expect(key()?.state).toBe('Disabled');
});
