import {readFileSync, renameSync} from 'node:fs';
import {join} from 'node:path';
import * as iam from '@aws-sdk/client-iam';
import * as kms from '@aws-sdk/client-kms';
import {expect, test, vi} from 'vitest';
import type {Host} from '../../src/commands/command.js';
import {recordCommand} from '../../src/commands/record/index.js';
import {accessKeyId, document, here, inIam, inKms, key, policy, record, UserName, version} from './watched.js';

type Control = {
	readonly id: string;
	readonly subject: string;
	readonly holds: boolean | null;
	readonly because: string;
	readonly cis?: {readonly sections: Readonly<Record<string, string>>};
};
type Compliance = {readonly lookedAt: string; readonly listedOn: string; readonly controls: readonly Control[]};
type Told = {readonly records: readonly {readonly kept: boolean; readonly compliance?: Compliance}[]};

/** `record --compliance` over the record of the finished set-up, and what it asked AWS. */
async function said(flags: object = {}): Promise<{out: string; err: string; heard: readonly string[]}> {
	const {heard, home} = here();
	const [out, err]: [string[], string[]] = [[], []];
	heard.length = 0;
	const host = {
		env: {...process.env, NPS_KMS_HOME: home, NPS_KMS_PATIENCE: '0.0001'},
		lines: {out: (it: string) => void out.push(it), err: (it: string) => void err.push(it)},
		version: '0.0.0',
		courses: [],
		commands: [],
		endNow: () => undefined,
	};
	expect(await recordCommand.run({setup: 'nps', compliance: true, ...flags}, host as unknown as Host)).toBe('done');
	return {out: out.join('\n'), err: err.join('\n'), heard: heard.map(it => it.api)};
}
const compliance = async (): Promise<Compliance> =>
	(JSON.parse((await said({json: true})).out) as Told).records[0]!.compliance!;
/** What holds, by the control's id. */
const holds = async (): Promise<Readonly<Record<string, boolean | null>>> =>
	Object.fromEntries((await compliance()).controls.map(it => [it.id, it.holds]));
const because = async (id: string): Promise<string> =>
	(await compliance()).controls.find(it => it.id === id)?.because ?? '';
const asMade = {'KMS.1': true, 'KMS.3': true, 'KMS.4': true, 'IAM.2': false, 'IAM.3': true};

test('of a finished set-up all hold but the one that the procedure itself breaks, and why is said', async () => {
	const {lookedAt, listedOn, controls} = await compliance();
	expect([await holds(), listedOn]).toEqual([asMade, '2026-11-28']);
	expect(Math.abs(Date.parse(lookedAt) - here().time())).toBeLessThan(60_000);
	expect(controls.find(it => it.id === 'IAM.2')).toMatchObject({
		subject: `user ${UserName}`,
		because: `it has ${policy().arn}, as the vendor's procedure has it`,
		cis: {sections: {'5.0.0': '1.14', '3.0.0': '1.15', '1.2.0': '1.16'}},
	});
});
test('the Markdown tells each with its CIS section, when it was looked at, of what, and whose list it is', async () => {
	const {out} = await said();
	const part = /## Controls\n\n([\s\S]*?)\n\n## What exists now/.exec(out)?.[1] ?? '';
	expect(part).toMatch(/^As AWS showed it on \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC, for what this setup made alone: /);
	expect(part).toContain(
		`- holds: KMS.1 IAM customer managed policies should not allow decryption actions on all KMS keys\n` +
			`  - policy ${policy().arn}: it allows decryption with ${key().arn} only`,
	);
	expect(part).toContain("- doesn't hold: IAM.2 IAM users should not have IAM policies attached");
	expect(part).toMatch(
		/- holds: IAM\.3 .*\n {2}- user nps-kms-user: AKIA\w+ is 0 days old\n {2}- CIS AWS Foundations Benchmark v5\.0\.0\/1\.13, v3\.0\.0\/1\.14, .*: Ensure access keys are rotated every 90 days or less/,
	);
	expect(part).toContain('The list is of 2026-11-28');
	expect(part).toContain('- https://docs.aws.amazon.com/securityhub/latest/userguide/kms-controls.html');
});
test('it only reads, leaves the record as it is, and looks at nothing where it is not asked for', async () => {
	const before = readFileSync(record(), 'utf8');
	const {heard} = await said();
	expect(heard.length).toBeGreaterThan(6);
	expect(heard.filter(it => !/^(Get|List|Describe)/.test(it))).toEqual([]);
	expect(readFileSync(record(), 'utf8')).toBe(before);
	const without = await said({compliance: undefined});
	expect([without.heard, without.out.includes('## Controls')]).toEqual([[], false]);
});

