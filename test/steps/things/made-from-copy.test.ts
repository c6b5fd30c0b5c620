import {expect, test} from 'vitest';
import {Refused} from '../../../src/engine/apply.js';
import {fold, knownFor} from '../../../src/engine/record.js';
import {setup} from '../../../src/steps/index.js';
import {madeFromCopy} from '../../../src/steps/things/made-from-copy.js';
import {boot, emptyWorld, lookOf} from '../../fake/ports.js';

/** What a run finds that takes a set-up up before its KMS key is made, where listing all keys ends so. */
async function foundWhere(listing: Error): Promise<unknown> {
	const world = emptyWorld();
	const paused = {course: setup, stopAfter: 'access-key'};
	await boot(world, paused);
	await boot(world, paused);
	const known = knownFor('managed-key', fold(world.record), {setup: 'nps', today: '20261124'});
	let asked = 0;
	const found = await madeFromCopy(
		{
			...lookOf(world),
			async *all() {
				asked++;
				yield* await Promise.reject<never[]>(listing);
			},
		},
		known,
	);
	return {found, asked};
}

test('who may not list keys is not stopped, for nothing tells that there is a copy', async () => {
	expect(await foundWhere(new Refused('AccessDenied', 'User is not authorized', 'request-1'))).toEqual({
		found: undefined,
		asked: 1,
	});
});
test('a list that AWS owes is no answer', async () => {
	await expect(foundWhere(new Refused('KMSInternalException', 'of its own', 'request-1'))).rejects.toThrow(
		'of its own',
	);
});
