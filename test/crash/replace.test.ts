import {expect, test, vi} from 'vitest';
import {fold} from '../../src/engine/record.js';
import type {Answers} from '../../src/engine/step.js';
import {replaceAccessKey, setup} from '../../src/steps/index.js';
import {boot, emptyWorld, type World} from '../fake/ports.js';
import {everyEndIsTheSame} from './survey.js';

// Many thousand runs; the machine may be busy with other tests.
vi.setConfig({testTimeout: 180_000});

async function complete(answers: Answers = {}): Promise<World> {
	const world = emptyWorld();
	const {ending} = await boot(world, {course: setup, answers});
	expect(ending?.status).toBe('complete');
	world.account.now += 85 * 24 * 60 * 60_000;
	return world;
}
const keysOf = ({account}: World) => account.users[0]?.accessKeys ?? [];
/** The new access key alone is left, and its secret is in its file. */
const replaced = (old: string | undefined) => (world: World) => {
	const [only, ...more] = keysOf(world);
	const {delivered, facts} = fold(world.record);
	const held = delivered.find(it => it.id === only?.id);
	if (!only || more.length > 0 || only.id === old || only.status !== 'Active')
		return `keys: ${keysOf(world)
			.map(it => `${it.id} ${it.status}`)
			.join()}`;
	if (facts['accessKeyId'] !== only.id || facts['replacing'] !== undefined)
		return `the record speaks of ${facts['accessKeyId']}`;
	if (held?.place == null || !held.inUse) return 'its secret is not in its file, or NPS is not known to use it';
	return old && world.account.users[0]?.tags[old] !== undefined
		? 'the description tag of the old one is left'
		: undefined;
};
const answered = (old = '') => ({
	answers: {newAccessKeyDescription: 'second'},
	// Each is said to a question that is asked once the new access key is delivered.
	says: {
		NotRotatedYet: {newKeyRotated: true, overrideReason: 'a test'},
		Healthy: {npsHealthy: true},
		MayBeDeleted: {deleteAccessKey: old},
	},
});

for (const lag of [{}, {users: 2, accessKeys: 2}, {seconds: 12}])
	test(`one death or other trouble at any moment of a replacement, with AWS ${JSON.stringify(lag)} late, makes no difference`, async () => {
		const from = await complete({accessKeyDescription: 'first'});
		const old = keysOf(from)[0]?.id;
		await everyEndIsTheSame(`replacement, ${JSON.stringify(lag)} late`, {
			...{course: replaceAccessKey, from, ...answered(old), lag, times: 1, by: 'all', over: 'NotDue'},
			holds: replaced(old),
		});
	});
test('two troubles at any moments of a replacement make no difference', async () => {
	const from = await complete({accessKeyDescription: 'first'});
	const old = keysOf(from)[0]?.id;
	await everyEndIsTheSame('replacement, pairs', {
		...{course: replaceAccessKey, from, ...answered(old), times: 2, by: 'all', over: 'NotDue', stride: 3},
		holds: replaced(old),
	});
});
