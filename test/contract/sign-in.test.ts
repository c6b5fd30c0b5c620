import {createHash} from 'node:crypto';
import {rmSync} from 'node:fs';
import {join} from 'node:path';
import {AttachRolePolicyCommand, CreateRoleCommand, type IAMClient} from '@aws-sdk/client-iam';
import {describe, expect, test, vi} from 'vitest';
import type {Scene} from '../../src/engine/scene.js';
import type {Event} from '../../src/engine/wizard.js';
import {place, roleArn, serial} from './connecting.js';

const connected = {stopAfter: 'connect'};
const codes = (sandbox: {readonly heard: readonly {readonly api: string; readonly input: unknown}[]}) =>
	sandbox.heard
		.filter(it => /AssumeRole|GetSessionToken/.test(it.api))
		.map(it => `${it.api} ${(it.input as {TokenCode?: string}).TokenCode ?? ''}`.trim());
/** A role that whoever shows an MFA code may take, and that may do everything. */
async function boss(iam: IAMClient, mfa = true): Promise<void> {
	const who = {Effect: 'Allow', Principal: {AWS: 'arn:aws:iam::123456789012:root'}, Action: 'sts:AssumeRole'};
	const trust = {...who, ...(mfa && {Condition: {Bool: {'aws:MultiFactorAuthPresent': 'true'}}})};
	await iam.send(
		new CreateRoleCommand({
			RoleName: 'Boss',
			AssumeRolePolicyDocument: JSON.stringify({Version: '2012-10-17', Statement: [trust]}),
		}),
	);
	await iam.send(
		new AttachRolePolicyCommand({RoleName: 'Boss', PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess'}),
	);
}
const role = (more = ''): string => `[profile boss]\nrole_arn = ${roleArn('Boss')}\nsource_profile = keys\n${more}`;

describe('who signs in', () => {
	test.each([
		['a static key', (keys: string) => ({credentials: `[default]\n${keys}`}), {}, /:user\/admin$/],
		[
			'a key of another profile',
			(keys: string) => ({credentials: `[keys]\n${keys}`}),
			{profile: 'keys'},
			/:user\/admin$/,
		],
		[
			'the key that AWS_PROFILE names',
			(keys: string) => ({credentials: `[keys]\n${keys}`, env: {AWS_PROFILE: 'keys'}}),
			{},
			/:user\/admin$/,
		],
		[
			'a role over a source profile',
			(keys: string) => ({config: role(), credentials: `[keys]\n${keys}`}),
			{profile: 'boss'},
			/:assumed-role\/Boss\//,
		],
		[
			'what a credential_process prints',
			(keys: string) => {
				const [, id, , secret] = keys.split(/ = |\n/);
				return {
					config: `[default]\ncredential_process = echo '{"Version":1,"AccessKeyId":"${id}","SecretAccessKey":"${secret}"}'\n`,
				};
			},
			{},
			/:user\/admin$/,
		],
	])('is %s', async (_rule, files, options, expected) => {
		const {run, iam, sandbox} = await place(files);
		await boss(iam, false);
		const {code, result, said} = await run({...connected, ...options});
		expect([code, result['status'], said]).toEqual([0, 'paused', expect.stringMatching(/arn:aws:(iam|sts)/)]);
		expect(sandbox.heard.findLast(it => it.api === 'GetCallerIdentity')?.caller?.arn).toMatch(expected);
	});
});

describe.each([
	[
		'a key with a device',
		(keys: string) => ({credentials: `[keys]\n${keys}mfa_serial = ${serial()}\n`}),
		'keys',
		'GetSessionToken',
	],
	[
		'a role with a device',
		(keys: string) => ({config: role(`mfa_serial = ${serial()}\n`), credentials: `[keys]\n${keys}`}),
		'boss',
		'AssumeRole',
	],
	[
		'a role whose key has the device',
		(keys: string) => ({config: role(), credentials: `[keys]\n${keys}mfa_serial = ${serial()}\n`}),
		'boss',
		'GetSessionToken',
	],
])('%s', (_name, files, profile, api) => {
	const at = async () => {
		const it = await place(files);
		await boss(it.iam);
		return it;
	};
	test('asks the code once for all clients, masked, and goes on', async () => {
		const {sit, sandbox} = await at();
		const {asked, receipts} = await sit({secret: () => '123456'}, {profile, stopAfter: 'policy'});
		expect(asked).toEqual([
			{kind: 'secret', label: 'MFA code of admin', why: expect.stringContaining(serial()) as string},
		]);
		expect(receipts.map(it => it.name)).toEqual(['Connect', 'Policy']);
		expect(codes(sandbox).filter(it => it.startsWith(api))).toEqual([`${api} 123456`]);
	});
	test.each(['eu-west-1', undefined])(
		'asks the code once where a lost record is recovered first, and goes on (AWS_REGION is %s)',
		async region => {
			const {run, sit, sandbox, home} = await at();
			expect((await run({profile, mfaCode: '123456', stopAfter: 'user'})).code).toBe(0);
			rmSync(join(home, 'state'), {recursive: true});
			vi.stubEnv('AWS_REGION', region);
			sandbox.heard.length = 0;
			const event = ({phase, fields, answers}: Scene): Event | undefined =>
				phase.at === 'form' && fields.some(it => it.field.name === 'region')
					? {type: 'submitted', answers: {profile, region: answers['region'] ?? ''}}
					: undefined;
			const {asked, receipts, code} = await sit(
				{event, secret: () => '123456'},
				{profile, recover: true, stopAfter: 'user'},
			);
			expect([code, asked.length, receipts.map(it => it.name)]).toEqual([0, 1, ['Connect', 'Policy', 'User']]);
			expect(sandbox.heard.filter(it => it.api.startsWith('Create')).map(it => it.api)).toEqual([]);
		},
	);
	test('asks again when the code is wrong, and tells why', async () => {
		const {sit, sandbox} = await at();
		const {asked} = await sit({secret: (_ask, nth) => ['12', '000000', '123 456'][nth - 1]}, {profile, ...connected});
		expect(asked.map(it => it.kind === 'secret' && it.why)).toEqual([
			expect.stringContaining('To sign in'),
			'A code has 6 digits.',
			expect.stringContaining('each works once'),
		]);
		expect(codes(sandbox).filter(it => it.startsWith(api))).toEqual([`${api} 000000`, `${api} 123456`]);
	});
	test('stops where nobody has the code, and r asks again', async () => {
		const {sit} = await at();
		const {asked, scenes, receipts} = await sit(
			{
				secret: (_ask, nth) => (nth === 1 ? undefined : '123456'),
				event: scene => (scene.phase.at === 'stopped' ? {type: 'retry'} : undefined),
			},
			{profile, ...connected},
		);
		expect(scenes.find(it => it.phase.at === 'stopped')?.phase).toMatchObject({
			problem: {code: 'MfaCode', todo: expect.stringContaining('--mfa-code')},
		});
		expect([asked.length, receipts.at(-1)?.name]).toEqual([2, 'Connect']);
	});
	test('takes the code of --mfa-code', async () => {
		const {run, sandbox} = await at();
		expect((await run({profile, mfaCode: '123456', ...connected})).code).toBe(0);
		expect(codes(sandbox).filter(it => it.startsWith(api))).toEqual([`${api} 123456`]);
	});
	test('is refused without asking where nobody could answer, before any call', async () => {
		const {run, sandbox} = await at();
		sandbox.heard.length = 0;
		await expect(run({profile, ...connected})).rejects.toMatchObject({
			problem: {code: 'Usage', why: expect.stringContaining(serial()), todo: expect.stringContaining('--mfa-code')},
		});
		expect(sandbox.heard).toEqual([]);
	});
	test('tells a wrong code of --mfa-code, and asks nobody', async () => {
		const {run, sandbox} = await at();
		const {code, result} = await run({profile, mfaCode: '000000', ...connected});
		expect([code, result['problem']]).toEqual([
			1,
			expect.objectContaining({code: 'MfaCode', what: 'The MFA code was not taken'}),
		]);
		expect(codes(sandbox).filter(it => it.startsWith(api))).toEqual([`${api} 000000`]);
	});
	test('leaves no code and no session in the record', async () => {
		const {sit, home, sandbox} = await at();
		await sit({secret: () => '123456'}, {profile, ...connected});
		const {readFileSync} = await import('node:fs');
		const record = readFileSync(`${home}/state/setups/nps.json`, 'utf8');
		const secrets = Object.values(sandbox.account.sessions).flatMap(it => [it.secret, it.token]);
		expect(secrets.length).toBeGreaterThan(0);
		for (const it of [...secrets, '123456"']) expect(record).not.toContain(it);
	});
});

describe('a sign-in that is missing or over', () => {
	const sso =
		'[default]\nsso_session = acme\nsso_account_id = 123456789012\nsso_role_name = Admin\n[sso-session acme]\nsso_start_url = https://acme.invalid/start\nsso_region = eu-west-1\n';
	const login = '[default]\nlogin_session = arn:aws:iam::123456789012:user/admin\n';
	const failing = "[default]\ncredential_process = sh -c 'echo hunter2 >&2; echo AKIASECRET; exit 1'\n";
	const cached = (home: (name: string, text: string) => string): void => {
		const name = createHash('sha1').update('acme').digest('hex');
		home(
			`.aws/sso/cache/${name}.json`,
			JSON.stringify({
				accessToken: 'gone',
				expiresAt: '2020-01-01T00:00:00Z',
				region: 'eu-west-1',
				startUrl: 'https://acme.invalid/start',
			}),
		);
	};
	test.each([
		['SSO, never signed in', sso, undefined, 'aws sso login --profile default'],
		['SSO, expired', sso, cached, 'aws sso login --profile default'],
		[
			'SSO of the old kind',
			'[default]\nsso_start_url = https://acme.invalid/start\nsso_region = eu-west-1\nsso_account_id = 123456789012\nsso_role_name = Admin\n',
			undefined,
			'aws sso login --profile default',
		],
		['SSO behind a role', `${role().replace('keys', 'default')}${sso}`, undefined, 'aws sso login --profile default'],
		[
			'SSO behind a role with a device',
			`${role(`mfa_serial = ${serial()}\n`).replace('keys', 'default')}${sso}`,
			undefined,
			'aws sso login --profile default',
		],
		['aws login', login, undefined, 'aws login --profile default'],
		['credential_process', failing, undefined, 'aws configure get credential_process --profile default'],
		['a profile without anything', '[default]\nregion = eu-west-1\n', undefined, 'aws configure --profile default'],
	])('(%s) is told with the very command that mends it', async (_name, config, prepare, command) => {
		const {run, write} = await place(() => ({config}));
		prepare?.(write);
		const {code, result, said} = await run({
			...connected,
			profile: config.includes('boss') ? 'boss' : undefined,
			mfaCode: '123456',
		});
		expect([code, result['status']]).toEqual([1, 'stopped']);
		expect(result['problem']).toMatchObject({todo: expect.stringContaining(command) as string});
		expect(`${said}${JSON.stringify(result)}`).not.toMatch(/hunter2|AKIASECRET/);
	});
	test.each([
		['mended', '[default]\nregion = eu-west-1\n'],
		['renewed by its helper', failing],
	])('and %s in another window, r carries on with every answer', async (_name, config) => {
		let keys = '';
		const at = await place(it => {
			keys = it;
			return {config};
		});
		const {receipts, scenes} = await at.sit(
			{
				event(scene) {
					if (scene.phase.at !== 'stopped') return undefined;
					at.write('.aws/config', '');
					at.write('.aws/credentials', `[default]\n${keys}`);
					return {type: 'retry'};
				},
			},
			{stopAfter: 'policy', policyName: 'Chosen'},
		);
		expect(scenes.filter(it => it.phase.at === 'stopped')).toHaveLength(1);
		expect(receipts.map(it => it.name)).toEqual(['Connect', 'Policy']);
		expect(Object.keys(at.sandbox.account.policies)).toContain('arn:aws:iam::123456789012:policy/Chosen');
	});
	test('none at all is told with what there is to choose', async () => {
		const {run} = await place(keys => ({credentials: `[one]\n${keys}[two]\n${keys}`}));
		const {code, result} = await run(connected);
		expect([code, result['problem']]).toEqual([
			1,
			expect.objectContaining({what: 'There are no AWS credentials', todo: expect.stringContaining('one, two')}),
		]);
	});
	test('(a role that may not be taken) is told in AWS’s words', async () => {
		const {run} = await place(keys => ({config: role(), credentials: `[keys]\n${keys}`}));
		const {result} = await run({...connected, profile: 'boss'});
		expect(result['problem']).toMatchObject({
			what: "Profile boss can't sign in",
			why: expect.stringContaining('not authorized to perform: sts:AssumeRole'),
			code: 'AccessDenied',
		});
	});
});

test('the SDK warns of two sources on no screen', async () => {
	const warned = vi.spyOn(console, 'warn');
	const {run} = await place(keys => {
		const [, AWS_ACCESS_KEY_ID = '', , AWS_SECRET_ACCESS_KEY = ''] = keys.split(/ = |\n/);
		return {
			credentials: '[keys]\naws_access_key_id = x\naws_secret_access_key = y\n',
			env: {AWS_PROFILE: 'keys', AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY},
		};
	});
	const {code, said} = await run(connected);
	expect([code, said]).toEqual([
		0,
		expect.stringContaining('AWS_ACCESS_KEY_ID signs in, not profile keys of AWS_PROFILE'),
	]);
	expect(warned).not.toHaveBeenCalled();
});

describe('a session that ends in the middle of a step', () => {
	const writes = (sandbox: {readonly heard: readonly {readonly api: string; readonly status?: number}[]}) =>
		sandbox.heard
			.filter(it => !/^(Get|List|Lookup|Describe|Simulate|Assume)/.test(it.api))
			.map(it => `${it.api} ${it.status}`);
	const withMfa = async () => {
		const it = await place(keys => ({config: role(`mfa_serial = ${serial()}\n`), credentials: `[keys]\n${keys}`}));
		await boss(it.iam);
		it.sandbox.heard.length = 0;
		return it;
	};
	test.each(['GetUser', 'CreateUser', 'AttachUserPolicy'])(
		'is renewed at %s by a new code, and nothing is made twice',
		async api => {
			const {sit, sandbox} = await withMfa();
			const {asked, receipts} = await sit(
				{
					secret: () => '123456',
					event(scene) {
						if (scene.step.at === 2 && scene.phase.at === 'review')
							sandbox.setFaults([{api: `iam:${api}`, nth: 1, kind: 'expired-token'}]);
						return undefined;
					},
				},
				{profile: 'boss', stopAfter: 'user'},
			);
			expect([asked.length, receipts.map(it => it.name)]).toEqual([2, ['Connect', 'Policy', 'User']]);
			expect(writes(sandbox).filter(it => it.endsWith('200'))).toEqual([
				'CreatePolicy 200',
				'CreateUser 200',
				'AttachUserPolicy 200',
			]);
		},
	);
	test('by its own clock is renewed as well', async () => {
		const {sit, sandbox} = await withMfa();
		const {asked, receipts} = await sit(
			{
				secret: () => '123456',
				event(scene) {
					if (scene.step.at === 2 && scene.phase.at === 'review') sandbox.advance(2 * 3_600_000);
					return undefined;
				},
			},
			{profile: 'boss', stopAfter: 'user'},
		);
		expect([asked.length, receipts.length]).toEqual([2, 3]);
	});
	test('and can’t be renewed is told; r carries on once it is, and nothing is made twice', async () => {
		const at = await place(keys => ({credentials: `[default]\n${keys}`}));
		let reviews = 0;
		const {scenes, receipts} = await at.sit(
			{
				event(scene) {
					if (scene.step.at === 2 && scene.phase.at === 'review' && ++reviews === 1)
						at.sandbox.setFaults([{api: 'iam:AttachUserPolicy', nth: 1, kind: 'expired-token'}]);
					return scene.phase.at === 'stopped' ? {type: 'retry'} : undefined;
				},
			},
			{stopAfter: 'user'},
		);
		const stopped = scenes.find(it => it.phase.at === 'stopped');
		expect(stopped?.phase).toMatchObject({problem: {code: 'ExpiredToken', what: 'Your sign-in has expired'}});
		expect(stopped?.changed).toEqual(['create user nps-kms-user']);
		expect(receipts.map(it => it.name)).toEqual(['Connect', 'Policy', 'User']);
		expect(writes(at.sandbox)).toEqual([
			'CreatePolicy 200',
			'CreateUser 200',
			'AttachUserPolicy 403',
			'AttachUserPolicy 200',
		]);
	});
	test('without anybody to ask stops in order, and the next run carries on', async () => {
		const {run, sandbox} = await withMfa();
		sandbox.setFaults([{api: 'iam:AttachUserPolicy', nth: 1, kind: 'expired-token'}]);
		const first = await run({profile: 'boss', mfaCode: '123456', stopAfter: 'user'});
		expect([first.code, first.result['problem']]).toEqual([1, expect.objectContaining({code: 'MfaCode'})]);
		const second = await run({profile: 'boss', mfaCode: '123456', stopAfter: 'user'});
		expect(second.code).toBe(0);
		expect(writes(sandbox).filter(it => it.endsWith('200'))).toEqual([
			'CreatePolicy 200',
			'CreateUser 200',
			'AttachUserPolicy 200',
		]);
	});
});
