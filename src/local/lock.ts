import {createHash, createHmac} from 'node:crypto';
import {basename, dirname, isAbsolute, join, resolve} from 'node:path';
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
 * Holds a record for this process alone; a second one is told who has it. A dead process holds nothing, and nobody but
 * this user's own runs can hold it.
 */
export async function lock(recordFile: string, setup: string, now: Date): Promise<Lock> {
	const me: Holder = {pid: process.pid, host: hostName(), startedAt: now.toISOString()};
	try {
		const folder = folderBeside(recordFile);
		const key = (): Buffer => keyIn(folder);
		key();
		// By its real path, however it is spelled.
		const record = join(dirname(folder), basename(recordFile));
		const attempts = process.platform === 'win32' ? [byPipe(record)] : sockets(folder, record);
		for (const attempt of attempts) {
			let it: Try = 'again';
			for (let turn = 0; turn < 50 && it === 'again'; turn++) it = await attempt(me, key);
			if (it === 'no sockets') continue;
			if (it === 'again' || !('release' in it))
				throw busy(setup, it === 'again' ? {unproven: undefined, at: folder} : it);
			return it;
		}
	} catch (error) {
		throw error instanceof Trouble ? error : cantLock(dirname(recordFile), reasonOf(error), codeOf(error));
	}
	throw cantLock(dirname(recordFile), 'its path is too long for a socket, or its file system keeps none', 'NoSocket');
}

/** The folder for locks of the records in one folder. */
function folderBeside(recordFile: string): string {
	const dir = dirname(resolve(recordFile));
	makeFolder(dir);
	return own(join(dir, '.lock'));
}
function own(folder: string): string {
	const it = ownFolder(folder, writableByOthers);
	if ('folder' in it) return it.folder;
	throw new Trouble(run => ({
		what: "The record's folder isn't yours alone",
		why: it.why,
		todo: `Take that right away, or set NPS_KMS_HOME to a folder of your own, then run ${run()} again`,
		code: 'FolderOpen',
	}));
}

/** A lock by its socket: beside the record, or where paths are short and sockets are kept for sure. */
function sockets(folder: string, record: string): readonly Attempt[] {
	const name = createHash('sha256').update(record).digest('hex').slice(0, 12);
	const runtime = process.env['XDG_RUNTIME_DIR'];
	const folders = [() => folder, ...(runtime && isAbsolute(runtime) ? [() => own(join(runtime, 'nps-kms'))] : [])];
	return folders.map(where => (me, key) => bySocket(new Generations(where(), name), me, key));
}
async function bySocket(generations: Generations, me: Holder, key: () => Buffer): Promise<Try> {
	if (!generations.fits) return 'no sockets';
	const latest = generations.latest();
	const found = latest === 0 ? 'dead' : await whoHolds(generations.socketOf(latest), key);
	if (found === 'unproven') return {unproven: generations.noteOf(latest), at: generations.folder};
	if (found !== 'dead') return found;
	const answering = new Answering(me, key);
	const taken = await generations.take(latest + 1, answering, me);
	if (taken === true) return {release: () => answering.close()};
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
		return found === 'dead' ? 'again' : found;
	};

const busy = (setup: string, found: Taken): Trouble =>
	new Trouble(run =>
		'holder' in found
			? {
					what: `Another nps-kms is at work on setup ${setup}`,
					why: `Process ${found.holder.pid} on ${found.holder.host} has had it since ${found.holder.startedAt}`,
					todo: `Let it finish, or end it, then run ${run()} again`,
					code: 'Locked',
				}
			: {
					what: `Something holds setup ${setup} and doesn't answer as a run of yours`,
					why: found.unproven
						? `It noted itself as ${found.unproven}; it may be suspended (Ctrl+Z)`
						: 'It may be another program, or a run that is suspended',
					todo: `Bring it back or end it. If no nps-kms is at work, remove ${found.at}, then run ${run()} again`,
					code: 'LockUnproven',
				},
	);
const cantLock = (dir: string, why: string, code: string): Trouble =>
	new Trouble(run => ({
		what: "The record can't be held for this run alone",
		why: `${dir}: ${why}`,
		todo: `Mend that, or set NPS_KMS_HOME to a folder you can write to, then run ${run()} again`,
		code,
	}));
