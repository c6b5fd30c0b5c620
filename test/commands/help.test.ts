import {spawnSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {commands} from '../../src/commands/index.js';

const program = join(import.meta.dirname, '../../dist/nps-kms.js');
const run = (
	...args: readonly string[]
): {readonly code: number | null; readonly out: string; readonly err: string} => {
	const {status, stdout, stderr} = spawnSync(process.execPath, [program, ...args], {encoding: 'utf8'});
	return {code: status, out: stdout, err: stderr};
};
/** The flags that a text names. */
const flagsIn = (text: string): readonly string[] => text.match(/--[a-z][a-z-]*/g) ?? [];

describe.each(commands.map(it => [it.name, it] as const))('the help of %s', (name, command) => {
	const {code, out} = run(name, '--help');
	test('has its flags under headings, examples that call it with its own flags, and its exit codes', () => {
		expect(code).toBe(0);
		for (const [line, does] of command.examples) {
			expect(out).toContain(line);
			expect(out).toContain(does);
			expect(line).toMatch(new RegExp(`\\bnps-kms(?: ${name}\\b|$)`));
			expect(command.flags().map(it => it.long)).toEqual(expect.arrayContaining([...flagsIn(line)]));
		}
		expect(command.examples.length).toBeGreaterThan(0);
		expect(out).toMatch(/^Exit codes:\n {2}0 /m);
		if (command.flags().length > 0) expect(out).toMatch(/^(What it asks|How it runs|AWS|Output):$/m);
	});
	test('is the same by help', () => {
		expect(run('help', name)).toEqual({code: 0, out, err: ''});
	});
	test('offers nothing that says nothing there', () => {
		for (const it of command.without ?? []) expect(out).not.toContain(it);
	});
});

test('the help of all names the topics, and each topic tells something', () => {
	const [, names = ''] = /^Topics: nps-kms help (.+)$/m.exec(run('--help').out) ?? [];
	expect(names.split(' | ')).toEqual(['credentials', 'proxy', 'files', 'exit-codes', 'keys']);
	for (const it of names.split(' | ')) {
		const {code, out, err} = run('help', it);
		expect([code, err]).toEqual([0, '']);
		expect(out.split('\n').length).toBeGreaterThan(5);
	}
});

test('the help on files names each kind that the page names', () => {
	const {out} = run('help', 'files');
	const page = readFileSync(join(import.meta.dirname, '../../docs/files.md'), 'utf8');
	const kinds = [...page.matchAll(/^\| `(setups\/[^`]*)`/gm)].map(([, it = '']) => it);
	expect(kinds.length).toBeGreaterThan(3);
	for (const it of kinds) expect(out).toContain(it);
});

test.each([
	[['statsu'], 'There is no command statsu', 'Did you mean status?'],
	[['help', 'credentails'], 'There is no help about credentails', 'Did you mean credentials?'],
	[['help', 'nonsense'], 'There is no help about nonsense', 'See nps-kms --help'],
])('%j is answered with what there is and the nearest, exit code 2', (args, what, todo) => {
	const {code, err} = run(...args);
	expect(code).toBe(2);
	expect(err).toContain(what);
	expect(err).toContain(todo);
	expect(err).toContain('permissions');
});

test('the version for a program names what a report needs', () => {
	const {code, out} = run('--version', '--json');
	expect(code).toBe(0);
	expect(JSON.parse(out)).toEqual({
		...{v: 1, version: run('--version').out.trim(), commit: expect.stringMatching(/^[0-9a-f]{40}$/)},
		...{node: process.version, platform: process.platform, arch: process.arch},
		stateFolder: expect.stringContaining('nps-kms'),
	});
});

test('started by npm in its folder, it names the commands as they are typed there', () => {
	const env = {...process.env, npm_lifecycle_event: 'start', npm_package_name: 'nps-kms'};
	const told = (...args: readonly string[]): string => {
		const {stdout, stderr} = spawnSync(process.execPath, [program, ...args], {encoding: 'utf8', env});
		return stdout + stderr;
	};
	expect(told('list', '--help')).toMatch(/^Usage: npm start -- list .*^ {2}npm start -- list --json /ms);
	expect(told('list', '--unknown')).toContain('→ See npm start -- list --help');
	expect(told('help', 'proxy')).toContain('npm start -- doctor --from-nps eu-west-1');
});
