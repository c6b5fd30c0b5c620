import {narrowDocument, wideDocument} from '../../src/aws/policy/policy-documents.js';
import type {Account, Key, Policy, User} from '../../src/sandbox/account/account.js';
import type {Arena} from './killed-process.js';

/** One run of the program, and what people do before it. */
export type Run = {readonly flags: readonly string[]; meanwhile?(arena: Arena): Promise<void>};
/** One way through the program, to be killed anywhere in it. */
export type Flow = {
	readonly name: string;
	/** The run that is killed, and that is run again until it is done. */
	readonly flags: readonly string[];
	/** Brings an empty arena to where the run begins. */
	given?(arena: Arena): Promise<void>;
	/** The calls that it is killed at; what another flow makes too is killed there. */
	readonly calls: RegExp;
	/** All writes that are to last, or those of a secret and those right before and after these calls. */
	readonly writes: 'all' | 'around calls';
	/** Writes that it is killed at besides. */
	readonly also?: RegExp;
	/** What it says where nothing is left to do. */
	readonly over?: string;
	readonly env?: NodeJS.ProcessEnv;
	/** The runs that come after it, on other days. */
	readonly later?: readonly Run[];
	/** Once the secret files are away, as it is told, `status` finds nothing to say of its end. */
	readonly tidy?: true;
	/** The user isn't ours: an access key that a kill left is not removed unasked. */
	readonly asks?: true;
};

const account = '111122223333';
/** So old that everything shows it. */
const longAgo = Date.now() - 86_400_000;
const common = ['--yes', '--json', '--secret-file', '<HOME>/secret.csv'];
const asked = [
	...[
		'--policy-description',
		'made by a test',
		'--tag',
		'team=it',
		'--access-key-description',
		'for NPS',
		'--key-description',
		'protects NPS',
	],
	...[
		'--console-access',
		'--console-password-file',
		'<HOME>/password.csv',
		'--key-administrator',
		`arn:aws:iam::${account}:role/Keys`,
	],
];
/** The files that may hold a secret. */
export const places = ['secret', 'password', 'second', 'third'].flatMap(name => [
	`home/${name}.csv`,
	`home/another-${name}.csv`,
]);
/** Everything that a set-up can be asked for. */
export const everything = ['setup', ...common, ...asked, '--no-prove'];
const plain = ['setup', ...common, '--no-prove'];

/** Runs on to where a run stops by itself. */
export const paused = (...flags: readonly string[]) =>
	async function given(arena: Arena): Promise<void> {
		const {code, said} = await arena.run(flags);
		if (code !== 0) throw new Error(said);
	};

/** Somebody's things under names and paths of their own, the KMS key without an alias. */
const theirs = {
	policy: `arn:aws:iam::${account}:policy/pam/Theirs`,
	user: `arn:aws:iam::${account}:user/apps/their-user`,
	key: `arn:aws:kms:eu-west-1:${account}:key/0f0f0f0f-0000-4000-8000-0f0f0f0f0f0f`,
};
/** The flow that adopts them. */
export const byArn = 'adopting what is there by its ARN';
/** Every way through a set-up in which something is changed. */
export const flows: readonly Flow[] = [
	{
		name: 'a set-up with all that can be asked for',
		flags: everything,
		calls: /:(?!Get|List|Lookup|Describe|Simulate)/,
		writes: 'all',
		given: async ({sandbox}) => withRole(sandbox.account),
	},
	{
		name: 'the proof and the hand-off',
		flags: ['setup', ...common, '--nps-rotated'],
		calls: /./,
		writes: 'all',
		given: paused(...plain),
	},
	{
		name: 'adopting what is there',
		flags: [...plain, '--adopt', 'policy,user,key'],
		calls: /:(Tag|PutKeyPolicy)/,
		writes: 'around calls',
		given: async ({sandbox}) => withOthersThings(sandbox.account),
	},
	{
		name: byArn,
		flags: [...plain, '--adopt', Object.values(theirs).join(',')],
		calls: /:(Tag|PutKeyPolicy|CreateAlias)/,
		writes: 'around calls',
		also: /answered|adopted/,
		given: async ({sandbox}) => withOthersThings(sandbox.account, theirs),
	},
	{
		name: 'a KMS key described and administered anew',
		flags: [...plain, '--key-description', 'anew', '--key-administrator', `arn:aws:iam::${account}:role/Others`],
		calls: /:(UpdateKeyDescription|PutKeyPolicy)$/,
		writes: 'around calls',
		async given(arena) {
			withRole(arena.sandbox.account);
			withRole(arena.sandbox.account, 'Others', 'AROAOTHERSOTHERSOTHE1');
			await paused(...everything)(arena);
		},
	},
	{
		name: 'an access key bound to where NPS is',
		flags: [...plain, '--source-ip', '127.0.0.0/8', '--source-vpce', 'vpce-0a1b2c3d4e5f67890'],
		calls: /:(PutKeyPolicy|CreatePolicyVersion)$/,
		writes: 'around calls',
		given: paused(...plain),
	},
	{
		name: 'freeing an access key by request',
		flags: [...plain, '--adopt', 'user', '--remove-access-key', 'AKIAOLDOLDOLDOLDOLD1'],
		calls: /AccessKey$/,
		writes: 'around calls',
		asks: true,
		given: async ({sandbox}) => withTwoKeys(sandbox.account),
	},
	{
		name: 'a console password that reached no file',
		flags: everything,
		calls: /LoginProfile$/,
		writes: 'around calls',
		async given(arena) {
			withRole(arena.sandbox.account);
			await arena.run(everything, {kill: {api: 'iam:CreateLoginProfile', nth: 1, when: 'after'}});
			const {files, ...rest} = arena.world();
			const {'home/password.csv': _lost, ...left} = files;
			arena.enter({...rest, files: left});
		},
	},
	{
		name: 'a policy that has five versions',
		flags: plain,
		calls: /PolicyVersion$/,
		writes: 'around calls',
		async given(arena) {
			await paused(...plain, '--stop-after', 'managed-key')(arena);
			withFiveVersions(arena.sandbox.account);
		},
	},
	{
		name: 'taking it back',
		flags: [
			'discard',
			'--yes',
			'--json',
			'--confirm',
			'nps',
			'--delete-kms-key',
			'--confirm-alias',
			'alias/nps-kms-key',
		],
		calls: /:(Update|Delete|Detach|Schedule)/,
		writes: 'around calls',
		also: /completed left|ended|nps-<time>/,
		over: '[NoSetup]',
		async given(arena) {
			withRole(arena.sandbox.account);
			await paused(...everything)(arena);
		},
	},
	{
		// As in a terminal that an editor from Ubuntu's store opened; conf then writes in place.
		name: 'a set-up in a snap',
		flags: plain,
		calls: /CreateUser$/,
		writes: 'around calls',
		env: {SNAP: '/snap/editor/1'},
	},
];

