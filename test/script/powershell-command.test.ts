import {mkdtempSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {delimiter, join} from 'node:path';
import {describe, expect, onTestFinished, test} from 'vitest';
import {isProblem} from '../../src/engine/plan.js';
import type {Answers, Call, Change} from '../../src/engine/step.js';
import {ownersAlone, powershellLine} from '../../src/script/powershell-command.js';
import {factsAt, neededBy} from '../../src/script/printed-steps.js';
import {shellOf} from '../../src/script/shell.js';
import {wordsOf} from '../../src/script/shell-words.js';
import {memory} from '../memory.js';
import {missing, runInPowershell} from '../powershell.js';
import {facts, foreseen, odd, sent, variables} from './foreseen.js';

const none = new Set<string>();
const change = (call: Call, more: Partial<Change> = {}): Change => ({
	id: 'x',
	verb: 'create',
	subject: 'x',
	call,
	...more,
});

test('people on Windows have PowerShell, others bash', () => {
	expect((['win32', 'linux', 'darwin'] as const).map(shellOf)).toEqual(['powershell', 'bash', 'bash']);
});

describe('a change is one line for PowerShell', () => {
	test('as words, where both 5.1 and 7 hand them on', () => {
		const input: Call['input'] = {PolicyArn: {$fact: 'policyArn'}, UserName: 'o.n-e', SetAsDefault: true};
		expect(
			powershellLine(change({api: 'iam:AttachUserPolicy', input}), {}, none, ['--region', 'eu-west-1']),
		).toMatchInlineSnapshot(
			`"aws --region eu-west-1 iam attach-user-policy --policy-arn ('' + $POLICY_ARN) --user-name 'o.n-e' --set-as-default"`,
		);
	});
	test.each([['a "b"'], ['ends\\'], [''], ['%PATH%'], ['a&b'], ['é'], ['two\nlines']])(
		'as a file, where they would not: %j',
		text => {
			const line = powershellLine(change({api: 'iam:X', input: {Description: text}}), {}, none);
			expect(line).toContain("aws iam x --cli-input-json 'file://$NPS_KMS_INPUT'; ");
			expect(line).toMatch(/^[ -~]*$/);
		},
	);
	test('a secret goes into its file, which is its owner’s alone before there is one', () => {
		const learns = {accessKeyId: 'AccessKey.AccessKeyId'};
		const row = {
			'Access key ID': {$reply: 'AccessKey.AccessKeyId'},
			'Secret access key': {$reply: 'AccessKey.SecretAccessKey'},
		};
		const keeps: NonNullable<Change['keeps']> = {place: 'C:\\Users\\o p\\k.csv', row, names: 'accessKeyId'};
		const line = powershellLine(
			change({api: 'iam:CreateAccessKey', input: {UserName: 'u'}}, {learns, keeps}),
			{},
			new Set(['accessKeyId']),
		);
		expect(line.split('; ')).toMatchInlineSnapshot(`
			[
			  "$ACCESS_KEY_ID = & { $ErrorActionPreference = 'Stop'",
			  "$file = 'C:\\Users\\o p\\k.csv'",
			  "[IO.File]::Open($file, 'CreateNew', 'Write', 'None').Dispose()",
			  "try { $me = '*' + [Security.Principal.WindowsIdentity]::GetCurrent().User.Value + ':F'",
			  "& ([IO.Path]::Combine([Environment]::SystemDirectory, 'icacls.exe')) $file /inheritance:r /grant:r $me | Out-Null",
			  "if ($LASTEXITCODE) { throw 'its access list can not be set' }",
			  "$ACCESS_KEY_ID, $SECRET_ACCESS_KEY = (aws iam create-access-key --user-name u --query '[AccessKey.AccessKeyId,AccessKey.SecretAccessKey]' --output text) -split '\\t'",
			  "if ($LASTEXITCODE) { throw 'the secret is not made' }",
			  "[IO.File]::WriteAllText($file, ('Access key ID,Secret access key' + [char]0x000D + [char]0x000A + $ACCESS_KEY_ID + ',' + $SECRET_ACCESS_KEY + [char]0x000D + [char]0x000A)) } finally { if ((New-Object IO.FileInfo $file).Length -eq 0) { [IO.File]::Delete($file) } }",
			  "$ACCESS_KEY_ID }",
			]
		`);
	});
});

const left = missing.some(it => it !== 'aws') && !process.env['CI'];
if (left) console.log(`The lines for PowerShell are not run: ${missing.join(' and ')} missing`);

const learned: Readonly<Record<string, string>> = {
	'Policy.Arn': facts.policyArn,
	'User.Arn': facts.userArn,
	'KeyMetadata.KeyId': facts.keyId,
	'KeyMetadata.Arn': facts.keyArn,
	'AccessKey.AccessKeyId': facts.accessKeyId,
	'AccessKey.SecretAccessKey': 'the secret',
};
/** Writes down what it is called with, and what is in the file that it is to read; tells what it is asked for. */
const aws = `#!${process.execPath}
const {appendFileSync, readFileSync} = require('node:fs');
const words = process.argv.slice(2);
const named = words.includes('file://$NPS_KMS_INPUT');
const input = named ? JSON.parse(readFileSync(process.env.NPS_KMS_INPUT, 'utf8')) : undefined;
appendFileSync(process.env.HEARD, JSON.stringify({words, input}) + '\\n');
const [query, paths = ''] = words.slice(words.indexOf('--query'));
const learned = ${JSON.stringify(learned)};
if (query === '--query') console.log(paths.replace(/[[\\]]/g, '').split(',').map(it => learned[it]).join('\\t'));
`;

/** A folder with an aws of ours, and all changes of a set-up as a script of such lines. */
async function pasted(answers: Answers, passing: 'Standard' | 'Legacy') {
	const folder = mkdtempSync(join(memory, 'nps-kms-lines-'));
	onTestFinished(() => rmSync(folder, {recursive: true, force: true}));
	const secretFile = join(folder, "secret it's.csv");
	const consolePasswordFile = join(folder, 'password.csv');
	const plans = await foreseen({...answers, secretFile, ...(answers['consoleAccess'] && {consolePasswordFile})});
	const changes = plans.flatMap(({plan}) => (isProblem(plan) ? [] : plan.changes));
	const known = factsAt(changes, {});
	const needed = neededBy(changes, {});
	const lines = changes.map((it, at) => powershellLine(it, known[at] ?? {}, needed, ['--region', 'eu-west-1']));
	writeFileSync(join(folder, 'aws'), aws, {mode: 0o755});
	const script = join(folder, 'lines.ps1');
	// icacls is Windows' own.
	writeFileSync(script, lines.map(it => it.replace(ownersAlone, 'chmod 600 $file')).join('\n'));
	const path = [folder, process.env['PATH']].join(delimiter);
	const env = {HEARD: join(folder, 'heard'), PATH: path, NPS_KMS_INPUT: ''};
	return {changes, secretFile, consolePasswordFile, heard: env.HEARD, run: {script, folder, env, passing}};
}
type Heard = {readonly words: readonly string[]; readonly input?: Readonly<Record<string, unknown>>};

test.skipIf(left)(
	'pasted one after the other into PowerShell, they give the CLI what the program sends',
	async () => {
		const all = [await pasted({}, 'Standard'), await pasted(odd, 'Standard'), await pasted(odd, 'Legacy')];
		const ran = await runInPowershell(
			all.map(it => it.run),
			{},
		);
		for (const [at, {changes, heard, secretFile, consolePasswordFile}] of all.entries()) {
			const said = ran[at]?.said ?? '';
			const calls = readFileSync(heard, 'utf8')
				.trim()
				.split('\n')
				.map(it => JSON.parse(it) as Heard);
			expect(calls.length, said).toBe(changes.length);
			for (const [nth, {words, input}] of calls.entries()) {
				const {call} = changes[nth] ?? expect.unreachable();
				const [, service, operation, ...options] = wordsOf(call, facts).map(it => it.join(''));
				const query = words.indexOf('--query');
				const given = words.slice(0, query < 0 ? undefined : query);
				const through = input ? ['--cli-input-json', 'file://$NPS_KMS_INPUT'] : options;
				expect(given).toEqual(['--region', 'eu-west-1', service, operation, ...through]);
				const {Password, ...rest} = input ?? {};
				const expected = sent(call.input) as Record<string, unknown>;
				if (input)
					expect({...rest, ...(Password !== undefined && {Password: variables.CONSOLE_PASSWORD})}).toEqual(expected);
				if (Password === undefined) continue;
				expect(Password).toMatch(/^Ak7\+[\w+/]{36}$/);
				expect(readFileSync(consolePasswordFile, 'utf8')).toBe(
					`User name,Password\r\n"lab,user",${String(Password)}\r\n`,
				);
				expect(said).not.toContain(Password);
			}
			expect(statSync(secretFile).mode & 0o777).toBe(0o600);
			expect(readFileSync(secretFile, 'utf8')).toBe('Access key ID,Secret access key\r\nAKIA1,the secret\r\n');
			expect(said).not.toContain('the secret');
		}
	},
	300_000,
);
