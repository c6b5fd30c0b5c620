import {spawnSync} from 'node:child_process';
import {mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi} from 'vitest';
import {parse} from 'yaml';
import {asciiJson} from '../../src/engine/control-characters.js';
import {type Inventory, left, World} from '../contract/account-and-home.js';
import {runMain} from '../main-in-process.js';
import {memory} from '../memory.js';

const unlinted = spawnSync('cfn-lint', ['--version']).status === 0 ? undefined : 'cfn-lint is missing';
if (unlinted) console.log(`What is exported for CloudFormation is not linted: ${unlinted}`);

afterEach(() => {
	vi.unstubAllEnvs();
});
/** Nobody answers there, and nobody is asked. */
const nowhere = {url: 'http://127.0.0.1:1', operator: {accessKeyId: 'nobody', secretAccessKey: 'nobody'}} as never;
const odd = `a \${b} !Sub "c" 'd' \\e \n\tf: # g\r\n- on \u0085 \u2028 é 鍵 ${'x'.repeat(8100)}`;
const flags = [
	...['--policy-name', 'no', '--user-name', '007', '--key-alias', '0/on', '--path', '/a.b/+=,@/'],
	...['--policy-description', `1:20 \${b} !Ref c`, '--key-description', odd],
	...['--key-administrator', 'arn:aws:iam::012345678901:role/Admin'],
	...['--permissions-boundary', 'arn:aws:iam::012345678901:policy/Bound', '--deletion-guard', '30'],
];
const tags = ['--tag', 'on=no', '--tag', '2026-11-27=007', '--tag', 'é 鍵:/=+-@=012345678901'];

test.skipIf(unlinted !== undefined)('what is exported for CloudFormation is linted without a finding', async () => {
	const home = mkdtempSync(join(memory, 'nps-kms-'));
	try {
		for (const [at, more] of [
			['--region', 'eu-west-1'],
			['--region', 'eu-west-1', '--alarm-mail', 'ops@example.com', ...flags, ...tags],
			['--stack-set', '--alarm-mail', 'ops@example.com', ...flags, ...tags],
		].entries()) {
			const {code, stderr} = await runMain(
				['export', 'cloudformation', '--out', join(home, `${at}`), ...more],
				nowhere,
				home,
			);
			expect(code, stderr).toBe(0);
		}
		const files = ['0', '1', '2'].flatMap(it => readdirSync(join(home, it)).map(name => join(home, it, name)));
		expect(files).toHaveLength(4);
		const lint = spawnSync('cfn-lint', ['--regions', 'eu-west-1', '--include-checks', 'I', '--', ...files], {
			encoding: 'utf8',
		});
		expect([lint.status, lint.stdout, lint.stderr]).toEqual([0, '', '']);
	} finally {
		rmSync(home, {recursive: true, force: true});
	}
});

/** CloudFormation's functions, as they are called in JSON. */
const functions = ['Ref', 'GetAtt', 'Sub'].map(name => ({
	tag: `!${name}`,
	resolve: (text: string) =>
		name === 'Ref' ? {Ref: text} : {[`Fn::${name}`]: name === 'GetAtt' ? text.split('.') : text},
}));
/** Moto keeps a key policy as it stands in the template: here as the text that CloudFormation makes of it. */
function forMoto(text: string): unknown {
	const template = parse(text, {version: '1.1', customTags: functions}) as {
		Resources: {Key: {Properties: {KeyPolicy: unknown}}};
	};
	const {Properties} = template.Resources.Key;
	const inText = (_name: string, it: unknown): unknown => {
		if (typeof it !== 'object' || it === null) return it;
		if ('Fn::Sub' in it) return it['Fn::Sub'];
		return 'Fn::GetAtt' in it ? `\${${(it['Fn::GetAtt'] as string[]).join('.')}}` : it;
	};
	Properties.KeyPolicy = {'Fn::Sub': JSON.stringify(Properties.KeyPolicy, inText)};
	return template;
}

