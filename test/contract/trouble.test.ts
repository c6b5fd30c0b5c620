import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {left} from './account-and-home.js';
import {Fleet} from './fleet.js';

/** The calls that change something, in the order of an undisturbed set-up. */
const mutations = [
	'CreatePolicy',
	'CreateUser',
	'AttachUserPolicy',
	'CreateAccessKey',
	'CreateKey',
	'CreateAlias',
	'EnableKeyRotation',
	'CreatePolicyVersion',
];

/** What bears no name of its own. Every call meets every fault, and every kill, against the stand-in: test/faults and test/kills. */
const nameless = ['CreateAccessKey', 'CreateKey'];

describe.skipIf(left)('trouble', () => {
	let fleet: Fleet;
	let undisturbed: unknown;
	beforeAll(async () => {
		fleet = await Fleet.start();
		const world = await fleet.world();
		await world.setup();
		expect(world.mutations).toEqual(mutations);
		undisturbed = await fleet.picture(world);
	});
	afterAll(() => fleet?.close());

	it.concurrent('a flag that differs from what was made comes too late', async () => {
		const world = await fleet.world();
		await world.setup('--stop-after', 'user');
		const {code, stderr} = await world.setup('--user-name', 'other');
		expect([code, stderr.includes('already created as nps-kms-user')]).toEqual([2, true]);
	});

	it.concurrent.for([
		['--tag', 'aws:x=1'],
		['--key-administrator', 'bob'],
	])('a flag that is not allowed is told as it was typed: %s %s', async ([flag = '', value = '']) => {
		const world = await fleet.world();
		const {code, stderr} = await world.setup(flag, value);
		expect([code, stderr]).toEqual([2, expect.stringContaining(`${flag} ${value} is not allowed`)]);
	});

	it.concurrent('without credentials, or with nobody there, it says so and nothing has changed', async () => {
		const world = await fleet.world();
		const none = await world.run(['setup', '--yes'], {AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: ''});
		expect([none.code, none.stderr.includes('[CredentialsProviderError]')]).toEqual([1, true]);
		const nobody = await world.run(['setup', '--yes'], {AWS_ENDPOINT_URL: 'http://127.0.0.1:1'});
		expect([nobody.code, nobody.stderr.includes('[ECONNREFUSED]')]).toEqual([1, true]);
		for (const {stderr} of [none, nobody]) expect(stderr).toMatch(/→ .+\n {2}Nothing changed/);
	});

	it.concurrent('credentials of another account than expected, or than the setup began in, change nothing', async () => {
		const world = await fleet.world();
		const unexpected = await world.setup('--expect-account', '111122223333');
		expect([unexpected.code, unexpected.stderr.includes('[UnexpectedAccount]'), world.mutations]).toEqual([
			1,
			true,
			[],
		]);
		await world.setup('--stop-after', 'policy');
		const record = readFileSync(world.recordFile, 'utf8').replaceAll(
			`"account": "${fleet.account(world)}"`,
			'"account": "999999999999"',
		);
		writeFileSync(world.recordFile, record);
		world.forget();
		const other = await world.setup();
		expect([other.code, other.stderr.includes('Setup nps belongs to account 999999999999'), world.mutations]).toEqual([
			1,
			true,
			[],
		]);
	});

	it.concurrent.each(nameless)('AWS refusing %s is told in its words, and the next run carries on', async action => {
		const world = await fleet.world();
		world.judge = call => (call.action === action ? {status: 403, code: 'AccessDenied'} : 'pass');
		const {code, lines, stderr} = await world.setup();
		expect(code).toBe(1);
		expect(lines.at(-1)).toMatchObject({status: 'stopped', problem: {why: 'no: AccessDenied'}});
		expect(stderr).toMatch(/Ask for the permission \w+:\w+/);
		expect(stderr).not.toMatch(/\n\s+at /);
		expect(world.mutations.filter(it => it === action)).toHaveLength(1);
		world.forget();
		expect((await world.setup()).code).toBe(0);
		expect(await fleet.picture(world)).toEqual(undisturbed);
	});

	it.concurrent.each(
		nameless.flatMap(action => (['drop-before', 'drop-after'] as const).map(verdict => [action, verdict] as const)),
	)('the answer to %s lost (%s) is looked after in the same run, without a duplicate', async (action, verdict) => {
		const world = await fleet.world();
		let once = true;
		world.judge = call => {
			if (call.action !== action || !once) return 'pass';
			once = false;
			return verdict;
		};
		const {code, lines} = await world.setup();
		expect(lines.filter(line => line['status'] === 'unsettled')).toHaveLength(1);
		expect(code).toBe(0);
		expect(await fleet.picture(world)).toEqual(undisturbed);
	});

	it.concurrent.each(
		nameless.flatMap(action => (['kill-before', 'kill-after'] as const).map(verdict => [action, verdict] as const)),
	)('killed at %s (%s), the next run ends as an undisturbed one', async (action, verdict) => {
		const world = await fleet.world();
		world.judge = call => (call.action === action ? verdict : 'pass');
		expect((await world.setup()).signal).toBe('SIGKILL');
		world.forget();
		expect((await world.setup()).code).toBe(0);
		expect(await fleet.picture(world)).toEqual(undisturbed);
	});

	it.concurrent.each([
		['a 500', {status: 500, code: 'InternalFailure'}],
		['a page of a proxy', {status: 403, body: '<html>blocked</html>'}],
		['a page of a proxy that says 200', {status: 200, body: '<html>sign in</html>'}],
	])('%s is no answer of AWS: it is doubted, told, and carried on later', async (_name, verdict) => {
		const world = await fleet.world();
		world.judge = call => (call.action === 'CreateUser' ? verdict : 'pass');
		const {code, stderr} = await world.setup();
		expect(code).toBe(1);
		expect(stderr).not.toMatch(/\n\s+at |This is a bug/);
		world.forget();
		expect((await world.setup()).code).toBe(0);
		expect(await fleet.picture(world)).toEqual(undisturbed);
	});

	it.concurrent('a record that is damaged or newer is told and left as it is; --recover keeps it aside', async () => {
		const world = await fleet.world();
		await world.setup('--stop-after', 'user');
		const whole = readFileSync(world.recordFile, 'utf8');
		for (const [text, code] of [
			[whole.slice(0, 300), 'RecordDamaged'],
			['', 'RecordDamaged'],
			['{"v":99,"setup":"nps","entries":[]}', 'RecordNewer'],
			['{"v":1,"setup":"nps","entries":[{"type":"odd"}]}', 'RecordDamaged'],
		] as const) {
			writeFileSync(world.recordFile, text);
			const ran = await world.setup();
			expect([ran.code, ran.stderr.includes(`[${code}]`), readFileSync(world.recordFile, 'utf8')]).toEqual([
				1,
				true,
				text,
			]);
		}
		writeFileSync(world.recordFile, whole.slice(0, 300));
		expect((await world.setup('--recover')).code).toBe(0);
		expect(await fleet.picture(world)).toEqual(undisturbed);
	});

	it.concurrent('a second run at the same time is told who has the setup', async () => {
		const world = await fleet.world();
		let second: Promise<{code: number | null; stderr: string}> | undefined;
		world.judge = async call => {
			if (call.action === 'CreateUser') {
				second = world.run(['setup', '--yes']);
				await second;
			}
			return 'pass' as const;
		};
		expect((await world.setup()).code).toBe(0);
		const told = await second;
		expect([told?.code, told?.stderr]).toEqual([1, expect.stringMatching(/Process \d+ on .+ has had it since 20/)]);
	});

	it.concurrent.each([
		['SIGINT', 130],
		['SIGTERM', 143],
		['SIGHUP', 129],
	] as const)('%s lets the call that is out finish, records it, and ends with exit %i', async (signal, exit) => {
		const world = await fleet.world();
		world.judge = call => {
			if (call.action === 'CreateUser') world.signal(signal);
			return 'pass';
		};
		const {code, lines, stderr} = await world.setup();
		expect(code).toBe(exit);
		expect(lines.at(-1)).toMatchObject({type: 'result', status: 'interrupted', step: 'user'});
		expect(lines.at(-2)).toMatchObject({type: 'change', status: 'done'});
		expect(lines.filter(line => line['status'] === 'unsettled')).toEqual([]);
		expect(stderr).toContain('Saved. Run nps-kms to carry on at step 2 (User).');
		world.forget();
		expect((await world.setup()).code).toBe(0);
		expect(await fleet.picture(world)).toEqual(undisturbed);
	});

	it.concurrent('a state directory that is a file is told, and no call is made that changes anything', async () => {
		const world = await fleet.world();
		mkdirSync(world.home, {recursive: true});
		writeFileSync(join(world.home, 'state'), '');
		const {code, stderr} = await world.setup();
		expect([code, world.mutations]).toEqual([1, []]);
		expect(stderr).not.toMatch(/This is a bug/);
	});
});
