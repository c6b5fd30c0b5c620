import {describe, expect, test} from 'vitest';
import {setup} from '../../src/steps/index.js';
import type {AccessKey} from '../fake/account.js';
import {FakeAws} from '../fake/aws.js';
import {boot, copyOf, emptyWorld, type World} from '../fake/ports.js';
import {everyEndIsTheSame, only, worldAfter} from './survey.js';

const user = 'nps-kms-user';
const minutes = 60_000;
/** Somebody makes an access key of the NPS user in the console; it is told by the user's tag that the console leaves. */
function byHand(world: World, usedAt?: number): AccessKey | undefined {
	const at = world.account.users.find(it => it.name === user);
	if (!at || at.accessKeys.length > 1) return undefined;
	const key = new FakeAws(world.account).makeAccessKey(user);
	at.tags[key.id] = 'made by hand';
	if (usedAt !== undefined) key.usedAt = usedAt;
	return key;
}
/** What was done to a key that somebody made by hand. */
function touched({account}: World, but?: string): string | undefined {
	const at = account.users.find(it => it.name === user);
	const made = Object.keys(at?.tags ?? {}).filter(it => it.startsWith('AKIA') && it !== but);
	const bad = made.filter(id => at?.accessKeys.find(it => it.id === id)?.status !== 'Active');
	return bad.length > 0 ? `a key made by hand was touched: ${bad.join()}` : undefined;
}

describe("an access key that somebody else made isn't touched", () => {
	test('on an adopted user, whatever dies', async () => {
		const from = emptyWorld();
		await new FakeAws(from.account).send({api: 'iam:CreateUser', input: {UserName: user}});
		byHand(from, from.account.now);
		const answers = {adoptUser: true, secretFile: '/home/op/key.csv'};
		await everyEndIsTheSame("somebody's key on an adopted user", {
			course: setup,
			from,
			answers,
			times: 1,
			by: 'all',
			// The record knows whose it is, too.
			mayLack: /,\s*"nps-kms:adopted-by": "setup-id"/g,
			holds: world =>
				touched(world) ?? (world.account.users[0]?.accessKeys.length === 1 ? undefined : 'a key was made beside it'),
		});
	});

	for (const lag of [0, 2])
		test(`beside the one that is replaced by request, whatever goes wrong twice, lists lagging ${lag} looks`, async () => {
			const from = await worldAfter('user', {});
			byHand(from);
			const other = byHand(from);
			from.account.now += 10 * minutes;
			const answers = {removeAccessKey: other?.id ?? ''};
			await everyEndIsTheSame(`somebody's key beside one to remove, lag ${lag}`, {
				course: only('access-key'),
				from,
				answers,
				confirms: other?.id ?? '',
				lag: {accessKeys: lag},
				times: 2,
				by: 'all',
				holds: world => touched(world, other?.id),
			});
		});

	for (const lag of [0, 1, 2])
		test(`when it was made between two runs, whatever goes wrong twice, lists lagging ${lag} looks`, async () => {
			await everyEndIsTheSame(`somebody makes a key between two runs, lag ${lag}`, {
				course: only('access-key'),
				from: await worldAfter('user', {}),
				lag: {accessKeys: lag},
				times: 2,
				by: 'all',
				meanwhile(world) {
					world.account.now += 10 * minutes;
					byHand(world);
				},
				mayStop: true,
				holds: touched,
			});
		});

	test('when AWS had refused to make one just before', async () => {
		const from = await worldAfter('user', {});
		for (let at = 1; ; at++) {
			const world = copyOf(from);
			const {occasions} = await boot(world, {course: only('access-key'), trouble: {is: 'denied', at}});
			if (occasions < at) break;
			byHand(world);
			await boot(world, {course: only('access-key')});
			expect(touched(world)).toBeUndefined();
		}
	});

	test('when it is in use, even if it was made right after a death', async () => {
		await everyEndIsTheSame('somebody makes a key at once and uses it', {
			course: only('access-key'),
			from: await worldAfter('user', {}),
			times: 2,
			by: 'all',
			meanwhile: world => void byHand(world, world.account.now),
			mayStop: true,
			holds: touched,
		});
	});
});

test('a key made after a set-up is complete stays and asks nothing, whatever died before', async () => {
	const from = await worldAfter('user', {});
	for (let dieAt = 1; ; dieAt++) {
		const world = copyOf(from);
		const {died} = await boot(world, {course: only('access-key'), dieAt});
		await boot(world, {course: setup});
		byHand(world);
		const {ending} = await boot(world, {course: setup});
		expect(ending?.problem).toBeUndefined();
		expect(touched(world)).toBeUndefined();
		expect(world.account.users[0]?.accessKeys).toHaveLength(2);
		if (!died) break;
	}
});
