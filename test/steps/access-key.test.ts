import {describe, expect, test} from 'vitest';
import {isProblem} from '../../src/engine/plan.js';
import type {Attempt} from '../../src/engine/step.js';
import {choicesOf, fieldOf} from '../../src/engine/to-do.js';
import {setup} from '../../src/steps/index.js';
import {boot, copyOf, type Files, type World} from '../fake/ports.js';
import {
	attempt,
	call,
	change,
	changesOf,
	type Extra,
	knownOf,
	look,
	npsUser,
	planned,
	planOf,
	problemOf,
	stepOf,
	worldAfter,
} from './plans.js';

const place = '/home/op/key.csv';
const make = async (world: World): Promise<string> => {
	const {AccessKey} = (
		(await call(world, 'iam:CreateAccessKey', {UserName: 'nps-kms-user'})) as {
			output: {AccessKey: {AccessKeyId: string}};
		}
	).output;
	return AccessKey.AccessKeyId;
};
const row = (id: string): Files => ({
	[place]: {is: 'row', row: {'Access key ID': id, 'Secret access key': `CANARY-${id}`}},
});
const delivered = (id: string) => ({id, place, deliveredAt: '2026-11-24T08:00:00Z', inUse: false});

test('a user without an access key gets one, its secret to the place that was chosen', async () => {
	const it = await change('access-key', await worldAfter('user'), 'create-access-key');
	expect(it).toMatchObject({
		call: {api: 'iam:CreateAccessKey', input: {UserName: 'nps-kms-user'}},
		keeps: {place},
		before: [],
	});
});
test('the keys that are there stand in the change, to settle a lost answer', async () => {
	const world = await worldAfter('user');
	const id = await make(world);
	const stray = attempt('create-access-key', world, {before: []});
	expect((await change('access-key', world, 'create-access-key', {past: [stray]})).before).toEqual([id]);
});
test('the description is a tag of the user whose key is the access key id, set once', async () => {
	const world = await worldAfter('user');
	const answers = {accessKeyDescription: 'for NPS'};
	expect((await change('access-key', world, 'describe-access-key', {answers})).call.input['Tags']).toEqual([
		{Key: {$fact: 'accessKeyId'}, Value: 'for NPS'},
	]);
	const id = await make(world);
	expect(await changesOf('access-key', world, {answers, delivered: [delivered(id)]})).toEqual(['describe-access-key']);
	npsUser(world).tags[id] = 'other words';
	expect(await changesOf('access-key', world, {answers, delivered: [delivered(id)]})).toEqual([]);
});

describe('a key', () => {
	test('that was delivered and is active is held, and no other is made', async () => {
		const world = await worldAfter('access-key');
		const plan = await planned('access-key', world);
		expect(plan.changes).toEqual([]);
		expect(plan.facts).toEqual({accessKeyId: npsUser(world).accessKeys[0]?.id, secretKnown: 'yes'});
	});
	test('without an entry in the record is presumed to be in use by NPS: nothing is made, and the secret is not known', async () => {
		const world = await worldAfter('user');
		const id = await make(world);
		const plan = await planned('access-key', world);
		expect(plan).toMatchObject({changes: [], facts: {accessKeyId: id, secretKnown: 'no'}});
		expect(plan.warns?.join()).toContain(id);
	});
	test('without an entry whose row stands in the chosen file is delivered', async () => {
		const world = await worldAfter('user');
		const id = await make(world);
		const plan = await planned('access-key', {...world, files: row(id)});
		expect(plan).toMatchObject({changes: [], facts: {secretKnown: 'yes'}, notes: [{type: 'delivered', id, place}]});
	});
	test('that was delivered but is Inactive stops: another is made beside it only if the person says so', async () => {
		const world = await worldAfter('user');
		const id = await make(world);
		await call(world, 'iam:UpdateAccessKey', {UserName: 'nps-kms-user', AccessKeyId: id, Status: 'Inactive'});
		expect(await problemOf('access-key', world, {delivered: [delivered(id)]})).toMatchObject({
			code: 'Inactive',
			ways: [{is: 'call'}, {is: 'choose', answers: {anotherBeside: id}}],
		});
		const another = await changesOf('access-key', world, {delivered: [delivered(id)], answers: {anotherBeside: id}});
		expect(another).toEqual(['create-access-key']);
	});
	test('beside another that nobody knows stops with both named', async () => {
		const world = await worldAfter('user');
		const ids = [await make(world), await make(world)];
		const problem = await problemOf('access-key', world);
		expect(problem).toMatchObject({
			code: 'LimitExceeded',
			ways: [{field: 'userName'}, ...ids.map(removeAccessKey => ({answers: {removeAccessKey}}))],
		});
		for (const id of ids) expect(problem.why).toContain(id);
	});
	test('that is Inactive and nobody knows is not taken for the one in use', async () => {
		const world = await worldAfter('user');
		npsUser(world).accessKeys.push({id: 'AKIAOLD', secret: 'x', status: 'Inactive', madeAt: 0, hidden: 0, from: 0});
		expect(await problemOf('access-key', world)).toMatchObject({code: 'LimitExceeded'});
	});
});

