import {
	closeSync,
	fchownSync,
	fsyncSync,
	openSync,
	realpathSync,
	renameSync,
	rmSync,
	statSync,
	writeSync,
} from 'node:fs';
import {codeOf} from './system-reasons.js';

/** Where a file is written before it takes another's place: what a death leaves there is told by its name. */
export const besideOf = (file: string): string =>
	`${file}.tmp-${Date.now().toString().slice(-10)}${Math.floor(Math.random() * 0x1_00_00_00)
		.toString(16)
		.padStart(6, '0')}`;
/** Whether a file by that name is what a death may have left beside the one of the other name. */
export const isBeside = (name: string, of: string): boolean =>
	name.startsWith(`${of}.tmp-`) && /^\d{10}[\da-f]{6}$/.test(name.slice(of.length + '.tmp-'.length));

/**
 * Puts a text in the place of a file, for its owner only: whole and on disk, or not at all. Whoever is named as its
 * reader reads it before, and by throwing keeps what was there.
 */
export function replaceFile(file: string, text: string, beside = besideOf(file), read = (): void => undefined): void {
	try {
		const fd = openSync(beside, 'wx', 0o600);
		try {
			keepOwner(fd, file);
			writeWhole(fd, Buffer.from(text));
			fsyncSync(fd);
		} finally {
			closeSync(fd);
		}
		read();
		onceFree(() => renameSync(beside, file));
	} catch (error) {
		rmSync(beside, {force: true});
		throw error;
	}
}

/** For how long another program is let to have a file open, and how often it is asked, in milliseconds. */
const [patience, pause] = [10_000, 100];
const sleep = (ms: number): void => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
/**
 * Does that once no other program has the file open, within ten seconds; else fails with EBUSY. On Windows a file that
 * a virus scanner or a backup reads can't be replaced meanwhile; elsewhere nothing is waited for.
 */
export function onceFree(act: () => void, platform: NodeJS.Platform = process.platform, wait = sleep): void {
	for (let waited = 0; ; waited += pause) {
		try {
			act();
			return;
		} catch (error) {
			if (platform !== 'win32' || !['EPERM', 'EACCES', 'EBUSY'].includes(codeOf(error))) throw error;
			if (waited >= patience)
				throw Object.assign(new Error('it stays open elsewhere', {cause: error}), {code: 'EBUSY'});
			wait(pause);
		}
	}
}

/** All of the bytes: a system may take a part of them, as when the disk gets full, and say so only in a number. */
function writeWhole(fd: number, bytes: Buffer): void {
	for (let at = 0; at < bytes.length; ) {
		const taken = writeSync(fd, bytes, at, bytes.length - at, at);
		if (taken === 0) throw Object.assign(new Error('no more of the file was taken'), {code: 'ENOSPC'});
		at += taken;
	}
}

/** Who acts for somebody else, such as the superuser, leaves the file theirs. */
function keepOwner(fd: number, file: string): void {
	const there = statSync(file, {throwIfNoEntry: false});
	if (!there || process.platform === 'win32') return;
	if (there.uid === process.geteuid?.() && there.gid === process.getegid?.()) return;
	try {
		fchownSync(fd, there.uid, there.gid);
	} catch {
		// only the superuser may
	}
}

/** Where a file really is, or will be. */
export const placeOf = (file: string): string => (statSync(file, {throwIfNoEntry: false}) ? realpathSync(file) : file);

/** Makes a rename or a new file in a folder durable; systems without that notion are left alone. */
export function syncFolder(folder: string): void {
	if (process.platform === 'win32') return;
	const fd = openSync(folder, 'r');
	try {
		fsyncSync(fd);
	} finally {
		closeSync(fd);
	}
}
