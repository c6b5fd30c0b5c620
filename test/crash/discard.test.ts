import {expect, test, vi} from 'vitest';
import type {Answers} from '../../src/engine/step.js';
import {discard, setup} from '../../src/steps/index.js';
import {boot, emptyWorld, type World} from '../fake/ports.js';
import {everyEndIsTheSame, full} from './survey.js';

// Many thousand runs; the machine may be busy with other tests.
vi.setConfig({testTimeout: 180_000});

const whole: Answers = {deleteKmsKey: true};
/** A set-up that was run to its end. */
async function complete(answers: Answers): Promise<World> {
	const world = emptyWorld();
	const {ending} = await boot(world, {course: setup, answers});
	expect(ending?.status).toBe('complete');
	return world;
}
/** What of the set-up stands in the account; a KMS key that waits for its deletion counts as gone. */
const standing = ({account}: World): readonly string[] => [
	...account.policies.map(it => it.name),
	...account.users.map(it => it.name),
	...account.aliases.map(it => it.name),
	...account.kmsKeys.filter(it => it.state !== 'PendingDeletion').map(it => it.id),
];
const nothingStands = (world: World): string | undefined =>
	standing(world).length > 0 ? `left: ${standing(world).join()}` : undefined;
const standsOnce = (world: World): string | undefined =>
	standing(world).length === 4 && world.account.users[0]?.accessKeys.length === 1
		? undefined
		: `not once: ${standing(world).join()}`;

test('two troubles at any moments of a discard make no difference: all goes', async () => {
	await everyEndIsTheSame('discard, pairs', {
		course: discard,
		from: await complete(full),
		answers: whole,
		times: 2,
		by: 'all',
		holds: nothingStands,
	});
});
test('two troubles at any moments of a discard that only halts make no difference', async () => {
	await everyEndIsTheSame('halting, pairs', {course: discard, from: await complete({}), times: 2, by: 'all'});
});
test('wherever a set-up was cut off, and the discard once more, nothing is left', async () => {
	await everyEndIsTheSame('set-up cut off, then discard, every 4th of the pairs', {
		course: discard,
		before: {course: setup, answers: full},
		from: emptyWorld(),
		answers: whole,
		times: 2,
		stride: 4,
		by: 'all',
		mayStop: true,
		holds: nothingStands,
	});
});
for (const lag of [{policies: 2, users: 2, accessKeys: 2, kmsKeys: 2}, {seconds: 12}])
	test(`wherever a set-up was cut off while AWS shows everything ${JSON.stringify(lag)} late, nothing is left`, async () => {
		await everyEndIsTheSame(`set-up cut off, ${JSON.stringify(lag)} late, then discard`, {
			course: discard,
			before: {course: setup, answers: full},
			from: emptyWorld(),
			answers: whole,
			lag,
			times: 1,
			by: 'all',
			mayStop: true,
			holds: nothingStands,
		});
	});
test('wherever a discard was cut off, the set-up makes what is missing, once', async () => {
	await everyEndIsTheSame('discard cut off, then set-up, every 6th of the pairs', {
		course: setup,
		before: {course: discard, answers: {...full, ...whole}},
		from: await complete(full),
		answers: full,
		times: 2,
		stride: 6,
		by: 'all',
		mayStop: true,
		holds: standsOnce,
	});
});
test('wherever a discard that only halts was cut off, the set-up sets all going again', async () => {
	await everyEndIsTheSame('halting cut off, then set-up, pairs', {
		course: setup,
		before: {course: discard},
		from: await complete({}),
		times: 2,
		by: 'all',
		holds: world =>
			standsOnce(world) ??
			(world.account.kmsKeys.every(it => it.state === 'Enabled') ? undefined : 'the KMS key is not enabled'),
	});
});
