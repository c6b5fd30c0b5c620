import ipaddr from 'ipaddr.js';

/** A host and port that is called; a port that isn't named is the scheme's own. */
export type Target = {readonly protocol: string; readonly hostname: string; readonly port?: number | undefined};

const bare = (host: string): string => host.replace(/^\[(.*)\]$/, '$1').toLowerCase();
/** The port that is called. */
export const portOf = ({protocol, port}: Target): number => port ?? (protocol === 'http:' ? 80 : 443);

/** Whether a host is this machine itself, which is never called through a proxy. */
export const isLoopback = (host: string): boolean =>
	/^(localhost|.+\.localhost|127(\.\d+){3}|::1|::ffff:127(\.\d+){3})$/.test(bare(host).replace(/\.$/, ''));

/**
 * The entry of a NO_PROXY list that keeps a host from the proxy, or undefined. Names count with all below them, as for
 * the AWS CLI and curl; so do `*.` before a name, `:port` after one, `*` alone, and networks such as 10.0.0.0/8.
 */
export function exemptBy(list: string, target: Target): string | undefined {
	if (list.trim() === '*') return '*';
	return list
		.split(/[\s,]+/)
		.filter(Boolean)
		.find(it => matches(it, target));
}

function matches(entry: string, target: Target): boolean {
	const host = bare(target.hostname).replace(/\.$/, '');
	const network = networkOf(entry);
	if (network) return ipaddr.isValid(host) && isIn(ipaddr.process(host), network);
	const [, named = '', port] = /^(\[.*\]|[^:]*)(?::(\d+))?$/.exec(entry) ?? [undefined, entry];
	if (port !== undefined && Number(port) !== portOf(target)) return false;
	const name = bare(named).replace(/^\*?\.+/, '');
	if (name === '' || name === '*') return false;
	if (ipaddr.isValid(name) && ipaddr.isValid(host))
		return ipaddr.process(name).toNormalizedString() === ipaddr.process(host).toNormalizedString();
	return host === name || host.endsWith(`.${name}`);
}

type Network = ReturnType<typeof ipaddr.parseCIDR>;
function networkOf(entry: string): Network | undefined {
	const [, address = '', bits = ''] = /^(.+)\/(\d+)$/.exec(entry) ?? [];
	if (address === '' || !ipaddr.isValidCIDR(`${bare(address)}/${bits}`)) return undefined;
	return ipaddr.parseCIDR(`${bare(address)}/${bits}`);
}
const isIn = (host: ReturnType<typeof ipaddr.process>, [network, bits]: Network): boolean =>
	host.kind() === network.kind() && host.match(network, bits);
