import {NodeHttpHandler} from '@smithy/node-http-handler';
import type {AwsCredentialIdentityProvider} from '@smithy/types';
import {Refused, type Reply, type SentCall} from '../engine/apply.js';
import type {Call, Look} from '../engine/step.js';
import {apis, clients} from './apis.js';

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
type Connection = {
	readonly region: string;
	readonly credentials: AwsCredentialIdentityProvider;
	readonly profile?: string | undefined;
	readonly timeoutMs?: number;
	/** Where all calls go instead of AWS. */
	readonly endpoint?: string | undefined;
};

/** A client of one service, as far as it is used here. */
type Client = {send(command: unknown, options: {abortSignal: AbortSignal}): Promise<{$metadata: {requestId?: string}}>};

const quiet = {debug() {}, info() {}, warn() {}, error() {}, trace() {}};

/** Reaches AWS with the given credentials. Reads are repeated by the SDK where that is safe; changes never are. */
export function reach({region, credentials, profile, endpoint, timeoutMs = 30_000}: Connection): Aws {
	const made = new Map<string, Client>();
	let ahead: number | undefined;
	const clientFor = (service: Service, maxAttempts: number): Client => {
		const key = `${service} ${maxAttempts}`;
		const client =
			made.get(key) ??
			new clients[service]({
				region,
				credentials,
				maxAttempts,
				logger: quiet,
				userAgentAppId: 'nps-kms',
				...(profile && {profile}),
				...(endpoint && {endpoint}),
				requestHandler: timed(date => {
					ahead = date - Date.now();
				}),
			});
		made.set(key, client);
		return client;
	};
	const go = async (call: SentCall, maxAttempts: number): Promise<{$metadata: {requestId?: string}}> => {
		const {service, Command} = commandOf(call.api);
		const output = await clientFor(service, maxAttempts).send(new Command(call.input), {abortSignal: AbortSignal.timeout(timeoutMs)});
		// The SDK takes a portal's page with status 200 for an empty answer of IAM; AWS's own answers bear a request id, or at least something.
		if (!output.$metadata.requestId && Object.keys(output).length === 1)
			throw Object.assign(new Error("the answer lacks AWS's request id"), {$metadata: output.$metadata});
		return output;
	};
	const read = async <R>({api, input}: Call<R>): Promise<R | undefined> => {
		if (!/^\w+:(Get|List|Describe|Simulate)/.test(api)) throw new TypeError(`${api} is not a read`);
		try {
			return (await go({api, input}, 3)) as R;
		} catch (error) {
			if (isAbsent(error)) return undefined;
			throw error;
		}
	};
	const told = async (call: SentCall, maxAttempts: number): Promise<Reply> => {
		try {
			const output = await go(call, maxAttempts);
			return {output, ...(output.$metadata.requestId && {requestId: output.$metadata.requestId})};
		} catch (error) {
			throw asRefusal(error) ?? error;
		}
	};
	return {
		send: call => told(call, 1),
		attempt: call => told(call, 3),
		look: {at: read, all: call => pages(call, read)},
		ahead: () => ahead,
		endpoints: async () => (endpoint ? {iam: endpoint, kms: endpoint, sts: endpoint} : endpointsOf(region, profile)),
	};
}

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

function commandOf(api: string): {service: Service; Command: new (input: unknown) => unknown} {
	if (!(api in apis)) throw new TypeError(`${api} is not in the list of calls`);
	return {
		service: api.split(':')[0] as Service,
		Command: apis[api as keyof typeof apis] as unknown as new (input: unknown) => unknown,
	};
}

type Handler = Pick<NodeHttpHandler, 'handle' | 'metadata' | 'destroy'>;
/** The SDK's own HTTP handler, telling the date of each answer. */
function timed(tell: (date: number) => void): Handler {
	const inner = new NodeHttpHandler({connectionTimeout: 10_000});
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

/** Asks each client where it would send a call, and stops it there. */
async function endpointsOf(region: string, profile?: string): Promise<Record<Service, string>> {
	const probes = {iam: apis['iam:ListAccountAliases'], kms: apis['kms:ListKeys'], sts: apis['sts:GetCallerIdentity']};
	const found: Record<Service, string> = {iam: '', kms: '', sts: ''};
	for (const service of ['sts', 'iam', 'kms'] as const) {
		const requestHandler: Pick<NodeHttpHandler, 'handle' | 'metadata'> = {
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
			...(profile && {profile}),
			credentials: {accessKeyId: 'none', secretAccessKey: 'none'},
		}) as unknown as Client;
		await client
			.send(new (probes[service] as unknown as new (input: unknown) => unknown)({}), {abortSignal: AbortSignal.timeout(5000)})
			.catch(() => undefined);
	}
	return found;
}

type AwsError = Error & {$metadata?: {httpStatusCode?: number; requestId?: string}};
const isAbsent = (error: unknown): boolean =>
	asRefusal(error) !== undefined && ['NoSuchEntity', 'NoSuchEntityException', 'NotFoundException'].includes((error as Error).name);

/** AWS's no: a 4xx with its code and request id. Anything else (5xx, a proxy's page, a dropped line) is doubt. */
function asRefusal(error: unknown): Refused | undefined {
	if (!(error instanceof Error)) return undefined;
	const {name, message, $metadata} = error as AwsError;
	const status = $metadata?.httpStatusCode ?? 0;
	if (status < 400 || status > 499 || status === 408 || !$metadata?.requestId || /^(SyntaxError|TypeError|Error|Unknown\w*)$/.test(name))
		return undefined;
	return new Refused(name, message, $metadata.requestId, temporary(name, message));
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html */
function temporary(code: string, message: string): Refused['temporary'] {
	if (/^(Throttling|ThrottlingException|RequestLimitExceeded|TooManyRequestsException)$/.test(code))
		return {why: 'AWS asks to slow down', atMost: 60};
	if (/^(ConcurrentModification|EntityTemporarilyUnmodifiable)(Exception)?$/.test(code)) return {why: 'another change is under way', atMost: 60};
	if (/^LimitExceeded(Exception)?$/.test(code) && /try again|later/i.test(message)) return {why: 'AWS asks to try again later', atMost: 60};
	return undefined;
}