function withRole(to: Account, name = 'Keys', id = 'AROAKEYSKEYSKEYSKEYS1'): void {
	to.roles[name.toLowerCase()] = {
		...identity(name, id, `arn:aws:iam::${account}:role/${name}`),
		trust: '{}',
		tags: [],
	};
}
const identity = (name: string, id: string, arn: string) => ({
	name,
	path: '/',
	id,
	arn,
	created: longAgo,
	attached: [],
	inline: {},
});

function user(to: Account, name: string, path = '/'): User {
	const it: User = {
		...identity(name, 'AIDAUSERUSERUSERUSER1', `arn:aws:iam::${account}:user${path}${name}`),
		path,
		tags: [],
		accessKeys: [],
		mfaDevices: [],
	};
	to.users[name] = it;
	return it;
}

/** Under the names of a set-up, or as their ARNs say. */
function withOthersThings(to: Account, named?: typeof theirs): void {
	const created = longAgo;
	const arn = named?.policy ?? `arn:aws:iam::${account}:policy/NPS_KMS_Policy`;
	const [, path = '/', name = ''] = /:policy(\/.*?)([^/]*)$/.exec(arn) ?? [];
	if (named) user(to, 'their-user', '/apps/');
	else user(to, 'nps-kms-user');
	const versions = [{id: 'v1', document: JSON.stringify(wideDocument('aws', account)), created}];
	const policy: Policy = {
		...{name, path, id: 'ANPAPOLICYPOLICYPOLI1', arn, created, updated: created},
		...{defaultVersion: 'v1', versions, next: 2, tags: []},
	};
	to.policies[arn] = policy;
	const root = {
		Sid: 'root',
		Effect: 'Allow',
		Principal: {AWS: `arn:aws:iam::${account}:root`},
		Action: 'kms:*',
		Resource: '*',
	};
	const id = '0f0f0f0f-0000-4000-8000-0f0f0f0f0f0f';
	const key: Key = {
		...{
			id,
			arn: `arn:aws:kms:eu-west-1:${account}:key/${id}`,
			region: 'eu-west-1',
			created,
			description: '',
			state: 'Enabled',
			manager: 'CUSTOMER',
		},
		...{
			spec: 'SYMMETRIC_DEFAULT',
			usage: 'ENCRYPT_DECRYPT',
			origin: 'AWS_KMS',
			multiRegion: false,
			tags: [],
			grants: [],
		},
		policy: JSON.stringify({Version: '2012-10-17', Statement: [root]}),
		material: Buffer.alloc(32, 7).toString('base64'),
	};
	to.keys[key.arn] = key;
	if (named) return;
	const alias = {name: 'alias/nps-kms-key', region: 'eu-west-1', key: key.arn};
	to.aliases[`eu-west-1 ${alias.name}`] = {...alias, created, updated: created};
}

function withTwoKeys(to: Account): void {
	const {accessKeys} = user(to, 'nps-kms-user');
	for (const at of [1, 2])
		accessKeys.push({
			id: `AKIAOLDOLDOLDOLDOLD${at}`,
			secret: `old-secret-${at}`.padEnd(40, 'x'),
			status: 'Active',
			created: longAgo,
		});
}

/** Somebody has tried this and that, and left it as it was. */
function withFiveVersions(to: Account): void {
	const it = to.policies[`arn:aws:iam::${account}:policy/NPS_KMS_Policy`];
	if (!it) throw new TypeError('there is no policy yet');
	const others = ['v2', 'v3', 'v4'].map(id => ({
		id,
		document: JSON.stringify(narrowDocument(`arn:aws:kms:eu-west-1:${account}:key/${id}`)),
	}));
	it.versions = [...it.versions, ...others, {id: 'v5', document: JSON.stringify(wideDocument('aws', account))}].map(
		version => ({
			created: longAgo,
			...version,
		}),
	);
	Object.assign(it, {defaultVersion: 'v5', next: 6});
}
