import {spawnSync} from 'node:child_process';
import {randomInt} from 'node:crypto';
import {
	accessSync,
	chmodSync,
	closeSync,
	constants,
	fchmodSync,
	fstatSync,
	fsyncSync,
	ftruncateSync,
	lstatSync,
	openSync,
	readFileSync,
	writeSync,
} from 'node:fs';
import {dirname} from 'node:path';
import {parse} from 'csv-parse/sync';
import {stringify} from 'csv-stringify/sync';
import type {Places} from '../engine/apply.js';
import type {Kept} from '../engine/step.js';
import {Trouble} from '../engine/trouble.js';
import {syncFolder} from './durable-file.js';
import {openToOthers} from './own-folder.js';
import {misnamed} from './place-name.js';
import {systemProgram} from './program-path.js';
import {codeOf, reasonOf} from './system-reasons.js';

/** What stands in a place, without telling its secret. */
export function lookInto(place: string, columns: readonly string[], column: string): Kept {
	const there = look(place);
	if ('unusable' in there) return {is: 'absent', unwritable: there.unusable};
	if (there.is === 'absent') return {is: 'absent', ...unwritable(dirname(place))};
	if (!('text' in there)) return {is: 'other'};
	const {text, isOurs} = there;
	const value = rowOf(text, columns)?.[column];
	if (value !== undefined) return {is: 'row', value};
	if (!isOurs) return {is: 'other'};
	if (/^ *$/.test(text)) return {is: 'empty'};
	return {is: headed(text, columns) ? 'half' : 'other'};
}

/** The files that this process claimed, by path: which ones they are, whatever stands there later. */
const claimed = new Map<string, {readonly dev: bigint; readonly ino: bigint}>();

