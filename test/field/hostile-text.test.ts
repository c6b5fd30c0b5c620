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

type Statements = {Statement: object[]};
type Thing = {name?: string; tags?: object[]; versions?: {document: string}[]; policy?: string};
type Account = Readonly<Record<'policies' | 'users' | 'keys', Readonly<Record<string, Thing>>>>;
/** A document with a statement of somebody's, whose every text is poisoned; JSON carries what XML can't. */
const withTheirs = (document: string, who: object): string => {
	const it = JSON.parse(document) as Statements;
	const theirs = {Effect: 'Deny', Action: 'kms:Encrypt', ...who};
	const condition = {StringEquals: {[`aws:PrincipalTag/x${poison}`]: poison}};
	return JSON.stringify({
		...it,
		Statement: [...it.Statement, {Sid: `Theirs${poison}`, ...theirs, Resource: `*${poison}`, Condition: condition}],
	});
};

test('what others wrote into policies, Sids and tags is obeyed by no terminal, in whatever command shows it', async () => {
	const at = machine();
	const home = join(at.home, 'state');
	const env = {NPS_KMS_HOME: home, NPS_KMS_PATIENCE: '0'};
	const flags = ['--sandbox', '--yes', '--no-prove'];
	const made = await at.run(['setup', ...flags, '--json', '--secret-file', join(at.home, 'k.csv')], env);
	expect(made.code, made.stderr).toBe(0);
	const path = join(home, 'sandbox/account.json');
	const kept = JSON.parse(readFileSync(path, 'utf8')) as {account: Account};
	const {account} = kept;
	const tags = [
		{Key: 'team', Value: `it${mildPoison}`},
		{Key: `owner${mildPoison}`, Value: 'them'},
	];
	let documents = 0;
	for (const it of [
		...Object.values(account.policies),
		...Object.values(account.users),
		...Object.values(account.keys),
	]) {
		if (Array.isArray(it.tags) && it.tags.length > 0) it.tags.push(...tags);
		for (const version of it.name === 'NPS_KMS_Policy' ? (it.versions ?? []) : []) {
			version.document = withTheirs(version.document, {});
			documents += 1;
		}
		if (it.policy?.includes('Allow use of the key')) {
			it.policy = withTheirs(it.policy, {Principal: {AWS: '*'}});
			documents += 1;
		}
	}
	expect(documents).toBeGreaterThan(2);
	writeFileSync(path, JSON.stringify(kept));
	const commands: readonly (readonly string[])[] = [
		['status', '--sandbox'],
		['status', '--sandbox', '--json'],
		['setup', ...flags],
		['setup', ...flags, '--json'],
		['setup', '--sandbox', '--dry-run', '--restore', 'least-privilege'],
		['setup', '--sandbox', '--plain', '--restore', 'least-privilege'],
		['setup', '--sandbox', '--print-commands'],
		['permissions', '--sandbox'],
		['prove', '--sandbox', '--yes'],
		['replace-access-key', ...flags, '--secret-file', join(at.home, 'l.csv')],
		[
			'replace-access-key',
			...flags,
			'--json',
			'--nps-rotated',
			'--override-reason',
			`because${poison.replaceAll('\0', '')}`,
		],
		['replace-access-key', '--sandbox', '--plain'],
		['record', '--sandbox'],
		['record', '--sandbox', '--json'],
		['discard', '--sandbox', '--yes', '--confirm', 'nps'],
		['doctor', '--sandbox'],
		['doctor', '--profile', `nobody${poison.replaceAll('\0', '')}`],
		['setup', '--sandbox', '--yes', '--setup', `x${poison.replaceAll('\0', '')}`],
		['setup', '--sandbox', '--yes', '--answers', join(at.home, `gone${poison.replaceAll('\0', '')}`)],
		['setup', '--sandbox', '--yes', '--secret-file', join(at.home, `no/${poison.replaceAll('\0', '')}`)],
		['status', '--sandbox', `--no-such${poison.replaceAll('\0', '')}`],
		[`stat${poison.replaceAll('\0', '')}`],
	];
	const shown: string[] = [];
	for (const it of commands) {
		const {stdout, stderr} = await at.run(it, env);
		const said = stdout + stderr;
		expect(said, it.join(' ')).not.toBe('');
		expect(unseenIn(said, /[\n\t]/g), `${it.join(' ')}\n${said}`).toEqual([]);
		if (it.includes('--json')) expect(stdout, it.join(' ')).toMatch(/^[ -~\n]*$/);
		if (/Deny\s+kms:Encrypt/.test(said)) shown.push(it.slice(0, 2).join(' '));
	}
	// The statement was really there to be shown.
	expect(shown).toContain('status --sandbox');
}, 120_000);
