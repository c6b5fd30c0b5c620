import {spawnSync} from 'node:child_process';
import {existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {forecast} from '../../src/engine/forecast.js';
import {fold} from '../../src/engine/record.js';
import type {Answers} from '../../src/engine/step.js';
import {bashScript} from '../../src/script/bash-script.js';
import type {Occasion} from '../../src/script/preamble.js';
import {type Procedure, procedureOf} from '../../src/script/printed-steps.js';
import {setup} from '../../src/steps/index.js';
import {look, worldAfter} from '../steps/plans.js';
import {aws} from './fake-aws.js';

let home: string;
beforeEach(() => {
	home = mkdtempSync(join(tmpdir(), 'nps-kms-'));
	mkdirSync(join(home, 'refuse'));
	writeFileSync(join(home, 'aws'), aws, {mode: 0o755});
	// Nobody waits in tests.
	writeFileSync(join(home, 'sleep'), '#!/bin/bash\n', {mode: 0o755});
});
afterEach(() => rmSync(home, {recursive: true, force: true}));

const at = (name: string): string => join(home, name);
const read = (name: string): string => readFileSync(at(name), 'utf8');
const heard = (): readonly string[] => read('heard').trimEnd().split('\n');
const changes = (): readonly string[] =>
	heard()
		.map(it => it.split(' ').slice(0, 2).join(' '))
		.filter(it => !it.startsWith('sts'));
function refuse(operation: string, says: string, {times = 1, code = 254}: {times?: number; code?: number} = {}): void {
	for (const [name, it] of Object.entries({left: times, says, code}))
		writeFileSync(at(`refuse/${operation}.${name}`), String(it));
}
const error = (code: string, words = 'Words.'): string =>
	`An error occurred (${code}) when calling the X operation: ${words}`;

const occasion: Occasion = {
	...{setup: 'nps', setupId: 'id-1', account: '111122223333', region: 'eu-west-1', version: '1', on: '2026-01-01'},
	...{next: 'nps-kms setup', host: 'desk'},
};
/** The procedure of a whole set-up that has got as far as a step. */
async function procedure(
	answers: Answers = {},
	after: Parameters<typeof worldAfter>[0] = 'connect',
): Promise<Procedure> {
	const world = await worldAfter(after);
	const state = fold(world.record);
	const given = {
		...state.answers,
		secretFile: at('it’s my $(secret).csv'),
		consolePasswordFile: at('password.csv'),
		...answers,
	};
	const foreseen = [];
	for await (const it of forecast(setup.steps, {...state, answers: given}, look(world), {homeFolder: home}))
		foreseen.push(it);
	return procedureOf(foreseen, step => step.title);
}
async function script(...given: Parameters<typeof procedure>): Promise<string> {
	return bashScript(await procedure(...given), occasion);
}
function run(text: string, ...flags: readonly string[]): {code: number | null; out: string; err: string} {
	writeFileSync(at('script.sh'), text);
	const {status, stdout, stderr} = spawnSync('bash', [...flags, at('script.sh')], {
		env: {
			PATH: `${home}:${process.env['PATH']}`,
			FAKE: home,
			SECRET_ACCESS_KEY: 'exported before',
			CONSOLE_PASSWORD: 'exported before',
		},
		encoding: 'utf8',
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	return {code: status, out: stdout, err: stderr};
}
const logs = (): readonly string[] => readdirSync(home).filter(it => it.endsWith('.log'));
const all = [
	...['iam create-policy', 'iam create-user', 'iam attach-user-policy', 'iam create-access-key'],
	...['kms create-key', 'kms create-alias', 'kms enable-key-rotation', 'iam create-policy-version'],
];

test('the script makes the changes of the forecast in their order, each once, with the ids that AWS gave', async () => {
	const {code, out, err} = run(await script());
	expect({code, err}).toEqual({code: 0, err: ''});
	expect(changes()).toEqual(all);
	expect(heard().at(-1)).toContain('"Resource":"arn:aws:kms:eu-west-1:111122223333:key/key-1"');
	expect(out.replaceAll(home, '/home/anna')).toMatchInlineSnapshot(`
		"In account 111122223333, region eu-west-1, as arn:aws:iam::111122223333:user/anna, this script will:
		  Create the policy
		    + create policy NPS_KMS_Policy
		        Allow  kms:Decrypt  on  arn:aws:kms:*:111122223333:key/*
		    ! Until step 5 is done this policy allows Decrypt with every key of this account that delegates to IAM.
		  Create the user
		    + create user nps-kms-user
		    + create attachment NPS_KMS_Policy → nps-kms-user
		  Create the access key
		    + create access key of nps-kms-user, its secret to /home/anna/it’s my $(secret).csv
		  Create the managed key
		    + create KMS key alias/nps-kms-key (it costs about $1 a month)
		        Allow  kms:*  to  arn:aws:iam::111122223333:root
		        Allow  kms:Encrypt, kms:Decrypt, kms:ReEncrypt*, kms:GenerateDataKey*, kms:DescribeKey  to  (userArn, known later)
		        Allow  kms:CreateGrant, kms:ListGrants, kms:RevokeGrant  to  (userArn, known later)  if  {"Bool":{"kms:GrantIsForAWSResource":"true"}}
		    + create alias/nps-kms-key
		    ~ update rotation of the key material: by KMS, every year
		  Limit the policy to this key
		    ~ update policy NPS_KMS_Policy, new default version
		        Allow  kms:Decrypt  on  (keyArn, known later)
		done: create policy NPS_KMS_Policy
		  POLICY_ARN arn:aws:iam::111122223333:policy/NPS_KMS_Policy
		done: create user nps-kms-user
		  USER_ARN arn:aws:iam::111122223333:user/nps-kms-user
		done: create attachment NPS_KMS_Policy → nps-kms-user
		done: create access key of nps-kms-user, its secret to /home/anna/it’s my $(secret).csv
		  its secret is in /home/anna/it’s my $(secret).csv
		  ACCESS_KEY_ID AKIAIOSFODNN7EXAMPLE
		done: create KMS key alias/nps-kms-key
		  KEY_ID key-1
		  KEY_ARN arn:aws:kms:eu-west-1:111122223333:key/key-1
		done: create alias/nps-kms-key
		done: update rotation of the key material: by KMS, every year
		done: update policy NPS_KMS_Policy, new default version
		Done.
		To go on, on desk: nps-kms setup
		It finds what is made by the tag nps-kms:id id-1, makes nothing twice, and tries the new credentials.
		If a secret's file isn't on that machine, take it there and name it with --secret-file.
		"
	`);
});
test('both versions of the CLI get the region, and no call is repeated by the CLI itself', async () => {
	run(await script());
	for (const it of ['AWS_REGION=eu-west-1', 'AWS_DEFAULT_REGION=eu-west-1', 'AWS_MAX_ATTEMPTS=1'])
		expect(read('environments')).toContain(`${it}\n`);
});

// https://git.savannah.gnu.org/cgit/bash.git/tree/NEWS: what came after 3.2, which macOS still has.
const newer: readonly (readonly [RegExp, string])[] = [
	[/\b(?:declare|local|typeset|readonly)\s+-\w*[Agnlu]/, 'local -n ref=x'],
	[/\b(?:mapfile|readarray|coproc)\b/, 'mapfile -t lines'],
	[/\|&|&>>|;;&|;&(?!&)/, 'aws iam list-users |& tee x'],
	[/\$\{\w+(?:\[[^\]]*\])?(?:\^|,|@)/, `echo "\${name,,}"`],
	[/\bread\b[^|;&]*\s-(?:\w*[iN]|t\s*0?\.)/, 'read -t 0.5 answer'],
	[/%\([^)]*\)T/, "printf '%(%Y)T' -1"],
	[/\$\{?(?:EPOCHSECONDS|EPOCHREALTIME|BASHPID|SRANDOM)/, 'echo $EPOCHSECONDS'],
	[/\bwait\s+-n/, 'wait -n'],
	[/\[\[?\s+-[vR]\s/, '[[ -v name ]]'],
	[/\bshopt\b.*(?:globstar|lastpipe|inherit_errexit)/, 'shopt -s lastpipe'],
	[/\{\w+\}[<>]/, 'exec {fd}>x'],
	[/\$\{\w+\[-\d/, `echo "\${all[-1]}"`],
	[/\$'[^']*\\[uU]/, "echo $'\\u2026'"],
	// Not new, but an error there where nothing is in it, with set -u.
	[/"\$\{\w+\[[@*]\]\}"/, `aws "\${options[@]}"`],
];
test('nothing in it came to bash after 3.2', async () => {
	const texts = await Promise.all([
		script(),
		script({consoleAccess: true, tags: {team: 'a b'}, deletionGuard: '30'}),
		script({}, 'managed-key'),
	]);
	const lines = texts.flatMap(it => it.split('\n'));
	expect(lines.filter(line => newer.some(([pattern]) => pattern.test(line)))).toEqual([]);
	expect(lines.length).toBeGreaterThan(300);
	expect(newer.filter(([pattern, sample]) => !pattern.test(sample))).toEqual([]);
});
test('secrets are in their files, for their owner alone, and nowhere else: no output, log, command or environment', async () => {
	const {out, err} = run(await script({consoleAccess: true}), '-x');
	const [secret, password] = ['it’s my $(secret).csv', 'password.csv'];
	expect(read(secret)).toBe('Access key ID,Secret access key\r\nAKIAIOSFODNN7EXAMPLE,CANARY/secret+key=\r\n');
	const [, made = ''] = /^User name,Password\r\nnps-kms-user,(.{40})\r\n$/.exec(read(password)) ?? [];
	for (const kind of [/[A-Z]/, /[a-z]/, /[0-9]/, /[^A-Za-z0-9]/]) expect(made).toMatch(kind);
	expect(read('password')).toBe(made);
	for (const it of [secret, password]) expect(statSync(at(it)).mode & 0o777).toBe(0o600);
	for (const it of [out, err, read('heard'), read('environments'), ...logs().map(read)])
		for (const canary of ['CANARY', made]) expect(it).not.toContain(canary);
});
test('a second run does nothing, and names the way on', async () => {
	const text = await script();
	run(text);
	const before = heard().length;
	const {code, err} = run(text);
	expect(code).toBe(1);
	expect(err).toContain('This script was started before');
	expect(err).toContain('Let nps-kms carry on');
	expect(heard().length).toBe(before);
});
test('other credentials stop it before anything', async () => {
	const {code, err} = run(bashScript(await procedure(), {...occasion, account: '999999999999'}));
	expect(code).toBe(1);
	expect(err).toContain('These credentials are of account 111122223333');
	expect(err).toContain('Nothing has changed.');
	expect(changes()).toEqual([]);
	expect(logs()).toEqual([]);
});
test('a refusal stops it: nothing follows, and what is made is told', async () => {
	refuse('create-key', error('AccessDeniedException'));
	const {code, out, err} = run(await script());
	expect(code).toBe(1);
	expect(changes().at(-1)).toBe('kms create-key');
	expect(err).toContain('AccessDeniedException');
	expect(err).toContain('Stopped at: create KMS key alias/nps-kms-key.\n  4 of 8 changes are made;');
	expect(err).toContain('To go on, on desk: nps-kms setup');
	expect(err).not.toContain('no clear answer');
	expect(out).not.toContain('Done.');
});
test('refused at its first change, it may be run again', async () => {
	refuse('create-policy', error('AccessDenied'));
	const text = await script();
	expect(run(text).err).toContain('Nothing has changed.');
	expect(logs()).toEqual([]);
	expect(run(text).code).toBe(0);
});
test('a refused access key leaves no file behind', async () => {
	refuse('create-access-key', error('LimitExceeded'));
	run(await script());
	expect(existsSync(at('it’s my $(secret).csv'))).toBe(false);
});
test.each([
	['a dropped line', 'Could not connect to the endpoint URL', 255],
	['a failure at AWS', error('InternalFailure'), 254],
	['a failure at KMS', error('KMSInternalException'), 254],
])('%s is told as no clear answer', async (_what, says, code) => {
	refuse('create-policy', says, {code});
	const {err} = run(await script());
	expect(err).toContain('AWS gave no clear answer: it may have been done.');
	expect(err).not.toContain('Nothing has changed');
	expect(logs()).toHaveLength(1);
});
test('what is known to be late is waited for, with a bound', async () => {
	refuse(
		'create-key',
		error('MalformedPolicyDocumentException', 'Policy contains a statement with one or more invalid principals.'),
		{times: 3},
	);
	refuse('attach-user-policy', error('NoSuchEntity'), {times: 1});
	refuse('create-alias', error('Throttling'), {times: 1});
	const {code, err} = run(await script());
	expect(code).toBe(0);
	expect(changes().filter(it => it === 'kms create-key')).toHaveLength(4);
	expect(err).toContain('waiting, at most 120 s: An error occurred (MalformedPolicyDocumentException)');
});
test('the same code with other words is not waited for', async () => {
	refuse(
		'create-key',
		error(
			'MalformedPolicyDocumentException',
			'The new key policy will not allow you to update the key policy in the future.',
		),
	);
	expect(run(await script()).code).toBe(1);
	expect(changes().filter(it => it === 'kms create-key')).toHaveLength(1);
});
test('an answer without its id stops it', async () => {
	writeFileSync(at('aws'), aws.replace('echo arn:aws:iam::111122223333:policy/NPS_KMS_Policy', 'echo None'), {
		mode: 0o755,
	});
	const {code, err} = run(await script());
	expect(code).toBe(1);
	expect(err).toContain("AWS's answer lacks POLICY_ARN");
	expect(changes()).toEqual(['iam create-policy']);
});
test('a file that is there is not overwritten, and nothing has changed', async () => {
	writeFileSync(at('it’s my $(secret).csv'), 'mine');
	const {code, err} = run(await script());
	expect({code, changes: changes()}).toEqual({code: 1, changes: []});
	expect(err).toContain('is there already');
	expect(read('it’s my $(secret).csv')).toBe('mine');
});
test('what was done before is not in it', async () => {
	run(await script({}, 'access-key'));
	expect(changes()).toEqual(all.slice(4));
});
test('a secret that is to be shown once is left to nps-kms, with what rests on it', async () => {
	const text = await script({secretTo: 'once', accessKeyDescription: 'NPS'});
	const {out} = run(text);
	expect(changes()).toEqual(all.filter(it => it !== 'iam create-access-key'));
	expect(out).toContain('Left to nps-kms: create access key of nps-kms-user, its secret shown once');
	expect(out).toContain('Left to nps-kms: update description tag of the access key');
});
test('where nothing is left, it says so', async () => {
	const {code, out} = run(await script({}, 'hand-off'));
	expect(code).toBe(0);
	expect(out).toContain('Nothing is left to change.');
	expect(heard()).toHaveLength(1);
});

const anew = {keyAdministrators: ['arn:aws:iam::111122223333:role/Admin']};
test('a key policy is put only while it is as it was reviewed, however it is laid out', async () => {
	const {policy} = (await worldAfter('managed-key')).account.kmsKeys[0] ?? expect.unreachable();
	const text = await script(anew, 'managed-key');
	writeFileSync(at('key-policy'), `${JSON.stringify(JSON.parse(policy), undefined, 2)}\n`);
	expect(run(text)).toMatchObject({code: 0, err: ''});
	expect(changes()).toEqual(['kms get-key-policy', 'kms put-key-policy', 'iam create-policy-version']);
});
test('a key policy that somebody wrote since stops the script ahead of its change', async () => {
	const text = await script(anew, 'managed-key');
	const {policy} = (await worldAfter('managed-key')).account.kmsKeys[0] ?? expect.unreachable();
	writeFileSync(at('key-policy'), policy.replace('kms:*', 'kms:List*'));
	const {code, err} = run(text);
	expect([code, changes()]).toEqual([1, ['kms get-key-policy']]);
	expect(err).toMatch(/^Stopped: The key policy of KMS key \S+ isn't as it was reviewed any more\n/);
	expect(err).toContain('Nothing has changed.');
});
test('who may not read the key policy is told so ahead of its change', async () => {
	refuse('get-key-policy', error('AccessDeniedException'), {times: 9});
	const {code, err} = run(await script(anew, 'managed-key'));
	expect([code, changes()]).toEqual([1, ['kms get-key-policy']]);
	expect(err).toContain('Ask for the permission kms:GetKeyPolicy');
});
