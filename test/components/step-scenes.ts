import {keyOf} from '../../src/engine/keys.js';
import type {Problem} from '../../src/engine/plan.js';
import type {ChangeScene, CheckScene, FieldScene, Scene} from '../../src/engine/scene.js';
import type {Answers, Change, Check, Choice, Field} from '../../src/engine/step.js';
import type {Phase} from '../../src/engine/wizard.js';

/** A scene of the policy step in the given phase. */
export const scene = (phase: Phase, more: Partial<Scene> = {}): Scene => ({
	id: 1,
	phase,
	leaving: false,
	answers: {policyName: 'NPS_KMS_Policy'},
	fields: [],
	facts: {},
	changes: [],
	shell: 'bash',
	checks: [],
	changed: [],
	done: ['Connect'],
	sheet: [],
	found: [],
	pages: [],
	tells: [],
	step: {
		at: 1,
		last: 7,
		title: 'Create the policy',
		name: 'Policy',
		guide: {
			covers: 'Create an AWS Policy, steps 2-9',
			text: ["In the console you'd open IAM, Policies, Create policy."],
			links: ['https://docs.netwrix.com/'],
		},
	},
	...more,
});
export const create: Change = {
	id: 'create-policy',
	verb: 'create',
	subject: 'policy NPS_KMS_Policy',
	call: {api: 'iam:CreatePolicy', input: {PolicyName: 'NPS_KMS_Policy'}},
};
const update: Change = {...create, id: 'limit-policy', verb: 'update', why: 'a new default version'};
export const remove: Change = {
	id: 'delete-key',
	verb: 'delete',
	subject: 'access key AKIAIOSFODNN7EXAMPLE',
	confirm: 'AKIAIOSFODNN7EXAMPLE',
	call: {api: 'iam:DeleteAccessKey', input: {AccessKeyId: 'AKIAIOSFODNN7EXAMPLE'}},
};
const gone: Change = {
	id: 'delete-alias',
	verb: 'delete',
	subject: 'alias/nps-kms-key',
	why: 'this setup made it',
	call: {api: 'kms:DeleteAlias', input: {}},
};
export const seen = (
	change: Change,
	status: ChangeScene['status'] = 'to-do',
	words: readonly string[] = [],
): ChangeScene => ({
	change,
	status,
	words,
	command: `aws ${change.id}`,
});
export const plan = {changes: [create]};

const policyName: Field = {
	name: 'policyName',
	label: 'Policy name',
	kind: 'text',
	wrong: it => (/[ ?]/.test(String(it)) ? 'Only letters and digits; the space is not allowed' : undefined),
};
const description: Field = {
	name: 'policyDescription',
	label: 'Description',
	kind: 'text',
	optional: true,
	hint: "can't be changed later",
};
const tags: Field = {name: 'tags', label: 'Tags', kind: 'pairs', optional: true};
const consoleAccess: Field = {
	name: 'consoleAccess',
	label: 'Console access',
	kind: 'yes-no',
	hint: 'NPS never needs it',
};
const secretTo: Field = {name: 'secretTo', label: 'Secret goes to', kind: 'one'};
const secretFile: Field = {
	name: 'secretFile',
	label: 'Secret file',
	kind: 'place',
	when: it => it['secretTo'] !== 'once',
};
const administrators: Field = {name: 'keyAdministrators', label: 'Key administrators', kind: 'many', optional: true};
const wheres: readonly Choice[] = [
	{value: 'file', label: 'a file only you can read'},
	{value: 'once', label: 'the screen, once'},
];
export const people: readonly Choice[] = Array.from({length: 30}, (_, at) => ({
	value: `arn:aws:iam::111122223333:user/u${at}`,
	label: `u${at}`,
	note: 'user',
}));
const asks = (...fields: readonly Field[]): readonly FieldScene[] => fields.map(field => ({field, settled: false}));
const form = (fields: readonly FieldScene[], answers: Answers = {}, more: Partial<Scene> = {}): Scene =>
	scene({at: 'form'}, {fields, answers, ...more});

export const problem = {
	is: 'problem',
	what: 'AWS refused to create policy NPS_KMS_Policy',
	why: 'Your role may not call iam:CreatePolicy',
	code: 'AccessDenied',
	again: 'nps-kms',
	ways: [
		{is: 'by-hand', says: 'ask for the permission iam:CreatePolicy'},
		{is: 'choose', key: keyOf('adopt'), label: 'adopt it', answers: {adoptPolicy: true}, flags: '--adopt policy'},
	],
} satisfies Problem;
const file = '/home/anna/nps-kms-user_accessKeys.csv';
const keyArn = 'arn:aws:kms:eu-west-1:111122223333:key/1a2b3c4d-1111-2222-3333-444455556666';
const intro = [
	'On the NPS server run SbPAM.RotateAwsKey, in',
	'C:\\Program Files\\Stealthbits\\PAM\\KeyTools, and enter:',
];
const sheet: Scene['sheet'] = [
	{label: 'Access key', value: 'AKIAIOSFODNN7EXAMPLE', copy: true},
	{label: 'Secret key', value: `in ${file}`},
	{label: 'KMS key', value: keyArn, copy: true},
	{label: 'AWS region', value: 'eu-west-1'},
];

