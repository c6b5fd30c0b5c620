import {join} from 'node:path';
import {getHomeDir, loadSharedConfigFiles, readFile} from '@smithy/core/config';
import {parseArn} from '../rules/arn.js';
import {partitionOf} from '../rules/regions.js';

/** How a profile signs in, as the SDK would find out. */
export type Kind = 'key' | 'role' | 'sso' | 'login' | 'process' | 'web-identity' | 'nothing';
/** One profile of the shared config files. No secret of it is kept. */
export type Profile = {
	readonly name: string;
	readonly region: string | undefined;
	readonly kind: Kind;
	readonly source: string | undefined;
	readonly role: string | undefined;
	/** The device whose code it asks for. */
	readonly mfa: string | undefined;
	/** The partition that its ARNs and its sign-in region tell of. */
	readonly partition: string | undefined;
};
/** A section that looks like a profile and isn't one to the SDK, and why. */
export type Lost = {readonly name: string; readonly why: string};
/** Where credentials may come from: profiles of the shared config files, and the environment. */
export type Sources = {
	readonly profiles: readonly Profile[];
	readonly lost: readonly Lost[];
	/** The profile that AWS_PROFILE names. */
	readonly named: string | undefined;
	readonly environment: boolean;
	/** Credentials that a container or a web identity gives. */
	readonly elsewhere: boolean;
};
/** The settings of one profile as they stand in the files. */
export type Section = Readonly<Record<string, string | undefined>>;

/** The sections of both files, as they are now: a sign-in in another window changes them. */
export async function readSections(): Promise<Readonly<Record<string, Section>>> {
	const {configFile, credentialsFile} = await loadSharedConfigFiles({ignoreCache: true});
	const all: Record<string, Section> = {};
	for (const file of [configFile, credentialsFile])
		for (const [name, section] of Object.entries(file)) all[name] = {...all[name], ...section};
	return all;
}

/** The credentials that could be used on this machine, without keeping any secret. */
export async function findSources(env: NodeJS.ProcessEnv = process.env): Promise<Sources> {
	const sections = await readSections().catch(() => ({}));
	const profiles = Object.entries(sections)
		.filter(([name]) => !isOther(name))
		.map(([name, section]) => profileOf(name, section, sections));
	return {
		profiles,
		lost: (await lostIn(env)).filter(it => !profiles.some(known => known.name === it.name)),
		named: env['AWS_PROFILE'] || undefined,
		environment: Boolean(env['AWS_ACCESS_KEY_ID'] && env['AWS_SECRET_ACCESS_KEY']),
		elsewhere: [
			'AWS_WEB_IDENTITY_TOKEN_FILE',
			'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
			'AWS_CONTAINER_CREDENTIALS_FULL_URI',
		].some(it => env[it]),
	};
}

/**
 * Whether anything on this machine could send calls elsewhere than to AWS.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 */
export async function namesEndpoint(env: NodeJS.ProcessEnv): Promise<boolean> {
	if (Object.keys(env).some(it => it.startsWith('AWS_ENDPOINT_URL'))) return true;
	const sections = await readSections().catch(() => undefined);
	return (
		sections === undefined ||
		Object.values(sections).some(section => Object.keys(section).some(it => it.includes('endpoint_url')))
	);
}

/** The profile that is used where none is asked for; undefined where the environment's credentials are. */
export function defaultProfile({named, environment, profiles}: Sources): string | undefined {
	if (named) return named;
	return environment || !profiles.some(it => it.name === 'default') ? undefined : 'default';
}

/** The certificates that a profile names, and where. */
export async function caBundle(
	profile: string | undefined,
	env: NodeJS.ProcessEnv,
): Promise<{readonly value: string; readonly from: string} | undefined> {
	const name = profile || env['AWS_PROFILE'] || 'default';
	const value = (await readSections().catch(() => undefined))?.[name]?.['ca_bundle'];
	return value ? {value, from: `ca_bundle of profile ${name}`} : undefined;
}

