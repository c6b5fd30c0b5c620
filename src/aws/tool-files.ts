import {chmod, mkdir, readdir, readFile, stat, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';

/** The bytes of a file that AWS's tools or Node are told of, or undefined if it can't be read. */
export const bytesOf = (path: string): Promise<Buffer | undefined> =>
	readFile(path).then(
		it => it,
		() => undefined,
	);

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
