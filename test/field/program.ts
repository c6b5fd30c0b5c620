import {execFile} from 'node:child_process';
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {onTestFinished} from 'vitest';

const program = join(import.meta.dirname, '../../dist/nps-kms.js');
/** How a program ended, and what it said. */
export type Ended = {readonly code: number; readonly stdout: string; readonly stderr: string};

/** A home folder with AWS files, and programs that know of nothing else. */
export function machine(files: Readonly<Record<string, string | Buffer>> = {}) {
	const home = mkdtempSync(join(tmpdir(), 'nps-kms-field-'));
	onTestFinished(() => rmSync(home, {recursive: true, force: true}));
	const write = (name: string, content: string | Buffer): string => {
		const path = join(home, name);
		mkdirSync(join(path, '..'), {recursive: true});
		writeFileSync(path, content, {mode: 0o600});
		return path;
	};
	for (const [name, content] of Object.entries(files)) write(name, content);
	const {PATH = '', SystemRoot = ''} = process.env;
	const start = (command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<Ended> =>
		new Promise(resolve => {
			const own = {
				PATH,
				...(SystemRoot && {SystemRoot}),
				HOME: home,
				USERPROFILE: home,
				AWS_EC2_METADATA_DISABLED: 'true',
			};
			const child = execFile(command, [...args], {env: {...own, ...env}, cwd: home}, (error, stdout, stderr) =>
				resolve({code: typeof error?.code === 'number' ? error.code : error ? 1 : 0, stdout, stderr}),
			);
			child.stdin?.end();
		});
	return {
		home,
		write,
		start,
		/** Runs this program. */
		run: (args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> =>
			start(process.execPath, [program, ...args], {NPS_KMS_HOME: join(home, 'state'), NPS_KMS_PATIENCE: '0', ...env}),
	};
}

/** The last object that a run says to programs. */
export const resultOf = ({stdout}: Ended): Record<string, unknown> & {readonly problem?: Record<string, string>} =>
	JSON.parse(stdout.trim().split('\n').at(-1) || '{}') as Record<string, unknown>;
