import {
	AttachRolePolicyCommand,
	AttachUserPolicyCommand,
	CreateAccessKeyCommand,
	CreateRoleCommand,
	CreateUserCommand,
} from '@aws-sdk/client-iam';
import {describe, expect, test} from 'vitest';
import {clientsOf, sandboxFor} from '../sandbox/clients.js';
import {cliVersion, whoByCli} from './aws-cli.js';
import {machine, resultOf} from './program.js';

type Env = Readonly<Record<string, string>>;
type Keys = Readonly<Record<'admin' | 'bob', string>>;
const account = '123456789012';
const administrator = 'arn:aws:iam::aws:policy/AdministratorAccess';
const exported = (lines: string): Env => {
	const [, AWS_ACCESS_KEY_ID = '', , AWS_SECRET_ACCESS_KEY = ''] = lines.split(/ = |\n/);
	return {AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY};
};
const role = (source: string): string => `role_arn = arn:aws:iam::${account}:role/Boss\n${source}\n`;

/** An account with two administrators and a role, and a machine with AWS files. */
async function field(files: (keys: Keys) => {readonly [name: string]: string | Buffer}) {
	const sandbox = await sandboxFor({accountId: account});
	const {iam} = clientsOf(sandbox);
	await iam.send(new CreateUserCommand({UserName: 'bob'}));
	await iam.send(new AttachUserPolicyCommand({UserName: 'bob', PolicyArn: administrator}));
	const {AccessKey: bob} = await iam.send(new CreateAccessKeyCommand({UserName: 'bob'}));
	const who = {Effect: 'Allow', Principal: {AWS: `arn:aws:iam::${account}:root`}, Action: 'sts:AssumeRole'};
	const AssumeRolePolicyDocument = JSON.stringify({Version: '2012-10-17', Statement: [who]});
	await iam.send(new CreateRoleCommand({RoleName: 'Boss', AssumeRolePolicyDocument}));
	await iam.send(new AttachRolePolicyCommand({RoleName: 'Boss', PolicyArn: administrator}));
	const lines = (id = '', secret = ''): string => `aws_access_key_id = ${id}\naws_secret_access_key = ${secret}\n`;
	const keys = {
		admin: lines(sandbox.operator.accessKeyId, sandbox.operator.secretAccessKey),
		bob: lines(bob?.AccessKeyId, bob?.SecretAccessKey),
	};
	const at = machine(files(keys));
	const base = {AWS_ENDPOINT_URL: sandbox.url, AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'eu-west-1'};
	/** Who we would be, what is said on the way, and the problem otherwise. */
	const whoByUs = async (words: readonly string[] = [], env: NodeJS.ProcessEnv = {}) => {
		sandbox.heard.length = 0;
		const ran = await at.run(['setup', '--yes', '--json', '--stop-after', 'connect', ...words], {...base, ...env});
		const arn = sandbox.heard.findLast(it => it.api === 'GetCallerIdentity')?.caller?.arn;
		return {arn, said: ran.stderr, problem: resultOf(ran).problem, code: ran.code};
	};
	return {at, base, keys, sandbox, whoByUs};
}