/** The files that secrets go to: one row of CSV each, for their owner only. */
export const filePlaces: Places = {
	async claim(place, again) {
		try {
			refuseShared(place);
			const fd = openSync(place, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
			try {
				protect(place, fd);
				fsyncSync(fd);
				tryRoom(fd);
				claimed.set(place, fstatSync(fd, {bigint: true}));
			} finally {
				closeSync(fd);
			}
			syncFolder(dirname(place));
		} catch (error) {
			// Claimed before by this record: an empty file, or one a crash left half-written, is taken up again.
			if (codeOf(error) !== 'EEXIST' || !again) throw placeTrouble(place, error);
			takeUp(place);
		}
		tryOpening(place);
	},
	async keep(place, row) {
		let fd: number | undefined;
		try {
			const known = claimed.get(place);
			fd = openSync(place, constants.O_RDWR | (known ? 0 : constants.O_CREAT) | (constants.O_NOFOLLOW ?? 0), 0o600);
			refuseOther(fd, known);
			protect(place, fd);
			ftruncateSync(fd, 0);
			const bytes = Buffer.from(stringify([row], {header: true, record_delimiter: 'windows'}));
			// One write, in place: a temporary file would outlive a kill, with the secret in it.
			if (writeSync(fd, bytes, 0, bytes.length, 0) !== bytes.length)
				throw failure('the file took only a part', 'ENOSPC');
			fsyncSync(fd);
		} catch (error) {
			throw placeTrouble(place, error);
		} finally {
			if (fd !== undefined) closeSync(fd);
		}
	},
	async empty(place) {
		let fd: number | undefined;
		try {
			fd = openSync(place, constants.O_RDWR | (constants.O_NOFOLLOW ?? 0));
			refuseOther(fd, claimed.get(place));
			ftruncateSync(fd, 0);
			fsyncSync(fd);
		} catch (error) {
			throw placeTrouble(place, error);
		} finally {
			if (fd !== undefined) closeSync(fd);
		}
	},
	async recall(place, columns, column) {
		const there = look(place);
		return 'text' in there ? rowOf(there.text, columns)?.[column] : undefined;
	},
	make: () => password(),
};

const failure = (why: string, code: string): Error => Object.assign(new Error(why), {code});

/**
 * Fails unless this is the file that was claimed, and still this user's alone: in a folder that others can write to it
 * could be one of theirs by now.
 */
function refuseOther(fd: number, known: {readonly dev: bigint; readonly ino: bigint} | undefined): void {
	const it = fstatSync(fd, {bigint: true});
	if (!it.isFile()) throw failure('that is not a file', 'EISDIR');
	if (known && (it.dev !== known.dev || it.ino !== known.ino))
		throw failure('another file was put in its place', 'PlaceChanged');
	if (it.nlink > 1n) throw failure('the file has another name as well', 'PlaceShared');
	if (!isOurs(Number(it.uid))) throw failure('the file belongs to another user', 'PlaceShared');
}
const isOurs = (uid: number): boolean => process.platform === 'win32' || uid === process.geteuid?.();

/** Fails where others could put their own file in the place of ours. */
function refuseShared(place: string): void {
	const why = openToOthers(dirname(place));
	if (why) throw failure(why, 'FolderOpen');
}

/**
 * Fails if the disk has no room for a secret: that must not come out only once AWS has told it. What a death leaves is
 * blank.
 */
function tryRoom(fd: number): void {
	const blanks = Buffer.alloc(1024, ' ');
	if (writeSync(fd, blanks, 0, blanks.length, 0) !== blanks.length) throw failure('there is no room', 'ENOSPC');
	fsyncSync(fd);
	ftruncateSync(fd, 0);
	fsyncSync(fd);
}

/** A place that was claimed before: one with nothing in it is tried for room again. */
function takeUp(place: string): void {
	let fd: number | undefined;
	try {
		fd = openSync(place, constants.O_RDWR | (constants.O_NOFOLLOW ?? 0));
		refuseOther(fd, undefined);
		claimed.set(place, fstatSync(fd, {bigint: true}));
		const {size} = fstatSync(fd);
		if (size <= most && /^ *$/.test(readFileSync(fd, 'utf8'))) tryRoom(fd);
	} catch (error) {
		throw placeTrouble(place, error);
	} finally {
		if (fd !== undefined) closeSync(fd);
	}
}

/** Fails if it can't be opened for writing again, as its access list may say: not only once AWS has told the secret. */
function tryOpening(place: string): void {
	try {
		closeSync(openSync(place, constants.O_RDWR | (constants.O_NOFOLLOW ?? 0)));
	} catch (error) {
		throw placeTrouble(place, error);
	}
}

type Unusable = {readonly why: string; readonly code: string};
type There =
	| {readonly is: 'absent'}
	| {readonly is: 'other'}
	| {readonly is: 'text'; readonly text: string; readonly isOurs: boolean}
	| {readonly unusable: Unusable};
/** As long as a file of ours may be, in bytes, and be read. */
const most = 65_536;
/** Whether a path holds nothing, text, or something else, or can't be one. */
function look(place: string): There {
	const why = misnamed(place);
	if (why) return {unusable: {why, code: 'Name'}};
	try {
		const {size, uid, nlink} = lstatSync(place);
		if (!lstatSync(place).isFile() || size > most) return {is: 'other'};
		return {is: 'text', text: readFileSync(place, 'utf8'), isOurs: isOurs(uid) && nlink === 1};
	} catch (error) {
		const code = codeOf(error);
		if (['ENOENT', 'ENOTDIR'].includes(code)) return {is: 'absent'};
		return {unusable: {why: `${place}: ${code === 'EACCES' ? 'you may not look there' : reasonOf(error)}`, code}};
	}
}
/** The one whole row under these columns: whole is what ends with its line's end. */
function rowOf(text: string, columns: readonly string[]): Readonly<Record<string, string>> | undefined {
	if (!text.endsWith('\n')) return undefined;
	try {
		const rows: string[][] = parse(text, {bom: true, skip_empty_lines: true});
		const [header, row, ...more] = rows;
		if (!header || !row || more.length > 0 || columns.some((it, at) => header[at] !== it) || row.some(it => it === ''))
			return undefined;
		return Object.fromEntries(header.map((name, at) => [name, row[at] ?? '']));
	} catch {
		return undefined;
	}
}
/** Whether the text begins as ours does: a write that a crash cut off, at whatever byte. */
const headed = (text: string, columns: readonly string[]): boolean => {
	const start = `${columns.join(',')}\r\n`;
	return start.startsWith(text) || (text.startsWith(start) && text.indexOf('\n', start.length) === -1);
};

function unwritable(folder: string): {unwritable?: Unusable} {
	try {
		if (!lstatSync(folder, {throwIfNoEntry: true}).isDirectory()) accessSync(`${folder}/.`, constants.W_OK);
		accessSync(folder, constants.W_OK | constants.X_OK);
		const why = openToOthers(folder);
		return why ? {unwritable: {why, code: 'FolderOpen'}} : {};
	} catch (error) {
		return {unwritable: {why: `${folder}: ${reasonOf(error)}`, code: codeOf(error)}};
	}
}

/** Nobody but the owner reads it, whatever the umask or the folder's inheritance. */
function protect(place: string, fd: number): void {
	if (process.platform !== 'win32') {
		fchmodSync(fd, 0o600);
		return;
	}
	chmodSync(place, 0o600);
	const told = (command: string, ...args: readonly string[]): string | undefined => {
		const program = systemProgram(command, process.env['SystemRoot']);
		const {status, stdout} = spawnSync(program, args, {windowsHide: true, encoding: 'utf8'});
		return status === 0 ? stdout : undefined;
	};
	// By its number: a name may be another domain's, or not be known at all.
	const user = sidIn(told('whoami', '/user', '/fo', 'csv', '/nh') ?? '');
	if (user === undefined || told('icacls', place, '/inheritance:r', '/grant:r', `*${user}:F`) === undefined)
		throw failure("its access list can't be set (whoami, icacls)", 'AccessList');
	// Whoever that list names now is this user: told before there is a secret, not when it is to be written.
	closeSync(openSync(place, 'r+'));
}

/** The number of the user that whoami tells, in whatever form; the user's own name stands before it. */
export const sidIn = (told: string): string | undefined => told.match(/\bS-1-\d+(?:-\d+)+\b/g)?.at(-1);

const placeTrouble = (place: string, error: unknown): Trouble =>
	new Trouble(run => ({
		is: 'problem',
		what: `The secret can't go to ${place}`,
		why: reasonOf(error),
		todo: `Mend that or choose another file, then run ${run()} again; it carries on here`,
		code: codeOf(error),
	}));

const alphabets = ['ABCDEFGHJKLMNPQRSTUVWXYZ', 'abcdefghijkmnopqrstuvwxyz', '23456789', '!@#$%^*()_+-=[]{}'] as const;
/**
 * 40 characters of every kind that an account's password policy may ask for, none that is easily misread. The first is
 * a letter: a table's programs take = + - @ for the start of a formula.
 */
function password(): string {
	const pick = (from: string): string => from[randomInt(from.length)] ?? '';
	const all = alphabets.join('');
	const chosen = [...alphabets.map(pick), ...Array.from({length: 36}, () => pick(all))];
	for (let at = chosen.length - 1; at > 1; at--) {
		const other = 1 + randomInt(at);
		[chosen[at], chosen[other]] = [chosen[other] ?? '', chosen[at] ?? ''];
	}
	return chosen.join('');
}
