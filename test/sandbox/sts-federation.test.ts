import {ListUsersCommand, PutUserPolicyCommand} from '@aws-sdk/client-iam';
import {
	CreateKeyCommand,
	DecryptCommand,
	DescribeKeyCommand,
	EncryptCommand,
	PutKeyPolicyCommand,
} from '@aws-sdk/client-kms';
import {
	AssumeRoleCommand,
	type Credentials,
	GetCallerIdentityCommand,
	GetFederationTokenCommand,
	GetSessionTokenCommand,
} from '@aws-sdk/client-sts';
import {describe, expect, test} from 'vitest';
import {newAccount} from '../../src/sandbox/account/operator.js';
import type {Sandbox} from '../../src/sandbox/index.js';
import {clientsOf, sandboxFor} from './clients.js';
import {allowing, Desk, id, trusting} from './iam-account.js';

const federated = (name: string): string => `arn:aws:sts::${id}:federated-user/${name}`;
const by = (sandbox: Sandbox, {AccessKeyId, SecretAccessKey, SessionToken}: Credentials = {} as Credentials) =>
	clientsOf(sandbox, {accessKeyId: AccessKeyId!, secretAccessKey: SecretAccessKey!, sessionToken: SessionToken!});
const policy = (...statements: readonly object[]): string =>
	JSON.stringify({Version: '2012-10-17', Statement: statements.map(it => ({Effect: 'Allow', Resource: '*', ...it}))});
/** A key of this policy, and a session of the administrator with these session policies, on it. */
async function told(Policy: string | undefined, ...onKey: readonly object[]) {
	const sandbox = await sandboxFor();
	const {kms, sts} = clientsOf(sandbox);
	const root = {Principal: {AWS: `arn:aws:iam::${id}:root`}, Action: 'kms:*'};
	const {KeyMetadata: key} = await kms.send(new CreateKeyCommand({Policy: policy(root, ...onKey)}));
	const {Credentials: session} = await sts.send(
		new GetFederationTokenCommand({Name: 'bob', ...(Policy !== undefined && {Policy})}),
	);
	const clients = by(sandbox, session);
	return {...clients, sandbox, key: {KeyId: key!.Arn!}};
}
const outcome = (call: Promise<unknown>): Promise<string> =>
	call.then(
		() => 'allowed',
		({name, message}: Error) => `${name}: ${message.replace(/^.* because /, 'because ')}`,
	);

// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session
describe('a session of a federated user', () => {
	test('is told as AWS names it', async () => {
		const {sts} = await told(policy({Action: '*'}));
		expect(await sts.send(new GetCallerIdentityCommand({}))).toMatchObject({
			UserId: `${id}:bob`,
			Account: id,
			Arn: federated('bob'),
		});
	});
	test('may do what its user may and its session policies allow', async () => {
		const {kms, key} = await told(policy({Action: 'kms:DescribeKey'}));
		expect(await outcome(kms.send(new DescribeKeyCommand(key)))).toBe('allowed');
		expect(await outcome(kms.send(new EncryptCommand({...key, Plaintext: Buffer.from('x')})))).toBe(
			'AccessDeniedException: because no session policy allows the kms:Encrypt action',
		);
	});
	test('may do nothing without session policies, but what a key policy lets the session itself do', async () => {
		const bob = {Principal: {AWS: federated('bob')}, Action: 'kms:Encrypt'};
		const admin = {Principal: {AWS: `arn:aws:iam::${id}:user/admin`}, Action: 'kms:Decrypt'};
		const {kms, sandbox, key} = await told(undefined, admin);
		expect(await outcome(kms.send(new DescribeKeyCommand(key)))).toContain('no session policy allows');
		// The user's own name in the key policy is its user's, so the session policies limit it, too.
		const sealed = await clientsOf(sandbox).kms.send(new EncryptCommand({...key, Plaintext: Buffer.from('x')}));
		const decrypt = new DecryptCommand({CiphertextBlob: sealed.CiphertextBlob});
		expect(await outcome(kms.send(decrypt))).toContain('no session policy allows the kms:Decrypt action');
		sandbox.account.keys[key.KeyId]!.policy = policy(bob);
		expect(await outcome(kms.send(new EncryptCommand({...key, Plaintext: Buffer.from('x')})))).toBe('allowed');
	});
	test('is denied what its session policies deny, whoever names it', async () => {
		const deny = policy({Action: '*'}, {Effect: 'Deny', Action: 'kms:Encrypt'});
		const {kms, sandbox, key} = await told(deny);
		sandbox.account.keys[key.KeyId]!.policy = policy({Principal: '*', Action: 'kms:*'});
		const {message} = (await kms
			.send(new EncryptCommand({...key, Plaintext: Buffer.from('x')}))
			.catch((it: Error) => it)) as Error;
		expect(message).toContain('with an explicit deny in a session policy');
	});
	// “You cannot call any IAM operations … You cannot call any STS operations except GetCallerIdentity.”
	// https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html
	test('may call nothing of IAM, and of STS only GetCallerIdentity', async () => {
		const {iam, sts} = await told(policy({Action: '*'}));
		expect(await outcome(iam.send(new ListUsersCommand({})))).toContain('InvalidClientTokenId');
		expect(await outcome(sts.send(new GetSessionTokenCommand({})))).toContain('AccessDenied');
		expect(await outcome(sts.send(new GetFederationTokenCommand({Name: 'carl'})))).toContain('AccessDenied');
		const RoleArn = `arn:aws:iam::${id}:role/any`;
		expect(await outcome(sts.send(new AssumeRoleCommand({RoleArn, RoleSessionName: 'me'})))).toContain('AccessDenied');
	});
	test('is nobody any more once its user is deleted', async () => {
		const {sts, sandbox} = await told(policy({Action: '*'}));
		delete sandbox.account.users['admin'];
		expect(await outcome(sts.send(new GetCallerIdentityCommand({})))).toContain('InvalidClientTokenId');
	});
});

