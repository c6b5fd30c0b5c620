import {EventEmitter} from 'node:events';
import http, {type ClientRequest} from 'node:http';
import https from 'node:https';
import net from 'node:net';
import tls from 'node:tls';
import {HttpProxyAgent} from 'http-proxy-agent';
import {HttpsProxyAgent} from 'https-proxy-agent';
import {portOf, type Target} from './no-proxy.js';
import type {NamedProxy} from './proxies.js';

/** What a proxy answered instead of letting a call pass. */
export class ProxySays extends Error {
	constructor(
		readonly status: number,
		readonly reason: string,
		/** The ways to sign in that it offers. */
		readonly asks: readonly string[] = [],
	) {
		super(`${status} ${reason}`.trim());
	}
}
/** The proxy itself can't be talked to. */
export class ProxyGone extends Error {
	override readonly cause: Error & {code?: string};

	constructor(cause: Error) {
		super(cause.message);
		this.cause = cause;
	}
}

type Answer = {
	readonly statusCode: number;
	readonly statusText: string;
	readonly headers: Readonly<Record<string, unknown>>;
};
/**
 * As much as a set-up asks of one host at once; without a limit, more is opened where a call is made before the
 * connection of the one before it is free again.
 */
const atOnce = 9;
/** Where a proxy refuses, what waits for a connection would wait on (agent-base), so nothing waits for one. */
const throughProxy = 50;

/**
 * Calls a host through a proxy by CONNECT. What the proxy answers in the host's place is never taken for the host's.
 */
class Tunnel extends HttpsProxyAgent<string> {
	readonly #context: tls.SecureContext | undefined;

	constructor(proxy: string, context: tls.SecureContext | undefined) {
		super(proxy, {keepAlive: true, maxSockets: throughProxy, ...(context && {secureContext: context})});
		this.#context = context;
	}

	override async connect(
		request: ClientRequest,
		options: Parameters<HttpsProxyAgent<string>['connect']>[1],
	): Promise<net.Socket> {
		let answer: Answer | undefined;
		request.once('proxyConnect', (it: Answer) => {
			answer = it;
		});
		const socket = await super
			.connect(request, {...options, ...(this.#context && {secureContext: this.#context})})
			.catch((error: Error) => {
				throw new ProxyGone(error);
			});
		if (answer?.statusCode === 200) return socket;
		socket.destroy();
		const asks = [answer?.headers['proxy-authenticate'] ?? []].flat().map(String);
		throw new ProxySays(answer?.statusCode ?? 0, answer?.statusText ?? '', asks);
	}
}

/** The agent for one way, with the authorities that may vouch; it keeps its connections open. */
export function agentFor(
	protocol: string,
	proxy: NamedProxy | undefined,
	context: tls.SecureContext | undefined,
): http.Agent {
	const maxSockets = proxy ? throughProxy : atOnce;
	const kept = {keepAlive: true, maxSockets, ...(context && {secureContext: context})};
	if (!proxy) return protocol === 'http:' ? new http.Agent(kept) : new https.Agent(kept);
	return protocol === 'http:' ? new HttpProxyAgent(proxy.url, kept) : new Tunnel(proxy.url, context);
}

/** The certificates that a host shows, its own first; nothing is sent to it. Undefined if it shows none in time. */
export async function shownBy(
	target: Target,
	proxy: NamedProxy | undefined,
): Promise<tls.DetailedPeerCertificate | undefined> {
	const {hostname: host} = target;
	const options = {
		host,
		port: portOf(target),
		rejectUnauthorized: false,
		...(net.isIP(host) === 0 && {servername: host}),
	};
	const request = new EventEmitter() as ClientRequest;
	try {
		const socket = proxy
			? await new Tunnel(proxy.url, undefined).connect(request, {...options, secureEndpoint: true})
			: tls.connect(options);
		return await handshake(socket as tls.TLSSocket);
	} catch {
		return undefined;
	}
}

function handshake(socket: tls.TLSSocket): Promise<tls.DetailedPeerCertificate | undefined> {
	return new Promise(resolve => {
		const end = (certificate?: tls.DetailedPeerCertificate): void => {
			resolve(certificate);
			socket.destroy();
		};
		socket.once('secureConnect', () => end(socket.getPeerCertificate(true)));
		socket.once('error', () => end());
		socket.setTimeout(5000, () => end());
	});
}
