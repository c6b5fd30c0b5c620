import type {Agent} from 'node:http';
import type {NodeHttpHandler} from '@smithy/node-http-handler';
import type {Target} from './no-proxy.js';
import type {Routes} from './proxies.js';
import type {Found, Trust} from './trust.js';

/** Where calls go out of this machine: its proxies and the authorities it trusts. Read with the first call. */
export type Network = {
	/** Sends the requests of an SDK client, over connections that those of the same name share. */
	handler(timeouts: Timeouts, whose?: string): Handler;
	/** How a host is reached. */
	routes(): Promise<Routes>;
	trust(): Promise<Trust>;
	/** The setting that names the authorities to trust, whether or not anything is there. */
	bundle(): Promise<Found | undefined>;
};
/** The SDK's own HTTP handler, as far as its clients use it. */
export type Handler = Pick<NodeHttpHandler, 'handle' | 'metadata'>;
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
	const bundle = async (): Promise<Found | undefined> => (await import('./trust.js')).bundleOf(env, await ofProfile());
	const ways: Ways = {agents: new Map(), wider: false};
	return {routes, trust, bundle, handler: (timeouts, whose = '') => handlerOf({routes, trust}, ways, timeouts, whose)};
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

/** The ways out that were taken so far: those of the same name share their connections to a host. */
type Ways = {readonly agents: Map<string, Promise<Agent>>; wider: boolean};

/** Sends each request its way; who isn't trusted at first is asked again with the system's authorities. */
function handlerOf(
	{routes, trust}: Pick<Network, 'routes' | 'trust'>,
	ways: Ways,
	timeouts: Timeouts,
	whose: string,
): Handler {
	const made = new Map<string, Promise<NodeHttpHandler>>();
	const innerFor = (request: Request, proxy: ReturnType<Routes>['proxy']): Promise<NodeHttpHandler> => {
		const {agents, wider} = ways;
		const {protocol} = request;
		const key = `${protocol} ${proxy?.url ?? ''} ${wider}`;
		const agent = kept(agents, `${whose} ${key}`, async () => {
			const isSecure = protocol !== 'http:' || proxy?.url.startsWith('https:') === true;
			const context = isSecure ? (await trust()).context(wider) : undefined;
			return (await import('./tunnel.js')).agentFor(protocol, proxy, context);
		});
		return kept(made, key, async () => {
			const {NodeHttpHandler} = await import('../client/sdk.js');
			const by = await agent;
			return new NodeHttpHandler({...timeouts, ...(protocol === 'http:' ? {httpAgent: by} : {httpsAgent: by})});
		});
	};
	const send: Handler['handle'] = async (request, options) => {
		const target = targetOf(request);
		const {proxy} = (await routes())(target);
		const isWider = ways.wider;
		try {
			const answer = await (await innerFor(request, proxy)).handle(request, options);
			if (proxy && answer.response.statusCode === 407) await refused(answer.response.headers);
			return (await import('./bounded-answer.js')).bounded(answer);
		} catch (error) {
			const {isUntrusted} = await import('./certificate-problems.js');
			if (isUntrusted(error) && !isWider && (await trust()).widens) {
				ways.wider = true;
				return send(request, options);
			}
			throw await told(error, target, proxy, trust);
		}
	};
	return {metadata: {handlerProtocol: 'http/1.1'}, handle: send};
}

/** What stands under a name, or is made for it now; what couldn't be made is tried again. */
function kept<T>(all: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
	const there = all.get(key);
	if (there) return there;
	const it = make().catch((error: unknown) => {
		all.delete(key);
		throw error;
	});
	all.set(key, it);
	return it;
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
