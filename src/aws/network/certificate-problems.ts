import type {DetailedPeerCertificate} from 'node:tls';
import {commandLine} from '../../engine/command-line.js';
import {CantCall, thenAgain} from '../problems/cant-call.js';
import type {Target} from './no-proxy.js';
import type {NamedProxy} from './proxies.js';
import type {Found} from './trust.js';
import {ProxyGone} from './tunnel.js';

const codeOf = (error: unknown): string => (error as {code?: string} | undefined)?.code ?? '';
const untrusted: readonly string[] = [
	'SELF_SIGNED_CERT_IN_CHAIN',
	'DEPTH_ZERO_SELF_SIGNED_CERT',
	'UNABLE_TO_GET_ISSUER_CERT',
	'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
	'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
	'CERT_UNTRUSTED',
];
/** Whether nobody who is trusted vouches for the host. */
export const isUntrusted = (error: unknown): boolean =>
	untrusted.includes(codeOf(error instanceof ProxyGone ? error.cause : error));
/** Whether the host's certificate is refused for another reason: its days, its names. */
export const isWrongCertificate = (error: unknown): boolean =>
	/^(CERT_\w+|ERR_TLS_CERT_ALTNAME_INVALID)$/.test(codeOf(error));

type Seen = {
	readonly target: Target;
	readonly proxy: NamedProxy | undefined;
	readonly bundle: Found | undefined;
	readonly shown: DetailedPeerCertificate | undefined;
};
/** What a certificate that isn't accepted is told as: who isn't trusted, and the three ways to trust them. */
export function certificateProblem(error: Error, {target: {hostname}, proxy, bundle, shown}: Seen): CantCall {
	const code = codeOf(error);
	const way = proxy ? `, reached through the proxy ${proxy.shown} of ${proxy.from}` : '';
	if (!isUntrusted(error))
		return new CantCall({
			is: 'problem',
			what: `What answers as ${hostname} shows a certificate that isn't right`,
			why: `${wrong(code, shown) ?? error.message}${way}`,
			todo:
				"See that this machine's clock is right, and ask who runs your network what answers there " +
				`(${commandLine({}, 'doctor')} shows the way), ${thenAgain}`,
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
			'name its PEM file with AWS_CA_BUNDLE (ca_bundle in a profile), or with NODE_EXTRA_CA_CERTS ' +
			`(${commandLine({}, 'doctor')} shows which counts); ${thenAgain}`,
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
