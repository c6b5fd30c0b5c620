import type {AwsCredentialIdentityProvider} from '@smithy/types';
import type {Reply, SentCall} from '../../engine/apply.js';
import type {Call, Look} from '../../engine/step.js';
import type {Handler, Network} from '../network/network.js';
import type {Settings} from '../sign-in/settings.js';
import type {clients} from './apis.js';
import {type Hear, together, watched, within} from './outstanding.js';
import {asRefusal, bothClocks, isAbsent, isSkew} from './refusals.js';

/** AWS's own clients: half of what a run loads, so they are loaded with the first call. */
const sdk = () => import('./sdk.js');

/** AWS, as this program reaches it. */
export type Aws = {
	/** Makes a change: goes out once, whatever happens to it. */
	send(call: SentCall): Promise<Reply>;
	/** Tries a call that changes nothing; repeated by the SDK where the line drops. */
	attempt(call: SentCall): Promise<Reply>;
	/** Reads only. */
	readonly look: Pick<Look, 'at' | 'all'>;
	/** How far AWS's clock is ahead of this machine's, in milliseconds, once an answer has told. */
	ahead(): number | undefined;
	/** Where each service's calls go, without making one. */
	endpoints(): Promise<Readonly<Record<Service, string>>>;
};
type Service = keyof typeof clients;
/** Credentials that may end in the middle of a run, and then come anew; a person may have to be asked for them. */
type Renewed = {times(): number; renew(times: number): Promise<void>; reread(): void; asks(): boolean};
type Connection = {
	readonly region: string;
	/** How calls leave this machine. */
	readonly network: Network;
	readonly credentials: AwsCredentialIdentityProvider & Partial<Renewed>;
	/** What the profile and the environment say of where calls go. */
	readonly settings?: Settings | undefined;
	/** Where all calls go instead of AWS. */
	readonly endpoint?: string | undefined;
	/** How long an answer is waited for, in milliseconds. */
	readonly timeoutMs?: number | undefined;
	/** The person leaves: what only looks or tries ends at once, with its reason. A change is never abandoned. */
	readonly left?: AbortSignal | undefined;
	/** Hears what is not answered yet, and with nothing that it is over. */
	readonly hear?: Hear | undefined;
};

/** A client of one service, as far as it is used here. */
type Client = {
	send(command: unknown, options: {abortSignal: AbortSignal}): Promise<Output>;
	readonly config: {systemClockOffset: number; credentials(): Promise<unknown>};
};
type Output = {$metadata: {requestId?: string}};

/** AWS lets five minutes pass; the SDK corrects from four on. */
const tolerableMs = 240_000;
const patience = {connectionTimeout: 10_000, throwOnRequestTimeout: true};
const quiet = {debug() {}, info() {}, warn() {}, error() {}, trace() {}};

/** Reaches AWS with the given credentials. Reads are repeated by the SDK where that is safe; changes never are. */
export function reach(connection: Connection): Aws {
	const {region, network, credentials, settings, endpoint, timeoutMs = 30_000, left, hear} = connection;
	const made = new Map<string, Client>();
	const hearing = together(hear);
	let ahead: number | undefined;
	const clientFor = async (service: Service, maxAttempts: number): Promise<Client> => {
		const {clients} = await sdk();
		const key = `${service} ${maxAttempts}`;
		const client =
			made.get(key) ??
			(new clients[service]({
				region,
				credentials,
				maxAttempts,
				logger: quiet,
				userAgentAppId: 'nps-kms',
				...whereTo(service, endpoint, settings),
				// Each attempt has its share of the time, so that a line that went dead once doesn't use up all of it.
				requestHandler: timed(network.handler({...patience, requestTimeout: timeoutMs / maxAttempts}), date => {
					ahead = date - Date.now();
				}),
			}) as unknown as Client);
		made.set(key, client);
		return client;
	};
	const go = async ({api, input}: SentCall, maxAttempts: number): Promise<Output> => {
		const {service, Command} = await commandOf(api);
		const client = await clientFor(service, maxAttempts);
		const leaving = maxAttempts > 1 ? left : undefined;
		const telling = {tickMs: timeoutMs / 30, hear: hearing(), left: leaving};
		const asks = (): boolean => credentials.asks?.() === true;
		// A helper may have to ask a person: its time is not the call's. Whom we ask ourselves is neither told to wait nor
		// given up on.
		const helped = within(client.config.credentials(), timeoutMs * 10, late, asks);
		const hearUnasked: Hear = it => telling.hear(asks() ? undefined : it);
		await watched(helped, {
			...telling,
			hear: hearUnasked,
			for: 'your credentials',
			why: "your credentials aren't there yet",
			limitMs: timeoutMs * 10,
		});
		// The SDK corrects each client by its own answers: a change must not be refused for what a look has told already.
		client.config.systemClockOffset = ahead !== undefined && Math.abs(ahead) >= tolerableMs ? ahead : 0;
		const abortSignal = AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(leaving ? [leaving] : [])]);
		const out = client.send(new Command(input), {abortSignal});
		return watched(out, {...telling, for: 'AWS', why: `${api} is not answered yet`, limitMs: timeoutMs});
	};
	const whole = async (call: SentCall, maxAttempts: number): Promise<Output> => {
		try {
			const output = await go(call, maxAttempts);
			// The SDK takes a portal's page with status 200 for an empty answer of IAM; AWS's own answers bear a request id,
			// or at least something.
			if (!output.$metadata.requestId && Object.keys(output).length === 1)
				throw Object.assign(new Error("the answer lacks AWS's request id"), {$metadata: output.$metadata});
			return output;
		} catch (error) {
			throw error instanceof Error ? withWhat(error, call, ahead) : error;
		}
	};
	/** A call that AWS refused because the session is over goes out again with the next one: it did nothing. */
	const renewed = async (call: SentCall, maxAttempts: number): Promise<Output> => {
		const times = credentials.times?.() ?? 0;
		try {
			return await whole(call, maxAttempts);
		} catch (error) {
			const code = asRefusal(error)?.code ?? '';
			if (/^(InvalidClientTokenId|UnrecognizedClientException)$/.test(code) && credentials.reread) {
				credentials.reread();
				made.clear();
			}
			if (!/^ExpiredToken(Exception)?$/.test(code) || !credentials.renew) throw error;
			await credentials.renew(Math.max(times, 1));
			made.clear();
			return whole(call, maxAttempts);
		}
	};
	const read = async <R>({api, input}: Call<R>): Promise<R | undefined> => {
		if (!/^\w+:(Get|List|Describe|Simulate)/.test(api)) throw new TypeError(`${api} is not a read`);
		try {
			return (await renewed({api, input}, 3)) as R;
		} catch (error) {
			if (isAbsent(error)) return undefined;
			throw error;
		}
	};
	const told = async (call: SentCall, maxAttempts: number): Promise<Reply> => {
		try {
			const output = await renewed(call, maxAttempts);
			return {output, ...(output.$metadata.requestId && {requestId: output.$metadata.requestId})};
		} catch (error) {
			const refused = asRefusal(error);
			throw refused ? Object.assign(refused, {api: call.api}) : error;
		}
	};
	return {
		send: call => told(call, 1),
		attempt: call => told(call, 3),
		look: {at: read, all: call => pages(call, read)},
		ahead: () => ahead,
		endpoints: async () => (endpoint ? {iam: endpoint, kms: endpoint, sts: endpoint} : endpointsOf(region, settings)),
	};
}

