import {execFileSync} from 'node:child_process';
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import * as names from '../../src/aws/rules/name-rules.js';
import type {Call, Change} from '../../src/engine/step.js';
import {commandLine, commandOf, quoted} from '../../src/script/bash-command.js';

const none = new Set<string>();
const change = (call: Call, more: Partial<Change> = {}): Change => ({
	id: 'x',
	verb: 'create',
	subject: 'x',
	call,
	...more,
});
const accessKey = change(
	{api: 'iam:CreateAccessKey', input: {UserName: 'u'}},
	{
		learns: {accessKeyId: 'AccessKey.AccessKeyId'},
		keeps: {
			place: '/home/o p/k.csv',
			row: {
				'Access key ID': {$reply: 'AccessKey.AccessKeyId'},
				'Secret access key': {$reply: 'AccessKey.SecretAccessKey'},
			},
			names: 'accessKeyId',
		},
	},
);

describe('a change is one line for bash', () => {
	test('what is not known is a variable, a document is JSON', () => {
		const input: Call['input'] = {
			PolicyArn: {$fact: 'policyArn'},
			PolicyDocument: {$json: {Resource: {$fact: 'keyArn'}, Sid: "it's"}},
			SetAsDefault: true,
		};
		expect(
			commandLine(change({api: 'iam:CreatePolicyVersion', input}), {policyArn: 'arn:aws:iam::1:policy/p'}, none),
		).toMatchInlineSnapshot(
			`"aws iam create-policy-version --policy-arn arn:aws:iam::1:policy/p --policy-document '{"Resource":"'"$KEY_ARN"'","Sid":"it'\\''s"}' --set-as-default"`,
		);
	});
	test('what a later line needs is read into variables; options such as the region come first', () => {
		const call = {api: 'kms:CreateKey', input: {KeySpec: 'SYMMETRIC_DEFAULT'}};
		const learns = {keyId: 'KeyMetadata.KeyId', keyArn: 'KeyMetadata.Arn'};
		const lines = [none, new Set(['keyId']), new Set(['keyId', 'keyArn'])].map(needed =>
			commandLine(change(call, {learns}), {}, needed, ['--region', 'eu-west-1']),
		);
		expect(lines).toMatchInlineSnapshot(`
			[
			  "aws --region eu-west-1 kms create-key --key-spec SYMMETRIC_DEFAULT",
			  "KEY_ID=$(aws --region eu-west-1 kms create-key --key-spec SYMMETRIC_DEFAULT --query KeyMetadata.KeyId --output text)",
			  "read -r KEY_ID KEY_ARN < <(aws --region eu-west-1 kms create-key --key-spec SYMMETRIC_DEFAULT --query '[KeyMetadata.KeyId,KeyMetadata.Arn]' --output text)",
			]
		`);
	});
	test('an access key goes into its file and nowhere else', () => {
		expect(commandLine(accessKey, {}, none)).toMatchInlineSnapshot(
			`"(umask 077; set -C; exec >'/home/o p/k.csv' && aws iam create-access-key --user-name u --query '[AccessKey.AccessKeyId,AccessKey.SecretAccessKey]' --output text | (read -r ACCESS_KEY_ID SECRET_ACCESS_KEY && printf '%s\\r\\n' 'Access key ID,Secret access key' "$ACCESS_KEY_ID","$SECRET_ACCESS_KEY"))"`,
		);
		expect(commandLine(accessKey, {}, new Set(['accessKeyId']))).toMatchInlineSnapshot(
			`"(umask 077; set -C; exec >'/home/o p/k.csv' && aws iam create-access-key --user-name u --query '[AccessKey.AccessKeyId,AccessKey.SecretAccessKey]' --output text | (read -r ACCESS_KEY_ID SECRET_ACCESS_KEY && printf '%s\\r\\n' 'Access key ID,Secret access key' "$ACCESS_KEY_ID","$SECRET_ACCESS_KEY")) && ACCESS_KEY_ID=$(sed -n 2p '/home/o p/k.csv' | cut -d, -f1)"`,
		);
	});
	test('a password that we choose is in its file first, and in no command', () => {
		const call = {
			api: 'iam:CreateLoginProfile',
			input: {UserName: 'a,b', Password: {$secret: 'console-password'}, PasswordResetRequired: true},
		};
		const keeps = {place: '/home/o/p.csv', row: {'User name': 'a,b', Password: {$secret: 'console-password'}}};
		expect(commandLine(change(call, {keeps}), {}, none)).toMatchInlineSnapshot(
			`"(umask 077; set -C; exec >/home/o/p.csv && CONSOLE_PASSWORD=$(echo "Ak7+$(head -c 4096 /dev/urandom | LC_ALL=C tr -dc 'A-HJ-NP-Za-km-z2-9!@#%^*()_+=-' | cut -c1-36)") && printf '%s\\r\\n' 'User name,Password' '"a,b",'"$CONSOLE_PASSWORD" && printf %s "$CONSOLE_PASSWORD" | aws iam create-login-profile --user-name a,b --password file:///dev/stdin --password-reset-required >&2)"`,
		);
	});
	test.each([
		['file:///etc/passwd', `--cli-input-json '{"Description":"file:///etc/passwd"}'`],
		['FILEB://x', `--cli-input-json '{"Description":"FILEB://x"}'`],
		['https://wiki/nps', `--cli-input-json '{"Description":"https://wiki/nps"}'`],
		['two\nlines', `--cli-input-json '{"Description":"two\\nlines"}'`],
		['\u001B]0;title\u0007', `--cli-input-json '{"Description":"\\u001b]0;title\\u0007"}'`],
		['\u202Eback', `--cli-input-json '{"Description":"\\u202eback"}'`],
		['-x', '--description=-x'],
		['--query', '--description=--query'],
		['', "--description ''"],
		['@x', '--description @x'],
		['Schlüssel 鍵', "--description 'Schlüssel 鍵'"],
		['$(x) `y` "z" $A', `--description '$(x) \`y\` "z" $A'`],
		['\uE000KEY_ARN\uE001', `--cli-input-json '{"Description":"\\ue000KEY_ARN\\ue001"}'`],
	])('the description %j is given to the CLI as %s', (Description, words) => {
		expect(commandOf(change({api: 'kms:CreateKey', input: {Description}}), {}, [])).toBe(`aws kms create-key ${words}`);
	});
});