/** Who signs in: files, variables and words, the same for us and for the aws CLI. */
const choices: readonly (readonly [
	string,
	(keys: Keys) => {files: Record<string, string>; env?: Env; words?: string[]},
	RegExp,
])[] = [
	['the default profile', k => ({files: {'.aws/credentials': `[default]\n${k.bob}`}}), /user\/bob$/],
	[
		'exported keys over the default profile',
		k => ({files: {'.aws/credentials': `[default]\n${k.bob}`}, env: exported(k.admin)}),
		/user\/admin$/,
	],
	[
		'exported keys over AWS_PROFILE',
		k => ({files: {'.aws/credentials': `[bob]\n${k.bob}`}, env: {...exported(k.admin), AWS_PROFILE: 'bob'}}),
		/user\/admin$/,
	],
	[
		'--profile over exported keys',
		k => ({files: {'.aws/credentials': `[bob]\n${k.bob}`}, env: exported(k.admin), words: ['--profile', 'bob']}),
		/user\/bob$/,
	],
	[
		'--profile over AWS_PROFILE',
		k => ({
			files: {'.aws/credentials': `[admin]\n${k.admin}[bob]\n${k.bob}`},
			env: {AWS_PROFILE: 'admin'},
			words: ['--profile', 'bob'],
		}),
		/user\/bob$/,
	],
	[
		'AWS_DEFAULT_PROFILE',
		k => ({files: {'.aws/credentials': `[bob]\n${k.bob}`}, env: {AWS_DEFAULT_PROFILE: 'bob'}}),
		/user\/bob$/,
	],
	[
		'AWS_PROFILE over AWS_DEFAULT_PROFILE (version 2)',
		k => ({
			files: {'.aws/credentials': `[admin]\n${k.admin}[bob]\n${k.bob}`},
			env: {AWS_PROFILE: 'admin', AWS_DEFAULT_PROFILE: 'bob'},
		}),
		/user\/admin$/,
	],
	[
		'keys in capitals',
		k => ({files: {'.aws/credentials': `[default]\n${k.bob.replaceAll('aws_', 'AWS_')}`}}),
		/user\/bob$/,
	],
	[
		'a profile with blanks in its name',
		k => ({files: {'.aws/config': `[profile "bob b"]\n${k.bob}`}, words: ['--profile', 'bob b']}),
		/user\/bob$/,
	],
	[
		'a key of the credentials file over credential_process',
		k => ({
			files: {'.aws/config': '[default]\ncredential_process = false\n', '.aws/credentials': `[default]\n${k.bob}`},
		}),
		/user\/bob$/,
	],
	[
		'credential_process over a key of the config file',
		k => ({
			files: {
				'.aws/config': `[default]\n${k.admin}credential_process = cat bob.json\n`,
				'bob.json': JSON.stringify({
					Version: 1,
					AccessKeyId: exported(k.bob)['AWS_ACCESS_KEY_ID'],
					SecretAccessKey: exported(k.bob)['AWS_SECRET_ACCESS_KEY'],
				}),
			},
		}),
		/user\/bob$/,
	],
	[
		'a role over the key beside it',
		k => ({files: {'.aws/config': `[default]\n${role('source_profile = bob')}${k.admin}[profile bob]\n${k.bob}`}}),
		/assumed-role\/Boss/,
	],
	[
		'a role by its own key',
		k => ({
			files: {'.aws/credentials': `[boss]\n${k.bob}${role('source_profile = boss')}`},
			words: ['--profile', 'boss'],
		}),
		/assumed-role\/Boss/,
	],
	[
		'a role by exported keys',
		k => ({
			files: {'.aws/config': `[profile boss]\n${role('credential_source = Environment')}`},
			env: exported(k.bob),
			words: ['--profile', 'boss'],
		}),
		/assumed-role\/Boss/,
	],
	[
		'a role of a role’s own key',
		k => ({
			files: {
				'.aws/config': `[profile boss]\n${role('source_profile = bob')}[profile bob]\n${role('source_profile = gone')}${k.bob}`,
			},
			words: ['--profile', 'boss'],
		}),
		/assumed-role\/Boss/,
	],
	[
		'a web identity that isn’t there, of another profile',
		k => ({
			files: {
				'.aws/config': `[profile w]\nweb_identity_token_file = gone\n`,
				'.aws/credentials': `[default]\n${k.bob}`,
			},
		}),
		/user\/bob$/,
	],
];
/** Version 1 takes AWS_DEFAULT_PROFILE first; version 2 sends AssumeRole to an endpoint of a variable from 2.13 on. */
function isComparable(rule: string): boolean {
	if (cliVersion < 2) return cliVersion > 0 && !rule.endsWith('(version 2)');
	return cliVersion >= 2.13 || !rule.includes('a role');
}

