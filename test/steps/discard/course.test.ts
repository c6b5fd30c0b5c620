import {describe, expect, test} from 'vitest';
import type {Entry} from '../../../src/engine/record.js';
import {fold} from '../../../src/engine/record.js';
import {type Answers, isProblem, type Plan, type Problem, type Undo} from '../../../src/engine/step.js';
import type {ThisRun} from '../../../src/engine/this-run.js';
import {discard, setup} from '../../../src/steps/index.js';
import {FakeAws} from '../../fake/aws.js';
import {boot, copyOf, emptyWorld, type World} from '../../fake/ports.js';
import {call, iam, knownOf, look, minute, npsUser, stepOf, worldAfter} from '../plans.js';

const undoOf = (id: string): Undo => stepOf(id).undo ?? expect.fail(`${id} has no undo`);
const whole: Answers = {deleteKmsKey: true};
/** What taking a step back would do over a world. */
async function back(id: string, world: World, answers: Answers = {}, run?: ThisRun): Promise<Plan> {
	const known = knownOf(id, world, {answers, ...(run && {run})});
	const undo = undoOf(id);
	const plan = undo.plan(await undo.observe(look(world), known), known);
	return isProblem(plan) ? expect.fail(plan.what) : plan;
}
/** What status would tell of a step of the set-up. */
async function auditOf(id: string, world: World): Promise<readonly string[]> {
	const [it, known] = [stepOf(id), knownOf(id, world)];
	const seen = await it.observe(look(world), known);
	return (await Promise.all(it.audit?.(look(world), seen, known) ?? [])).flat().map(one => one.text);
}
const ids = ({changes}: Plan): readonly string[] => changes.map(it => it.id.replace(/AKIA\d+/, 'KEY'));
const parts = ['access-key', 'user', 'policy', 'managed-key'] as const;
const narrow = {Version: '2012-10-17', Statement: [{Effect: 'Allow', Action: 's3:*', Resource: '*'}]};
const PolicyArn = `${iam}:policy/NPS_KMS_Policy`;
const someone = (world: World, api: string, input: Readonly<Record<string, unknown>>): Promise<unknown> =>
	call(world, api, input);
/** A set-up that took over what was there. */
async function adopted(): Promise<World> {
	const world = emptyWorld();
	const wide = {
		Version: '2012-10-17',
		Statement: [{Effect: 'Allow', Action: 'kms:Decrypt', Resource: 'arn:aws:kms:*:111122223333:key/*'}],
	};
	await someone(world, 'iam:CreatePolicy', {PolicyName: 'NPS_KMS_Policy', PolicyDocument: JSON.stringify(wide)});
	const root = {Effect: 'Allow', Principal: {AWS: 'arn:aws:iam::111122223333:root'}, Action: 'kms:*', Resource: '*'};
	const made = (await someone(world, 'kms:CreateKey', {
		Policy: JSON.stringify({Version: '2012-10-17', Statement: [root]}),
	})) as {
		output: {KeyMetadata: {KeyId: string}};
	};
	await someone(world, 'kms:CreateAlias', {AliasName: 'alias/nps-kms-key', TargetKeyId: made.output.KeyMetadata.KeyId});
	const {ending} = await boot(world, {course: setup, answers: {adoptPolicy: true, adoptKey: true, keyRotation: false}});
	expect(ending?.status).toBe('complete');
	return world;
}

test('discard goes in its own order, and ends by looking at what is left', () => {
	expect(discard.steps.map(it => it.id)).toEqual(['connect', 'take-back', ...parts, 'left']);
});

