import {rmSync} from 'node:fs';
import {join} from 'node:path';
import {UntagPolicyCommand, UntagUserCommand} from '@aws-sdk/client-iam';
import {describe, expect, test, vi} from 'vitest';
import type {Event} from '../../src/engine/wizard.js';
import {place} from './connecting.js';

const writes = (sandbox: {readonly heard: readonly {readonly api: string}[]}) =>
	sandbox.heard
		.filter(it => !/^(Get|List|Lookup|Describe|Simulate|Encrypt|Decrypt|Generate)/.test(it.api))
		.map(it => it.api);
const policyName = 'NPS_KMS_Policy';
const UserName = 'nps-kms-user';

/** A set-up that stopped in eu-west-1, after that step; another region is named now. */
async function stoppedAfter(stopAfter: string, withRecord = false) {
	const at = await place(keys => ({credentials: `[default]\n${keys}`}));
	expect((await at.run({stopAfter})).code).toBe(0);
	if (!withRecord) rmSync(join(at.home, 'state'), {recursive: true});
	vi.stubEnv('AWS_REGION', 'us-east-1');
	at.sandbox.heard.length = 0;
	const {users, policies, keys} = at.sandbox.account;
	const tags = () =>
		[Object.values(policies).find(it => it.name === policyName), users[UserName]].map(it =>
			it?.tags.flatMap(tag => (tag.Key === 'nps-kms:region' ? [tag.Value] : [])).at(0),
		);
	const regions = () => Object.values(keys).map(it => it.region);
	const untag = async () => {
		const PolicyArn = `arn:aws:iam::${at.sandbox.account.id}:policy/${policyName}`;
		await at.iam.send(new UntagPolicyCommand({PolicyArn, TagKeys: ['nps-kms:region']}));
		await at.iam.send(new UntagUserCommand({UserName, TagKeys: ['nps-kms:region']}));
		at.sandbox.heard.length = 0;
	};
	return {...at, tags, regions, untag};
}

describe('a record lost between the key and the policy limited to it, recovered in another region', () => {
	test('goes on where the tags tell the key to be: no second key', async () => {
		const {run, sandbox, regions} = await stoppedAfter('managed-key');
		const {code, said, result} = await run({recover: true});
		expect([code, result['region'], regions(), writes(sandbox)]).toEqual([
			0,
			'eu-west-1',
			['eu-west-1'],
			['CreatePolicyVersion'],
		]);
		expect(said).toContain('Its KMS key belongs in eu-west-1, so it goes on there, not in us-east-1.');
		// And the next run knows it, whatever a variable says.
		expect((await run()).code).toBe(0);
	});
	test('stops before anything if that other region was given by flag', async () => {
		const {run, sandbox, regions} = await stoppedAfter('managed-key');
		await expect(run({recover: true, region: 'us-east-1'})).rejects.toMatchObject({
			problem: {
				code: 'OtherRegion',
				why: expect.stringContaining('nps-kms:region'),
				ways: expect.arrayContaining([expect.objectContaining({flags: '--region eu-west-1'})]),
			},
		});
		expect([regions(), writes(sandbox)]).toEqual([['eu-west-1'], []]);
	});
	test('asks for the region where the tags are gone, and names the one looked in', async () => {
		const {run, sandbox, untag, regions} = await stoppedAfter('managed-key');
		await untag();
		const {code, result} = await run({recover: true});
		expect([code, result['problem'], regions(), writes(sandbox)]).toEqual([
			1,
			expect.objectContaining({
				code: 'RegionNotKnown',
				why: expect.stringContaining('us-east-1 is the only region looked in'),
				todo: expect.stringContaining('--region us-east-1'),
			}),
			['eu-west-1'],
			[],
		]);
		expect((await run({region: 'eu-west-1'})).code).toBe(0);
		expect(regions()).toEqual(['eu-west-1']);
	});
	test('is made anew where the region is given, after a review that says so', async () => {
		const {run, untag, regions, lines} = {...(await stoppedAfter('access-key')), lines: []};
		await untag();
		const {code, said} = await run({recover: true, region: 'us-east-1', stopAfter: 'managed-key'});
		expect([code, regions(), lines]).toEqual([0, ['us-east-1'], []]);
		expect(said).toContain('us-east-1 is the only region looked in');
	});
	test('goes on there on the screen too', async () => {
		const {sit, regions} = await stoppedAfter('managed-key');
		const {scenes} = await sit({}, {recover: true, secretFile: undefined});
		expect(regions()).toEqual(['eu-west-1']);
		expect(scenes[0]?.answers['region']).toBe('eu-west-1');
	});
	test('and where no region is named at all', async () => {
		const {sit, regions} = await stoppedAfter('managed-key');
		vi.stubEnv('AWS_REGION', undefined);
		const {scenes, code} = await sit({}, {recover: true, secretFile: undefined});
		expect([code, regions(), scenes[0]?.answers['region']]).toEqual([0, ['eu-west-1'], 'eu-west-1']);
	});
	test('taken up on the screen in the other region: no key is made, and one way leads to the right one', async () => {
		const {sit, regions, sandbox} = await stoppedAfter('managed-key');
		const event = (scene: {readonly phase: object}): Event | undefined => {
			const {problem} = scene.phase as {problem?: {ways?: readonly {key: string}[]}};
			const [way] = problem?.ways ?? [];
			return way && ({type: 'way', way} as Event);
		};
		const {code, receipts} = await sit({event});
		expect([regions(), writes(sandbox), code]).toEqual([['eu-west-1'], ['CreatePolicyVersion'], 0]);
		expect(receipts.length).toBeGreaterThan(0);
	});
});

test('limited already, the policy alone tells the region', async () => {
	const {run, untag, regions} = await stoppedAfter('least-privilege');
	await untag();
	const {code, result} = await run({recover: true});
	expect([code, result['region'], regions()]).toEqual([0, 'eu-west-1', ['eu-west-1']]);
});

describe('a set-up that goes on in another region before its key is made', () => {
	test('says so in the tags of policy and user first', async () => {
		const {run, sandbox, tags} = await stoppedAfter('access-key', true);
		expect(tags()).toEqual(['eu-west-1', 'eu-west-1']);
		expect((await run()).code).toBe(0);
		expect(tags()).toEqual(['us-east-1', 'us-east-1']);
		expect(writes(sandbox).slice(0, 3)).toEqual(['TagPolicy', 'TagUser', 'CreateKey']);
	});
	test('goes on without them where AWS refuses to tag, and tells what that means', async () => {
		const {run, become, regions, tags} = await stoppedAfter('access-key', true);
		await become('mary', {
			Version: '2012-10-17',
			Statement: [
				{Effect: 'Allow', Action: '*', Resource: '*'},
				{Effect: 'Deny', Action: ['iam:TagPolicy', 'iam:TagUser'], Resource: '*'},
			],
		});
		const {code, said} = await run();
		expect([code, regions(), tags()]).toEqual([0, ['us-east-1'], ['eu-west-1', 'eu-west-1']]);
		expect(said).toMatch(/AWS refused the tag nps-kms:region of policy .*--recover needs --region us-east-1/);
	});
});