/** A form for each kind of field, and the forms that aren't only fields. */
export const forms = {
	several: form(asks(policyName, description, tags, consoleAccess), {policyName: 'NPS_KMS_Policy'}),
	text: form(asks(policyName), {policyName: 'NPS_KMS_Policy'}),
	one: form([{field: secretTo, settled: false, choices: wheres}, ...asks(secretFile)], {
		secretTo: 'file',
		secretFile: file,
	}),
	many: form([{field: administrators, settled: false, choices: people}]),
	'many, typed': form(asks(administrators), {keyAdministrators: ['arn:aws:iam::111122223333:role/Admin']}),
	pairs: form(asks(tags), {tags: {team: 'pam', env: 'prod'}}),
	'yes-no': form(asks(consoleAccess), {consoleAccess: true}),
	place: form(asks(secretFile), {secretFile: file}),
	settled: form(
		asks(policyName, tags).map(it => ({...it, settled: true})),
		{policyName: 'NPS_KMS_Policy'},
	),
	'after a problem': scene({at: 'form', problem}, {fields: asks(policyName)}),
	'hand-off': form(
		asks({name: 'npsRotated', label: 'Have you run SbPAM.RotateAwsKey?', kind: 'yes-no'}),
		{},
		{intro, sheet},
	),
	'hand-off, with a key of its own': form(
		asks(
			{name: 'npsRotated', label: 'Have you run SbPAM.RotateAwsKey?', kind: 'yes-no'},
			{
				...{name: 'watchNps', label: 'wait and see', kind: 'yes-no', byKey: keyOf('watch')},
				when: answers => answers['npsRotated'] !== true,
			},
		),
		{npsRotated: false, watchNps: true},
		{intro, sheet},
	),
	'hand-off, with more to ask': form(
		asks(
			{name: 'newKeyRotated', label: 'Has SbPAM.RotateAwsKey run with it?', kind: 'yes-no'},
			{
				name: 'reason',
				label: 'If AWS shows no use, go on because',
				kind: 'text',
				when: answers => answers['newKeyRotated'] === true,
			},
		),
		{},
		{intro, sheet},
	),
} satisfies Record<string, Scene>;

const waiting = {for: 'policy', why: 'KMS does not see the user yet', elapsedMs: 12_000, limitMs: 120_000};
const anyKey = 'arn:aws:kms:*:111122223333:key/*';
const warns = ['Until step 5 is done this policy allows Decrypt with every key of this account.'];
const applying = (all: readonly ChangeScene[], more: Partial<Scene> = {}): Scene =>
	scene({at: 'applying', left: [create], all: [create], facts: {}, guarded: true}, {changes: all, ...more});
const review = (changes: readonly ChangeScene[], warns: readonly string[] = []): Scene =>
	scene({at: 'review', plan: {changes: changes.map(it => it.change), warns}}, {changes});
const statements = Array.from(
	{length: 12},
	(_, at) => `Allow  kms:Verb${at}  on  *  for  arn:aws:iam::111122223333:user/u${at}`,
);
const sample = (id: string, says: string, expect: Check['expect'], api?: string): Check => ({
	id,
	says,
	expect,
	by: api ? 'new-user' : 'operator',
	probes: api ? [{call: {api, input: {}}}] : [],
	ways: [{is: 'by-hand', says: 'look at it'}],
});
const identity = sample('identity', 'is nps-kms-user', 'allowed', 'sts:GetCallerIdentity');
const other = sample('other-key', 'decrypt with another key, …444455556666', 'denied', 'kms:Decrypt');
const listKeys = sample('list-keys', 'list keys', 'denied', 'kms:ListKeys');
const listUsers = sample('list-users', 'list users', 'denied', 'iam:ListUsers');
const disable: Check = {...sample('disable-key', 'disable the key', 'denied'), by: 'new-user'};
const deletion: Check = {...disable, id: 'schedule-deletion', says: "schedule the key's deletion"};
const groups = sample('groups', 'is in no group', 'denied');
const idle = (check: Check): CheckScene => ({check, now: false, passed: 0, of: 0});
const came = (check: Check, got: 'allowed' | 'denied' | 'cant-tell', because?: string): CheckScene => {
	const {id, by, expect, says} = check;
	const ok = got === 'cant-tell' ? null : got === expect;
	return {...idle(check), result: {check: id, by, expect, got, says, ok, ...(because && {because})}};
};
const everyState = [
	came(identity, 'allowed'),
	came(other, 'denied'),
	came(listKeys, 'allowed'),
	came(disable, 'cant-tell', 'you may not simulate'),
	came(deletion, 'cant-tell', 'you may not simulate'),
	{...idle(listUsers), now: true, passed: 2, of: 3},
	idle(groups),
];
const proving = (checks: readonly CheckScene[]) => ({
	...{id: 'AKIAIOSFODNN7EXAMPLE', about: keyArn, place: file, columns: ['Access key ID', 'Secret access key'] as const},
	...{checks: checks.map(it => it.check), secret: 'secret of access key AKIAIOSFODNN7EXAMPLE'},
});
const proof = (checks: readonly CheckScene[]): Scene =>
	scene({at: 'review', plan: {changes: [], proof: proving(checks)}}, {checks});
