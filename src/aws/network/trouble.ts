import type {DetailedPeerCertificate} from 'node:tls';
import {CantCall, thenAgain} from '../problems/cant-call.js';
import type {Target} from './no-proxy.js';
import type {NamedProxy} from './proxies.js';
import type {Found} from './trust.js';
import {ProxyGone, type ProxySays} from './tunnel.js';

const codeOf = (error: unknown): string => (error as {code?: string} | undefined)?.code ?? '';
/** Whether nobody who is trusted vouches for the host. */
export const isUntrusted = (error: unknown): boolean =>
	/^(SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_GET_ISSUER_CERT(_LOCALLY)?|UNABLE_TO_VERIFY_LEAF_SIGNATURE|CERT_UNTRUSTED)$/.test(
		codeOf(error instanceof ProxyGone ? error.cause : error),
	);
/** Whether the host's certificate is refused for another reason: its days, its names. */
export const isWrongCertificate = (error: unknown): boolean =>
	/^(CERT_\w+|ERR_TLS_CERT_ALTNAME_INVALID)$/.test(codeOf(error));

/** What a proxy that doesn't let calls pass is told as. */
export function proxyTrouble(error: ProxySays | ProxyGone, proxy: NamedProxy, {hostname}: Target): CantCall {
	const {shown, from, url} = proxy;
	if (error instanceof ProxyGone)
		return new CantCall({
			is: 'problem',
			what: `The proxy ${shown} can't be reached`,
			why: `Calls go through it because of ${from}; ${error.message}`,
			todo: `See that ${from} is right and that the proxy runs, or name the hosts that need none in NO_PROXY, ${thenAgain}`,
			code: error.cause.code ?? 'ProxyGone',
		});
	if (error.status !== 407)
		return new CantCall({
			is: 'problem',
			what: `The proxy ${shown} refuses to connect to ${hostname}`,
			why: `It answered ${error.message}; calls go through it because of ${from}`,
			todo: `Ask who runs it to let ${hostname} pass, or name it in NO_PROXY if it can be reached without, ${thenAgain}`,
			code: `HTTP ${error.status}`,
		});
	const withUser = url.includes('@');
	const others = error.asks.length > 0 && !error.asks.some(it => /^basic/i.test(it));
	return new CantCall({
		is: 'problem',
		what: withUser
			? `The proxy ${shown} doesn't take the user and password of ${from}`
			: `The proxy ${shown} asks for a user and a password`,
		why: others
			? `It answered 407 and takes ${error.asks.map(it => it.split(' ')[0]).join(', ')} only, which nps-kms doesn't speak`
			: `It answered ${error.message}; calls go through it because of ${from}`,
		todo: others
			? `Ask who runs it to let this machine pass without, or set ${from} to a relay on this machine that signs in, ${thenAgain}`
			: `Put them into the URL, as in http://user:password@host:port, and set it as HTTPS_PROXY, ${thenAgain}`,
		code: 'HTTP 407',
	});
}

type Seen = {
	readonly target: Target;
	readonly proxy: NamedProxy | undefined;
	readonly bundle: Found | undefined;
	readonly shown: DetailedPeerCertificate | undefined;
};
/** What a certificate that isn't accepted is told as: who isn't trusted, and the three ways to trust them. */
export function certificateTrouble(error: Error, {target: {hostname}, proxy, bundle, shown}: Seen): CantCall {
	const code = codeOf(error);
	const way = proxy ? `, reached through the proxy ${proxy.shown} of ${proxy.from}` : '';
	if (!isUntrusted(error))
		return new CantCall({
			is: 'problem',
			what: `What answers as ${hostname} shows a certificate that isn't right`,
			why: `${wrong(code, shown) ?? error.message}${way}`,
			todo: `See that this machine's clock is right, and ask who runs your network what answers there, ${thenAgain}`,
			code,
		});
	return new CantCall({
		is: 'problem',
		what: `The authority behind ${hostname} isn't trusted: ${issuerOf(shown)}`,
		why: bundle
			? `Its certificate isn't vouched for by ${bundle.value}, which ${bundle.from} names${way}`
			: `Its certificate is vouched for by nobody that Node or this system trusts${way}`,
		todo:
			"If it is your company's own, trust it in one of three ways: put it into the system's certificate store, or " +
			`name its PEM file with AWS_CA_BUNDLE (ca_bundle in a profile), or with NODE_EXTRA_CA_CERTS; ${thenAgain}`,
		code,
	});
}

function wrong(code: string, shown: DetailedPeerCertificate | undefined): string | undefined {
	if (!shown) return undefined;
	if (code === 'CERT_HAS_EXPIRED') return `It was valid until ${shown.valid_to}`;
	if (code === 'CERT_NOT_YET_VALID') return `It is valid from ${shown.valid_from}`;
	return code === 'ERR_TLS_CERT_ALTNAME_INVALID'
		? `It is for ${shown.subjectaltname?.replaceAll('DNS:', '') ?? nameOf(shown.subject)}`
		: undefined;
}

/** The name of the last authority of the chain that is shown. */
function issuerOf(shown: DetailedPeerCertificate | undefined): string {
	if (!shown || Object.keys(shown).length === 0) return 'it shows no name';
	let last = shown;
	for (const seen = new Set<string>(); last.issuerCertificate && !seen.has(last.fingerprint256); ) {
		seen.add(last.fingerprint256);
		last = last.issuerCertificate;
	}
	return nameOf(last.issuer);
}
const nameOf = (it: DetailedPeerCertificate['issuer'] | undefined): string =>
	[it?.CN, it?.O].flat().filter(Boolean).join(', ') || 'it has no name';