/** Sections that configure something else: sso-session and services. */
const isOther = (name: string): boolean => /^(sso-session|services)\./.test(name);

function profileOf(name: string, section: Section, all: Readonly<Record<string, Section>>): Profile {
	const session = all[`sso-session.${section['sso_session'] ?? ''}`];
	const arns = ['role_arn', 'mfa_serial', 'login_session'].map(it => parseArn(section[it] ?? '')?.partition);
	const signIn = section['sso_region'] ?? session?.['sso_region'];
	const source = all[section['source_profile'] ?? ''];
	return {
		name,
		region: section['region'] || undefined,
		kind: kindOf(section),
		source: section['role_arn'] ? section['source_profile'] || undefined : undefined,
		role: section['role_arn'] || undefined,
		mfa: deviceOf(section, source),
		partition: arns.find(Boolean) ?? (signIn ? partitionOf(signIn) : undefined),
	};
}

/**
 * The device that is asked for: a role's own, or that of the key behind it. A session's credentials have their MFA
 * behind them.
 */
function deviceOf(section: Section, source: Section | undefined): string | undefined {
	if (section['role_arn'])
		return (
			section['mfa_serial'] ||
			(source && source !== section && !source['role_arn'] ? deviceOf(source, undefined) : undefined)
		);
	return kindOf(section) === 'key' && !section['aws_session_token'] ? section['mfa_serial'] || undefined : undefined;
}

/** In the SDK's own order. */
function kindOf(it: Section): Kind {
	if (it['role_arn'] && Boolean(it['source_profile']) !== Boolean(it['credential_source'])) return 'role';
	if (it['aws_access_key_id'] && it['aws_secret_access_key']) return 'key';
	if (it['web_identity_token_file'] && it['role_arn']) return 'web-identity';
	if (it['credential_process']) return 'process';
	if (['sso_start_url', 'sso_account_id', 'sso_session', 'sso_region', 'sso_role_name'].some(name => it[name]))
		return 'sso';
	return it['login_session'] ? 'login' : 'nothing';
}

/** Profiles that the SDK passes over in silence. */
async function lostIn(env: NodeJS.ProcessEnv): Promise<readonly Lost[]> {
	const file = (variable: string, name: string): string =>
		(env[variable] || join('~', '.aws', name)).replace(/^~(?=[/\\])/, getHomeDir());
	const [config, credentials] = await Promise.all(
		[file('AWS_CONFIG_FILE', 'config'), file('AWS_SHARED_CREDENTIALS_FILE', 'credentials')].map(path =>
			readFile(path, {ignoreCache: true}).then(headings, () => []),
		),
	);
	const found = new Map<string, Lost>();
	const lose = (name: string, why: string): void => void (found.has(name) || found.set(name, {name, why}));
	const odd = (name: string): boolean => !/^[\w\-@+.%:/]+$/.test(name);
	const blank = "the AWS SDK doesn't read a name with blanks or unusual letters; give the profile another name";
	for (const heading of config ?? []) {
		const [, quote = '', profile] = /^profile\s+(["']?)(.+)\1$/.exec(heading) ?? [];
		if (profile !== undefined) {
			if (odd(profile) && quote !== undefined) lose(profile, blank);
		} else if (heading !== 'default' && !/^(sso-session|services|preview|plugins)\b/.test(heading))
			lose(heading, `in the config file its section must be headed [profile ${heading}]`);
	}
	for (const heading of credentials ?? []) if (odd(heading)) lose(heading, blank);
	return [...found.values()];
}
const headings = (text: string): readonly string[] =>
	[...text.matchAll(/^\s*\[([^\]\r\n]+)\]/gm)].map(([, heading = '']) => heading.trim());

/** The name as it is typed to a shell. */
export const quoted = (name: string): string => (/^[\w@+.%:/-]+$/.test(name) ? name : `"${name}"`);
