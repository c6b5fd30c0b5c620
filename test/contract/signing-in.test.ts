import {createHash} from 'node:crypto';
import {existsSync, readFileSync, rmSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {GetSessionTokenCommand} from '@aws-sdk/client-sts';
import {describe, expect, test, vi} from 'vitest';
import type {Scene} from '../../src/engine/scene.js';
import type {Ask} from '../../src/engine/step.js';
import type {Event} from '../../src/engine/wizard.js';
import {answering} from '../field/network.js';
import {clientsOf} from '../sandbox/clients.js';
import {place, serial} from './connecting.js';

const record = (home: string): string => readFileSync(join(home, 'state/setups/nps.json'), 'utf8');
const sso = `[default]
region = eu-west-1
sso_session = acme
sso_account_id = 123456789012
sso_role_name = Admin
[sso-session acme]
sso_start_url = https://acme.awsapps.com/start
sso_region = eu-west-1
sso_registration_scopes = sso:account:access
`;
const legacy = sso
	.replace('sso_session = acme\n', '')
	.replace('[sso-session acme]\n', '')
	.replace(/sso_registration.*\n/, '');
const never = new Promise<undefined>(() => undefined);

/** A company's IAM Identity Center, where a person confirms at the third look. */
async function centre(config: string, over: Record<string, object> = {}) {
	const at = await place(() => ({config}));
	// Without MFA behind it a session may not call IAM.
	const mfa = {SerialNumber: serial(), TokenCode: '123456'};
	const sessions = await Promise.all(
		[1, 2, 3, 4].map(async () => (await clientsOf(at.sandbox).sts.send(new GetSessionTokenCommand(mfa))).Credentials),
	);
	const more = {onCredentials: (): unknown => undefined};
	const heard: {path: string; body: Record<string, unknown>; bearer: unknown}[] = [];
	const hear =
		(path: string, answer: (nth: number) => object) =>
		(request: {headers: Record<string, unknown>}, body: string): object => {
			const bearer = request.headers['x-amz-sso_bearer_token'];
			heard.push({path, body: body ? (JSON.parse(body) as Record<string, unknown>) : {}, bearer});
			return over[path] ?? answer(heard.filter(it => it.path === path).length);
		};
	const pending = {
		status: 400,
		errorType: 'AuthorizationPendingException',
		error: 'authorization_pending',
		error_description: 'not yet',
	};
	const token = {accessToken: 'the-token', expiresIn: 28_800, refreshToken: 'again', tokenType: 'Bearer'};
	const roleCredentials = (nth: number): object => {
		const session = sessions[(nth - 1) % sessions.length];
		more.onCredentials();
		return {
			accessKeyId: session?.AccessKeyId,
			secretAccessKey: session?.SecretAccessKey,
			sessionToken: session?.SessionToken,
			expiration: Date.now() + 3_600_000,
		};
	};
	const url = await answering(at.sandbox.url, {
		'/client/register': hear('/client/register', () => ({
			clientId: 'client',
			clientSecret: 'client-secret',
			clientSecretExpiresAt: 1_900_000_000,
		})),
		'/device_authorization': hear('/device_authorization', () => ({
			deviceCode: 'device',
			userCode: 'ABCD-EFGH',
			verificationUri: 'https://acme.awsapps.com/start/#/device',
			verificationUriComplete: 'https://acme.awsapps.com/start/#/device?user_code=ABCD-EFGH',
			expiresIn: 600,
			interval: 0.001,
		})),
		'/token': hear('/token', nth => (nth < 3 ? pending : token)),
		'/federation/credentials': hear('/federation/credentials', nth => ({roleCredentials: roleCredentials(nth)})),
	} as Parameters<typeof answering>[1]);
	vi.stubEnv('AWS_ENDPOINT_URL_SSO', url);
	vi.stubEnv('AWS_ENDPOINT_URL_SSO_OIDC', url);
	return Object.assign(more, at, {heard});
}

describe('an SSO session that is missing', () => {
	test.each([
		['of a session', sso, 'acme'],
		['of the older kind', legacy, 'https://acme.awsapps.com/start'],
	])(
		'%s is begun from inside by the device code, and its token kept as the AWS CLI keeps it',
		async (_kind, config, name) => {
			const {sit, home, heard} = await centre(config);
			const {code, asked, receipts} = await sit({secret: () => never}, {stopAfter: 'connect'});
			expect([code, receipts.at(-1)?.name]).toEqual([0, 'Connect']);
			expect(asked).toMatchObject([
				{kind: 'visit', address: 'https://acme.awsapps.com/start/#/device?user_code=ABCD-EFGH', code: 'ABCD-EFGH'},
			]);
			expect(heard.map(it => it.path)).toEqual([
				'/client/register',
				'/device_authorization',
				...['/token', '/token', '/token'],
				'/federation/credentials',
			]);
			expect(heard[2]?.body).toMatchObject({
				deviceCode: 'device',
				grantType: 'urn:ietf:params:oauth:grant-type:device_code',
			});
			expect(heard.at(-1)?.bearer).toBe('the-token');
			const file = join(home, '.aws/sso/cache', `${createHash('sha1').update(name).digest('hex')}.json`);
			expect(statSync(file).mode & 0o777).toBe(0o600);
			expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
				startUrl: 'https://acme.awsapps.com/start',
				region: 'eu-west-1',
				accessToken: 'the-token',
				expiresAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as string,
				clientId: 'client',
				clientSecret: 'client-secret',
				registrationExpiresAt: '2030-03-17T17:46:40Z',
				refreshToken: 'again',
			});
			expect(record(home)).not.toMatch(/the-token|client-secret|"again"/);
		},
	);
	test('is begun from inside where a lost record is recovered first, and the set-up goes on', async () => {
		const {sit, sandbox, home} = await centre(sso);
		expect((await sit({secret: () => never}, {stopAfter: 'user'})).code).toBe(0);
		for (const it of ['state', '.aws/sso/cache']) rmSync(join(home, it), {recursive: true});
		sandbox.heard.length = 0;
		const {code, asked, receipts} = await sit({secret: () => never}, {recover: true, stopAfter: 'user'});
		expect([code, asked.map(it => it.kind), receipts.map(it => it.name)]).toEqual([
			0,
			['visit'],
			['Connect', 'Policy', 'User'],
		]);
		expect(sandbox.heard.filter(it => it.api.startsWith('Create'))).toEqual([]);
	});
	test('and that the person gives up is told with aws sso login, and no token is kept', async () => {
		const {sit, heard} = await centre(sso, {'/token': {status: 400, error: 'authorization_pending'}});
		const {scenes} = await sit({secret: () => undefined}, {stopAfter: 'connect'});
		expect(scenes.at(-1)?.phase).toMatchObject({
			at: 'stopped',
			problem: {todo: expect.stringContaining('aws sso login')},
		});
		expect(heard.map(it => it.path)).not.toContain('/federation/credentials');
	});
	test.each([
		['/token', 'AccessDeniedException', 'access_denied', /^Try again, and allow it in the browser$/],
		['/client/register', 'InvalidClientMetadataException', 'invalid_client_metadata', /sso_start_url and sso_region/],
		['/device_authorization', 'InvalidRequestException', 'invalid_request', /sso_start_url and sso_region/],
	])('and that is refused at %s is told in its words', async (path, errorType, error, todo) => {
		const refusal = {status: 400, errorType, error, error_description: 'Centre said no'};
		const {sit} = await centre(sso, {[path]: refusal});
		const {scenes} = await sit({secret: () => never}, {stopAfter: 'connect'});
		expect(scenes.at(-1)?.phase).toMatchObject({
			problem: {
				what: "Profile default can't sign in",
				why: expect.stringContaining('Centre said no'),
				todo: expect.stringMatching(todo),
				code: error,
			},
		});
	});
	test('and that nobody confirms in time is told with aws sso login', async () => {
		const over = {status: 400, errorType: 'ExpiredTokenException', error: 'expired_token'};
		const {sit} = await centre(sso, {'/token': over});
		const {scenes, asked} = await sit({secret: () => never}, {stopAfter: 'connect'});
		expect([asked.length, scenes.at(-1)?.phase]).toMatchObject([
			1,
			{problem: {todo: expect.stringContaining('aws sso login')}},
		]);
	});
	test.each(['/client/register', '/device_authorization', '/token'])(
		'and where AWS has trouble at %s is asked again',
		async path => {
			let times = 0;
			const trouble = {status: 500, errorType: 'InternalServerException', error: 'server_error'};
			const {sit} = await centre(sso, {
				get [path]() {
					return (times += 1) <= 2 ? trouble : undefined;
				},
			} as never);
			const {code, receipts} = await sit({secret: () => never}, {stopAfter: 'connect'});
			expect([code, receipts.at(-1)?.name]).toEqual([0, 'Connect']);
			expect(times).toBeGreaterThan(2);
		},
	);
	test('is not begun where nobody is there', async () => {
		const {run, heard} = await centre(sso);
		const {code, result} = await run({stopAfter: 'connect'});
		expect([code, result['problem'], heard]).toEqual([
			1,
			expect.objectContaining({todo: expect.stringContaining('aws sso login')}),
			[],
		]);
	});
});

