import {execFileSync, spawn, spawnSync} from 'node:child_process';
import {copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {basename, join} from 'node:path';
import {Terminal} from '../terminal/terminal.js';
import {debian} from './debian.js';

/** How a program ended, and what it wrote. */
export type Ran = {readonly code: number; readonly out: string; readonly err: string};

/** A made-up Windows: a folder below the Debian with a prefix of its own, in which nps-kms.exe lies. */
export class Machine {
	readonly #folder = mkdtempSync(join(debian, 'tmp', 'nps-kms-'));
	readonly #inside = `/tmp/${basename(this.#folder)}`;

	constructor(exe: string) {
		copyFileSync(exe, join(this.#folder, 'nps-kms.exe'));
		mkdirSync(join(this.#folder, 'run'), {mode: 0o700});
		if (!existsSync(join(debian, 'proc', 'self'))) execFileSync('mount', ['-t', 'proc', 'proc', join(debian, 'proc')]);
		const {status} = spawnSync('chroot', this.#words('wineboot', '--init'), {stdio: 'ignore', timeout: 600_000});
		if (status !== 0) throw new Error(`Wine makes no Windows: wineboot ended with ${status}`);
	}

	/** What chroot is to run; the environment is this alone. */
	#words(...command: readonly string[]): readonly string[] {
		const env = {
			HOME: this.#inside,
			PATH: '/usr/bin:/bin',
			LANG: 'C.UTF-8',
			TERM: 'xterm-256color',
			XDG_RUNTIME_DIR: `${this.#inside}/run`,
			WINEPREFIX: `${this.#inside}/prefix`,
			WINEDEBUG: '-all',
			NPS_KMS_PATIENCE: '0',
		};
		const given = Object.entries(env).map(([name, value]) => `${name}=${value}`);
		return [debian, '/usr/bin/env', '-i', ...given, ...command];
	}
	/** Linux's path of a file on drive C. */
	file(...names: readonly string[]): string {
		return join(this.#folder, 'prefix', 'drive_c', ...names);
	}
	#exe(args: readonly string[]): readonly string[] {
		return ['wine', `${this.#inside}/nps-kms.exe`, ...args];
	}

	/** Runs nps-kms.exe to its end. What it writes goes into files: as a pipe, Node in Wine can't use it. */
	run(...args: readonly string[]): Ran {
		const [out, err] = [`${this.#inside}/out`, `${this.#inside}/err`];
		const shell = ['sh', '-c', `"$@" >${out} 2>${err} </dev/null`, 'sh'];
		const words = this.#words(...shell, ...this.#exe(args));
		const {status} = spawnSync('chroot', words, {stdio: 'ignore', timeout: 600_000});
		const text = (it: string): string => readFileSync(join(debian, it), 'utf8');
		return {code: status ?? -1, out: text(out), err: text(err)};
	}
	/** Starts it and looks at what it writes, until that holds these words; then it is ended. */
	async runUntil(words: string, ...args: readonly string[]): Promise<string> {
		const out = `${this.#inside}/served`;
		const shell = ['sh', '-c', `exec "$@" >${out} 2>&1 </dev/null`, 'sh'];
		const child = spawn('chroot', [...this.#words(...shell, ...this.#exe(args))], {stdio: 'ignore'});
		try {
			for (let tries = 0; tries < 600; tries++) {
				const text = existsSync(join(debian, out)) ? readFileSync(join(debian, out), 'utf8') : '';
				if (text.includes(words) || child.exitCode !== null) return text;
				await new Promise(done => setTimeout(done, 100));
			}
			return readFileSync(join(debian, out), 'utf8');
		} finally {
			child.kill('SIGKILL');
		}
	}
	/** Opens it in a terminal. */
	open(env: Readonly<Record<string, string>>, ...args: readonly string[]): Terminal {
		const set = Object.entries(env).map(([name, value]) => `${name}=${value}`);
		return new Terminal({
			file: 'chroot',
			args: [...this.#words('env', ...set, ...this.#exe(args))],
			env: {PATH: process.env['PATH'] ?? '', TERM: 'xterm-256color'},
			size: {columns: 100, rows: 40},
		});
	}

	/** Ends all that runs in it, and takes it away. */
	end(): void {
		spawnSync('chroot', this.#words('wineserver', '-k', '-w'), {stdio: 'ignore', timeout: 60_000});
		spawnSync('umount', [join(debian, 'proc')], {stdio: 'ignore'});
		rmSync(this.#folder, {recursive: true, force: true});
	}
}