describe('a third access key is not made:', () => {
	test('a stray goes first if there is no slot', async () => {
		const {world, extra, id} = await stray();
		npsUser(world).accessKeys.unshift({id: 'AKIAOLD', secret: 'x', status: 'Inactive', madeAt: 0, hidden: 0, from: 0});
		const more = {
			...extra,
			past: [attempt('create-access-key', world, {before: ['AKIAOLD']})],
			delivered: [delivered('AKIAOLD')],
		};
		expect(await changesOf('access-key', world, more)).toEqual([
			`deactivate-${id}`,
			`delete-${id}`,
			'create-access-key',
		]);
	});
	test('if there is a slot, a stray is removed only when the new key is safe', async () => {
		const {world, extra, id} = await stray();
		expect(await changesOf('access-key', world, extra)).toEqual([
			`deactivate-${id}`,
			'create-access-key',
			`delete-${id}`,
		]);
	});
	test('two keys delivered earlier and set Inactive are left to the person', async () => {
		const world = await worldAfter('user');
		const ids = [await make(world), await make(world)];
		for (const key of npsUser(world).accessKeys) key.status = 'Inactive';
		expect(await problemOf('access-key', world, {delivered: ids.map(delivered)})).toMatchObject({
			code: 'Inactive',
		});
	});
});

/** A world in which CreateAccessKey's answer was lost and the key was made. */
async function stray(
	intent: Partial<Attempt> & {before?: readonly string[]} = {},
): Promise<{world: World; extra: Extra; id: string}> {
	const world = await worldAfter('user');
	const past = [attempt('create-access-key', world, {before: [], ...intent})];
	const id = await make(world);
	return {world, extra: {past}, id};
}

