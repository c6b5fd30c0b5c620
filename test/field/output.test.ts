import {spawn} from 'node:child_process';
import {existsSync, openSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {type Entry, fold} from '../../src/engine/record.js';
import {machine} from './program.js';

const program = join(import.meta.dirname, '../../dist/nps-kms.js');
const setup = ['setup', '--sandbox', '--yes', '--no-prove'];
type Ended = {readonly code: number | null; readonly stdout: string; readonly stderr: string};
type Machine = ReturnType<typeof machine>;
type Output = 'pipe' | number;

// What takes nothing and says that the disk is full.
const full = '/dev/full';
describe.skipIf(!existsSync(full))('an output on a full disk', () => {
	/** A run with its outputs where they are told, and the record that it left. */
	async function run(
		args: readonly string[],
		stdout: Output,
		stderr: Output,
		at: Machine = machine(),
	): Promise<Ended & {readonly entries: readonly Entry[]; readonly at: Machine}> {
		const child = spawn(process.execPath, [program, ...args], {
			env: {PATH: process.env['PATH'], HOME: at.home, NPS_KMS_PATIENCE: '0'},
			stdio: ['ignore', stdout, stderr],
		});
		const told = {stdout: '', stderr: ''};
		child.stdout?.on('data', text => (told.stdout += text));
		child.stderr?.on('data', text => (told.stderr += text));
		const code = await new Promise<number | null>(done => void child.on('close', done));
		const file = join(at.home, '.config/nps-kms/sandbox/setups/nps.json');
		const entries = existsSync(file)
			? (JSON.parse(readFileSync(file, 'utf8')) as {readonly entries: readonly Entry[]}).entries
			: [];
		return {code, ...told, entries, at};
	}
	const disk = (): Output => openSync(full, 'w');
	const pipe = (): Output => 'pipe';
	const kinds: readonly (readonly [string, readonly string[], () => Output, () => Output])[] = [
		['what programs read', [...setup, '--json'], disk, pipe],
		['what people read', setup, disk, pipe],
		['what people read beside what programs do', [...setup, '--json'], pipe, disk],
		['both', [...setup, '--json'], disk, disk],
	];

	test.each(kinds)(
		'%s: no call stays in doubt, it ends in order and is carried on',
		async (_what, args, stdout, stderr) => {
			const {code, entries, at, ...told} = await run(args, stdout(), stderr());
			expect(code).toBe(1);
			expect(told.stderr + told.stdout).not.toMatch(/\n\s+at |node:|uncaught|bug/i);
			if (stdout === disk && stderr !== disk)
				expect(told.stderr).toContain("can't be written to stdout: the disk is full");
			const open = Object.values(fold(entries).past)
				.flat()
				.filter(it => it.outcome === undefined);
			expect(open).toEqual([]);
			expect(entries.at(-1)?.type).toBe('ended');
			const again = await run([...setup, '--json'], 'pipe', 'pipe', at);
			expect([again.code, /"status":"complete"/.test(again.stdout)], again.stderr).toEqual([0, true]);
		},
	);
	test.each([['--version'], ['--help'], ['record', '--json'], ['status', '--sandbox'], ['no-such-command']])(
		'%s says no stack',
		async (...args) => {
			const {code, stderr} = await run(args, disk(), 'pipe');
			expect(code).not.toBe(0);
			expect(stderr).not.toMatch(/\n\s+at |node:/);
		},
	);
});
