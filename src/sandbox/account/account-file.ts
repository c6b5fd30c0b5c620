import {randomBytes} from 'node:crypto';
import {
	closeSync,
	constants,
	existsSync,
	fstatSync,
	fsyncSync,
	openSync,
	readdirSync,
	readFileSync,
	realpathSync,
	renameSync,
	rmSync,
	statSync,
	writeFileSync,
} from 'node:fs';
import {basename, dirname, join} from 'node:path';
import type {Account} from './account.js';
import type {CallEvent} from './event-history.js';

const version = 1;
/** Far more than an account of years has, in bytes. */
const most = 67_108_864;

/** The file can't serve: what stands in it, or that it can't be read or written. */
export class BadAccountFile extends Error {}

type Kept = {readonly account: Account; readonly events: CallEvent[]};
/** The account as a file of its owner's alone. */
export class Store {
	/** Which file it was when this store last read or wrote it; undefined: there was none. */
	#known: string | undefined;
	#wrote = false;

	constructor(readonly file: string) {}

	get isThere(): boolean {
		return existsSync(this.file);
	}

	/**
	 * The account in the file and its events, which older files don't have; undefined where there is no file. One that
	 * can't be read is told, never replaced.
	 */
	read(): Kept | undefined {
		this.#known = this.#served(() => markOf(this.file));
		if (this.#known === undefined) return undefined;
		const kept = parsed(this.#served(() => readWhole(this.file)));
		if (!holdsAccount(kept))
			throw new BadAccountFile(`${this.file} doesn't hold a sandbox's account of version ${version}`);
		return {account: kept.account, events: Array.isArray(kept.events) ? (kept.events as CallEvent[]) : []};
	}

	/** Durable when it returns. Refused where another sandbox has written to the file since: nothing of it is lost. */
	write(account: Account, events: readonly CallEvent[]): void {
		if (this.#isAnothers())
			throw new BadAccountFile(`Another sandbox has written to ${this.file} since this one began`);
		this.#served(() => {
			replace(this.file, JSON.stringify({v: version, account, events}));
			if (!this.#wrote) sweep(this.file);
			this.#known = markOf(this.file);
		});
		this.#wrote = true;
	}
	/**
	 * As it is at the end. A file that was only read from, and that another has written to since, stays as it is; one
	 * that was taken away stays away.
	 */
	writeLast(account: Account, events: readonly CallEvent[]): void {
		if (this.isThere && (this.#wrote || !this.#isAnothers())) this.write(account, events);
	}

	#isAnothers(): boolean {
		const mark = this.#served(() => markOf(this.file));
		return mark !== undefined && mark !== this.#known;
	}
	#served<T>(act: () => T): T {
		try {
			return act();
		} catch (error) {
			throw new BadAccountFile(`${this.file}: ${error instanceof Error ? error.message : String(error)}`);
		}
	}
}

/** What tells one written file from another. */
function markOf(file: string): string | undefined {
	const it = statSync(file, {bigint: true, throwIfNoEntry: false});
	return it && `${it.dev} ${it.ino} ${it.size} ${it.mtimeNs}`;
}
/** The text of a file, which is looked at first: a pipe that nobody writes to, or a device, would never end. */
function readWhole(file: string): string {
	const fd = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
	try {
		const it = fstatSync(fd);
		if (it.isDirectory()) throw new Error('that is a folder');
		if (!it.isFile()) throw new Error("that isn't a file");
		if (it.size > most) throw new Error(`it is longer than ${most} bytes`);
		return readFileSync(fd, 'utf8');
	} finally {
		closeSync(fd);
	}
}
/**
 * Another file in its place, at once or not at all: beside it, synced, renamed, then the folder. By hand, since
 * `atomically` takes a write that a full disk cut short for a whole one.
 */
function replace(file: string, text: string): void {
	const place = existsSync(file) ? realpathSync(file) : file;
	const beside = `${place}.tmp-${randomBytes(8).toString('hex')}`;
	try {
		const fd = openSync(beside, 'wx', 0o600);
		try {
			writeFileSync(fd, text);
			fsyncSync(fd);
		} finally {
			closeSync(fd);
		}
		renameSync(beside, place);
	} catch (error) {
		rmSync(beside, {force: true});
		throw error;
	}
	syncFolder(dirname(place));
}
/** Removes what killed processes left half-written beside the file: it holds the account's secrets, too. */
function sweep(file: string): void {
	const place = realpathSync(file);
	const start = `${basename(place)}.tmp-`;
	for (const name of readdirSync(dirname(place)))
		if (name.startsWith(start)) rmSync(join(dirname(place), name), {force: true});
}
function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
function holdsAccount(kept: unknown): kept is {readonly account: Account; readonly events?: unknown} {
	if (typeof kept !== 'object' || kept === null || !('v' in kept) || kept.v !== version || !('account' in kept))
		return false;
	const {account} = kept;
	return typeof account === 'object' && account !== null && 'users' in account && 'keys' in account;
}
/** Windows has no such notion. */
function syncFolder(folder: string): void {
	if (process.platform === 'win32') return;
	const fd = openSync(folder, 'r');
	try {
		fsyncSync(fd);
	} finally {
		closeSync(fd);
	}
}
