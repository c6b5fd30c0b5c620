import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import type {World} from './account-and-home.js';
import {left} from './account-and-home.js';
import {Fleet, faults, filesOf, resultOf} from './fleet.js';

describe.skipIf(left)('answers', () => {
	let fleet: Fleet;
	beforeAll(async () => {
		fleet = await Fleet.start();
	});
	afterAll(() => fleet?.close());

	it.concurrent('without any region it asks for one; a patience that is no factor is refused', async () => {
		const world = await fleet.world();
		const nowhere = await world.run(['setup', '--yes', '--json'], {AWS_REGION: '', AWS_DEFAULT_REGION: ''});
		expect([nowhere.code, faults(nowhere), world.calls]).toEqual([2, [], []]);
		expect(nowhere.stderr).toContain('--region');
		const hurried = await world.run(['setup', '--yes', '--json'], {NPS_KMS_PATIENCE: '2'});
		expect([hurried.code, faults(hurried), world.calls]).toEqual([2, [], []]);
		expect(hurried.stderr).toContain('NPS_KMS_PATIENCE');
	});

	const everything = {
		policyName: 'Pam-Policy',
		policyDescription: 'For NPS – Prüfung',
		tags: {team: 'pam', 'cost center': '42'},
		userName: 'pam-user',
		accessKeyDescription: 'NPS production',
		keyAlias: 'pam/key',
		keyDescription: 'protects NPS',
		keyAdministrators: ['ACCOUNT:user/moto'],
		keyRotation: false,
	};
	const kept = async (world: World): Promise<string> =>
		JSON.stringify(await fleet.picture(world)).replaceAll(
			Object.values((await fleet.inventory(world)).policies)[0]?.tags['nps-kms:id'] ?? 'no id',
			'SETUP-ID',
		);

	it.concurrent('by flags or by file is the same, and both can be read back in the account', async () => {
		const [byFlags, byFile] = [await fleet.world(), await fleet.world()];
		const administrators = async (world: World): Promise<string[]> => {
			const arn = `arn:aws:iam::${fleet.account(world)}:user/anna`;
			await fetch(world.url, {
				method: 'POST',
				headers: {
					'content-type': 'application/x-www-form-urlencoded',
					authorization:
						'AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=x',
				},
				body: 'Action=CreateUser&Version=2010-05-08&UserName=anna',
			});
			world.forget();
			return [arn];
		};
		const [one = ''] = await administrators(byFlags);
		const flags = await byFlags.setup(
			...[
				'--policy-name',
				everything.policyName,
				'--policy-description',
				everything.policyDescription,
				'--tag',
				'team=pam',
				'--tag',
				'cost center=42',
			],
			...[
				'--user-name',
				everything.userName,
				'--access-key-description',
				everything.accessKeyDescription,
				'--key-alias',
				`alias/${everything.keyAlias}`,
			],
			...['--key-description', everything.keyDescription, '--key-administrator', one, '--no-key-rotation'],
		);
		expect([flags.code, faults(flags)]).toEqual([0, []]);
		const file = join(byFile.home, 'answers.json');
		const keyAdministrators = await administrators(byFile);
		writeFileSync(file, `\uFEFF${JSON.stringify({...everything, keyAdministrators, secretFile: byFile.secretFile})}`);
		const fromFile = await byFile.run(['setup', '--yes', '--json', '--no-prove', '--answers', file]);
		expect([fromFile.code, faults(fromFile)]).toEqual([0, []]);
		expect(JSON.parse(await kept(byFile))).toEqual(JSON.parse(await kept(byFlags)));

		const seen = await fleet.inventory(byFlags);
		const [policy] = Object.values(seen.policies);
		const user = seen.users['pam-user'];
		const [key] = Object.values(seen.keys);
		expect([Object.keys(seen.policies), policy?.description]).toEqual([['Pam-Policy'], everything.policyDescription]);
		for (const tags of [policy?.tags, user?.tags, key?.tags])
			expect(tags).toMatchObject({...everything.tags, 'nps-kms:setup': 'nps'});
		expect(user?.tags[byFlags.secret()?.id ?? '']).toBe('NPS production');
		expect(seen.aliases).toEqual({'alias/pam/key': Object.keys(seen.keys)[0]});
		expect(key).toMatchObject({description: 'protects NPS', rotates: false});
		expect(key?.policy.Statement.map(it => it.Sid)).toEqual([
			'Enable IAM User Permissions',
			'Allow access for Key Administrators',
			'Allow use of the key',
			'Allow attachment of persistent resources',
		]);
		expect(key?.policy.Statement[1]?.Principal).toEqual({AWS: [one]});
		expect(resultOf(flags)).toMatchObject({alias: 'alias/pam/key', userName: 'pam-user'});

		// Given again, the same is no news; given otherwise, it comes too late.
		for (const [flag, value, was] of [
			['--policy-name', 'Other', 'Pam-Policy'],
			['--user-name', 'other', 'pam-user'],
			['--policy-description', 'other', 'For NPS'],
			['--secret-file', join(byFlags.home, 'other.csv'), 'secret.csv'],
		] as const) {
			const late = await byFlags.run(['setup', '--yes', '--json', flag, value]);
			expect([flag, late.code, faults(late), byFlags.mutations]).toEqual([flag, 2, [], []]);
			expect(late.stderr).toMatch(/already created as/);
			expect(late.stderr).toContain(was);
		}
		const again = await byFlags.setup(
			'--key-alias',
			'alias/pam/key',
			'--tag',
			'cost center=42',
			'--tag',
			'team=pam',
			'--user-name',
			'pam-user',
		);
		expect([again.code, byFlags.mutations]).toEqual([0, []]);
	});

	it.concurrent('the secret file is the console’s CSV, and its credentials are those of the user', async () => {
		const world = await fleet.world();
		expect((await world.setup()).code).toBe(0);
		const {id = '', secret = ''} = world.secret() ?? {};
		expect(readFileSync(world.secretFile, 'utf8')).toBe(`Access key ID,Secret access key\r\n${id},${secret}\r\n`);
		expect([id, secret]).toEqual([expect.stringMatching(/^AKIA\w{16}$/), expect.stringMatching(/^\S{40}$/)]);
		// The emulator tells who has this access key; asked by the program itself, with these credentials.
		const ran = await world.run(['setup', '--dry-run', '--json', '--setup', 'other'], {
			AWS_ACCESS_KEY_ID: id,
			AWS_SECRET_ACCESS_KEY: secret,
		});
		expect(ran.stderr).toContain(`arn:aws:iam::${fleet.account(world)}:user/nps-kms-user`);
	});

	it.concurrent.each(['connect', 'policy', 'user', 'access-key', 'managed-key', 'least-privilege', 'hand-off'])(
		'a dry run after %s changes nothing in AWS and no byte on disk, and names only what is left',
		async stage => {
			const world = await fleet.world();
			expect((await world.setup('--stop-after', stage)).code).toBe(0);
			const files = filesOf(world.home);
			world.forget();
			const ran = await world.run(
				['setup', '--dry-run', '--json', '--tag', 'team=pam', '--secret-file', world.secretFile].filter(
					it => stage === 'connect' || !/team|--tag/.test(it),
				),
			);
			expect([ran.code, faults(ran), resultOf(ran)['status'], world.mutations]).toEqual([0, [], 'planned', []]);
			expect(filesOf(world.home)).toEqual(files);
			const planned = ran.lines.flatMap(
				line =>
					(line['changes'] as {call: {api: string}}[] | undefined)?.map(it => it.call.api.replace(/^\w+:/, '')) ?? [],
			);
			world.forget();
			expect((await world.setup()).code).toBe(0);
			expect(planned).toEqual(world.mutations);
		},
	);
});
