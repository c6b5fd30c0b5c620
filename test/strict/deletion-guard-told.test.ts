import {spawn, spawnSync} from 'node:child_process';
import {rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {record} from '../../src/commands/record/record.js';
import type {Key} from '../../src/sandbox/account/account.js';
import {readFault} from '../../src/sandbox/http/faults.js';
import {discard, setup} from '../../src/steps/index.js';
import {Bench, type Ran} from '../contract/in-process.js';
import {pathWithAws} from '../sandbox/aws-cli.js';
import {told} from './told.js';

const sid = 'Guard against deletion while in use';
const withoutCli = spawnSync('aws', ['--version']).status !== 0 && !process.env['CI'];
let bench: Bench;
beforeEach(async () => {
	bench = await Bench.start();
});
afterEach(() => bench.end());

const run = (options: object = {}): Promise<Ran> => bench.run(setup, {prove: false, ...options});
const key = (): Key =>
	Object.values(bench.sandbox.account.keys).find(it => it.manager === 'CUSTOMER') ?? expect.fail('no key');
type Statement = {readonly Sid: string; readonly [key: string]: unknown};
type Document = {readonly Statement: readonly Statement[]};
const statements = (): readonly Statement[] => (JSON.parse(key().policy) as Document).Statement;
const edit = (how: (all: readonly Statement[]) => readonly Statement[]): void => {
	key().policy = JSON.stringify({...(JSON.parse(key().policy) as object), Statement: how(statements())});
};
const guardOf = (days: string): Statement => ({
	...{Sid: sid, Effect: 'Deny', Principal: {AWS: '*'}, Action: ['kms:DisableKey', 'kms:ScheduleKeyDeletion']},
	...{Resource: '*', Condition: {NumericLessThanEquals: {'kms:TrailingDaysWithoutKeyUsage': days}}},
});

describe('status tells what was answered and is not put there', () => {
	const answered = async (options: object): Promise<void> => {
		bench.sandbox.setFaults([readFault('kms:PutKeyPolicy=access-denied') ?? expect.fail('no such fault')]);
		expect((await run(options)).code).toBe(1);
		bench.sandbox.setFaults([]);
	};
	test.each([
		['a guard', {}, {deletionGuard: '30'}],
		['more days', {deletionGuard: '30'}, {deletionGuard: '60'}],
		['fewer days', {deletionGuard: '30'}, {deletionGuard: '7'}],
		['no guard', {deletionGuard: '30'}, {deletionGuard: false}],
	])('%s, once', async (_what, first, then) => {
		await run(first);
		expect(await told(bench)).toEqual([0, []]);
		await answered(then);
		expect(await told(bench)).toEqual([3, ['deletion-guard']]);
		expect((await run(then)).code).toBe(0);
		expect(await told(bench)).toEqual([0, []]);
	});
	test('a guard in whose place somebody wrote something else', async () => {
		await run();
		edit(all => [...all, {...guardOf('30'), Action: 'kms:DisableKey'}]);
		expect(await told(bench)).toEqual([0, []]);
		expect((await run({deletionGuard: '30'})).code).toBe(0);
		expect(await told(bench)).toEqual([3, ['deletion-guard']]);
	});
});

describe('the change record', () => {
	const lines = (): readonly string[] => {
		const out: string[] = [];
		const env = {...process.env, NPS_KMS_HOME: bench.home};
		record({setup: 'nps', json: true}, {env, courses: []}, {out: it => void out.push(it), err: () => undefined});
		return (JSON.parse(out.join('\n')) as {records: {takeBack: string[]}[]}).records[0]?.takeBack ?? [];
	};
	const kms = 'aws --region eu-west-1 kms';
	/** By hand, as a person with a shell does it. */
	const bash = async (line: string, path: string): Promise<{readonly code: number | null; readonly out: string}> => {
		const child = spawn('bash', ['-c', line], {
			cwd: bench.home,
			env: {...process.env, PATH: path, AWS_DEFAULT_REGION: 'eu-west-1'},
			stdio: ['ignore', 'pipe', 'inherit'],
		});
		let out = '';
		child.stdout.on('data', (it: Buffer) => (out += it.toString()));
		return new Promise(done => child.on('close', code => done({code, out})));
	};

	test('has the guard taken out by hand, before anything goes that the key policy names', async () => {
		await run({deletionGuard: '30'});
		const all = lines();
		const [named, schedule] = [`--key-id ${key().arn}`, all.at(-1) ?? ''];
		expect(schedule).toContain(`${kms} schedule-key-deletion ${named}`);
		const at = all.findIndex(it => it.startsWith('#'));
		expect(all.slice(at - 1, at + 4)).toEqual([
			expect.stringContaining('delete-access-key'),
			`# Save what this prints as key-policy.json, without the statement “${sid}”:`,
			`${kms} get-key-policy ${named} --policy-name default --query Policy --output text`,
			`${kms} put-key-policy ${named} --policy-name default --policy file://key-policy.json`,
			expect.stringContaining('detach-user-policy'),
		]);
	});
	test('has nothing taken out where no guard stands', async () => {
		await run();
		expect(lines().filter(it => it.startsWith('#'))).toEqual([]);
		await run({deletionGuard: '30'});
		expect(lines().filter(it => it.startsWith('#'))).toHaveLength(1);
		await run({deletionGuard: false});
		expect(lines().filter(it => it.startsWith('#'))).toEqual([]);
	});
	test.skipIf(withoutCli)(
		'run line by line, it leaves nothing, and what others wrote stays in the policy',
		async () => {
			await run({deletionGuard: '30'});
			edit(all => [...all, {...guardOf('1'), Sid: 'theirs', Action: 'kms:PutAlias'}]);
			const [theirs] = statements().slice(-1);
			const path = await pathWithAws();
			for (const line of lines()) {
				const {code, out} = await bash(line, path);
				expect([line, code]).toEqual([line, 0]);
				if (!line.includes('get-key-policy')) continue;
				const document = JSON.parse(out) as Document;
				const Statement = document.Statement.filter(it => it.Sid !== sid);
				writeFileSync(join(bench.home, 'key-policy.json'), JSON.stringify({...document, Statement}));
			}
			expect([key().state, statements().at(-1)]).toEqual(['PendingDeletion', theirs]);
			expect(Object.keys(bench.sandbox.account.users)).not.toContain('nps-kms-user');
		},
	);
});

test('a guard that a stranger wrote after ours was taken back is theirs', async () => {
	await run();
	rmSync(join(bench.home, 'setups'), {recursive: true});
	const {policies, users} = bench.sandbox.account;
	for (const it of [key(), ...Object.values(policies), ...Object.values(users)] as {tags: unknown[]}[]) it.tags = [];
	const adopted = await run({adopt: 'policy,user,key', deletionGuard: '30'});
	expect([adopted.code, statements().at(-1)], adopted.said).toEqual([0, guardOf('30')]);
	bench.sandbox.setFaults([readFault('kms:UntagResource=access-denied') ?? expect.fail('no such fault')]);
	const confirmed = {confirm: 'nps', confirmAlias: 'nps-kms-key', deleteKmsKey: true};
	expect((await bench.run(discard, confirmed)).code).toBe(1);
	expect(statements().map(it => it.Sid)).not.toContain(sid);
	bench.sandbox.setFaults([]);
	edit(all => [...all, guardOf('30')]);
	const {code, said} = await bench.run(discard, confirmed);
	expect([code, statements().at(-1)], said).toEqual([0, guardOf('30')]);
});