describe('an SSO session that ends in the middle of a run', () => {
	const writes = (sandbox: {readonly heard: readonly {readonly api: string; readonly status?: number}[]}) =>
		sandbox.heard
			.filter(it => !/^(Get|List|Lookup|Describe|Simulate)/.test(it.api) && it.status === 200)
			.map(it => it.api);
	const made = ['CreatePolicy', 'CreateUser', 'AttachUserPolicy'];
	/** The token of aws sso login goes as well: it can't be renewed. */
	const ends = ({home, sandbox}: Awaited<ReturnType<typeof centre>>, api: string): void => {
		rmSync(join(home, '.aws/sso/cache'), {recursive: true});
		sandbox.setFaults([{api: `iam:${api}`, nth: 1, kind: 'expired-token'}]);
	};
	test.each([
		['while a review stands', 'GetUser'],
		['at the first call of a step', 'CreateUser'],
		['between two calls', 'AttachUserPolicy'],
	])('%s is begun anew from inside, and nothing is made twice', async (_when, api) => {
		const at = await centre(sso);
		let ended = false;
		const {code, asked, receipts} = await at.sit(
			{
				secret: () => never,
				event(scene) {
					if (scene.step.at === 2 && scene.phase.at === 'review' && !ended) {
						ended = true;
						ends(at, api);
					}
					return undefined;
				},
			},
			{stopAfter: 'user'},
		);
		expect([code, asked.map(it => it.kind), receipts.map(it => it.name)]).toEqual([
			0,
			['visit', 'visit'],
			['Connect', 'Policy', 'User'],
		]);
		expect(writes(at.sandbox)).toEqual(made);
	});
	test('is renewed unasked where the token still counts', async () => {
		const at = await centre(sso);
		await at.sit({secret: () => never}, {stopAfter: 'connect'});
		at.sandbox.setFaults([{api: 'iam:AttachUserPolicy', nth: 1, kind: 'expired-token'}]);
		expect((await at.run({stopAfter: 'user'})).code).toBe(0);
		expect(writes(at.sandbox)).toEqual(made);
	});
	test('without anybody to ask stops in order with what to do, and the next run carries on', async () => {
		let over = false;
		const at = await centre(sso, {
			get '/federation/credentials'() {
				return over ? {status: 401, __type: 'UnauthorizedException', message: 'Session token not found'} : undefined;
			},
		} as never);
		await at.sit({secret: () => never}, {stopAfter: 'policy'});
		at.sandbox.setFaults([{api: 'iam:AttachUserPolicy', nth: 1, kind: 'expired-token'}]);
		at.onCredentials = () => (over = true);
		const first = await at.run({stopAfter: 'user'});
		expect([first.code, first.result['problem']]).toEqual([
			1,
			expect.objectContaining({
				what: "Profile default can't sign in",
				todo: expect.stringContaining('aws sso login --profile default'),
			}),
		]);
		expect(writes(at.sandbox)).toEqual(made.slice(0, 2));
		over = false;
		at.onCredentials = () => undefined;
		expect((await at.run({stopAfter: 'user'})).code).toBe(0);
		expect(writes(at.sandbox)).toEqual(made);
	});
});