describe('of a finished set-up', () => {
	test.each([
		['access-key', {}, ['halt-KEY']],
		['user', {}, []],
		['policy', {}, []],
		['managed-key', {}, ['disable-key']],
		['access-key', whole, ['deactivate-KEY', 'delete-KEY']],
		['user', whole, ['detach-policy', 'delete-user']],
		['policy', whole, ['drop-version-v1', 'delete-policy']],
		['managed-key', whole, ['delete-alias', 'schedule-deletion']],
	] as const)('%s with %o: %o', async (id, answers, changes) => {
		expect(ids(await back(id, await worldAfter('hand-off'), answers))).toEqual(changes);
	});
	test.each(parts)('%s: what only halts stays, and is told as ours', async id => {
		const world = await worldAfter('hand-off');
		await boot(world, {course: discard});
		const {stays = []} = await back(id, world);
		expect(stays.map(it => it.ours)).toEqual([true]);
	});
	test('the KMS key is deleted after as many days as asked for, 30 unless told', async () => {
		const days = async (answers: Answers) =>
			(await back('managed-key', await worldAfter('hand-off'), answers)).changes.at(-1)?.call.input[
				'PendingWindowInDays'
			];
		expect([await days(whole), await days({...whole, deletionDays: '7'})]).toEqual([30, 7]);
	});
	test('it is said on which day KMS deletes the key, and how to keep it', async () => {
		const {warns = []} = await back('managed-key', await worldAfter('hand-off'), {...whole, deletionDays: '10'});
		expect(warns.join()).toMatch(/on 2026-12-04.*cancel-key-deletion.*enable-key/);
	});
	test("the day is AWS's where this machine has another", async () => {
		const run = {setup: 'nps', today: '20261124', now: '2026-11-25T00:30:00Z'};
		const {warns = []} = await back('managed-key', await worldAfter('hand-off'), {...whole, deletionDays: '10'}, run);
		expect(warns.join()).toContain('on 2026-12-05');
	});
	test('a key that waits for its deletion already is left alone', async () => {
		const world = await worldAfter('hand-off');
		await someone(world, 'kms:ScheduleKeyDeletion', {KeyId: world.account.kmsKeys[0]!.id, PendingWindowInDays: 9});
		const plan = await back('managed-key', world, whole);
		expect(plan.changes).toEqual([]);
		expect(plan.says).toContain('is deleted on 2026-12-03');
	});
	test('an alias that somebody moved stays', async () => {
		const world = await worldAfter('hand-off');
		const other = (await someone(world, 'kms:CreateKey', {Policy: '{"Statement":[]}'})) as {
			output: {KeyMetadata: {KeyId: string}};
		};
		world.account.aliases.splice(0, 1, {name: 'alias/nps-kms-key', target: other.output.KeyMetadata.KeyId});
		expect(ids(await back('managed-key', world, whole))).toEqual(['schedule-deletion']);
	});
});

describe('how far it goes', () => {
	test.each([
		['there is no access key yet', 'user', undefined, []],
		['nobody used the access key and there is no KMS key', 'access-key', undefined, ['deactivate-KEY', 'delete-KEY']],
		['somebody used the access key', 'access-key', 0, ['halt-KEY']],
		['a KMS key is there', 'managed-key', undefined, ['halt-KEY']],
	] as const)('where %s', async (_, after, usedAt, changes) => {
		const world = await worldAfter(after);
		if (usedAt !== undefined) npsUser(world).accessKeys[0]!.usedAt = world.account.now + usedAt;
		expect(ids(await back('access-key', world))).toEqual(changes);
	});
	test('our own proof is no use by somebody, and a later use is', async () => {
		const world = await worldAfter('access-key');
		const [key] = npsUser(world).accessKeys;
		world.record.push({type: 'own-use', id: key!.id, at: new Date(world.account.now).toISOString(), clock: 'aws'});
		key!.usedAt = world.account.now - 30_000;
		expect(ids(await back('access-key', world))).toEqual(['deactivate-KEY', 'delete-KEY']);
		key!.usedAt = world.account.now + 5 * minute;
		expect(ids(await back('access-key', world))).toEqual(['halt-KEY']);
	});
	test('where a KMS key is there and the access key in use was made by somebody else', async () => {
		const world = await worldAfter('managed-key');
		world.record = world.record.filter(it => it.type !== 'delivered');
		const plan = await back('access-key', world);
		expect(plan.changes).toEqual([]);
		expect(plan.stays?.map(it => it.subject.replace(/AKIA\d+/, 'KEY'))).toEqual(['access key KEY']);
		expect(ids(await back('managed-key', world))).toEqual(['disable-key']);
	});
	test('what an interrupted run left goes too', async () => {
		const from = await worldAfter('user');
		for (let dieAt = 1; ; dieAt++) {
			const world: World = copyOf(from);
			const {died}: {died: boolean} = await boot(world, {course: setup, dieAt, stopAfter: 'access-key'});
			const keys: number = npsUser(world).accessKeys.length;
			expect(ids(await back('access-key', world))).toEqual(keys > 0 ? ['deactivate-KEY', 'delete-KEY'] : []);
			if (!died) break;
		}
	});
});

