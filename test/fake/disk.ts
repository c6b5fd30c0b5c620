import {spawnSync} from 'node:child_process';
import {mkdtempSync, rmSync, statfsSync, truncateSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

const did = (command: string, ...args: readonly string[]): boolean =>
	spawnSync(command, args, {stdio: 'ignore'}).status === 0;

/** A real disk of a few hundred kilobytes, that can be full or read-only. */
export class Disk {
	readonly dir = mkdtempSync(join(tmpdir(), 'nps-kms-disk-'));
	readonly #filler = join(this.dir, 'filler');

	/** Makes one; only the superuser of a Linux system may. */
	static make(): Disk | undefined {
		const disk = new Disk();
		if (process.platform === 'linux' && did('mount', '-t', 'tmpfs', '-o', 'size=512k,mode=700', 'tmpfs', disk.dir))
			return disk;
		rmSync(disk.dir, {recursive: true});
		return undefined;
	}

	/** Takes all room but these bytes, which round down to whole blocks. */
	fill(room = 0): void {
		this.free();
		const {bavail, bsize} = statfsSync(this.dir);
		writeFileSync(this.#filler, Buffer.alloc(Math.max(0, bavail * bsize - room)));
	}
	free(): void {
		this.readOnly(false);
		writeFileSync(this.#filler, '');
		truncateSync(this.#filler, 0);
	}
	readOnly(is = true): void {
		if (!did('mount', '-o', `remount,${is ? 'ro' : 'rw'}`, this.dir))
			throw new Error('the disk can not be mounted anew');
	}
	remove(): void {
		did('umount', '-l', this.dir);
		rmSync(this.dir, {recursive: true, force: true});
	}
}

const tried = Disk.make();
tried?.remove();
/** Why what needs such a disk is left out, if it is. */
export const noDisk = tried ? undefined : 'only the superuser of a Linux system can mount a disk of its own';
if (noDisk) console.log(`Full and read-only disks are not tested: ${noDisk}`);