describe(`who signs in, as for the AWS CLI (${cliVersion ? `version ${cliVersion} beside us` : 'none beside us'})`, () => {
	test.each(choices)('%s', async (rule, make, expected) => {
		const {at, base, keys, whoByUs} = await field(k => make(k).files);
		const {env = {}, words = []} = make(keys);
		const ours = await whoByUs(words, env);
		expect([ours.code, ours.arn]).toEqual([0, expect.stringMatching(expected)]);
		if (isComparable(rule))
			expect(await whoByCli(at, ['--endpoint-url', base.AWS_ENDPOINT_URL, ...words], {...base, ...env})).toMatch(
				expected,
			);
	});
});

/** What keeps anybody from signing in: the profile, the line and what mends it are told. */
const faults: readonly (readonly [
	string,
	(keys: Keys) => {files: Record<string, string>; env?: Env; words?: string[]},
	string,
	RegExp,
	RegExp,
])[] = [
	[
		'a source that is mistyped',
		k => ({files: {'.aws/config': `[default]\n${role('source_profile = bsae')}[profile base]\n${k.bob}`}}),
		"Profile default can't sign in",
		/source_profile is bsae, and there is no profile bsae/,
		/Did you mean base\?.*line 3 of/,
	],
	[
		'sources in a ring',
		() => ({
			files: {'.aws/config': `[profile a]\n${role('source_profile = b')}[profile b]\n${role('source_profile = a')}`},
			words: ['--profile', 'a'],
		}),
		"Profile a can't sign in",
		/a ring: a → b → a/,
		/line 3 of/,
	],
	[
		'role_arn alone',
		() => ({files: {'.aws/config': `[default]\n${role('')}`}}),
		"Profile default can't sign in",
		/nothing says with which credentials/,
		/source_profile = NAME.*line 2 of/,
	],
	[
		'two sources',
		k => ({
			files: {
				'.aws/config': `[default]\n${role('source_profile = b\ncredential_source = Environment')}[profile b]\n${k.bob}`,
			},
		}),
		"Profile default can't sign in",
		/both source_profile and credential_source/,
		/line 4 of/,
	],
	[
		'a role’s ARN that is none',
		k => ({files: {'.aws/config': `[default]\nrole_arn = Boss\nsource_profile = b\n[profile b]\n${k.bob}`}}),
		"Profile default can't sign in",
		/role_arn is Boss, and that is no role's ARN/,
		/line 2 of/,
	],
	[
		'a time that AWS gives no role for',
		k => ({
			files: {'.aws/config': `[default]\n${role('source_profile = b')}duration_seconds = 60\n[profile b]\n${k.bob}`},
		}),
		"Profile default can't sign in",
		/duration_seconds is 60, and AWS takes 900 to 43200/,
		/line 4 of/,
	],
	[
		'a token file for no role',
		() => ({files: {}, env: {AWS_WEB_IDENTITY_TOKEN_FILE: '/token'}}),
		"The environment's credentials can't be used",
		/AWS_WEB_IDENTITY_TOKEN_FILE is set, and AWS_ROLE_ARN/,
		/Set AWS_ROLE_ARN/,
	],
	[
		'a credential_source that there isn’t',
		() => ({files: {'.aws/config': `[default]\n${role('credential_source = Moon')}`}}),
		"Profile default can't sign in",
		/credential_source is Moon/,
		/line 3 of/,
	],
	[
		'a source without credentials',
		() => ({files: {'.aws/config': `[default]\n${role('source_profile = b')}[profile b]\nregion = eu-west-1\n`}}),
		"Profile default can't sign in",
		/holds no credentials/,
		/aws configure --profile b.*line 4 of/,
	],
	[
		'a token file that isn’t there',
		() => ({
			files: {
				'.aws/config': '[default]\nweb_identity_token_file = /gone\nrole_arn = arn:aws:iam::123456789012:role/Boss\n',
			},
		}),
		"Profile default can't sign in",
		/\/gone can't be read.*line 2 of/,
		/See that the file is there/,
	],
	[
		'a session section that isn’t there',
		() => ({
			files: {
				'.aws/config':
					"[default]\nsso_session = Acme Corp\nsso_account_id = 1\nsso_role_name = A\n[sso-session 'Acme Crop']\nsso_region = eu-west-1\n",
			},
		}),
		"Profile default can't sign in",
		/\[sso-session "Acme Corp"\]/,
		/Did you mean Acme Crop\?.*line 2 of/,
	],
	[
		'another address than that of the session',
		() => ({
			files: {
				'.aws/config':
					'[default]\nsso_session = a\nsso_account_id = 1\nsso_role_name = A\nsso_start_url = https://b\n[sso-session a]\nsso_start_url = https://a\nsso_region = eu-west-1\n',
			},
		}),
		"Profile default can't sign in",
		/sso_start_url is another than that of its sso_session a/,
		/Take the line away.*line 5 of/,
	],
	[
		'SSO that lacks something',
		() => ({files: {'.aws/config': '[default]\nsso_role_name = A\nsso_region = eu-west-1\n'}}),
		"Profile default can't sign in",
		/lacks sso_start_url and sso_account_id/,
		/aws configure sso --profile default/,
	],
	[
		'a profile of AWS_PROFILE that isn’t there',
		k => ({files: {'.aws/credentials': `[admin]\n${k.admin}`}, env: {AWS_PROFILE: 'amdin'}}),
		'There is no profile amdin',
		/named by AWS_PROFILE/,
		/Did you mean admin\?/,
	],
	[
		'credentials of a helper that are over',
		() => ({
			files: {
				'.aws/config': '[default]\ncredential_process = cat it.json\n',
				'it.json': JSON.stringify({
					Version: 1,
					AccessKeyId: 'AKIASECRET',
					SecretAccessKey: 'hunter2',
					Expiration: '2020-02-03T04:05:06Z',
				}),
			},
		}),
		"Profile default can't sign in",
		/was over at 2020-02-03 04:05:06 UTC/,
		/credential_process/,
	],
	[
		'a helper that fails',
		() => ({files: {'.aws/config': '[default]\ncredential_process = sh -c "echo hunter2 >&2; exit 3"\n'}}),
		"Profile default can't sign in",
		/ended with code 3/,
		/line 2 of/,
	],
	[
		'half a key',
		() => ({files: {'.aws/credentials': '[default]\naws_access_key_id = AKIASECRET\n'}}),
		'The secret access key is missing',
		/profile default \(aws_secret_access_key\)/,
		/Set it/,
	],
	[
		'half an exported key',
		() => ({files: {}, env: {AWS_ACCESS_KEY_ID: 'AKIASECRET'}}),
		'The secret access key is missing',
		/AWS_SECRET_ACCESS_KEY in the environment/,
		/Set it/,
	],
	[
		'a line end',
		() => ({files: {}, env: {AWS_ACCESS_KEY_ID: 'AKIASECRET', AWS_SECRET_ACCESS_KEY: 'hunter2\r'}}),
		'The secret access key ends in a line end',
		/AWS_SECRET_ACCESS_KEY in the environment/,
		/Set it anew/,
	],
	[
		'a blank without width',
		() => ({
			files: {'.aws/credentials': '[default]\naws_access_key_id = AKIASECRET\u200B\naws_secret_access_key = hunter2\n'},
		}),
		'The access key id holds a blank that has no width',
		/aws_access_key_id, line 2 of/,
		/Set it anew/,
	],
	[
		'curly quotes',
		() => ({
			files: {'.aws/credentials': '[default]\naws_access_key_id = AKIASECRET\naws_secret_access_key = “hunter2”\n'},
		}),
		'The secret access key holds curly quotes',
		/line 3 of/,
		/Set it anew/,
	],
];
describe('what can’t sign in is told with what mends it, before any call', () => {
	test.each(faults)('%s', async (_fault, make, what, why, todo) => {
		const {keys, sandbox, whoByUs} = await field(k => make(k).files);
		const {env, words} = make(keys);
		const {code, problem, said} = await whoByUs(words, env);
		expect(problem).toMatchObject({what, why: expect.stringMatching(why), todo: expect.stringMatching(todo)});
		expect(code).toBeGreaterThan(0);
		expect(sandbox.heard).toEqual([]);
		expect(`${said}${JSON.stringify(problem)}`).not.toMatch(/hunter2|AKIASECRET|This is a bug/);
	});
});

