import {createHash} from 'node:crypto';
import {join} from 'node:path';
import type {Network} from '../network/network.js';
import {thenAgain} from '../problems/cant-call.js';
import {writeOwn} from '../tool-files.js';
import {CantSignIn} from './cant-sign-in.js';
import {type Config, homeFolderOf, type Section} from './config-files.js';
import {kindOf} from './profiles.js';
import {oidcEndpoint, portalEndpoint} from './settings.js';

/** Where a person signs in by any browser, and the code to see there. `done` comes when it is over. */
export type Visit = {readonly address: string; readonly code: string; readonly done: Promise<void>};
/** Shows that to a person; resolves early if they give it up. Undefined: nobody is there. */
export type ShowVisit = ((it: Visit) => Promise<void>) | undefined;
type Ground = {readonly env: NodeJS.ProcessEnv; readonly config: Config; readonly network: Network};
/** Where a profile signs in by IAM Identity Center. */
type Session = {
	/** What the token file is named after: the session, or the start address where a profile has none. */
	readonly name: string;
	readonly startUrl: string;
	readonly region: string;
	readonly scopes: readonly string[];
};

/** Where a profile signs in; undefined where it doesn't say. */
function sessionOf({lines}: Section, {sessions}: Config): Session | undefined {
	const named = lines['sso_session']?.value;
	const of = named ? (sessions[named]?.lines ?? {}) : lines;
	const [startUrl, region] = [of['sso_start_url']?.value, of['sso_region']?.value];
	if (!startUrl || !region) return undefined;
	const scopes = (of['sso_registration_scopes']?.value ?? 'sso:account:access').split(/[\s,]+/).filter(Boolean);
	return {name: named || startUrl, startUrl, region, scopes: named ? scopes : []};
}

/**
 * Where a profile, or the one that its role rests on, signs in by IAM Identity Center: the addresses by the service's
 * name; none where it signs in otherwise.
 */
export function ssoAddresses(
	name: string,
	{env, config}: Omit<Ground, 'network'>,
	seen: readonly string[] = [],
): Readonly<Record<string, string>> {
	const section = config.profiles[name];
	if (!section || seen.includes(name)) return {};
	const kind = kindOf(section.lines, seen.length > 0);
	const source = section.lines['source_profile']?.value;
	if (kind === 'role' && source) return ssoAddresses(source, {env, config}, [...seen, name]);
	const session = kind === 'sso' ? sessionOf(section, config) : undefined;
	if (!session) return {};
	const whose = {profile: name, env, config};
	return {oidc: oidcEndpoint(whose, session.region), sso: portalEndpoint(whose, session.region)};
}

/**
 * Signs in as `aws sso login --use-device-code` does, and keeps the token where and as the AWS CLI keeps it. False: the
 * person gave it up, or it took too long. https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/
 */
export async function signInByDevice(section: Section, ground: Ground, show: NonNullable<ShowVisit>): Promise<boolean> {
	const session = sessionOf(section, ground.config);
	if (!session) return false;
	const oidc = oidcOf(session, section.name, ground);
	const client = await oidc('/client/register', {
		clientName: 'nps-kms',
		clientType: 'public',
		...(session.scopes.length > 0 && {scopes: session.scopes}),
	});
	const {clientId, clientSecret} = client;
	const device = await oidc('/device_authorization', {clientId, clientSecret, startUrl: session.startUrl});
	let end = (): void => undefined;
	// Promise.withResolvers isn't there on Node 20.
	const over = new Promise<void>(it => (end = it));
	let left = false;
	const visit = {
		address: String(device['verificationUriComplete'] ?? device['verificationUri'] ?? ''),
		code: String(device['userCode'] ?? ''),
		done: over,
	};
	const given = show(visit).then(() => {
		left = true;
	});
	try {
		const until = Date.now() + Number(device['expiresIn'] ?? 600) * 1000;
		for (let pause = Number(device['interval'] ?? 5) * 1000; Date.now() < until; ) {
			await Promise.race([given, new Promise(done => setTimeout(done, pause).unref())]);
			if (left) return false;
			const grantType = 'urn:ietf:params:oauth:grant-type:device_code';
			const token = await oidc('/token', {clientId, clientSecret, deviceCode: device['deviceCode'], grantType});
			if (token['error'] === 'slow_down') pause += 5000;
			if (token['accessToken'] === undefined) continue;
			await keep(session, client, token, ground.env);
			return true;
		}
		return false;
	} finally {
		end();
		await given;
	}
}

type Answer = Readonly<Record<string, unknown>>;
/** Calls that need no credentials; what only isn't so yet is an answer. */
function oidcOf({region}: Session, profile: string, {env, config, network}: Ground) {
	const url = new URL(oidcEndpoint({profile, env, config}, region));
	const handler = network.handler({connectionTimeout: 10_000, requestTimeout: 30_000, throwOnRequestTimeout: true});
	return async (path: string, input: object): Promise<Answer> => {
		const {HttpRequest} = await import('../client/sdk.js');
		const body = JSON.stringify(input);
		const {response} = await handler.handle(
			new HttpRequest({
				protocol: url.protocol,
				hostname: url.hostname,
				...(url.port && {port: Number(url.port)}),
				method: 'POST',
				path: `${url.pathname.replace(/\/$/, '')}${path}`,
				headers: {host: url.host, 'content-type': 'application/json', 'content-length': String(body.length)},
				body,
			}),
		);
		const answer = await read(response.body as AsyncIterable<Uint8Array>);
		const error = String(answer['error'] ?? '');
		if (response.statusCode < 300 || error === 'authorization_pending' || error === 'slow_down') return answer;
		throw new CantSignIn({
			is: 'problem',
			what: `Profile ${profile} can't sign in`,
			why: `${url.host} answered: ${String(answer['error_description'] ?? answer['message'] ?? (error || 'no'))}`,
			todo: `See that sso_start_url and sso_region of the profile are right, ${thenAgain}`,
			code: error || `HTTP ${response.statusCode}`,
		});
	};
}

async function read(body: AsyncIterable<Uint8Array>): Promise<Answer> {
	const parts: Uint8Array[] = [];
	for await (const it of body) parts.push(it);
	try {
		return JSON.parse(Buffer.concat(parts).toString()) as Answer;
	} catch {
		return {};
	}
}

const time = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
/** The file that the AWS CLI and every SDK read: named after the session, readable by its owner alone. */
async function keep(session: Session, client: Answer, token: Answer, env: NodeJS.ProcessEnv): Promise<void> {
	const name = `${createHash('sha1').update(session.name).digest('hex')}.json`;
	const {refreshToken} = token;
	await writeOwn(
		join(homeFolderOf(env) ?? '', '.aws', 'sso', 'cache', name),
		JSON.stringify({
			startUrl: session.startUrl,
			region: session.region,
			accessToken: token['accessToken'],
			expiresAt: time(Date.now() + Number(token['expiresIn'] ?? 3600) * 1000),
			clientId: client['clientId'],
			clientSecret: client['clientSecret'],
			registrationExpiresAt: time(Number(client['clientSecretExpiresAt'] ?? 0) * 1000),
			...(refreshToken !== undefined && {refreshToken}),
		}),
	);
}