test('what an interrupted replacement of the access key left goes too', async () => {
	const world = await worldAfter('hand-off');
	const before = npsUser(world).accessKeys.map(it => it.id);
	const at = new Date(world.account.now).toISOString();
	const change = {
		id: 'create-access-key',
		verb: 'create' as const,
		subject: 'access key',
		call: {api: 'iam:CreateAccessKey', input: {}},
		before,
	};
	world.record.push({type: 'intent', id: 99, step: 'new-access-key', change, at, clock: 'aws'});
	const {id} = new FakeAws(world.account).makeAccessKey('nps-kms-user');
	expect((await back('access-key', world, whole)).changes.map(it => it.id)).toContain(`delete-${id}`);
	expect(ids(await back('user', world, whole))).toContain('delete-user');
});

describe('only what the record and the tag say is ours goes:', () => {
	test.each([
		['user', ['detach-policy']],
		['policy', []],
		['managed-key', ['delete-alias']],
	])('a %s without our tag stays', async (id, changes) => {
		const world = await worldAfter('hand-off');
		const {users, policies, kmsKeys} = world.account;
		for (const it of [...users, ...policies, ...kmsKeys]) delete it.tags['nps-kms:id'];
		const plan = await back(id, world, whole);
		expect(ids(plan)).toEqual(changes);
		expect(plan.stays?.[0]?.why).toContain('nps-kms:id');
	});
	test.each([
		['user', 'create-user'],
		['policy', 'create-policy'],
		['managed-key', 'create-key'],
	])('a %s with our tag that the record did not make stays, as ours', async (id, change) => {
		const world = await worldAfter('hand-off');
		const made = fold(world.record).past[id]?.findIndex(it => it.change.id === change);
		expect(made).toBe(0);
		const gone = world.record.findIndex(it => it.type === 'intent' && it.change.id === change);
		world.record.splice(gone, 2);
		const plan = await back(id, world, whole);
		expect(ids(plan).filter(it => it.startsWith('delete-') && it !== 'delete-alias')).toEqual([]);
		expect(plan.stays?.[0]).toMatchObject({ours: true});
	});
	test('a user made anew under the name, with our tags, stays', async () => {
		const world = await worldAfter('hand-off');
		const it = npsUser(world);
		world.account.users.splice(0, 1, {...it, id: 'AIDAOTHER', accessKeys: [], attached: []});
		expect(ids(await back('user', world, whole))).toEqual([]);
	});
	test.each([
		['a group', {groups: ['admins']}, 'the group admins'],
		['an inline policy', {inline: ['more']}, 'the inline policy more'],
		['an MFA device', {mfa: ['arn:mfa']}, 'the MFA device arn:mfa'],
		['an SSH key', {ssh: ['APKA1']}, 'the SSH key APKA1'],
	])('a user whom somebody gave %s stays, and it is told what to take away', async (_, given, told) => {
		const world = await worldAfter('hand-off');
		npsUser(world).given = given;
		const plan = await back('user', world, whole);
		expect(ids(plan)).toEqual(['detach-policy']);
		expect(plan.stays).toMatchObject([
			{subject: 'user nps-kms-user', why: expect.stringContaining(`somebody gave it ${told}.`), ours: true},
		]);
	});
	test('a console password that somebody set stays', async () => {
		const world = await worldAfter('hand-off');
		await someone(world, 'iam:CreateLoginProfile', {UserName: 'nps-kms-user', Password: 'theirs'});
		expect(ids(await back('user', world, whole))).toEqual(['detach-policy']);
	});
	test('a policy of which somebody made a version stays, and so do its versions', async () => {
		const world = await worldAfter('hand-off');
		await someone(world, 'iam:CreatePolicyVersion', {PolicyArn, PolicyDocument: JSON.stringify(narrow)});
		const plan = await back('policy', world, whole);
		expect(plan.changes).toEqual([]);
		expect(plan.stays?.[0]?.why).toContain('somebody made its version v3');
	});
	test('a policy that somebody attached elsewhere stays', async () => {
		const world = await worldAfter('hand-off');
		await someone(world, 'iam:CreateUser', {UserName: 'other'});
		await someone(world, 'iam:AttachUserPolicy', {UserName: 'other', PolicyArn});
		const plan = await back('policy', world, whole);
		expect(plan.changes).toEqual([]);
		expect(plan.stays?.[0]?.why).toContain('somebody attached it to user other');
	});
	test('a policy that another step of this record attached elsewhere goes', async () => {
		const world = await worldAfter('hand-off');
		const input = {UserName: 'other', PolicyArn};
		await someone(world, 'iam:CreateUser', {UserName: 'other'});
		await someone(world, 'iam:AttachUserPolicy', input);
		const change = {id: 'x', verb: 'create', subject: 'x', call: {api: 'iam:AttachUserPolicy', input}} as const;
		const at = {at: new Date(world.account.now).toISOString(), clock: 'aws'} as const;
		world.record.push({type: 'intent', id: 99, step: 'another', change, ...at});
		expect(ids(await back('policy', world, whole))).toContain('delete-policy');
		expect(await auditOf('policy', world)).toEqual([]);
	});
});

