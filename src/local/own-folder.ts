import {lstatSync, mkdirSync, readFileSync, realpathSync, type Stats} from 'node:fs';
import {dirname, isAbsolute} from 'node:path';
import {codeOf} from './system-reasons.js';

/** Who asks: whose folders are one's own. */
const us = (): number => process.geteuid?.() ?? 0;
/** What the kernel calls the owner of files from outside of a container: it can't be any account's in there. */
const nobody = 65_534;

/** Who can write to a folder, or to one above it, by their modes alone, in words; undefined where only owners can. */
export function writableByOthers(folder: string): string | undefined {
	if (process.platform === 'win32') return undefined;
	for (let level = realpathSync(folder); ; level = dirname(level)) {
		const why = writers(level, lstatSync(level));
		if (why ?? level === dirname(level)) return why;
	}
}

/**
 * Who but this user and the superuser could change what lies in a folder, in words, or undefined: its own owner and
 * mode and those of all folders above it are judged. Always undefined on Windows, where a profile's folders are its
 * user's.
 */
export function openToOthers(folder: string): string | undefined {
	if (process.platform === 'win32') return undefined;
	const real = realpathSync(folder);
	const whose = ownerOf(real, lstatSync(real));
	if (whose) return whose;
	for (let level = real; ; level = dirname(level)) {
		const it = lstatSync(level);
		const why = writers(level, it) ?? (it.uid === nobody ? undefined : ownerOf(level, it));
		if (why) return why;
		if (level === dirname(level)) return undefined;
	}
}

function ownerOf(folder: string, {uid}: Stats): string | undefined {
	return uid === 0 || uid === us() ? undefined : `${folder} belongs to another user (uid ${uid}), who can change it`;
}

/** In a sticky folder others may add files, and leave alone what isn't theirs. */
function writers(folder: string, {mode, gid}: Stats): string | undefined {
	if ((mode & 0o1000) !== 0) return undefined;
	if ((mode & 0o002) !== 0) return `every user of this machine can write to ${folder}`;
	return (mode & 0o020) !== 0 && !isPrivate(gid) ? `other users, of its group, can write to ${folder}` : undefined;
}

/** Whether a group is this user's alone, as many systems make one for each user. */
function isPrivate(gid: number): boolean {
	try {
		const lines = (file: string): readonly string[][] =>
			readFileSync(file, 'utf8')
				.split('\n')
				.map(it => it.split(':'));
		const members = lines('/etc/passwd').filter(([, , , group]) => Number(group) === gid);
		const [me] = members;
		const group = lines('/etc/group').find(([, , id]) => Number(id) === gid);
		const named = group?.[3]?.split(',').filter(Boolean) ?? [];
		return members.length === 1 && Number(me?.[2]) === us() && named.every(it => it === me?.[0]);
	} catch {
		return false;
	}
}

/**
 * Makes a folder for this user alone, and those above it that aren't there; returns what it made, the lowest first.
 * Node's own way never ends in /proc.
 */
export function makeFolder(folder: string): readonly string[] {
	try {
		mkdirSync(folder, 0o700);
		return [folder];
	} catch (error) {
		if (codeOf(error) === 'ENOENT' && dirname(folder) !== folder) {
			const above = makeFolder(dirname(folder));
			mkdirSync(folder, 0o700);
			return [folder, ...above];
		}
		if (isFolder(folder)) return [];
		throw error;
	}
}
const isFolder = (path: string): boolean => {
	try {
		return realpathSync(path) !== '' && lstatSync(realpathSync(path)).isDirectory();
	} catch {
		return false;
	}
};

/**
 * A folder that only this user can look into, made if it isn't there: its real path, or why it can't be had. What
 * stands there already is never changed: it may be somebody else's. Those above it are judged as the caller wants.
 */
export function ownFolder(
	folder: string,
	judge: (folder: string) => string | undefined = openToOthers,
): {readonly folder: string} | {readonly why: string} {
	if (!isAbsolute(folder)) return {why: `${folder} isn't a whole path`};
	makeFolder(folder);
	const it = lstatSync(folder);
	if (!it.isDirectory()) return {why: `${folder} isn't a folder`};
	const real = realpathSync(folder);
	if (process.platform === 'win32') return {folder: real};
	const why = judge(real);
	if (why) return {why};
	if (it.uid !== us()) return {why: `${folder} belongs to another user (uid ${it.uid})`};
	return (it.mode & 0o077) === 0 ? {folder: real} : {why: `other users can look into ${folder}`};
}
