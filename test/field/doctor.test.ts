import {readdirSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {systemStore} from '../../src/run/examination.js';
import {sandboxFor} from '../sandbox/clients.js';
import {answering, authority, forwardProxy, inTls, nobodyAt} from './network.js';
import {machine} from './program.js';

type Report = {
	readonly ok: boolean;
	readonly findings: readonly {is: string; name: string; says: string; todo?: string}[];
};
async function field() {
	const sandbox = await sandboxFor();
	const proxy = await forwardProxy({to: (await inTls(sandbox.url)).port});
	const {accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY} = sandbox.operator;
	const env = {AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION: 'eu-west-1'};
	const out = {HTTPS_PROXY: proxy.at().replace('//', '//anna:hunter2@'), AWS_CA_BUNDLE: authority};
	const at = machine();
	const doctor = async (words: readonly string[], more: NodeJS.ProcessEnv) => {
		const ran = await at.run(['doctor', '--json', ...words], more);
		expect(ran.stdout + ran.stderr).not.toMatch(/hunter2|This is a bug/);
		expect(ran.stdout).not.toContain(AWS_SECRET_ACCESS_KEY);
		return {...ran, ...(JSON.parse(ran.stdout) as Report)};
	};
	return {sandbox, proxy, at, env, out, doctor};
}

describe('doctor', () => {
	test('tells who signs in and how each host is reached, changes nothing, and shows no secret', async () => {
		const {env, out, doctor, at, proxy, sandbox} = await field();
		const {code, ok, findings} = await doctor([], {...env, ...out});
		expect([code, ok]).toEqual([0, true]);
		const told = findings.map(it => `${it.name}: ${it.says}`).join('\n');
		expect(told).toContain('Region: eu-west-1');
		expect(told).toContain('Credentials: those of the exported AWS_ACCESS_KEY_ID');
		expect(told).toMatch(/You are: arn:aws:iam::\d+:user\/admin, account \d+/);
		for (const host of ['sts.eu-west-1', 'iam', 'kms.eu-west-1'])
			expect(told).toContain(
				`https://${host}.amazonaws.com: reached through the proxy ${proxy.at()} of HTTPS_PROXY, ` +
					`vouched for by ${authority} of AWS_CA_BUNDLE`,
			);
		expect(told).toContain('Permissions: no policy that IAM simulates denies a set-up');
		expect(sandbox.heard.map(it => it.api).filter(Boolean)).toEqual([
			'GetCallerIdentity',
			'GetPolicy',
			'SimulatePrincipalPolicy',
		]);
		// Node keeps what it compiled.
		expect(readdirSync(at.home).filter(it => it !== '.cache')).toEqual([]);
	});
	test('says of each wrong thing what mends it, and goes on with the others', async () => {
		const {doctor, at} = await field();
		at.write('state/setups/nps.json', 'not a record');
		const port = await nobodyAt();
		const env = {AWS_REGION: 'eu-west-1a', AWS_PROFILE: 'gone', HTTPS_PROXY: `http://127.0.0.1:${port}`};
		const {code, ok, findings} = await doctor([], env);
		expect([code, ok]).toEqual([1, false]);
		const wrong = findings.filter(it => it.is === 'wrong');
		expect(wrong.every(it => it.todo)).toBe(true);
		const told = wrong.map(it => it.says).join('\n');
		for (const it of [
			"record can't be read",
			'AWS_REGION is eu-west-1a',
			"can't be reached",
			'There is no profile gone',
		])
			expect(told).toContain(it);
	});
	test('tells where a copied text goes, and which certificate store counts', async () => {
		const {doctor, env, out} = await field();
		const of = async (more: NodeJS.ProcessEnv, name: string) =>
			(await doctor([], {...env, ...out, ...more})).findings.find(it => it.name === name)?.says;
		expect(await of({SSH_CONNECTION: '1 2 3 4', DISPLAY: ':0'}, 'Clipboard')).toMatch(
			/by the terminal alone.*over SSH/,
		);
		expect(await of({DISPLAY: ':0'}, 'Clipboard')).toMatch(/this machine's/);
		expect(systemStore(false)).toMatchObject({is: 'note', says: expect.stringContaining('22.15')});
		expect(systemStore(true).is).toBe('right');
	});
	test('signs in with the MFA code that is given, and without one says that it would ask', async () => {
		const {doctor, env, out, at, sandbox} = await field();
		const serial = `arn:aws:iam::${sandbox.account.id}:mfa/admin`;
		sandbox.account.users['admin']?.mfaDevices.push(serial);
		at.write(
			'.aws/credentials',
			`[default]\naws_access_key_id = ${env.AWS_ACCESS_KEY_ID}\n` +
				`aws_secret_access_key = ${env.AWS_SECRET_ACCESS_KEY}\nmfa_serial = ${serial}\n`,
		);
		const some = {AWS_REGION: 'eu-west-1', ...out};
		const names = async (words: readonly string[]) =>
			(await doctor(words, some)).findings.map(it => `${it.is} ${it.name}`);
		expect(await names(['--mfa-code', '123456'])).toContain('right You are');
		expect(await names([])).toContain('note Credentials');
	});
	test.each([
		['that denies all', {NotAction: ['sts:*']}, 'BoolIfExists', /GetPolicy.*explicit deny/, 'wrong', /mfa_serial/],
		[
			'that denies what makes',
			{Action: ['iam:Create*', 'kms:Create*']},
			'BoolIfExists',
			/without MFA a policy denies iam:CreatePolicy.*kms:CreateAlias \(user_admin_NoMfa\)/,
			'wrong',
			/mfa_serial/,
		],
		['that no key without a session meets', {Action: 'iam:Create*'}, 'Bool', /no policy/, 'right', undefined],
	])(
		'tells of a policy without MFA %s, before a set-up would stop at it',
		async (_which, what, test, says, is, todo) => {
			const {doctor, env, out, sandbox} = await field();
			const Condition = {[test]: {'aws:MultiFactorAuthPresent': 'false'}};
			const Statement = [{Effect: 'Deny', ...what, Resource: '*', Condition}];
			sandbox.account.users['admin']!.inline['NoMfa'] = JSON.stringify({Version: '2012-10-17', Statement});
			const {code, findings} = await doctor([], {...env, ...out});
			expect([code, findings.find(it => it.name === 'Permissions')]).toEqual([
				is === 'wrong' ? 1 : 0,
				{
					is,
					name: 'Permissions',
					says: expect.stringMatching(says) as string,
					...(todo && {todo: expect.stringMatching(todo) as string}),
				},
			]);
		},
	);
	test('tells of a policy that denies by what only the call itself shows, and of one that always does', async () => {
		const {doctor, env, out, sandbox} = await field();
		const deny = (more: object) => JSON.stringify({Version: '2012-10-17', Statement: [{Effect: 'Deny', ...more}]});
		const {inline} = sandbox.account.users['admin']!;
		const Condition = {StringNotEqualsIfExists: {'aws:SourceVpce': 'vpce-1'}};
		inline['Home'] = deny({Action: 'iam:CreateUser', Resource: '*', Condition});
		const permissions = async () => {
			const {code, findings} = await doctor([], {...env, ...out});
			return [code, ...findings.filter(it => it.name === 'Permissions').map(it => `${it.is} ${it.says}`)];
		};
		expect(await permissions()).toEqual([
			0,
			expect.stringMatching(/^note a policy may deny iam:CreateUser.*SourceVpce/),
		]);
		inline['Home'] = deny({Action: 'iam:CreateUser', Resource: '*'});
		expect(await permissions()).toEqual([1, expect.stringMatching(/^wrong a policy denies iam:CreateUser/)]);
	});
	test('is read by people as well', async () => {
		const {at, env, out} = await field();
		const {code, stdout} = await at.run(['doctor'], {...env, ...out});
		expect([code, stdout]).toEqual([0, expect.stringContaining('Nothing here would stop a run.')]);
	});
	test('looks at the hosts where the profile behind a role signs in by SSO, the same way', async () => {
		const {doctor, out, at, proxy} = await field();
		at.write(
			'.aws/config',
			'[profile boss]\nrole_arn = arn:aws:iam::111122223333:role/Boss\nsource_profile = people\nregion = us-east-1\n' +
				'[profile people]\nsso_session = Acme Corp\nsso_account_id = 111122223333\nsso_role_name = Admin\n' +
				"[sso-session 'Acme Corp']\nsso_region = eu-west-1\nsso_start_url = https://acme.awsapps.com/start\n",
		);
		const {code, findings} = await doctor(['--profile', 'boss'], out);
		const told = findings.map(it => `${it.name}: ${it.says}`).join('\n');
		for (const host of ['oidc.eu-west-1', 'portal.sso.eu-west-1']) {
			expect(told).toContain(`https://${host}.amazonaws.com: reached through the proxy ${proxy.at()}`);
			expect(proxy.asked).toContain(`${host}.amazonaws.com:443`);
		}
		expect(told).toMatch(/Region: us-east-1, from region of profile boss \(line 4 of .*config\)/);
		expect([code, findings.find(it => it.name === 'Credentials')?.todo]).toEqual([
			1,
			expect.stringMatching(/^Run aws sso login --profile people/),
		]);
	});
	test('doesn’t take the page of a gateway for AWS', async () => {
		const {doctor, env, out} = await field();
		const gateway = await answering('http://127.0.0.1:9', {'/': () => ({status: 403, type: 'text/html'})});
		const proxy = await forwardProxy({to: (await inTls(gateway)).port});
		const {code, findings} = await doctor([], {...env, ...out, HTTPS_PROXY: proxy.at()});
		expect([code, findings.filter(it => it.says.includes("isn't AWS but a web page")).length]).toEqual([1, 3]);
	});
	test('sends nobody in a circle: what is unknown here is to be asked of who runs the network', async () => {
		const {at} = await field();
		const {code, stdout} = await at.run(['doctor', '--region', 'eu-west-1'], {AWS_PROFILE: 'default'});
		expect([code, stdout]).toEqual([1, expect.stringContaining('Ask who runs your network to let this machine reach')]);
		expect(stdout).not.toMatch(/\(nps-kms doctor|then run nps-kms again/);
	});
	test('says of a setting for certificates that it is not used where the endpoint is http', async () => {
		const {doctor, env, sandbox, at} = await field();
		const of = async (more: NodeJS.ProcessEnv) => {
			const {code, findings} = await doctor([], {...env, AWS_ENDPOINT_URL: sandbox.url, ...more});
			return [code, ...findings.filter(it => it.name.includes('http://')).map(it => it.says)];
		};
		const reached = expect.stringMatching(/^reached directly \(.*\)$/);
		expect(await of({})).toEqual([0, reached, reached, reached]);
		const told = expect.stringMatching(/^reached directly \(.*\), by http: AWS_CA_BUNDLE isn't used there$/);
		expect(await of({AWS_CA_BUNDLE: join(at.home, 'none.pem')})).toEqual([0, told, told, told]);
	});
	test('works without a home folder', async () => {
		const {doctor, env, out} = await field();
		const {findings} = await doctor([], {...env, ...out, HOME: '', USERPROFILE: '', NPS_KMS_HOME: ''});
		expect(findings.map(it => it.name)).toContain('You are');
	});
});

describe('doctor --from-nps', () => {
	test('needs no credentials: the way to KMS of that region', async () => {
		const {doctor, out, sandbox} = await field();
		const {code, findings} = await doctor(['--from-nps', 'eu-west-1'], out);
		expect([code, findings]).toEqual([
			0,
			[
				expect.objectContaining({name: 'KMS kms.eu-west-1.amazonaws.com', is: 'right'}),
				expect.objectContaining({name: 'Clock', is: 'right'}),
			],
		]);
		expect(sandbox.heard.every(it => it.caller === undefined)).toBe(true);
	});
	test('names what stands in the way', async () => {
		const {doctor, out} = await field();
		const refusing = await forwardProxy({to: 9, answers: '403 Forbidden'});
		const {code, findings} = await doctor(['--from-nps', 'eu-west-1'], {...out, HTTPS_PROXY: refusing.at()});
		expect([code, findings[0]?.says]).toEqual([1, expect.stringContaining('refuses to connect to kms.eu-west-1')]);
	});
	test('says at the end what it means, to who never ran this program', async () => {
		const {at, out} = await field();
		const of = async (env: NodeJS.ProcessEnv) => (await at.run(['doctor', '--from-nps', 'eu-west-1'], env)).stdout;
		expect(await of(out)).toContain('This machine reaches KMS in eu-west-1.');
		expect(await of({...out, HTTPS_PROXY: `http://127.0.0.1:${await nobodyAt()}`})).toMatch(
			/NPS could not use its KMS key from here: what is marked ✖ stands in the way to KMS in eu-west-1/,
		);
	});
	test('is told at once that a region is none', async () => {
		const {at} = await field();
		expect((await at.run(['doctor', '--from-nps', 'Ireland'])).code).toBe(2);
	});
});
