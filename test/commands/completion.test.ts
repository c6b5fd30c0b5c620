import {execFileSync, spawnSync} from 'node:child_process';
import {chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {delimiter, join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {commands} from '../../src/commands/index.js';
import {powershell, quiet} from '../powershell.js';
import {Terminal} from '../terminal/terminal.js';

const program = join(import.meta.dirname, '../../dist/nps-kms.js');
const folder = mkdtempSync(join(tmpdir(), 'nps-kms-completion-'));
const env: Record<string, string> = {
	...(process.env as Record<string, string>),
	...quiet,
	HOME: folder,
	XDG_CONFIG_HOME: folder,
	XDG_DATA_HOME: folder,
	XDG_CACHE_HOME: folder,
	NPS_KMS_HOME: join(folder, 'state'),
	PATH: [join(folder, 'bin'), process.env['PATH']].join(delimiter),
};
const scriptOf = (shell: string): string => join(folder, `completion.${shell === 'powershell' ? 'ps1' : shell}`);

beforeAll(() => {
	mkdirSync(join(folder, 'bin'));
	writeFileSync(join(folder, 'bin', 'nps-kms'), `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`);
	chmodSync(join(folder, 'bin', 'nps-kms'), 0o755);
	mkdirSync(join(folder, 'state', 'setups'), {recursive: true, mode: 0o700});
	for (const it of ['nps', 'berlin']) writeFileSync(join(folder, 'state', 'setups', `${it}.json`), '{}');
	writeFileSync(join(folder, 'an answer.json'), '{}');
	for (const it of ['bash', 'zsh', 'fish', 'powershell'])
		writeFileSync(scriptOf(it), execFileSync(process.execPath, [program, 'completion', it], {env, encoding: 'utf8'}));
});
afterAll(() => rmSync(folder, {recursive: true}));

/** What a shell offers for a line that ends where it is being typed. */
type Offers = (line: string) => readonly string[];
const run = (file: string, args: readonly string[]): readonly string[] => {
	const {status, stdout, stderr} = spawnSync(file, args, {env, cwd: folder, encoding: 'utf8'});
	expect([status, stderr]).toEqual([0, '']);
	return stdout.split(/\r?\n/).filter(it => it !== '');
};
const inBash: Offers = line => {
	const words = line.split(' ');
	const list = words.map(it => `'${it}'`).join(' ');
	return run('bash', [
		'--norc',
		'-c',
		`source '${scriptOf('bash')}'; COMP_WORDS=(${list}); COMP_CWORD=${words.length - 1}; _nps_kms; printf '%s\\n' "\${COMPREPLY[@]}"`,
	]);
};
const inFish: Offers = line =>
	run('fish', ['--no-config', '-c', `source '${scriptOf('fish')}'; complete -C '${line}'`]).map(
		it => it.split('\t')[0] ?? '',
	);
const inPowerShell: Offers = line =>
	run(powershell, [
		'-NoProfile',
		'-NonInteractive',
		'-Command',
		`. '${scriptOf('powershell')}'; (TabExpansion2 -inputScript '${line}' -cursorColumn ${line.length}).CompletionMatches | ForEach-Object CompletionText`,
	]);

const shells: readonly (readonly [string, string, Offers])[] = [
	['bash', 'bash', inBash],
	['fish', 'fish', inFish],
	['PowerShell', powershell, inPowerShell],
];
/** Where CI is set it runs, and fails. */
const isThere = (file: string): boolean => {
	const there = spawnSync(file, ['--version'], {env}).status === 0 || Boolean(process.env['CI']);
	if (!there) console.log(`Completion is not tried in ${file}: it isn't there`);
	return there;
};

describe.each(shells.filter(([, file]) => isThere(file)))('%s completes', (_name, _file, offers) => {
	test('the commands, and the flags of set-up where none is named', () => {
		expect(offers('nps-kms st')).toEqual(['status']);
		expect(new Set(offers('nps-kms '))).toEqual(new Set([...offers('nps-kms '), ...commands.map(it => it.name)]));
		expect(offers('nps-kms --policy-n')).toEqual(['--policy-name']);
	});
	test('the flags of a command, and no others', () => {
		expect(offers('nps-kms discard --confirm-')).toEqual(['--confirm-alias']);
		expect(offers('nps-kms discard --policy-n')).toEqual([]);
	});
	test('what is known of the value of a flag', () => {
		expect(offers('nps-kms setup --shell b')).toEqual(['bash']);
		expect(offers('nps-kms completion f')).toEqual(['fish']);
		expect(offers('nps-kms setup --policy-name x')).toEqual([]);
	});
	test('the names of the setups of this machine', () => {
		expect([...offers('nps-kms status --setup ')].sort()).toEqual(['berlin', 'nps']);
	});
});

describe.runIf(isThere('zsh'))('zsh completes', () => {
	test('commands, flags, values, setups and files', {timeout: 120_000}, async () => {
		const shell = new Terminal({
			file: 'zsh',
			args: ['-f', '-i'],
			env: {...env, TERM: 'xterm', PS1: '$ ', PROMPT: '$ '},
		});
		try {
			shell.type(`autoload -Uz compinit; compinit -u -D; source '${scriptOf('zsh')}'; cd '${folder}'; echo rea''dy\r`);
			await shell.sees('ready');
			for (const [typed, completed] of [
				['nps-kms stat', 'nps-kms status'],
				['nps-kms --policy-n', 'nps-kms --policy-name'],
				['nps-kms discard --confirm-', 'nps-kms discard --confirm-alias'],
				['nps-kms setup --shell b', 'nps-kms setup --shell bash'],
				['nps-kms completion f', 'nps-kms completion fish'],
				['nps-kms status --setup b', 'nps-kms status --setup berlin'],
				['nps-kms setup --answers an', 'nps-kms setup --answers an\\ answer.json'],
			] as const) {
				shell.type(`${typed}\t`);
				await shell.until(() => shell.screen.endsWith(completed), completed);
				// What is typed so far goes.
				shell.type('\u0015');
			}
		} finally {
			await shell.close();
		}
	});
});

test('an unknown shell is refused', () => {
	const {status, stderr} = spawnSync(process.execPath, [program, 'completion', 'tcsh'], {env, encoding: 'utf8'});
	expect(status).toBe(2);
	expect(stderr).toContain('bash, zsh, fish, powershell');
});
