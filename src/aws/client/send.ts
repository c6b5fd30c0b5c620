import type {Reply, SentCall} from '../../engine/apply.js';
import type {Call, Look} from '../../engine/step.js';
import {
	type Calling,
	type Client,
	Clients,
	commandOf,
	endpointsOf,
	type Output,
	type Service,
	usualTimeoutMs,
} from './clients.js';
import {type Hear, together, watched, within} from './outstanding.js';
import {asRefusal, bothClocks, isAbsent, isSkew} from './refusals.js';

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

/** Reaches AWS with the given credentials. Reads are repeated by the SDK where that is safe; changes never are. */
export function reach(calling: Calling): Aws {
	const {region, settings, endpoint} = calling;
	const calls = new Calls(calling);
	const read = async <R>({api, input}: Call<R>): Promise<R | undefined> => {
		if (!/^\w+:(Get|List|Describe|Simulate)/.test(api)) throw new TypeError(`${api} is not a read`);
		try {
			return (await calls.make({api, input}, 3)) as R;
		} catch (error) {
			if (isAbsent(error)) return undefined;
			throw error;
		}
	};
	const told = async (call: SentCall, maxAttempts: number): Promise<Reply> => {
		try {
			const output = await calls.make(call, maxAttempts);
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
		ahead: () => calls.clients.ahead,
		endpoints: async () => (endpoint ? {iam: endpoint, kms: endpoint, sts: endpoint} : endpointsOf(region, settings)),
	};
}

/** Calls as they go out: within their time, told while they are waited for, and with the session as it is. */
class Calls {
	readonly clients: Clients;
	readonly #hearing: () => Hear;

	constructor(readonly calling: Calling) {
		this.clients = new Clients(calling);
		this.#hearing = together(calling.hear);
	}

	/** A call that AWS refused because the session is over goes out again with the next one: it did nothing. */
	async make(call: SentCall, maxAttempts: number): Promise<Output> {
		const {credentials} = this.calling;
		const times = credentials.times?.() ?? 0;
		try {
			return await this.#whole(call, maxAttempts);
		} catch (error) {
			const code = asRefusal(error)?.code ?? '';
			if (
				/^(InvalidClientTokenId|UnrecognizedClientException|SignatureDoesNotMatch|IncompleteSignature)$/.test(code) &&
				credentials.reread
			) {
				credentials.reread();
				this.clients.forget();
			}
			if (!/^ExpiredToken(Exception)?$/.test(code) || !credentials.renew) throw error;
			await credentials.renew(Math.max(times, 1));
			this.clients.forget();
			return this.#whole(call, maxAttempts);
		}
	}

	async #whole(call: SentCall, maxAttempts: number): Promise<Output> {
		try {
			const output = await this.#go(call, maxAttempts);
			// The SDK takes a portal's page with status 200 for an empty answer of IAM; AWS's own answers bear a request id,
			// or at least something.
			if (!output.$metadata.requestId && Object.keys(output).length === 1)
				throw Object.assign(new Error("the answer lacks AWS's request id"), {$metadata: output.$metadata});
			return output;
		} catch (error) {
			throw error instanceof Error ? withWhat(error, call, this.clients.ahead) : error;
		}
	}

	async #go({api, input}: SentCall, maxAttempts: number): Promise<Output> {
		const {timeoutMs = usualTimeoutMs, left} = this.calling;
		const {service, Command} = await commandOf(api);
		const client = await this.clients.of(service, maxAttempts);
		const leaving = maxAttempts > 1 ? left : undefined;
		const telling = {tickMs: timeoutMs / 30, hear: this.#hearing(), left: leaving};
		await this.#signedIn(client, timeoutMs * 10, telling);
		this.clients.setClock(client);
		const abortSignal = AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(leaving ? [leaving] : [])]);
		const out = client.send(new Command(input), {abortSignal});
		return watched(out, {...telling, for: 'AWS', why: `${api} is not answered yet`, limitMs: timeoutMs});
	}

	/**
	 * A helper may have to ask a person: its time is not the call's. Whom we ask ourselves is neither told to wait nor
	 * given up on.
	 */
	async #signedIn({config}: Client, limitMs: number, telling: Telling): Promise<void> {
		const asks = (): boolean => this.calling.credentials.asks?.() === true;
		await watched(within(config.credentials(), limitMs, late, asks), {
			...telling,
			hear: it => telling.hear(asks() ? undefined : it),
			for: 'your credentials',
			why: "your credentials aren't there yet",
			limitMs,
		});
	}
}
type Telling = {readonly tickMs: number; readonly hear: Hear; readonly left: AbortSignal | undefined};

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
