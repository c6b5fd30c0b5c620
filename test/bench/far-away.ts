import {createServer, type IncomingMessage, request, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';

/** An endpoint that answers in turns: all that is asked by then, once nothing more was asked for so long. */
export class FarAway {
	#waiting: (() => void)[] = [];
	#requests = 0;
	#turns = 0;
	#connections = 0;
	#quiet: NodeJS.Timeout | undefined;

	private constructor(
		readonly quietMs: number,
		/** Where it answers. */
		readonly url: string,
		readonly close: () => Promise<void>,
	) {}

	/** In front of another endpoint. */
	static async of(endpoint: string, quietMs: number): Promise<FarAway> {
		const holder: {it?: FarAway} = {};
		const server = createServer({keepAliveTimeout: 75_000}, (asked, reply) => {
			void holder.it?.turn().then(() => forward(asked, reply, new URL(endpoint)));
		});
		server.on('connection', () => {
			if (holder.it) holder.it.#connections += 1;
		});
		await new Promise<void>(done => {
			server.listen(0, '127.0.0.1', done);
		});
		const close = async (): Promise<void> => {
			server.closeAllConnections();
			await new Promise(done => server.close(done));
		};
		holder.it = new FarAway(quietMs, `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close);
		return holder.it;
	}

	/** The requests since the last time, how many turns they took (one for each that had to wait for another), and how many connections. */
	counted(): {readonly requests: number; readonly chain: number; readonly connections: number} {
		const counted = {requests: this.#requests, chain: this.#turns, connections: this.#connections};
		[this.#requests, this.#turns, this.#connections] = [0, 0, 0];
		return counted;
	}

	private turn(): Promise<void> {
		this.#requests += 1;
		clearTimeout(this.#quiet);
		this.#quiet = setTimeout(() => {
			const these = this.#waiting;
			this.#waiting = [];
			this.#turns += 1;
			for (const go of these) go();
		}, this.quietMs);
		return new Promise(go => this.#waiting.push(go));
	}
}

async function forward(asked: IncomingMessage, reply: ServerResponse, to: URL): Promise<void> {
	const parts: Buffer[] = [];
	for await (const it of asked) parts.push(it as Buffer);
	const {method, url: path, headers} = asked;
	const answer = await new Promise<IncomingMessage>((done, failed) => {
		request({host: to.hostname, port: to.port, path, method, headers}, done)
			.on('error', failed)
			.end(Buffer.concat(parts));
	});
	reply.writeHead(answer.statusCode ?? 500, answer.headers);
	answer.pipe(reply);
}
