import {readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {fold} from '../../src/engine/record.js';
import {replaceAccessKey, setup} from '../../src/steps/index.js';
import {Bench, type Ran} from './in-process.js';

let bench: Bench;
beforeEach(async () => {
	bench = await Bench.start();
});
afterEach(() => bench.end());

const record = (): string => join(bench.home, 'setups', 'nps.json');
const entries = (): Parameters<typeof fold>[0] =>
	(JSON.parse(readFileSync(record(), 'utf8')) as {entries: Parameters<typeof fold>[0]}).entries;
const user = () => Object.values(bench.sandbox.account.users).find(it => it.name === 'nps-kms-user');
const replace = (options: object = {}): Promise<Ran> =>
	bench.run(replaceAccessKey, {secretFile: join(bench.home, 'new.csv'), prove: false, ...options});
/** The run is refused before any call, and nothing is written down of it. */
async function tooEarly(run: () => Promise<unknown>, flag: string): Promise<void> {
	bench.heard.length = 0;
	const before = read();
	await expect(run()).rejects.toMatchObject({problem: {what: `--${flag} comes too early`}});
	expect([bench.heard, read()]).toEqual([[], before]);
}
const read = (): string => {
	try {
		return readFileSync(record(), 'utf8');
	} catch {
		return '';
	}
};

describe('what a flag says of an access key counts only once the record shows its delivery', () => {
	test('in the run that makes it, by flag or by file, it is refused before any call', async () => {
		await tooEarly(() => bench.run(setup, {prove: false, npsRotated: true}), 'nps-rotated');
		const answers = join(bench.home, 'answers.json');
		writeFileSync(answers, '{"npsRotated": true}');
		await tooEarly(() => bench.run(setup, {prove: false, answers}), 'nps-rotated');
		// That it was not is no claim.
		writeFileSync(answers, '{"npsRotated": false}');
		expect((await bench.run(setup, {prove: false, answers})).code).toBe(0);
		expect((await bench.run(setup, {prove: false, npsRotated: true})).code).toBe(0);
		expect(fold(entries()).delivered.map(it => it.inUse)).toEqual([true]);
	});

	test('a delivery that is found only now counts from the next run on', async () => {
		await bench.run(setup, {prove: false, stopAfter: 'access-key'});
		// As a kill leaves it right after the secret was kept.
		const {entries: all, ...rest} = JSON.parse(read()) as {entries: readonly {type: string; step?: string}[]};
		const at = all.findIndex(it => it.type === 'delivered');
		writeFileSync(record(), JSON.stringify({...rest, entries: all.slice(0, at)}));
		await tooEarly(() => bench.run(setup, {prove: false, npsRotated: true}), 'nps-rotated');
		expect((await bench.run(setup, {prove: false})).code).toBe(0);
		expect((await bench.run(setup, {prove: false, npsRotated: true})).code).toBe(0);
	});

	test('in a replacement, until its new access key is delivered, and again once it is over', async () => {
		await bench.run(setup, {prove: false});
		const [old] = user()?.accessKeys ?? [];
		const said = {
			'nps-rotated': {npsRotated: true},
			'override-reason': {overrideReason: 'sure'},
			'nps-healthy': {npsHealthy: true},
			'delete-access-key': {deleteAccessKey: old?.id},
		};
		for (const [flag, given] of Object.entries(said)) await tooEarly(() => replace(given), flag);
		expect((await replace()).result['status']).toBe('paused');
		expect((await replace(Object.assign({}, ...Object.values(said)) as object)).result['status']).toBe('complete');
		for (const [flag, given] of Object.entries(said)) await tooEarly(() => replace(given), flag);
	});

	test('what was said of one access key is not said of another that the same run makes', async () => {
		await bench.run(setup, {prove: false});
		await replace();
		const [old, fresh] = user()?.accessKeys ?? [];
		// Somebody deletes the new one; nobody knows when NPS is told to use it.
		user()?.accessKeys.splice(1, 1);
		const ran = await replace({npsRotated: true, overrideReason: 'sure', secretFile: join(bench.home, 'third.csv')});
		const [, another] = user()?.accessKeys ?? [];
		expect([ran.result['waitsFor'], another?.id === fresh?.id]).toEqual([
			expect.objectContaining({code: 'NotRotatedYet'}),
			false,
		]);
		expect(user()?.accessKeys.map(it => [it.id, it.status])).toEqual([
			[old?.id, 'Active'],
			[another?.id, 'Active'],
		]);
	});
});

describe('what names a thing counts for one run', () => {
	test('an access key to remove: a later run asks again', async () => {
		await bench.run(setup, {prove: false, stopAfter: 'user'});
		const theirs = (id: string) => ({
			...{id, secret: 'x'.repeat(40), status: 'Active' as const, created: 0},
		});
		const [one, two] = ['AKIATHEIRSTHEIRSTHE1', 'AKIATHEIRSTHEIRSTHE2'] as const;
		user()?.accessKeys.push(theirs(one), theirs(two));
		// It gets no further than its credentials, and says nothing to the next.
		await bench.run(setup, {prove: false, removeAccessKey: one, stopAfter: 'connect'});
		const asked = await bench.run(setup, {prove: false});
		expect([asked.code, asked.result['problem']]).toEqual([1, expect.objectContaining({code: 'LimitExceeded'})]);
		expect(user()?.accessKeys.map(it => it.id)).toEqual([one, two]);
		expect((await bench.run(setup, {prove: false, removeAccessKey: one})).code).toBe(0);
		expect(user()?.accessKeys.map(it => it.id)).not.toContain(one);
	});

	test('taking over: a later run asks again, and what was taken over isn’t asked for twice', async () => {
		await bench.run(setup, {prove: false});
		const policy = () =>
			Object.values(bench.sandbox.account.policies).find(it => it.name === 'NPS_KMS_Policy') ?? expect.fail('none');
		rmSync(join(bench.home, 'setups'), {recursive: true});
		rmSync(join(bench.home, 'secret.csv'), {force: true});
		for (const it of [policy(), user(), ...Object.values(bench.sandbox.account.keys)]) if (it) it.tags = [];
		user()?.accessKeys.splice(0);
		await bench.run(setup, {prove: false, adopt: 'policy,user,key', stopAfter: 'connect'});
		const asked = await bench.run(setup, {prove: false});
		expect([asked.code, asked.result['problem']]).toEqual([1, expect.objectContaining({code: 'AlreadyThere'})]);
		// Cut off right after the yes: nothing was done to it yet.
		await bench.run(setup, {prove: false, adopt: 'policy', stopAfter: 'policy'});
		const {entries: all, ...rest} = JSON.parse(read()) as {entries: readonly {type: string}[]};
		const at = all.findIndex(it => it.type === 'adopted');
		expect(all.findIndex(it => it.type === 'intent')).toBeGreaterThan(at);
		writeFileSync(record(), JSON.stringify({...rest, entries: all.slice(0, at + 1)}));
		policy().tags = [];
		expect((await bench.run(setup, {prove: false, stopAfter: 'policy'})).code).toBe(0);
		expect(policy().tags.map(it => it.Key)).toContain('nps-kms:adopted-by');
		// Of the user nobody said anything.
		const next = await bench.run(setup, {prove: false});
		expect(next.result['problem']).toMatchObject({
			...{code: 'AlreadyThere', what: expect.stringContaining('User') as string},
		});
		// An older record holds such an answer for good: it counts no longer either.
		const old = JSON.parse(read()) as {entries: object[]};
		old.entries.push({type: 'answered', answers: {adoptUser: true}, at: new Date().toISOString(), clock: 'local'});
		writeFileSync(record(), JSON.stringify(old));
		expect((await bench.run(setup, {prove: false})).result['problem']).toMatchObject({code: 'AlreadyThere'});
	});

	test('giving back: a later run asks again', async () => {
		await bench.run(setup, {prove: false});
		const attached = user()?.attached.splice(0) ?? [];
		await bench.run(setup, {prove: false, restore: 'user', stopAfter: 'connect'});
		const asked = await bench.run(setup, {prove: false});
		expect([asked.code, asked.result['problem'], user()?.attached]).toEqual([
			1,
			expect.objectContaining({code: 'TakenAway'}),
			[],
		]);
		expect((await bench.run(setup, {prove: false, restore: 'user'})).code).toBe(0);
		expect(user()?.attached.map(it => it.arn)).toEqual(attached.map(it => it.arn));
	});
});
