import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {Option} from 'commander';
import {afterAll, afterEach, beforeAll, beforeEach, expect, test, vi} from 'vitest';
import type {Command} from '../../src/commands/command.js';
import {courseCommand, sharedFlags} from '../../src/commands/course-command.js';
import {commands} from '../../src/commands/index.js';
import type {Course} from '../../src/engine/course.js';
import {step, textAnswer} from '../../src/engine/step.js';
import {type Sandbox, startSandbox} from '../../src/sandbox/index.js';
import {connect} from '../../src/steps/connect.js';
import type {Ran} from '../contract/account-and-home.js';
import {runMain} from '../main-in-process.js';

// The one file of a new command…
const greet: Course = {
	name: 'greet',
	steps: [
		connect,
		step({
			id: 'greeting',
			name: 'Greeting',
			title: 'Greet the account',
			guide: {covers: 'nothing', text: ['Nothing changes.'], links: []},
			fields: () => [{name: 'greeting', label: 'What to say', kind: 'text', initial: 'hello', settles: 'never'}],
			observe: async () => undefined,
			plan: (_seen, known) => ({
				changes: [],
				facts: {accountAlias: 'greeted'},
				says: `${textAnswer(known.answers, 'greeting')}, ${known.facts['account'] ?? ''}`,
			}),
		}),
	],
	results: ({facts: {accountAlias}}) => ({accountAlias}),
	confirms: [{flag: 'confirm', takes: 'name', says: 'yes, greet this one', namesSetup: true}],
	offers: ({setup}) => ({label: 'Greet', note: 'says hello', lines: [`Nobody has greeted ${setup}.`]}),
	lastWords: ({status, goesOn}) => (status === 'complete' ? 'Greeted.' : `Greet again, ${goesOn}.`),
};
/** A new command that looks, with a flag of its own beside those of the set-up. */
const peek: Command = {
	name: 'peek',
	says: 'tells how it was called',
	examples: [],
	atHome: {label: 'Peek', note: 'looks'},
	flags: () => [...sharedFlags(), new Option('--key-alias <text>', 'which'), new Option('--far', 'farther')],
	async run(flags, {lines}) {
		lines.out(`called by ${JSON.stringify(flags)}`);
		return 'differs';
	},
};
// … and its one line.
const list = [
	...commands,
	peek,
	courseCommand(greet, {says: 'says hello to the account', examples: [['nps-kms greet', 'says hello']]}),
];

let sandbox: Sandbox;
let home: string;
beforeAll(async () => {
	sandbox = await startSandbox();
});
afterAll(() => sandbox?.close());
beforeEach(() => {
	home = mkdtempSync(join(tmpdir(), 'nps-kms-greet-'));
});
afterEach(() => {
	vi.unstubAllEnvs();
	rmSync(home, {recursive: true, force: true});
});
const run = (args: readonly string[], typed?: readonly string[]): Promise<Ran> =>
	runMain(args, sandbox, home, {list, ...(typed && {typed})});
const begun = (): Promise<Ran> => run(['setup', '--yes', '--json', '--stop-after', 'connect']);

test('a new course stands in the help with its words, the flags of its fields and those that confirm it', async () => {
	expect((await run(['--help'])).stdout).toMatch(/ greet \[options\] +says hello to the account\n/);
	const {code, stdout} = await run(['greet', '--help']);
	expect(code).toBe(0);
	for (const it of [/--greeting <text> +What to say/, /--confirm <name> +yes, greet this one/, /--region <text>/])
		expect(stdout).toMatch(it);
});
test('it needs the record of a setup, and a flag that names another setup is refused', async () => {
	const without = await run(['greet', '--yes', '--json']);
	expect([without.code, without.lines.at(-1)]).toMatchObject([1, {problem: {code: 'NoSetup'}}]);
	await begun();
	const other = await run(['greet', '--json', '--confirm', 'other']);
	expect([other.code, other.lines.at(-1)]).toMatchObject([2, {problem: {code: 'Usage'}}]);
});
test('where nobody can answer, the line that would work confirms it', async () => {
	const {code, stderr} = await run(['greet'], []);
	expect(code).toBe(2);
	expect(stderr).toContain('nps-kms greet --yes --confirm nps');
});
test('it runs by its flags alone, and its result tells its own facts', async () => {
	await begun();
	const {code, lines, stderr} = await run(['greet', '--yes', '--json', '--greeting', 'good day']);
	expect([code, lines.at(-1)]).toMatchObject([0, {type: 'result', status: 'complete', accountAlias: 'greeted'}]);
	expect(stderr).toContain(`good day, ${sandbox.account.id}`);
	expect(stderr).toContain('Greeted.');
});
test('it runs line by line, and ends with its own words', async () => {
	await begun();
	const {code, stdout} = await run(['greet', '--plain'], ['good evening']);
	expect(code, stdout).toBe(0);
	expect(stdout).toContain('Step 1 of 1: Greet the account.');
	expect(stdout).toContain(`good evening, ${sandbox.account.id}`);
	expect(stdout).toContain('Greeted.');
});
test('the first screen offers it, and goes on with it', async () => {
	await begun();
	const {code, stdout} = await run(['--plain'], ['3', 'good night']);
	expect(code, stdout).toBe(0);
	expect(stdout).toMatch(/What now\? 1 Carry on, 2 Start another setup, 3 Greet,/);
	expect(stdout).toContain(`good night, ${sandbox.account.id}`);
});
test('it offers a new command that looks, which is called with what it takes of what was given', async () => {
	await begun();
	const given = ['--plain', '--expect-account', sandbox.account.id, '--key-alias', 'mine', '--policy-name', 'Other'];
	const {code, stdout} = await run(given, ['6']);
	expect(stdout).toMatch(/What now\? .*, 6 Peek, /);
	const flags = /called by (.*)/.exec(stdout)?.[1] ?? 'null';
	expect(code).toBe(3);
	expect(JSON.parse(flags)).toEqual({
		setup: 'nps',
		plain: true,
		expectAccount: sandbox.account.id,
		keyAlias: 'mine',
	});
});
test('status, chosen there, looks where the run looks, at what is on record: no answer to a later step makes a difference', async () => {
	expect((await run(['setup', '--yes', '--json', '--stop-after', 'policy'])).code).toBe(0);
	const given = ['--plain', '--region', 'eu-west-1', '--tag', 'team=x', '--source-ip', '203.0.113.0/24'];
	const {code, stdout} = await run(given, ['Status']);
	expect(stdout).toMatch(/What now\? .*Status/);
	expect(stdout).toMatch(/Policy +done/);
	expect(code, stdout).toBe(3);
	expect(stdout).not.toMatch(/tags-gone|203\.0\.113/);
});