describe.skipIf(left)('a stack of it on moto', () => {
	let world: World;
	beforeAll(async () => {
		world = await World.start();
	});
	afterAll(() => world.close());
	beforeEach(() => world.reset());

	/** The inventory without what only a set-up leaves: its tags, its versions and its access key. */
	const bare = ({policies, users, keys, aliases}: Inventory): unknown => {
		const ids = Object.keys(keys);
		const own = (it: Record<string, string>): object =>
			Object.fromEntries(Object.entries(it).filter(([key]) => !key.startsWith('nps-kms:') && !key.startsWith('aws:')));
		const text = JSON.stringify({
			policies: Object.entries(policies).map(([name, {versions, description}]) => [
				name,
				description,
				Object.values(versions).find(it => it.default)?.document,
			]),
			users: Object.entries(users).map(([name, it]) => [name, {...it, accessKeys: [], tags: own(it.tags)}]),
			keys: Object.values(keys).map(({tags, ...it}) => ({...it, tags: own(tags)})),
			aliases,
		});
		return JSON.parse(ids.reduce((all, id) => all.replaceAll(id, 'KMS-KEY'), text));
	};
	const deploy = async (...more: readonly string[]): Promise<void> => {
		const folder = join(world.home, 'files');
		const {code, stderr} = await world.run([
			'export',
			'cloudformation',
			'--region',
			'eu-west-1',
			'--out',
			folder,
			...more,
		]);
		expect(code, stderr).toBe(0);
		const template = join(folder, 'moto.json');
		writeFileSync(template, asciiJson(forMoto(readFileSync(join(folder, 'nps-kms.cfn.yaml'), 'utf8'))));
		const named = ['--capabilities', 'CAPABILITY_NAMED_IAM', '--template-body', `file://${template}`];
		world.aws('cloudformation', 'create-stack', '--stack-name', 'nps-kms', ...named);
	};

	test('leaves what the set-up leaves, but for tags, versions and the access key', async () => {
		const more = [
			'--policy-name',
			'no',
			'--user-name',
			'007',
			'--path',
			'/a.b/+=,@/',
			'--no-key-rotation',
			'--deletion-guard',
			'30',
		];
		const described = ['--key-alias', '0/on', '--policy-description', '1:20', '--key-description', odd];
		const setup = await world.setup(...more, ...described);
		expect(setup.code, setup.stdout).toBe(0);
		const made = bare(await world.inventory());
		await world.reset();
		await deploy(...more, ...described);
		expect(bare(await world.inventory())).toEqual(made);
	});
	test('is taken over with one policy, one user, one key, and nothing changes in them', async () => {
		await deploy();
		const before = bare(await world.inventory());
		const setup = await world.setup('--adopt', 'policy,user,key', '--managed-by', 'cloudformation');
		expect(setup.code, setup.stdout).toBe(0);
		const after = await world.inventory();
		expect([bare(after), after.users['nps-kms-user']?.accessKeys.length]).toEqual([before, 1]);
		expect(world.mutations.filter(it => it !== 'CreateAccessKey')).toEqual([]);
		const status = await world.run(['status']);
		expect([status.code, status.stdout]).toEqual([0, expect.stringContaining('managed by CloudFormation')]);
	});
});

test('what a finished set-up is taken over by names its things, and no outputs', async () => {
	const home = mkdtempSync(join(memory, 'nps-kms-'));
	try {
		const {startSandbox} = await import('../../src/sandbox/index.js');
		const sandbox = await startSandbox();
		try {
			const secret = ['--secret-file', join(home, 'secret.csv')];
			const early = await runMain(['export', 'cloudformation', '--import', '--out', join(home, 'x')], sandbox, home);
			expect([early.code, early.stderr]).toEqual([1, expect.stringContaining("isn't finished")]);
			expect((await runMain(['setup', '--yes', '--no-prove', ...secret], sandbox, home)).code).toBe(0);
			const ran = await runMain(['export', 'cloudformation', '--import', '--out', join(home, 'files')], sandbox, home);
			expect(ran.code, ran.stderr).toBe(0);
			const [key] = Object.values(sandbox.account.keys);
			expect(JSON.parse(readFileSync(join(home, 'files/nps-kms.import.json'), 'utf8'))).toEqual([
				{ResourceType: 'AWS::IAM::User', LogicalResourceId: 'User', ResourceIdentifier: {UserName: 'nps-kms-user'}},
				{ResourceType: 'AWS::KMS::Key', LogicalResourceId: 'Key', ResourceIdentifier: {KeyId: key?.id}},
				{
					ResourceType: 'AWS::KMS::Alias',
					LogicalResourceId: 'KeyAlias',
					ResourceIdentifier: {AliasName: 'alias/nps-kms-key'},
				},
				{
					ResourceType: 'AWS::IAM::ManagedPolicy',
					LogicalResourceId: 'Policy',
					ResourceIdentifier: {PolicyArn: `arn:aws:iam::${sandbox.account.id}:policy/NPS_KMS_Policy`},
				},
			]);
			const template = readFileSync(join(home, 'files/nps-kms.import.cfn.yaml'), 'utf8');
			expect([template.match(/DeletionPolicy: Retain$/gm)?.length, template.includes('Outputs:')]).toEqual([4, false]);
		} finally {
			await sandbox.close();
		}
	} finally {
		rmSync(home, {recursive: true, force: true});
	}
});