const nasty = [
	'file://x',
	'fileb://x',
	'http://x',
	'-x',
	'--',
	'@x',
	"it's",
	'"',
	'$HOME',
	'`id`',
	'\\',
	'\\n',
	'~',
	'*',
	'!!',
	'#',
	'{"a":1}',
	'[1]',
	' ',
	'a=b',
	'%PATH%',
	'’‘',
	'é',
	'鍵',
	'😀',
];
const text = (rule: names.Rule, most: number): fc.Arbitrary<string> =>
	fc
		.oneof(
			fc.constantFrom(...nasty),
			fc.string({unit: 'binary', maxLength: most}),
			fc.string({unit: 'grapheme', maxLength: most}),
		)
		.chain(it => fc.constantFrom(it, `${it}\n${it}`, `${it} `))
		.filter(it => it !== '' && rule(it) === undefined);
const name = fc.stringMatching(/^[\w+=,.@-]{1,30}$/);
const tags = fc
	.dictionary(
		text(it => names.tags({[it]: ''}), 20),
		text(names.tagValue, 40),
		{maxKeys: 4},
	)
	.filter(it => names.tags(it) === undefined)
	.map((it): readonly (readonly [string, string])[] => Object.entries(it));
/** Calls as the steps make them, with any names, descriptions and tags that are allowed. */
const calls: fc.Arbitrary<Call> = fc.oneof(
	fc.record({name, description: text(names.policyDescription, 60), tags}).map(
		(it): Call => ({
			api: 'iam:CreatePolicy',
			input: {
				PolicyName: it.name,
				PolicyDocument: {$json: {Statement: [{Sid: it.description, Resource: {$fact: 'keyArn'}}]}},
				Description: it.description,
				Tags: it.tags.map(([Key, Value]) => ({Key, Value})),
			},
		}),
	),
	fc.record({description: text(names.keyDescription, 60), tags}).map(
		(it): Call => ({
			api: 'kms:CreateKey',
			input: {
				Description: it.description,
				Policy: {$json: {Principal: {AWS: [{$fact: 'userArn'}]}}},
				Tags: it.tags.map(([TagKey, TagValue]) => ({TagKey, TagValue})),
			},
		}),
	),
	fc.record({name, value: text(names.tagValue, 60)}).map(
		(it): Call => ({
			api: 'iam:TagUser',
			input: {UserName: it.name, Tags: [{Key: {$fact: 'accessKeyId'}, Value: it.value}]},
		}),
	),
	name.map((it): Call => ({api: 'kms:CreateAlias', input: {AliasName: `alias/${it}`, TargetKeyId: {$fact: 'keyId'}}})),
);
const facts = {
	keyArn: 'arn:aws:kms:eu-west-1:1:key/2',
	userArn: 'arn:aws:iam::1:user/a=b,c',
	accessKeyId: 'AKIA1',
	keyId: '2',
};

