import {account, exported, type Ground, type Row, token, tokenFile} from '../beside-the-cli.js';

type Files = Readonly<Record<string, string | Buffer>>;
const at = (g: Ground, more: Record<string, string> = {}) => ({
	AWS_ENDPOINT_URL: g.endpoint,
	AWS_REGION: 'eu-west-1',
	...more,
});
const byBob = 'bob in eu-west-1 by endpoint';
const byAdmin = 'admin in eu-west-1 by endpoint';
const byBoss = 'Boss in eu-west-1 by endpoint';
/** What comes of these files, and words. */
const of =
	(files: (g: Ground) => Files, ...words: readonly string[]): Row[1] =>
	g => ({files: files(g), env: at(g), words});
const config = (text: (g: Ground) => string, ...words: readonly string[]): Row[1] =>
	of(g => ({'.aws/config': text(g)}), ...words);
const bobs = ['--profile', 'bob'];

export const files: readonly Row[] = [
	['Windows’ line ends', config(g => `[default]\n${g.bob}`.replaceAll('\n', '\r\n')), byBob],
	['[profile default]', config(g => `[profile default]\n${g.bob}`), byBob],
	['[default], then [profile default]', config(g => `[default]\n${g.admin}[profile default]\n${g.bob}`), byBob],
	['[profile default], then [default]', config(g => `[profile default]\n${g.bob}[default]\n${g.admin}`), byAdmin],
	['a block of settings', config(g => `[default]\ns3 =\n  aws_access_key_id = x\n  max = 2\n${g.bob}`), byBob],
	['[bob] in the config file', config(g => `[bob]\n${g.bob}`, ...bobs), 'nothing'],
	[
		'[profile bob] in the credentials file',
		of(g => ({'.aws/credentials': `[profile bob]\n${g.bob}`}), ...bobs),
		'nothing',
	],
	[
		'[profile bob] in the credentials file by that name',
		of(g => ({'.aws/credentials': `[profile bob]\n${g.bob}`}), '--profile', 'profile bob'),
		byBob,
	],
	['a name in another case', config(g => `[profile Bob]\n${g.bob}`, ...bobs), 'nothing'],
	['a name with a blank', config(g => `[profile bob b]\n${g.bob}`, '--profile', 'bob b'), 'nothing'],
	['the same in quotes', config(g => `[profile "bob b"]\n${g.bob}`, '--profile', 'bob b'), byBob],
	['quotes without need', config(g => `[profile 'bob']\n${g.bob}`, ...bobs), byBob],
	['a tab, or more blanks', config(g => `[profile\t bob]\n${g.bob}`, ...bobs), byBob],
	['colons', config(g => `[default]\n${g.bob.replaceAll(' =', ':')}`), byBob],
	['no blanks', config(g => `[default]\n${g.bob.replaceAll(' = ', '=')}`), byBob],
	['settings set in', config(g => `[default]\n  ${g.bob.replace('\n', '\n  ')}`), byBob],
	['a section set in', config(g => `  [default]\n${g.bob}`), byBob],
	['lines of comment', config(g => `# a\n; b\n[default] # c\n# d\n${g.bob.replace('\n', '\n ; e\n')}`), byBob],
	['both files', of(g => ({'.aws/config': `[default]\n${g.admin}`, '.aws/credentials': `[default]\n${g.bob}`})), byBob],
	['a file elsewhere', g => ({files: {c: `[default]\n${g.bob}`}, env: at(g, {AWS_CONFIG_FILE: '~/c'})}), byBob],
	[
		'credentials elsewhere',
		g => ({
			files: {c: `[default]\n${g.bob}`, '.aws/credentials': `[default]\n${g.admin}`},
			env: at(g, {AWS_SHARED_CREDENTIALS_FILE: `${g.home}/c`}),
		}),
		byBob,
	],
	['an empty session token', g => ({env: at(g, {...exported(g.bob), AWS_SESSION_TOKEN: ''})}), byBob],
	[
		'an exported secret alone',
		g => ({files: {'.aws/config': `[default]\n${g.bob}`}, env: at(g, {AWS_SECRET_ACCESS_KEY: 'x'})}),
		byBob,
	],
	[
		'an exported id alone',
		g => ({files: {'.aws/config': `[default]\n${g.bob}`}, env: at(g, {AWS_ACCESS_KEY_ID: 'AKIAX'})}),
		'nothing',
	],
	[
		'AWS_PROFILE of nobody beside exported keys',
		g => ({files: {'.aws/config': `[default]\n${g.bob}`}, env: at(g, {...exported(g.admin), AWS_PROFILE: 'gone'})}),
		'nothing',
	],
	[
		'variables in lower case',
		g => ({files: {'.aws/config': `[default]\n${g.bob}`}, env: at(g, {aws_profile: 'x'})}),
		byBob,
	],
];

