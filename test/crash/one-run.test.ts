import {expect, test} from 'vitest';
import {fold} from '../../src/engine/record.js';
import {setup} from '../../src/steps/index.js';
import {boot, copyOf, emptyWorld} from '../fake/ports.js';
import {full, only, worldAfter} from './survey.js';

test('a lost answer is looked after in the same run, whichever it is', async () => {
	for (let at = 1; ; at++) {
		const {ending, occasions} = await boot(emptyWorld(), {course: setup, answers: full, trouble: {is: 'dropped', at}});
		expect(ending?.status, `lost answer ${at}`).toBe('complete');
		if (occasions < at) break;
		expect(at).toBeLessThan(100);
	}
});

test('a refusal stops the run at its step, and the record says what was refused', async () => {
	for (let at = 1; ; at++) {
		const world = emptyWorld();
		const {ending, occasions} = await boot(world, {course: setup, answers: full, trouble: {is: 'denied', at}});
		if (occasions < at) break;
		expect(ending).toMatchObject({status: 'stopped', problem: {code: 'AccessDenied'}});
		expect(world.record.at(-1)).toMatchObject({type: 'outcome', ok: false, code: 'AccessDenied'});
		expect(at).toBeLessThan(100);
	}
});

test('a key that reached its file stays the one that NPS gets, even if the file is taken away at once', async () => {
	const from = await worldAfter('user', {});
	let taken = 0;
	for (let dieAt = 1; ; dieAt++) {
		const world = copyOf(from);
		const {died} = await boot(world, {course: only('access-key'), dieAt});
		if (!died) break;
		if (!world.record.some(it => it.type === 'outcome' && it.ok)) continue;
		taken++;
		world.files = {};
		await boot(world, {course: only('access-key')});
		expect(fold(world.record).facts).toMatchObject({secretKnown: 'yes'});
		expect(world.account.users[0]?.accessKeys).toHaveLength(1);
	}
	expect(taken).toBeGreaterThan(0);
});
