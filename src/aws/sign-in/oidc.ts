import type {
	CreateTokenCommandOutput,
	RegisterClientCommandOutput,
	SSOOIDCClient,
	SSOOIDCClientConfig,
	StartDeviceAuthorizationCommandOutput,
} from '@aws-sdk/client-sso-oidc';
import {readNoFiles} from '../client/clients.js';
import type {Handler, Network} from '../network/network.js';
import type {Settings} from './settings.js';

/** AWS's own client, which only who signs in from inside loads. */
const sdk = () => import('@aws-sdk/client-sso-oidc');
const quiet = {debug() {}, info() {}, warn() {}, error() {}, trace() {}};

/** This program as IAM Identity Center knows it. */
export type Registered = {readonly id: string; readonly secret: string; readonly until: Date};
/** Where a person signs in, and for how long and how often it is asked whether they have, in milliseconds. */
export type Device = {
	readonly device: string;
	readonly user: string;
	readonly address: string;
	readonly lastsMs: number;
	readonly pauseMs: number;
};
/** What a person who signed in is known by. */
export type Token = {readonly access: string; readonly refresh: string | undefined; readonly until: Date};
/** Nobody signed in yet: ask again, less often where it says so. */
export type NotYet = 'pending' | 'slow_down';

type Where = {
	readonly region: string;
	/** Where calls go instead of AWS's own host. */
	readonly endpoint: string | undefined;
	readonly settings: Pick<Settings, 'fips' | 'dualstack'>;
};

/**
 * The part of IAM Identity Center that gives tokens, over the network of this machine; it needs no credentials. What it
 * refuses is thrown as AWS's own client throws it. https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/
 */
export class Oidc {
	readonly #client: Promise<SSOOIDCClient>;

	constructor(where: Where, network: Network) {
		const patience = {connectionTimeout: 10_000, requestTimeout: 30_000, throwOnRequestTimeout: true};
		this.#client = clientOf(where, network.handler(patience), 3);
	}

	async register(scopes: readonly string[]): Promise<Registered> {
		const {RegisterClientCommand} = await sdk();
		const input = {clientName: 'nps-kms', clientType: 'public', ...(scopes.length > 0 && {scopes: [...scopes]})};
		const it: RegisterClientCommandOutput = await (await this.#client).send(new RegisterClientCommand(input));
		return {id: it.clientId ?? '', secret: it.clientSecret ?? '', until: inSeconds(it.clientSecretExpiresAt)};
	}

	async begin({id, secret}: Registered, startUrl: string): Promise<Device> {
		const {StartDeviceAuthorizationCommand} = await sdk();
		const input = {clientId: id, clientSecret: secret, startUrl};
		const it: StartDeviceAuthorizationCommandOutput = await (await this.#client).send(
			new StartDeviceAuthorizationCommand(input),
		);
		return {
			device: it.deviceCode ?? '',
			user: it.userCode ?? '',
			address: it.verificationUriComplete ?? it.verificationUri ?? '',
			lastsMs: (it.expiresIn ?? 600) * 1000,
			pauseMs: (it.interval ?? 5) * 1000,
		};
	}

	async token({id, secret}: Registered, {device}: Device): Promise<Token | NotYet> {
		const {CreateTokenCommand} = await sdk();
		const grantType = 'urn:ietf:params:oauth:grant-type:device_code';
		try {
			const input = {clientId: id, clientSecret: secret, deviceCode: device, grantType};
			const it: CreateTokenCommandOutput = await (await this.#client).send(new CreateTokenCommand(input));
			if (!it.accessToken) return 'pending';
			const until = new Date(Date.now() + (it.expiresIn ?? 3600) * 1000);
			return {access: it.accessToken, refresh: it.refreshToken, until};
		} catch (error) {
			const code = codeOf(error);
			if (code === 'authorization_pending') return 'pending';
			if (code === 'slow_down') return 'slow_down';
			throw error;
		}
	}
}

const inSeconds = (since1970 = 0): Date => new Date(since1970 * 1000);

/** The code of OAuth that it refuses by, as `access_denied`; empty for what isn't a refusal of it. */
export const codeOf = (error: unknown): string => {
	const {error: code} = (error ?? {}) as {error?: unknown};
	return typeof code === 'string' ? code : '';
};

async function clientOf(
	{region, endpoint, settings}: Where,
	requestHandler: Pick<Handler, 'handle' | 'metadata'>,
	maxAttempts: number,
): Promise<SSOOIDCClient> {
	const {SSOOIDCClient} = await sdk();
	await readNoFiles();
	return new SSOOIDCClient({
		region,
		maxAttempts,
		requestHandler: requestHandler as NonNullable<SSOOIDCClientConfig['requestHandler']>,
		logger: quiet,
		userAgentAppId: 'nps-kms',
		...(endpoint
			? {endpoint}
			: {
					ignoreConfiguredEndpointUrls: true,
					useFipsEndpoint: settings.fips,
					useDualstackEndpoint: settings.dualstack,
				}),
	});
}

/** Where it is called, by AWS's own rules: asks the client, and stops its call there. */
export async function oidcAddress(where: Where): Promise<string> {
	const {RegisterClientCommand} = await sdk();
	let found = '';
	const requestHandler: Pick<Handler, 'handle' | 'metadata'> = {
		metadata: {handlerProtocol: 'http/1.1'},
		handle: async ({protocol, hostname, port}) => {
			found = `${protocol}//${hostname}${port ? `:${port}` : ''}`;
			throw new Error('seen');
		},
	};
	const client = await clientOf(where, requestHandler, 1);
	await client.send(new RegisterClientCommand({clientName: 'x', clientType: 'public'})).catch((error: unknown) => {
		if (found === '') throw error;
	});
	return found;
}
