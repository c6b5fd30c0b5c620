import {spawn} from 'node:child_process';
import {
	appendFileSync,
	chmodSync,
	existsSync,
	linkSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	writeFileSync,
} from 'node:fs';
import {createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {join, relative} from 'node:path';
import type {Account} from '../../src/sandbox/account/account.js';
import {type Sandbox, startSandbox} from '../../src/sandbox/index.js';
import {memory} from '../memory.js';

const program = join(import.meta.dirname, '../../dist/nps-kms.js');
const preload = join(import.meta.dirname, 'preload.cjs');
/** What Node compiled of the program, for all of its runs: test/all.js has a place for it. */
const cache = process.env['NODE_COMPILE_CACHE'] ?? mkdtempSync(join(tmpdir(), 'nps-kms-kills-cache-'));
if (!process.env['NODE_COMPILE_CACHE']) process.on('exit', () => rmSync(cache, {recursive: true, force: true}));

/** A moment at which a process is killed: at a write that is to last, or at a call to AWS. */
export type Kill =
	| {readonly moment: number; readonly when: 'before' | 'half' | 'after'}
	| {readonly api: string; readonly nth: number; readonly when: 'before' | 'after'};
/** One line that a run left in the log, in order: a moment on disk, a sync, or a call. */
export type Trace = {readonly is: 'moment' | 'sync' | 'call'; readonly says: string};
/** How a run ended, and all that it said and did. */
export type Ran = {
	readonly code: number | null;
	readonly signal: NodeJS.Signals | null;
	readonly out: string;
	readonly said: string;
	readonly trace: readonly Trace[];
};
/** A file: what is in it, byte for byte as Latin-1, with the home folder as <HOME>, and its mode. */
type File = {readonly text: string; readonly mode: number};
/** All that outlives a process. */
export type World = {
	readonly account: Account;
	readonly files: Readonly<Record<string, File>>;
	/** Folders, the empty ones too, with their modes. */
	readonly folders: Readonly<Record<string, number>>;
	/** Sockets, at which nobody answers any more. */
	readonly sockets: readonly string[];
	/** Every secret that was ever made in it. */
	readonly secrets: ReadonlySet<string>;
	/** The account's clock. */
	readonly now: number;
	/** Milliseconds that it is ahead of this machine's. */
	readonly later: number;
};

/** An account in the built-in stand-in and a home folder, for one process after another. */
export class Arena {
	readonly #base = mkdtempSync(join(memory, 'nps-kms-kills-'));
	readonly home = join(this.#base, 'home');
	readonly #log = join(this.#base, 'log');
	readonly #socket = join(this.#base, 'socket');
	#secrets = new Set<string>();
	#kill: (() => void) | undefined;
	#sandbox: Sandbox | undefined;
	/** Milliseconds that the account's clock moves on when this API has been asked. */
	pace: Readonly<Record<string, number>> = {};
	/** The account's clock goes on from there. */
	#set = {to: Date.now(), at: Date.now()};
	#later = 0;

	static async open(): Promise<Arena> {
		const arena = new Arena();
		arena.#sandbox = await startSandbox({
			now: () => arena.#now(),
			onRequest(told) {
				const api = `${told.service}:${told.api}`;
				appendFileSync(arena.#log, `call ${api}\n`);
				arena.#collect();
				arena.#set.to += arena.pace[api] ?? 0;
				// Dead before its answer could go out, with the effect or without it.
				if (told.fault) arena.#kill?.();
			},
		});
		await leaveSocket(arena.#socket);
		return arena;
	}
	async close(): Promise<void> {
		await this.#sandbox?.close();
		rmSync(this.#base, {recursive: true, force: true});
	}

	get sandbox(): Sandbox {
		if (!this.#sandbox) throw new TypeError('the arena is not open');
		return this.#sandbox;
	}
	get secrets(): ReadonlySet<string> {
		return this.#secrets;
	}

	/** Secrets of access keys and passwords, before they are gone. */
	#collect(): void {
		for (const user of Object.values(this.sandbox.account.users)) {
			for (const it of user.accessKeys) this.#secrets.add(it.secret);
			if (user.loginProfile) this.#secrets.add(user.loginProfile.password);
		}
	}

	/** Everything as it is now, to come back to in any arena. */
	world(): World {
		const files: Record<string, File> = {};
		for (const file of under(this.#base, 'isFile')) {
			if (file === this.#log) continue;
			files[relative(this.#base, file)] = {
				text: readFileSync(file, 'latin1').replaceAll(this.home, '<HOME>'),
				mode: modeOf(file),
			};
		}
		return {
			account: structuredClone(this.sandbox.account),
			files,
			folders: Object.fromEntries(under(this.home, 'isDirectory').map(it => [relative(this.#base, it), modeOf(it)])),
			sockets: under(this.home, 'isSocket').map(it => relative(this.#base, it)),
			secrets: new Set(this.#secrets),
			now: this.#now(),
			later: this.#later,
		};
	}
	/** Makes everything as it was then; the account's clock only where that is asked for. */
	enter({account, files, folders, sockets, secrets, later}: World, now = Date.now()): void {
		Object.assign(this.sandbox.account, structuredClone(account));
		this.sandbox.setFaults([]);
		this.sandbox.setLags({lists: 0, aliases: 0});
		this.pace = {};
		this.#set = {to: now, at: Date.now()};
		this.pass(later - this.#later);
		this.#secrets = new Set(secrets);
		rmSync(this.home, {recursive: true, force: true});
		mkdirSync(this.home, {mode: 0o700});
		for (const [name, mode] of Object.entries(folders)) {
			mkdirSync(join(this.#base, name));
			chmodSync(join(this.#base, name), mode);
		}
		for (const [name, {text, mode}] of Object.entries(files)) {
			const file = join(this.#base, name);
			writeFileSync(file, text.replaceAll('<HOME>', this.home), {mode, encoding: 'latin1'});
			chmodSync(file, mode);
		}
		for (const name of sockets) linkSync(this.#socket, join(this.#base, name));
		rmSync(this.#log, {force: true});
	}
	#now(): number {
		return this.#set.to + Date.now() - this.#set.at;
	}
	/** Time passes, for the account and the dates of its answers. */
	pass(ms: number): void {
		this.sandbox.advance(ms);
		this.#later += ms;
	}
	/** Away with the record and all that is beside it. */
	loseState(): void {
		rmSync(join(this.home, 'state'), {recursive: true, force: true});
	}
	file(name: string): string {
		return join(this.home, name);
	}

	/** What a flag says: <HOME> is the home folder, <ID IN file.csv> the access key in a file there, <KMS KEY> the first. */
	#flag(text: string): string {
		const idIn = (_all: string, name: string): string =>
			/^(AKIA\w+),/m.exec(readFileSync(this.file(name), 'utf8'))?.[1] ?? '';
		const [key] = Object.values(this.sandbox.account.keys);
		return text
			.replaceAll('<HOME>', this.home)
			.replaceAll('<KMS KEY>', key?.id ?? '')
			.replaceAll(/<ID IN (\S+)>/g, idIn);
	}

	/** Runs the compiled program in a process of its own, to its end or its death. */
	async run(
		flags: readonly string[],
		{kill, env}: {readonly kill?: Kill | undefined; readonly env?: NodeJS.ProcessEnv | undefined} = {},
	): Promise<Ran> {
		rmSync(this.#log, {force: true});
		const {account, url} = this.sandbox;
		const [operator] = account.users['admin']?.accessKeys ?? [];
		const orders = {
			home: this.home,
			log: this.#log,
			...(kill && 'moment' in kill && {at: kill.moment, when: kill.when}),
		};
		if (kill && 'api' in kill)
			this.sandbox.setFaults([
				{api: kill.api, nth: kill.nth, kind: kill.when === 'before' ? 'drop-before' : 'drop-after'},
			]);
		const child = spawn(process.execPath, ['--require', preload, program, ...flags.map(it => this.#flag(it))], {
			env: {
				PATH: process.env['PATH'],
				HOME: this.home,
				USERPROFILE: this.home,
				TMPDIR: this.home,
				TEMP: this.home,
				NPS_KMS_HOME: join(this.home, 'state'),
				NPS_KMS_PATIENCE: '0',
				NPS_KMS_KILL: JSON.stringify(orders),
				NODE_COMPILE_CACHE: cache,
				AWS_ENDPOINT_URL: url,
				AWS_ACCESS_KEY_ID: operator?.id,
				AWS_SECRET_ACCESS_KEY: operator?.secret,
				AWS_REGION: 'eu-west-1',
				...env,
			},
			stdio: ['ignore', 'pipe', 'pipe'],
		});
		this.#kill = () => child.kill('SIGKILL');
		let [out, said] = ['', ''];
		child.stdout.on('data', (it: Buffer) => (out += it.toString()));
		child.stderr.on('data', (it: Buffer) => (said += it.toString()));
		const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>(done =>
			child.on('close', (...how) => done(how)),
		);
		this.#kill = undefined;
		this.sandbox.setFaults([]);
		return {code, signal, out, said, trace: this.#trace()};
	}

	#trace(): readonly Trace[] {
		const lines = readFileSync(this.#log, 'utf8').split('\n').filter(Boolean);
		return lines.map(it => ({is: it.split(' ', 1)[0] as Trace['is'], says: it.slice(it.indexOf(' ') + 1)}));
	}
}

/** What of that kind is under a folder, a folder before what is in it; nothing, if it isn't there. */
function under(dir: string, is: 'isFile' | 'isDirectory' | 'isSocket'): readonly string[] {
	if (!existsSync(dir)) return [];
	const found = readdirSync(dir, {recursive: true, withFileTypes: true}).filter(it => it[is]());
	return found.map(it => join(it.parentPath, it.name)).sort();
}
const modeOf = (path: string): number => statSync(path).mode & 0o777;

/** A socket as a killed process leaves it: there, and nobody listens. A server that ends takes away its first name only. */
async function leaveSocket(path: string): Promise<void> {
	const server = createServer();
	await new Promise<void>(done => server.listen(`${path}-first`, done));
	linkSync(`${path}-first`, path);
	await new Promise(done => server.close(done));
}
