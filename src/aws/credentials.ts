import {fromNodeProviderChain} from '@aws-sdk/credential-providers';
import {loadSharedConfigFiles} from '@smithy/core/config';
import type {AwsCredentialIdentityProvider} from '@smithy/types';

/** Where credentials may come from: profiles of the shared config files, and the environment. */
export type Sources = {
	readonly profiles: readonly {readonly name: string; readonly region?: string}[];
	readonly environment: boolean;
	/** Credentials that a container or a web identity gives. */
	readonly elsewhere: boolean;
};

/** The credentials that could be used on this machine, without reading any secret. */
export async function findSources(env: NodeJS.ProcessEnv): Promise<Sources> {
	const files = await loadSharedConfigFiles().catch(() => undefined);
	const all: Record<string, Record<string, string | undefined>> = {};
	for (const file of [files?.configFile ?? {}, files?.credentialsFile ?? {}]) {
		for (const [name, section] of Object.entries(file)) {
			if (!/^(sso-session|services)\./.test(name)) all[name] = {...all[name], ...section};
		}
	}
	const profiles = Object.entries(all).map(([name, {region}]) => ({name, ...(region && {region})}));
	const elsewhere = ['AWS_WEB_IDENTITY_TOKEN_FILE', 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI', 'AWS_CONTAINER_CREDENTIALS_FULL_URI'].some(
		it => env[it],
	);
	return {profiles, elsewhere, environment: Boolean(env['AWS_ACCESS_KEY_ID'] && env['AWS_SECRET_ACCESS_KEY'])};
}

/** The SDK's own chain, without a search for an instance's role where nothing asks for one: on a desktop it only waits. */
export function credentialsFor(profile: string | undefined, env: NodeJS.ProcessEnv): AwsCredentialIdentityProvider {
	env['AWS_EC2_METADATA_DISABLED'] ??= 'true';
	return fromNodeProviderChain({...(profile && {profile}), logger: {debug() {}, info() {}, warn() {}, error() {}}});
}
