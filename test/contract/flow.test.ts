import {existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {IAM} from '@aws-sdk/client-iam';
import {afterAll, beforeAll, beforeEach, describe, expect, it} from 'vitest';
import {type Line, left, World} from './account-and-home.js';

const stages = ['connect', 'policy', 'user', 'access-key', 'managed-key', 'least-privilege'];

describe.skipIf(left)('the set-up against moto', () => {
	let world: World;
	let undisturbed: unknown;
	beforeAll(async () => {
		world = await World.start();
		await world.reset();
		await world.setup();
		undisturbed = await world.picture();
	});
	afterAll(() => world.close());
	beforeEach(() => world.reset());
	/** Somebody else who makes what is there before, past the middleman. */
	const there = (): IAM =>
		new IAM({
			endpoint: world.moto,
			region: 'eu-west-1',
			credentials: {accessKeyId: 'operator', secretAccessKey: 'operator'},
		});

	it('is told as done by status, which changes nothing, and what the aws CLI changes then is told by name', async () => {
		const made = await world.setup('--tag', 'team=pam', '--access-key-description', 'NPS production');
		expect(made.code).toBe(0);
		const record = readFileSync(world.recordFile, 'utf8');
		world.calls.length = 0;
		const right = await world.run(['status', '--json']);
		expect(right.code, right.stdout + right.stderr).toBe(0);
		expect([world.mutations, readFileSync(world.recordFile, 'utf8') === record]).toEqual([[], true]);
		world.aws('iam', 'create-login-profile', '--user-name', 'nps-kms-user', '--password', 'correct-Horse-7-battery');
		world.aws('kms', 'disable-key', '--key-id', String(made.lines.at(-1)?.['keyId']));
		const changed = await world.run(['status', '--json']);
		const steps = changed.lines[0]?.['steps'] as {differences: {code: string}[]}[];
		expect([changed.code, steps.flatMap(it => it.differences.map(one => one.code))]).toEqual([
			3,
			['console-password', 'key-disabled'],
		]);
	});
	it('ends with the documented result line and leaves what the procedure leaves', async () => {
		const {code, lines, stdout} = await world.setup(
			'--tag',
			'team=pam',
			'--access-key-description',
			'NPS production',
			'--policy-description',
			'For NPS',
		);
		expect(code).toBe(0);
		expect(stdout.trim().split('\n')).toHaveLength(lines.length);
		expect(lines.every(line => line['v'] === 1)).toBe(true);
		const {policies, users, keys, aliases} = await world.inventory();
		const [keyId = ''] = Object.keys(keys);
		const key = keys[keyId];
		const keyArn = `arn:aws:kms:eu-west-1:123456789012:key/${keyId}`;
		const held = world.secret();
		expect(lines.at(-1)).toEqual({
			v: 1,
			type: 'result',
			status: 'complete',
			setup: 'nps',
			account: '123456789012',
			partition: 'aws',
			region: 'eu-west-1',
			policyArn: 'arn:aws:iam::123456789012:policy/NPS_KMS_Policy',
			userName: 'nps-kms-user',
			userArn: 'arn:aws:iam::123456789012:user/nps-kms-user',
			accessKeyId: held?.id,
			secretFile: world.secretFile,
			keyId,
			keyArn,
			alias: 'alias/nps-kms-key',
			proven: false,
			checks: [],
		});
		const id = policies['NPS_KMS_Policy']?.tags['nps-kms:id'] ?? '';
		expect(id).toMatch(/^[0-9a-f-]{36}$/);
		const tags = {'nps-kms:setup': 'nps', 'nps-kms:id': id, team: 'pam'};
		const only = (Resource: string) => ({
			Version: '2012-10-17',
			Statement: [{Sid: 'VisualEditor0', Effect: 'Allow', Action: 'kms:Decrypt', Resource}],
		});
		const made = {...tags, 'nps-kms:region': 'eu-west-1'};
		expect(policies).toEqual({
			NPS_KMS_Policy: {
				tags: made,
				description: 'For NPS',
				versions: {
					v1: {default: false, document: only('arn:aws:kms:*:123456789012:key/*')},
					v2: {default: true, document: only(keyArn)},
				},
			},
		});
		expect(users).toEqual({
			'nps-kms-user': {
				tags: {...made, [held?.id ?? '']: 'NPS production'},
				attached: ['arn:aws:iam::123456789012:policy/NPS_KMS_Policy'],
				inline: [],
				groups: [],
				accessKeys: [{id: held?.id, status: 'Active'}],
				signsIn: false,
			},
		});
		expect(aliases).toEqual({'alias/nps-kms-key': keyId});
		expect(key).toMatchObject({
			state: 'Enabled',
			spec: 'SYMMETRIC_DEFAULT',
			usage: 'ENCRYPT_DECRYPT',
			rotates: true,
			tags,
		});
		expect(key?.policy.Statement.map(statement => statement.Sid)).toEqual([
			'Enable IAM User Permissions',
			'Allow use of the key',
			'Allow attachment of persistent resources',
		]);
	});

	it('tells each step and change in order', async () => {
		const {lines} = await world.setup();
		const told = lines.map((line: Line) =>
			[line.type, line['step'], line['change'], line['status']].filter(Boolean).join(' '),
		);
		expect(told).toEqual([
			'step connect done',
			'step policy planned',
			'step policy applying',
			'change policy create-policy sent',
			'change policy create-policy done',
			'step policy done',
			'step user planned',
			'step user applying',
			'change user create-user sent',
			'change user create-user done',
			'change user attach-policy sent',
			'change user attach-policy done',
			'step user done',
			'step access-key planned',
			'step access-key applying',
			'change access-key create-access-key sent',
			'change access-key create-access-key done',
			'step access-key done',
			'step managed-key planned',
			'step managed-key applying',
			'change managed-key create-key sent',
			'change managed-key create-key done',
			'change managed-key create-alias sent',
			'change managed-key create-alias done',
			'change managed-key enable-rotation sent',
			'change managed-key enable-rotation done',
			'step managed-key done',
			'step least-privilege planned',
			'step least-privilege applying',
			'change least-privilege narrow-policy sent',
			'change least-privilege narrow-policy done',
			'step least-privilege done',
			'step prove skipped',
			'step hand-off done',
			'result complete',
		]);
		expect(
			lines
				.filter(line => line['status'] === 'done' && line.type === 'change')
				.every(line => typeof line['requestId'] === 'string'),
		).toBe(true);
	});

	it('puts the secret into its file for its owner alone, whatever the umask, and nowhere else', async () => {
		const umask = process.umask(0);
		const {stdout, stderr} = await world.setup().finally(() => process.umask(umask));
		const {secret = ''} = world.secret() ?? {};
		expect(secret).toHaveLength(40);
		expect(statSync(world.secretFile).mode & 0o777).toBe(0o600);
		expect(statSync(world.recordFile).mode & 0o777).toBe(0o600);
		const everything = [
			stdout,
			stderr,
			...filesUnder(world.home)
				.filter(file => file !== world.secretFile)
				.map(file => readFileSync(file, 'utf8')),
		].join('\n');
		expect(everything).not.toContain(secret);
	});

	it('makes no change in a second run and says that everything is as it should be', async () => {
		await world.setup();
		world.forget();
		const {code, stderr, lines} = await world.setup();
		expect(code).toBe(0);
		expect(world.mutations).toEqual([]);
		expect(stderr).toContain('Everything is as it should be');
		expect(lines.at(-1)).toMatchObject({status: 'complete'});
	});

	it('stops after each step when told to, and carries on to the same end', async () => {
		for (const stage of stages) {
			const {code, lines, stderr} = await world.setup('--stop-after', stage);
			expect(code).toBe(0);
			expect(lines.at(-1)).toMatchObject({type: 'result', status: 'paused', step: stage});
			const open = stage === 'access-key' || stage === 'managed-key';
			expect(stderr.includes('can decrypt with every key of this account')).toBe(open);
			world.forget();
			const planned = await world.run(['setup', '--dry-run', '--json']);
			expect(planned.code).toBe(0);
			expect(planned.lines.at(-1)).toMatchObject({status: 'planned'});
			expect(world.mutations).toEqual([]);
		}
		expect((await world.setup()).code).toBe(0);
		expect(await world.picture()).toEqual(undisturbed);
	});

	it('writes nothing to disk and changes nothing in a dry run', async () => {
		const {code, lines} = await world.run(['setup', '--dry-run', '--json']);
		expect(code).toBe(0);
		expect(world.mutations).toEqual([]);
		expect(readdirSync(world.home)).toEqual([]);
		expect(lines.flatMap(line => (line['changes'] as {id: string}[] | undefined)?.map(it => it.id) ?? [])).toEqual([
			'create-policy',
			'create-user',
			'attach-policy',
			'create-access-key',
			'create-key',
			'create-alias',
			'enable-rotation',
			'narrow-policy',
		]);
		expect(JSON.stringify(lines)).toContain('{"$fact":"keyId"}');
	});

	it('takes the same answers from a file, flags winning', async () => {
		const file = join(world.home, 'answers.json');
		writeFileSync(
			file,
			JSON.stringify({
				policyName: 'P',
				userName: 'other',
				keyAlias: 'alias/k',
				keyRotation: false,
				tags: {team: 'pam'},
				keyAdministrators: [],
				keyDescription: 'made for NPS',
			}),
		);
		const {code} = await world.setup('--answers', file, '--user-name', 'U');
		expect(code).toBe(0);
		const {policies, users, aliases, keys} = await world.inventory();
		expect([Object.keys(policies), Object.keys(users), Object.keys(aliases)]).toEqual([['P'], ['U'], ['alias/k']]);
		expect(Object.values(keys)[0]).toMatchObject({rotates: false, description: 'made for NPS', tags: {team: 'pam'}});
	});

	it('keeps a second setup apart by its name', async () => {
		await world.setup();
		const {code, lines} = await world.run(['setup', '--yes', '--no-prove', '--json', '--setup', 'lab']);
		expect(code).toBe(0);
		expect(lines.at(-1)).toMatchObject({
			userName: 'nps-kms-user-lab',
			alias: 'alias/nps-kms-key-lab',
			secretFile: join(world.home, 'nps-kms-user-lab_accessKeys.csv'),
		});
	});

	it('gives key administrators the console’s statement, and refuses one that is not there', async () => {
		await there().createUser({UserName: 'anna'});
		const refused = await world.setup('--key-administrator', 'arn:aws:iam::123456789012:user/ann');
		expect(refused.code).toBe(1);
		expect(refused.stderr).toContain('There is no arn:aws:iam::123456789012:user/ann');
		expect((await world.setup('--key-administrator', 'arn:aws:iam::123456789012:user/anna')).code).toBe(0);
		const [key] = Object.values((await world.inventory()).keys);
		expect(key?.policy.Statement.find(it => it.Sid === 'Allow access for Key Administrators')?.Principal).toEqual({
			AWS: ['arn:aws:iam::123456789012:user/anna'],
		});
	});

	it('takes up the setup that the tags tell of when its record is lost, and makes nothing twice', async () => {
		await world.setup('--stop-after', 'managed-key');
		const elsewhere = {NPS_KMS_HOME: join(world.home, 'new')};
		const stopped = await world.run(['setup', '--yes', '--no-prove', '--secret-file', world.secretFile], elsewhere);
		expect([stopped.code, stopped.stderr.includes('[UnknownRecord]')]).toEqual([1, true]);
		const {code} = await world.run(
			['setup', '--yes', '--no-prove', '--recover', '--secret-file', world.secretFile],
			elsewhere,
		);
		expect(code).toBe(0);
		expect(await world.picture()).toEqual(undisturbed);
	});

	it('presumes an access key without a record to be in use, and makes no other', async () => {
		await world.setup('--stop-after', 'access-key');
		const {code, lines} = await world.run(
			['setup', '--yes', '--no-prove', '--json', '--recover', '--secret-file', join(world.home, 'other.csv')],
			{
				NPS_KMS_HOME: join(world.home, 'new'),
			},
		);
		expect(code).toBe(0);
		expect(lines.at(-1)).toMatchObject({accessKeyId: world.secret()?.id, secretFile: null});
		expect(existsSync(join(world.home, 'other.csv'))).toBe(false);
		expect((await world.inventory()).users['nps-kms-user']?.accessKeys).toHaveLength(1);
	});

	it('adopts what bears the names only when told, and tags it as adopted', async () => {
		await there().createPolicy({PolicyName: 'NPS_KMS_Policy', PolicyDocument: wide});
		await there().createUser({UserName: 'nps-kms-user'});
		const stopped = await world.setup();
		expect([stopped.code, stopped.stderr.includes('[AlreadyThere]'), world.mutations]).toEqual([1, true, []]);
		expect((await world.setup('--adopt', 'policy,user')).code).toBe(0);
		const {policies, users} = await world.inventory();
		for (const it of [policies['NPS_KMS_Policy'], users['nps-kms-user']])
			expect(Object.keys(it?.tags ?? {})).toEqual(['nps-kms:adopted-by']);
	});

	it('never adopts a policy that is attached to something else', async () => {
		const {Policy} = await there().createPolicy({PolicyName: 'NPS_KMS_Policy', PolicyDocument: wide});
		await there().createUser({UserName: 'someone'});
		await there().attachUserPolicy({UserName: 'someone', PolicyArn: Policy?.Arn});
		const {code, stderr} = await world.setup('--adopt', 'policy');
		expect([code, stderr.includes('attached to user someone'), world.mutations]).toEqual([1, true, []]);
	});

	it('names both keys of a user who has two, and frees the one that is named', async () => {
		await there().createUser({UserName: 'nps-kms-user'});
		const makeKey = async (): Promise<string> =>
			(await there().createAccessKey({UserName: 'nps-kms-user'})).AccessKey?.AccessKeyId ?? '';
		const ids = [await makeKey(), await makeKey()];
		const stopped = await world.setup('--adopt', 'user');
		expect([
			stopped.code,
			ids.every(id => stopped.stderr.includes(id)),
			stopped.lines.at(-1)?.['problem'],
		]).toMatchObject([1, true, {code: 'LimitExceeded'}]);
		const [first = '', second = ''] = ids;
		expect((await world.setup('--adopt', 'user', '--remove-access-key', first)).code).toBe(0);
		expect((await world.inventory()).users['nps-kms-user']?.accessKeys.map(it => it.id).sort()).toEqual(
			[second, world.secret()?.id].sort(),
		);
	});

	it('makes nothing where the secret file is there already, or its folder is not', async () => {
		writeFileSync(world.secretFile, 'mine');
		const taken = await world.setup();
		expect([taken.code, taken.lines.at(-1)?.['problem'], readFileSync(world.secretFile, 'utf8')]).toMatchObject([
			1,
			{code: 'EEXIST'},
			'mine',
		]);
		const gone = await world.run([
			'setup',
			'--yes',
			'--no-prove',
			'--secret-file',
			join(world.home, 'no/such/folder.csv'),
		]);
		expect([gone.code, gone.stderr.includes('[ENOENT]')]).toEqual([1, true]);
		mkdirSync(join(world.home, 'dir'));
		const dir = await world.run(['setup', '--yes', '--no-prove', '--secret-file', join(world.home, 'dir')]);
		expect(dir.code).toBe(1);
		// It is certain to stop, so nothing is made.
		expect((await world.inventory()).users).not.toHaveProperty('nps-kms-user');
		expect(
			(await world.run(['setup', '--yes', '--no-prove', '--secret-file', join(world.home, 'free.csv')])).code,
		).toBe(0);
	});
});

describe.skipIf(left)('console access against moto', () => {
	it('puts the password into a file of its own, asks to change it, and tells it nowhere', async () => {
		const world = await World.start({MOTO_IAM_LOAD_MANAGED_POLICIES: 'true'});
		try {
			const file = join(world.home, 'password.csv');
			const {code, stdout, stderr} = await world.setup('--console-access', '--console-password-file', file);
			expect(code).toBe(0);
			const password = readFileSync(file, 'utf8').split('\r\n')[1]?.slice('nps-kms-user,'.length) ?? '';
			expect(password.length).toBeGreaterThanOrEqual(40);
			expect(statSync(file).mode & 0o777).toBe(0o600);
			expect(stdout + stderr + readFileSync(world.recordFile, 'utf8')).not.toContain(password);
			const user = (await world.inventory()).users['nps-kms-user'];
			expect(user).toMatchObject({
				signsIn: true,
				attached: ['arn:aws:iam::123456789012:policy/NPS_KMS_Policy', 'arn:aws:iam::aws:policy/IAMUserChangePassword'],
			});
			world.forget();
			expect((await world.setup()).code).toBe(0);
			expect(world.mutations).toEqual([]);
		} finally {
			await world.close();
		}
	});
});

const wide = JSON.stringify({
	Version: '2012-10-17',
	Statement: [{Effect: 'Allow', Action: ['kms:Decrypt'], Resource: 'arn:aws:kms:*:123456789012:key/*'}],
});
const filesUnder = (dir: string): string[] =>
	readdirSync(dir, {withFileTypes: true}).flatMap(it =>
		it.isDirectory() ? filesUnder(join(dir, it.name)) : it.isFile() ? [join(dir, it.name)] : [],
	);