const makeOld = (): void => {
	for (const it of here().sandbox.account.users[UserName]!.accessKeys)
		Object.assign(it, {created: it.created - 91 * 86_400_000});
};
const edits: readonly (readonly [string, () => unknown, object])[] = [
	['the policy is opened to every key', () => version(document('*')), {'KMS.1': false}],
	[
		'the policy is opened to all keys of the account, which AWS may count or not',
		() => version(document('arn:aws:kms:*:111122223333:key/*')),
		{'KMS.1': null},
	],
	[
		'the KMS key is to be deleted',
		() => inKms().send(new kms.ScheduleKeyDeletionCommand({KeyId: key().id})),
		{'KMS.3': false, 'KMS.4': null},
	],
	['the KMS key is disabled', () => inKms().send(new kms.DisableKeyCommand({KeyId: key().id})), {}],
	[
		'rotation is switched off',
		() => inKms().send(new kms.DisableKeyRotationCommand({KeyId: key().id})),
		{'KMS.4': false},
	],
	[
		'the policy is taken off the user',
		() => inIam().send(new iam.DetachUserPolicyCommand({UserName, PolicyArn: policy().arn})),
		{'IAM.2': true},
	],
	['the access key is older than 90 days', makeOld, {'IAM.3': false}],
	[
		'the access key is old and Inactive',
		async () => {
			makeOld();
			const AccessKeyId = accessKeyId();
			await inIam().send(new iam.UpdateAccessKeyCommand({UserName, AccessKeyId, Status: 'Inactive'}));
		},
		{},
	],
	[
		'the user is gone',
		() => {
			delete here().sandbox.account.users[UserName];
		},
		{'IAM.2': null, 'IAM.3': null},
	],
];
test.each(edits)('when %s, that is what it tells', async (_, edit, otherwise) => {
	await edit();
	expect(await holds()).toEqual({...asMade, ...otherwise});
});
test('an access key holds up to its 90th day, and not on it', async () => {
	const key = here().sandbox.account.users[UserName]!.accessKeys[0]!;
	const made = here().time() - 90 * 86_400_000;
	Object.assign(key, {created: made + 3_600_000});
	expect(await because('IAM.3')).toBe(`${key.id} is 89 days old`);
	Object.assign(key, {created: made - 3_600_000});
	expect(await because('IAM.3')).toBe(`${key.id} is 90 days old; it was to be replaced within 90`);
});
test('what may not be looked at can not be told, with the reason, and the others are', async () => {
	const client = inIam();
	const who = {UserName: 'auditor'};
	const Statement = [
		{Effect: 'Allow', Action: ['iam:Get*', 'iam:List*', 'kms:*'], Resource: '*'},
		{Effect: 'Deny', Action: ['kms:GetKeyRotationStatus', 'iam:ListUserPolicies'], Resource: '*'},
	];
	await client.send(new iam.CreateUserCommand(who));
	const PolicyDocument = JSON.stringify({Version: '2012-10-17', Statement});
	await client.send(new iam.PutUserPolicyCommand({...who, PolicyName: 'audit', PolicyDocument}));
	const {AccessKey} = await client.send(new iam.CreateAccessKeyCommand(who));
	vi.stubEnv('AWS_ACCESS_KEY_ID', AccessKey?.AccessKeyId);
	vi.stubEnv('AWS_SECRET_ACCESS_KEY', AccessKey?.SecretAccessKey);
	try {
		expect(await holds()).toEqual({...asMade, 'KMS.4': null, 'IAM.2': null});
		expect(await because('KMS.4')).toContain('kms:GetKeyRotationStatus');
	} finally {
		vi.unstubAllEnvs();
	}
});
test('of a setup that was taken back nothing is looked at, and that is said; where there is none, it stops', async () => {
	const kept = join(here().home, 'setups', 'nps-20261120T101112Z.json');
	renameSync(record(), kept);
	const {out, err, heard} = await said({json: true});
	expect((JSON.parse(out) as Told).records).toMatchObject([{kept: true}]);
	expect([out.includes('"compliance"'), heard]).toEqual([false, []]);
	expect(err).toBe('Setup nps was taken back: nothing of it is left for a control to judge.');
	renameSync(kept, record());
	await expect(said({setup: 'other'})).rejects.toMatchObject({problem: {code: 'NoSetup'}});
});
