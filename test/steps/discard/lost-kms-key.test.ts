import {describe, expect, test} from 'vitest';
import {fold, knownFor} from '../../../src/engine/record.js';
import type {Look} from '../../../src/engine/step.js';
import {findKmsKey} from '../../../src/steps/things/kms-key.js';
import {lookOf} from '../../fake/ports.js';
import {call, worldAfter} from '../plans.js';

/** Looks for a key whose answer was lost, beside one of somebody else's, where tags may be refused. */
async function found(refuses: (isOurs: boolean) => string | undefined): Promise<'ours' | undefined> {
	const world = await worldAfter('managed-key');
	const ours = world.account.kmsKeys[0]?.id;
	world.account.aliases.length = 0;
	await call(world, 'kms:CreateKey', {Policy: '{"Statement":[]}'});
	// Somebody else's comes first.
	world.account.kmsKeys.reverse();
	const eyes = lookOf(world);
	const look: Look = {
		...eyes,
		async *all(it) {
			const code = it.api === 'kms:ListResourceTags' ? refuses(it.input['KeyId'] === ours) : undefined;
			if (code) throw Object.assign(new Error('no'), {name: code});
			yield* eyes.all(it);
		},
	};
	const {keyId: _keyId, ...facts} = fold(world.record).facts;
	const known = knownFor('managed-key', {...fold(world.record), facts, recovered: true}, {});
	const key = await findKmsKey(look, known, undefined);
	return key && (key.id === ours ? 'ours' : expect.fail("somebody else's is taken for ours"));
}

describe('a key whose answer was lost', () => {
	test('is found by its tag', async () => {
		expect(await found(() => undefined)).toBe('ours');
	});
	test("is found beside others' whose tags may not be read", async () => {
		expect(await found(isOurs => (isOurs ? undefined : 'AccessDeniedException'))).toBe('ours');
	});
	test.each(['ThrottlingException', 'KMSInternalException', 'TimeoutError'])(
		'is not taken for missing because its tags were not answered (%s): a second one would be made',
		async code => {
			await expect(found(isOurs => (isOurs ? code : undefined))).rejects.toThrow('no');
		},
	);
	test("is not taken for missing where no key's tags may be read", async () => {
		await expect(found(() => 'AccessDeniedException')).rejects.toThrow('no');
	});
});
