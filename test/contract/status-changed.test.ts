import {readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import * as iam from '@aws-sdk/client-iam';
import * as kms from '@aws-sdk/client-kms';
import {describe, expect, test} from 'vitest';
import {setup} from '../../src/steps/index.js';
import {
	accessKeyId,
	admin,
	codes,
	document,
	editKeyPolicy,
	here,
	inIam,
	inKms,
	key,
	look,
	makeUserAnew,
	otherKey,
	policy,
	statuses,
	steps,
	texts,
	UserName,
	user,
	version,
} from './watched.js';

const documented = readFileSync(join(import.meta.dirname, '../../docs/status.md'), 'utf8');
describe('what somebody else changed is named', () => {
	const table: readonly (readonly [string, () => unknown, readonly string[], RegExp])[] = [
		[
			'the policy widened',
			() => version(document('*', 'kms:*')),
			['least-privilege policy-widened'],
			/says: Allow {2}kms:\* {2}on {2}\*/,
		],
		[
			'the policy narrowed to another key',
			() => version(document(otherKey)),
			['least-privilege policy-other-key'],
			/Decrypt with arn:\S+555, not with/,
		],
		[
			'the first version made the default again',
			() => inIam().send(new iam.SetDefaultPolicyVersionCommand({PolicyArn: policy().arn, VersionId: 'v1'})),
			['least-privilege policy-other-version'],
			/v1 .* is the default again, not v2/,
		],
		[
			'the policy allowing something else',
			() =>
				version(
					JSON.stringify({Version: '2012-10-17', Statement: [{Effect: 'Deny', Action: 'kms:Decrypt', Resource: '*'}]}),
				),
			['least-privilege policy-edited'],
			/Deny {2}kms:Decrypt/,
		],
		[
			'another policy attached',
			() =>
				inIam().send(new iam.AttachUserPolicyCommand({UserName, PolicyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess'})),
			['user policy-attached'],
			/ReadOnlyAccess is attached/,
		],
		[
			'AWS’s quarantine of a leaked access key attached',
			() =>
				inIam().send(
					new iam.AttachUserPolicyCommand({
						UserName,
						PolicyArn: 'arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3',
					}),
				),
			['user quarantined'],
			/AWS thinks that an access key of the user leaked.*replace-access-key/,
		],
		[
			'the policy detached',
			() => inIam().send(new iam.DetachUserPolicyCommand({UserName, PolicyArn: policy().arn})),
			['user policy-detached'],
			/NPS_KMS_Policy is not attached/,
		],
		[
			'the policy attached to somebody else',
			() => inIam().send(new iam.AttachUserPolicyCommand({UserName: 'admin', PolicyArn: policy().arn})),
			['policy attached-elsewhere'],
			/attached to user admin/,
		],
		[
			'an inline policy',
			() => inIam().send(new iam.PutUserPolicyCommand({UserName, PolicyName: 'more', PolicyDocument: document('*')})),
			['user inline-policy'],
			/inline policy, more/,
		],
		[
			'a group',
			async () => {
				await inIam().send(new iam.CreateGroupCommand({GroupName: 'many'}));
				await inIam().send(new iam.AddUserToGroupCommand({GroupName: 'many', UserName}));
			},
			['user in-group'],
			/in the group many/,
		],
		[
			'a permissions boundary',
			() =>
				inIam().send(
					new iam.PutUserPermissionsBoundaryCommand({
						UserName,
						PermissionsBoundary: 'arn:aws:iam::aws:policy/ReadOnlyAccess',
					}),
				),
			['user permissions-boundary'],
			/boundary, arn:aws:iam::aws:policy\/ReadOnlyAccess/,
		],
		[
			'a console password',
			() => inIam().send(new iam.CreateLoginProfileCommand({UserName, Password: 'correct-Horse-7-battery'})),
			['user console-password'],
			/password for the console since/,
		],
		[
			'the tags of the user gone',
			() => inIam().send(new iam.UntagUserCommand({UserName, TagKeys: ['nps-kms:setup', 'nps-kms:id']})),
			['user tags-gone'],
			/nps-kms:setup, nps-kms:id/,
		],
		[
			'the tags of the policy gone',
			() => inIam().send(new iam.UntagPolicyCommand({PolicyArn: policy().arn, TagKeys: ['nps-kms:id']})),
			['policy tags-gone'],
			/gone: nps-kms:id/,
		],
		[
			'the tags of the key gone',
			() => inKms().send(new kms.UntagResourceCommand({KeyId: key().id, TagKeys: ['nps-kms:setup', 'nps-kms:id']})),
			['managed-key tags-gone'],
			/nps-kms:setup/,
		],
		[
			'the access key set Inactive',
			() => inIam().send(new iam.UpdateAccessKeyCommand({UserName, AccessKeyId: accessKeyId(), Status: 'Inactive'})),
			['access-key access-key-inactive'],
			/is Inactive: .*--status Active/,
		],
		[
			'the access key deleted',
			() => inIam().send(new iam.DeleteAccessKeyCommand({UserName, AccessKeyId: accessKeyId()})),
			['access-key access-key-gone'],
			/is deleted/,
		],
		[
			'an access key added',
			() => inIam().send(new iam.CreateAccessKeyCommand({UserName})),
			['access-key access-key-added'],
			/did not deliver it/,
		],
		[
			'the access key 91 days old',
			() => user().accessKeys.splice(0, 1, {...user().accessKeys[0]!, created: Date.now() - 91 * 86_400_000}),
			['access-key access-key-old'],
			/is 91 days old; it was to be replaced by \d{4}/,
		],
		[
			'the key disabled',
			() => inKms().send(new kms.DisableKeyCommand({KeyId: key().id})),
			['managed-key key-disabled'],
			/Disabled.*aws kms enable-key/,
		],
		[
			'the deletion of the key scheduled',
			() => inKms().send(new kms.ScheduleKeyDeletionCommand({KeyId: key().id, PendingWindowInDays: 7})),
			['managed-key key-pending-deletion'],
			new RegExp(
				`deletes it on ${new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 10)}.*cancel-key-deletion`,
			),
		],
		[
			'a statement added to the key policy',
			() =>
				editKeyPolicy(it => [
					...it,
					{Sid: 'more', Effect: 'Allow', Principal: {AWS: admin}, Action: 'kms:Decrypt', Resource: '*'},
				]),
			['managed-key key-policy-added'],
			/“more” is added: Allow {2}kms:Decrypt/,
		],
		[
			'a statement taken from the key policy',
			() => editKeyPolicy(it => it.filter(one => one.Sid !== 'Allow use of the key')),
			['managed-key key-policy-lacks'],
			/“Allow use of the key” is gone/,
		],
		[
			'a statement of the key policy changed',
			() =>
				editKeyPolicy(it =>
					it.map(one =>
						one.Sid === 'Allow use of the key'
							? {...one, Principal: {AWS: [user().arn, admin]}, Action: ['kms:Decrypt', 'kms:Put*']}
							: one,
					),
				),
			['managed-key key-policy-changed'],
			/is for \S+admin as well, allows kms:Put\* as well, no longer allows kms:Encrypt/,
		],
		[
			'the root statement gone, and the operator still let in',
			() =>
				editKeyPolicy(it => [
					{Sid: 'mine', Effect: 'Allow', Principal: {AWS: admin}, Action: 'kms:*', Resource: '*'},
					...it.filter(one => one.Sid !== 'Enable IAM User Permissions'),
				]),
			['managed-key root-statement-gone', 'managed-key key-policy-added'],
			/isn't in charge of the key/,
		],
		[
			'the rotation turned off',
			() => inKms().send(new kms.DisableKeyRotationCommand({KeyId: key().id})),
			['managed-key rotation-off'],
			/no longer rotates/,
		],
		[
			'the alias gone',
			() => inKms().send(new kms.DeleteAliasCommand({AliasName: 'alias/nps-kms-key'})),
			['managed-key alias-gone'],
			/isn't there/,
		],
		[
			'the alias moved',
			async () => {
				const {KeyMetadata} = await inKms().send(new kms.CreateKeyCommand({}));
				await inKms().send(
					new kms.UpdateAliasCommand({AliasName: 'alias/nps-kms-key', TargetKeyId: KeyMetadata!.KeyId}),
				);
			},
			['managed-key alias-moved'],
			/names another key now/,
		],
		[
			'a grant for somebody else',
			() =>
				inKms().send(new kms.CreateGrantCommand({KeyId: key().id, GranteePrincipal: admin, Operations: ['Decrypt']})),
			['managed-key grant-added'],
			/allows \S+admin Decrypt/,
		],
		[
			'a grant for the user',
			() =>
				inKms().send(
					new kms.CreateGrantCommand({
						KeyId: key().id,
						GranteePrincipal: user().arn,
						Operations: ['Decrypt', 'Encrypt'],
					}),
				),
			['managed-key grant-added'],
			/allows the user Decrypt, Encrypt/,
		],
		[
			'the user deleted',
			makeUserAnew,
			['user user-gone', 'access-key access-key-gone', 'managed-key principal-gone'],
			/names AIDA\w+: whom it named is deleted/,
		],
		[
			'the user deleted and made again',
			async () => {
				await makeUserAnew();
				await inIam().send(new iam.CreateUserCommand({UserName}));
			},
			['user user-replaced', 'access-key access-key-gone', 'managed-key principal-gone'],
			/is another than this setup made/,
		],
	];
	test.each(table)('%s', async (_what, change, expected, words) => {
		await change();
		const looked = await look();
		expect([looked.code, [...new Set(codes(looked))]]).toEqual([3, expected]);
		expect(texts(looked)).toMatch(words);
		for (const it of expected) expect(documented).toContain(`\`${it.split(' ')[1]}\``);
		expect(looked.requests.length).toBeLessThanOrEqual(22);
		expect(looked.requests.filter(it => !/^(iam|kms|sts|cloudtrail):(Lookup|Get|List|Describe)/.test(it))).toEqual([]);
		// Every step without a difference is still done.
		const changed = new Set(expected.map(it => it.split(' ')[0]));
		expect(statuses(looked)).toEqual(Object.fromEntries(steps.map(it => [it, changed.has(it) ? 'changed' : 'done'])));
	});
	test('the access key 90 days old by the clock of AWS, to the day', async () => {
		here().sandbox.advance(89 * 86_400_000);
		expect((await look()).code).toBe(0);
		here().sandbox.advance(86_400_000 + 60_000);
		const looked = await look();
		expect([looked.code, codes(looked)]).toEqual([3, ['access-key access-key-old']]);
		expect(texts(looked)).toContain('is 90 days old');
		here().sandbox.advance(-90 * 86_400_000 - 60_000);
	});
	test('nothing where only order and spelling are others', async () => {
		await editKeyPolicy(it => it.toReversed().map(one => ({...one, Action: [one.Action].flat().toReversed()})));
		await version(
			JSON.stringify({
				Version: '2012-10-17',
				Statement: {Effect: 'Allow', Action: ['kms:decrypt'], Resource: [key().arn]},
			}),
		);
		expect(await look()).toMatchObject({code: 0});
	});
	test('the secret file that lies there after NPS was rotated, and not before', async () => {
		expect((await look()).code).toBe(0);
		expect((await here().run(setup, {npsRotated: true})).code).toBe(0);
		const looked = await look();
		expect([looked.code, codes(looked)]).toEqual([3, ['access-key secret-file']]);
		expect(looked.told.steps.at(-1)?.text).toBe(
			'SbPAM.RotateAwsKey has been run, you said; no use by NPS is seen (a use may show up some minutes late)',
		);
		const [place, kept] = [join(here().home, 'secret.csv'), readFileSync(join(here().home, 'secret.csv'))];
		rmSync(place);
		expect((await look()).code).toBe(0);
		writeFileSync(place, kept);
	});
	test('a key of another region or a policy of that name is not looked for: they are gone', async () => {
		delete here().sandbox.account.keys[key().arn];
		const looked = await look();
		expect(looked.code).toBe(3);
		expect(codes(looked)).toContain('managed-key key-gone');
	});
});
