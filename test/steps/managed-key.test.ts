import {describe, expect, test} from 'vitest';
import type {Value} from '../../src/engine/step.js';
import {choicesOf} from '../../src/engine/to-do.js';
import type {World} from '../fake/ports.js';
import {attempt, call, change, changesOf, iam, planned, planOf, problemOf, withoutRecord, worldAfter} from './plans.js';

const user = `${iam}:user/nps-kms-user`;
const admin = `${iam}:role/Admin`;
const root = {
	Sid: 'Enable IAM User Permissions',
	Effect: 'Allow',
	Principal: {AWS: `${iam}:root`},
	Action: 'kms:*',
	Resource: '*',
};
const sids = (document: unknown): readonly (string | undefined)[] =>
	(document as {Statement: {Sid?: string}[]}).Statement.map(it => it.Sid);
const documentOf = (input: {
	readonly [key: string]: Value;
}): {Statement: {Sid?: string; Principal: {AWS: unknown}; Action: unknown}[]} =>
	(input['Policy'] as {$json: never}).$json;

/** A world with a key that bears the alias and that nobody knows. */
async function foreign(policy: unknown = {Version: '2012-10-17', Statement: [root]}): Promise<World> {
	const world = await worldAfter('access-key');
	const {output} = (await call(world, 'kms:CreateKey', {Policy: JSON.stringify(policy)})) as {
		output: {KeyMetadata: {KeyId: string}};
	};
	await call(world, 'kms:CreateAlias', {AliasName: 'alias/nps-kms-key', TargetKeyId: output.KeyMetadata.KeyId});
	return world;
}
const adopt = {answers: {adoptKey: true}};

describe('a key that is not there', () => {
	test('is made with its alias and its yearly rotation', async () => {
		const world = await worldAfter('access-key');
		expect(await changesOf('managed-key', world)).toEqual(['create-key', 'create-alias', 'enable-rotation']);
		expect(await changesOf('managed-key', world, {answers: {keyRotation: false}})).toEqual([
			'create-key',
			'create-alias',
		]);
	});
	test("bears the console's key policy, in which the NPS user is key user", async () => {
		const {call: it} = await change('managed-key', await worldAfter('access-key'), 'create-key');
		expect(sids(documentOf(it.input))).toEqual([
			'Enable IAM User Permissions',
			'Allow use of the key',
			'Allow attachment of persistent resources',
		]);
		expect(documentOf(it.input).Statement[1]).toMatchObject({
			Principal: {AWS: [user]},
			Action: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
		});
		expect(it.input).toMatchObject({KeySpec: 'SYMMETRIC_DEFAULT', KeyUsage: 'ENCRYPT_DECRYPT'});
		expect(it.input).not.toHaveProperty('BypassPolicyLockoutSafetyCheck');
	});
	test('has administrators only if some were named', async () => {
		const {call: it} = await change('managed-key', await worldAfter('access-key'), 'create-key', {
			answers: {keyAdministrators: [admin]},
		});
		expect(documentOf(it.input).Statement[1]).toMatchObject({
			Sid: 'Allow access for Key Administrators',
			Principal: {AWS: [admin]},
		});
	});
	test('names the user by reference while it is not made', async () => {
		const {call: it} = await change('managed-key', await worldAfter('connect'), 'create-key');
		expect(documentOf(it.input).Statement[1]?.Principal.AWS).toEqual([{$fact: 'userArn'}]);
	});
	test('though this setup made it is a problem that may be late, and no second one is made', async () => {
		const world = await worldAfter('managed-key');
		world.account.kmsKeys.length = 0;
		world.account.aliases.length = 0;
		expect(await problemOf('managed-key', world)).toMatchObject({code: 'NotFound', mayBeLate: true});
	});
});