describe('what was adopted stays, without our tag:', () => {
	test('the policy with the document that it has', async () => {
		const plan = await back('policy', await adopted(), whole);
		expect(ids(plan)).toEqual(['untag-policy']);
		expect(plan.stays).toEqual([
			{subject: 'policy NPS_KMS_Policy', why: expect.stringContaining('its default version v2 is this setup')},
		]);
	});
	test('the KMS key, and its key policy without our user', async () => {
		const plan = await back('managed-key', await adopted(), whole);
		expect(ids(plan)).toEqual(['restore-key-policy', 'untag-key']);
		const document = JSON.stringify(plan.changes[0]?.call.input['Policy']);
		expect(document).toContain(':root');
		expect(document).not.toContain('nps-kms-user');
	});
	test('and a whole discard leaves all of it as it was but for the version', async () => {
		const world = await adopted();
		const {ending} = await boot(world, {course: discard, answers: whole});
		expect(ending?.status).toBe('complete');
		expect(fold(world.record).left).toBe('nothing');
		const {policies, users, kmsKeys, aliases} = world.account;
		expect(users).toEqual([]);
		expect(policies.map(it => it.tags)).toEqual([{}]);
		expect(
			kmsKeys.map(it => [it.state, it.tags, (JSON.parse(it.policy) as {Statement: unknown[]}).Statement.length]),
		).toEqual([['Enabled', {}, 1]]);
		expect(aliases).toHaveLength(1);
	});
	test('a user, without the description of our access key', async () => {
		const world = emptyWorld();
		await new FakeAws(world.account).send({api: 'iam:CreateUser', input: {UserName: 'nps-kms-user'}});
		await boot(world, {course: setup, answers: {adoptUser: true, accessKeyDescription: 'for NPS'}});
		expect(ids(await back('user', world, whole))).toEqual(['detach-policy', 'untag-user']);
		await boot(world, {course: discard, answers: whole});
		expect(npsUser(world)).toMatchObject({tags: {}, attached: [], accessKeys: []});
		expect(fold(world.record).left).toBe('nothing');
	});
});