/** The error with the call that it is about, and where AWS refuses it for its time with both clocks. */
function withWhat(error: Error, {api}: SentCall, ahead: number | undefined): Error {
	if (ahead !== undefined && isSkew(error.name, error.message)) error.message = `${error.message} ${bothClocks(ahead)}`;
	return Object.assign(error, {api});
}
const late = (): Error =>
	Object.assign(new Error('The credentials did not come in time'), {name: 'CredentialsProviderError'});

async function* pages<R>(call: Call<R>, read: (call: Call<R>) => Promise<R | undefined>): AsyncGenerator<R> {
	let input = call.input;
	for (;;) {
		const page = await read({...call, input});
		if (page === undefined) return;
		yield page;
		const {IsTruncated, Truncated, Marker, NextMarker} = page as {
			IsTruncated?: boolean;
			Truncated?: boolean;
			Marker?: string;
			NextMarker?: string;
		};
		const next = NextMarker ?? Marker;
		if (!(IsTruncated ?? Truncated) || next === undefined) return;
		input = {...input, Marker: next};
	}
}

async function commandOf(api: string): Promise<{service: Service; Command: new (input: unknown) => unknown}> {
	const {apis} = await sdk();
	if (!(api in apis)) throw new TypeError(`${api} is not in the list of calls`);
	return {
		service: api.split(':')[0] as Service,
		Command: apis[api as keyof typeof apis] as unknown as new (input: unknown) => unknown,
	};
}

/** A handler that tells the date of each answer. */
function timed(inner: Handler, tell: (date: number) => void): Handler {
	return {
		metadata: inner.metadata,
		destroy: () => inner.destroy(),
		async handle(request, options) {
			const answer = await inner.handle(request, options);
			const date = Date.parse(answer.response.headers['date'] ?? '');
			if (!Number.isNaN(date)) tell(date);
			return answer;
		},
	};
}

/** Where a client's calls go, as we found it: the SDK itself reads other profiles' settings, or none. */
const whereTo = (service: Service, endpoint: string | undefined, settings: Settings | undefined): object => {
	const url = endpoint ?? settings?.endpoints[service]?.value;
	return {
		...(url ? {endpoint: url} : {ignoreConfiguredEndpointUrls: true}),
		useFipsEndpoint: settings?.fips ?? false,
		useDualstackEndpoint: settings?.dualstack ?? false,
	};
};

/** Asks each client where it would send a call, and stops it there. */
async function endpointsOf(region: string, settings: Settings | undefined): Promise<Record<Service, string>> {
	const {apis, clients} = await sdk();
	const probes = {iam: apis['iam:ListAccountAliases'], kms: apis['kms:ListKeys'], sts: apis['sts:GetCallerIdentity']};
	const found: Record<Service, string> = {iam: '', kms: '', sts: ''};
	for (const service of ['sts', 'iam', 'kms'] as const) {
		const requestHandler: Pick<Handler, 'handle' | 'metadata'> = {
			metadata: {handlerProtocol: 'http/1.1'},
			handle: async ({protocol, hostname, port}) => {
				found[service] = `${protocol}//${hostname}${port ? `:${port}` : ''}`;
				throw new Error('seen');
			},
		};
		const client = new clients[service]({
			region,
			maxAttempts: 1,
			logger: quiet,
			requestHandler,
			...whereTo(service, undefined, settings),
			credentials: {accessKeyId: 'none', secretAccessKey: 'none'},
		}) as unknown as Client;
		await client
			.send(new (probes[service] as unknown as new (input: unknown) => unknown)({}), {
				abortSignal: AbortSignal.timeout(5000),
			})
			.catch(() => undefined);
	}
	return found;
}
