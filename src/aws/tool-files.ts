import {constants} from 'node:fs';
import {chmod, type FileHandle, mkdir, open, readdir, stat, writeFile} from 'node:fs/promises';
import {homedir} from 'node:os';
import {dirname, join, sep} from 'node:path';

/** Far more than a file of settings or certificates has, in bytes. */
const most = 16_777_216;
/** For so long, in milliseconds, a pipe is waited for that says nothing. */
const patience = 5000;

/** The bytes of a file that AWS's tools or Node are told of, or undefined if it can't be read. */
export const bytesOf = (path: string): Promise<Buffer | undefined> =>
	bytesOrWhy(path).then(it => (Buffer.isBuffer(it) ? it : undefined));

/**
 * The bytes of a file, or of a pipe that somebody writes to, such as a shell's `<(command)`; else why there are none,
 * with the system's code: it isn't there, is too long, or says nothing for 5 seconds.
 */
export async function bytesOrWhy(path: string): Promise<Buffer | {readonly why: string; readonly code: string}> {
	let file: FileHandle | undefined;
	try {
		// Who opens a pipe that nobody writes to waits for ever.
		file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
		if ((await file.stat()).isDirectory()) return {why: 'that is a folder', code: 'EISDIR'};
		return await bytesFrom(file);
	} catch (error) {
		const {code = '', message} = error as NodeJS.ErrnoException;
		const why = code === 'EACCES' || code === 'EPERM' ? 'you may not read it' : message;
		return {why, code};
	} finally {
		await file?.close();
	}
}

async function bytesFrom(file: FileHandle): Promise<Buffer | {readonly why: string; readonly code: string}> {
	const parts: Buffer[] = [];
	const part = Buffer.alloc(65_536);
	let length = 0;
	for (let until = Date.now() + patience; ; ) {
		const read = await readNow(file, part);
		if (read === 0) return Buffer.concat(parts);
		if (read === undefined) {
			if (Date.now() > until) return {why: 'nothing came from it for 5 seconds', code: 'ETIMEDOUT'};
			await new Promise(done => setTimeout(done, 20));
			continue;
		}
		length += read;
		if (length > most) return {why: `it is longer than ${most} bytes`, code: 'EFBIG'};
		parts.push(Buffer.from(part.subarray(0, read)));
		until = Date.now() + patience;
	}
}

/** How many bytes came; undefined where none are there yet. */
async function readNow(file: FileHandle, into: Buffer): Promise<number | undefined> {
	try {
		return (await file.read(into, 0, into.length)).bytesRead;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return undefined;
		throw error;
	}
}

/** The bytes of a file, or of each file of a folder; none if neither is there. */
export async function bytesAt(path: string): Promise<readonly Buffer[]> {
	const isFolder = await stat(path).then(
		it => it.isDirectory(),
		() => false,
	);
	const paths = isFolder ? (await readdir(path)).map(it => join(path, it)) : [path];
	const all = await Promise.all(paths.map(bytesOf));
	return all.filter(it => it !== undefined);
}

/** The home folder; undefined where the system knows none. Empty counts as unset. */
export function homeFolderOf(env: NodeJS.ProcessEnv): string | undefined {
	const byDrive = env['HOMEPATH'] ? `${env['HOMEDRIVE'] ?? `C:${sep}`}${env['HOMEPATH']}` : undefined;
	const named = env['HOME'] || env['USERPROFILE'] || byDrive;
	if (named) return named;
	try {
		return homedir() || undefined;
	} catch {
		return undefined;
	}
}

/** A path as AWS's tools read it: `~/` is the home folder, where there is one. */
export const atHome = (path: string, env: NodeJS.ProcessEnv): string =>
	path.replace(/^~(?=[/\\])/, it => homeFolderOf(env) ?? it);

/** Writes a file that AWS's tools read, for its owner's eyes alone; its folder is made if it isn't there. */
export async function writeOwn(path: string, text: string): Promise<void> {
	await mkdir(dirname(path), {recursive: true, mode: 0o700});
	await writeFile(path, '', {mode: 0o600});
	// One that was there keeps its mode until it is told.
	await chmod(path, 0o600);
	await writeFile(path, text);
}

/** Text in the encodings that Windows' tools write: UTF-8 with or without a mark, and UTF-16. */
export function textOf(bytes: Uint8Array): string {
	const [first = 0, second = 0] = bytes;
	if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
	if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes);
	// Without a mark, the text of a setting begins with a character of which UTF-16 has one byte in two empty.
	if (bytes.length > 1 && first !== 0 && second === 0) return new TextDecoder('utf-16le').decode(bytes);
	return new TextDecoder('utf-8').decode(bytes);
}
