import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test, vi} from 'vitest';
import {type Sandbox, startSandbox} from '../../src/sandbox/index.js';
import type {Ran} from '../contract/account-and-home.js';
import {runMain} from '../main-in-process.js';
import {memory} from '../memory.js';

let sandbox: Sandbox;
let home: string;
beforeEach(async () => {
	sandbox = await startSandbox();
	home = mkdtempSync(join(memory, 'nps-kms-'));
});
afterEach(async () => {
	vi.unstubAllEnvs();
	await sandbox.close();
	rmSync(home, {recursive: true, force: true});
});
const run = (...args: readonly string[]): Promise<Ran> => runMain(args, sandbox, home);
const setUp = (name: string, ...more: readonly string[]): Promise<Ran> =>
	run('setup', '--yes', '--setup', name, '--secret-file', join(home, `${name}.csv`), '--no-prove', ...more);
const all = (...more: readonly string[]): Promise<Ran> => run('status', '--all', ...more);

test('without any setup there is nothing to tell', async () => {
	expect(await all()).toMatchObject({code: 0, stdout: 'There is no setup on this machine.\n'});
	expect((await all('--json')).lines).toEqual([{v: 1, setups: []}]);
});

test('each setup has its line; one that differs, or is not finished, makes exit code 3', async () => {
	await setUp('nps');
	await setUp('berlin');
	const good = await all();
	expect([good.code, good.stderr]).toEqual([0, '']);
	expect(good.stdout.trimEnd().split('\n')).toEqual([
		expect.stringMatching(/^✔ berlin {3}account 111122223333 · eu-west-1 · as the set-up left it$/),
		expect.stringMatching(/^✔ nps {6}account 111122223333 · eu-west-1 · as the set-up left it$/),
	]);
	await setUp('dublin', '--stop-after', 'policy');
	const berlin = Object.values(sandbox.account.users).find(it => it.name === 'nps-kms-user-berlin')!;
	berlin.accessKeys.splice(0, 1, {...berlin.accessKeys[0]!, status: 'Inactive'});
	const {code, stdout} = await all();
	expect(code).toBe(3);
	expect(stdout).toMatch(/^≠ berlin .*1 difference: .*Inactive.*\[/m);
	expect(stdout).toMatch(/^≠ dublin .*not finished, User is to do/m);
	expect(stdout).toMatch(/^✔ nps /m);
	const [told] = (await all('--json')).lines as unknown as readonly [{readonly setups: readonly {setup: string}[]}];
	expect(told.setups.map(it => it.setup)).toEqual(['berlin', 'dublin', 'nps']);
	expect(told.setups[2]).toMatchObject({lookedAt: expect.stringMatching(/^\d{4}-.*Z$/), accessKey: {ageDays: 0}});
});

test('one that can not be told is a line, leaves the others told, and makes exit code 1', async () => {
	await setUp('nps');
	const file = join(home, 'state', 'setups', 'gone.json');
	mkdirSync(join(home, 'state', 'setups'), {recursive: true});
	writeFileSync(file, '{"v":999,"setup":"gone","entries":[]}', {mode: 0o600});
	const {code, stdout} = await all();
	expect(code).toBe(1);
	expect(stdout).toMatch(/^\? gone {3}can't be told: /m);
	expect(stdout).toMatch(/^✔ nps /m);
	const [told] = (await all('--json')).lines as unknown as readonly [{readonly setups: readonly object[]}];
	expect(told.setups[0]).toMatchObject({setup: 'gone', problem: {what: expect.any(String)}});
});

test.each([
	[['--setup', 'berlin'], '--setup'],
	[['--policy-name', 'x'], '--policy-name'],
	[['--profile', 'x'], '--profile'],
])('what is about one setup is refused beside it: %j', async (flags, named) => {
	const {code, stderr} = await all(...flags);
	expect([code, stderr]).toEqual([2, expect.stringContaining(`${named} doesn't go with --all`)]);
});