describe('files as Windows writes them', () => {
	test.each([
		['UTF-16', (it: string) => Buffer.from(`\uFEFF${it}`, 'utf16le')],
		['UTF-8 with a mark', (it: string) => Buffer.from(`\uFEFF${it}`)],
		['Windows’ line ends', (it: string) => Buffer.from(it.replaceAll('\n', '\r\n'))],
	])('are read in %s: config, credentials and answers', async (_encoding, as) => {
		const {whoByUs} = await field(k => ({
			'.aws/config': as('[profile bob]\nregion = eu-west-2\n'),
			'.aws/credentials': as(`[bob]\n${k.bob}`),
			'answers.json': as('{"profile": "bob"}'),
		}));
		const {code, arn} = await whoByUs(['--answers', 'answers.json'], {AWS_REGION: '', AWS_DEFAULT_REGION: ''});
		expect([code, arn]).toEqual([0, expect.stringMatching(/user\/bob$/)]);
	});
});

describe('settings that stop a run name where they stand', () => {
	test.each([
		[{AWS_REGION: 'eu-west-1a'}, /AWS_REGION is eu-west-1a/],
		[{AWS_ENDPOINT_URL: '127.0.0.1:4566'}, /endpoint of AWS_ENDPOINT_URL/],
		[{AWS_USE_FIPS_ENDPOINT: 'yes'}, /AWS_USE_FIPS_ENDPOINT is yes/],
		[{AWS_DEFAULTS_MODE: 'fast'}, /AWS_DEFAULTS_MODE is fast/],
		[{AWS_CA_BUNDLE: '/gone.pem', AWS_ENDPOINT_URL: 'https://127.0.0.1:9'}, /certificates/],
	])('%o', async (env: Env, what) => {
		const {keys, sandbox, whoByUs} = await field(() => ({}));
		const {code, problem, said} = await whoByUs([], {...exported(keys.admin), ...env});
		expect([code > 0, problem?.['what']]).toEqual([true, expect.stringMatching(what)]);
		expect(said).not.toContain('This is a bug');
		expect(sandbox.heard).toEqual([]);
	});
});

