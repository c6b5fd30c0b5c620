import {spawn, spawnSync} from 'node:child_process';
import {tmpdir} from 'node:os';
import {text} from 'node:stream/consumers';
import * as iam from '@aws-sdk/client-iam';
import * as kms from '@aws-sdk/client-kms';
import {expect, test} from 'vitest';
import {clientsOf, sandboxFor} from './clients.js';

const document = (...statements: readonly object[]): string =>
	JSON.stringify({Version: '2012-10-17', Statement: statements});

test("the SDK's client makes a key for a user, and the user uses it and nothing else", async () => {
	const sandbox = await sandboxFor({pageSize: 1});
	const admin = clientsOf(sandbox);
	const {User: user} = await admin.iam.send(new iam.CreateUserCommand({UserName: 'nps'}));
	const {AccessKey: access} = await admin.iam.send(new iam.CreateAccessKeyCommand({UserName: 'nps'}));
	const nps = clientsOf(sandbox, {
		accessKeyId: access?.AccessKeyId ?? '',
		secretAccessKey: access?.SecretAccessKey ?? '',
	});
	const root = user?.Arn?.replace('user/nps', 'root');
	const Policy = document(
		{Effect: 'Allow', Principal: {AWS: root}, Action: 'kms:*', Resource: '*'},
		{Effect: 'Allow', Principal: {AWS: user?.Arn}, Action: ['kms:Encrypt', 'kms:DescribeKey'], Resource: '*'},
	);
	const {KeyMetadata: key} = await admin.kms.send(
		new kms.CreateKeyCommand({Policy, Tags: [{TagKey: 'a', TagValue: 'b'}]}),
	);
	const KeyId = key?.KeyId;
	await admin.kms.send(new kms.CreateAliasCommand({AliasName: 'alias/nps', TargetKeyId: KeyId}));
	await admin.kms.send(new kms.EnableKeyRotationCommand({KeyId, RotationPeriodInDays: 90}));
	expect(key?.CreationDate).toBeInstanceOf(Date);
	expect(await admin.kms.send(new kms.GetKeyRotationStatusCommand({KeyId}))).toMatchObject({
		RotationPeriodInDays: 90,
		NextRotationDate: expect.any(Date),
	});
	expect((await nps.kms.send(new kms.DescribeKeyCommand({KeyId: 'alias/nps'}))).KeyMetadata?.Arn).toBe(key?.Arn);

	const Plaintext = Buffer.from('a secret');
	const EncryptionContext = {purpose: 'nps'};
	const {CiphertextBlob} = await nps.kms.send(new kms.EncryptCommand({KeyId, Plaintext, EncryptionContext}));
	const decrypt = new kms.DecryptCommand({CiphertextBlob, EncryptionContext});
	await expect(nps.kms.send(decrypt)).rejects.toMatchObject({
		name: 'AccessDeniedException',
		message: `User: ${user?.Arn} is not authorized to perform: kms:Decrypt on resource: ${key?.Arn} because no identity-based policy allows the kms:Decrypt action`,
		$metadata: {httpStatusCode: 400, requestId: expect.any(String)},
	});
	const decrypting = document({Effect: 'Allow', Action: 'kms:Decrypt', Resource: key?.Arn});
	await admin.iam.send(
		new iam.PutUserPolicyCommand({UserName: 'nps', PolicyName: 'decrypt', PolicyDocument: decrypting}),
	);
	expect(Buffer.from((await nps.kms.send(decrypt)).Plaintext ?? []).toString()).toBe('a secret');
	await expect(nps.kms.send(new kms.DecryptCommand({CiphertextBlob}))).rejects.toBeInstanceOf(
		kms.InvalidCiphertextException,
	);
	await expect(nps.kms.send(new kms.ScheduleKeyDeletionCommand({KeyId}))).rejects.toMatchObject({
		name: 'AccessDeniedException',
	});

	await admin.kms.send(new kms.CreateKeyCommand({}));
	const listed = await Array.fromAsync(kms.paginateListKeys({client: admin.kms}, {}));
	expect(listed.map(page => page.Keys?.length)).toEqual([1, 1]);
	const simulated = await admin.iam.send(
		new iam.SimulatePrincipalPolicyCommand({
			PolicySourceArn: user?.Arn,
			ActionNames: ['kms:Decrypt'],
			ResourceArns: [key?.Arn ?? ''],
		}),
	);
	expect(simulated.EvaluationResults).toMatchObject([
		{
			EvalActionName: 'kms:Decrypt',
			EvalResourceName: key?.Arn,
			EvalDecision: 'allowed',
			MatchedStatements: [{SourcePolicyId: 'user_nps_decrypt'}],
		},
	]);

	await admin.kms.send(new kms.ScheduleKeyDeletionCommand({KeyId, PendingWindowInDays: 7}));
	await expect(nps.kms.send(decrypt)).rejects.toBeInstanceOf(kms.KMSInvalidStateException);
	sandbox.advance(7 * 86_400_000);
	await expect(admin.kms.send(new kms.DescribeKeyCommand({KeyId}))).rejects.toBeInstanceOf(kms.NotFoundException);
});

