import {CantCall} from '../problems/cant-call.js';
import {exemptBy, isLoopback, type Target} from './no-proxy.js';

/** A proxy, and where it was found. */
export type NamedProxy = {
	/** With user and password where it names them: never to be shown. */
	readonly url: string;
	/** The same without them. */
	readonly shown: string;
	readonly from: string;
};
/** How a host is reached: through a proxy, or directly, and why so. */
export type Route = {readonly proxy: NamedProxy | undefined; readonly why: string};
/** Finds the route to each host. */
export type Routes = (target: Target) => Route;
/** What the system says of proxies, where no variable does. */
export type SystemProxies = {
	readonly from: string;
	readonly byScheme: Readonly<Record<string, string>>;
	isExempt(target: Target): boolean;
	/** A script that would choose the proxy: it isn't read. */
	readonly script?: string | undefined;
};

/** The variable and its value, in any case as for Python; the lower-case one wins, and empty it means none. */
export function variable(env: NodeJS.ProcessEnv, name: string): {readonly name: string; readonly value: string} {
	const lower = name.toLowerCase();
	const all = [name, ...Object.keys(env).filter(it => it.toLowerCase() === lower)];
	const found = env[lower] === undefined ? (all.find(it => env[it]) ?? name) : lower;
	return {name: found, value: env[found] ?? ''};
}
const names = {https: 'HTTPS_PROXY', http: 'HTTP_PROXY'};

/** Whether a variable says anything of proxies; the system's settings count only where none does. */
export const saysByVariable = (env: NodeJS.ProcessEnv): boolean =>
	Object.entries(env).some(([name, value]) => /_proxy$/i.test(name) && value);

/** The routes as the AWS CLI would take them: by variable, else by what the system says. Loopback is always direct. */
export function routesOf(env: NodeJS.ProcessEnv, system: SystemProxies | undefined): Routes {
	return target => {
		if (isLoopback(target.hostname)) return {proxy: undefined, why: 'it is this machine'};
		const scheme = target.protocol === 'http:' ? 'http' : 'https';
		if (!saysByVariable(env)) return bySystem(system, scheme, target);
		const {name, value} = variable(env, names[scheme]);
		const exempt = variable(env, 'NO_PROXY');
		if (value.trim() === '') return {proxy: undefined, why: `${names[scheme]} is not set`};
		const by = exemptBy(exempt.value, target);
		return by === undefined
			? {proxy: proxyOf(value, name), why: name}
			: {proxy: undefined, why: `${exempt.name} has ${by}`};
	};
}

function bySystem(system: SystemProxies | undefined, scheme: string, target: Target): Route {
	const url = system?.byScheme[scheme];
	if (!system || !url)
		return {proxy: undefined, why: system?.script ? `${system.from} name a script` : 'no proxy is set'};
	return system.isExempt(target)
		? {proxy: undefined, why: `an exception in ${system.from}`}
		: {proxy: proxyOf(url, system.from), why: system.from};
}

/** The proxy that a setting names; without a scheme it is http. */
function proxyOf(setting: string, from: string): NamedProxy {
	const text = setting.trim();
	const [, scheme = 'http:', rest = ''] = /^(?:(\w[\w+.-]*:)?\/\/)?(.*)$/s.exec(text) ?? [];
	const at = rest.lastIndexOf('@');
	const host = rest.slice(at + 1).replace(/[/?#].*$/s, '');
	const plain = `${scheme.toLowerCase()}//${host}`;
	const isQuoted = /^["'].*["']$/s.test(text);
	const isMistyped = /^https?(:\/(?!\/)|\/)/i.test(text);
	const isUrl = !isQuoted && !isMistyped && host !== '' && URL.canParse(plain);
	if (!isUrl || !/^https?:$/i.test(scheme))
		throw new CantCall({
			is: 'problem',
			what: `The proxy of ${from} can't be used`,
			why: isUrl
				? `It is a ${scheme.replace(':', '')} proxy`
				: `Its value ${isQuoted ? 'stands in quotes, which belong to it' : "isn't a URL"}`,
			todo: `Set ${from} to a URL such as http://proxy.example.com:8080, or unset it`,
			code: 'BadProxy',
		});
	const {href} = new URL(plain);
	return {url: at < 0 ? href : href.replace('//', `//${userInfo(rest.slice(0, at))}@`), shown: bareUrl(href), from};
}

const bareUrl = (href: string): string => href.replace(/\/$/, '');
/**
 * User and password with what a URL can't hold as it is, such as the backslash of DOMAIN\user, written so that it can.
 */
function userInfo(text: string): string {
	const colon = text.indexOf(':');
	const parts = colon < 0 ? [text] : [text.slice(0, colon), text.slice(colon + 1)];
	return parts.map(it => encodeURIComponent(decoded(it))).join(':');
}
function decoded(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}