test('a session of GetSessionToken without MFA may not call IAM, with MFA it may', async () => {
	const sandbox = await sandboxFor();
	const {sts} = clientsOf(sandbox);
	const serial = `arn:aws:iam::${id}:mfa/phone`;
	sandbox.account.users['admin']!.mfaDevices.push(serial);
	const list = async (input: object): Promise<string> => {
		const {Credentials: session} = await sts.send(new GetSessionTokenCommand(input));
		return outcome(by(sandbox, session).iam.send(new ListUsersCommand({})));
	};
	expect(await list({})).toContain('InvalidClientTokenId');
	expect(await list({SerialNumber: serial, TokenCode: '123456'})).toBe('allowed');
});
test('a role taken with a session policy may do no more than that', async () => {
	const sandbox = await sandboxFor();
	const desk = new Desk(sandbox.account);
	desk.ask('CreateRole', {RoleName: 'r', AssumeRolePolicyDocument: trusting(`arn:aws:iam::${id}:user/admin`)});
	desk.ask('PutRolePolicy', {RoleName: 'r', PolicyName: 'all', PolicyDocument: allowing('*')});
	const {Credentials: session} = await clientsOf(sandbox).sts.send(
		new AssumeRoleCommand({
			RoleArn: `arn:aws:iam::${id}:role/r`,
			RoleSessionName: 'me',
			Policy: allowing('iam:ListUsers'),
		}),
	);
	const {iam, kms} = by(sandbox, session);
	expect(await outcome(iam.send(new ListUsersCommand({})))).toBe('allowed');
	expect(await outcome(kms.send(new CreateKeyCommand({})))).toContain('no session policy allows');
});
test('a federation token asks for what IAM lets its maker have', () => {
	const desk = new Desk();
	desk.ask('CreateUser', {UserName: 'nps'});
	desk.as('nps');
	expect(desk.about('GetFederationToken', {Name: 'bob'})).toEqual([federated('bob')]);
	expect(desk.ask('GetFederationToken', {Name: 'bob', DurationSeconds: '900'}).Credentials).toMatchObject({
		Expiration: new Date(desk.now + 900_000),
	});
	for (const [input, words] of [
		[{}, "Value null at 'name'"],
		[{Name: 'b'}, 'length greater than or equal to 2'],
		[{Name: 'x'.repeat(33)}, 'length less than or equal to 32'],
		[{Name: 'bob', DurationSeconds: '129601'}, 'value less than or equal to 129600'],
		[{Name: 'bob', Policy: '{'}, 'MalformedPolicyDocument'],
		[{Name: 'bob', PolicyArns: [{arn: `arn:aws:iam::${id}:policy/none`}]}, 'NoSuchEntity'],
	] as const)
		expect(desk.refusal('GetFederationToken', input)).toContain(words);
});

// https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSCompromisedKeyQuarantineV3.html
test('AWS’s quarantine of a leaked access key denies what its document says, also to an administrator', async () => {
	const sandbox = await sandboxFor();
	const {iam, kms, sts} = clientsOf(sandbox);
	const {KeyMetadata: key} = await kms.send(new CreateKeyCommand({}));
	const KeyId = key!.KeyId!;
	sandbox.account.users['admin']!.attached.push({
		arn: 'arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3',
		since: 0,
	});
	expect(await outcome(iam.send(new ListUsersCommand({})))).toContain('explicit deny in an identity-based policy');
	expect(await outcome(kms.send(new EncryptCommand({KeyId, Plaintext: Buffer.from('x')})))).toBe('allowed');
	expect(await outcome(kms.send(new PutKeyPolicyCommand({KeyId, Policy: '{}'})))).toContain('explicit deny');
	const put = new PutUserPolicyCommand({UserName: 'admin', PolicyName: 'p', PolicyDocument: allowing('*')});
	expect(await outcome(iam.send(put))).toContain('explicit deny');
	expect(await outcome(sts.send(new GetFederationTokenCommand({Name: 'bob'})))).toContain('explicit deny');
});
test.each(['V2', 'V3'])('the quarantine policy %s is there in every partition', version => {
	for (const partition of ['aws', 'aws-us-gov', 'aws-cn'])
		expect(newAccount(id, partition).policies).toHaveProperty([
			`arn:${partition}:iam::aws:policy/AWSCompromisedKeyQuarantine${version}`,
		]);
});
