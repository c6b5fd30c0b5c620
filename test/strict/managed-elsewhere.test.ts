import {afterEach, beforeEach, expect, test} from 'vitest';
import {discard, setup} from '../../src/steps/index.js';
import {Bench} from '../contract/in-process.js';
import {told} from './told.js';

let bench: Bench;
beforeEach(async () => {
	bench = await Bench.start();
});
afterEach(() => bench.end());

type Tag = {Key: string; Value: string};
/** Policy, user and key as an engine made them, each with the tags that it put there. */
async function theirs(tags: readonly Tag[] = []): Promise<void> {
	const names = {policyName: 'NPS_KMS_Policy', userName: 'nps-kms-user', keyAlias: 'nps-kms-key'};
	const secretFile = `${bench.home}/theirs.csv`;
	await bench.run(setup, {setup: 'theirs', prove: false, secretFile, ...names});
	const {policies, users, keys} = bench.sandbox.account;
	const made = [
		...Object.values(policies),
		...Object.values(users).filter(it => it.name !== 'admin'),
		...Object.values(keys),
	];
	for (const it of made) it.tags.splice(0, it.tags.length, ...tags);
	for (const it of Object.values(users)) if (it.name !== 'admin') it.accessKeys.length = 0;
	bench.heard.length = 0;
}
const changes = (): readonly string[] =>
	bench.heard
		.filter(
			it => it.status === 200 && /^(Create|Put|Tag|Untag|Attach|Detach|Delete|Enable|Disable|Schedule)/.test(it.api),
		)
		.map(it => it.api);
const stack = (name: string): readonly Tag[] => [{Key: 'aws:cloudformation:stack-name', Value: name}];
const adopt = {adopt: 'policy,user,key'};

test.each([
	[stack('nps-kms'), {}, 'CloudFormation (stack nps-kms)'],
	[stack('StackSet-nps-1'), {}, 'a CloudFormation StackSet (stack StackSet-nps-1)'],
	[[{Key: 'ManagedBy', Value: 'terraform'}], {}, 'terraform (tag ManagedBy)'],
	[[], {managedBy: 'terraform'}, 'Terraform'],
])(
	'what bears %j, with %j, is adopted without a tag, named so in review and status, and known again',
	async (tags, more, by) => {
		await theirs(tags);
		const {code, said} = await bench.run(setup, {...adopt, ...more});
		expect(code, said).toBe(0);
		expect(changes()).toEqual(['CreateAccessKey']);
		for (const thing of ['policy NPS_KMS_Policy', 'user nps-kms-user', 'KMS key'])
			expect(said).toMatch(new RegExp(`${thing}.* is managed by ${by.replaceAll(/[()]/g, '\\$&')}: it gets no tag`));
		bench.heard.length = 0;
		const again = await bench.run(setup);
		expect([again.code, changes()], again.said).toEqual([0, []]);
		expect(again.said).toContain(`(adopted), managed by ${by}`);
		expect((await told(bench))[1]).toEqual([]);
	},
);
test('without --adopt it is named with its manager, and stays', async () => {
	await theirs(stack('nps-kms'));
	const {code, result} = await bench.run(setup);
	expect([code, changes(), result['problem']]).toEqual([
		1,
		[],
		expect.objectContaining({code: 'AlreadyThere', why: expect.stringContaining('managed by CloudFormation')}),
	]);
});
test('what is missing in it is handed over, and nothing is changed', async () => {
	await theirs();
	const {users, keys} = bench.sandbox.account;
	const user = users['nps-kms-user'];
	const attached = [...(user?.attached ?? [])];
	user?.attached.splice(0);
	const detached = await bench.run(setup, {...adopt, managedBy: 'terraform'});
	expect([detached.code, changes(), detached.result['problem']]).toEqual([
		1,
		[],
		expect.objectContaining({code: 'ManagedElsewhere', why: expect.stringContaining('attachment NPS_KMS_Policy')}),
	]);
	user?.attached.push(...attached);
	for (const it of Object.values(keys)) delete it.rotation;
	const turned = await bench.run(setup, {...adopt, managedBy: 'terraform'});
	expect([turned.code, changes(), turned.result['problem']]).toEqual([
		1,
		['CreateAccessKey'],
		expect.objectContaining({
			what: expect.stringContaining('managed by Terraform'),
			why: expect.stringContaining('rotation of the key material'),
		}),
	]);
});
test('what an engine is to make isn’t made here', async () => {
	const {code, result} = await bench.run(setup, {...adopt, managedBy: 'cloudformation'});
	expect([code, changes(), result['problem']]).toEqual([
		1,
		[],
		expect.objectContaining({what: expect.stringContaining("isn't there"), why: 'It is CloudFormation that makes it'}),
	]);
});
test('what was made here and is managed elsewhere since stays when the setup is taken back', async () => {
	await bench.run(setup, {stopAfter: 'user'});
	expect((await bench.run(setup, {stopAfter: 'user', managedBy: 'terraform'})).code).toBe(0);
	const things = (): string => JSON.stringify([bench.sandbox.account.policies, bench.sandbox.account.users]);
	const before = things();
	const {said} = await bench.run(discard, {confirm: 'nps'});
	expect(said).toContain('managed by Terraform');
	expect(things()).toBe(before);
});
test('what still bears an engine’s tags is this setup’s to mend once a person says that nothing manages it', async () => {
	await theirs([...stack('nps-kms'), {Key: 'ManagedBy', Value: 'terraform'}]);
	bench.sandbox.account.users['nps-kms-user']?.attached.splice(0);
	const stopped = await bench.run(setup, {...adopt, prove: false});
	expect([stopped.code, changes(), stopped.result['problem']]).toEqual([
		1,
		[],
		expect.objectContaining({
			code: 'ManagedElsewhere',
			ways: expect.arrayContaining([expect.objectContaining({flags: '--managed-by nothing'})]),
		}),
	]);
	const {code, said} = await bench.run(setup, {...adopt, prove: false, managedBy: 'nothing'});
	expect([code, said.includes('is managed by')], said).toEqual([0, false]);
	expect(bench.sandbox.account.users['nps-kms-user']?.attached).toHaveLength(1);
});
test('once nothing else manages it, it is this setup’s to mend again', async () => {
	await bench.run(setup, {prove: false, managedBy: 'terraform', ...adopt});
	const own = (): readonly string[] =>
		Object.values(bench.sandbox.account.policies).flatMap(it => (it.arn.includes('::aws:') ? [] : [it.name]));
	expect(own()).toEqual([]);
	const {code, said} = await bench.run(setup, {prove: false, managedBy: ''});
	expect(code, said).toBe(0);
	expect(own()).toEqual(['NPS_KMS_Policy']);
});
