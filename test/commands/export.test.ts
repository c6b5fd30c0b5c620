import {mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test, vi} from 'vitest';
import {parse} from 'yaml';
import {startSandbox} from '../../src/sandbox/index.js';
import type {Ran} from '../contract/account-and-home.js';
import {runMain} from '../main-in-process.js';
import {memory} from '../memory.js';

let home: string;
beforeEach(() => {
	home = mkdtempSync(join(memory, 'nps-kms-'));
});
afterEach(() => {
	vi.unstubAllEnvs();
	rmSync(home, {recursive: true, force: true});
});

/** Nobody answers there, and nobody is asked. */
const nowhere = {url: 'http://127.0.0.1:1', operator: {accessKeyId: 'AKIANOBODY', secretAccessKey: 'nobody'}} as never;
const run = (...args: readonly string[]): Promise<Ran> => runMain(['export', ...args], nowhere, home);
const filesIn = (folder: string): Record<string, string> =>
	Object.fromEntries(readdirSync(folder).map(name => [name, readFileSync(join(folder, name), 'utf8')]));
const lastLines = ({stderr}: Ran): readonly string[] => stderr.trimEnd().split('\n');

describe('the files', () => {
	test('are the same bytes for the same input, and hold nothing of this program’s record, of the machine, no secret', async () => {
		const flags = ['--tag', 'team=pam', '--alarm-mail', 'ops@example.com', '--expect-account', '111122223333'];
		for (const engine of ['cloudformation', 'terraform'])
			for (const at of ['one', 'two']) {
				const {code, stderr} = await run(engine, '--out', join(home, engine, at), ...flags);
				expect(code, stderr).toBe(0);
			}
		for (const engine of ['cloudformation', 'terraform']) {
			const files = filesIn(join(home, engine, 'one'));
			expect(filesIn(join(home, engine, 'two'))).toEqual(files);
			const all = Object.values(files).join('\n').replaceAll('"nps-kms:", "AKIA"', '');
			expect(all).not.toMatch(/nps-kms:|SetupName|SetupId|setupId|AccessKey\b|access_key"|nobody|AKIA|127\.0\.0\.1/);
			expect(all).not.toContain(home);
		}
	});
	test('by the record are those by the same answers given as flags', async () => {
		const sandbox = await startSandbox();
		try {
			const flags = ['--user-name', 'nps', '--path', '/nps/', '--tag', 'team=pam', '--no-key-rotation'];
			const secret = ['--secret-file', join(home, 'secret.csv')];
			const setup = await runMain(['setup', '--yes', '--no-prove', ...secret, ...flags], sandbox, home);
			expect(setup.code, setup.stderr).toBe(0);
			const account = ['--expect-account', sandbox.account.id, '--region', 'eu-west-1'];
			const other = ['--setup', 'other', '--policy-name', 'NPS_KMS_Policy', '--key-alias', 'nps-kms-key'];
			for (const engine of ['cloudformation', 'terraform']) {
				expect((await run(engine, '--out', join(home, engine, 'record'))).code).toBe(0);
				const ran = await run(engine, '--out', join(home, engine, 'flags'), ...account, ...other, ...flags);
				expect(ran.code, ran.stderr).toBe(0);
				expect(filesIn(join(home, engine, 'flags'))).toEqual(filesIn(join(home, engine, 'record')));
			}
		} finally {
			await sandbox.close();
		}
	});
	test('let EventBridge publish without a condition, which a topic’s policy can’t have for it', async () => {
		for (const engine of ['cloudformation', 'terraform']) {
			const folder = join(home, engine);
			expect((await run(engine, '--out', folder, '--alarm-mail', 'ops@example.com')).code).toBe(0);
			const text = Object.entries(filesIn(folder)).find(([name]) => name.includes('alarm'))?.[1] ?? '';
			expect(
				[text.includes('events.amazonaws.com') && text.includes('# No condition'), /Condition"?\s*[:=]/.test(text)],
				text,
			).toEqual([true, false]);
		}
	});
	test('ask Terraform for account and partition where nobody named them', async () => {
		vi.stubEnv('AWS_DEFAULT_REGION', '');
		const {code} = await runMain(['export', 'terraform', '--out', home], nowhere, home);
		expect([code, filesIn(home)['main.tf']]).toEqual([
			0,
			expect.stringContaining(`:iam::\${data.aws_caller_identity.here.account_id}:root"`),
		]);
	});
	test('name boundary and administrators, which nobody looks at', async () => {
		const role = 'arn:aws:iam::111122223333:role/Admin';
		const boundary = 'arn:aws:iam::111122223333:policy/Bound';
		const flags = ['--key-administrator', role, '--permissions-boundary', boundary];
		const {code, stdout, stderr} = await run('cloudformation', ...flags);
		const {User, Key} = parse(stdout, {logLevel: 'error'}).Resources;
		expect([code, User.Properties.PermissionsBoundary], stderr).toEqual([0, boundary]);
		expect(Key.Properties.KeyPolicy.Statement[1].Principal.AWS).toEqual([role]);
		expect(lastLines({stderr} as Ran).at(-1)).toContain(
			`--permissions-boundary ${boundary} --key-administrator ${role}`,
		);
	});
});

describe('what to run then', () => {
	const isCommand = /^ {2}(terraform|aws|nps-kms|#) /;
	test('is a command or a comment on each line, and says what the plan of an import has to show', async () => {
		const sandbox = await startSandbox();
		try {
			const secret = ['--secret-file', join(home, 'secret.csv')];
			expect((await runMain(['setup', '--yes', '--no-prove', ...secret], sandbox, home)).code).toBe(0);
			const ran = await run('terraform', '--import', '--out', join(home, 'files'));
			const lines = lastLines(ran).filter(it => it.startsWith('  '));
			expect([ran.code, lines.filter(it => !isCommand.test(it) || / {2}\(/.test(it))], ran.stderr).toEqual([0, []]);
			expect(ran.stderr).toMatch(
				/ plan\n {2}# .*5 to import, 0 to add, 0 to destroy[\s\S]*0 to change in AWS[^\n]*\n.* apply\n/,
			);
		} finally {
			await sandbox.close();
		}
	});
	test('tells by a comment that a StackSet does one thing at a time', async () => {
		const file = join(home, 'accounts.csv');
		const rows = ['one,p,111122223333,eu-west-1', 'two,q,012345678901,us-east-1'];
		writeFileSync(file, ['setup,profile,account,region', ...rows].join('\n'));
		const {stderr} = await run('cloudformation', '--stack-set', '--accounts', file);
		expect(stderr).toContain('\n  # One after the other');
		expect(stderr.split('\n').filter(it => it.startsWith('  ') && !isCommand.test(it))).toEqual([]);
	});
});

describe('--out', () => {
	test('is needed for more than one file, and replaces nothing that holds something else', async () => {
		expect(await run('terraform')).toMatchObject({code: 2, stderr: expect.stringContaining('--out is needed')});
		writeFileSync(join(home, 'provider.tf'), 'mine');
		const kept = await run('terraform', '--out', home);
		expect([kept.code, readdirSync(home).includes('main.tf')]).toEqual([1, false]);
		expect((await run('terraform', '--out', home, '--force')).code).toBe(0);
		expect((await run('terraform', '--out', home)).stderr).toContain('holds just that already');
	});
});

describe('for many accounts', () => {
	const accounts = (...rows: readonly string[]): string => {
		const file = join(home, 'accounts.csv');
		writeFileSync(file, ['setup,profile,account,region', ...rows].join('\r\n'));
		return file;
	};
	test('names bear the region where an account has several, and each line says what to set up', async () => {
		const file = accounts(
			'one,p,111122223333,eu-west-1',
			'two,p 2,111122223333,us-east-1',
			'x,q,012345678901,eu-west-1',
		);
		const ran = await run('cloudformation', '--stack-set', '--accounts', file, '--user-name', 'nps');
		expect([ran.code, ran.stdout], ran.stderr).toEqual([
			0,
			expect.stringMatching(
				/UserName: !Sub nps-\$\{AWS::Region\}[\s\S]*ManagedPolicyName: !Sub NPS_KMS_Policy-\$\{AWS::Region\}/,
			),
		]);
		const lines = lastLines(ran);
		expect(lines.filter(it => it.includes('create-stack-instances'))).toEqual([
			expect.stringContaining('--accounts 111122223333 --regions eu-west-1 us-east-1'),
			expect.stringContaining('--accounts 012345678901 --regions eu-west-1'),
		]);
		expect(lines.at(-2)).toBe(
			'  nps-kms setup --setup two --profile "p 2" --region us-east-1 --expect-account 111122223333 ' +
				'--policy-name NPS_KMS_Policy-us-east-1 --user-name nps-us-east-1 --key-alias nps-kms-key ' +
				'--adopt policy,user,key --managed-by cloudformation',
		);
	});
	test('names stay as they are where each account has one region', async () => {
		const file = accounts('one,p,111122223333,eu-west-1', 'two,q,012345678901,us-east-1');
		const {stdout, stderr} = await run('cloudformation', '--stack-set', '--accounts', file);
		expect(stdout, stderr).toContain('UserName: nps-kms-user\n');
		expect(stderr).toContain('--user-name nps-kms-user ');
	});
	test('an ARN of this account is that of each account', async () => {
		const role = 'arn:aws:iam::111122223333:role/Admin';
		const {stdout} = await run('cloudformation', '--stack-set', '--key-administrator', role);
		expect(stdout).toContain(`!Sub arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role/Admin`);
		expect(stdout).not.toContain('111122223333');
	});
	test.each([
		[['--user-name', 'u'.repeat(55)], /--user-name u+ is too long for many regions/],
		[['--policy-name', 'p'.repeat(120)], /--policy-name p+ is too long for many regions/],
	])('%j is too long with the region', async (flags, told) => {
		const {code, stderr} = await run('cloudformation', '--stack-set', ...flags);
		expect([code, stderr]).toEqual([2, expect.stringMatching(told)]);
	});
	test.each([
		['one,p,111122223333,eu-west-1\none,q,012345678901,eu-west-1', /Line 3 of .*[\s\S]*setup one is in line 2/],
		['one,p,111122223333,eu-west-1\n\ntwo,q,111122223333,eu-west-1', /Line 4 of .*[\s\S]*account and region/],
		['one,p,12345678901,eu-west-1', /Line 2 of .*[\s\S]*12 digits/],
		['one,p,111122223333,eu-west-1a', /Line 2 of .*[\s\S]*region eu-west-1a/],
		['One,p,111122223333,eu-west-1', /Line 2 of .*[\s\S]*setup One/],
		['one,,111122223333,eu-west-1', /Line 2 of .*[\s\S]*profile/],
		['one,p,111122223333', /Line 2 of /],
		['', /names no account/],
	])('the line %j is named in what is refused', async (rows, told) => {
		const {code, stderr} = await run('cloudformation', '--stack-set', '--accounts', accounts(...rows.split('\n')));
		expect([code, stderr]).toEqual([2, expect.stringMatching(told)]);
	});
	test.each([
		['setup,profile,account,region,owner', 'owner'],
		['setup,profile,account', 'region'],
	])('the columns %s are refused', async (header, column) => {
		const file = join(home, 'accounts.csv');
		writeFileSync(file, `${header}\n`);
		const {code, stderr} = await run('cloudformation', '--stack-set', '--accounts', file);
		expect([code, stderr]).toEqual([2, expect.stringMatching(new RegExp(`Line 1 of .*[\\s\\S]*column ${column}`))]);
	});
});

test.each([
	[['terraform', '--stack-set'], '--stack-set is not for Terraform'],
	[['cloudformation', '--stack-set', '--import'], 'exclude each other'],
	[['cloudformation', '--accounts', 'x'], '--accounts needs --stack-set'],
	[['cloudformation', '--alarm-mail', 'nobody'], '--alarm-mail nobody is not allowed'],
	[['cloudformation', '--user-name', 'a b'], '--user-name a b is not allowed'],
	[['pulumi'], 'pulumi'],
	[[], 'engine'],
])('%j is refused', async (args, told) => {
	const {code, stderr} = await run(...args);
	expect([code, stderr]).toEqual([2, expect.stringContaining(told)]);
});
