import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {partitionOf} from '../../src/aws/rules/regions.js';
import {forecast} from '../../src/engine/forecast.js';
import {fold} from '../../src/engine/record.js';
import {type Answers, type Change, isProblem} from '../../src/engine/step.js';
import {setup} from '../../src/steps/index.js';
import type {World} from '../fake/ports.js';
import {call, iam, look, planned, planOf, problemOf, worldAfter} from './plans.js';

test('the steps are the documented ones, in their order', () => {
	expect(setup.steps.map(it => it.id)).toEqual([
		'connect',
		'policy',
		'user',
		'access-key',
		'managed-key',
		'least-privilege',
		'prove',
		'hand-off',
	]);
});
test.each([
	['connect', 'Create an AWS Policy, step 1'],
	['policy', 'Create an AWS Policy, steps 2-9'],
	['user', 'Create a User, steps 1-6'],
	['access-key', 'Create a User, steps 7-12'],
	['managed-key', 'Create a Managed Key, steps 1-9'],
	['least-privilege', 'Least Privilege Policy, steps 1-9'],
	['hand-off', 'the end of the page'],
])('%s covers “%s” of the documented procedure, and links to it', (id, covers) => {
	const guide = setup.steps.find(it => it.id === id)?.guide;
	expect(guide?.covers).toContain(covers);
	expect(guide?.links.some(it => it.includes('docs.netwrix.com'))).toBe(true);
	expect(guide?.text.length).toBeGreaterThan(0);
});
test('no guide, title or name says “rotate the key”', () => {
	expect(JSON.stringify(setup.steps.map(({name, title, guide}) => ({name, title, guide})))).not.toMatch(
		/rotat\w+ the (access )?key\b(?! material)/i,
	);
});

describe('connect', () => {
	test('changes nothing and pins the account', async () => {
		expect(await planned('connect', await worldAfter('connect'))).toMatchObject({
			changes: [],
			facts: {account: '111122223333', partition: 'aws', region: 'eu-west-1'},
		});
	});
	test.each([
		['another account than the record has', {facts: {account: '444455556666'}}, 'OtherAccount'],
		['another account than is expected', {run: {expectAccount: '444455556666'}}, 'UnexpectedAccount'],
		['a region of another partition', {answers: {region: 'us-gov-west-1'}}, 'WrongPartition'],
	])('stops at %s', async (_, extra, code) => {
		// Looking alone pins no account: something has to be made.
		expect(await problemOf('connect', await worldAfter('policy'), extra)).toMatchObject({code});
	});
	test('only warns of a region that it does not know, and says that the setup moves there', async () => {
		expect(partitionOf('eu-west-9')).toBe('aws');
		const {warns = []} = await planned('connect', await worldAfter('connect'), {answers: {region: 'eu-west-9'}});
		expect(warns).toEqual([
			expect.stringContaining('it goes on in eu-west-9'),
			expect.stringContaining("Region eu-west-9 isn't in the list"),
		]);
	});
	test('goes on in another account where nothing was made yet, and says so', async () => {
		const {warns = []} = await planned('connect', await worldAfter('connect'), {facts: {account: '444455556666'}});
		expect(warns.join()).toContain('Nothing was made in account 444455556666');
	});
});

describe('a forecast', () => {
	const all = async (world: World, answers: Answers = {}) => {
		const state = fold(world.record);
		const found = [];
		for await (const it of forecast(
			setup.steps,
			{...state, answers: {region: 'eu-west-1', ...state.answers, ...answers}},
			look(world),
			{
				setup: 'nps',
				homeFolder: '/home/op',
				today: '20261124',
			},
		))
			found.push(it);
		return found;
	};
	const started = async (): Promise<World> => ({
		...(await worldAfter('connect')),
		record: (await worldAfter('connect')).record.slice(0, 1),
	});
	test('goes through all steps, and what is not known yet stays a name', async () => {
		const found = await all(await started());
		expect(found.map(it => it.step.id)).toEqual(setup.steps.map(it => it.id));
		const calls = found.flatMap(it =>
			isProblem(it.plan) ? expect.fail(it.plan.what) : it.plan.changes.map(change => change.call),
		);
		expect(calls.map(it => it.api)).toEqual([
			'iam:CreatePolicy',
			'iam:CreateUser',
			'iam:AttachUserPolicy',
			'iam:CreateAccessKey',
			'kms:CreateKey',
			'kms:CreateAlias',
			'kms:EnableKeyRotation',
			'iam:CreatePolicyVersion',
		]);
		expect(calls[2]?.input['PolicyArn']).toEqual({$fact: 'policyArn'});
		expect(calls[5]?.input['TargetKeyId']).toEqual({$fact: 'keyId'});
		expect(calls[7]?.input['PolicyDocument']).toMatchObject({$json: {Statement: [{Resource: {$fact: 'keyArn'}}]}});
	});
	test('of a set-up that is complete foresees nothing, and changes nothing', async () => {
		const world = await worldAfter('hand-off');
		const had = JSON.stringify(world);
		const found = await all(world);
		expect(
			found.flatMap(it => (isProblem(it.plan) ? [it.plan.what] : it.plan.changes.map(change => change.id))),
		).toEqual([]);
		expect(JSON.stringify(world)).toBe(had);
	});
	test('is what a run then does', async () => {
		const world = await started();
		const foreseen = (await all(world)).flatMap(it =>
			isProblem(it.plan) ? [] : it.plan.changes.map(change => change.id),
		);
		const done = (await worldAfter('hand-off')).record.flatMap(it => (it.type === 'intent' ? [it.change.id] : []));
		expect(done).toEqual(foreseen);
	});
	test('ends at the first problem', async () => {
		const world = await started();
		await call(world, 'iam:CreateUser', {UserName: 'nps-kms-user'});
		const found = await all(world);
		expect(found.at(-1)?.plan).toMatchObject({code: 'AlreadyThere'});
		expect(found).toHaveLength(3);
	});
});

