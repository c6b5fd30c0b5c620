import {
	fromHttp,
	fromInstanceMetadata,
	fromLoginCredentials,
	fromSSO,
	fromTokenFile,
} from '@aws-sdk/credential-providers';
import {externalDataInterceptor} from '@smithy/core/config';
import type {AwsCredentialIdentity, AwsCredentialIdentityProvider} from '@smithy/types';
import type {Handler, Network} from '../network/network.js';
import {type Config, forSdk} from './config-files.js';
import {type Settings, signInEndpoints} from './settings.js';

const quiet = {debug() {}, info() {}, warn() {}, error() {}};
const patience = {connectionTimeout: 10_000, requestTimeout: 30_000, throwOnRequestTimeout: true};
/** What the SDK's own ways to sign in need. */
export type Ground = {
	readonly env: NodeJS.ProcessEnv;
	readonly config: Config;
	readonly network: Network;
	readonly settings: Settings;
	readonly region: string;
};

/** By IAM Identity Center: the token that aws sso login left, renewed where that is possible. */
export const bySso = (profile: string, ground: Ground): Promise<AwsCredentialIdentity> => {
	const {sso, sso_oidc} = signInEndpoints({...ground, profile});
	const to = (path: string): string | undefined => (path === '/token' ? sso_oidc : sso);
	return over(ground, clientConfig => fromSSO({profile, clientConfig, ignoreCache: true, logger: quiet}), to);
};

/** By what aws login left. */
export const byLogin = (profile: string, ground: Ground): Promise<AwsCredentialIdentity> =>
	over(ground, clientConfig => fromLoginCredentials({profile, clientConfig, ignoreCache: true, logger: quiet}));

/** By a token that another identity provider wrote into a file, for a role. */
export const byTokenFile = (
	{file, role, session}: {readonly file: string; readonly role: string; readonly session: string | undefined},
	ground: Ground,
): Promise<AwsCredentialIdentity> =>
	over(ground, clientConfig =>
		fromTokenFile({
			webIdentityTokenFile: file,
			roleArn: role,
			roleSessionName: session ?? `nps-kms-${Date.now()}`,
			clientConfig: {...clientConfig, region: ground.region},
			logger: quiet,
		}),
	);

/** By what a container's environment offers. */
export const byContainer = (): Promise<AwsCredentialIdentity> => fromHttp({logger: quiet})();

/** By the instance that this runs on. */
export const byInstance = (): Promise<AwsCredentialIdentity> =>
	fromInstanceMetadata({timeout: 2000, maxRetries: 1, logger: quiet})();

/** Over the network of this machine; the SDK words anew what the line told last, so that is kept apart. */
async function over(
	{config, env, network, settings}: Ground,
	provider: (clientConfig: object) => AwsCredentialIdentityProvider,
	to: (path: string) => string | undefined = () => undefined,
): Promise<AwsCredentialIdentity> {
	let trouble: unknown;
	const inner = network.handler(patience);
	const requestHandler: Handler = {
		...inner,
		async handle(request, options) {
			trouble = undefined;
			return inner.handle(elsewhere(request, to(request.path)), options).catch((error: unknown) => {
				trouble = error;
				throw error;
			});
		},
	};
	readByUs(config, env);
	const {fips: useFipsEndpoint, dualstack: useDualstackEndpoint} = settings;
	const own = {requestHandler, logger: quiet, userAgentAppId: 'nps-kms', useFipsEndpoint, useDualstackEndpoint};
	try {
		return await provider(own)();
	} catch (error) {
		throw trouble ?? error;
	}
}

/** The request as it goes to an endpoint that is set: these bear a token of their own, and no signature. */
function elsewhere(request: Parameters<Handler['handle']>[0], endpoint: string | undefined): typeof request {
	if (!endpoint) return request;
	const {protocol, hostname, port, host} = new URL(endpoint);
	return Object.assign(request, {
		protocol,
		hostname,
		port: port ? Number(port) : undefined,
		headers: {...request.headers, host},
	});
}

/** Lets the SDK read what we read of the shared files, which understands more of them. */
function readByUs(config: Config, env: NodeJS.ProcessEnv): void {
	const {files} = config;
	for (const path of [files.config, env['AWS_CONFIG_FILE']])
		if (path) externalDataInterceptor.interceptFile(path, forSdk(config));
	for (const path of [files.credentials, env['AWS_SHARED_CREDENTIALS_FILE']])
		if (path && path !== files.config) externalDataInterceptor.interceptFile(path, '');
}
