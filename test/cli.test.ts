import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, afterEach, beforeAll, beforeEach, expect, test, vi} from 'vitest';
import {type Sandbox, startSandbox} from '../src/sandbox/index.js';
import type {Ran} from './contract/account-and-home.js';
import {faults, filesOf, problemOf} from './contract/fleet.js';
import {runMain} from './main-in-process.js';

const heard: string[] = [];
let sandbox: Sandbox;
let home: string;
beforeAll(async () => {
	sandbox = await startSandbox({onRequest: it => void heard.push(it.api)});
});
afterAll(() => sandbox?.close());
beforeEach(() => {
	heard.length = 0;
	home = mkdtempSync(join(tmpdir(), 'nps-kms-cli-'));
});
afterEach(() => {
	vi.unstubAllEnvs();
	vi.restoreAllMocks();
	rmSync(home, {recursive: true, force: true});
});

const run = (args: readonly string[]): Promise<Ran> => runMain(args, sandbox, home);

const administrator = 'arn:aws:iam::123456789012';
const long = (count: number) => 'x'.repeat(count);
test.each([
	['a policy name of 129 characters', ['--policy-name', long(129)], /129/],
	['an empty policy name', ['--policy-name', ''], /needed/],
	['a policy description with a tab', ['--policy-description', 'a\tb'], /tab/],
	['a user name of 65 characters', ['--user-name', long(65)], /65/],
	['a user name with a path', ['--user-name', 'a/b'], /the \/ after a/],
	['a user name with letters of elsewhere', ['--user-name', 'jürgen'], /the ü/],
	['an alias with a dot', ['--key-alias', 'a.b'], /the \./],
	['an alias too long', ['--key-alias', long(251)], /256/],
	['an alias that is only the prefix', ['--key-alias', 'alias/'], /needed/],
	['a key description too long', ['--key-description', long(8193)], /8192/],
	["a tag of AWS's", ['--tag', 'aws:x=1'], /reserved/],
	['a tag with a value of AWS’s', ['--tag', 'team=aws:x'], /team: Values that start with aws: are reserved/],
	['a description tag of AWS’s', ['--access-key-description', 'AWS:nps'], /Values that start with aws: are reserved/],
	['a tag without a value', ['--tag', 'team'], /key/],
	['a tag without a key', ['--tag', '=x'], /key/],
	['a tag value with an odd character', ['--tag', 'team=a;b'], /the ;/],
	['a description tag with an odd character', ['--access-key-description', 'NPS (prod)'], /the \(/],
	['root as administrator', ['--key-administrator', `${administrator}:root`], /root user/],
	[
		'an assumed role as administrator',
		['--key-administrator', 'arn:aws:sts::123456789012:assumed-role/r/s'],
		/assumed/,
	],
	['no ARN as administrator', ['--key-administrator', 'anna'], /ARN/],
	['an empty secret file', ['--secret-file', ''], /file/],
	['a region spelled in capitals', ['--region', 'EU-WEST-1'], /region/],
	['an account id too short', ['--expect-account', '123'], /12 digits/],
	['an access key id too short', ['--remove-access-key', 'AKIA'], /access key/],
	['a setup name in capitals', ['--setup', 'NPS'], /lower-case/],
	['a setup name of 41 characters', ['--setup', long(41)], /1-40/],
	['a setup name that leaves the folder', ['--setup', '../x'], /--setup/],
	['a flag without its value', ['--policy-name'], /argument missing/],
	['an argument too many', ['more'], /argument/],
])('%s is refused with exit 2, in its lines, before any call, and nothing is written', async (_name, flags, words) => {
	const ran = await run(['setup', '--yes', '--json', ...flags]);
	expect([ran.code, faults(ran), problemOf(ran)?.code, heard, filesOf(home)]).toEqual([2, [], 'Usage', [], {}]);
	expect(ran.stderr).toMatch(/^✖ .+\n {2}\S.*\n {2}→ .+\n {2}Nothing changed\.\n$/);
	expect(ran.stderr).toMatch(words);
});

test.each([
	['discard', ['--deletion-days', '6'], 'A whole number from 7 to 30'],
	['discard', ['--deletion-days', '31'], '--deletion-days 31'],
	['discard', ['--confirm', 'other'], 'The setup is nps'],
	['setup', ['--policy-name', 'a\u001B[31mb'], 'a\\u{1b}[31mb'],
	['setup', ['--region', 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'], 'may be a secret'],
	['setup', ['--secret-key=hunter2'], "unknown option '--secret-key'"],
	['record', ['--region', 'EU-WEST-1'], 'region'],
])(
	'%s %j is refused with exit 2 before any call, and what was given is shown as it can be',
	async (command, flags, words) => {
		const ran = await run([command, ...(['setup', 'discard'].includes(command) ? ['--yes'] : []), '--json', ...flags]);
		expect([ran.code, faults(ran), problemOf(ran)?.code, heard, filesOf(home)]).toEqual([2, [], 'Usage', [], {}]);
		expect(ran.stderr).toContain(words);
		for (const it of ['\u001B', 'wJalr', 'hunter2']) expect(ran.stderr).not.toContain(it);
	},
);
test('an answers file that is no JSON is not quoted: it may be a file of secrets', async () => {
	const file = join(home, 'answers.json');
	for (const text of [
		'Access key ID,Secret access key\nAKIAIOSFODNN7EXAMPLE,wJalrXUtn',
		'{"policyName": "a" "wJalrXUtn"}',
	]) {
		writeFileSync(file, text);
		const ran = await run(['setup', '--yes', '--json', '--answers', file]);
		expect([ran.code, faults(ran), heard]).toEqual([2, [], []]);
		expect(ran.stderr).toContain('is not JSON');
		for (const it of ['wJalrXUtn', 'Access key ID', 'AKIA']) expect(ran.stderr).not.toContain(it);
	}
});
test('record takes the flags that all commands take', async () => {
	const ran = await run(['record', '--json', '--plain', '--profile', 'any', '--region', 'eu-west-1']);
	expect([ran.code, problemOf(ran)?.code]).toEqual([1, 'NoSetup']);
});

test.each([
	['{"policyName": 1}', 'policyName', 'a text'],
	['{"consoleAccess": 1}', 'consoleAccess', 'true or false'],
	['{"keyAdministrators": "a"}', 'keyAdministrators', 'a list of texts'],
	['{"keyAdministrators": [1]}', 'keyAdministrators', 'a list of texts'],
	['{"tags": ["a"]}', 'tags', 'an object of texts'],
	['{"secretFile": null}', 'secretFile', 'a path'],
	['{"policyName": "a b"}', '--policy-name', 'the space'],
	['{"tags": {"aws:x": "1"}}', '--tag', 'reserved'],
	['{"tags": {"team": "aws:x"}}', '--tag', 'team: Values that start with aws: are reserved'],
	['{"accessKeyDescription": "aws:x"}', '--access-key-description', 'Values that start with aws: are reserved'],
	['{"adoptPolicy": true}', 'adoptPolicy', 'not an answer'],
	['{"__proto__": {"x": "1"}, "setupId": "x"}', '__proto__', 'not an answer'],
])('an answers file with %s is refused with the name and the rule', async (text, named, rule) => {
	const file = join(home, 'answers.json');
	writeFileSync(file, text);
	const ran = await run(['setup', '--yes', '--json', '--answers', file]);
	expect([ran.code, faults(ran), heard, Object.keys(filesOf(home))]).toEqual([2, [], [], [file]]);
	expect(ran.stderr).toContain(named);
	expect(ran.stderr).toContain(rule);
});

test('an answers file of replace-access-key uses the names of its flags', async () => {
	const file = join(home, 'answers.json');
	writeFileSync(
		file,
		JSON.stringify({accessKeyDescription: 'second', secretFile: join(home, 'second.csv'), npsRotated: 'yes'}),
	);
	const ran = await run(['replace-access-key', '--yes', '--json', '--answers', file]);
	expect([ran.code, faults(ran), heard]).toEqual([2, [], []]);
	expect(ran.stderr).toContain('npsRotated in');
	expect(ran.stderr).toContain('It takes true or false');
});
