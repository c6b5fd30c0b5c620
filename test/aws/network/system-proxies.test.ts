import {describe, expect, test} from 'vitest';
import {routesOf} from '../../../src/aws/network/proxies.js';
import {ofMac, ofWindows} from '../../../src/aws/network/system-proxies.js';

const to = (hostname: string, protocol = 'https:') => ({protocol, hostname});
const iam = to('iam.amazonaws.com');
const registry = (lines: Readonly<Record<string, string>>): string =>
	[
		'',
		String.raw`HKEY_CURRENT_USER\Software\Microsoft\Windows\CurrentVersion\Internet Settings`,
		...Object.entries(lines).map(
			([name, value]) => `    ${name}    ${value.startsWith('0x') ? 'REG_DWORD' : 'REG_SZ'}    ${value}`,
		),
		'',
	].join('\r\n');

describe("Windows' Internet settings", () => {
	const on = {ProxyEnable: '0x1', ProxyServer: 'proxy.acme:8080'};
	test('name one proxy for all', () => {
		const routes = routesOf({}, ofWindows(registry(on)));
		expect(routes(iam)).toEqual({
			proxy: {url: 'http://proxy.acme:8080/', shown: 'http://proxy.acme:8080', from: "Windows' Internet settings"},
			why: "Windows' Internet settings",
		});
		expect(routes(to('aws.example', 'http:')).proxy?.shown).toBe('http://proxy.acme:8080');
	});
	test('or one for each scheme', () => {
		const routes = routesOf({}, ofWindows(registry({...on, ProxyServer: 'http=a:1;https=b:2;ftp=c:3'})));
		expect([routes(iam).proxy?.shown, routes(to('x.example', 'http:')).proxy?.shown]).toEqual([
			'http://b:2',
			'http://a:1',
		]);
	});
	test('count for nothing while they are switched off', () => {
		expect(routesOf({}, ofWindows(registry({...on, ProxyEnable: '0x0'})))(iam).proxy).toBeUndefined();
		expect(routesOf({}, ofWindows(''))(iam).proxy).toBeUndefined();
	});
	test.each([
		['a name', 'iam.amazonaws.com', iam],
		['a star before', '*.amazonaws.com', iam],
		['a star after', '10.1.*', to('10.1.2.3')],
		['<local>', 'x;<local>', to('intranet')],
	])('leave exceptions out: %s', (_how, ProxyOverride, target) => {
		const routes = routesOf({}, ofWindows(registry({...on, ProxyOverride})));
		expect(routes(target)).toEqual({proxy: undefined, why: "an exception in Windows' Internet settings"});
		expect(routes(to('sts.example')).proxy).toBeDefined();
	});
	test('may name a script, which is told and not read', () => {
		const system = ofWindows(registry({ProxyEnable: '0x0', AutoConfigURL: 'http://wpad.acme/proxy.pac'}));
		expect(system.script).toBe('http://wpad.acme/proxy.pac');
		expect(routesOf({}, system)(iam)).toEqual({proxy: undefined, why: "Windows' Internet settings name a script"});
	});
	test.each([{HTTPS_PROXY: 'http://other:1'}, {NO_PROXY: 'x.example'}, {http_proxy: 'http://other:1'}])(
		'count for nothing where a variable speaks: %o',
		env => {
			expect(routesOf(env, ofWindows(registry(on)))(iam).proxy?.from).toBe(
				'HTTPS_PROXY' in env ? 'HTTPS_PROXY' : undefined,
			);
		},
	);
});

describe("macOS's network settings", () => {
	const printed = `<dictionary> {
  ExceptionsList : <array> {
    0 : *.local
    1 : 169.254/16
    2 : aws.example
  }
  ExcludeSimpleHostnames : 1
  FTPPassive : 1
  HTTPEnable : 0
  HTTPProxy : old.acme
  HTTPSEnable : 1
  HTTPSPort : 8443
  HTTPSProxy : proxy.acme
  ProxyAutoConfigEnable : 1
  ProxyAutoConfigURLString : http://wpad.acme/proxy.pac
}
`;
	const routes = routesOf({}, ofMac(printed));
	test('name a proxy for each scheme that is switched on', () => {
		expect(routes(iam).proxy?.shown).toBe('http://proxy.acme:8443');
		expect(routes(to('x.example', 'http:')).proxy).toBeUndefined();
	});
	test.each(['printer.local', '169.254.169.254', 'aws.example', 'intranet'])('leave %s out', host => {
		expect(routes(to(host)).proxy).toBeUndefined();
	});
	test('may name a script', () => {
		expect(ofMac(printed).script).toBe('http://wpad.acme/proxy.pac');
	});
});
