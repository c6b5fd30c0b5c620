import {spawn} from 'node:child_process';
import {mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {type Heard, readFault, type Sandbox, type SandboxOptions, startSandbox} from '../../src/sandbox/index.js';
import {memory} from '../memory.js';
import {type Size, Terminal} from './terminal.js';

const program = join(process.cwd(), 'dist', 'nps-kms.js');

/** What a run in a terminal may have of its own. */
export type Sitting = {
	readonly args?: readonly string[];
	readonly env?: Readonly<Record<string, string>>;
	readonly size?: Size;
};

/** A person's place of work: a home folder, an account that only the sandbox knows, and terminals. */
export class Desk {
	readonly #terminals: Terminal[] = [];

	private constructor(
		readonly home: string,
		readonly sandbox: Sandbox,
		readonly heard: Heard[],
	) {}

	static async set(options: SandboxOptions = {}): Promise<Desk> {
		const heard: Heard[] = [];
		const sandbox = await startSandbox({...options, onRequest: it => void heard.push(it)});
		return new Desk(mkdtempSync(join(memory, 'nps-kms-terminal-')), sandbox, heard);
	}

	/** The environment without credentials: nothing of whoever runs the tests. */
	get bare(): Readonly<Record<string, string>> {
		return {
			PATH: process.env['PATH'] ?? '',
			TERM: 'xterm-256color',
			HOME: this.home,
			USERPROFILE: this.home,
			TMPDIR: tmpdir(),
			NPS_KMS_HOME: join(this.home, 'state'),
			NPS_KMS_PATIENCE: '0',
		};
	}
	/** The environment of an administrator of this account. */
	get signedIn(): Readonly<Record<string, string>> {
		const {url, operator} = this.sandbox;
		return {
			...this.bare,
			AWS_ENDPOINT_URL: url,
			AWS_ACCESS_KEY_ID: operator.accessKeyId,
			AWS_SECRET_ACCESS_KEY: operator.secretAccessKey,
			AWS_REGION: 'eu-west-1',
		};
	}

	/** Starts the program in a terminal, signed in. */
	open({args = [], env = {}, size}: Sitting = {}): Terminal {
		return this.#seat({args, env: {...this.signedIn, ...env}, ...(size && {size})});
	}
	/** Starts the program in a terminal of somebody who has no credentials. */
	openBare({args = [], env = {}, size}: Sitting = {}): Terminal {
		return this.#seat({args, env: {...this.bare, ...env}, ...(size && {size})});
	}
	/** A shell of somebody signed in, in their home, where the program is called `program`. */
	inShell(): Terminal {
		const bin = join(this.home, 'bin');
		mkdirSync(bin, {recursive: true});
		writeFileSync(join(bin, 'program'), `#!/bin/sh\nexec "${process.execPath}" "${program}" "$@"\n`, {mode: 0o755});
		const env = {...this.signedIn, PATH: `${bin}:${process.env['PATH'] ?? ''}`, PS1: '$ ', PWD: this.home};
		const start = `cd "${this.home}" && exec bash --norc --noprofile -i`;
		const shell = new Terminal({file: '/bin/bash', args: ['--norc', '--noprofile', '-c', start], env});
		this.#terminals.push(shell);
		return shell;
	}
	#seat({args, env, size}: Required<Omit<Sitting, 'size'>> & {readonly size?: Size}): Terminal {
		const terminal = new Terminal({file: process.execPath, args: [program, ...args], env, ...(size && {size})});
		this.#terminals.push(terminal);
		return terminal;
	}
	/** Runs the program without any terminal, to its end. */
	pipe(
		{args = [], env = {}}: Sitting = {},
		input = '',
	): Promise<{readonly code: number | null; readonly stdout: string; readonly stderr: string}> {
		return new Promise(done => {
			const child = spawn(process.execPath, [program, ...args], {env: {...this.signedIn, ...env}});
			let [stdout, stderr] = ['', ''];
			child.stdout.on('data', (it: Buffer) => (stdout += it.toString()));
			child.stderr.on('data', (it: Buffer) => (stderr += it.toString()));
			child.stdin.on('error', () => undefined);
			child.stdin.end(input);
			child.on('close', code => done({code, stdout, stderr}));
		});
	}

	/** Runs the program with Enter for every answer, into an output and an error output that are closed at their first byte. */
	unread({args = [], env = {}}: Sitting = {}): Promise<number | null> {
		return new Promise(done => {
			const child = spawn(process.execPath, [program, ...args], {env: {...this.signedIn, ...env}});
			for (const it of [child.stdout, child.stderr]) it.once('data', () => it.destroy());
			child.stdin.on('error', () => undefined);
			child.stdin.end('\n'.repeat(50));
			child.on('exit', code => done(code));
		});
	}

	/** What goes wrong with the calls to come, such as `iam:CreateUser#2=drop-after`; nothing without one. */
	disturb(...faults: readonly string[]): void {
		this.sandbox.setFaults(
			faults.map(it => {
				const fault = readFault(it);
				if (!fault) throw new Error(`${it} is no fault`);
				return fault;
			}),
		);
	}
	/** The calls that changed something, in their order. */
	get made(): readonly string[] {
		return this.heard
			.filter(
				it =>
					it.status === 200 &&
					it.caller?.arn.endsWith('user/admin') &&
					!/^(Get|List|Lookup|Describe|Simulate)/.test(it.api),
			)
			.map(it => it.api);
	}
	/** The record, as it stands on disk. */
	record(setup = 'nps'): readonly {readonly type: string; readonly [key: string]: unknown}[] {
		const {entries} = JSON.parse(readFileSync(join(this.home, 'state', 'setups', `${setup}.json`), 'utf8')) as {
			entries: {type: string; [key: string]: unknown}[];
		};
		return entries;
	}
	/** The files of this home that hold a text. */
	filesWith(text: string): readonly string[] {
		return readdirSync(this.home, {recursive: true, withFileTypes: true})
			.filter(it => it.isFile() && readFileSync(join(it.parentPath, it.name)).includes(text))
			.map(it => it.name);
	}

	/** Leaves nothing of it, and no program running. */
	async clear(): Promise<void> {
		await Promise.all(this.#terminals.map(it => it.close()));
		await this.sandbox.close();
		rmSync(this.home, {recursive: true, force: true});
	}
}
