import {fromNodeProviderChain} from '@aws-sdk/credential-providers';
import type {AwsCredentialIdentityProvider} from '@smithy/types';

/** The SDK's own chain, without a search for an instance's role where nothing asks for one: on a desktop it only waits. */
export function credentialsFor(profile: string | undefined, env: NodeJS.ProcessEnv): AwsCredentialIdentityProvider {
	env['AWS_EC2_METADATA_DISABLED'] ??= 'true';
	return fromNodeProviderChain({...(profile && {profile}), logger: {debug() {}, info() {}, warn() {}, error() {}}});
}
