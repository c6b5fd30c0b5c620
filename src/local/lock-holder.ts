import {createHmac, randomBytes, timingSafeEqual} from 'node:crypto';
import {lstatSync, readFileSync, renameSync, writeFileSync} from 'node:fs';
import {connect, createServer, type Server, type Socket} from 'node:net';
import {join} from 'node:path';
import {codeOf} from './system-reasons.js';

/** Who holds a lock. */
export type Holder = {readonly pid: number; readonly host: string; readonly startedAt: string};
/**
 * What was found where a lock is held: a run of this user's; nobody, for the process died; no socket any more; or what
 * doesn't prove that it knows the key.
 */
export type Found = {readonly holder: Holder} | 'dead' | 'gone' | 'unproven';

/** As long as a holder may take to answer, in milliseconds, and as much as it may say, in bytes. */
const [longest, most] = [2000, 4096];

/** The key that only this user's runs know; made on first use. */
export function keyIn(folder: string): Buffer {
	const file = join(folder, 'key');
	return readKey(file) ?? newKey(file);
}
function newKey(file: string): Buffer {
	const made = `${file}-${randomBytes(6).toString('hex')}`;
	writeFileSync(made, randomBytes(32), {mode: 0o600, flag: 'wx'});
	renameSync(made, file);
	// Of two that were made at once, the later one counts.
	return readKey(file) ?? Buffer.alloc(32);
}
function readKey(file: string): Buffer | undefined {
	try {
		if (!lstatSync(file).isFile()) return undefined;
		const key = readFileSync(file);
		return key.length === 32 ? key : undefined;
	} catch (error) {
		if (codeOf(error) === 'ENOENT') return undefined;
		throw error;
	}
}

const proofOf = (key: Buffer, nonce: string, {pid, host, startedAt}: Holder): Buffer =>
	createHmac('sha256', key)
		.update(JSON.stringify([nonce, pid, host, startedAt]))
		.digest();

/** Answers whoever asks who holds the lock, with the proof that it is this user's run; never lives for that alone. */
export class Answering {
	readonly #sockets = new Set<Socket>();
	readonly server: Server;

	constructor(me: Holder, key: () => Buffer) {
		this.server = createServer(socket => this.#answer(socket, me, key));
		this.server.maxConnections = 64;
		this.server.unref();
	}

	/** Whether it listens there now: not if somebody already does. Throws where that can't be done at all. */
	listen(address: string): Promise<boolean> {
		return new Promise((done, failed) => {
			this.server.on('error', error => (codeOf(error) === 'EADDRINUSE' ? done(false) : failed(error)));
			this.server.listen(address, () => done(true));
		});
	}

	close(): Promise<void> {
		for (const it of this.#sockets) it.destroy();
		return new Promise(done => this.server.close(() => done()));
	}

	#answer(socket: Socket, me: Holder, key: () => Buffer): void {
		this.#sockets.add(socket);
		socket.unref();
		const late = setTimeout(() => socket.destroy(), longest).unref();
		socket.on('close', () => {
			clearTimeout(late);
			this.#sockets.delete(socket);
		});
		socket.on('error', () => socket.destroy());
		let asked = '';
		socket.on('data', part => {
			asked += part.toString('latin1');
			const [, nonce] = /^([0-9a-f]{64})\n$/.exec(asked) ?? [];
			if (nonce !== undefined) socket.end(JSON.stringify({...me, proof: provenBy(key, nonce, me)}));
			else if (asked.length > 64) socket.destroy();
		});
	}
}
function provenBy(key: () => Buffer, nonce: string, me: Holder): string {
	try {
		return proofOf(key(), nonce, me).toString('hex');
	} catch {
		return '';
	}
}

/** Asks who holds the lock there, and believes only who proves to know the key. */
export async function whoHolds(address: string, key: () => Buffer): Promise<Found> {
	const nonce = randomBytes(32).toString('hex');
	let told = '';
	// Who ends while it is asked says nothing more, and is dead the next time.
	for (let turn = 0; turn < 5 && told === ''; turn++) told = await ask(address, `${nonce}\n`);
	if (told === 'dead' || told === 'gone') return told;
	const it = holderIn(told);
	if (!it) return 'unproven';
	const proof = Buffer.from(it.proof, 'hex');
	const wanted = proofOf(key(), nonce, it);
	if (proof.length !== wanted.length || !timingSafeEqual(proof, wanted)) return 'unproven';
	return {holder: {pid: it.pid, host: it.host, startedAt: it.startedAt}};
}

function holderIn(text: string): (Holder & {readonly proof: string}) | undefined {
	let it: Partial<Record<'pid' | 'host' | 'startedAt' | 'proof', unknown>> | null;
	try {
		it = JSON.parse(text) as typeof it;
	} catch {
		return undefined;
	}
	const {pid, host, startedAt, proof} = it ?? {};
	if (!Number.isSafeInteger(pid) || typeof host !== 'string' || typeof startedAt !== 'string') return undefined;
	if (typeof proof !== 'string' || Number.isNaN(Date.parse(startedAt))) return undefined;
	return {pid: Number(pid), host, startedAt, proof};
}

/**
 * What is said there, no longer and no more than it may be; nothing if it ends first; 'dead' or 'gone' where nobody is.
 */
function ask(address: string, question: string): Promise<string> {
	return new Promise(done => {
		const parts: Buffer[] = [];
		let length = 0;
		const socket = connect(address, () => socket.write(question));
		const end = (told: string): void => {
			clearTimeout(late);
			socket.destroy();
			done(told);
		};
		const late = setTimeout(() => end('late'), longest);
		socket.on('data', part => {
			parts.push(part);
			length += part.length;
			if (length > most) end('too much');
		});
		socket.on('end', () => end(Buffer.concat(parts).toString()));
		socket.on('error', error => end({ECONNREFUSED: 'dead', ENOENT: 'gone'}[codeOf(error)] ?? ''));
	});
}
