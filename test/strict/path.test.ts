import {describe, expect, test} from 'vitest';
import {discard, setup} from '../../src/steps/index.js';
import {userIn} from './account.js';
import {StrictBench} from './strict-bench.js';

const iam = 'arn:aws:iam::111122223333';
const strict = new StrictBench();
const {run, writes, forget} = strict;
const ours = (): readonly string[] => [
	...Object.keys(strict.bench.sandbox.account.policies).filter(it => it.startsWith(iam)),
	...Object.values(strict.bench.sandbox.account.users)
		.filter(it => it.name !== 'admin')
		.map(it => it.arn),
];
const under = (path: string): readonly string[] => [
	`${iam}:policy${path}NPS_KMS_Policy`,
	`${iam}:user${path}nps-kms-user`,
];

test('policy and user are made under the path, and are proven there', async () => {
	const {code, result} = await run({path: '/nps/eu/', prove: true});
	expect([code, result['proven'], result['policyArn'], result['userArn']]).toEqual([0, true, ...under('/nps/eu/')]);
	expect(ours()).toEqual(under('/nps/eu/'));
	const again = await run();
	expect([again.code, writes()]).toEqual([0, []]);
});

test('a setup under a path whose record was lost is found there without being told the path', async () => {
	await run({path: '/nps/'});
	forget();
	expect([(await run({recover: true})).code, writes()]).toEqual([0, []]);
});
test('an unfinished one is taken back whole', async () => {
	await run({path: '/nps/', stopAfter: 'user'});
	const {code, said} = await strict.bench.run(discard, {confirm: 'nps'});
	expect([code, ours()], said).toEqual([0, []]);
});
test('what it had not come to when its record was lost is made under the same path', async () => {
	await run({path: '/nps/', stopAfter: 'policy'});
	forget();
	expect((await run({recover: true, stopAfter: 'user'})).code).toBe(0);
	expect(ours()).toEqual(under('/nps/'));
});

describe('another path', () => {
	test('comes too late once something is made, for IAM moves nothing', async () => {
		await run({path: '/nps/', stopAfter: 'policy'});
		await expect(run({path: '/other/'})).rejects.toMatchObject({
			problem: {what: '--path /other/ comes too late', why: 'It is already created as /nps/'},
		});
	});
	test('is refused where the record was lost, with the path to go on with', async () => {
		await run({stopAfter: 'policy'});
		forget();
		const {code, result} = await run({recover: true, path: '/other/'});
		expect([code, result['problem']]).toEqual([
			1,
			expect.objectContaining({code: 'OtherPath', todo: expect.stringContaining('--path /;') as string}),
		]);
		expect(writes()).toEqual([]);
	});
});

describe('a name that is taken under another path is found before anything is made', () => {
	test.each([
		['policy', 'NPS_KMS_Policy'],
		['policy', 'nps_kms_POLICY'],
		['user', 'nps-kms-user'],
		['user', 'NPS-kms-user'],
	])('%s %s', async (kind, name) => {
		if (kind === 'policy')
			await strict.bench.run(setup, {setup: 'theirs', prove: false, path: '/apps/', policyName: name});
		else userIn(strict.bench.sandbox.account, {name, path: '/apps/'});
		const {code, result} = await run({path: '/nps/'});
		expect([code, result['problem']]).toEqual([
			1,
			expect.objectContaining({
				what: expect.stringContaining(
					`${kind === 'user' ? 'User' : 'Policy'} ${iam}:${kind}/apps/${name} is there already`,
				) as string,
			}),
		]);
		expect(writes()).toEqual([]);
	});
});

test('a policy under a path is adopted by its name, by an operator who may make none', async () => {
	const {account} = strict.bench.sandbox;
	await strict.bench.run(setup, {
		setup: 'theirs',
		prove: false,
		path: '/nps/',
		stopAfter: 'policy',
		policyName: 'NPS_KMS_Policy',
	});
	for (const it of Object.values(account.policies)) it.tags.length = 0;
	Object.assign(account.users['admin']?.inline ?? {}, {
		no: JSON.stringify({
			Version: '2012-10-17',
			Statement: [{Effect: 'Deny', Action: 'iam:CreatePolicy', Resource: '*'}],
		}),
	});
	const {code, result} = await run({adopt: 'policy'});
	expect([code, result['policyArn']]).toEqual([0, `${iam}:policy/nps/NPS_KMS_Policy`]);
	expect(writes()).not.toContain('CreatePolicy');
});

test('who may not list what is there makes it all the same', async () => {
	Object.assign(strict.bench.sandbox.account.users['admin']?.inline ?? {}, {
		no: JSON.stringify({
			Version: '2012-10-17',
			Statement: [{Effect: 'Deny', Action: ['iam:ListPolicies', 'iam:ListUsers'], Resource: '*'}],
		}),
	});
	expect((await run({path: '/nps/'})).code).toBe(0);
	expect(ours()).toEqual(under('/nps/'));
});