describe('a key administrator', () => {
	test.each([
		['the NPS user', user, 'NpsUser'],
		['of another account', 'arn:aws:iam::444455556666:role/Admin', 'OtherAccount'],
		['of another partition', 'arn:aws-us-gov:iam::111122223333:role/Admin', 'OtherAccount'],
		['a role that is not there', `${iam}:role/Nobody`, 'NoSuchEntity'],
		['a user that is not there', `${iam}:user/nobody`, 'NoSuchEntity'],
		['a role without its path', `${iam}:role/path/Admin`, 'NoSuchEntity'],
	])('%s is refused by name', async (_, arn, code) => {
		expect(
			await problemOf('managed-key', await worldAfter('access-key'), {answers: {keyAdministrators: [arn]}}),
		).toMatchObject({
			code,
			ways: [expect.objectContaining({is: 'answer', field: 'keyAdministrators'})],
			what: expect.stringContaining(arn),
		});
	});
});

describe('a key whose alias names it', () => {
	test('and which is ours is carried on with', async () => {
		expect(await changesOf('managed-key', await worldAfter('managed-key'))).toEqual([]);
	});
	test("and which is nobody's stops with ways, and is adopted by an answer", async () => {
		const world = await foreign();
		expect(await problemOf('managed-key', world)).toMatchObject({
			code: 'AlreadyThere',
			ways: expect.arrayContaining([
				expect.objectContaining({is: 'answer', field: 'keyAlias'}),
				expect.objectContaining({answers: {adoptKey: true}}),
			]),
		});
		expect(await changesOf('managed-key', world, adopt)).toEqual(['tag-key', 'put-key-policy', 'enable-rotation']);
	});
	test.each<[string, (world: World) => void]>([
		[
			'is disabled',
			world => {
				world.account.kmsKeys[0]!.state = 'Disabled';
			},
		],
		[
			'is being deleted',
			world => {
				world.account.kmsKeys[0]!.state = 'PendingDeletion';
			},
		],
		[
			'is not symmetric',
			world => {
				Object.assign(world.account.kmsKeys[0]!, {spec: 'RSA_2048'});
			},
		],
		[
			'signs',
			world => {
				Object.assign(world.account.kmsKeys[0]!, {usage: 'SIGN_VERIFY'});
			},
		],
		[
			'is managed by AWS',
			world => {
				Object.assign(world.account.kmsKeys[0]!, {manager: 'AWS'});
			},
		],
		[
			'has its material from elsewhere',
			world => {
				Object.assign(world.account.kmsKeys[0]!, {origin: 'EXTERNAL'});
			},
		],
		[
			'is of another account',
			world => {
				Object.assign(world.account.kmsKeys[0]!, {arn: 'arn:aws:kms:eu-west-1:444455556666:key/x'});
			},
		],
		[
			'lacks the root statement',
			world => {
				world.account.kmsKeys[0]!.policy = JSON.stringify({Statement: [{...root, Principal: {AWS: admin}}]});
			},
		],
	])('is never adopted if it %s', async (_, change) => {
		const world = await foreign();
		change(world);
		expect(await problemOf('managed-key', world, adopt)).toMatchObject({code: 'NeverAdopted'});
	});
	test.each([
		[{'nps-kms:setup': 'other', 'nps-kms:id': 'x'}, 'OtherSetup'],
		[{'nps-kms:setup': 'nps', 'nps-kms:id': 'x'}, 'UnknownRecord'],
	])('is never adopted if it bears %o', async (tags, code) => {
		const world = await foreign();
		Object.assign(world.account.kmsKeys[0]!.tags, tags);
		expect(await problemOf('managed-key', world, adopt)).toMatchObject({code});
	});
	test('is another than ours: the alias is not moved', async () => {
		const world = await worldAfter('managed-key');
		world.account.aliases.length = 0;
		await call(world, 'kms:CreateKey', {Policy: JSON.stringify({Statement: [root]})});
		await call(world, 'kms:CreateAlias', {AliasName: 'alias/nps-kms-key', TargetKeyId: world.account.kmsKeys[1]!.id});
		expect(await problemOf('managed-key', world)).toMatchObject({
			code: 'AlreadyExistsException',
			ways: [{is: 'answer', field: 'keyAlias'}, {is: 'call'}],
			what: expect.stringContaining(world.account.kmsKeys[1]!.id),
		});
	});
});

