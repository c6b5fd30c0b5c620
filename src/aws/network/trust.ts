import {X509Certificate} from 'node:crypto';
import tls from 'node:tls';
import {CantCall, thenAgain} from '../problems/cant-call.js';
import {atHome, bytesAt, textOf} from '../tool-files.js';

/** A value and where it was found. */
export type Found = {readonly value: string; readonly from: string};
/** Which authorities may vouch for a host. */
export type Trust = {
	/** The setting that names them, or undefined: Node's own, and then the system's. */
	readonly bundle: Found | undefined;
	/** For connections; undefined is Node's own. The wider one has the system's store as well. */
	context(wider: boolean): tls.SecureContext | undefined;
	/** Whether there is a wider one. */
	readonly widens: boolean;
};

/** What Node can't do before 22.15. */
export const readsSystemStore = typeof tls.getCACertificates === 'function';

/**
 * The authorities as the AWS CLI chooses them: a bundle that is named counts instead of all others, but for
 * NODE_EXTRA_CA_CERTS. Without one, Node's own and the system's, which is read only where Node's own don't do: it takes
 * half a second. https://docs.aws.amazon.com/sdkref/latest/guide/feature-gen-config.html
 */
export async function trustOf(env: NodeJS.ProcessEnv, ofProfile: Found | undefined): Promise<Trust> {
	const bundle = bundleOf(env, ofProfile);
	const named = env['NODE_EXTRA_CA_CERTS'];
	const extra = named ? await certificatesAt(named) : [];
	if (bundle) {
		const certificates = await certificatesAt(atHome(bundle.value, env));
		if (certificates.length === 0) throw noBundle(bundle);
		const context = tls.createSecureContext({ca: [...certificates, ...extra]});
		return {bundle, widens: false, context: () => context};
	}
	let wide: tls.SecureContext | undefined;
	const widen = (): tls.SecureContext => {
		wide ??= tls.createSecureContext({
			ca: [
				...new Set([
					...(readsSystemStore ? tls.getCACertificates('default') : tls.rootCertificates),
					...(readsSystemStore ? tls.getCACertificates('system') : []),
					...extra,
				]),
			],
		});
		return wide;
	};
	return {bundle, widens: readsSystemStore || extra.length > 0, context: wider => (wider ? widen() : undefined)};
}

/** The setting that names a bundle: the variable, the profile, then what Python's requests knows. */
export function bundleOf(env: NodeJS.ProcessEnv, ofProfile: Found | undefined): Found | undefined {
	const byVariable = (from: string): Found | undefined => (env[from] ? {value: env[from], from} : undefined);
	return byVariable('AWS_CA_BUNDLE') ?? ofProfile ?? byVariable('REQUESTS_CA_BUNDLE');
}

/** PEM texts; a single certificate in DER, as Windows exports it, counts too. */
async function certificatesAt(path: string): Promise<readonly string[]> {
	return (await bytesAt(path)).flatMap(bytes => {
		const pem = textOf(bytes).match(/-----BEGIN (TRUSTED )?CERTIFICATE-----[^-]*-----END (TRUSTED )?CERTIFICATE-----/g);
		if (pem) return pem;
		try {
			return [new X509Certificate(bytes).toString()];
		} catch {
			return [];
		}
	});
}

const noBundle = ({value, from}: Found): CantCall =>
	new CantCall({
		is: 'problem',
		what: "The certificates that calls must be vouched for by can't be read",
		why: `${from} names ${value}, and no certificate is there`,
		todo: `Name a PEM file with ${from}, or take the setting away, ${thenAgain}`,
		code: 'BadCaBundle',
	});