describe('a key that an interrupted run left is removed by itself only if', () => {
	const removes = async ({
		world,
		extra,
		id,
	}: Awaited<ReturnType<typeof stray>>): Promise<'removed' | 'asked' | 'left'> => {
		const plan = await planOf('access-key', world, extra);
		if (!isProblem(plan))
			return plan.changes.some(it => it.id === `delete-${id}` && it.confirm === undefined) ? 'removed' : 'left';
		expect(choicesOf(plan).map(it => it.answers)).toContainEqual({removeAccessKey: id});
		return 'asked';
	};
	test('all holds', async () => {
		expect(await removes(await stray())).toBe('removed');
	});
	test('its intent has no outcome', async () => {
		expect(await removes(await stray({outcome: 'refused', code: 'AccessDenied'}))).toBe('left');
		expect(await removes(await stray({outcome: 'settled'}))).toBe('left');
	});
	test('it is the one key that appeared', async () => {
		const it = await stray();
		await make(it.world);
		expect(await removes(it)).toBe('asked');
	});
	test('none that appeared beside it is gone meanwhile; one of a later call is not beside it', async () => {
		const it = await stray();
		const past = [
			attempt('create-access-key', it.world, {before: []}),
			attempt('delete-AKIAOTHER', it.world, {outcome: 'done'}),
		];
		expect(await removes({...it, extra: {past}})).toBe('asked');
		past.splice(1, 0, attempt('create-access-key', it.world, {before: [it.id], outcome: 'done'}));
		expect(await removes({...it, extra: {past}})).toBe('removed');
	});
	test('it was not there before', async () => {
		const it = await stray();
		expect(await removes({...it, extra: {past: [attempt('create-access-key', it.world, {before: [it.id]})]}})).toBe(
			'left',
		);
	});
	test.each([
		[0, 'removed'],
		[9.9, 'removed'],
		[10.1, 'asked'],
		[-1, 'removed'],
		[-1.1, 'asked'],
		[3600, 'asked'],
	])('it was made from 1 second before the intent to ten seconds after it (%d s: %s)', async (after, expected) => {
		const it = await stray();
		const intent = it.world.account.now;
		npsUser(it.world).accessKeys = npsUser(it.world).accessKeys.map(key => ({...key, madeAt: intent + after * 1000}));
		expect(await removes(it)).toBe(expected);
	});
	test('nothing tells of another record of this setup', async () => {
		const it = await stray();
		expect(await removes({...it, extra: {...it.extra, recovered: true}})).toBe('asked');
		expect(await removes({...it, extra: {...it.extra, moved: true}})).toBe('asked');
		expect(await removes({...it, extra: {...it.extra, wasPrinted: true}})).toBe('asked');
	});
	test('no KMS key of this setup is there that this record never made', async () => {
		const user = await worldAfter('user');
		await boot(user, {course: setup, stopAfter: 'user'});
		const copy = copyOf(user);
		const past = [attempt('create-access-key', copy, {before: []})];
		// A copy of the record delivers it elsewhere; this one had come to its user, and runs once more.
		const world = {...user, account: copy.account};
		await boot(copy, {course: setup, stopAfter: 'access-key'});
		const id = npsUser(copy).accessKeys[0]?.id ?? '';
		expect(await removes({world, extra: {past}, id})).toBe('removed');
		await boot(copy, {course: setup, stopAfter: 'managed-key'});
		expect(await removes({world, extra: {past}, id})).toBe('asked');
	});
	test("the intent's time is AWS's", async () => {
		expect(await removes(await stray({clock: 'local'}))).toBe('asked');
	});
	test('it was never used', async () => {
		const it = await stray();
		npsUser(it.world).accessKeys[0]!.usedAt = it.world.account.now;
		expect(await removes(it)).toBe('asked');
	});
	test('that it was never used is known', async () => {
		const it = await stray();
		const known = knownOf('access-key', it.world, it.extra);
		const eyes = look(it.world);
		const blind: typeof eyes = {
			...eyes,
			at: async call =>
				call.api === 'iam:GetAccessKeyLastUsed' ? Promise.reject(new Error('AccessDenied')) : eyes.at(call),
		};
		const step = stepOf('access-key');
		expect(step.plan(await step.observe(blind, known), known)).toMatchObject({code: 'Stray'});
	});
	test('it was not delivered', async () => {
		const it = await stray();
		expect(await removes({...it, extra: {...it.extra, delivered: [delivered(it.id)]}})).toBe('left');
		expect(await removes({...it, world: {...it.world, files: row(it.id)}})).toBe('left');
	});
	test('nobody gave it a description: ours is given after delivery', async () => {
		const it = await stray();
		npsUser(it.world).tags[it.id] = 'made by hand';
		expect(await removes(it)).toBe('asked');
	});
	test('its user is ours', async () => {
		const it = await stray();
		const user = npsUser(it.world);
		for (const key of Object.keys(user.tags)) delete user.tags[key];
		user.tags['nps-kms:adopted-by'] = 'setup-id';
		expect(await removes({...it, extra: {...it.extra, facts: {userMadeAs: 'another'}}})).toBe('asked');
	});
	test('two lost answers left one key each', async () => {
		const {world, id} = await stray();
		const past = [
			attempt('create-access-key', world, {before: []}),
			attempt('create-access-key', world, {before: [id]}),
		];
		const second = await make(world);
		expect(await changesOf('access-key', world, {past})).toEqual([
			`deactivate-${id}`,
			`deactivate-${second}`,
			`delete-${id}`,
			'create-access-key',
			`delete-${second}`,
		]);
	});
	test('it is counted once, also when a good key is held', async () => {
		const it = await stray();
		const good = await make(it.world);
		const past = [
			attempt('create-access-key', it.world, {before: []}),
			attempt('create-access-key', it.world, {before: [it.id], outcome: 'done'}),
		];
		const plan = await changesOf('access-key', it.world, {past, delivered: [delivered(good)]});
		expect(plan).toEqual([`deactivate-${it.id}`, `delete-${it.id}`]);
	});
	test('deactivating it that was done already is not done again', async () => {
		const it = await stray();
		npsUser(it.world).accessKeys[0]!.status = 'Inactive';
		expect(await changesOf('access-key', it.world, it.extra)).toEqual(['create-access-key', `delete-${it.id}`]);
	});
});

