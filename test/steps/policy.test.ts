import {describe, expect, test} from 'vitest';
import {isProblem} from '../../src/engine/plan.js';
import {choicesOf} from '../../src/engine/to-do.js';
import {
	attempt,
	call,
	change,
	changesOf,
	iam,
	knownOf,
	planned,
	planOf,
	problemOf,
	stepOf,
	withoutRecord,
	worldAfter,
} from './plans.js';

const arn = `${iam}:policy/NPS_KMS_Policy`;
const wide = {
	Version: '2012-10-17',
	Statement: [
		{Sid: 'VisualEditor0', Effect: 'Allow', Action: 'kms:Decrypt', Resource: 'arn:aws:kms:*:111122223333:key/*'},
	],
};
const make = async (document: unknown, tags: Record<string, string> = {}, name = 'NPS_KMS_Policy') => {
	const world = await worldAfter('connect');
	await call(world, 'iam:CreatePolicy', {
		PolicyName: name,
		PolicyDocument: JSON.stringify(document),
		Tags: Object.entries(tags).map(([Key, Value]) => ({Key, Value})),
	});
	return world;
};

test('a policy that is not there is made with the document the console writes, and bears our tags', async () => {
	const {call: it} = await change('policy', await worldAfter('connect'), 'create-policy', {
		answers: {tags: {team: 'it'}},
	});
	expect(it).toEqual({
		api: 'iam:CreatePolicy',
		input: {
			PolicyName: 'NPS_KMS_Policy',
			PolicyDocument: {$json: wide},
			Tags: [
				{Key: 'nps-kms:setup', Value: 'nps'},
				{Key: 'nps-kms:id', Value: 'setup-id'},
				{Key: 'team', Value: 'it'},
				{Key: 'nps-kms:region', Value: 'eu-west-1'},
			],
		},
	});
});
test('the person reads that it is wide until step 5', async () => {
	expect((await planned('policy', await worldAfter('connect'))).warns?.join()).toContain('Until step 5 is done');
});

describe('a policy of that name', () => {
	test('that is ours is carried on with', async () => {
		expect(await changesOf('policy', await worldAfter('policy'))).toEqual([]);
	});
	test('that is ours by the record, its tags lost, gets them again', async () => {
		const world = await worldAfter('policy');
		const [policy] = world.account.policies;
		for (const key of Object.keys(policy!.tags)) delete policy!.tags[key];
		expect(await changesOf('policy', world)).toEqual(['tag-policy']);
	});
	test("keeps a tag's value that somebody changed", async () => {
		const world = await worldAfter('policy');
		world.account.policies[0]!.tags['Team'] = 'other';
		expect(await changesOf('policy', world, {answers: {tags: {team: 'it'}}})).toEqual([]);
	});
	test("that is nobody's stops with ways, and is adopted by an answer", async () => {
		const world = await make(wide);
		const problem = await problemOf('policy', world);
		expect(problem).toMatchObject({
			code: 'AlreadyThere',
			ways: [
				{is: 'answer', field: 'policyName'},
				{is: 'choose', answers: {adoptPolicy: true}},
			],
		});
		const {call: it} = await change('policy', world, 'tag-policy', {answers: {adoptPolicy: true, tags: {team: 'it'}}});
		expect(it.input).toEqual({PolicyArn: arn, Tags: [{Key: 'nps-kms:adopted-by', Value: 'setup-id'}]});
	});
	test('that was adopted by this setup is carried on with', async () => {
		expect(await changesOf('policy', await make(wide, {'nps-kms:adopted-by': 'setup-id'}))).toEqual([]);
	});
	test.each([
		['of another setup', {'nps-kms:setup': 'other', 'nps-kms:id': 'x'}, 'OtherSetup'],
		['adopted by another setup', {'nps-kms:adopted-by': 'x'}, 'OtherSetup'],
		[
			'of a setup of this name that this record does not know',
			{'nps-kms:setup': 'nps', 'nps-kms:id': 'x'},
			'UnknownRecord',
		],
	])('%s is never adopted', async (_, tags, code) => {
		const world = await make(wide, tags);
		expect(await problemOf('policy', world, {answers: {adoptPolicy: true}})).toMatchObject({code});
	});
	test('of a lost record can be taken up by its id', async () => {
		const world = await withoutRecord(await worldAfter('policy'));
		expect(choicesOf(await problemOf('policy', world))).toEqual([expect.objectContaining({takesUp: 'setup-id'})]);
		expect(await changesOf('policy', world, {setupId: 'setup-id'})).toEqual([]);
	});
	test('attached to something else is never adopted', async () => {
		const world = await make(wide);
		await call(world, 'iam:CreateUser', {UserName: 'app'});
		await call(world, 'iam:AttachUserPolicy', {UserName: 'app', PolicyArn: arn});
		const problem = await problemOf('policy', world, {answers: {adoptPolicy: true}});
		expect(problem).toMatchObject({code: 'NeverAdopted', why: expect.stringContaining('user app')});
	});
	test('in another spelling is looked for once AWS says that it is taken, and only then', async () => {
		const world = await make(wide, {}, 'nps_kms_POLICY');
		expect(await changesOf('policy', world)).toEqual(['create-policy']);
		const refused = attempt('create-policy', world, {outcome: 'refused', code: 'EntityAlreadyExists'});
		expect(await problemOf('policy', world, {past: [refused]})).toMatchObject({code: 'AlreadyThere'});
	});
});