export const longReview = review([seen({...create, subject: 'key nps-kms-key'}, 'to-do', statements)], warns);
export const longProof = proof(
	Array.from({length: 60}, (_, at) => idle(sample(`c${at}`, `check number ${at}`, 'denied', 'kms:ListKeys'))),
);

/** A problem with more ways out than a line of keys has room for. */
export const severalWays = scene({
	at: 'stopped',
	problem: {
		...problem,
		ways: [
			...problem.ways,
			{
				is: 'choose',
				key: keyOf('no'),
				label: 'I do not have the secret of the access key',
				answers: {hasSecret: false},
			},
			{is: 'choose', key: keyOf('without'), label: 'go on without any proof that it works', answers: {unproven: true}},
		],
	},
});

/** One scene at least of every other phase. */
export const phases = {
	looking: scene({at: 'looking', reason: 'review'}, {looked: 40}),
	'looking, with a wait': scene({at: 'looking', reason: 'applied'}, {wait: waiting}),
	review: review([seen(create, 'to-do', [`Allow  kms:Decrypt  on  ${anyKey}`])], warns),
	'review, with a difference': review([
		seen(update, 'to-do', [`- Allow  kms:Decrypt  on  ${anyKey}`, `+ Allow  kms:Decrypt  on  ${keyArn}`]),
		seen({...create, id: 'alias', subject: 'alias nps-kms-key'}),
	]),
	'review, with a document': scene(
		{at: 'review', plan: {changes: [update]}},
		{
			changes: [seen(update)],
			pages: [
				{
					key: keyOf('documents'),
					label: 'document',
					lines: ['  {', '-   "Resource": "any key"', '+   "Resource": "one key"', '  }'],
				},
			],
			tells: [
				'nps-kms-user can decrypt with any of the 7 keys in eu-west-1 that delegate to IAM; afterwards with this one only.',
			],
		},
	),
	'review, while it is looked what that means': scene(
		{at: 'review', plan: {changes: [update]}},
		{changes: [seen(update)], tells: undefined},
	),
	'review, to be confirmed': scene(
		{
			at: 'review',
			plan: {
				changes: [],
				found: {lines: [], question: 'Is this the account that Privilege Secure should use?', yes: 'yes, use it'},
			},
		},
		{
			found: [
				{
					label: 'You are',
					value: 'arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_AdministratorAccess_0123456789abcdef/anna',
				},
				{label: 'Account', value: '111122223333 (acme-prod)'},
				{label: 'Region', value: 'eu-west-1', note: 'partition aws'},
			],
		},
	),
	'review, longer than the screen': longReview,
	'review, that removes': review([seen(remove)]),
	'review, of what goes': scene(
		{
			at: 'review',
			plan: {
				changes: [],
				forecast: [gone],
				stays: [{subject: 'user nps-kms-user', why: 'somebody gave it the group admins'}],
				warns: ['KMS deletes the key on 2026-12-25.'],
				confirm: {words: ['nps-kms-key', 'alias/nps-kms-key'], says: 'NPS may be using it.', flags: {}},
			},
		},
		{changes: [seen(gone)]},
	),
	'review, of checks': proof([identity, other, listKeys, disable, groups].map(idle)),
	applying: applying(
		[seen({...create, id: 'done', subject: 'user nps-kms-user'}, 'done'), seen(create, 'sent'), seen(remove)],
		{wait: waiting},
	),
	'applying, in trouble': applying([seen(create, 'refused'), seen(remove, 'unsettled')], {leaving: true}),
	checking: scene({at: 'checking', plan: {changes: []}}, {checks: everyState}),
	'checking, with a wait': scene(
		{at: 'checking', plan: {changes: []}},
		{checks: [{...idle(identity), now: true}, idle(groups)], wait: waiting},
	),
	'checking, nothing to try': scene({at: 'checking', plan: {changes: []}}),
	asking: scene({
		at: 'asking',
		ask: {
			kind: 'secret',
			label: 'Secret of access key AKIAIOSFODNN7EXAMPLE',
			why: `It is no longer in ${file}. It is used for this proof and kept nowhere.`,
		},
		during: {at: 'checking', plan: {changes: []}},
	}),
	stopped: scene({at: 'stopped', problem}),
	'stopped, with a page': scene(
		{at: 'stopped', problem: {...problem, ways: [problem.ways[0]]}},
		{
			pages: [
				{key: keyOf('permissions'), label: 'permissions', lines: ['{"Effect": "Allow", "Action": "kms:CreateKey"}']},
			],
		},
	),
	'stopped, half done': scene(
		{at: 'stopped', problem: {...problem, ways: [problem.ways[0]]}},
		{changed: ['create user nps-kms-user'], changes: [seen(create, 'unsettled')]},
	),
	done: scene({at: 'done', plan: {changes: [], says: 'arn:aws:iam::111122223333:policy/NPS_KMS_Policy'}}),
} satisfies Record<string, Scene>;
