import {createHash} from 'node:crypto';
import {unlinkSync} from 'node:fs';
import {connect, createServer, type Server} from 'node:net';
import {hostname, tmpdir, userInfo} from 'node:os';
import {join, resolve} from 'node:path';
import {Trouble} from '../engine/trouble.js';
import {codeOf} from './system-reasons.js';

/** Frees the lock; the system does so too when the process dies. */
export type Lock = {release(): Promise<void>};
type Holder = {readonly pid: number; readonly host: string; readonly startedAt: string};

/** Holds a record for this process alone; a second one is told who has it. A dead process holds nothing. */
export async function lock(recordFile: string, setup: string, now: Date): Promise<Lock> {
	const address = addressOf(recordFile);
	const me: Holder = {pid: process.pid, host: hostname(), startedAt: now.toISOString()};
	for (let turn = 0; turn < 5; turn++) {
		const server = await listen(address, me);
		if (server) return {release: () => new Promise(done => server.close(() => done()))};
		const holder = await ask(address);
		if (holder) throw busy(setup, holder);
		if (address.startsWith('/')) forget(address);
	}
	throw busy(setup, undefined);
}

function addressOf(recordFile: string): string {
	const user = userInfo();
	const name = `nps-kms-${createHash('sha256')
		.update(`${user.uid} ${user.username} ${resolve(recordFile)}`)
		.digest('hex')
		.slice(0, 32)}`;
	if (process.platform === 'win32') return `\\\\.\\pipe\\${name}`;
	return process.platform === 'linux' ? `\0${name}` : join(tmpdir(), `${name}.sock`);
}

function listen(address: string, me: Holder): Promise<Server | undefined> {
	return new Promise((done, failed) => {
		const server = createServer(socket => {
			socket.on('error', () => socket.destroy());
			socket.end(JSON.stringify(me));
		});
		server.unref();
		server.once('error', error => (codeOf(error) === 'EADDRINUSE' ? done(undefined) : failed(error)));
		server.listen(address, () => done(server));
	});
}

function ask(address: string): Promise<Holder | undefined> {
	return new Promise(done => {
		let told = '';
		const socket = connect(address);
		const end = (): void => {
			socket.destroy();
			try {
				done(JSON.parse(told) as Holder);
			} catch {
				done(undefined);
			}
		};
		socket.setTimeout(2000, end);
		socket.on('data', part => {
			told += String(part);
		});
		socket.on('error', end);
		socket.on('end', end);
	});
}

function forget(address: string): void {
	try {
		unlinkSync(address);
	} catch {
		// someone else was faster
	}
}

const busy = (setup: string, holder: Holder | undefined): Trouble =>
	new Trouble(run => ({
		what: `Another nps-kms is at work on setup ${setup}`,
		why: holder
			? `Process ${holder.pid} on ${holder.host} has had it since ${holder.startedAt}`
			: 'It holds the record and does not say who it is',
		todo: `Let it finish, or end it, then run ${run()} again`,
		code: 'Locked',
	}));
