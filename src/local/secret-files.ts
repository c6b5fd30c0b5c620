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
import {userInfo} from 'node:os';
import {dirname} from 'node:path';
import {parse} from 'csv-parse/sync';
import {stringify} from 'csv-stringify/sync';
import type {Places} from '../engine/apply.js';
import type {Kept} from '../engine/step.js';
import {Trouble} from '../engine/trouble.js';
import {syncDir} from './record-store.js';
import {codeOf, reasonOf} from './system-reasons.js';

/** What stands in a place, without telling its secret. */
export function lookInto(place: string, columns: readonly string[], column: string): Kept {
	const text = contents(place);
	if (text === undefined) return {is: 'absent', ...unwritable(dirname(place))};
	if (typeof text !== 'string') return {is: 'other'};
	if (/^ *$/.test(text)) return {is: 'empty'};
	const value = rowOf(text, columns)?.[column];
	if (value !== undefined) return {is: 'row', value};
	return {is: headed(text, columns) ? 'half' : 'other'};
}

/** The files that secrets go to: one row of CSV each, for their owner only. */
export const filePlaces: Places = {
	async claim(place, again) {
		try {
			const fd = openSync(place, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
			try {
				protect(place, fd);
				fsyncSync(fd);
				tryRoom(fd);
			} finally {
				closeSync(fd);
			}
			syncDir(dirname(place));
		} catch (error) {
			// Claimed before by this record: an empty file, or one a crash left half-written, is taken up again.
			if (codeOf(error) !== 'EEXIST' || !again) throw placeTrouble(place, error);
			takeUp(place);
		}
	},
	async keep(place, row) {
		let fd: number | undefined;
		try {
			fd = openSync(place, constants.O_RDWR | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0), 0o600);
			if (!fstatSync(fd).isFile()) throw Object.assign(new Error('that is not a file'), {code: 'EISDIR'});
			protect(place, fd);
			ftruncateSync(fd, 0);
			const bytes = Buffer.from(stringify([row], {header: true, record_delimiter: 'windows'}));
			// One write, in place: a temporary file would outlive a kill, with the secret in it.
			if (writeSync(fd, bytes, 0, bytes.length, 0) !== bytes.length)
				throw Object.assign(new Error('the file took only a part'), {code: 'ENOSPC'});
			fsyncSync(fd);
		} catch (error) {
			throw placeTrouble(place, error);
		} finally {
			if (fd !== undefined) closeSync(fd);
		}
	},
	async recall(place, columns, column) {
		const text = contents(place);
		return typeof text === 'string' ? rowOf(text, columns)?.[column] : undefined;
	},
	make: () => password(),
};

/**
 * Fails if the disk has no room for a secret: that must not come out only once AWS has told it. What a death leaves is
 * blank.
 */
function tryRoom(fd: number): void {
	const blanks = Buffer.alloc(1024, ' ');
	if (writeSync(fd, blanks, 0, blanks.length, 0) !== blanks.length)
		throw Object.assign(new Error('there is no room'), {code: 'ENOSPC'});
	fsyncSync(fd);
	ftruncateSync(fd, 0);
	fsyncSync(fd);
}

/** A place that was claimed before: one with nothing in it is tried for room again. */
function takeUp(place: string): void {
	if (!/^ *$/.test(contents(place) ?? 'x')) return;
	let fd: number | undefined;
	try {
		fd = openSync(place, constants.O_WRONLY | (constants.O_NOFOLLOW ?? 0));
		tryRoom(fd);
	} catch (error) {
		throw placeTrouble(place, error);
	} finally {
		if (fd !== undefined) closeSync(fd);
	}
}

/** Whether a path holds nothing, something else than a file (null), or text. */
function contents(place: string): string | null | undefined {
	try {
		return lstatSync(place).isFile() ? readFileSync(place, 'utf8') : null;
	} catch (error) {
		return ['ENOENT', 'ENOTDIR'].includes(codeOf(error)) ? undefined : null;
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

function unwritable(folder: string): {unwritable?: {why: string; code: string}} {
	try {
		if (!lstatSync(folder, {throwIfNoEntry: true}).isDirectory()) accessSync(`${folder}/.`, constants.W_OK);
		accessSync(folder, constants.W_OK | constants.X_OK);
		return {};
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
	const done = spawnSync('icacls', [place, '/inheritance:r', '/grant:r', `${userInfo().username}:F`], {
		windowsHide: true,
	});
	if (done.status !== 0) throw Object.assign(new Error("its access list can't be set (icacls)"), {code: 'EPERM'});
}

const placeTrouble = (place: string, error: unknown): Trouble =>
	new Trouble(run => ({
		what: `The secret can't go to ${place}`,
		why: reasonOf(error),
		todo: `Mend that or choose another file, then run ${run()} again; it carries on here`,
		code: codeOf(error),
	}));

const alphabets = ['ABCDEFGHJKLMNPQRSTUVWXYZ', 'abcdefghijkmnopqrstuvwxyz', '23456789', '!@#$%^*()_+-=[]{}'] as const;
/** 40 characters of every kind that an account's password policy may ask for, none that is easily misread. */
function password(): string {
	const pick = (from: string): string => from[randomInt(from.length)] ?? '';
	const all = alphabets.join('');
	const chosen = [...alphabets.map(pick), ...Array.from({length: 36}, () => pick(all))];
	for (let at = chosen.length - 1; at > 0; at--) {
		const other = randomInt(at + 1);
		[chosen[at], chosen[other]] = [chosen[other] ?? '', chosen[at] ?? ''];
	}
	return chosen.join('');
}