/** What the AWS CLI stops at and we read: told in docs/proxy.md. */
export const readByUsAlone: readonly Row[] = [
	['UTF-8 with a mark', config(g => `\uFEFF[default]\n${g.bob}`), byBob],
	['UTF-16', of(g => ({'.aws/config': Buffer.from(`\uFEFF[default]\n${g.bob}`, 'utf16le')})), byBob],
	['a section twice: the later setting counts', config(g => `[default]\n${g.admin}[default]\n${g.bob}`), byBob],
	['a comment after a value', config(g => `[default]\n${g.bob.replaceAll('\n', ' # mine\n')}`), byBob],
	['a line that is no setting', config(g => `[default]\nnonsense\n${g.bob}`), byBob],
	[
		'an empty AWS_PROFILE',
		g => ({files: {'.aws/config': `[default]\n${g.bob}`}, env: at(g, {AWS_PROFILE: ''})}),
		byBob,
	],
	[
		'an empty AWS_REGION',
		g => ({
			files: {'.aws/config': `[default]\n${g.bob}`},
			env: {AWS_ENDPOINT_URL: g.endpoint, AWS_REGION: '', AWS_DEFAULT_REGION: 'eu-west-2'},
		}),
		'bob in eu-west-2 by endpoint',
	],
];

const role = (source: string): string => `role_arn = arn:aws:iam::${account}:role/Boss\n${source}\n`;
const printed = (lines: string, more: object = {}): string => {
	const {AWS_ACCESS_KEY_ID: AccessKeyId, AWS_SECRET_ACCESS_KEY: SecretAccessKey} = exported(lines);
	return JSON.stringify({Version: 1, AccessKeyId, SecretAccessKey, ...more});
};
export const roles: readonly Row[] = [
	[
		'a role of a role',
		config(
			g => `[default]\n${role('source_profile = b')}[profile b]\n${role('source_profile = c')}[profile c]\n${g.bob}`,
		),
		byBoss,
	],
	[
		'a ring of sources',
		config(() => `[default]\n${role('source_profile = b')}[profile b]\n${role('source_profile = default')}`),
		'nothing',
	],
	['its own source without a key', config(() => `[default]\n${role('source_profile = default')}`), 'nothing'],
	[
		'an ARN that is none',
		config(g => `[default]\nrole_arn = Boss\nsource_profile = b\n[profile b]\n${g.bob}`),
		'nothing',
	],
	[
		'a time that is too short',
		config(g => `[default]\n${role('source_profile = b')}duration_seconds = 60\n[profile b]\n${g.bob}`),
		'nothing',
	],
	[
		'a time that is no number',
		config(g => `[default]\n${role('source_profile = b')}duration_seconds = soon\n[profile b]\n${g.bob}`),
		byBoss,
	],
	[
		'a token file for no role, before a key',
		g => ({
			files: {'.aws/config': `[default]\n${g.bob}`},
			env: at(g, {AWS_WEB_IDENTITY_TOKEN_FILE: '/token'}),
		}),
		'nothing',
	],
	['a source that isn’t there', config(() => `[default]\n${role('source_profile = gone')}`), 'nothing'],
	['no source', config(() => `[default]\n${role('')}`), 'nothing'],
	['no source, and a key', config(g => `[default]\n${role('')}${g.bob}`), 'nothing'],
	[
		'two sources',
		config(g => `[default]\n${role('source_profile = b\ncredential_source = Environment')}[profile b]\n${g.bob}`),
		'nothing',
	],
	[
		'a source that has no key exported',
		config(() => `[default]\n${role('credential_source = Environment')}`),
		'nothing',
	],
	[
		'a source in lower case',
		g => ({
			files: {'.aws/config': `[profile x]\n${role('credential_source = environment')}`},
			env: at(g, exported(g.bob)),
			words: ['--profile', 'x'],
		}),
		'nothing',
	],
	[
		'exported keys before the role of AWS_PROFILE',
		g => ({
			files: {'.aws/config': `[profile x]\n${role('credential_source = Environment')}`},
			env: at(g, {...exported(g.bob), AWS_PROFILE: 'x'}),
		}),
		byBob,
	],
	[
		'a source of the credentials file',
		of(g => ({'.aws/config': `[default]\n${role('source_profile = b')}`, '.aws/credentials': `[b]\n${g.bob}`})),
		byBoss,
	],
	[
		'a source by a helper',
		of(g => ({
			'.aws/config': `[default]\n${role('source_profile = b')}[profile b]\ncredential_process = cat "p p.json"\n`,
			'p p.json': printed(g.bob),
		})),
		byBoss,
	],
	[
		'a helper beside a role',
		config(g => `[default]\ncredential_process = false\n${role('source_profile = b')}[profile b]\n${g.bob}`),
		byBoss,
	],
	[
		'a helper whose credentials are over',
		of(g => ({
			'.aws/config': '[default]\ncredential_process = cat p.json\n',
			'p.json': printed(g.bob, {Expiration: '2020-01-01T00:00:00Z'}),
		})),
		'nothing',
	],
	[
		'a helper of another version',
		of(g => ({'.aws/config': '[default]\ncredential_process = cat p.json\n', 'p.json': printed(g.bob, {Version: 2})})),
		'nothing',
	],
];

