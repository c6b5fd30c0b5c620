import {createHash, createHmac} from 'node:crypto';
import {existsSync, readdirSync, rmdirSync, rmSync} from 'node:fs';
import {basename, dirname, isAbsolute, join, resolve} from 'node:path';
import {timeInWords} from '../engine/time-in-words.js';
import {Trouble} from '../engine/trouble.js';
import {Answering, type Holder, keyIn, whoHolds} from './lock-holder.js';
import {Generations} from './lock-place.js';
import {makeFolder, ownFolder, writableByOthers} from './own-folder.js';
import {hostName} from './state-folder.js';
import {codeOf, reasonOf} from './system-reasons.js';

/** Frees the lock; the system does so too when the process dies. */
export type Lock = {release(): Promise<void>};
/** Who has it already: a run of this user's, or what doesn't prove to be one, by its own note and where it is. */
type Taken = {readonly holder: Holder} | {readonly unproven: string | undefined; readonly at: string};
type Try = Lock | Taken | 'no sockets' | 'again';
type Attempt = (me: Holder, key: () => Buffer) => Promise<Try>;

/**
 * Holds a record for this process alone; a second one is told who has it, and what it is in words. A dead process holds
 * nothing, and nobody but this user's own runs can hold it. Where no record came of it, nothing of the lock stays
 * either.
 */
export async function lock(recordFile: string, thing: string, now: Date, turns = 5): Promise<Lock> {
	const me: Holder = {pid: process.pid, host: hostName(), startedAt: now.toISOString()};
	const dir = dirname(resolve(recordFile));
	try {
		const made = makeFolder(dir);
		const folder = own(join(dir, '.lock'));
		const key = (): Buffer => keyIn(folder);
		key();
		// By its real path, however it is spelled.
		const record = join(dirname(folder), basename(recordFile));
		const unused = (): boolean => !existsSync(record);
		const attempts = process.platform === 'win32' ? [byPipe(record)] : sockets(folder, record, unused);
		for (const attempt of attempts) {
			let it: Try = 'again';
			for (let turn = 0; turn < 50 && it === 'again'; turn++) it = await attempt(me, key);
			if (it === 'no sockets') continue;
			if (it === 'again' || !('release' in it))
				throw busy(thing, it === 'again' ? {unproven: undefined, at: folder} : it);
			const {release} = it;
			return {release: () => release().then(() => void (unused() && leave(folder, made)))};
		}
	} catch (error) {
		// Another run that left nothing took its folder with it.
		if (codeOf(error) === 'ENOENT' && turns > 0) return lock(recordFile, thing, now, turns - 1);
		throw error instanceof Trouble ? error : cantLock(pathOf(error) ?? dir, reasonOf(error), codeOf(error));
	}
	throw cantLock(dir, 'its path is too long for a socket, or its file system keeps none', 'NoSocket');
}

/** A folder of this user's alone, or trouble. */
function own(folder: string): string {
	const it = ownFolder(folder, writableByOthers);
	if ('folder' in it) return it.folder;
	throw new Trouble(run => ({
		is: 'problem',
		what: "The record's folder isn't yours alone",
		why: it.why,
		todo: `Take that right away, or set NPS_KMS_HOME to a folder of your own, then run ${run()} again`,
		code: 'FolderOpen',
	}));
}
/** Removes the folder for locks and those that were made for it, as far as nothing else came into them. */
function leave(folder: string, made: readonly string[]): void {
	try {
		if (readdirSync(folder).some(it => it !== 'key')) return;
		rmSync(folder, {recursive: true, force: true});
		for (const it of made) rmdirSync(it);
	} catch {
		// somebody else's things are in there
	}
}

/** A lock by its socket: beside the record, or where paths are short and sockets are kept for sure. */
function sockets(folder: string, record: string, unused: () => boolean): readonly Attempt[] {
	const name = createHash('sha256').update(record).digest('hex').slice(0, 12);
	const runtime = process.env['XDG_RUNTIME_DIR'];
	const folders = [() => folder, ...(runtime && isAbsolute(runtime) ? [() => own(join(runtime, 'nps-kms'))] : [])];
	return folders.map(where => (me, key) => bySocket(new Generations(where(), name), me, key, unused));
}
async function bySocket(generations: Generations, me: Holder, key: () => Buffer, unused: () => boolean): Promise<Try> {
	if (!generations.fits) return 'no sockets';
	const latest = generations.latest();
	const found = latest === 0 ? 'dead' : await whoHolds(generations.socketOf(latest), key);
	if (found === 'unproven') return {unproven: generations.noteOf(latest), at: generations.folder};
	if (found === 'gone' && !generations.isBroken(latest)) return 'again';
	if (typeof found !== 'string') return found;
	const answering = new Answering(me, key);
	const taken = await generations.take(latest + 1, answering, me);
	if (taken === true)
		return {
			release() {
				// While it still answers: whoever asks now is told, or finds nothing.
				if (unused()) generations.forget(latest + 1);
				return answering.close();
			},
		};
	await answering.close();
	return taken === false ? 'again' : taken;
}

/** A lock by a named pipe, which goes with its process; its name can't be told without the key. */
const byPipe =
	(record: string): Attempt =>
	async (me, key) => {
		const name = createHmac('sha256', key()).update(record.toLowerCase()).digest('hex').slice(0, 32);
		const address = `\\\\.\\pipe\\nps-kms-${name}`;
		const answering = new Answering(me, key);
		if (await answering.listen(address)) return {release: () => answering.close()};
		await answering.close();
		const found = await whoHolds(address, key);
		if (found === 'unproven') return {unproven: undefined, at: address};
		return typeof found === 'string' ? 'again' : found;
	};

const busy = (thing: string, found: Taken): Trouble =>
	new Trouble(run =>
		'holder' in found
			? {
					is: 'problem',
					what: `Another nps-kms is at work on ${thing}`,
					why:
						`Process ${found.holder.pid} on ${found.holder.host} has had it since ` +
						timeInWords(found.holder.startedAt),
					todo: `Let it finish, or end it, then run ${run()} again`,
					code: 'Locked',
				}
			: {
					is: 'problem',
					what: `Something holds ${thing} and doesn't answer as a run of yours`,
					why: found.unproven
						? `It noted itself as ${found.unproven}; it may be suspended (Ctrl+Z)`
						: 'It may be another program, or a run that is suspended',
					todo: `Bring it back or end it. If no nps-kms is at work, remove ${found.at}, then run ${run()} again`,
					code: 'LockUnproven',
				},
	);
/** What the system names: where it is something else in the place of a folder or a file of the lock, that very one. */
const pathOf = (error: unknown): string | undefined => {
	const path = (error as {path?: unknown} | null)?.path;
	return typeof path === 'string' ? path : undefined;
};
const cantLock = (dir: string, why: string, code: string): Trouble =>
	new Trouble(run => ({
		is: 'problem',
		what: "The record can't be held for this run alone",
		why: `${dir}: ${why}`,
		todo: `Mend that, or set NPS_KMS_HOME to a folder you can write to, then run ${run()} again`,
		code,
	}));