describe('a key of ours', () => {
	test.each([
		['Disabled', 'aws kms enable-key'],
		['PendingDeletion', 'aws kms cancel-key-deletion'],
	])('that is %s stops with the command that mends it', async (state, command) => {
		const world = await worldAfter('managed-key');
		world.account.kmsKeys[0]!.state = state;
		expect(await problemOf('managed-key', world)).toMatchObject({
			code: 'KMSInvalidStateException',
			ways: [
				expect.objectContaining({is: 'call', commands: expect.arrayContaining([expect.stringContaining(command)])}),
			],
		});
	});
	test('without its alias gets it again', async () => {
		const world = await worldAfter('managed-key');
		world.account.aliases.length = 0;
		expect(await changesOf('managed-key', world)).toEqual(['create-alias']);
	});
	test('whose answer was lost is found by its tags, and only then looked for', async () => {
		const world = await worldAfter('managed-key');
		world.account.aliases.length = 0;
		const facts = {keyId: undefined, keyArn: undefined, keyMadeAs: undefined} as never;
		expect(await changesOf('managed-key', world, {facts, past: [attempt('create-key', world)]})).toEqual([
			'create-alias',
		]);
		expect(await changesOf('managed-key', world, {facts, past: []})).toContain('create-key');
		expect(await changesOf('managed-key', world, {facts, recovered: true, past: []})).toEqual(['create-alias']);
		// Whoever was given the commands may have been interrupted between the key and its alias.
		expect(await changesOf('managed-key', world, {facts, wasPrinted: true, past: []})).toEqual(['create-alias']);
	});
	test('of a lost record can be taken up by its id', async () => {
		const stopped = await problemOf('managed-key', await withoutRecord(await worldAfter('managed-key')));
		expect(choicesOf(stopped)).toEqual([expect.objectContaining({takesUp: 'setup-id'})]);
	});
});

describe('a key policy that lacks something is read, mended and written back', () => {
	const put = async (policy: unknown, answers = {}): Promise<ReturnType<typeof documentOf> | undefined> => {
		const world = await worldAfter('managed-key');
		world.account.kmsKeys[0]!.policy = JSON.stringify(policy);
		const plan = await planned('managed-key', world, {answers});
		const it = plan.changes.find(each => each.id === 'put-key-policy');
		if (it) expect(it.diff?.from).toEqual(policy);
		return it && documentOf(it.call.input);
	};
	const ours = async () =>
		JSON.parse((await worldAfter('managed-key')).account.kmsKeys[0]!.policy) as {Statement: Record<string, unknown>[]};
	test('with what others wrote kept', async () => {
		const theirs = {Sid: 'Theirs', Effect: 'Deny', Principal: '*', Action: 'kms:ScheduleKeyDeletion', Resource: '*'};
		const after = await put({Version: '2012-10-17', Statement: [root, theirs]});
		expect(after?.Statement[1]).toEqual(theirs);
		expect(sids(after)).toEqual([
			'Enable IAM User Permissions',
			'Theirs',
			'Allow use of the key',
			'Allow attachment of persistent resources',
		]);
	});
	test("with others' principals kept in our statement", async () => {
		const policy = await ours();
		const after = await put({
			...policy,
			Statement: policy.Statement.map(it =>
				it['Sid'] === 'Allow use of the key' ? {...it, Principal: {AWS: [admin]}} : it,
			),
		});
		expect(after?.Statement.find(it => it.Sid === 'Allow use of the key')?.Principal.AWS).toEqual([admin, user]);
	});
	test('with more administrators added, never taken away', async () => {
		const after = await put(await ours(), {keyAdministrators: [admin]});
		expect(sids(after)).toContain('Allow access for Key Administrators');
		expect(sids(after)).toContain('Allow use of the key');
	});
	test('and left alone if it says the same in other words', async () => {
		const policy = await ours();
		expect(
			await put({
				...policy,
				Id: 'other',
				Statement: policy.Statement.toReversed().map(it => ({...it, Sid: undefined})),
			}),
		).toBeUndefined();
	});
	test('with the root statement put back', async () => {
		const policy = await ours();
		const after = await put({...policy, Statement: policy.Statement.slice(1)});
		expect(after?.Statement).toContainEqual(root);
	});
});

test('an alias that is taken as the name of a key of ours is never made twice', async () => {
	const plan = await planOf('managed-key', await worldAfter('managed-key'), {
		past: [attempt('create-alias', await worldAfter('managed-key'))],
	});
	expect(plan).toMatchObject({changes: []});
});
