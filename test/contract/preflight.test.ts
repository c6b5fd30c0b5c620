import {
	AttachRolePolicyCommand,
	CreateAccessKeyCommand,
	CreatePolicyCommand,
	CreateRoleCommand,
	type IAMClient,
	PutRolePolicyCommand,
	PutUserPermissionsBoundaryCommand,
	UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import {CreateAliasCommand, CreateKeyCommand, type KMSClient, ScheduleKeyDeletionCommand} from '@aws-sdk/client-kms';
import {describe, expect, test} from 'vitest';
import {reach} from '../../src/aws/client/send.js';
import {direct} from '../../src/aws/network/network.js';
import {fold, knownFor} from '../../src/engine/record.js';
import type {Scene} from '../../src/engine/scene.js';
import type {Answers} from '../../src/engine/step.js';
import {principals} from '../../src/steps/things/kms-key-administrators.js';
import {clientsOf} from '../sandbox/clients.js';
import {place, roleArn} from './connecting.js';

const key = (keys: string) => ({credentials: `[default]\n${keys}`});
const isWrite = (api: string): boolean =>
	!/^(Get|List|Lookup|Describe|Simulate|Assume|Encrypt|Decrypt|Generate|$)/.test(api);
const writes = (sandbox: {readonly heard: readonly {readonly api: string}[]}) =>
	sandbox.heard.map(it => it.api).filter(isWrite);
const allow = {Effect: 'Allow', Action: '*', Resource: '*'};
const policy = (...Statement: readonly object[]) => ({Version: '2012-10-17', Statement});
const deny = (Action: string) => ({Effect: 'Deny', Action, Resource: '*'});
const sso = 'aws-reserved/sso.amazonaws.com/eu-west-1/';
const answersOf = ({fields, answers}: Scene): Answers =>
	Object.fromEntries(fields.map(({field}) => [field.name, answers[field.name] ?? '']));
const warnsOf = ({phase}: Scene): readonly string[] => (phase.at === 'review' ? (phase.plan.warns ?? []) : []);

/** What a person reads before the first write, and how many writes there were by then. */
async function readFirst(at: Awaited<ReturnType<typeof place>>, options: object = {}) {
	let read: readonly string[] = [];
	let found: Scene['found'] = [];
	let written = -1;
	await at.sit(
		{
			event(scene) {
				if (scene.step.at > 0 || scene.phase.at !== 'review') return undefined;
				[read, found, written] = [warnsOf(scene), scene.found, writes(at.sandbox).length];
				return {type: 'quit'};
			},
		},
		options,
	);
	return {read, written, permission: found.find(it => it.label === 'Permission')?.value};
}

describe('what may be missing is told before the first write', () => {
	test('all is allowed', async () => {
		const at = await place(key);
		expect(await readFirst(at)).toEqual({
			read: [],
			written: 0,
			permission: expect.stringMatching(/^(\d+) of \1 allowed$/) as string,
		});
	});
	test.each([
		[
			'an explicit deny',
			policy(allow, deny('kms:CreateKey')),
			'You may not kms:CreateKey: an explicit deny in user_bert_own. Managed key will stop',
		],
		[
			'a tag that may not be given',
			policy(allow, deny('kms:TagResource')),
			'You may not kms:TagResource: an explicit deny in user_bert_own. Managed key will stop',
		],
		[
			'a read without which a step stops',
			policy(allow, deny('iam:ListAccessKeys')),
			'You may not iam:ListAccessKeys: an explicit deny in user_bert_own. Access key will stop',
		],
		[
			'a read that nothing rests on',
			policy(allow, deny('iam:ListAccountAliases')),
			'You may not iam:ListAccountAliases: an explicit deny in user_bert_own. Nothing stops without it',
		],
		[
			'no policy for it',
			policy({Effect: 'Allow', NotAction: 'iam:CreateUser', Resource: '*'}),
			'You may not iam:CreateUser: no identity-based policy allows it. User will stop',
		],
	])('%s', async (_name, document, told) => {
		const at = await place(key);
		await at.become('bert', document);
		const {read, written, permission} = await readFirst(at);
		expect([read, written]).toEqual([[told], 0]);
		expect(permission).toContain('1 denied');
	});
	test('a permissions boundary', async () => {
		const at = await place(key);
		await at.become('bert', policy(allow));
		const edge = policy({Effect: 'Allow', Action: ['iam:*', 'sts:*'], Resource: '*'});
		const {Policy: made} = await at.iam.send(
			new CreatePolicyCommand({PolicyName: 'edge', PolicyDocument: JSON.stringify(edge)}),
		);
		await at.iam.send(new PutUserPermissionsBoundaryCommand({UserName: 'bert', PermissionsBoundary: made?.Arn}));
		const {read} = await readFirst(at);
		expect(read).toEqual([
			expect.stringMatching(
				/^You may not kms:CreateAlias, kms:CreateKey, (kms:\w+, )*kms:\w+: no permissions boundary allows it\. Managed key will stop$/,
			),
		]);
	});
	test('a role’s session, by the role’s policies', async () => {
		const at = await place(keys => ({
			config: `[profile boss]\nrole_arn = ${roleArn('Boss')}\nsource_profile = keys\n`,
			credentials: `[keys]\n${keys}`,
		}));
		const trust = policy({
			Effect: 'Allow',
			Principal: {AWS: 'arn:aws:iam::123456789012:root'},
			Action: 'sts:AssumeRole',
		});
		await at.iam.send(
			new CreateRoleCommand({RoleName: 'Boss', Path: '/team/', AssumeRolePolicyDocument: JSON.stringify(trust)}),
		);
		at.write('.aws/config', `[profile boss]\nrole_arn = ${roleArn('team/Boss')}\nsource_profile = keys\n`);
		await at.iam.send(
			new AttachRolePolicyCommand({RoleName: 'Boss', PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess'}),
		);
		await at.iam.send(
			new PutRolePolicyCommand({
				RoleName: 'Boss',
				PolicyName: 'no',
				PolicyDocument: JSON.stringify(policy(deny('kms:CreateAlias'))),
			}),
		);
		const {read} = await readFirst(at, {profile: 'boss'});
		expect(read).toEqual(['You may not kms:CreateAlias: an explicit deny in role_Boss_no. Managed key will stop']);
	});
	test('simulation not allowed: it can’t be told, and the set-up goes on', async () => {
		const at = await place(key);
		await at.become(
			'bert',
			policy(allow, {...deny('iam:SimulatePrincipalPolicy'), Resource: 'arn:aws:iam::123456789012:user/bert'}),
		);
		const {read, permission} = await readFirst(at);
		expect([read, permission]).toEqual([
			[expect.stringMatching(/^A policy denies you to simulate/)],
			"can't tell (you may not simulate)",
		]);
		expect((await at.run({stopAfter: 'policy'})).code).toBe(0);
	});
	test('a user whose two access keys leave no room for another', async () => {
		const at = await place(key);
		expect((await at.run({stopAfter: 'user'})).code).toBe(0);
		for (let made = 0; made < 2; made += 1) {
			const {AccessKey: it} = await at.iam.send(new CreateAccessKeyCommand({UserName: 'nps-kms-user'}));
			await at.iam.send(
				new UpdateAccessKeyCommand({UserName: 'nps-kms-user', AccessKeyId: it?.AccessKeyId, Status: 'Inactive'}),
			);
		}
		at.sandbox.heard.length = 0;
		const {code, said, result} = await at.run();
		expect([code, result['step'], writes(at.sandbox)]).toEqual([1, 'access-key', []]);
		expect(said).toContain('! Access key will stop: The user has two access keys already');
	});
	test('a finished set-up isn’t simulated again, and an unfinished one is asked about what is left', async () => {
		const at = await place(key);
		await at.run({stopAfter: 'user'});
		at.sandbox.heard.length = 0;
		await at.run();
		const actions = at.sandbox.heard
			.filter(it => it.api === 'SimulatePrincipalPolicy')
			.flatMap(it => it.input['ActionNames'] as readonly string[]);
		expect(actions).toEqual(
			expect.arrayContaining(['iam:CreateAccessKey', 'kms:CreateKey', 'iam:CreatePolicyVersion']),
		);
		expect(actions.filter(it => /CreateUser|CreatePolicy$|AttachUser/.test(it))).toEqual([]);
		at.sandbox.heard.length = 0;
		expect((await at.run()).code).toBe(0);
		expect(at.sandbox.heard.filter(it => /Simulate|Summary/.test(it.api))).toEqual([]);
	});
});

describe('what is certain to stop', () => {
	const gone = {keyAdministrator: ['arn:aws:iam::123456789012:role/gone']};
	const cases = [
		['an administrator that isn’t there', async () => gone, 'Managed key', /role\/gone/],
		[
			'an alias that a key pending deletion holds',
			async ({kms}: {kms: KMSClient}) => {
				const {KeyMetadata: made} = await kms.send(new CreateKeyCommand({}));
				await kms.send(new CreateAliasCommand({AliasName: 'alias/nps-kms-key', TargetKeyId: made?.KeyId}));
				await kms.send(new ScheduleKeyDeletionCommand({KeyId: made?.KeyId}));
				return {};
			},
			'Managed key',
			/is there already/,
		],
		[
			'a policy of that name that is somebody else’s',
			async ({iam}: {iam: IAMClient}) => {
				const PolicyDocument = JSON.stringify(policy(allow));
				await iam.send(new CreatePolicyCommand({PolicyName: 'NPS_KMS_Policy', PolicyDocument}));
				return {};
			},
			'Policy',
			/is there already/,
		],
		[
			'a secret file that holds something',
			async ({write}: {write: (name: string, text: string) => string}) => ({secretFile: write('full.csv', 'mine')}),
			'Access key',
			/full\.csv/,
		],
	] as const;
	test.each(cases)('stops a run that asks nothing before anything is made: %s', async (_what, prepare, step, why) => {
		const at = await place(key);
		const options = await prepare({...at, kms: clientsOf(at.sandbox).kms});
		at.sandbox.heard.length = 0;
		const {code, result} = await at.run(options);
		expect([code, result['step'], writes(at.sandbox)]).toEqual([1, 'connect', []]);
		expect(result['problem']).toMatchObject({what: expect.stringMatching(`^${step} would stop: `)});
		expect(JSON.stringify(result['problem'])).toMatch(why);
		// What a run stops before isn't met.
		expect((await at.run({...options, stopAfter: 'connect'})).code).toBe(0);
	});
	test.each(cases)(
		'is told to a person at Connect, with where to answer otherwise: %s',
		async (_what, prepare, step, why) => {
			const at = await place(key);
			const options = await prepare({...at, kms: clientsOf(at.sandbox).kms});
			at.sandbox.heard.length = 0;
			const {read, written} = await readFirst(at, options);
			expect([read, written]).toEqual([[expect.stringMatching(new RegExp(`^${step} will stop: .*(otherwise|--)`))], 0]);
			expect(read[0]).toMatch(why);
		},
	);
	test('stops where an access key would be left that can decrypt with every key, whatever was made before it', async () => {
		const at = await place(key);
		expect((await at.run({stopAfter: 'user'})).code).toBe(0);
		at.sandbox.heard.length = 0;
		const {code, result} = await at.run(gone);
		expect([code, result['step'], writes(at.sandbox)]).toEqual([1, 'connect', []]);
	});
	test('doesn’t stop what is made already: the step itself does, with its ways out', async () => {
		const at = await place(key);
		expect((await at.run({stopAfter: 'access-key'})).code).toBe(0);
		const {code, result} = await at.run(gone);
		expect([code, result['step']]).toEqual([1, 'managed-key']);
	});
});

describe('what IAM says is denied up to the narrowing', () => {
	const denials = policy(allow, deny('kms:CreateKey'), deny('iam:CreatePolicyVersion'), deny('iam:ListAccountAliases'));
	const denied = async (document: object = denials) => {
		const at = await place(key);
		await at.become('bert', document);
		return at;
	};
	const deniedIs = (stops: string) => ({code: 'DeniedAhead', what: expect.stringContaining(stops) as string});

	test('stops a run that asks nothing before anything is made; all of it is named at once, with each way on', async () => {
		const at = await denied();
		const {code, result} = await at.run();
		expect([code, result['step'], writes(at.sandbox), result['accessKeyId']]).toEqual([1, 'connect', [], undefined]);
		expect(result['problem']).toMatchObject(deniedIs('Managed key and Least privilege would stop: you may not '));
		const {what, ways} = result['problem'] as {what: string; ways: {flags?: string; command?: string}[]};
		expect(what).toMatch(/you may not (?=.*kms:CreateKey)(?=.*iam:CreatePolicyVersion)(?!.*ListAccountAliases)/);
		expect(ways.map(it => it.flags ?? it.command)).toEqual([
			'nps-kms permissions',
			'nps-kms setup --print-commands',
			'--stop-after user',
			'--despite-denials',
		]);
	});
	test('is told by a dry run, which shows the plan all the same', async () => {
		const at = await denied();
		const {code, result, said} = await at.run({dryRun: true});
		expect([code, result['status'], writes(at.sandbox)]).toEqual([0, 'planned', []]);
		expect(said).toContain('You may not kms:CreateKey: an explicit deny in user_bert_own. Managed key will stop');
		expect(said).toContain('With --yes this would stop here, before the access key is made; --despite-denials goes on');
	});
	test('doesn’t stop a run that ends before it', async () => {
		const at = await denied();
		const {code, result} = await at.run({stopAfter: 'user'});
		expect([code, result['status']]).toEqual([0, 'paused']);
		// The access key isn't made then, either.
		at.sandbox.heard.length = 0;
		const next = await at.run();
		expect([next.code, next.result['problem'], writes(at.sandbox)]).toMatchObject([1, deniedIs('Managed key'), []]);
	});
	test('is gone past by a flag, for one run; it is told again before the access key is made, and first where it stops', async () => {
		const at = await denied();
		const {code, result, said} = await at.run({despiteDenials: true});
		expect([code, result['step'], writes(at.sandbox).at(-1)]).toEqual([1, 'managed-key', 'CreateKey']);
		expect(said.indexOf('unless somebody gives you that')).toBeLessThan(said.lastIndexOf('create access key of'));
		expect(said).toContain('unless somebody gives you that, the set-up stops later');
		const safe = /--status Inactive --region eu-west-1 --endpoint-url \S+ \(Active sets it going again\)/;
		expect(said.search(safe)).toBeGreaterThan(0);
		expect(said.search(safe)).toBeLessThan(said.indexOf('✖'));
		expect(result['risks']).toEqual([expect.stringMatching(safe)]);
	});
	test('never keeps a run from limiting an access key that is there', async () => {
		const at = await denied(policy(allow, deny('kms:CreateAlias')));
		expect((await at.run({stopAfter: 'access-key'})).code).toBe(0);
		const {code, result, said} = await at.run();
		// It goes as far as it may, and says first of all how to be safe.
		expect([code, result['step'], result['keyArn'] !== undefined]).toEqual([1, 'managed-key', true]);
		expect(said).toContain('You may not kms:CreateAlias');
	});
	test('is no matter once the policy is limited to the key', async () => {
		const at = await place(key);
		expect((await at.run()).code).toBe(0);
		await at.become('bert', denials);
		expect((await at.run()).code).toBe(0);
	});
	test('a person reads it again before the access key is made, on a screen of that step', async () => {
		const at = await denied();
		const told: string[] = [];
		await at.sit({
			event(scene) {
				if (scene.step.at !== 3 || scene.phase.at !== 'review') return undefined;
				told.push(...warnsOf(scene));
				return {type: 'quit'};
			},
		});
		expect(told).toEqual([expect.stringMatching(/^You may not (?=.*kms:CreateKey).*can decrypt with every key/)]);
		expect(writes(at.sandbox).filter(it => it === 'CreateAccessKey')).toEqual([]);
	});
	test('and no more once somebody gave it', async () => {
		const at = await denied();
		expect((await at.run({stopAfter: 'user', despiteDenials: true})).code).toBe(0);
		await at.become('carl', policy(allow));
		const {code, said} = await at.run();
		expect(code).toBe(0);
		expect(said).not.toContain('unless somebody gives you that');
	});
});

describe('the permissions that are printed', () => {
	test.each(['aws', 'aws-cn', 'aws-us-gov', 'aws-eusc'])(
		'are enough in %s: with them alone the whole set-up goes through, its proof included',
		async partition => {
			const at = await place(key, partition);
			const needed = await at.permissions({prove: true, tag: ['team=pam']});
			await at.become('bert', needed);
			const {code, result} = await at.run({prove: true, tag: ['team=pam']});
			expect([code, result['proven']]).toEqual([0, true]);
			// No other partition's ARN goes out anywhere.
			const sent = JSON.stringify(at.sandbox.heard.map(it => it.input));
			expect([...new Set(sent.match(/arn:aws[\w-]*/g))]).toEqual([`arn:${partition}`]);
			const denied = at.sandbox.heard.filter(
				it => it.caller?.arn.endsWith('/bert') && /AccessDenied/.test(it.code ?? ''),
			);
			expect(
				denied.map(it => it.api).filter(it => !/SimulatePrincipalPolicy|GetAccountSummary|ListKeys/.test(it)),
			).toEqual([]);
		},
	);
	test('name nothing that isn’t called', async () => {
		const at = await place(key);
		const needed = (await at.permissions()).Statement.flatMap(it => it.Action);
		at.sandbox.heard.length = 0;
		await at.run();
		const called = new Set(at.sandbox.heard.map(it => `${it.service}:${it.api}`));
		expect(needed.filter(it => !called.has(it) && !/:Tag/.test(it))).toEqual([]);
	});
	test('are those of what is left', async () => {
		const at = await place(key);
		await at.run({stopAfter: 'user'});
		const left = (await at.permissions()).Statement.flatMap(it => it.Action);
		expect(left).toEqual(expect.arrayContaining(['iam:CreateAccessKey', 'kms:CreateKey']));
		expect(left.filter(it => /CreateUser|CreatePolicy$|TagUser|AttachUser/.test(it))).toEqual([]);
	});
	test('are printed without credentials, for any account', async () => {
		const at = await place(() => ({}));
		const {Statement} = await at.permissions();
		expect(JSON.stringify(Statement)).toContain('arn:aws:iam::*:user/nps-kms-user');
	});
	test('are on p where a call was refused', async () => {
		const at = await place(key);
		await at.become('bert', policy(allow, deny('iam:CreateUser')));
		const {scenes} = await at.sit();
		const stopped = scenes.at(-1);
		expect(stopped?.phase).toMatchObject({at: 'stopped', problem: {code: 'AccessDenied'}});
		const page = stopped?.pages.find(it => it.key === 'm');
		expect(page?.lines.join('\n')).toContain('iam:CreateUser');
		expect(page?.lines.join('\n')).not.toContain('iam:CreatePolicy"');
	});
});

test('an operator under SSO may take their own role as key administrator, by its real ARN; no session stands in a key policy', async () => {
	const at = await place(keys => ({
		config: `[default]\nrole_arn = ${roleArn(`${sso}AWSReservedSSO_Admin_1`)}\nsource_profile = keys\n`,
		credentials: `[keys]\n${keys}`,
	}));
	const trust = policy({Effect: 'Allow', Principal: {AWS: 'arn:aws:iam::123456789012:root'}, Action: 'sts:AssumeRole'});
	await at.iam.send(
		new CreateRoleCommand({
			RoleName: 'AWSReservedSSO_Admin_1',
			Path: `/${sso}`,
			AssumeRolePolicyDocument: JSON.stringify(trust),
		}),
	);
	await at.iam.send(
		new AttachRolePolicyCommand({
			RoleName: 'AWSReservedSSO_Admin_1',
			PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess',
		}),
	);
	const real = roleArn(`${sso}AWSReservedSSO_Admin_1`);
	let warned: readonly string[] = [];
	await at.sit(
		{
			event(scene) {
				if (scene.step.at !== 4) return undefined;
				if (scene.phase.at === 'review') warned = warnsOf(scene);
				return scene.phase.at === 'form'
					? {type: 'submitted', answers: {...answersOf(scene), keyAdministrators: [real]}}
					: undefined;
			},
		},
		{stopAfter: 'managed-key'},
	);
	const {look} = reach({
		region: 'eu-west-1',
		network: direct,
		endpoint: at.sandbox.url,
		credentials: async () => at.sandbox.operator,
	});
	const caller = 'arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_Admin_1/anna';
	const offered = await principals(
		{...look, kept: async () => ({is: 'absent'}), progress: () => undefined},
		knownFor('', fold([]), {}, {facts: {caller}}),
	);
	expect(offered[0]).toEqual({value: real, label: 'AWSReservedSSO_Admin_1', note: 'role of SSO, yours'});
	expect(warned.join()).toContain('administrator of this key no more');
	const [made] = Object.values(at.sandbox.account.keys);
	expect(made?.policy).toContain(real);
	expect(made?.policy).not.toContain(':assumed-role/');
});
