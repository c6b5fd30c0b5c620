import {createHash} from 'node:crypto';
import {join} from 'node:path';
import {asRefusal} from '../client/refusals.js';
import type {Network} from '../network/network.js';
import {thenAgain} from '../problems/cant-call.js';
import {homeFolderOf, writeOwn} from '../tool-files.js';
import {CantSignIn, whoSigns} from './cant-sign-in.js';
import type {Config, Section} from './config-files.js';
import {codeOf, type NotYet, Oidc, oidcAddress, type Registered, type Token} from './oidc.js';
import {kindOf} from './profiles.js';
import {type Settings, signInEndpoints} from './settings.js';

/** Where a person signs in by any browser, and the code to see there. `done` comes when it is over. */
export type Visit = {readonly address: string; readonly code: string; readonly done: Promise<void>};
/** Shows that to a person; resolves early if they give it up. Undefined: nobody is there. */
export type ShowVisit = ((it: Visit) => Promise<void>) | undefined;
type Ground = {
	readonly env: NodeJS.ProcessEnv;
	readonly config: Config;
	readonly network: Network;
	readonly settings: Pick<Settings, 'fips' | 'dualstack'>;
};
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
export async function ssoAddresses(
	name: string,
	{env, config, settings}: Omit<Ground, 'network'>,
	seen: readonly string[] = [],
): Promise<Readonly<Record<string, string>>> {
	const section = config.profiles[name];
	if (!section || seen.includes(name)) return {};
	const kind = kindOf(section.lines, seen.length > 0);
	const source = section.lines['source_profile']?.value;
	if (kind === 'role' && source) return ssoAddresses(source, {env, config, settings}, [...seen, name]);
	const session = kind === 'sso' ? sessionOf(section, config) : undefined;
	if (!session) return {};
	const {sso, sso_oidc: endpoint} = signInEndpoints({profile: name, env, config});
	const {region} = session;
	const own = await oidcAddress({region, endpoint: undefined, settings});
	// AWS names both hosts by the same rules.
	return {oidc: endpoint ?? own, sso: sso ?? own.replace('//oidc', '//portal.sso')};
}

/** So often in a row the line may fail while a person is in the browser. */
const failuresAtMost = 5;

/**
 * Signs in as `aws sso login --use-device-code` does, and keeps the token where and as the AWS CLI keeps it. False: the
 * person gave it up, or it took too long.
 */
export async function signInByDevice(section: Section, ground: Ground, show: NonNullable<ShowVisit>): Promise<boolean> {
	const session = sessionOf(section, ground.config);
	if (!session) return false;
	const {region} = session;
	const {sso_oidc: endpoint} = signInEndpoints({profile: section.name, ...ground});
	const oidc = new Oidc({region, endpoint, settings: ground.settings}, ground.network);
	const told = (error: unknown): never => {
		throw asProblem(error, section.name);
	};
	const client = await oidc.register(session.scopes).catch(told);
	const device = await oidc.begin(client, session.startUrl).catch(told);
	let end = (): void => undefined;
	// Promise.withResolvers isn't there on Node 20.
	const over = new Promise<void>(it => (end = it));
	let left = false;
	const given = show({address: device.address, code: device.user, done: over}).then(() => {
		left = true;
	});
	try {
		const until = Date.now() + device.lastsMs;
		let failed = 0;
		for (let pause = device.pauseMs; Date.now() < until; ) {
			await Promise.race([given, new Promise(done => setTimeout(done, pause).unref())]);
			if (left) return false;
			const it: Token | NotYet | 'over' | 'failed' = await oidc.token(client, device).catch((error: unknown) => {
				if (codeOf(error) === 'expired_token') return 'over';
				return asRefusal(error) || failed >= failuresAtMost ? told(error) : 'failed';
			});
			failed = it === 'failed' ? failed + 1 : 0;
			if (it === 'over') return false;
			if (it === 'slow_down') pause += 5000;
			if (typeof it === 'string') continue;
			await keep(session, client, it, ground.env);
			return true;
		}
		return false;
	} finally {
		end();
		await given;
	}
}

/** What it refuses, in words; the line's own trouble as it is. */
function asProblem(error: unknown, profile: string): unknown {
	const refused = asRefusal(error);
	if (!refused) return error;
	const code = codeOf(error) || refused.code;
	const {error_description: says} = error as {error_description?: unknown};
	return new CantSignIn({
		is: 'problem',
		what: `${whoSigns(profile)} can't sign in`,
		why: `IAM Identity Center answered: ${typeof says === 'string' && says ? says : refused.message || code}`,
		todo:
			code === 'access_denied'
				? 'Try again, and allow it in the browser'
				: `See that sso_start_url and sso_region are right, ${thenAgain}`,
		code,
	});
}

const time = (date: Date): string => date.toISOString().replace(/\.\d+Z$/, 'Z');
/** The file that the AWS CLI and every SDK read: named after the session, readable by its owner alone. */
async function keep(session: Session, client: Registered, token: Token, env: NodeJS.ProcessEnv): Promise<void> {
	const name = `${createHash('sha1').update(session.name).digest('hex')}.json`;
	const {refresh} = token;
	await writeOwn(
		join(homeFolderOf(env) ?? '', '.aws', 'sso', 'cache', name),
		JSON.stringify({
			startUrl: session.startUrl,
			region: session.region,
			accessToken: token.access,
			expiresAt: time(token.until),
			clientId: client.id,
			clientSecret: client.secret,
			registrationExpiresAt: time(client.until),
			...(refresh !== undefined && {refreshToken: refresh}),
		}),
	);
}
