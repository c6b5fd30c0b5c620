import {type Network, networkOf} from '../aws/network/network.js';
import {CantCall} from '../aws/problems/cant-call.js';
import {type Config, readConfig} from '../aws/sign-in/config-files.js';
import {passedOver, quoted, type Sources, sourcesOf} from '../aws/sign-in/profiles.js';
import {caBundleOf, isStrange, namedProfile, type Service, type Settings, settingsOf} from '../aws/sign-in/settings.js';
import {keyOfNumber} from '../engine/keys.js';
import {Trouble} from '../engine/trouble.js';

/** How calls leave this machine for one profile: where they go, by which way, and what to know of it. */
export type Route = {
	readonly network: Network;
	readonly settings: Settings;
	/** Where calls go if that isn't AWS. */
	readonly endpoint: string | undefined;
	/** Where two sources disagree: which is used, and why. */
	readonly notes: readonly string[];
};

/**
 * The way out for a profile, or for what the AWS CLI would use without one. What can't be right stops here; `confirmed`
 * is where a person said that exported keys may be used.
 */
export async function routeToAws(
	profile: string | undefined,
	env: NodeJS.ProcessEnv,
	confirmed?: string,
): Promise<Route> {
	const config = await readConfig(env);
	const whose = {profile, env, config};
	try {
		const settings = settingsOf(whose);
		const endpoint = endpointOf(settings);
		const sources = sourcesOf(config, env);
		checkWhoseEndpoint(settings, sources, profile, confirmed);
		const network = networkOf(env, async () => caBundleOf(whose));
		return {network, settings, endpoint, notes: [...passedOver(sources, profile), ...unknownProfile(whose)]};
	} catch (error) {
		throw error instanceof CantCall ? new Trouble(error.problem) : error;
	}
}

const services: readonly Service[] = ['sts', 'iam', 'kms'];
/** Where calls go, if not to AWS; some to AWS and some elsewhere is never meant. */
function endpointOf({endpoints}: Settings): string | undefined {
	const strange = services.flatMap(it => {
		const found = endpoints[it];
		return found && isStrange(found) ? [{service: it, url: found.value.replace(/\/$/, '')}] : [];
	});
	if (strange.length > 0 && strange.length < services.length) {
		const told = (it: Service): string => {
			const found = endpoints[it];
			return found ? `${it} to ${found.value} (${found.from})` : `${it} to AWS`;
		};
		throw new Trouble({
			is: 'problem',
			what: 'Some calls would go to AWS and some elsewhere',
			why: services.map(told).join(', '),
			todo: 'Set AWS_ENDPOINT_URL for all services or for none',
			code: 'MixedEndpoints',
		});
	}
	const urls = new Set(strange.map(it => it.url));
	return urls.size > 1 ? strange.map(it => `${it.service} ${it.url}`).join(', ') : [...urls][0];
}

/** Exported keys are somebody's for AWS: they aren't sent where a profile that didn't bring them says. */
function checkWhoseEndpoint(
	{endpoints}: Settings,
	{environment, named}: Sources,
	profile: string | undefined,
	confirmed: string | undefined,
): void {
	const found = endpoints.sts;
	if (!environment || profile || !found || !isStrange(found) || found.from.startsWith('AWS_ENDPOINT_URL')) return;
	if (found.value === confirmed) return;
	const name = named?.value ?? 'default';
	throw new Trouble({
		is: 'problem',
		what: `The exported AWS_ACCESS_KEY_ID would sign calls to ${found.value}, which isn't AWS`,
		why: `The endpoint comes from ${found.from}, and the access key from the environment`,
		code: 'WhoseEndpoint',
		ways: [
			{
				is: 'choose',
				key: keyOfNumber(1),
				label: `use the exported key at ${found.value}`,
				answers: {exportedKeyTo: found.value},
			},
			{
				is: 'choose',
				key: keyOfNumber(2),
				label: `use profile ${name}`,
				says: "use the profile's own credentials there",
				answers: {profile: name},
				flags: `--profile ${quoted(name)}`,
			},
			{is: 'by-hand', says: `to use the exported key there unasked, set AWS_ENDPOINT_URL to ${found.value}`},
			{is: 'by-hand', says: `to call AWS, unset ${named?.from ?? 'AWS_PROFILE'} or the endpoint`},
		],
	});
}

/** Who signs in by exported keys learns that the profile whose settings should count isn't there. */
function unknownProfile({
	profile,
	env,
	config,
}: {
	profile: string | undefined;
	env: NodeJS.ProcessEnv;
	config: Config;
}): readonly string[] {
	const named = profile ? undefined : namedProfile(env);
	return named && !config.profiles[named.value]
		? [`There is no profile ${named.value}, which ${named.from} names.`]
		: [];
}
