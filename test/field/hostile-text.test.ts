import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {mildPoison, poison, poisoned, unseenIn} from './poison.js';
import {machine, resultOf} from './program.js';

/** What somebody else may have written into a record: names of machines and things, and AWS's words. */
const inRecord =
	/^(host|version|caller|accountAlias|message|subject|why|says|because|requestId|code|policyDescription)$/;
/** What somebody else may write in an account. */
const inAccount = /^(alias|description)$/;

test('what others wrote into the record, the account, the environment and flags is obeyed by no terminal', async () => {
	const at = machine();
	const home = join(at.home, 'state');
	const env = {NPS_KMS_HOME: home, NPS_KMS_PATIENCE: '0'};
	const setup = ['setup', '--sandbox', '--yes', '--no-prove'];
	const made = await at.run([...setup, '--json', '--policy-description', 'ours'], env);
	expect([made.code, resultOf(made)['status']], made.stderr).toEqual([0, 'complete']);
	const change = (file: string, theirs: RegExp, what: string): string => {
		const path = join(home, 'sandbox', file);
		const before = JSON.parse(readFileSync(path, 'utf8')) as unknown;
		const after = JSON.stringify(poisoned(before, key => !theirs.test(key), what));
		writeFileSync(path, after);
		return after;
	};
	expect(change('setups/nps.json', inRecord, poison)).toContain('\\u001b]52');
	expect(change('account.json', inAccount, mildPoison)).toContain('\u202E');
	const commands: readonly (readonly string[])[] = [
		['record', '--sandbox'],
		['record', '--sandbox', '--json'],
		['status', '--sandbox'],
		['status', '--sandbox', '--json'],
		setup,
		[...setup, '--json'],
		['setup', '--sandbox', '--dry-run'],
		['setup', '--sandbox', '--print-commands'],
		['permissions', '--sandbox'],
		['discard', '--sandbox', '--yes', '--confirm', 'nps'],
		['setup', '--sandbox', '--plain'],
		['prove', '--sandbox', '--yes'],
		['setup', '--yes', '--profile', `nobody${poison.replaceAll('\0', '')}`],
		['setup', '--yes', '--sandbox', '--key-alias', `alias/${poison.replaceAll('\0', '')}`],
	];
	for (const it of commands) {
		const {stdout, stderr} = await at.run(it, {...env, AWS_PROFILE: `x${poison.replaceAll('\0', '')}`});
		expect(stdout + stderr, it.join(' ')).not.toBe('');
		expect(unseenIn(stdout + stderr, /[\n\t]/g), `${it.join(' ')}\n${stdout}${stderr}`).toEqual([]);
		if (it.includes('--json')) expect(stdout, it.join(' ')).toMatch(/^[ -~\n]*$/);
	}
});