describe('a key that the person names', () => {
	test('is set Inactive and removed, each to be confirmed, and another made', async () => {
		const world = await worldAfter('user');
		const id = await make(world);
		const {changes} = await planned('access-key', world, {answers: {removeAccessKey: id}});
		expect(changes.map(it => [it.id, it.confirm])).toEqual([
			[`deactivate-${id}`, id],
			[`delete-${id}`, id],
			['create-access-key', undefined],
		]);
	});
	test('frees its slot only: the other stays', async () => {
		const world = await worldAfter('user');
		const [id, other] = [await make(world), await make(world)];
		const ids = await changesOf('access-key', world, {answers: {removeAccessKey: id}});
		expect(ids).toEqual([`deactivate-${id}`, `delete-${id}`, 'create-access-key']);
		expect(ids.join()).not.toContain(other);
	});
	test('is not removed if it was delivered', async () => {
		const world = await worldAfter('user');
		const id = await make(world);
		expect(
			await problemOf('access-key', world, {answers: {removeAccessKey: id}, delivered: [delivered(id)]}),
		).toMatchObject({code: 'InUse'});
		expect(await problemOf('access-key', {...world, files: row(id)}, {answers: {removeAccessKey: id}})).toMatchObject({
			code: 'InUse',
		});
	});
	test("has to be one of the user's", async () => {
		expect(
			await problemOf('access-key', await worldAfter('user'), {answers: {removeAccessKey: 'AKIANONE'}}),
		).toMatchObject({code: 'NoSuchEntity'});
	});
	test('and was removed already is asked for no more', async () => {
		const world = await worldAfter('user');
		expect(
			await changesOf('access-key', world, {
				answers: {removeAccessKey: 'AKIAGONE'},
				past: [attempt('delete-AKIAGONE', world)],
			}),
		).toEqual(['create-access-key']);
	});
	test('goes though another may be a stray, which is asked about next', async () => {
		const it = await stray();
		const other = await make(it.world);
		const answers = {removeAccessKey: it.id};
		const ids = [`deactivate-${it.id}`, `delete-${it.id}`];
		expect(await changesOf('access-key', it.world, {...it.extra, answers})).toEqual(ids);
		npsUser(it.world).accessKeys.shift();
		const past = [...(it.extra.past ?? []), attempt(`delete-${it.id}`, it.world)];
		expect(await problemOf('access-key', it.world, {past, answers})).toMatchObject({
			code: 'Stray',
			ways: [{is: 'by-hand'}, {answers: {removeAccessKey: other}}],
		});
	});
	test('that may be a stray is no question any more', async () => {
		const it = await stray({clock: 'local'});
		expect(await changesOf('access-key', it.world, {...it.extra, answers: {removeAccessKey: it.id}})).toEqual([
			`deactivate-${it.id}`,
			`delete-${it.id}`,
			'create-access-key',
		]);
	});
});

describe('the chosen file', () => {
	test.each<[string, Files, boolean, string]>([
		['is not there', {}, false, 'fine'],
		['is empty and was claimed', {[place]: {is: 'empty'}}, true, 'fine'],
		['holds half a row and was claimed', {[place]: {is: 'half'}}, true, 'fine'],
		['is empty and nobody claimed it', {[place]: {is: 'empty'}}, false, 'EEXIST'],
		['holds half a row and nobody claimed it', {[place]: {is: 'half'}}, false, 'EEXIST'],
		['is another file, though claimed', {[place]: {is: 'other'}}, true, 'EEXIST'],
		['holds a key that the user does not have, though claimed', row('AKIAOTHER'), true, 'EEXIST'],
	])('%s', async (_, files, claimed, expected) => {
		const plan = await planOf('access-key', {...(await worldAfter('user')), files}, {claimed: claimed ? [place] : []});
		expect(isProblem(plan) ? plan.code : 'fine').toBe(expected);
		if (isProblem(plan)) expect(fieldOf(plan)).toBe('secretFile');
	});
	test('with a key that the user does not have may only be ahead of what AWS shows', async () => {
		expect(await problemOf('access-key', {...(await worldAfter('user')), files: row('AKIANEW')})).toMatchObject({
			mayBeLate: true,
		});
	});
	test('that cannot be written is said with its reason', async () => {
		const world = await worldAfter('user');
		const known = knownOf('access-key', world);
		const step = stepOf('access-key');
		const eyes = {
			...look(world),
			kept: async () => ({is: 'absent', unwritable: {why: 'read-only', code: 'EROFS'}}) as const,
		};
		expect(step.plan(await step.observe(eyes, known), known)).toMatchObject({code: 'EROFS', why: 'read-only'});
	});
	test("is the console's name by default, with the day in it if that is taken", async () => {
		const field = stepOf('access-key')
			.fields?.(knownOf('access-key', await worldAfter('user')))
			.find(it => it.name === 'secretFile');
		const suggested = async (world: World) => field?.suggest?.(look(world), knownOf('access-key', world));
		const world = await worldAfter('user');
		const plain = '/home/op/nps-kms-user_accessKeys.csv';
		expect(await suggested(world)).toBe(plain);
		expect(await suggested({...world, files: {[plain]: {is: 'other'}}})).toBe(
			'/home/op/nps-kms-user_accessKeys_20261124.csv',
		);
		const id = await make(world);
		expect(await suggested({...world, files: {[plain]: row(id)[place]!}})).toBe(plain);
	});
});

test('a pause before step 5 says that the key can decrypt with any key', async () => {
	const world = await worldAfter('access-key');
	expect(stepOf('access-key').paused?.(knownOf('access-key', world))).toContain('Until step 5 is done');
	expect(stepOf('access-key').paused?.(knownOf('access-key', await worldAfter('hand-off')))).toBeUndefined();
});