describe('before anything changes', () => {
	const overview = async (world: World, answers: Answers = {}): Promise<Plan | Problem> => {
		const step = discard.steps[1]!;
		const known = knownOf(step.id, world, {answers});
		return step.plan(await step.observe(look(world), known), known);
	};
	test('all that goes is read at once, as the steps then do it', async () => {
		const world = await worldAfter('hand-off');
		const plan = (await overview(world, whole)) as Plan;
		await boot(world, {course: discard, answers: whole});
		const done = world.record
			.flatMap(it => (it.type === 'intent' ? [it.change.id] : []))
			.slice(-(plan.forecast?.length ?? 0));
		expect(plan.forecast?.map(it => it.id)).toEqual(done);
	});
	test.each([
		['an access key nobody used, without a KMS key', 'access-key', {}, ['nps'], ['confirm']],
		[
			'a KMS key that NPS may be using',
			'managed-key',
			{},
			['nps-kms-key', 'alias/nps-kms-key'],
			['confirm', 'confirm-alias'],
		],
		['the same, deleting it', 'managed-key', whole, ['nps-kms-key', 'alias/nps-kms-key'], ['confirm', 'confirm-alias']],
	] as const)('the word for %s', async (_, after, answers, words, flags) => {
		const {confirm} = (await overview(await worldAfter(after), answers)) as Plan;
		expect(confirm?.words).toEqual(words);
		expect(Object.keys(confirm?.flags ?? {})).toEqual(flags);
	});
	test.each([
		['SbPAM.RotateAwsKey has been run', {npsRotated: true}, 'InUse'],
		['the record was recovered', {}, 'Recovered'],
	])('it is refused where %s', async (_, answers, code) => {
		const world = await worldAfter('hand-off');
		if (code === 'Recovered') world.record.push({...(world.record[0] as Entry & {type: 'started'}), recovered: true});
		expect(await overview(world, answers)).toMatchObject({code});
	});
	test.each([
		['6', false],
		['7', true],
		['30', true],
		['31', false],
		['ten', false],
		['', false],
	])('%s days are allowed: %s', (days, allowed) => {
		const field = discard.steps[1]!.fields?.(knownOf('take-back', emptyWorld())).find(it => it.name === 'deletionDays');
		expect(field?.wrong?.(days, {}) === undefined).toBe(allowed);
	});
});

test('how much goes and stays is counted in whole words', async () => {
	const says = async (after: 'policy' | 'hand-off'): Promise<string | undefined> => {
		const world = await worldAfter(after);
		const step = discard.steps[1]!;
		const known = knownOf(step.id, world);
		const plan = step.plan(await step.observe(look(world), known), known);
		return isProblem(plan) ? expect.fail(plan.what) : plan.says;
	};
	expect([await says('policy'), await says('hand-off')]).toEqual([
		'1 change, 0 things stay',
		'2 changes, 2 things stay',
	]);
});

describe('what is left at the end', () => {
	const told = async (world: World, answers: Answers, records?: true): Promise<Plan> => {
		const step = discard.steps.at(-1)!;
		const known = knownOf(step.id, world, {answers});
		const run = {...known.run, ...(records && {records})};
		const plan = step.plan(await step.observe(look(world), known), {...known, run});
		return isProblem(plan) ? expect.fail(plan.what) : plan;
	};
	test('what is there again after a run that took it back came back; a dry run took nothing back', async () => {
		const world = await worldAfter('hand-off');
		expect((await told(world, whole, true)).warns?.join()).toContain('Something came back meanwhile');
		const {says, warns = []} = await told(world, whole);
		expect(warns.join()).not.toContain('came back');
		expect(says).toBe('nothing of this setup');
	});
});

test('nothing is ever made, attached or set as default on the way back, but what can be undone', async () => {
	for (const after of ['connect', 'policy', 'user', 'access-key', 'managed-key', 'hand-off'] as const)
		for (const answers of [{}, whole])
			for (const id of parts) {
				const {changes} = await back(id, await worldAfter(after), answers);
				for (const it of changes)
					expect(it.call.api).toMatch(/:(Delete|Detach|Untag|Disable|Schedule)|:UpdateAccessKey/);
			}
});
