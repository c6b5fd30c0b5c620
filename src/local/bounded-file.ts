import {closeSync, constants, fstatSync, openSync, readSync} from 'node:fs';
import {codeOf} from './system-reasons.js';

/** For so long, in milliseconds, a pipe is waited for that says nothing. */
const patience = 5000;

/**
 * The bytes of a file, or of a pipe that somebody writes to, such as a shell's `<(command)`. Throws where it is longer
 * than so many bytes, or a pipe says nothing for 5 seconds.
 */
export function readBounded(path: string, most: number): Buffer {
	// Who opens a pipe that nobody writes to waits for ever.
	const fd = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
	try {
		if (fstatSync(fd).isDirectory()) throw failure('that is a folder', 'EISDIR');
		const parts: Buffer[] = [];
		const part = Buffer.alloc(65_536);
		let length = 0;
		for (let until = Date.now() + patience; ; ) {
			const read = readNow(fd, part);
			if (read === 0) return Buffer.concat(parts);
			if (read === undefined) {
				if (Date.now() > until) throw failure('nothing came from it for 5 seconds', 'ETIMEDOUT');
				Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
				continue;
			}
			length += read;
			if (length > most) throw failure(`it is longer than ${most} bytes`, 'EFBIG');
			parts.push(Buffer.from(part.subarray(0, read)));
			until = Date.now() + patience;
		}
	} finally {
		closeSync(fd);
	}
}

/** How many bytes came; undefined where none are there yet. */
function readNow(fd: number, into: Buffer): number | undefined {
	try {
		return readSync(fd, into);
	} catch (error) {
		if (codeOf(error) === 'EAGAIN') return undefined;
		throw error;
	}
}
const failure = (why: string, code: string): Error => Object.assign(new Error(why), {code});
