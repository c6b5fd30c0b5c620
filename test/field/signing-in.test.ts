import {createHash} from 'node:crypto';
import {AttachRolePolicyCommand, CreateRoleCommand} from '@aws-sdk/client-iam';
import {describe, expect, test} from 'vitest';
import {networkOf} from '../../src/aws/network/network.js';
import {CantCall} from '../../src/aws/problems/cant-call.js';
import {readConfig} from '../../src/aws/sign-in/config-files.js';
import {type ShowVisit, signInByDevice, ssoAddresses} from '../../src/aws/sign-in/device-code.js';
import {clientsOf, sandboxFor} from '../sandbox/clients.js';
import {answering, authority, forwardProxy, inTls} from './network.js';
import {machine, resultOf} from './program.js';

const connect = ['setup', '--yes', '--json', '--stop-after', 'connect'];
const sso = `[default]
region = eu-west-1
sso_session = acme
sso_account_id = 111122223333
sso_role_name = Admin
[sso-session acme]
sso_start_url = https://acme.awsapps.com/start
sso_region = eu-west-1
`;
const token = (expiresAt: Date): string =>
	JSON.stringify({
		accessToken: 'the-token',
		expiresAt: expiresAt.toISOString(),
		clientId: 'id',
		clientSecret: 'the-secret',
		refreshToken: 'again',
		registrationExpiresAt: new Date(Date.now() + 86_400_000).toISOString(),
		region: 'eu-west-1',
		startUrl: 'https://acme.awsapps.com/start',
	});
const tokenFile = `.aws/sso/cache/${createHash('sha1').update('acme').digest('hex')}.json`;

/** AWS, and where people sign in to it, behind a proxy that is the only way out. */
async function field(files: (keys: string) => Readonly<Record<string, string>>) {
	const sandbox = await sandboxFor({accountId: '123456789012'});
	const {accessKeyId, secretAccessKey} = sandbox.operator;
	const roleCredentials = {accessKeyId, secretAccessKey, sessionToken: '', expiration: Date.now() + 3_600_000};
	const url = await answering(sandbox.url, {
		'/federation/credentials': () => ({roleCredentials: {...roleCredentials, sessionToken: 'none'}}),
		'/token': () => ({accessToken: 'another', expiresIn: 3600, refreshToken: 'more', tokenType: 'Bearer'}),
	});
	const proxy = await forwardProxy({to: (await inTls(url)).port});
	const at = machine(files(`aws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`));
	const run = async (env: NodeJS.ProcessEnv = {}) => {
		const ran = await at.run(connect, {HTTPS_PROXY: proxy.at(), AWS_CA_BUNDLE: authority, ...env});
		return {...ran, result: resultOf(ran), asked: proxy.asked.map(it => it.replace(':443', ''))};
	};
	return {sandbox, at, proxy, run};
}

describe('signing in goes the same way out', () => {
	test('by SSO', async () => {
		const {run} = await field(() => ({'.aws/config': sso, [tokenFile]: token(new Date(Date.now() + 3_600_000))}));
		expect((await run()).asked[0]).toBe('portal.sso.eu-west-1.amazonaws.com');
	});
	test('by SSO whose token is renewed first', async () => {
		const {run} = await field(() => ({'.aws/config': sso, [tokenFile]: token(new Date(Date.now() + 60_000))}));
		expect((await run()).asked.slice(0, 2)).toEqual([
			'oidc.eu-west-1.amazonaws.com',
			'portal.sso.eu-west-1.amazonaws.com',
		]);
	});
	test('by a role', async () => {
		const role = `[default]\nregion = eu-west-1\nrole_arn = arn:aws:iam::123456789012:role/Boss\nsource_profile = keys\n`;
		const {run, sandbox} = await field(keys => ({'.aws/config': role, '.aws/credentials': `[keys]\n${keys}`}));
		const {iam} = clientsOf(sandbox);
		const who = {Effect: 'Allow', Principal: {AWS: '*'}, Action: 'sts:AssumeRole'};
		const trust = JSON.stringify({Version: '2012-10-17', Statement: [who]});
		await iam.send(new CreateRoleCommand({RoleName: 'Boss', AssumeRolePolicyDocument: trust}));
		const PolicyArn = 'arn:aws:iam::aws:policy/AdministratorAccess';
		await iam.send(new AttachRolePolicyCommand({RoleName: 'Boss', PolicyArn}));
		const {code, asked} = await run();
		expect([code, asked[0]]).toEqual([0, 'sts.eu-west-1.amazonaws.com']);
	});
	test.each([
		['SSO', {'.aws/config': sso, [tokenFile]: token(new Date(Date.now() + 3_600_000))}],
		['SSO to be renewed', {'.aws/config': sso, [tokenFile]: token(new Date(Date.now() - 60_000))}],
	])('and a proxy that refuses is named there too: %s', async (_how, files) => {
		const {run, proxy} = await field(() => files);
		const refusing = await forwardProxy({to: 9, answers: '403 Forbidden'});
		const {code, result, stderr} = await run({HTTPS_PROXY: refusing.at()});
		expect([code, result.problem?.['what'], proxy.asked]).toEqual([
			1,
			expect.stringContaining(`The proxy ${refusing.at()} refuses to connect`),
			[],
		]);
		expect(stderr).not.toContain('bug');
	});
	test('and an authority that isn’t trusted is named there too', async () => {
		const {run} = await field(() => ({'.aws/config': sso, [tokenFile]: token(new Date(Date.now() + 3_600_000))}));
		const {result} = await run({AWS_CA_BUNDLE: ''});
		expect(result.problem?.['what']).toBe(
			"The authority behind portal.sso.eu-west-1.amazonaws.com isn't trusted: Acme Test Root, Acme",
		);
	});
});

