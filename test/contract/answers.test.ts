import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {Fleet, faults, filesOf, problemOf, resultOf} from './fleet.js';
import type {World} from './world.js';
import {left} from './world.js';

describe.skipIf(left)('answers', {timeout: 60_000}, () => {
	let fleet: Fleet;
	beforeAll(async () => {
		fleet = await Fleet.start();
	});
	afterAll(() => fleet?.close());

	const administrator = 'arn:aws:iam::123456789012';
	const long = (count: number) => 'x'.repeat(count);
	it.concurrent.each([
		['a policy name of 129 characters', ['--policy-name', long(129)], /129/],
		['an empty policy name', ['--policy-name', ''], /needed/],
		['a policy description with a tab', ['--policy-description', 'a\tb'], /tab/],
		['a user name of 65 characters', ['--user-name', long(65)], /65/],
		['a user name with a path', ['--user-name', 'a/b'], /the \/ after a/],
		['a user name with letters of elsewhere', ['--user-name', 'jürgen'], /the ü/],
		['an alias with a dot', ['--key-alias', 'a.b'], /the \./],
		['an alias too long', ['--key-alias', long(251)], /256/],
		['an alias that is only the prefix', ['--key-alias', 'alias/'], /needed/],
		['a key description too long', ['--key-description', long(8193)], /8192/],
		["a tag of AWS's", ['--tag', 'aws:x=1'], /reserved/],
		['a tag without a value', ['--tag', 'team'], /key/],
		['a tag without a key', ['--tag', '=x'], /key/],
		['a tag value with an odd character', ['--tag', 'team=a;b'], /the ;/],
		['a description tag with an odd character', ['--access-key-description', 'NPS (prod)'], /the \(/],
		['root as administrator', ['--key-administrator', `${administrator}:root`], /root user/],
		['an assumed role as administrator', ['--key-administrator', 'arn:aws:sts::123456789012:assumed-role/r/s'], /assumed/],
		['no ARN as administrator', ['--key-administrator', 'anna'], /ARN/],
		['an empty secret file', ['--secret-file', ''], /file/],
		['a region spelled in capitals', ['--region', 'EU-WEST-1'], /region/],
		['an account id too short', ['--expect-account', '123'], /12 digits/],
		['an access key id too short', ['--remove-access-key', 'AKIA'], /access key/],
		['a setup name in capitals', ['--setup', 'NPS'], /lower-case/],
		['a setup name of 41 characters', ['--setup', long(41)], /1-40/],
		['a setup name that leaves the folder', ['--setup', '../x'], /--setup/],
		['a flag without its value', ['--policy-name'], /argument missing/],
		['an argument too many', ['more'], /argument/],
	])('%s is refused with exit 2, in its lines, before any call, and nothing is written', async (_name, flags, words) => {
		const world = await fleet.world();
		const ran = await world.run(['setup', '--yes', '--json', ...flags]);
		expect([ran.code, faults(ran), problemOf(ran)?.code, world.calls, filesOf(world.home)]).toEqual([2, [], 'Usage', [], {}]);
		expect(ran.stderr).toMatch(/^✖ .+\n {2}\S.*\n {2}→ .+\n {2}Nothing changed\.\n$/);
		expect(ran.stderr).toMatch(words);
	});

	it.concurrent.each([
		['discard', ['--deletion-days', '6'], 'A whole number from 7 to 30'],
		['discard', ['--deletion-days', '31'], '--deletion-days 31'],
		['discard', ['--confirm', 'other'], 'The setup is nps'],
		['setup', ['--policy-name', 'a\u001B[31mb'], 'a\\u{1b}[31mb'],
		['setup', ['--region', 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'], 'may be a secret'],
		['setup', ['--secret-key=hunter2'], "unknown option '--secret-key'"],
		['record', ['--region', 'EU-WEST-1'], 'region'],
	])('%s %j is refused with exit 2 before any call, and what was given is shown as it can be', async (command, flags, words) => {
		const world = await fleet.world();
		const ran = await world.run([command, ...(['setup', 'discard'].includes(command) ? ['--yes'] : []), '--json', ...flags]);
		expect([ran.code, faults(ran), problemOf(ran)?.code, world.calls, filesOf(world.home)]).toEqual([2, [], 'Usage', [], {}]);
		expect(ran.stderr).toContain(words);
		for (const it of ['\u001B', 'wJalr', 'hunter2']) expect(ran.stderr).not.toContain(it);
	});
	it.concurrent('an answers file that is no JSON is not quoted: it may be a file of secrets', async () => {
		const world = await fleet.world();
		const file = join(world.home, 'answers.json');
		for (const text of ['Access key ID,Secret access key\nAKIAIOSFODNN7EXAMPLE,wJalrXUtn', '{"policyName": "a" "wJalrXUtn"}']) {
			writeFileSync(file, text);
			const ran = await world.run(['setup', '--yes', '--json', '--answers', file]);
			expect([ran.code, faults(ran), world.calls]).toEqual([2, [], []]);
			expect(ran.stderr).toContain('is not JSON');
			for (const it of ['wJalrXUtn', 'Access key ID', 'AKIA']) expect(ran.stderr).not.toContain(it);
		}
	});
	it.concurrent('record takes the flags that all commands take', async () => {
		const world = await fleet.world();
		const ran = await world.run(['record', '--json', '--plain', '--profile', 'any', '--region', 'eu-west-1']);
		expect([ran.code, problemOf(ran)?.code]).toEqual([1, 'NoSetup']);
	});

	it.concurrent.each([
		['{"policyName": 1}', 'policyName', 'a text'],
		['{"consoleAccess": 1}', 'consoleAccess', 'true or false'],
		['{"keyAdministrators": "a"}', 'keyAdministrators', 'a list of texts'],
		['{"keyAdministrators": [1]}', 'keyAdministrators', 'a list of texts'],
		['{"tags": ["a"]}', 'tags', 'an object of texts'],
		['{"secretFile": null}', 'secretFile', 'a path'],
		['{"policyName": "a b"}', '--policy-name', 'the space'],
		['{"tags": {"aws:x": "1"}}', '--tag', 'reserved'],
		['{"adoptPolicy": true}', 'adoptPolicy', 'not an answer'],
		['{"__proto__": {"x": "1"}, "setupId": "x"}', '__proto__', 'not an answer'],
	])('an answers file with %s is refused with the name and the rule', async (text, named, rule) => {
		const world = await fleet.world();
		const file = join(world.home, 'answers.json');
		writeFileSync(file, text);
		const ran = await world.run(['setup', '--yes', '--json', '--answers', file]);
		expect([ran.code, faults(ran), world.calls, Object.keys(filesOf(world.home))]).toEqual([2, [], [], [file]]);
		expect(ran.stderr).toContain(named);
		expect(ran.stderr).toContain(rule);
	});

	it.concurrent('an answers file of replace-access-key uses the names of its flags', async () => {
		const world = await fleet.world();
		const file = join(world.home, 'answers.json');
		writeFileSync(file, JSON.stringify({accessKeyDescription: 'second', secretFile: join(world.home, 'second.csv'), npsRotated: 'yes'}));
		const ran = await world.run(['replace-access-key', '--yes', '--json', '--answers', file]);
		expect([ran.code, faults(ran), world.calls]).toEqual([2, [], []]);
		expect(ran.stderr).toContain('npsRotated in');
		expect(ran.stderr).toContain('It takes true or false');
	});

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
					authorization: 'AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=x',
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
		for (const tags of [policy?.tags, user?.tags, key?.tags]) expect(tags).toMatchObject({...everything.tags, 'nps-kms:setup': 'nps'});
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
			['--key-alias', 'other', 'pam/key'],
			['--key-description', 'other', 'protects NPS'],
			['--tag', 'team=other', 'team'],
			['--secret-file', join(byFlags.home, 'other.csv'), 'secret.csv'],
		] as const) {
			const late = await byFlags.run(['setup', '--yes', '--json', flag, value]);
			expect([flag, late.code, faults(late), byFlags.mutations]).toEqual([flag, 2, [], []]);
			expect(late.stderr).toMatch(/already created as/);
			expect(late.stderr).toContain(was);
		}
		const again = await byFlags.setup('--key-alias', 'alias/pam/key', '--tag', 'cost center=42', '--tag', 'team=pam', '--user-name', 'pam-user');
		expect([again.code, byFlags.mutations]).toEqual([0, []]);
	});

	it.concurrent('the secret file is the console’s CSV, and its credentials are those of the user', async () => {
		const world = await fleet.world();
		expect((await world.setup()).code).toBe(0);
		const {id = '', secret = ''} = world.secret() ?? {};
		expect(readFileSync(world.secretFile, 'utf8')).toBe(`Access key ID,Secret access key\r\n${id},${secret}\r\n`);
		expect([id, secret]).toEqual([expect.stringMatching(/^AKIA\w{16}$/), expect.stringMatching(/^\S{40}$/)]);
		// The emulator tells who has this access key; asked by the program itself, with these credentials.
		const ran = await world.run(['setup', '--dry-run', '--json', '--setup', 'other'], {AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret});
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
				line => (line['changes'] as {call: {api: string}}[] | undefined)?.map(it => it.call.api.replace(/^\w+:/, '')) ?? [],
			);
			world.forget();
			expect((await world.setup()).code).toBe(0);
			expect(planned).toEqual(world.mutations);
		},
	);
});
