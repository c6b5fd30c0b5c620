import type {Found} from '../network/trust.js';
import {CantCall, thenAgain} from '../problems/cant-call.js';
import {isAwsHost} from '../rules/regions.js';
import {type Config, type Line, placeOf} from './config-files.js';

/** The services that are called. */
export type Service = 'sts' | 'iam' | 'kms' | 'cloudtrail';
/** The services that only sign in by IAM Identity Center. */
type SignInService = 'sso' | 'sso_oidc';
const services: readonly Service[] = ['sts', 'iam', 'kms', 'cloudtrail'];
/** What a profile and the environment say besides credentials, each with where it was found. */
export type Settings = {
	/** Where calls go instead of AWS's own hosts. */
	readonly endpoints: Partial<Readonly<Record<Service, Found>>>;
	readonly fips: boolean;
	readonly dualstack: boolean;
};
type Whose = {readonly profile: string | undefined; readonly env: NodeJS.ProcessEnv; readonly config: Config};

/** The profile that AWS_PROFILE names, and the name of the variable. */
export const namedProfile = (env: NodeJS.ProcessEnv): Found | undefined =>
	['AWS_PROFILE', 'AWS_DEFAULT_PROFILE'].flatMap(from => (env[from] ? [{value: env[from], from}] : []))[0];

/** The profile whose settings count, whoever signs in: the one asked for, or named by variable, or default. */
export const settingsProfile = (asked: string | undefined, env: NodeJS.ProcessEnv): string =>
	asked || namedProfile(env)?.value || 'default';

/** A setting of the profile that counts. */
function ofProfile({profile, env, config}: Whose, name: string): Found | undefined {
	const whose = settingsProfile(profile, env);
	const line = config.profiles[whose]?.lines[name];
	return line?.value ? found(line, `${name} of profile ${whose}`) : undefined;
}
const found = (line: Line, from: string): Found => ({value: line.value, from: `${from} (${placeOf(line)})`});
const ofVariable = (env: NodeJS.ProcessEnv, from: string): Found | undefined =>
	env[from] ? {value: env[from], from} : undefined;

/** The region as the AWS CLI version 2 finds it, where no flag names one. */
export const regionOf = (whose: Whose): Found | undefined =>
	ofVariable(whose.env, 'AWS_REGION') ?? ofVariable(whose.env, 'AWS_DEFAULT_REGION') ?? ofProfile(whose, 'region');

/** The certificates that the profile names. */
export const caBundleOf = (whose: Whose): Found | undefined => ofProfile(whose, 'ca_bundle');

/** Everything that shapes calls but credentials, checked: what is no URL and no true or false stops before any call. */
export function settingsOf(whose: Whose): Settings {
	checkDefaultsMode(whose);
	const endpoints: Partial<Record<Service, Found>> = {};
	for (const service of services) {
		const it = endpointOf(whose, service);
		if (it) endpoints[service] = it;
	}
	const fips = flagOf(whose, 'AWS_USE_FIPS_ENDPOINT', 'use_fips_endpoint');
	const dualstack = flagOf(whose, 'AWS_USE_DUALSTACK_ENDPOINT', 'use_dualstack_endpoint');
	const [own] = Object.values(endpoints);
	if (own && (fips || dualstack)) throw twoEndpoints(own, fips ? 'FIPS' : 'dual-stack');
	return {endpoints, fips, dualstack};
}

const twoEndpoints = (own: Found, kind: string): CantCall =>
	new CantCall({
		is: 'problem',
		what: `Calls can't go to AWS's ${kind} endpoints and to ${own.value}`,
		why: `${own.from} names that endpoint, and the ${kind} ones are switched on as well`,
		todo: `Take one of the two away, ${thenAgain}`,
		code: 'TwoEndpoints',
	});

/** Where a profile that signs in by IAM Identity Center gets its token, and with that its credentials. */
export const signInEndpoints = (whose: Whose): Readonly<Record<SignInService, string | undefined>> => ({
	sso: endpointOf(whose, 'sso')?.value,
	sso_oidc: endpointOf(whose, 'sso_oidc')?.value,
});

/** Whether an endpoint is not AWS's own. */
export const isStrange = ({value}: Found): boolean => !isAwsHost(new URL(value).hostname);

/** What variables put in AWS's place, by service; who names a profile finds what that puts there. */
export function endpointsByVariable(env: NodeJS.ProcessEnv): Partial<Readonly<Record<Service, string>>> {
	if (/^true$/i.test(env['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS']?.trim() ?? '')) return {};
	const services: readonly Service[] = ['sts', 'iam', 'kms'];
	return Object.fromEntries(
		services.flatMap(it => {
			const url = env[`AWS_ENDPOINT_URL_${it.toUpperCase()}`] || env['AWS_ENDPOINT_URL'];
			return url && URL.canParse(url) && isStrange({value: url, from: it}) ? [[it, url]] : [];
		}),
	);
}

/** https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html */
function endpointOf(whose: Whose, service: Service | SignInService): Found | undefined {
	const {profile, env, config} = whose;
	if (flagOf(whose, 'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS', 'ignore_configured_endpoint_urls')) return undefined;
	const it =
		ofVariable(env, `AWS_ENDPOINT_URL_${service.toUpperCase()}`) ??
		ofVariable(env, 'AWS_ENDPOINT_URL') ??
		ofServices(whose, service) ??
		ofProfile({profile, env, config}, 'endpoint_url');
	if (!it) return undefined;
	if (/^https?:\/\/./i.test(it.value) && URL.canParse(it.value)) return it;
	throw new CantCall({
		is: 'problem',
		what: `The endpoint of ${it.from} can't be called`,
		why: `${it.value} isn't a URL: it needs http:// or https:// before the host`,
		todo: `Correct it, or take it away to call AWS itself, ${thenAgain}`,
		code: 'BadEndpoint',
	});
}

function ofServices(whose: Whose, service: Service | SignInService): Found | undefined {
	const named = ofProfile(whose, 'services');
	if (!named) return undefined;
	const section = whose.config.services[named.value];
	if (!section)
		throw new CantCall({
			is: 'problem',
			what: `There is no section [services ${named.value}]`,
			why: `It is named by ${named.from}`,
			todo: `Correct the name, or take the line away, ${thenAgain}`,
			code: 'NoSection',
		});
	const line = section.lines[`${service}.endpoint_url`];
	return line?.value ? found(line, `endpoint_url of services ${named.value}`) : undefined;
}

/** A setting that is true or false, in any case. */
function flagOf(whose: Whose, variable: string, name: string): boolean {
	const it = ofVariable(whose.env, variable) ?? ofProfile(whose, name);
	if (!it) return false;
	const value = it.value.trim().toLowerCase();
	if (value === 'true' || value === 'false') return value === 'true';
	throw new CantCall({
		is: 'problem',
		what: `${it.from} is ${it.value}`,
		why: 'It takes true or false, and which is meant decides where calls go',
		todo: `Set it to true or false, or take it away, ${thenAgain}`,
		code: 'BadSetting',
	});
}

const modes = ['standard', 'in-region', 'cross-region', 'mobile', 'auto', 'legacy'];
function checkDefaultsMode(whose: Whose): void {
	const it = ofVariable(whose.env, 'AWS_DEFAULTS_MODE') ?? ofProfile(whose, 'defaults_mode');
	if (!it || modes.includes(it.value.toLowerCase())) return;
	throw new CantCall({
		is: 'problem',
		what: `${it.from} is ${it.value}`,
		why: `It takes ${modes.join(', ')}`,
		todo: `Correct it, or take it away, ${thenAgain}`,
		code: 'BadSetting',
	});
}
