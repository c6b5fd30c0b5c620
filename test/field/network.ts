import {readFileSync} from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net, {type AddressInfo} from 'node:net';
import {join} from 'node:path';
import type {Duplex} from 'node:stream';
import {onTestFinished} from 'vitest';

const folder = join(import.meta.dirname, 'authority');
/** The root certificate of a company's own authority, which nobody else knows. */
export const authority = join(folder, 'ca.pem');
const keys = {key: readFileSync(join(folder, 'server-key.pem')), cert: readFileSync(join(folder, 'server.pem'))};

const listen = async (server: net.Server): Promise<number> => {
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', () => resolve()));
	return (server.address() as AddressInfo).port;
};
function untilTheEnd(server: net.Server): void {
	const open = new Set<Duplex>();
	server.on('connection', (it: Duplex) => {
		open.add(it);
		it.on('error', () => undefined);
		it.once('close', () => open.delete(it));
	});
	onTestFinished(async () => {
		for (const it of open) it.destroy();
		await new Promise<void>(resolve => server.close(() => resolve()));
	});
}

/** A host that speaks TLS with a certificate of that authority, and answers as what listens at the URL. */
export async function inTls(url: string): Promise<{readonly port: number; readonly hosts: string[]}> {
	const hosts: string[] = [];
	const {hostname, port} = new URL(url);
	const server = https.createServer(keys, (request, response) => {
		hosts.push(request.headers.host ?? '');
		const {method, url: path, headers} = request;
		const passed = http.request({hostname, port, method, path, headers}, answer => {
			response.writeHead(answer.statusCode ?? 500, answer.headers);
			answer.pipe(response);
		});
		request.pipe(passed);
	});
	server.on('tlsClientError', () => undefined);
	untilTheEnd(server);
	return {port: await listen(server), hosts};
}

type Answers = Readonly<Record<string, (request: http.IncomingMessage, body: string) => object>>;
/**
 * A host that answers some paths itself, in JSON (but for `status`, `type`, and AWS's `errorType`), and everything else
 * as what listens at the URL.
 */
export async function answering(url: string, answers: Answers): Promise<string> {
	const {hostname, port} = new URL(url);
	const server = http.createServer((request, response) => {
		const answer = answers[new URL(request.url ?? '', url).pathname];
		if (answer) {
			let body = '';
			request.on('data', (it: Buffer) => (body += it.toString()));
			request.on('end', () => {
				const {
					status = 200,
					type,
					errorType,
					...it
				} = answer(request, body) as {
					status?: number;
					type?: string;
					errorType?: string;
				};
				const ofAws = {'content-type': 'application/json', 'x-amzn-requestid': 'r'};
				response.writeHead(status, {
					...(type ? {'content-type': type} : ofAws),
					...(errorType && {'x-amzn-errortype': errorType}),
				});
				response.end(JSON.stringify(it));
			});
			return;
		}
		const {method, url: path, headers} = request;
		const passed = http.request({hostname, port, method, path, headers}, it => {
			response.writeHead(it.statusCode ?? 500, it.headers);
			it.pipe(response);
		});
		request.pipe(passed);
	});
	untilTheEnd(server);
	return `http://127.0.0.1:${await listen(server)}`;
}

type ProxyOptions = {
	/** Where every connection ends, whatever host is asked for. */
	readonly to: number;
	/** The same for plain http, where that is another port. */
	readonly plainTo?: number;
	/** `user:password`, without which it answers 407. */
	readonly credentials?: string;
	/** What it offers then. */
	readonly asks?: string;
	/** What it answers to everything, such as `403 Forbidden`. */
	readonly answers?: string;
	/** Whether the proxy itself speaks TLS. */
	readonly tls?: boolean;
};
/** A forward proxy on loopback that resolves every host to one port of this machine. */
export async function forwardProxy({
	to,
	plainTo = to,
	credentials,
	asks = 'Basic realm="x"',
	answers,
	tls = false,
}: ProxyOptions) {
	const asked: string[] = [];
	const no = (headers: http.IncomingHttpHeaders): string | undefined => {
		const given = headers['proxy-authorization']?.replace(/^Basic /, '');
		if (credentials !== undefined && given !== Buffer.from(credentials).toString('base64'))
			return `407 Proxy Authentication Required\r\nProxy-Authenticate: ${asks}`;
		return answers;
	};
	const handler: http.RequestListener = (request, response) => {
		asked.push(request.url ?? '');
		const {method, headers} = request;
		const [status = '', ...more] = no(headers)?.split(/\s+/) ?? [];
		if (status) return void response.writeHead(Number(status), {'proxy-authenticate': asks}).end(more.join(' '));
		const path = (request.url ?? '').replace(/^http:\/\/[^/]+/, '');
		const passed = http.request({hostname: '127.0.0.1', port: plainTo, method, path, headers}, answer => {
			response.writeHead(answer.statusCode ?? 500, answer.headers);
			answer.pipe(response);
		});
		request.pipe(passed);
	};
	const server = tls ? https.createServer(keys, handler) : http.createServer(handler);
	server.on('tlsClientError', () => undefined);
	server.on('connect', (request: http.IncomingMessage, socket: Duplex) => {
		asked.push(request.url ?? '');
		const refusal = no(request.headers);
		if (refusal !== undefined) return void socket.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\n\r\n`);
		const passed = net.connect(to, '127.0.0.1', () => {
			socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
			passed.pipe(socket);
			socket.pipe(passed);
		});
		passed.on('error', () => socket.destroy());
		socket.on('error', () => passed.destroy());
	});
	untilTheEnd(server);
	const port = await listen(server);
	const at = (userInfo = ''): string => `http${tls ? 's' : ''}://${userInfo && `${userInfo}@`}127.0.0.1:${port}`;
	return {asked, at};
}

/** A port of this machine where nobody listens. */
export async function nobodyAt(): Promise<number> {
	const server = net.createServer();
	const port = await listen(server);
	await new Promise<void>(resolve => server.close(() => resolve()));
	return port;
}
