import {createServer} from 'node:http';
import {request} from 'node:https';
import type {AddressInfo} from 'node:net';
import {expect, test} from 'vitest';
import {agentFor, ProxySays} from '../../../src/aws/network/tunnel.js';

test('whatever is asked at once, each call hears that the proxy refuses it, and none waits for a connection', async () => {
	const proxy = createServer();
	proxy.on('connect', (_asked, socket) => socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n'));
	await new Promise<void>(done => {
		proxy.listen(0, '127.0.0.1', done);
	});
	const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
	const agent = agentFor('https:', {url, shown: url, from: 'HTTPS_PROXY'} as never, undefined);
	try {
		const calls = Array.from(
			{length: 20},
			() =>
				new Promise<unknown>(done => {
					request({host: 'kms.example', agent, signal: AbortSignal.timeout(8000)})
						.on('error', done)
						.end();
				}),
		);
		const said = await Promise.all(calls);
		expect(said.every(it => it instanceof ProxySays && it.status === 407)).toBe(true);
	} finally {
		agent.destroy();
		proxy.close();
	}
});
