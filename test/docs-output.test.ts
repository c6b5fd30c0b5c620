import {spawnSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {hostname} from 'node:os';
import {delimiter, join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {Entry} from '../src/engine/record.js';
import {type Sandbox, startSandbox} from '../src/sandbox/index.js';
import {runMain} from './main-in-process.js';
import {memory} from './memory.js';
import {aws} from './script/fake-aws.js';
import {type Block, blocksOf, madeBy, pages, unsaid} from './shown-output.js';
import {policyIn} from './strict/account.js';

const home = mkdtempSync(join(memory, 'nps-kms-docs-'));
const recordFile = join(home, 'state/setups/nps.json');
const boundary = 'arn:aws:iam::111122223333:policy/bound';
/** What each command line said when it was run. */
const said = new Map<string, string>();
let sandbox: Sandbox;

/** What a run says, with the names of the example in place of those of this machine and this run. */
function asShown(text: string): string {
	const ids = new Map<string, string>();
	const names = ['AKIAIOSFODNN7EXAMPLE', 'AKIAI44QH8DHBEXAMPLE'];
	for (const [at, it] of (sandbox.account.users['nps-kms-user']?.accessKeys ?? []).entries())
		ids.set(it.id, names[at] ?? it.id);
	for (const it of sandbox.account.users['nps-kms-user-berlin']?.accessKeys ?? [])
		ids.set(it.id, 'AKIAI44QH8DHBEXAMPLE');
	for (const it of Object.values(sandbox.account.keys)) ids.set(it.id, '79b644e7-1f2a-4b3c-8d4e-5f6071829304');
	let out = text;
	for (const [id, name] of ids) out = out.replaceAll(id, name);
	return out
		.replaceAll(/(?<=nps-kms:id[= ])[0-9a-f]{8}(?=-)/g, '1f0c2d8e')
		.replaceAll('user/admin', 'user/anna')
		.replaceAll(home, '/home/anna')
		.replaceAll(hostname(), 'anna-pc');
}
/** Runs a command line as a page shows it, and keeps what it says. */
async function run(line: string): Promise<void> {
	const words = line.split(' ').slice(1);
	const {told} = await runMain(
		words.map(it => it.replace(/^~/, home)),
		sandbox,
		home,
	);
	said.set(line, asShown(told));
}
/** The account and the record as they are now, to come back to. */
function kept(): () => void {
	const account = structuredClone(sandbox.account);
	const record = readFileSync(recordFile);
	return () => {
		Object.assign(sandbox.account, structuredClone(account));
		writeFileSync(recordFile, record, {mode: 0o600});
	};
}
/** The run died once the KMS key was made, before its alias was. */
function cutOff(): void {
	const record = JSON.parse(readFileSync(recordFile, 'utf8')) as {entries: readonly Entry[]};
	const entries = record.entries.slice(
		0,
		record.entries.findIndex(it => JSON.stringify(it).includes('CreateAlias')),
	);
	writeFileSync(recordFile, JSON.stringify({...record, entries}), {mode: 0o600});
	for (const name of Object.keys(sandbox.account.aliases)) delete sandbox.account.aliases[name];
}
function somebodyEdits(): void {
	const id = 'AGPA1111111111111111';
	const arn = 'arn:aws:iam::111122223333:group/kms-admins';
	sandbox.account.groups['kms-admins'] = {
		...{name: 'kms-admins', path: '/', id, arn, created: 0, attached: [], inline: {}},
		users: ['nps-kms-user'],
	};
	for (const it of Object.values(sandbox.account.keys)) delete it.rotation;
}
/** Somebody else runs the script that was printed, by an aws command that answers as AWS would. */
function byBob(): void {
	const bin = join(home, 'bin');
	mkdirSync(join(bin, 'refuse'), {recursive: true});
	writeFileSync(join(bin, 'aws'), aws.replace('user/anna', 'user/bob'), {mode: 0o755});
	writeFileSync(join(bin, 'sleep'), '#!/bin/bash\n', {mode: 0o755});
	const {stdout, stderr} = spawnSync('bash', ['setup.sh'], {
		cwd: home,
		input: 'y\n',
		encoding: 'utf8',
		env: {HOME: home, FAKE: bin, PATH: [bin, process.env['PATH']].join(delimiter)},
	});
	said.set('bash setup.sh', asShown(stdout + stderr));
}

/** So many days from now, in the account's time; on a page it is that of the example. */
const inDays = (days: number): string => new Date(sandbox.now() + days * 86_400_000).toISOString().slice(0, 10);
/** A command line with a day in it, which a page shows with that of its example. */
async function runWith(line: string, days: Readonly<Record<string, string>>): Promise<void> {
	const real = Object.entries(days).reduce((it, [example, day]) => it.replaceAll(example, day), line);
	await run(real);
	said.set(line, said.get(real) ?? '');
}
/** A set-up that NPS used is ended as far as its second stage; and NPS is moved as far as its second gate. */
async function overWeeks(): Promise<void> {
	const back = kept();
	sandbox.advance(40 * 86_400_000);
	await runWith('nps-kms retire --yes --backups-until 2027-03-31 --servers-restarted 2026-12-20', {
		'2027-03-31': inDays(60),
		'2026-12-20': inDays(-5),
	});
	const id = sandbox.account.users['nps-kms-user']?.accessKeys[0]?.id ?? '';
	const flags = '--confirm-account 111122223333 --confirm-alias nps-kms-key';
	await runWith(`nps-kms retire --yes --deactivate-access-key AKIAIOSFODNN7EXAMPLE ${flags}`, {
		AKIAIOSFODNN7EXAMPLE: id,
	});
	await run('nps-kms record --setup nps');
	back();
	await run('nps-kms setup --yes --setup berlin --region eu-central-1 --secret-file ~/berlin.csv');
	await runWith('nps-kms move-key --yes --to-setup berlin --backed-up 2026-11-28 --backups-expire 2027-01-31', {
		'2026-11-28': inDays(0),
		'2027-01-31': inDays(60),
	});
}

beforeAll(async () => {
	sandbox = await startSandbox({control: true});
	const empty = structuredClone(sandbox.account);
	const script = join(home, 'setup.sh');
	await run(`nps-kms setup --print-commands --shell bash --out ${script}`);
	byBob();
	rmSync(join(home, 'state'), {recursive: true});
	Object.assign(sandbox.account, structuredClone(empty));

	await run('nps-kms setup --yes --secret-file ~/nps.csv');
	await run('nps-kms record');
	await run('nps-kms record --compliance');
	const back = kept();
	await run('nps-kms discard --yes --confirm nps --confirm-alias nps-kms-key');
	back();
	await run('nps-kms replace-access-key --yes');
	await run('nps-kms replace-access-key --yes --nps-rotated');
	back();
	sandbox.advance(12 * 86_400_000);
	await run('nps-kms status --monitor');
	somebodyEdits();
	await run('nps-kms status');
	await run('nps-kms status --json');
	back();
	await overWeeks();
	back();
	cutOff();
	await run('nps-kms setup --dry-run');

	Object.assign(sandbox.account, structuredClone(empty));
	rmSync(recordFile);
	const where = {Condition: {StringEquals: {'aws:RequestedRegion': 'us-east-1'}}};
	policyIn(sandbox.account, [
		{Effect: 'Allow', Action: 'kms:DescribeKey', Resource: '*'},
		{Sid: 'NoKMS', Effect: 'Deny', Action: 'kms:GenerateDataKey', Resource: '*', ...where},
	]);
	await run(`nps-kms setup --dry-run --permissions-boundary ${boundary}`);
	await run('nps-kms setup --dry-run --source-ip 203.0.113.0/24');
});
afterAll(async () => {
	await sandbox.close();
	rmSync(home, {recursive: true});
});

const blocks = pages.flatMap(blocksOf);
const shown = blocks.filter(it => it.language === 'console' || it.note.startsWith('said by: '));
/** What a block shows, without its command line; an object may stand on several lines. */
const output = ({language, text}: Block): string =>
	language === 'console'
		? text.slice(text.indexOf('\n') + 1)
		: text.startsWith('{')
			? text.replaceAll(/\n\s*/g, '')
			: text;

describe('a block of a page', () => {
	test('tells its language: commands, a file, or output, with what makes it', () => {
		const commands = /^ *(?:nps-kms|npm|node_modules\/\.bin\/|source <\(nps-kms|aws|terraform) ?\S/;
		const wrong = blocks.filter(it => {
			const lines = it.text.trimEnd().split('\n');
			switch (it.language) {
				case 'sh':
					return !lines.every(line => commands.test(line));
				case 'console':
					return madeBy(it) === '';
				case 'text':
					return madeBy(it) === '' && !(it.page === 'docs/architecture.md' && it.note === 'drawn');
				default:
					return !['bat', 'cron', 'csv', 'json'].includes(it.language);
			}
		});
		expect(wrong.map(it => `${it.page}: ${it.language}: ${it.text.slice(0, 60)}`)).toEqual([]);
	});
	test('shows what the program says', () => {
		const untrue = shown.flatMap(it => {
			const fault = unsaid(
				output(it),
				said.get(madeBy(it)) ?? `(nobody runs ${madeBy(it)})`,
				it.language === 'console',
			);
			return fault === undefined ? [] : [`${it.page}, ${madeBy(it)}: ${fault}`];
		});
		expect(untrue).toEqual([]);
		expect(shown.length).toBeGreaterThan(9);
	});
	test('that was measured names a script that is there', () => {
		const {scripts} = JSON.parse(readFileSync('package.json', 'utf8')) as {scripts: Record<string, string>};
		const measured = blocks.filter(it => it.note.startsWith('measured by: ')).map(it => madeBy(it).split(' ')[2] ?? '');
		expect(measured.filter(it => !(it in scripts))).toEqual([]);
	});
	test('that shows something else is told, line by line', () => {
		const program = 'one 2026-01-01\ntwo three\nfour\nfive\n';
		for (const it of ['one 2025-12-31\ntwo …\n…\n', '…\nfive\n', 'one 2026-01-01\n…\nfour\nfive'])
			expect(unsaid(it, program, true), it).toBeUndefined();
		expect(unsaid('two three\nfour\n', program, false)).toBeUndefined();
		expect(unsaid('two three\nfour\n', program, true)).toContain('not said in this order');
		expect(unsaid('one 2026-01-01\ntwo 3\n', program, false)).toBe('not said:\ntwo 3');
		expect(unsaid('one 2026-01-01\nfour\n', program, false)).toBe('not said in this order:\none DAY\nfour');
		expect(unsaid('our\nfive', program, false)).toContain('not said');
	});
});
