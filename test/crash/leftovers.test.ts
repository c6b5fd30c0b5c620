import {expect, test} from 'vitest';
import {leftoversOf} from '../../src/engine/leftovers.js';
import {hurried} from '../../src/engine/look.js';
import {fold} from '../../src/engine/record.js';
import type {Look} from '../../src/engine/step.js';
import {setup} from '../../src/steps/index.js';
import {boot, emptyWorld, lookOf, type World} from '../fake/ports.js';
import {full} from './survey.js';

const run = {setup: 'nps', homeFolder: '/home/op', today: '20261124'};
const told = (world: World, look: Look): Promise<readonly string[]> =>
	leftoversOf({course: setup, state: fold(world.record), look, run});
const blindly: Look['at'] = async () => {
	throw new Error('no line');
};

/** Every world that a death would leave. */
async function deaths(): Promise<readonly World[]> {
	const worlds: World[] = [];
	await boot(emptyWorld(), {course: setup, answers: full, atMoment: now => worlds.push(now)});
	return worlds;
}

test('whatever a death leaves without a name or a place is named first of all, with its cost and the step that settles it', async () => {
	let [accessKeys, kmsKeys] = [0, 0];
	for (const world of await deaths()) {
		const lines = (await told(world, lookOf(world))).join('\n');
		const {delivered: had} = fold(world.record);
		for (const key of world.account.users.flatMap(it => it.accessKeys)) {
			const safe =
				had.some(it => it.id === key.id) ||
				Object.values(world.files).some(it => it.is === 'row' && Object.values(it.row).includes(key.id));
			expect(lines.includes(`access key ${key.id}, never used and delivered nowhere; it costs nothing`), lines).toBe(
				!safe,
			);
			if (!safe) accessKeys++;
		}
		for (const key of world.account.kmsKeys) {
			const named = world.account.aliases.some(it => it.target === key.id);
			expect(
				lines.includes(`KMS key ${key.arn}, without alias/nps-kms-key; it costs about $1 a month. Step 4 takes it up.`),
				lines,
			).toBe(!named);
			if (!named) kmsKeys++;
		}
	}
	expect([accessKeys > 2, kmsKeys > 2]).toEqual([true, true]);
});

test('what was begun and has no answer is told by the record alone where AWS cannot be asked, and soon', async () => {
	for (const world of await deaths()) {
		const open = Object.values(fold(world.record).past).flatMap(past => past.filter(it => !it.outcome));
		const lines = await told(world, {...lookOf(world), at: blindly});
		expect(lines).toHaveLength(open.length === 0 ? 0 : open.length + 1);
		for (const {change} of open) expect(lines.at(1)).toContain(`${change.verb} ${change.subject}: begun `);
	}
	const never: Look['at'] = () => new Promise(() => undefined);
	const eyes = hurried({...lookOf(emptyWorld()), at: never}, 1);
	await expect(eyes.at({api: 'iam:GetUser', input: {}})).rejects.toThrow('not seen in time');
});

test('a set-up that came to its end left nothing', async () => {
	const world = emptyWorld();
	await boot(world, {course: setup, answers: full});
	expect(await told(world, lookOf(world))).toEqual([]);
});
