import {expect, test} from 'vitest';
import {fold} from '../../src/engine/record.js';
import {boot, copyOf} from '../fake/ports.js';
import {everyEndIsTheSame, full, only, worldAfter} from './survey.js';

const shown = {...full, secretTo: 'once'};

test('a secret that is shown once: two troubles at any moments make no difference, and the person is asked what only they know', async () => {
	const from = await worldAfter('user', full);
	await everyEndIsTheSame('show-once pairs', {course: only('access-key'), from, answers: shown, times: 2, by: 'all'});
});
test('what was shown is recorded before it is seen, and never the secret', async () => {
	const world = copyOf(await worldAfter('user', full));
	await boot(world, {course: only('access-key'), answers: shown});
	const types = world.record.map(it => it.type);
	expect(types.indexOf('shown')).toBeGreaterThan(types.indexOf('intent'));
	expect(types.indexOf('shown')).toBeLessThan(types.lastIndexOf('delivered'));
	const [held] = fold(world.record).delivered;
	expect(held).toMatchObject({place: null, id: world.account.users[0]?.accessKeys[0]?.id});
	expect(JSON.stringify(world.record)).not.toContain(world.account.users[0]?.accessKeys[0]?.secret);
});