const sso = 'sso_account_id = 111122223333\nsso_role_name = Admin\n';
const start = 'sso_start_url = https://acme.awsapps.com/start\nsso_region = eu-west-1\n';
const session = (name: string): string => `[sso-session ${name}]\n${start}`;
/** Signed in to a session by `aws sso login`. */
const signedIn =
	(name: string, text: (g: Ground) => string, more: (g: Ground) => Files = () => ({})): Row[1] =>
	g => ({
		files: {'.aws/config': text(g), [tokenFile(name)]: token(), ...more(g)},
		env: {HTTPS_PROXY: g.proxy, AWS_CA_BUNDLE: g.ca, AWS_REGION: 'eu-west-1'},
	});
const bySso = 'Boss by SSO in eu-west-1 by proxy sts.eu-west-1.amazonaws.com';
const acme = `[default]\nsso_session = acme\n${sso}`;
export const signIns: readonly Row[] = [
	['a session', signedIn('acme', () => `${acme}${session('acme')}`), bySso],
	[
		'a session in quotes',
		signedIn('Acme Corp', () => `[default]\nsso_session = Acme Corp\n${sso}${session("'Acme Corp'")}`),
		bySso,
	],
	['no session', signedIn('https://acme.awsapps.com/start', () => `[default]\n${start}${sso}`), bySso],
	['a session before keys beside it', signedIn('acme', g => `${acme}${g.bob}${session('acme')}`), bySso],
	[
		'a session before keys of the credentials file',
		signedIn(
			'acme',
			() => `${acme}${session('acme')}`,
			g => ({'.aws/credentials': `[default]\n${g.bob}`}),
		),
		bySso,
	],
	['a session that isn’t there', signedIn('acme', () => acme), 'nothing'],
	['a token that isn’t there', signedIn('other', () => `${acme}${session('acme')}`), 'nothing'],
	[
		'another address than the session’s',
		signedIn('acme', () => `${acme}sso_start_url = https://other.awsapps.com/start\n${session('acme')}`),
		'nothing',
	],
	[
		'keys beside a session for no account',
		signedIn('acme', g => `[default]\nsso_session = acme\n${g.bob}${session('acme')}`),
		'bob in eu-west-1 by proxy sts.eu-west-1.amazonaws.com',
	],
	[
		'a role by a session',
		signedIn(
			'acme',
			() => `[default]\n${role('source_profile = s')}${acme.replace('default', 'profile s')}${session('acme')}`,
		),
		'Boss in eu-west-1 by proxy sts.eu-west-1.amazonaws.com',
	],
];