/** What bash makes of lines of words: each line's words. */
function wordsByBash(lines: readonly string[]): readonly (readonly string[])[] {
	const script = [
		...Object.entries({
			KEY_ARN: facts.keyArn,
			USER_ARN: facts.userArn,
			ACCESS_KEY_ID: facts.accessKeyId,
			KEY_ID: facts.keyId,
		}).map(it => it.join('=')),
		String.raw`aws() { printf '%s\0' "$#" "$@"; }`,
		...lines,
	];
	const said = execFileSync('bash', {input: script.join('\n'), encoding: 'utf8', maxBuffer: 1 << 26});
	const told = said.split('\0');
	const found: (readonly string[])[] = [];
	for (let at = 0; at < told.length - 1; at += found.at(-1)!.length + 1)
		found.push(told.slice(at + 1, at + 1 + Number(told[at])));
	return found;
}

/** The input that the CLI makes of its words: what is an option, and what JSON adds. It reads files and pages named by a text. */
function inputOf(words: readonly string[], like: Call['input']): unknown {
	const kebab = (it: string): string => it.replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase();
	const input: Record<string, unknown> = {};
	for (let at = 2; at < words.length; at++) {
		const word = words[at]!;
		const [flag = '', joined] = word.includes('=')
			? [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]
			: [word];
		const value = joined ?? words[++at]!;
		if (joined === undefined) expect(value).not.toMatch(/^-/);
		expect(value).not.toMatch(/^(file|fileb|http|https):\/\//);
		if (flag === '--cli-input-json') Object.assign(input, JSON.parse(value));
		else {
			const key = Object.keys(like).find(it => `--${kebab(it)}` === flag) ?? expect.fail(`there is no ${flag}`);
			input[key] = Array.isArray(like[key]) ? JSON.parse(value) : value;
		}
	}
	return input;
}
/** The input as the program sends it. */
function sent(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(sent);
	if (typeof value !== 'object' || value === null) return value;
	if ('$fact' in value) return facts[value.$fact as keyof typeof facts];
	if ('$json' in value) return JSON.stringify(sent(value.$json));
	return Object.fromEntries(Object.entries(value).map(([key, it]) => [key, sent(it)]));
}

test('bash and the CLI read any allowed names, descriptions and tags back as they were, from one line of plain text', () => {
	// One bash reads them all; what fails first is the case itself, so nothing is shrunk.
	const cases = fc.sample(calls, 1000);
	const lines = cases.map(it => commandOf(change(it), {}, []));
	const heard = wordsByBash(lines);
	expect(heard).toHaveLength(cases.length);
	for (const [at, {input}] of cases.entries()) {
		expect(lines[at]).toMatch(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]*$/u);
		expect(inputOf(heard[at]!, input)).toEqual(sent(input));
	}
});
test.each(['', 'a b', "it's", '$(x) `y` "z"', '*?', 'line\nbreak', '~'])(
	'a shell reads the word %j back as it was',
	word => {
		expect(execFileSync('bash', ['-c', `printf %s ${quoted([word])}`], {encoding: 'utf8'})).toBe(word);
	},
);
