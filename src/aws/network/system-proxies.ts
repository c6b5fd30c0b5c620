import {execFile} from 'node:child_process';
import {exemptBy, type Target} from './no-proxy.js';
import type {SystemProxies} from './proxies.js';

const windowsKey = 'HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings';

/** Windows' Internet settings, or macOS's; undefined on systems that have none, and where they can't be read. */
export async function systemProxies(platform: NodeJS.Platform): Promise<SystemProxies | undefined> {
	if (platform === 'win32') return ofWindows(await output('reg', ['query', windowsKey]));
	if (platform === 'darwin') return ofMac(await output('scutil', ['--proxy']));
	return undefined;
}

const output = (command: string, args: readonly string[]): Promise<string> =>
	new Promise(resolve => {
		execFile(command, [...args], {timeout: 5000, windowsHide: true}, (error, stdout) => resolve(error ? '' : stdout));
	});

/** What `reg query` prints of Windows' Internet settings. */
export function ofWindows(printed: string): SystemProxies {
	const value = (name: string): string =>
		new RegExp(`^\\s*${name}\\s+REG_\\w+\\s+(.*?)\\s*$`, 'im').exec(printed)?.[1] ?? '';
	const server = Number(value('ProxyEnable')) === 1 ? value('ProxyServer') : '';
	const parts = /[=;]/.test(server) ? server.split(';').filter(Boolean) : [`http=${server}`, `https=${server}`];
	const byScheme = Object.fromEntries(
		parts.map(it => it.trim().split(/=(.*)/s)).filter(([scheme, url]) => /^https?$/.test(scheme ?? '') && url),
	) as Record<string, string>;
	const exceptions = value('ProxyOverride').split(';').filter(Boolean);
	return {
		from: "Windows' Internet settings",
		byScheme,
		isExempt: target => exceptions.some(it => isException(it.trim(), target)),
		script: value('AutoConfigURL') || undefined,
	};
}

/** What `scutil --proxy` prints of macOS's network settings. */
export function ofMac(printed: string): SystemProxies {
	const value = (name: string): string => new RegExp(`^\\s*${name} : (.*?)\\s*$`, 'm').exec(printed)?.[1] ?? '';
	const proxy = (scheme: string): Record<string, string> => {
		const name = scheme.toUpperCase();
		const [host, port] = [value(`${name}Proxy`), value(`${name}Port`)];
		return value(`${name}Enable`) === '1' && host ? {[scheme]: port ? `${host}:${port}` : host} : {};
	};
	const list = /ExceptionsList : <array> \{([^}]*)\}/.exec(printed)?.[1] ?? '';
	const exceptions = [...list.matchAll(/^\s*\d+ : (.*?)\s*$/gm)].map(([, it = '']) => it);
	if (value('ExcludeSimpleHostnames') === '1') exceptions.push('<local>');
	return {
		from: "macOS's network settings",
		byScheme: {...proxy('http'), ...proxy('https')},
		isExempt: target => exceptions.some(it => isException(it, target)),
		script: value('ProxyAutoConfigEnable') === '1' ? value('ProxyAutoConfigURLString') : undefined,
	};
}

/** Both systems write `*` anywhere in a name; Windows' `<local>` is each name without a dot. */
function isException(pattern: string, target: Target): boolean {
	const host = target.hostname.toLowerCase();
	if (pattern === '<local>') return !host.includes('.');
	if (pattern.includes('/')) return exemptBy(whole(pattern), target) !== undefined;
	const name = pattern.replace(/^\w+:\/\//, '');
	const expression = name
		.toLowerCase()
		.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`)
		.replaceAll('*', '.*');
	return new RegExp(`^${expression}$`).test(host);
}
/** 169.254/16, as macOS writes it, with all four numbers. */
function whole(pattern: string): string {
	const [, address = '', bits = ''] = /^([\d.]+)\/(\d+)$/.exec(pattern) ?? [];
	const numbers = address.split('.').filter(Boolean);
	return address === '' ? pattern : `${[...numbers, '0', '0', '0', '0'].slice(0, 4).join('.')}/${bits}`;
}
