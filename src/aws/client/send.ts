import type {AwsCredentialIdentity} from '@smithy/types';
import {Halted, type Reply, type SentCall} from '../../engine/reply.js';
import type {Call, Look} from '../../engine/step.js';
import {
	type Calling,
	Clients,
	commandOf,
	endpointsOf,
	type Needed,
	nameOf,
	type Output,
	usualTimeoutMs,
} from './clients.js';
import {type Hear, together, watched, within} from './late-answers.js';
import {pages} from './pages.js';
import {asRefusal, bothClocks, isAbsent, isSkew} from './refusals.js';

/** AWS, as this program reaches it. */
export type Aws = {
	/**
	 * Makes a change: goes out once, whatever happens to it; only by those credentials, and only if `mayStill` doesn't
	 * throw right before. Throws `Halted` where others have taken their place.
	 */
	send(call: SentCall, by: string, mayStill: () => void): Promise<Reply>;
	/** Which credentials are at hand, renewed first where they are about to end: a name for them, without a secret. */
	by(): Promise<string>;
	/** Tries a call that changes nothing; repeated by the SDK where the line drops. */
	attempt(call: SentCall): Promise<Reply>;
	/** Reads only. */
	readonly look: Pick<Look, 'at' | 'all'>;
	/** How far AWS's clock is ahead of this machine's, in milliseconds, once an answer has told. */
	ahead(): number | undefined;
	/** The time that its last answer told, if that came within so many milliseconds, by the clock and by what passed. */
	toldWithin(ms: number): number | undefined;
	/** Over whose connections its calls go. */
	over(): string;
	/** Where each service's calls go, without making one. */
	endpoints(): Promise<Readonly<Record<Needed, string>>>;
};

/** Reaches AWS with the given credentials. Reads are repeated by the SDK where that is safe; changes never are. */
export function reach(calling: Calling): Aws {
	const {region, settings, endpoint} = calling;
	const calls = new Calls(calling);
	const read = async <R>({api, input}: Call<R>): Promise<R | undefined> => {
		if (!/^\w+:(Get|List|Describe|Simulate|Lookup)/.test(api)) throw new TypeError(`${api} is not a read`);
		try {
			return (await calls.make({api, input}, 3)) as R;
		} catch (error) {
			if (isAbsent(error)) return undefined;
			throw error;
		}
	};
	const replied = async (call: SentCall, maxAttempts: number, only?: Only): Promise<Reply> => {
		try {
			const output = await calls.make(call, maxAttempts, only);
			return {output, ...(output.$metadata.requestId && {requestId: output.$metadata.requestId})};
		} catch (error) {
			const refused = error instanceof Halted ? undefined : asRefusal(error);
			throw refused ? Object.assign(refused, {api: call.api}) : error;
		}
	};
	return {
		send: (call, by, mayStill) => replied(call, 1, {by, mayStill}),
		attempt: call => replied(call, 3),
		by: () => calls.by(),
		look: {at: read, all: call => pages(call, read)},
		over: () => calls.clients.over,
		ahead: () => calls.clients.ahead,
		toldWithin: ms => calls.clients.toldWithin(ms),
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
	async make(call: SentCall, maxAttempts: number, only?: Only): Promise<Output> {
		const {credentials} = this.calling;
		const times = credentials.times?.() ?? 0;
		try {
			return await this.#whole(call, maxAttempts, only);
		} catch (error) {
			const code = asRefusal(error)?.code ?? '';
			if (
				/^(InvalidClientTokenId|UnrecognizedClientException|SignatureDoesNotMatch|IncompleteSignature)$/.test(code) &&
				credentials.reread
			) {
				credentials.reread();
				this.clients.forget();
			}
			if (/^AccessDenied(Exception)?$/.test(code)) credentials.denied?.();
			if (!/^ExpiredToken(Exception)?$/.test(code) || !credentials.renew) throw error;
			await credentials.renew(Math.max(times, 1));
			this.clients.forget();
			return this.#whole(call, maxAttempts, only);
		}
	}

	async #whole(call: SentCall, maxAttempts: number, only?: Only): Promise<Output> {
		try {
			const output = await this.#go(call, maxAttempts, only);
			// The SDK takes a portal's page with status 200 for an empty answer of IAM; AWS's own answers bear a request id,
			// or at least something.
			if (!output.$metadata.requestId && Object.keys(output).length === 1)
				throw Object.assign(new Error("the answer lacks AWS's request id"), {$metadata: output.$metadata});
			return output;
		} catch (error) {
			throw error instanceof Error ? withWhat(error, call, this.clients.ahead) : error;
		}
	}

	/** A name for the credentials at hand. */
	async by(): Promise<string> {
		return nameOf(await this.#identity(this.#telling(3)));
	}

	async #go({api, input}: SentCall, maxAttempts: number, only?: Only): Promise<Output> {
		const {timeoutMs = usualTimeoutMs} = this.calling;
		const {service, Command} = await commandOf(api);
		const telling = this.#telling(maxAttempts);
		const identity = await this.#identity(telling);
		if (only && only.by !== nameOf(identity)) throw renewedMeanwhile();
		const client = await this.clients.of(service, maxAttempts, identity);
		this.clients.setClock(client);
		const leaving = telling.left ? [telling.left] : [];
		const abortSignal = AbortSignal.any([AbortSignal.timeout(timeoutMs), ...leaving]);
		only?.mayStill();
		const out = client.send(new Command(input), {abortSignal});
		return watched(out, {...telling, for: 'AWS', why: `${api} is not answered yet`, limitMs: timeoutMs});
	}

	#telling(maxAttempts: number): Telling {
		const {timeoutMs = usualTimeoutMs, left} = this.calling;
		return {tickMs: timeoutMs / 30, hear: this.#hearing(), left: maxAttempts > 1 ? left : undefined};
	}

	/**
	 * A helper may have to ask a person: its time is not the call's. Whom we ask ourselves is neither told to wait nor
	 * given up on.
	 */
	async #identity(telling: Telling): Promise<AwsCredentialIdentity> {
		const {credentials, timeoutMs = usualTimeoutMs} = this.calling;
		const limitMs = timeoutMs * 10;
		const asks = (): boolean => credentials.asks?.() === true;
		return watched(within(credentials(), limitMs, late, asks), {
			...telling,
			hear: it => telling.hear(asks() ? undefined : it),
			for: 'your credentials',
			why: "your credentials aren't there yet",
			limitMs,
		});
	}
}
type Telling = {readonly tickMs: number; readonly hear: Hear; readonly left: AbortSignal | undefined};
/** By which credentials alone a call may go out, and what is asked right before. */
type Only = {readonly by: string; readonly mayStill: () => void};
const renewedMeanwhile = (): Halted =>
	new Halted(
		{
			is: 'problem',
			what: 'Your credentials changed right before a change was sent',
			why: 'Others took their place, and whose those are was not looked at yet',
			todo: 'Try again; it looks and carries on here',
			code: 'NotSent',
		},
		true,
	);

/** The error with the call that it is about, and where AWS refuses it for its time with both clocks. */
function withWhat(error: Error, {api}: SentCall, ahead: number | undefined): Error {
	if (ahead !== undefined && isSkew(error.name, error.message)) error.message = `${error.message} ${bothClocks(ahead)}`;
	return Object.assign(error, {api});
}
const late = (): Error =>
	Object.assign(new Error('The credentials did not come in time'), {name: 'CredentialsProviderError'});