describe('the document', () => {
	const decrypt = (Resource: string) => ({
		Version: '2012-10-17',
		Statement: {Effect: 'Allow', Action: ['kms:Decrypt'], Resource: [Resource]},
	});
	test.each([
		['the wide one in another spelling', decrypt('arn:aws:kms:*:111122223333:key/*'), true],
		['Decrypt with one key of this account', decrypt('arn:aws:kms:eu-west-1:111122223333:key/1234'), true],
		['Decrypt with a key of another account', decrypt('arn:aws:kms:eu-west-1:444455556666:key/1234'), false],
		['Decrypt with an alias', decrypt('arn:aws:kms:eu-west-1:111122223333:alias/x'), false],
		['everything', {Version: '2012-10-17', Statement: {Effect: 'Allow', Action: '*', Resource: '*'}}, false],
		[
			'the wide one and more',
			{Version: '2012-10-17', Statement: [...wide.Statement, {Effect: 'Allow', Action: 's3:*', Resource: '*'}]},
			false,
		],
		[
			'the wide one under a condition',
			{Version: '2012-10-17', Statement: [{...wide.Statement[0], Condition: {Bool: {'aws:SecureTransport': 'true'}}}]},
			false,
		],
	])('%s: goes on %#', async (_, document, fine) => {
		const plan = await planOf('policy', await make(document, {'nps-kms:adopted-by': 'setup-id'}));
		expect(isProblem(plan) ? plan.code : 'fine').toBe(fine ? 'fine' : 'PolicyDiffers');
	});
	test('that is another than ours is left to step 5 if the person says so', async () => {
		const world = await make({Version: '2012-10-17', Statement: []}, {'nps-kms:adopted-by': 'setup-id'});
		const [way] = choicesOf(await problemOf('policy', world));
		expect(await changesOf('policy', world, {answers: way?.answers ?? {}})).toEqual([]);
	});
});

// One field for the tags of policy, user and key, and one for the tag that describes the access key.
test.each([
	['policy', 'tags', {team: 'aws:x'}, {team: 'a:aws:x'}],
	['access-key', 'accessKeyDescription', 'aws:x', 'a:aws:x'],
] as const)('the field of step %s takes no tag value that is kept for AWS: %s', async (step, name, odd, fine) => {
	const known = knownOf(step, await worldAfter('connect'));
	const field = stepOf(step)
		.fields?.(known)
		.find(it => it.name === name);
	expect(field?.wrong?.(odd, known.answers)).toContain('Values that start with aws: are reserved for AWS');
	expect(field?.wrong?.(fine, known.answers)).toBeUndefined();
});
