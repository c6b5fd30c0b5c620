import type {Found} from '../network/trust.js';
import {parseArn} from '../rules/arn.js';
import {partitionOf} from '../rules/regions.js';
import {type Config, type Lines, type Lost, readConfig, type Section} from './config-files.js';
import {namedProfile} from './settings.js';

/** The choice of an access key that a person types for one run. No profile can be called so. */
export const typedKey = ':typed';
/** The choice to sign in by an IAM Identity Center that a person names; it is like a profile for one run. */
export const typedSso = ':sso';
/** How a profile signs in, as the AWS CLI would find out. */
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
	/** Whether it holds an access key that isn't used, for it signs in by SSO. */
	readonly passesOverKey: boolean;
};
/** Where credentials may come from: profiles of the shared config files, and the environment. */
export type Sources = {
	readonly profiles: readonly Profile[];
	readonly lost: readonly Lost[];
	/** The profile that AWS_PROFILE names, and the variable. */
	readonly named: Found | undefined;
	/** Whether an access key is exported. */
	readonly environment: boolean;
	/** Credentials that a container or a web identity gives. */
	readonly elsewhere: boolean;
};

/** The credentials that could be used on this machine, without keeping any secret. */
export const findSources = async (env: NodeJS.ProcessEnv = process.env): Promise<Sources> =>
	sourcesOf(await readConfig(env), env);

/** The same of files that were read. */
export const sourcesOf = (config: Config, env: NodeJS.ProcessEnv): Sources => ({
	profiles: Object.values(config.profiles).map(it => profileOf(it, config)),
	lost: config.lost,
	named: namedProfile(env),
	environment: Boolean(env['AWS_ACCESS_KEY_ID']),
	elsewhere: [
		'AWS_WEB_IDENTITY_TOKEN_FILE',
		'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
		'AWS_CONTAINER_CREDENTIALS_FULL_URI',
	].some(it => env[it]),
});

/**
 * The profile that signs in where none is asked for; undefined where the environment's credentials do. Exported keys
 * count before AWS_PROFILE, as for the AWS CLI.
 */
export function defaultProfile({named, environment, profiles}: Sources): string | undefined {
	if (environment) return undefined;
	if (named) return named.value;
	return profiles.some(it => it.name === 'default') ? 'default' : undefined;
}

/**
 * Whether it signs in by what is at hand, and asks a person nothing on the way: no MFA code, and no program of a
 * profile, which may ask what it likes.
 */
export function signsInUnasked(sources: Sources, asked: string | undefined): boolean {
	const {environment, elsewhere, profiles} = sources;
	const used = asked || defaultProfile(sources);
	if (used === undefined) return environment || elsewhere;
	const it = profiles.find(each => each.name === used);
	if (!it || it.mfa !== undefined || it.kind === 'process' || it.kind === 'nothing') return false;
	// Behind a role stands another profile, and so on; one that stands behind itself ends there.
	const source = it.source === used ? undefined : it.source;
	return source === undefined || signsInUnasked({...sources, profiles: profiles.filter(each => each !== it)}, source);
}

/** What is passed over without being asked for, for people: where two sources disagree, which is used and why. */
export function passedOver(sources: Sources, asked: string | undefined): readonly string[] {
	const {named, environment, profiles} = sources;
	if (asked?.startsWith(':')) return [];
	const used = asked || defaultProfile(sources);
	const it = profiles.find(each => each.name === used);
	return [
		...(environment && !asked && named
			? [
					`The exported AWS_ACCESS_KEY_ID signs in, not profile ${named.value} of ${named.from}, as for the AWS CLI; ` +
						`--profile ${quoted(named.value)} chooses the profile.`,
				]
			: []),
		...(environment && asked ? [`Profile ${asked} signs in; the exported AWS_ACCESS_KEY_ID isn't used.`] : []),
		...(it?.passesOverKey
			? [`Profile ${it.name} signs in by SSO; its access key isn't used, as for the AWS CLI.`]
			: []),
	];
}

/** Whether a setting is there and not empty. */
export const has = (lines: Lines, ...names: readonly string[]): boolean => names.some(it => lines[it]?.value);

function profileOf({name, lines}: Section, {profiles, sessions}: Config): Profile {
	const value = (it: string): string => lines[it]?.value ?? '';
	const session = sessions[value('sso_session')]?.lines ?? {};
	const arns = ['role_arn', 'mfa_serial', 'login_session'].map(it => parseArn(value(it))?.partition);
	const signIn = value('sso_region') || session['sso_region']?.value;
	const kind = kindOf(lines);
	return {
		name,
		region: value('region') || undefined,
		kind,
		source: value('role_arn') ? value('source_profile') || undefined : undefined,
		role: value('role_arn') || undefined,
		mfa: deviceOf(lines, profiles[value('source_profile')]?.lines),
		partition: arns.find(Boolean) ?? (signIn ? partitionOf(signIn) : undefined),
		passesOverKey: kind === 'sso' && has(lines, 'aws_access_key_id'),
	};
}

/**
 * The device that is asked for: a role's own, or that of the key behind it. A session's credentials have their MFA
 * behind them.
 */
function deviceOf(lines: Lines, source: Lines | undefined): string | undefined {
	const own = lines['mfa_serial']?.value || undefined;
	if (has(lines, 'role_arn'))
		return own ?? (source && source !== lines && !has(source, 'role_arn') ? deviceOf(source, undefined) : undefined);
	return kindOf(lines) === 'key' && !has(lines, 'aws_session_token') ? own : undefined;
}

/**
 * In the order of the AWS CLI. Behind a role, a profile's own access key counts before a role of it.
 * https://docs.aws.amazon.com/cli/latest/userguide/cli-chap-configure.html#configure-precedence
 */
export function kindOf(lines: Lines, isSource = false): Kind {
	const key = lines['aws_access_key_id'];
	const isKey = has(lines, 'aws_access_key_id', 'aws_secret_access_key');
	if (has(lines, 'web_identity_token_file')) return 'web-identity';
	if (has(lines, 'role_arn') && !(isSource && isKey)) return 'role';
	if (has(lines, 'sso_account_id', 'sso_role_name')) return 'sso';
	if (isKey && key?.inCredentials) return 'key';
	if (has(lines, 'login_session')) return 'login';
	if (has(lines, 'credential_process')) return 'process';
	if (isKey) return 'key';
	return has(lines, 'sso_session', 'sso_start_url') ? 'sso' : 'nothing';
}

/** The name as it is typed to bash and to PowerShell alike: neither expands, splats or runs anything of it. */
export function quoted(name: string): string {
	if (/^[\w+./:-]+$/.test(name)) return name;
	// To PowerShell the typographic quotes are quotes too.
	if (!/[$`"!\\\u201C-\u201E]/.test(name)) return `"${name}"`;
	// Of a quote within quotes the two have no common spelling.
	return process.platform === 'win32'
		? `'${name.replaceAll(/['\u2018-\u201B]/g, '$&$&')}'`
		: `'${name.replaceAll("'", String.raw`'\''`)}'`;
}
