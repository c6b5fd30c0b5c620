import {spawn} from 'node:child_process';
import {mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {spawn as inTerminal} from 'node-pty';

/** The compiled program. */
export const program = join(process.cwd(), 'dist', 'nps-kms.js');
/** Where everything of this run lives. */
export const folder = mkdtempSync(join(tmpdir(), 'nps-kms-bench-'));
let homes = 0;
/** A home that nobody has used. */
export const newHome = (): string => join(folder, `home-${++homes}`);

/** What one run took. */
export type Took = {readonly ms: number; readonly rssMb?: number; readonly recordMs?: number};

/** In the child: the most memory it ever had, and how long it spent on writing its record, in its last line on stderr. */
const preload = join(folder, 'told.cjs');
writeFileSync(
	preload,
	`const fs = require('node:fs');
let spent = 0;
for (const name of ['openSync', 'writeSync', 'writeFileSync', 'fsyncSync', 'renameSync', 'closeSync', 'mkdirSync', 'chmodSync']) {
	const real = fs[name];
	fs[name] = function (...args) {
		const start = performance.now();
		try { return real.apply(this, args); } finally { spent += performance.now() - start; }
	};
}
require('node:module').syncBuiltinESMExports();
process.on('exit', () => real.call(fs, 2, '\\ntold ' + process.resourceUsage().maxRSS + ' ' + spent));
const real = fs.writeSync;
`,
);

/** Runs a command to its end; a Node program also tells its memory and its writing. */
export async function timed(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Took> {
	const ours = command === process.execPath && args.length > 2;
	const start = performance.now();
	const child = spawn(command, [...(ours ? ['--require', preload] : []), ...args], {
		env: {...process.env, ...env},
		stdio: ['ignore', 'ignore', 'pipe'],
	});
	let said = '';
	child.stderr.on('data', (it: Buffer) => (said += it.toString()));
	const code = await new Promise<number | null>(done => child.on('close', done));
	const ms = performance.now() - start;
	if (code !== 0 && code !== 3) throw new Error(`${command} ${args.join(' ')} ended with ${code}: ${said}`);
	const [, rss, spent] = /told (\d+) ([\d.]+)/.exec(said) ?? [];
	return {ms, ...(rss && {rssMb: Number(rss) / 1024}), ...(spent && {recordMs: Number(spent)})};
}

/** Runs the program in a terminal until its screen holds the words. */
export async function untilSeen(words: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<Took> {
	const start = performance.now();
	const {CI: _ci, ...rest} = process.env;
	const child = inTerminal(process.execPath, [program, ...args], {
		cols: 80,
		rows: 24,
		env: {...rest, ...env, TERM: 'xterm-256color'},
	});
	let seen = '';
	const ms = await new Promise<number>((done, failed) => {
		child.onData(it => {
			seen += it;
			if (seen.includes(words)) done(performance.now() - start);
		});
		child.onExit(() => failed(new Error(`“${words}” was not seen in ${seen}`)));
	});
	const gone = new Promise<void>(done => child.onExit(() => done()));
	// In order, so that Node keeps what it compiled, as it does for a person who quits.
	child.kill('SIGTERM');
	await gone;
	return {ms};
}