describe('a profile’s endpoint counts, however the profile is chosen', () => {
	const files = (url: string) => (k: Keys) => ({
		'.aws/config': `[default]\nendpoint_url = http://127.0.0.1:9\n[profile bob]\nendpoint_url = ${url}\n`,
		'.aws/credentials': `[bob]\n${k.bob}`,
	});
	const none = {AWS_ENDPOINT_URL: ''};
	test.each([
		['by flag', ['--profile', 'bob'], {}],
		['by variable', [], {AWS_PROFILE: 'bob'}],
		['by the older variable', [], {AWS_DEFAULT_PROFILE: 'bob'}],
	])('%s: calls go there, and the first lines say so', async (_how, words, env) => {
		const other = await sandboxFor();
		const bob = await field(files(other.url));
		const {said} = await bob.whoByUs(words, {...none, ...env});
		expect(said).toContain(`Endpoint: ${other.url}, not AWS`);
		expect(other.heard.length).toBeGreaterThan(0);
		expect(bob.sandbox.heard).toEqual([]);
	});
	test('but exported keys aren’t sent where a profile alone says', async () => {
		const other = await sandboxFor();
		const {keys, whoByUs} = await field(files(other.url));
		const {code, problem} = await whoByUs([], {...none, ...exported(keys.admin), AWS_PROFILE: 'bob'});
		expect([code, problem]).toEqual([
			1,
			expect.objectContaining({code: 'WhoseEndpoint', todo: expect.stringContaining('--profile bob')}),
		]);
		expect(other.heard).toEqual([]);
	});
});
