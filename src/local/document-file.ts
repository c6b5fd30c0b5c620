import {
	closeSync,
	fchmodSync,
	fsyncSync,
	lstatSync,
	mkdirSync,
	openSync,
	readFileSync,
	renameSync,
	rmSync,
	statSync,
	writeSync,
} from 'node:fs';
import {dirname, join} from 'node:path';
import {Trouble} from '../engine/trouble.js';
import {besideOf, onceFree, syncFolder} from './durable-file.js';
import {misnamed} from './place-name.js';
import {codeOf, reasonOf} from './system-reasons.js';
import {wholePath} from './whole-path.js';

/** How a document is put into a file: in the place of another one, as one that can be run, and which flag names it. */
export type Putting = {
	readonly force?: boolean;
	/** A file that begins so is one of ours, and replaced without a word; an empty one too. */
	readonly renews?: string;
	readonly runs?: boolean;
	readonly flag?: string;
};
/** A document that can go where it is to go: its whole path, and whether it is there already, byte for byte. */
export type DocumentFile = {readonly file: string; readonly isThere: boolean; put(): void};

/**
 * Looks whether a document can go into a file, and changes nothing; `put` writes it beside and renames it, for
 * everybody to read: a text with the same ends of lines everywhere, bytes as they are. Throws Trouble for a file that
 * holds something else (unless forced), for a link, and for a place where none can be.
 */
export function documentFile(
	typed: string,
	text: string | Uint8Array,
	{force = false, renews, runs = false, flag = '--out'}: Putting,
): DocumentFile {
	const another = `Name another file with ${flag}`;
	const file = wholePath(typed);
	const wrong = misnamed(file);
	if (wrong !== undefined) throw refused(file, wrong, another);
	const bytes = typeof text === 'string' ? Buffer.from(text.replaceAll('\r\n', '\n')) : Buffer.from(text);
	const there = lstatSync(file, {throwIfNoEntry: false});
	if (there && !there.isFile()) {
		const is = there.isSymbolicLink() ? 'It is a link, and none is followed' : 'Something is there that is no file';
		throw refused(file, is, another);
	}
	const isThere = there !== undefined && holds(file, bytes);
	if (there && !isThere && !force && !(renews !== undefined && begins(file, renews))) {
		const todo = `Name another file, or ${renews === undefined ? 'replace it with --force' : 'remove that one first'}`;
		throw refused(file, 'A file is there that holds something else', todo);
	}
	return {file, isThere, put: () => (isThere ? undefined : write(file, bytes, {mode: runs ? 0o755 : 0o644, flag}))};
}

function holds(file: string, bytes: Buffer): boolean {
	try {
		return readFileSync(file).equals(bytes);
	} catch {
		return false;
	}
}

function begins(file: string, text: string): boolean {
	try {
		const held = readFileSync(file);
		return held.length === 0 || held.subarray(0, Buffer.byteLength(text)).equals(Buffer.from(text));
	} catch {
		return false;
	}
}

type Writing = {readonly mode: number; readonly flag: string};
function write(file: string, bytes: Buffer, {mode, flag}: Writing): void {
	const beside = besideOf(file);
	try {
		const fd = openSync(beside, 'wx', mode);
		try {
			fchmodSync(fd, mode);
			for (let at = 0; at < bytes.length; at += writeSync(fd, bytes, at));
			fsyncSync(fd);
		} finally {
			closeSync(fd);
		}
		onceFree(() => renameSync(beside, file));
		syncFolder(dirname(file));
	} catch (error) {
		rmSync(beside, {force: true});
		throw refused(file, `${reasonOf(error)} [${codeOf(error)}]`, `Mend that, or name another file with ${flag}`);
	}
}

const refused = (file: string, why: string, todo: string): Trouble =>
	new Trouble({is: 'problem', what: `${file} can't be written`, why, todo, code: 'OutFile'});

/**
 * Documents that go into one folder, which is made where it isn't there. All are looked at before the first is written;
 * throws Trouble as `documentFile` does.
 */
export function documentFolder(
	typed: string,
	documents: Readonly<Record<string, string>>,
	how: Putting,
): {readonly files: readonly DocumentFile[]; put(): void} {
	const folder = wholePath(typed);
	const there = statSync(folder, {throwIfNoEntry: false});
	if (there && !there.isDirectory())
		throw refused(folder, 'Something is there that is no folder', 'Name another folder with --out');
	const files = Object.entries(documents).map(([name, text]) => documentFile(join(folder, name), text, how));
	return {
		files,
		put() {
			if (!there) make(folder);
			for (const it of files) it.put();
		},
	};
}

function make(folder: string): void {
	try {
		mkdirSync(folder, {recursive: true});
	} catch (error) {
		throw refused(folder, `${reasonOf(error)} [${codeOf(error)}]`, 'Mend that, or name another folder with --out');
	}
}
