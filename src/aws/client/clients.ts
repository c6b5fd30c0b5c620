import {createHash} from 'node:crypto';
import type {AwsCredentialIdentity, AwsCredentialIdentityProvider} from '@smithy/types';
import type {Handler, Network} from '../network/network.js';
import {pathsOf} from '../sign-in/config-files.js';
import {isStrange, type Settings} from '../sign-in/settings.js';
import type {clients} from './apis.js';
import type {Hear} from './late-answers.js';

/** AWS's own clients: half of what a run loads, so they are loaded with the first call. */
const sdk = () => import('./sdk.js');

/** What stands in the shared files we read ourselves: the SDK would wait for ever for a pipe among them. */
export async function readNoFiles(): Promise<void> {
	const {externalDataInterceptor: reading} = await sdk();
	for (const path of Object.values(pathsOf(process.env)))
		if (reading.getFileRecord()[path] === undefined) reading.interceptFile(path, '');
}

/** A service that is called, as the SDK names it. */
export type Service = keyof typeof clients;
/** A service without which nothing can be set up. */
export type Needed = Exclude<Service, 'cloudtrail'>;
/** Credentials that may end in the middle of a run, and then come anew; a person may have to be asked for them. */
type Renewed = {
	times(): number;
	renew(times: number): Promise<void>;
	reread(): void;
	denied(): void;
	asks(): boolean;
};
/** How calls go out: as whom, where to, and how long an answer is waited for. */
export type Calling = {
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
	/** Over whose connections they go; over those of their own credentials unless told. */
	readonly over?: (() => string) | undefined;
	/** The person leaves: what only looks or tries ends at once, with its reason. A change is never abandoned. */
	readonly left?: AbortSignal | undefined;
	/** Hears what is not answered yet, and with nothing that it is over. */
	readonly hear?: Hear | undefined;
};

/** A client of one service, as far as it is used here. */
export type Client = {
	send(command: unknown, options: {abortSignal: AbortSignal}): Promise<Output>;
	readonly config: {systemClockOffset: number};
};
/** What the SDK gives for an answer. */
export type Output = {$metadata: {requestId?: string}};

/** AWS lets five minutes pass; the SDK corrects from four on. */
const tolerableMs = 240_000;
const patience = {connectionTimeout: 10_000, throwOnRequestTimeout: true};
const quiet = {debug() {}, info() {}, warn() {}, error() {}, trace() {}};
/** How long an answer is waited for, in milliseconds, where nothing else is said. */
export const usualTimeoutMs = 30_000;

/** The SDK's clients for calls of one kind, each made with its first call; they know how late AWS says it is. */
export class Clients {
	/** How far AWS's clock is ahead of this machine's, in milliseconds, once an answer has told. */
	ahead: number | undefined;
	/** Over whose connections the last client was made to call. */
	over = '';
	#told: {readonly date: number; readonly at: number; readonly ticks: number} | undefined;
	readonly #made = new Map<string, Client>();

	constructor(readonly calling: Calling) {}

	/**
	 * The client that makes so many attempts of a call, with these credentials and no others: the SDK would take others
	 * when it thinks it is time.
	 */
	async of(service: Service, maxAttempts: number, identity: AwsCredentialIdentity): Promise<Client> {
		const {clients} = await sdk();
		await readNoFiles();
		const {region, network, settings, endpoint, timeoutMs = usualTimeoutMs} = this.calling;
		const key = `${service} ${maxAttempts} ${nameOf(identity)}`;
		const {expiration: _expiration, ...fixed} = identity;
		this.over = this.calling.over?.() ?? nameOf(identity);
		const client =
			this.#made.get(key) ??
			(new clients[service]({
				region,
				credentials: fixed,
				maxAttempts,
				logger: quiet,
				userAgentAppId: 'nps-kms',
				...whereTo(service, endpoint, settings),
				// Each attempt has its share of the time, so that a line that went dead once doesn't use up all of it.
				requestHandler: timed(
					network.handler({...patience, requestTimeout: timeoutMs / maxAttempts}, this.over),
					date => {
						this.ahead = date - Date.now();
						this.#told = {date, at: Date.now(), ticks: performance.now()};
					},
				),
			}) as unknown as Client);
		this.#made.set(key, client);
		return client;
	}

	/** The SDK corrects each client by its own answers: a change must not be refused for what a look has told already. */
	setClock({config}: Client): void {
		const {ahead} = this;
		config.systemClockOffset = ahead !== undefined && Math.abs(ahead) >= tolerableMs ? ahead : 0;
	}

	/** The time that the last answer told, if it came within so many milliseconds, by the clock and by what passed. */
	toldWithin(ms: number): number | undefined {
		const told = this.#told;
		if (told === undefined || Math.abs(Date.now() - told.at) > ms || performance.now() - told.ticks > ms)
			return undefined;
		return told.date;
	}

	/** The next call of each service is made with the credentials as they are then. */
	forget(): void {
		this.#made.clear();
	}
}

/** A name for credentials, without a secret: a session's token is what tells it from another, by a digest. */
export const nameOf = ({accessKeyId, sessionToken}: AwsCredentialIdentity): string =>
	`${accessKeyId} ${sessionToken === undefined ? '' : createHash('sha256').update(sessionToken).digest('base64')}`;

/** The service of a call and the SDK's command for it. */
export async function commandOf(api: string): Promise<{service: Service; Command: new (input: unknown) => unknown}> {
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
	const url = endpoint ?? (service === 'cloudtrail' ? eventsAt(settings) : settings?.endpoints[service]?.value);
	return {
		...(url ? {endpoint: url} : {ignoreConfiguredEndpointUrls: true}),
		useFipsEndpoint: settings?.fips ?? false,
		useDualstackEndpoint: settings?.dualstack ?? false,
	};
};

/** Whose KMS it is, theirs are its events: those of another KMS would tell of another key. */
function eventsAt({endpoints: {kms, cloudtrail}}: Settings = {endpoints: {}, fips: false, dualstack: false}) {
	const elsewhere = kms !== undefined && isStrange(kms);
	return cloudtrail && isStrange(cloudtrail) === elsewhere ? cloudtrail.value : elsewhere ? kms.value : undefined;
}

/** Where each service's calls go: asks each client, and stops its call there. */
export async function endpointsOf(region: string, settings: Settings | undefined): Promise<Record<Needed, string>> {
	const {apis, clients} = await sdk();
	await readNoFiles();
	const probes = {iam: apis['iam:ListAccountAliases'], kms: apis['kms:ListKeys'], sts: apis['sts:GetCallerIdentity']};
	const found: Record<Needed, string> = {iam: '', kms: '', sts: ''};
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