test('a key policy that names a deleted user shows its unique id, and is none for its namesake', async () => {
	const {iam: people, kms: keys} = clientsOf(await sandboxFor());
	const {User: user} = await people.send(new iam.CreateUserCommand({UserName: 'nps'}));
	const root = user?.Arn?.replace('user/nps', 'root');
	const Policy = document({Effect: 'Allow', Principal: {AWS: [root, user?.Arn]}, Action: 'kms:*', Resource: '*'});
	const {KeyMetadata: key} = await keys.send(new kms.CreateKeyCommand({Policy}));
	await people.send(new iam.DeleteUserCommand({UserName: 'nps'}));
	const {Policy: shown} = await keys.send(new kms.GetKeyPolicyCommand({KeyId: key?.KeyId}));
	expect(JSON.parse(shown ?? '')).toMatchObject({Statement: [{Principal: {AWS: [root, user?.UserId]}}]});
	await people.send(new iam.CreateUserCommand({UserName: 'nps'}));
	const simulated = await people.send(
		new iam.SimulatePrincipalPolicyCommand({
			PolicySourceArn: user?.Arn,
			ActionNames: ['kms:Decrypt'],
			ResourceArns: [key?.Arn ?? ''],
			ResourcePolicy: shown,
		}),
	);
	expect(simulated.EvaluationResults).toMatchObject([{EvalDecision: 'implicitDeny'}]);
	await expect(keys.send(new kms.PutKeyPolicyCommand({KeyId: key?.KeyId, Policy: shown}))).rejects.toMatchObject({
		name: 'MalformedPolicyDocumentException',
		message: 'Policy contains a statement with one or more invalid principals.',
	});
});

const script = `
import boto3, json
kms = boto3.client('kms')
key = kms.create_key(Description='boto')['KeyMetadata']
kms.create_alias(AliasName='alias/boto', TargetKeyId=key['KeyId'])
sealed = kms.encrypt(KeyId='alias/boto', Plaintext=b'a secret', EncryptionContext={'a': 'b'})['CiphertextBlob']
data = kms.generate_data_key(KeyId=key['KeyId'], KeySpec='AES_256')
grant = kms.create_grant(KeyId=key['Arn'], GranteePrincipal=boto3.client('sts').get_caller_identity()['Arn'], Operations=['Decrypt'])
kms.tag_resource(KeyId=key['KeyId'], Tags=[{'TagKey': 'a', 'TagValue': 'b'}])
answers = {
  'same': kms.decrypt(CiphertextBlob=sealed, EncryptionContext={'a': 'b'})['Plaintext'].decode(),
  'data': kms.decrypt(CiphertextBlob=data['CiphertextBlob'])['Plaintext'] == data['Plaintext'],
  'year': key['CreationDate'].year,
  'policy': json.loads(kms.get_key_policy(KeyId=key['KeyId'], PolicyName='default')['Policy'])['Id'],
  'grants': kms.list_grants(KeyId=key['KeyId'])['Grants'][0]['GrantId'] == grant['GrantId'],
  'tags': kms.list_resource_tags(KeyId=key['KeyId'])['Tags'],
  'aliases': [alias['AliasName'] for page in kms.get_paginator('list_aliases').paginate() for alias in page['Aliases']],
  'state': kms.schedule_key_deletion(KeyId=key['KeyId'], PendingWindowInDays=7)['KeyState'],
}
try:
  kms.enable_key_rotation(KeyId=key['KeyId'])
except kms.exceptions.KMSInvalidStateException as error:
  answers['refused'] = error.response['Error']['Message']
print(json.dumps(answers))
`;
const hasBoto = spawnSync('python3', ['-c', 'import boto3']).status === 0;
test.skipIf(!hasBoto)("boto3's client does the same", async () => {
	const sandbox = await sandboxFor();
	const {accessKeyId, secretAccessKey} = sandbox.operator;
	const env = {
		PATH: process.env['PATH'],
		HOME: '/nonexistent',
		TMPDIR: tmpdir(),
		AWS_ENDPOINT_URL: sandbox.url,
		AWS_ACCESS_KEY_ID: accessKeyId,
		AWS_SECRET_ACCESS_KEY: secretAccessKey,
		AWS_DEFAULT_REGION: 'eu-west-1',
		AWS_EC2_METADATA_DISABLED: 'true',
	};
	const python = spawn('python3', ['-c', script], {env, stdio: ['ignore', 'pipe', 'inherit']});
	expect(JSON.parse(await text(python.stdout))).toEqual({
		same: 'a secret',
		data: true,
		year: new Date(sandbox.now()).getUTCFullYear(),
		policy: 'key-default-1',
		grants: true,
		tags: [{TagKey: 'a', TagValue: 'b'}],
		aliases: ['alias/boto'],
		state: 'PendingDeletion',
		refused: expect.stringMatching(/^arn:aws:kms:eu-west-1:\d{12}:key\/\S+ is pending deletion\.$/),
	});
});
