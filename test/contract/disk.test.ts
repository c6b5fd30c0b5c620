import {existsSync, mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {reach} from '../../src/aws/client/send.js';
import {direct} from '../../src/aws/network/network.js';
import {Trouble} from '../../src/engine/trouble.js';
import {startSandbox} from '../../src/sandbox/index.js';
import {sendNow} from '../aws/client/send-now.js';
import {Disk, noDisk} from '../fake/disk.js';
import {Lane, pictureOf, type Ran} from '../faults/lane.js';

const changes = [
	...[
		'iam:CreatePolicy',
		'iam:CreateUser',
		'iam:AttachUserPolicy',
		'iam:CreateAccessKey',
		'kms:CreateKey',
		'kms:CreateAlias',
	],
	...['kms:EnableKeyRotation', 'iam:CreatePolicyVersion'],
];

describe.skipIf(noDisk)('a set-up whose record and secret go to a real disk', () => {
	let disk: Disk;
	let lane: Lane;
	let undisturbed: string;
	const options = (): object => ({secretFile: join(lane.home, 'secret.csv'), prove: false});
	const run = (): Promise<Ran> => lane.run(options());
	beforeAll(async () => {
		disk = Disk.make() ?? expect.fail('there is no disk');
		[lane = expect.fail('there is no lane')] = await Lane.open(1, disk.dir);
		expect((await run()).code).toBe(0);
		undisturbed = pictureOf(lane.standing(), lane.home);
	});
	beforeEach(() => {
		disk.free();
		lane.onHeard = () => undefined;
		lane.back({account: lane.blank, files: {}});
	});
	afterAll(async () => {
		await lane?.close();
		disk?.remove();
	});
	const carriesOn = async (): Promise<void> => {
		lane.onHeard = () => undefined;
		disk.free();
		const {code, said} = await run();
		expect(code, said).toBe(0);
		expect(pictureOf(lane.standing(), lane.home)).toBe(undisturbed);
	};
	const troubleOf = async (it: Promise<unknown>): Promise<Trouble['problem']> =>
		it.then(
			() => expect.fail('it went on'),
			(error: unknown) => (error instanceof Trouble ? error.problem : expect.fail(String(error))),
		);

	test.each(changes)(
		'that is full once %s has been done: it stops in words, and the next run finds what was done',
		async api => {
			lane.onHeard = it => {
				if (`${it.service}:${it.api}` === api) disk.fill();
			};
			const {code, result, said} = await run();
			expect([code, result]).toMatchObject([
				1,
				{status: 'stopped', problem: {code: 'ENOSPC', why: expect.stringContaining('the disk is full')}},
			]);
			expect(said).not.toMatch(/\n\s+at /);
			await carriesOn();
		},
	);
	test('that is full when the secret arrives: the access key that is lost with it is named, and removed by the next run', async () => {
		lane.onHeard = it => {
			if (it.api === 'CreateAccessKey') disk.fill();
		};
		const {result} = await run();
		const made = lane.sandbox.account.users['nps-kms-user']?.accessKeys.map(it => it.id);
		expect(result['problem']).toMatchObject({what: `The secret can't go to ${join(lane.home, 'secret.csv')}`});
		expect(JSON.stringify(result['problem'])).toContain(
			`Access key ${made?.[0]} was made and its secret is lost; the next run removes it`,
		);
		await carriesOn();
		expect(lane.sandbox.account.users['nps-kms-user']?.accessKeys.map(it => it.id)).not.toContain(made?.[0]);
	});
	test("another, for the secret alone, that is full: no access key is made that couldn't be kept", async () => {
		const vault = Disk.make() ?? expect.fail('there is no disk');
		try {
			vault.fill();
			const secretFile = join(vault.dir, 'secret.csv');
			const {code, result} = await lane.run({...options(), secretFile});
			expect([code, result]).toMatchObject([
				1,
				{problem: {what: `The secret can't go to ${secretFile}`, code: 'ENOSPC'}},
			]);
			expect(lane.sandbox.account.users['nps-kms-user']?.accessKeys).toEqual([]);
			vault.free();
			expect((await lane.run({prove: false})).code).toBe(0);
			expect(lane.sandbox.account.users['nps-kms-user']?.accessKeys.map(it => it.id)).toEqual([
				readFileSync(secretFile, 'utf8').split(/[\n,]/)[2],
			]);
		} finally {
			vault.remove();
		}
	});
	test('that is full or read-only from the start: it is told, and nothing is asked of AWS that changes anything', async () => {
		disk.fill();
		expect(await troubleOf(run())).toMatchObject({code: 'ENOSPC', todo: expect.stringContaining('NPS_KMS_HOME')});
		disk.free();
		disk.readOnly();
		expect(await troubleOf(run())).toMatchObject({code: 'EROFS', todo: expect.stringContaining('NPS_KMS_HOME')});
		expect(Object.keys(lane.sandbox.account.users)).toEqual(['admin']);
		await carriesOn();
	});
	test('whose folder for the secret has gone: the set-up stops before it makes an access key', async () => {
		const secretFile = join(lane.home, 'vault', 'secret.csv');
		mkdirSync(join(lane.home, 'vault'));
		expect((await lane.run({...options(), secretFile, stopAfter: 'user'})).code).toBe(0);
		rmSync(join(lane.home, 'vault'), {recursive: true});
		const {code, result} = await lane.run({});
		expect([code, result]).toMatchObject([
			1,
			{problem: {what: `The secret can't go to ${secretFile}`, code: 'ENOENT'}},
		]);
		expect(lane.sandbox.account.users['nps-kms-user']?.accessKeys).toEqual([]);
		await carriesOn();
	});

	test('that is full or read-only at a rehearsal: it is told, too', async () => {
		const rehearse = (): Promise<Ran> => lane.run({...options(), sandbox: true, profile: undefined});
		disk.fill();
		expect((await troubleOf(rehearse())).why).toMatch(/ENOSPC|the disk is full/);
		disk.free();
		disk.readOnly();
		expect((await troubleOf(rehearse())).why).toMatch(/EROFS|that file system is read-only/);
		disk.free();
		expect((await rehearse()).code).toBe(0);
	});
	test('that fills up under the stand-in: what it can not keep it has not done', async () => {
		const sandbox = await startSandbox({file: join(disk.dir, 'account.json')});
		try {
			const aws = reach({
				region: 'eu-west-1',
				network: direct,
				endpoint: sandbox.url,
				credentials: async () => sandbox.operator,
			});
			disk.fill();
			const refused = sendNow(aws, {api: 'iam:CreateUser', input: {UserName: 'nps'}});
			await expect(refused).rejects.toThrow(/The account can't be kept.*no space left/);
			expect(Object.keys(sandbox.account.users)).toEqual(['admin']);
			disk.free();
			await sendNow(aws, {api: 'iam:CreateUser', input: {UserName: 'nps'}});
			expect(readFileSync(join(disk.dir, 'account.json'), 'utf8')).toContain('user/nps');
		} finally {
			await sandbox.close();
		}
	});

	const recordFile = (): string => join(lane.home, 'setups', 'nps.json');
	test.each([
		['cut off', (whole: string) => whole.slice(0, whole.length / 2)],
		['empty', () => ''],
		['of another program', () => '{"hello":"world"}'],
	])('whose record is %s: it is told and left, and --recover keeps it aside and carries on', async (_how, damage) => {
		expect((await lane.run({...options(), stopAfter: 'access-key'})).code).toBe(0);
		const damaged = damage(readFileSync(recordFile(), 'utf8'));
		writeFileSync(recordFile(), damaged);
		const problem = await troubleOf(run());
		expect(problem).toMatchObject({
			code: 'RecordDamaged',
			why: expect.stringContaining(recordFile()),
			todo: expect.stringContaining('--recover'),
		});
		expect(readFileSync(recordFile(), 'utf8')).toBe(damaged);
		const {code, said} = await lane.run({...options(), recover: true});
		expect(code, said).toBe(0);
		const aside = /it is kept as (\S+)\./.exec(said)?.[1] ?? '';
		expect(readFileSync(aside, 'utf8')).toBe(damaged);
		expect(pictureOf(lane.standing(), lane.home)).toBe(undisturbed);
	});
	test('where a folder stands in place of the record: it is told and left, and --recover moves it aside', async () => {
		expect((await lane.run({...options(), stopAfter: 'user'})).code).toBe(0);
		rmSync(recordFile());
		mkdirSync(recordFile());
		writeFileSync(join(recordFile(), 'theirs'), 'x');
		expect((await troubleOf(run())).what).toBe("The record can't be read");
		const {code, said} = await lane.run({...options(), recover: true});
		expect(code, said).toBe(0);
		const aside = /it is kept as (\S+)\./.exec(said)?.[1] ?? '';
		expect(existsSync(join(aside, 'theirs'))).toBe(true);
	});
});
