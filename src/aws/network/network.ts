import type {NodeHttpHandler} from '@smithy/node-http-handler';
import type {Target} from './no-proxy.js';
import type {Routes} from './proxies.js';
import type {Found, Trust} from './trust.js';

/** Where calls go out of this machine: its proxies and the authorities it trusts. Read with the first call. */
export type Network = {
	/** Sends the requests of an SDK client. */
	handler(timeouts: Timeouts): Handler;
	/** How a host is reached. */
	routes(): Promise<Routes>;
	trust(): Promise<Trust>;
};
/** The SDK's own HTTP handler, as far as its clients use it. */
export type Handler = Pick<NodeHttpHandler, 'handle' | 'metadata' | 'destroy'>;
type Timeouts = {
	readonly connectionTimeout: number;
	readonly requestTimeout?: number;
	readonly throwOnRequestTimeout?: boolean;
};
type Request = Parameters<Handler['handle']>[0];

/** The network as the environment and a profile describe it. */
export function networkOf(env: NodeJS.ProcessEnv, ofProfile: () => Promise<Found | undefined>): Network {
	const routes = once(async () => {
		const {routesOf, saysByVariable} = await import('./proxies.js');
		const system = saysByVariable(env)
			? undefined
			: await (await import('./system-proxies.js')).systemProxies(process.platform);
		return routesOf(env, system);
	});
	const trust = once(async () => (await import('./trust.js')).trustOf(env, await ofProfile()));
	return {routes, trust, handler: timeouts => handlerOf({routes, trust}, timeouts)};
}

/** No proxy and Node's own authorities, whatever the environment says: for what stays on this machine. */
export const direct: Network = networkOf({NO_PROXY: '*'}, async () => undefined);

function once<T>(make: () => Promise<T>): () => Promise<T> {
	let made: Promise<T> | undefined;
	return () => {
		made ??= make().catch((error: unknown) => {
			made = undefined;
			throw error;
		});
		return made;
	};
}

/** Sends each request its way; who isn't trusted at first is asked again with the system's authorities. */
function handlerOf({routes, trust}: Pick<Network, 'routes' | 'trust'>, timeouts: Timeouts): Handler {
	const made = new Map<string, Promise<NodeHttpHandler>>();
	let wider = false;
	const innerFor = (request: Request, proxy: ReturnType<Routes>['proxy']): Promise<NodeHttpHandler> => {
		const key = `${request.protocol} ${proxy?.url ?? ''} ${wider}`;
		const wide = wider;
		const inner =
			made.get(key) ??
			(async () => {
				const {NodeHttpHandler} = await import('../client/sdk.js');
				const isSecure = request.protocol !== 'http:' || proxy?.url.startsWith('https:') === true;
				const context = isSecure ? (await trust()).context(wide) : undefined;
				const {agentFor} = await import('./tunnel.js');
				const agent = agentFor(request.protocol, proxy, context);
				if (!agent) return new NodeHttpHandler(timeouts);
				return new NodeHttpHandler({
					...timeouts,
					...(request.protocol === 'http:' ? {httpAgent: agent} : {httpsAgent: agent}),
				});
			})();
		made.set(key, inner);
		return inner;
	};
	const send: Handler['handle'] = async (request, options) => {
		const target = targetOf(request);
		const {proxy} = (await routes())(target);
		const isWider = wider;
		try {
			const answer = await (await innerFor(request, proxy)).handle(request, options);
			if (proxy && answer.response.statusCode === 407) await refused(answer.response.headers);
			return (await import('./bounded-answer.js')).bounded(answer);
		} catch (error) {
			const {isUntrusted} = await import('./certificate-problems.js');
			if (isUntrusted(error) && !isWider && (await trust()).widens) {
				wider = true;
				return send(request, options);
			}
			throw await told(error, target, proxy, trust);
		}
	};
	return {
		metadata: {handlerProtocol: 'http/1.1'},
		handle: send,
		destroy() {
			for (const it of made.values())
				void it.then(
					inner => inner.destroy(),
					() => undefined,
				);
		},
	};
}

const targetOf = ({protocol, hostname, port}: Request): Target => ({protocol, hostname, port});

/** A proxy for plain http answers itself where it asks who calls. */
async function refused(headers: Readonly<Record<string, string>>): Promise<never> {
	const {ProxySays} = await import('./tunnel.js');
	throw new ProxySays(407, 'Proxy Authentication Required', [headers['proxy-authenticate'] ?? []].flat());
}

async function told(
	error: unknown,
	target: Target,
	proxy: ReturnType<Routes>['proxy'],
	trust: Network['trust'],
): Promise<unknown> {
	const {certificateProblem, isUntrusted, isWrongCertificate} = await import('./certificate-problems.js');
	const {proxyProblem} = await import('./proxy-problems.js');
	const {ProxyGone, ProxySays, shownBy} = await import('./tunnel.js');
	if (proxy && (error instanceof ProxySays || error instanceof ProxyGone)) return proxyProblem(error, proxy, target);
	if (!(error instanceof Error)) return error;
	if (isUntrusted(error) || isWrongCertificate(error)) {
		const {bundle} = await trust();
		return certificateProblem(error, {target, proxy, bundle, shown: await shownBy(target, proxy)});
	}
	return proxy ? Object.assign(error, {via: `${proxy.shown} (${proxy.from})`}) : error;
}