describe('no credentials at all', () => {
	const typed = {
		profile: ':sso',
		ssoStartUrl: 'https://acme.awsapps.com/start',
		ssoRegion: 'eu-west-1',
		ssoAccount: '123456789012',
		ssoRole: 'Admin',
		region: 'eu-west-1',
	};
	const labels = (asked: readonly Ask[]) => asked.map(it => it.kind === 'secret' && it.label);
	test('an access key is typed for this run, unseen, and kept nowhere', async () => {
		const at = await place(() => ({}));
		const {accessKeyId, secretAccessKey} = at.sandbox.operator;
		const {code, asked, receipts, said} = await at.sit(
			{secret: ask => (ask.kind === 'secret' && ask.label === 'Access key ID' ? accessKeyId : secretAccessKey)},
			{stopAfter: 'policy'},
		);
		expect([code, labels(asked), receipts.map(it => it.name)]).toEqual([
			0,
			['Access key ID', 'Secret access key'],
			['Connect', 'Policy'],
		]);
		for (const it of [accessKeyId, secretAccessKey]) expect(`${record(at.home)}${said}`).not.toContain(it);
		// The next run has none again, and doesn't look for it among the profiles.
		expect((await at.run({stopAfter: 'policy'})).result['problem']).toMatchObject({
			what: 'There are no AWS credentials',
		});
	});
	test('one that AWS doesn’t take is asked for again', async () => {
		const at = await place(() => ({}));
		const {accessKeyId, secretAccessKey} = at.sandbox.operator;
		const typed = [accessKeyId, 'mistyped', accessKeyId, secretAccessKey];
		const {code, asked} = await at.sit(
			{
				secret: (_ask, nth) => typed[nth - 1],
				event: scene => (scene.phase.at === 'stopped' ? {type: 'retry'} : undefined),
			},
			{stopAfter: 'connect'},
		);
		expect([code, asked.length]).toEqual([0, 4]);
	});
	test('none typed stops, and nothing is sent', async () => {
		const at = await place(() => ({}));
		at.sandbox.heard.length = 0;
		const {scenes} = await at.sit({secret: () => undefined}, {stopAfter: 'connect'});
		expect([scenes.at(-1)?.phase, at.sandbox.heard]).toEqual([
			expect.objectContaining({problem: expect.objectContaining({code: 'NoKeyTyped'}) as unknown}),
			[],
		]);
	});
	test.each([undefined, 'eu-west-1'])(
		'a lost record is recovered by an access key that is typed, asked once (AWS_REGION is %s)',
		async region => {
			const at = await place(() => ({}));
			const {accessKeyId, secretAccessKey} = at.sandbox.operator;
			const secret = (ask: Ask) =>
				ask.kind === 'secret' && ask.label === 'Access key ID' ? accessKeyId : secretAccessKey;
			await at.sit({secret}, {stopAfter: 'user'});
			rmSync(join(at.home, 'state'), {recursive: true});
			vi.stubEnv('AWS_REGION', region);
			at.sandbox.heard.length = 0;
			const {code, asked, receipts, scenes} = await at.sit(
				{
					secret,
					event: ({phase, step}) =>
						phase.at === 'form' && step.at === 0
							? {type: 'submitted', answers: {profile: ':typed', region: 'eu-west-1'}}
							: undefined,
				},
				{recover: true, stopAfter: 'user'},
			);
			expect([code, labels(asked), receipts.map(it => it.name)]).toEqual([
				0,
				['Access key ID', 'Secret access key'],
				['Connect', 'Policy', 'User'],
			]);
			expect(scenes[0]?.phase).toMatchObject({at: 'form', problem: {what: 'There are no AWS credentials'}});
			expect(at.sandbox.heard.filter(it => it.api.startsWith('Create'))).toEqual([]);
			expect(record(at.home)).not.toContain(accessKeyId);
			expect((await at.run({stopAfter: 'user', region: 'eu-west-1'})).result['problem']).toMatchObject({
				what: 'There are no AWS credentials',
			});
		},
	);
	test('a lost record is recovered by SSO that is typed, or left as it is', async () => {
		const at = await centre('');
		const event = ({phase, step}: Scene): Event | undefined =>
			phase.at === 'form' && step.at === 0 ? {type: 'submitted', answers: typed} : undefined;
		await at.sit({secret: () => never, event}, {stopAfter: 'user'});
		for (const it of ['state', '.aws/sso/cache']) rmSync(join(at.home, it), {recursive: true});
		const left = await at.sit({event: () => ({type: 'quit'})}, {recover: true});
		expect([left.code, existsSync(join(at.home, 'state/setups/nps.json'))]).toEqual([130, false]);
		at.sandbox.heard.length = 0;
		const {code, asked, receipts} = await at.sit({secret: () => never, event}, {recover: true, stopAfter: 'user'});
		expect([code, asked.map(it => it.kind), receipts.map(it => it.name)]).toEqual([
			0,
			['visit'],
			['Connect', 'Policy', 'User'],
		]);
		expect(at.sandbox.heard.filter(it => it.api.startsWith('Create'))).toEqual([]);
	});
	test('SSO is signed in to from inside, by what a person types of it', async () => {
		const {sit, heard, home} = await centre('');
		const {code, asked, receipts, scenes} = await sit(
			{
				secret: () => never,
				event: scene =>
					scene.phase.at === 'form' && scene.step.at === 0 ? {type: 'submitted', answers: typed} : undefined,
			},
			{stopAfter: 'connect'},
		);
		expect([code, asked.map(it => it.kind), receipts.at(-1)?.name]).toEqual([0, ['visit'], 'Connect']);
		expect(heard.at(-1)).toMatchObject({path: '/federation/credentials', bearer: 'the-token'});
		const rule = (name: string, value: string) =>
			scenes[0]?.fields.find(it => it.field.name === name)?.field.wrong?.(value, {});
		expect([rule('ssoStartUrl', 'acme'), rule('ssoAccount', '1'), rule('ssoRole', '')]).not.toContain(undefined);
		expect(record(home)).not.toMatch(/the-token|client-secret/);
	});
	test.each([
		[
			'/device_authorization',
			{status: 400, errorType: 'InvalidRequestException', error: 'invalid_request'},
			/sso_start/,
		],
		['/token', {status: 400, errorType: 'AuthorizationPendingException', error: 'authorization_pending'}, /^Confirm/],
		[
			'/federation/credentials',
			{status: 403, errorType: 'ForbiddenException', message: 'No access'},
			/account and permission set/,
		],
	])('and what was typed and fails at %s is told as what was typed', async (path, answer, todo) => {
		const {sit} = await centre('', {[path]: answer});
		const {scenes} = await sit(
			{
				secret: () => (path === '/token' ? undefined : never),
				event: scene =>
					scene.phase.at === 'form' && scene.step.at === 0 ? {type: 'submitted', answers: typed} : undefined,
			},
			{stopAfter: 'connect'},
		);
		const {phase} = scenes.at(-1) ?? {};
		expect(phase).toMatchObject({
			problem: {what: "The SSO that was typed can't sign in", todo: expect.stringMatching(todo)},
		});
		expect(JSON.stringify(phase)).not.toContain(':sso');
	});
});