describe('signing in by the device code goes the same way out, to the hosts that AWS’s rules name', () => {
	const registered = {clientId: 'id', clientSecret: 'the-secret', clientSecretExpiresAt: 1_900_000_000};
	const begun = {deviceCode: 'd', userCode: 'ABCD', verificationUri: 'https://x', expiresIn: 60, interval: 0.001};
	const centre = (answers: Parameters<typeof answering>[1] = {}) =>
		answering('http://127.0.0.1:9', {
			'/client/register': () => registered,
			'/device_authorization': () => begun,
			'/token': () => ({accessToken: 'the-token', expiresIn: 3600}),
			...answers,
		});
	const never: NonNullable<ShowVisit> = it => it.done;
	const signIn = async (url: string, settings = {fips: false, dualstack: false}, more: NodeJS.ProcessEnv = {}) => {
		const proxy = await forwardProxy({to: (await inTls(url)).port});
		const {home} = machine({'.aws/config': sso});
		const env = {HOME: home, HTTPS_PROXY: proxy.at(), AWS_CA_BUNDLE: authority, ...more};
		const config = await readConfig(env);
		const section = config.profiles['default'] ?? expect.fail('there is no profile');
		const ground = {env, config, settings, network: networkOf(env, async () => undefined)};
		const isDone = await signInByDevice(section, ground, never).catch((error: unknown) => {
			if (error instanceof CantCall) return error.problem.code;
			throw error;
		});
		const {oidc, sso: portal} = await ssoAddresses('default', ground);
		return {isDone, asked: [...new Set(proxy.asked)], oidc, portal};
	};
	test.each([
		[{fips: false, dualstack: false}, 'oidc.eu-west-1.amazonaws.com', 'portal.sso.eu-west-1.amazonaws.com'],
		[{fips: true, dualstack: false}, 'oidc-fips.eu-west-1.amazonaws.com', 'portal.sso-fips.eu-west-1.amazonaws.com'],
		[{fips: false, dualstack: true}, 'oidc.eu-west-1.api.aws', 'portal.sso.eu-west-1.api.aws'],
		[{fips: true, dualstack: true}, 'oidc-fips.eu-west-1.api.aws', 'portal.sso-fips.eu-west-1.api.aws'],
	])('%o', async (settings, oidc, portal) => {
		expect(await signIn(await centre(), settings)).toEqual({
			// The company's certificate here is for the hosts of amazonaws.com alone.
			isDone: settings.dualstack ? 'ERR_TLS_CERT_ALTNAME_INVALID' : true,
			asked: [`${oidc}:443`],
			oidc: `https://${oidc}`,
			portal: `https://${portal}`,
		});
	});
	test('and an endpoint of its own counts before those', async () => {
		const url = await centre();
		const own = {AWS_ENDPOINT_URL_SSO_OIDC: url, AWS_ENDPOINT_URL_SSO: url};
		expect(await signIn(url, {fips: true, dualstack: false}, own)).toEqual({
			isDone: true,
			asked: [],
			oidc: url,
			portal: url,
		});
	});
	test('a line that drops while a person is in the browser is waited out, and one that stays away is told', async () => {
		let times = 0;
		const gateway = (until: number) => () => {
			times += 1;
			return times <= until ? {status: 502, type: 'text/html'} : {accessToken: 'the-token', expiresIn: 3600};
		};
		expect((await signIn(await centre({'/token': gateway(7)}))).isDone).toBe(true);
		times = 0;
		await expect(centre({'/token': gateway(1000)}).then(it => signIn(it))).rejects.toThrow();
		expect(times).toBeLessThan(30);
	});
});
