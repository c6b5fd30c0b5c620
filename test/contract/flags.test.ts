import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterEach, expect, test, vi} from 'vitest';
import {exitCodes, main} from '../../src/cli.js';
import {commands} from '../../src/commands/index.js';
import {exitCode} from '../exit-codes.js';
import {straysKept} from '../main-in-process.js';

// What programs and scripts rest on: a line less or a line otherwise breaks them, and belongs into the CHANGELOG.
const contract = readFileSync(join(import.meta.dirname, 'flags.txt'), 'utf8');
const sections = contract.split(/\n(?=\S)/).filter(it => !it.startsWith('#'));

afterEach(() => {
	vi.restoreAllMocks();
	process.exitCode = undefined;
});
/** The flags that the help of a command tells, with what they take. */
async function flagsInHelp(...command: readonly string[]): Promise<readonly string[]> {
	let help = '';
	vi.spyOn(process.stdout, 'write').mockImplementation((text: unknown) => {
		help += String(text);
		return true;
	});
	const forget = straysKept();
	await main([process.execPath, 'nps-kms', ...command, '--help']);
	forget();
	vi.restoreAllMocks();
	return [...help.matchAll(/^ {2}(?:-\w, )?(--\S+(?: <[^>]+>)?)/gm)].map(([, flag = '']) => flag);
}

test.each(commands.map(it => it.name))('%s has the flags that the contract names, and no others', async name => {
	const section = sections.find(it => it.split('\n')[0] === `nps-kms ${name}`);
	expect(await flagsInHelp(name)).toEqual(
		section
			?.trim()
			.split('\n')
			.slice(1)
			.map(it => it.trim()),
	);
});
test('there are the commands that the contract names, and what runs without one is setup', async () => {
	expect(sections.flatMap(it => /^nps-kms (\S+)/.exec(it)?.[1] ?? [])).toEqual(commands.map(it => it.name));
	expect(commands.filter(it => it.byDefault).map(it => it.name)).toEqual(['setup']);
	expect(await flagsInHelp()).toEqual(['--version', '--help']);
});
test('the exit codes are those of the contract', () => {
	const section = sections.find(it => it.startsWith('exit codes'));
	const named =
		section
			?.trim()
			.split('\n')
			.slice(1)
			.map(it => it.trim().split(/\s+/)) ?? [];
	expect(Object.fromEntries(named.map(([code, outcome = '']) => [outcome, Number(code)]))).toEqual(exitCodes);
	expect(exitCode).toEqual(exitCodes);
});
