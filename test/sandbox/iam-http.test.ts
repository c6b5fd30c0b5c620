import * as iam from '@aws-sdk/client-iam';
import {AssumeRoleCommand, GetCallerIdentityCommand, GetSessionTokenCommand, STSClient} from '@aws-sdk/client-sts';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {mfaCode} from '../../src/sandbox/iam/mfa.js';
import {type Sandbox, startSandbox} from '../../src/sandbox/index.js';
import {allowing, arn, awsPolicy, id, policyArn, trusting} from './iam-account.js';

let sandbox: Sandbox;
let client: iam.IAMClient;
type Credentials = {readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string};
const settings = (credentials: Credentials) => ({
	endpoint: sandbox.url,
	region: 'eu-west-1',
	maxAttempts: 1,
	credentials,
});
type Given = {readonly [K in 'AccessKeyId' | 'SecretAccessKey' | 'SessionToken']?: string | undefined};
const given = ({AccessKeyId = '', SecretAccessKey = '', SessionToken}: Given = {}): Credentials => ({
	accessKeyId: AccessKeyId,
	secretAccessKey: SecretAccessKey,
	...(SessionToken !== undefined && {sessionToken: SessionToken}),
});
beforeAll(async () => {
	sandbox = await startSandbox({pageSize: 2});
	client = new iam.IAMClient(settings(sandbox.operator));
});
afterAll(() => sandbox.close());

