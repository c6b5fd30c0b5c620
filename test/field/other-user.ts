import {spawn} from 'node:child_process';
import {accessSync, chmodSync, chownSync, constants, cpSync, mkdirSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

/** Two accounts of this machine that own nothing on it. */
export const [alice, mallory] = [54_321, 54_322] as const;
/** Why nobody else can be played here, if so. */
export const alone =
	process.platform === 'win32'
		? 'Windows gives no second user to a test'
		: process.getuid?.() === 0
			? undefined
			: 'only the superuser can act as other users';
if (alone) console.log(`What other users of the machine could do is not tested: ${alone}`);

/** How a command ended, and what it said. */
export type Ended = {readonly code: number | null; readonly stdout: string; readonly stderr: string};

/** A folder that all users of the machine can reach, with a copy of the program, and a home for each. */
export class SharedHost {
	readonly dir = mkdtempSync(join(tmpdir(), 'shared-'));
	readonly program = join(this.dir, 'bin', 'nps-kms.js');
	/** As /tmp: everybody may put files there, and only take away their own. */
	readonly tmp = join(this.dir, 'tmp');

	constructor() {
		chmodSync(this.dir, 0o755);
		cpSync(join(import.meta.dirname, '..', '..', 'dist'), join(this.dir, 'bin'), {recursive: true});
		mkdirSync(this.tmp);
		chmodSync(this.tmp, 0o1777);
		accessSync(process.execPath, constants.X_OK);
	}

	/** A new folder of this user's alone. */
	home(uid: number, name = `home-${uid}`): string {
		const home = join(this.dir, name);
		mkdirSync(home, {mode: 0o755});
		chownSync(home, uid, uid);
		return home;
	}

	/** Runs Node as this user. */
	run(uid: number, args: readonly string[], env: NodeJS.ProcessEnv, cwd = this.dir): Promise<Ended> {
		const child = spawn(process.execPath, args, {
			uid,
			gid: uid,
			cwd,
			env: {PATH: process.env['PATH'], TMPDIR: this.tmp, NPS_KMS_PATIENCE: '0', ...env},
			stdio: ['ignore', 'pipe', 'pipe'],
		});
		const told = {stdout: '', stderr: ''};
		child.stdout.on('data', (it: Buffer) => (told.stdout += it.toString()));
		child.stderr.on('data', (it: Buffer) => (told.stderr += it.toString()));
		return new Promise((done, failed) => {
			child.on('error', failed);
			child.on('close', code => done({code, ...told}));
		});
	}

	remove(): void {
		rmSync(this.dir, {recursive: true, force: true});
	}
}
