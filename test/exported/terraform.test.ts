import {execFile, spawnSync} from 'node:child_process';
import {appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {type Sandbox, startSandbox} from '../../src/sandbox/index.js';
import {memory} from '../memory.js';

const program = join(import.meta.dirname, '../../dist/nps-kms.js');
/** Where the provider lies that Terraform takes; nothing is fetched. */
const mirror = process.env['NPS_KMS_TEST_TERRAFORM_PLUGINS'] ?? '/opt/tf-plugins';
const missing =
	// What it would keep at home of its look for newer versions stays away.
	spawnSync('terraform', ['version'], {env: {PATH: process.env['PATH'], CHECKPOINT_DISABLE: '1'}}).status !== 0
		? 'terraform is missing'
		: spawnSync('test', ['-d', join(mirror, 'registry.terraform.io/hashicorp/aws')]).status !== 0
			? `its aws provider isn't in ${mirror} (NPS_KMS_TEST_TERRAFORM_PLUGINS names another folder)`
			: undefined;
if (missing) console.log(`What is exported for Terraform is not checked by it: ${missing}`);
/** Terraform takes seconds for each word: all of it where everything is tried. */
const rest = missing ?? (process.env['NPS_KMS_ENGINES'] === 'all' ? undefined : 'npm test -- --engines does that');
if (rest && !missing) console.log(`What is exported for Terraform is not planned and applied: ${rest}`);

type Ran = {readonly code: number; readonly said: string};
/** Spawned without waiting in this thread: the sandbox answers from it. */
const run = (command: string, args: readonly string[], env: NodeJS.ProcessEnv, cwd?: string): Promise<Ran> =>
	new Promise(done => {
		execFile(command, [...args], {env, cwd, maxBuffer: 1e8}, (error, stdout, stderr) =>
			done({code: error ? Number(error.code ?? 1) : 0, said: stdout + stderr}),
		);
	});

/** An account, a home, and what is run in them. */
class Bench {
	readonly home = mkdtempSync(join(memory, 'nps-kms-terraform-'));
	readonly files = join(this.home, 'files');
	readonly env: NodeJS.ProcessEnv;
	constructor(readonly sandbox: Sandbox) {
		const rc = join(this.home, 'terraformrc');
		writeFileSync(rc, `provider_installation {\n  filesystem_mirror {\n    path = "${mirror}"\n  }\n}\n`);
		this.env = {
			PATH: process.env['PATH'],
			HOME: this.home,
			NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
			NPS_KMS_HOME: join(this.home, 'state'),
			NPS_KMS_PATIENCE: '0',
			AWS_ENDPOINT_URL: sandbox.url,
			AWS_ACCESS_KEY_ID: sandbox.operator.accessKeyId,
			AWS_SECRET_ACCESS_KEY: sandbox.operator.secretAccessKey,
			AWS_EC2_METADATA_DISABLED: 'true',
			AWS_REGION: 'eu-west-1',
			TF_CLI_CONFIG_FILE: rc,
			CHECKPOINT_DISABLE: '1',
		};
	}
	nps(...args: readonly string[]): Promise<Ran> {
		return run(process.execPath, [program, ...args], this.env);
	}
	terraform(...args: readonly string[]): Promise<Ran> {
		const [command = '', ...more] = args;
		return run('terraform', [command, '-no-color', ...more], this.env, this.files);
	}
	async close(): Promise<void> {
		await this.sandbox.close();
		rmSync(this.home, {recursive: true, force: true});
	}
}

const odd = `a \${b} %{c} $\${d} %%{e} "f" 'g' \\h \n\ti <<EOT on no 007 # é 鍵 \u200b${'x'.repeat(8080)}`;
const flags = [
	...['--policy-name', 'no', '--user-name', '007@on', '--key-alias', '0/on', '--path', '/a.b/+=,@/'],
	...['--policy-description', `a \${b} %{c} $\${d} "e" \\f <<g 0x1f`, '--key-description', odd],
	...['--tag', 'on=no', '--tag', '0=007', '--tag', 'é 鍵:/=+-@=012345678901', '--tag', 'for=null'],
	...['--deletion-guard', '30'],
];

test.skipIf(missing !== undefined)('what is exported for Terraform is valid, and formatted as it formats', async () => {
	const bench = new Bench(await startSandbox());
	try {
		const more = ['--region', 'eu-west-1', '--alarm-mail', 'ops@example.com', ...flags];
		const exported = await bench.nps('export', 'terraform', '--out', bench.files, ...more);
		expect(exported.code, exported.said).toBe(0);
		for (const step of [['init'], ['validate'], ['fmt', '-check', '-diff']]) {
			const {code, said} = await bench.terraform(...step);
			expect(code, said).toBe(0);
		}
	} finally {
		await bench.close();
	}
});

describe.skipIf(rest !== undefined)('what is exported for Terraform', () => {
	let bench: Bench;
	beforeAll(async () => {
		bench = new Bench(await startSandbox());
	});
	afterAll(() => bench.close());

	test('is applied, adopted without a tag, given an access key, proven, and then there is nothing to change', async () => {
		const {id} = bench.sandbox.account;
		const more = ['--region', 'eu-west-1', '--expect-account', id, ...flags];
		const exported = await bench.nps('export', 'terraform', '--out', bench.files, ...more);
		expect(exported.code, exported.said).toBe(0);
		for (const step of [['init'], ['apply', '-auto-approve']]) {
			const {code, said} = await bench.terraform(...step);
			expect(code, said).toBe(0);
		}
		const lines = exported.said.trimEnd().split('\n');
		const line = lines.at(-1) ?? '';
		expect(line).toMatch(/^ {2}nps-kms setup .*--adopt policy,user,key --managed-by terraform$/);
		const words = [...line.trim().matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
		const secret = ['--secret-file', join(bench.home, 'secret.csv')];
		const setup = await bench.nps(...words.slice(1), '--yes', ...secret, '--access-key-description', 'NPS production');
		expect([setup.code, setup.said]).toEqual([0, expect.stringContaining('all 20 checks passed')]);
		const {users, policies, keys} = bench.sandbox.account;
		const [user, key] = [users['007@on'], Object.values(keys)[0]];
		const policy = Object.values(policies).find(it => it.name === 'no');
		const tagKeys = [user, policy].flatMap(it => it?.tags.map(tag => tag.Key) ?? []);
		expect(tagKeys.filter(it => it.startsWith('nps-kms:'))).toEqual([]);
		expect(key?.description).toBe(odd);
		const status = await bench.nps('status');
		expect([status.code, status.said]).toEqual([
			0,
			expect.stringMatching(/Managed key .*\n?.*managed by\s+Terraform/s),
		]);
		const plan = await bench.terraform('plan', '-detailed-exitcode');
		expect([plan.code, plan.said]).toEqual([0, expect.stringContaining('No changes.')]);
	});
	test('isn’t destroyed, and a block that is gone is told as a destroy, until it says that it is forgotten', async () => {
		const destroy = await bench.terraform('destroy', '-auto-approve');
		expect([destroy.code, destroy.said]).toEqual([1, expect.stringContaining('Instance cannot be destroyed')]);
		expect(Object.values(bench.sandbox.account.keys).map(it => it.state)).toEqual(['Enabled']);
		const main = join(bench.files, 'main.tf');
		const whole = readFileSync(main, 'utf8');
		const gone = whole.replace(/resource "aws_kms_alias" "nps" \{[\s\S]*?\n\}\n/, '');
		writeFileSync(main, gone);
		const plan = await bench.terraform('plan');
		expect(plan.said).toContain('aws_kms_alias.nps will be destroyed');
		const removed =
			/# ( {2}removed \{[\s\S]*?\n# {3}\}\n)/
				.exec(whole)?.[1]
				?.replaceAll(/^# {3}/gm, '')
				.trim() ?? '';
		appendFileSync(main, `\n${removed.replace('aws_kms_key', 'aws_kms_alias')}\n`);
		const forgotten = await bench.terraform('plan');
		expect(forgotten.said).toContain('will no longer be managed by Terraform');
		writeFileSync(main, whole);
	});
	test('what drifts is handed over, and nothing is changed', async () => {
		const {policies} = bench.sandbox.account;
		const [key] = Object.values(bench.sandbox.account.keys);
		const before = JSON.stringify(policies);
		const rotation = key?.rotation;
		if (key) delete key.rotation;
		const setup = await bench.nps('setup', '--yes');
		expect([setup.code, setup.said]).toEqual([1, expect.stringMatching(/managed by Terraform[\s\S]*rotation/)]);
		expect([JSON.stringify(policies) === before, key?.rotation]).toEqual([true, undefined]);
		if (key && rotation) key.rotation = rotation;
	});
});

describe.skipIf(rest !== undefined)('a finished set-up', () => {
	test('is taken over by Terraform without an addition, and then there is nothing to change', async () => {
		const bench = new Bench(await startSandbox());
		try {
			const secret = ['--secret-file', join(bench.home, 'secret.csv'), '--access-key-description', 'NPS production'];
			const setup = await bench.nps('setup', '--yes', ...secret, ...flags);
			expect(setup.code, setup.said).toBe(0);
			mkdirSync(bench.files);
			const exported = await bench.nps('export', 'terraform', '--import', '--out', bench.files);
			expect(exported.code, exported.said).toBe(0);
			expect((await bench.terraform('init')).code).toBe(0);
			expect((await bench.terraform('fmt', '-check')).code).toBe(0);
			const plan = await bench.terraform('plan');
			expect(plan.said).toMatch(/Plan: 5 to import, 0 to add, \d to change, 0 to destroy/);
			const before = JSON.stringify(bench.sandbox.account);
			const apply = await bench.terraform('apply', '-auto-approve');
			expect(apply.code, apply.said).toBe(0);
			const after = await bench.terraform('plan', '-detailed-exitcode');
			expect([after.code, after.said]).toEqual([0, expect.stringContaining('No changes.')]);
			expect(JSON.parse(JSON.stringify(bench.sandbox.account.policies))).toEqual(JSON.parse(before).policies);
			const told = await bench.nps('setup', '--yes', '--managed-by', 'terraform');
			expect([told.code, told.said]).toEqual([0, expect.stringContaining('managed by Terraform')]);
			expect((await bench.nps('status')).code).toBe(0);
		} finally {
			await bench.close();
		}
	});
});
