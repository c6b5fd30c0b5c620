import {randomUUID} from 'node:crypto';
import {createServer, type IncomingMessage, type Server, type ServerResponse} from 'node:http';
import {type AddressInfo, isIP} from 'node:net';
import type {Duplex} from 'node:stream';
import {setTimeout as sleep} from 'node:timers/promises';
import type {Account} from '../account/account.js';
import {BadAccountFile, Store} from '../account/account-file.js';
import {withAwsPolicies} from '../account/aws-managed-policies.js';
import {EventHistory, type Whence} from '../account/event-history.js';
import {noLags} from '../account/lags.js';
import {newAccount, operatorOf} from '../account/operator.js';
import {enter} from '../kms/kms-key-states.js';
import {Refusal} from '../operation.js';
import {Answering, type Reply, refusalReply, type Terms} from './answering.js';
import {control} from './control.js';
import {FaultPlan} from './faults.js';
import {refusal} from './refusals.js';
import type {Sandbox, SandboxOptions} from './sandbox.js';
import {serviceOf} from './services.js';
import type {Wire} from './signature.js';

const largest = 1_048_576;
const muchTooLarge = 64 * largest;

/** Starts AWS's stand-in on 127.0.0.1. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
	const store = options.file === undefined ? undefined : new Store(options.file);
	const readOnly = options.readOnly === true;
	const {account, events} = keptOr(options, store);
	const clock = options.now ?? Date.now;
	let ahead = 0;
	const skew = options.skew ?? 0;
	const now = (): number => clock() + ahead + skew;
	const kept = JSON.stringify(account);
	const operator = operatorOf(account, now());
	if (store && !readOnly && (!store.isThere || JSON.stringify(account) !== kept)) store.write(account, events.all);
	const faults = new FaultPlan(options.faults ?? []);
	const terms: Terms = {
		account,
		events,
		...(store && !readOnly && {store}),
		pageSize: options.pageSize ?? 100,
		faults,
		lags: {...noLags, ...options.lags},
		atOnce: new AbortController(),
		now,
		wallClock: () => Date.now() + skew,
		datedBy: () => Date.now() + skew + ahead,
		...(options.onRequest && {onRequest: options.onRequest}),
		onBug: options.onBug ?? thrown,
	};
	// As AWS's, it lets a connection rest: one closed just as it is used again would be a fault that nobody asked for.
	const server = createServer({keepAliveTimeout: 75_000});
	const url = await listen(server, options.port ?? 0);
	const sandbox: Sandbox = {
		url,
		account,
		operator,
		now,
		get lags() {
			return terms.lags;
		},
		setFaults(plan) {
			faults.set(plan);
			terms.atOnce.abort();
			terms.atOnce = new AbortController();
		},
		setLags(lags) {
			terms.lags = {...terms.lags, ...lags};
		},
		setKeyStates(states) {
			for (const [key, state] of states) enter(key, state, now());
			if (store && !readOnly) store.write(account, events.all);
		},
		advance(ms) {
			ahead += ms;
		},
		close: () => shut(server, () => (readOnly ? undefined : store?.writeLast(account, events.all))),
	};
	serve(server, new Answering(terms), options.control === true ? sandbox : undefined);
	return sandbox;
}

type Begun = {readonly account: Account; readonly events: EventHistory};
function keptOr({accountId, partition}: SandboxOptions, store: Store | undefined): Begun {
	const kept = store?.read();
	if (!kept) return {account: newAccount(accountId ?? '111122223333', partition ?? 'aws'), events: new EventHistory()};
	const {account, events} = kept;
	if ((accountId ?? account.id) !== account.id || (partition ?? account.partition) !== account.partition)
		throw new BadAccountFile(`${store?.file} holds the account ${account.id} of the partition ${account.partition}`);
	return {account: withAwsPolicies(account), events: new EventHistory(events)};
}
/** Ends the process as any error that nobody catches does. */
function thrown(error: unknown): void {
	process.nextTick(() => {
		throw error;
	});
}