describe("the SDK's IAM client", () => {
	const document = allowing('kms:Decrypt', `arn:aws:kms:*:${id}:key/*`);
	const UserName = 'nps';
	const PolicyArn = policyArn('nps');
	it('sets up, looks at and takes back what the product makes', async () => {
		const {Policy: policy} = await client.send(
			new iam.CreatePolicyCommand({PolicyName: 'nps', PolicyDocument: document, Tags: [{Key: 'team', Value: 'é ü'}]}),
		);
		expect(policy).toMatchObject({
			Arn: PolicyArn,
			DefaultVersionId: 'v1',
			IsAttachable: true,
			AttachmentCount: 0,
			CreateDate: expect.any(Date),
		});
		const {User: user} = await client.send(new iam.CreateUserCommand({UserName, Tags: []}));
		expect(user).toMatchObject({UserName, Path: '/', Arn: arn('user/nps'), CreateDate: expect.any(Date)});
		await client.send(new iam.AttachUserPolicyCommand({UserName, PolicyArn}));
		await client.send(new iam.AttachUserPolicyCommand({UserName, PolicyArn: awsPolicy('IAMUserChangePassword')}));
		await client.send(
			new iam.CreateLoginProfileCommand({UserName, Password: 'Correct-horse-1', PasswordResetRequired: true}),
		);
		const {AccessKey: key} = await client.send(new iam.CreateAccessKeyCommand({UserName}));
		await client.send(new iam.TagUserCommand({UserName, Tags: [{Key: key?.AccessKeyId, Value: 'For NPS'}]}));
		await client.send(
			new iam.CreatePolicyVersionCommand({PolicyArn, PolicyDocument: allowing('kms:*'), SetAsDefault: true}),
		);

		const {PolicyVersion: version} = await client.send(new iam.GetPolicyVersionCommand({PolicyArn, VersionId: 'v1'}));
		expect(decodeURIComponent(version?.Document ?? '')).toBe(document);
		expect((await client.send(new iam.ListPolicyVersionsCommand({PolicyArn}))).Versions).toMatchObject([
			{VersionId: 'v2', IsDefaultVersion: true},
			{VersionId: 'v1', IsDefaultVersion: false},
		]);
		expect((await client.send(new iam.ListUserTagsCommand({UserName}))).Tags).toEqual([
			{Key: key?.AccessKeyId, Value: 'For NPS'},
		]);
		expect((await client.send(new iam.GetLoginProfileCommand({UserName}))).LoginProfile).toMatchObject({
			PasswordResetRequired: true,
		});
		expect((await client.send(new iam.ListEntitiesForPolicyCommand({PolicyArn}))).PolicyUsers).toEqual([
			{UserName, UserId: user?.UserId},
		]);
		expect((await client.send(new iam.GetAccountSummaryCommand({}))).SummaryMap).toMatchObject({Users: 2, Policies: 1});
		const called = new STSClient(settings(given(key)));
		expect(await called.send(new GetCallerIdentityCommand({}))).toMatchObject({
			Account: id,
			Arn: arn('user/nps'),
			UserId: user?.UserId,
		});
		const used = await client.send(new iam.GetAccessKeyLastUsedCommand({AccessKeyId: key?.AccessKeyId}));
		expect(used).toMatchObject({
			UserName,
			AccessKeyLastUsed: {ServiceName: 'sts', Region: 'eu-west-1', LastUsedDate: expect.any(Date)},
		});

		await expect(client.send(new iam.DeleteUserCommand({UserName}))).rejects.toMatchObject({
			name: 'DeleteConflictException',
			message: 'Cannot delete entity, must detach all policies first.',
			$metadata: {httpStatusCode: 409},
		});
		await client.send(new iam.DeleteAccessKeyCommand({UserName, AccessKeyId: key?.AccessKeyId}));
		await expect(called.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({name: 'InvalidClientTokenId'});
		await client.send(new iam.DeleteLoginProfileCommand({UserName}));
		await client.send(new iam.DetachUserPolicyCommand({UserName, PolicyArn}));
		await client.send(new iam.DetachUserPolicyCommand({UserName, PolicyArn: awsPolicy('IAMUserChangePassword')}));
		await client.send(new iam.DeleteUserCommand({UserName}));
		await client.send(new iam.DeletePolicyVersionCommand({PolicyArn, VersionId: 'v1'}));
		await client.send(new iam.DeletePolicyCommand({PolicyArn}));
		expect(Object.keys(sandbox.account.users)).toEqual(['admin']);
		expect(Object.keys(sandbox.account.policies).filter(it => !it.includes(':iam::aws:'))).toEqual([]);
	});
	it('pages through every list with its own paginators', async () => {
		for (const name of ['a', 'b', 'c', 'd', 'e']) await client.send(new iam.CreateUserCommand({UserName: name}));
		const found: (string | undefined)[] = [];
		for await (const {Users: users = []} of iam.paginateListUsers({client}, {}))
			found.push(...users.map(user => user.UserName));
		expect(found).toEqual(['a', 'admin', 'b', 'c', 'd', 'e']);
	});
	it.each([
		[new iam.CreateUserCommand({UserName: 'ADMIN'}), 'EntityAlreadyExistsException', 409],
		[new iam.GetUserCommand({UserName: 'nobody'}), 'NoSuchEntityException', 404],
		[new iam.CreatePolicyCommand({PolicyName: 'p', PolicyDocument: '{'}), 'MalformedPolicyDocumentException', 400],
		[new iam.TagUserCommand({UserName: 'admin', Tags: [{Key: 'aws:x', Value: ''}]}), 'InvalidInputException', 400],
		[new iam.CreateUserCommand({UserName: 'a b'}), 'ValidationError', 400],
		[new iam.GetAccountPasswordPolicyCommand({}), 'NoSuchEntityException', 404],
	] as const)('knows each refusal by its name: %#', async (command, name, status) => {
		await expect(client.send(command as iam.GetUserCommand)).rejects.toMatchObject({
			name,
			$metadata: {httpStatusCode: status},
		});
	});
	it('is denied what its policies do not allow, tags on a new user too', async () => {
		await client.send(
			new iam.PutUserPolicyCommand({
				UserName: 'admin',
				PolicyName: 'no-tags',
				PolicyDocument: allowing('iam:TagUser').replace('Allow', 'Deny'),
			}),
		);
		await client.send(new iam.CreateUserCommand({UserName: 'plain'}));
		await expect(
			client.send(new iam.CreateUserCommand({UserName: 'tagged', Tags: [{Key: 'k', Value: 'v'}]})),
		).rejects.toMatchObject({
			name: 'AccessDenied',
			message: expect.stringContaining(`iam:TagUser on resource: ${arn('user/tagged')}`),
		});
		await client.send(new iam.DeleteUserPolicyCommand({UserName: 'admin', PolicyName: 'no-tags'}));
	});
});

describe("the SDK's STS client", () => {
	it('assumes a role that asks for MFA, and acts as it until the session ends', async () => {
		const SerialNumber = arn('mfa/admin');
		await client.send(
			new iam.EnableMFADeviceCommand({
				UserName: 'admin',
				SerialNumber,
				AuthenticationCode1: '111111',
				AuthenticationCode2: '222222',
			}),
		);
		const trust = trusting(arn('user/admin'), {Bool: {'aws:MultiFactorAuthPresent': 'true'}});
		const {Role: role} = await client.send(
			new iam.CreateRoleCommand({RoleName: 'Reader', AssumeRolePolicyDocument: trust}),
		);
		await client.send(new iam.AttachRolePolicyCommand({RoleName: 'Reader', PolicyArn: awsPolicy('ReadOnlyAccess')}));
		const sts = new STSClient(settings(sandbox.operator));
		const asked = {RoleArn: role?.Arn, RoleSessionName: 'me', DurationSeconds: 900};
		await expect(sts.send(new AssumeRoleCommand({...asked, SerialNumber, TokenCode: '000000'}))).rejects.toMatchObject({
			name: 'AccessDenied',
			message: expect.stringContaining('invalid MFA one time pass code'),
		});
		const {Credentials: session} = await sts.send(new AssumeRoleCommand({...asked, SerialNumber, TokenCode: mfaCode}));
		const reader = new iam.IAMClient(settings(given(session)));
		expect((await reader.send(new iam.GetRoleCommand({RoleName: 'Reader'}))).Role?.RoleId).toBe(role?.RoleId);
		await expect(reader.send(new iam.CreateUserCommand({UserName: 'more'}))).rejects.toMatchObject({
			name: 'AccessDenied',
		});
		sandbox.advance(900_000);
		await expect(reader.send(new iam.GetRoleCommand({RoleName: 'Reader'}))).rejects.toMatchObject({
			name: 'ExpiredToken',
		});
	});
	it('gets a session that IAM takes with MFA only', async () => {
		const sts = new STSClient(settings(sandbox.operator));
		const plain = await sts.send(new GetSessionTokenCommand({}));
		const proved = await sts.send(new GetSessionTokenCommand({SerialNumber: arn('mfa/admin'), TokenCode: mfaCode}));
		const users = (session: typeof plain) =>
			new iam.IAMClient(settings(given(session.Credentials))).send(new iam.GetUserCommand({}));
		await expect(users(plain)).rejects.toMatchObject({name: 'InvalidClientTokenId'});
		expect((await users(proved)).User?.UserName).toBe('admin');
	});
});