test('no change ever widens: Decrypt with any key is written by CreatePolicy alone, whatever is there', async () => {
	const documents = [
		{
			Version: '2012-10-17',
			Statement: [
				{Sid: 'VisualEditor0', Effect: 'Allow', Action: 'kms:Decrypt', Resource: 'arn:aws:kms:*:111122223333:key/*'},
			],
		},
		{
			Version: '2012-10-17',
			Statement: [{Effect: 'Allow', Action: 'kms:Decrypt', Resource: 'arn:aws:kms:eu-west-1:111122223333:key/other'}],
		},
		{Version: '2012-10-17', Statement: [{Effect: 'Allow', Action: '*', Resource: '*'}]},
		{Version: '2012-10-17', Statement: []},
	];
	const PolicyArn = `${iam}:policy/NPS_KMS_Policy`;
	let planned = 0;
	await fc.assert(
		fc.asyncProperty(
			fc.constantFrom('connect', 'policy', 'user', 'access-key', 'managed-key', 'hand-off'),
			fc.array(fc.constantFrom(...documents), {maxLength: 3}),
			fc.record({
				tags: fc.boolean(),
				alias: fc.boolean(),
				key: fc.boolean(),
				user: fc.boolean(),
				policy: fc.boolean(),
				record: fc.boolean(),
			}),
			fc.record({
				adoptPolicy: fc.boolean(),
				adoptUser: fc.boolean(),
				adoptKey: fc.boolean(),
				replaceDocument: fc.boolean(),
				consoleAccess: fc.boolean(),
			}),
			async (after, versions, lost, answers) => {
				const world = await worldAfter(after as 'connect');
				if (world.account.policies.length > 0)
					for (const it of versions)
						await call(world, 'iam:CreatePolicyVersion', {
							PolicyArn,
							PolicyDocument: JSON.stringify(it),
							SetAsDefault: true,
						});
				if (lost.tags)
					for (const it of [...world.account.policies, ...world.account.users, ...world.account.kmsKeys])
						for (const key of Object.keys(it.tags)) delete it.tags[key];
				if (lost.alias) world.account.aliases.length = 0;
				if (lost.key) world.account.kmsKeys.length = 0;
				if (lost.user) world.account.users.length = 0;
				if (lost.policy) world.account.policies.length = 0;
				const record = lost.record ? (await worldAfter('connect')).record : world.record;
				const changes: Change[] = [];
				for (const step of setup.steps) {
					const plan = await planOf(
						step.id,
						{...world, record},
						{answers: {...answers, consolePasswordFile: '/home/op/p.csv'}},
					);
					if (!isProblem(plan)) changes.push(...plan.changes);
				}
				planned += changes.length;
				for (const it of changes)
					if (it.call.api !== 'iam:CreatePolicy') expect(JSON.stringify(it.call.input)).not.toContain(':key/*');
				for (const it of changes)
					if (it.call.api === 'iam:CreatePolicyVersion')
						expect(JSON.stringify(it.call.input)).toMatch(
							/"Resource":("arn:aws:kms:eu-west-1:111122223333:key\/key-\d+"|\{"\$fact":"keyArn"\})/,
						);
			},
		),
		{numRuns: 300},
	);
	expect(planned).toBeGreaterThan(300);
});
