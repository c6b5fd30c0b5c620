import {randomBytes} from 'node:crypto';
import {existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {readBounded} from './bounded-file.js';
import type {Answering, Holder} from './lock-holder.js';
import {codeOf} from './system-reasons.js';

/** As long as the path of a socket may be on any system, in bytes. */
const longest = 103;
/** What a file system says that keeps no sockets. */
const withoutSockets = ['EOPNOTSUPP', 'ENOTSUP', 'EPERM', 'EINVAL', 'ENOSYS', 'EAFNOSUPPORT'];

/**
 * The sockets of one record's lock in a folder of this user's: each holder's is in a folder of its own, numbered one
 * higher than that of the dead one before it. A number is taken by the rename of a folder, which fails if another was
 * faster, and only once its socket listens: who is refused there is dead, and stays so. The highest is never removed.
 */
export class Generations {
	constructor(
		readonly folder: string,
		readonly name: string,
	) {}

	/** Whether the paths are short enough for sockets. */
	get fits(): boolean {
		return Buffer.byteLength(this.socketOf(99_999)) <= longest;
	}

	/** The highest number there is; 0 where none was ever held. */
	latest(): number {
		return Math.max(0, ...this.#numbers());
	}
	#numbers(): readonly number[] {
		const start = `${this.name}.`;
		return readdirSync(this.folder)
			.filter(it => it.startsWith(start) && /^\d+$/.test(it.slice(start.length)))
			.map(it => Number(it.slice(start.length)));
	}
	#of(number: number): string {
		return join(this.folder, `${this.name}.${number}`);
	}
	/** Where the holder of that number listens. */
	socketOf(number: number): string {
		return join(this.#of(number), 's');
	}

	/** Whether that number is there without the socket it had when it was taken: nobody will listen there again. */
	isBroken(number: number): boolean {
		return existsSync(this.#of(number)) && !existsSync(this.socketOf(number));
	}

	/** Who once took that number, by its own note: for the case that it doesn't answer. */
	noteOf(number: number): string | undefined {
		try {
			return readBounded(join(this.#of(number), 'who'), 4096)
				.toString()
				.slice(0, 100);
		} catch {
			return undefined;
		}
	}

	/** Takes that number, unless another was faster; 'no sockets' where the file system keeps none. */
	async take(number: number, answering: Answering, {pid, host}: Holder): Promise<boolean | 'no sockets'> {
		const draft = this.#draft();
		mkdirSync(draft, {mode: 0o700});
		let taken = false;
		try {
			if (!(await answering.listen(join(draft, 's')))) return false;
			writeFileSync(join(draft, 'who'), `process ${pid} on ${host}`, {mode: 0o600});
			renameSync(draft, this.#of(number));
			taken = true;
		} catch (error) {
			if (['EEXIST', 'ENOTEMPTY', 'ENOENT'].includes(codeOf(error))) return false;
			if (withoutSockets.includes(codeOf(error))) return 'no sockets';
			throw error;
		} finally {
			if (!taken) rmSync(draft, {recursive: true, force: true});
		}
		// Whoever was so slow that its number had been taken, and passed, is too late as well.
		if (this.latest() !== number) return false;
		this.#clear(number);
		return true;
	}

	/**
	 * Takes away all traces of a first holder, while it still answers. A later number is never taken away: somebody may
	 * have seen the one before it dead, and be about to take it again.
	 */
	forget(number: number): void {
		if (number !== 1) return;
		const gone = this.#draft();
		try {
			renameSync(this.#of(number), gone);
			remove(gone);
		} catch {
			// somebody removed it
		}
	}
	#draft(): string {
		return join(this.folder, `${this.name}~${randomBytes(2).toString('hex')}`);
	}

	/** Removes what dead runs left. */
	#clear(number: number): void {
		for (const it of this.#numbers()) if (it < number - 1) remove(this.#of(it));
		for (const it of readdirSync(this.folder))
			if (it.startsWith(`${this.name}~`) && isOld(join(this.folder, it))) remove(join(this.folder, it));
	}
}

const remove = (path: string): void => {
	try {
		rmSync(path, {recursive: true, force: true});
	} catch {
		// it goes with the next run
	}
};
const isOld = (path: string): boolean => {
	try {
		return Date.now() - statSync(path).mtimeMs > 3_600_000;
	} catch {
		return false;
	}
};