async function listen(server: Server, port: number): Promise<string> {
	await new Promise<void>((done, failed) => {
		server.once('error', failed);
		server.listen(port, '127.0.0.1', () => {
			server.off('error', failed);
			done();
		});
	});
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
async function shut(server: Server, keep: () => void): Promise<void> {
	if (!server.listening) return;
	const closed = new Promise<void>(done => server.close(() => done()));
	server.closeAllConnections();
	await closed;
	keep();
}

function serve(server: Server, answering: Answering, controlled: Sandbox | undefined): void {
	const {onBug} = answering.terms;
	// A connection that can't be had, as where too many files are open: who asked hears of it.
	server.on('error', () => undefined);
	server.on('request', (asked: IncomingMessage, reply: ServerResponse) => {
		reply.setHeader('date', new Date(answering.terms.datedBy()).toUTCString());
		converse(asked, reply, answering, controlled).catch((error: unknown) => {
			reply.destroy();
			onBug(error);
		});
	});
	server.on('clientError', (_error: Error, socket: Duplex) => {
		if (!socket.writable) return void socket.destroy();
		const {status, headers, body} = refusalReply(
			serviceOf({headers: {}}),
			new Refusal('MalformedHttpRequest', 'This is not HTTP.'),
			randomUUID(),
		);
		const lines = Object.entries({...headers, 'content-length': Buffer.byteLength(body), connection: 'close'}).map(
			([name, it]) => `${name}: ${it}`,
		);
		socket.end(`HTTP/1.1 ${status} Bad Request\r\n${lines.join('\r\n')}\r\n\r\n${body}`);
	});
}

async function converse(
	asked: IncomingMessage,
	reply: ServerResponse,
	answering: Answering,
	controlled: Sandbox | undefined,
): Promise<void> {
	const body = await bodyOf(asked);
	if (body === 'gone') return;
	const {pathname, searchParams} = new URL(`http://127.0.0.1${(asked.url ?? '/').replace(/^[^/]*/, '')}`);
	const headers = Object.fromEntries(
		Object.entries(asked.headers).map(([name, it]) => [name, Array.isArray(it) ? it.join(',') : (it ?? '')]),
	);
	if (controlled && pathname.startsWith('/_sandbox/') && asked.method === 'POST' && body !== 'too large') {
		const {status, says} = control(controlled, pathname, headers, body.toString('utf8'));
		return send(reply, {status, headers: {'content-type': 'application/json'}, body: JSON.stringify(says)});
	}
	if (body === 'too large') {
		const service = serviceOf({headers});
		return send(reply, refusalReply(service, refusal(service.form, 'tooLarge'), randomUUID()));
	}
	const query = Object.fromEntries([...searchParams.keys()].map(name => [name, searchParams.getAll(name)]));
	const wire: Wire = {method: asked.method ?? '', path: pathname, query, headers, body};
	const from = whence(headers, controlled !== undefined);
	if (!from) return send(reply, noAddress);
	return send(reply, await answering.answer(wire, from), answering.terms.atOnce.signal);
}

const noAddress: Reply = {
	status: 400,
	headers: {'content-type': 'application/json'},
	body: JSON.stringify({
		error: 'x-sandbox-source-ip takes an IP address, x-sandbox-source-vpce an id such as vpce-1a2b3c4d',
	}),
};
/**
 * Where a request says it is from: under --control by header, so that one machine can play several. Undefined: what it
 * says is no place.
 */
function whence(headers: Readonly<Record<string, string>>, controlled: boolean): Whence | undefined {
	const agent = headers['user-agent'] ?? '';
	const {'x-sandbox-source-ip': address = '127.0.0.1', 'x-sandbox-source-vpce': vpce} = controlled ? headers : {};
	if (isIP(address) === 0 || (vpce !== undefined && !/^vpce-[\da-f]{8,17}$/.test(vpce))) return undefined;
	return {address, agent, ...(vpce !== undefined && {vpce})};
}

async function send(reply: ServerResponse, said: Reply, atOnce?: AbortSignal): Promise<void> {
	if (said === 'hang') return;
	if (said === 'drop') return void reply.destroy();
	if (said.late !== undefined) await sleep(said.late, undefined, {ref: false, signal: atOnce}).catch(() => undefined);
	if (!reply.destroyed)
		reply.writeHead(said.status, {...said.headers, 'content-length': Buffer.byteLength(said.body)}).end(said.body);
}

/** Reads a body to its end, so that the client hears the answer, but keeps no more of it than may be. */
async function bodyOf(asked: IncomingMessage): Promise<Buffer | 'gone' | 'too large'> {
	const chunks: Buffer[] = [];
	let size = 0;
	try {
		for await (const chunk of asked as AsyncIterable<Buffer>) {
			size += chunk.length;
			if (size > muchTooLarge) return 'gone';
			if (size <= largest) chunks.push(chunk);
		}
	} catch {
		return 'gone';
	}
	return size > largest ? 'too large' : Buffer.concat(chunks);
}
