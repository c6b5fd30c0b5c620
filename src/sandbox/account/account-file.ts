import {closeSync, existsSync, fsyncSync, openSync, readdirSync, readFileSync, rmSync} from 'node:fs';
import {basename, dirname, join} from 'node:path';
import {writeFileSync} from 'atomically';
import type {Account} from './account.js';

const version = 1;

/** The file can't serve: what stands in it, or that it can't be read or written. */
export class BadAccountFile extends Error {}

/** The account as a file of its owner's alone. */
export class Store {
	/** Whether it has been written to: one that was only read from stays as another may have made it since. */
	wrote = false;

	constructor(readonly file: string) {}

	get isThere(): boolean {
		return existsSync(this.file);
	}

	/** The account in the file; undefined where there is no file. One that can't be read is told, never replaced. */
	read(): Account | undefined {
		if (!this.isThere) return undefined;
		const kept = parsed(this.#served(() => readFileSync(this.file, 'utf8')));
		if (!holdsAccount(kept))
			throw new BadAccountFile(`${this.file} doesn't hold a sandbox's account of version ${version}`);
		return kept.account;
	}

	/** Durable when it returns: a file beside it, then a rename, then the folder. */
	write(account: Account): void {
		this.#served(() => {
			writeFileSync(this.file, JSON.stringify({v: version, account}), {mode: 0o600});
			syncFolder(dirname(this.file));
			if (!this.wrote) sweep(this.file);
		});
		this.wrote = true;
	}

	#served<T>(act: () => T): T {
		try {
			return act();
		} catch (error) {
			throw new BadAccountFile(`${this.file}: ${error instanceof Error ? error.message : String(error)}`);
		}
	}
}

/** Removes what killed processes left half-written beside the file: it holds the account's secrets, too. */
function sweep(file: string): void {
	const start = `${basename(file)}.tmp-`;
	for (const name of readdirSync(dirname(file)))
		if (name.startsWith(start)) rmSync(join(dirname(file), name), {force: true});
}
function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
function holdsAccount(kept: unknown): kept is {readonly account: Account} {
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
