import {commandLine} from '../../engine/command-line.js';
import {CantCall, thenAgain} from '../problems/cant-call.js';
import type {Target} from './no-proxy.js';
import type {NamedProxy} from './proxies.js';
import {ProxyGone, type ProxySays} from './tunnel.js';

/** What a proxy that doesn't let calls pass is told as. */
export function proxyProblem(error: ProxySays | ProxyGone, proxy: NamedProxy, {hostname}: Target): CantCall {
	const {shown, from, url} = proxy;
	if (error instanceof ProxyGone)
		return new CantCall({
			is: 'problem',
			what: `The proxy ${shown} can't be reached`,
			why: `Calls go through it because of ${from}; ${error.message}`,
			todo:
				`See that ${from} is right and that the proxy runs, ` +
				`or name the hosts that need none in NO_PROXY (${commandLine({}, 'doctor')} shows the way of each), ` +
				thenAgain,
			code: error.cause.code ?? 'ProxyGone',
		});
	if (error.status !== 407)
		return new CantCall({
			is: 'problem',
			what: `The proxy ${shown} refuses to connect to ${hostname}`,
			why: `It answered ${error.message}; calls go through it because of ${from}`,
			todo:
				`Ask who runs it to let ${hostname} pass, ` +
				`or name it in NO_PROXY if it can be reached without, ${thenAgain}`,
			code: `HTTP ${error.status}`,
		});
	const withUser = url.includes('@');
	const basic = error.asks.some(it => /^basic/i.test(it));
	const others = error.asks.length > 0 && !basic ? error.asks.map(it => it.split(' ')[0]) : undefined;
	return new CantCall({
		is: 'problem',
		what: withUser
			? `The proxy ${shown} doesn't take the user and password of ${from}`
			: `The proxy ${shown} asks for a user and a password`,
		why: others
			? `It answered 407 and takes ${others.join(', ')} only, which nps-kms doesn't speak`
			: `It answered ${error.message}; calls go through it because of ${from}`,
		todo: others
			? `Ask who runs it to let this machine pass without, or set ${from} to a relay on this machine that signs in, ` +
				thenAgain
			: `Put them into the URL, as in http://user:password@host:port, and set it as HTTPS_PROXY, ${thenAgain}`,
		code: 'HTTP 407',
	});
}
