import {randomBytes} from 'node:crypto';
import {setTimeout as sleep} from 'node:timers/promises';
import {CloudTrailClient} from '@aws-sdk/client-cloudtrail';
import {
	AttachUserPolicyCommand,
	CreateAccessKeyCommand,
	CreatePolicyCommand,
	CreateUserCommand,
	DeleteAccessKeyCommand,
	DeletePolicyCommand,
	DeletePolicyVersionCommand,
	DeleteUserCommand,
	DetachUserPolicyCommand,
	IAMClient,
	ListPolicyVersionsCommand,
} from '@aws-sdk/client-iam';
import {CreateKeyCommand, KMSClient, ScheduleKeyDeletionCommand} from '@aws-sdk/client-kms';
import {STSClient} from '@aws-sdk/client-sts';
import {keyPolicy as consolesKeyPolicy, narrowDocument, wideDocument} from '../../src/aws/policy/policy-documents.js';

/** AWS's clients of one caller. */
export type Clients = {
	readonly cloudtrail: CloudTrailClient;
	readonly iam: IAMClient;
	readonly kms: KMSClient;
	readonly sts: STSClient;
};
/** What the questions are asked with. */
export type Made = {
	readonly operator: Clients;
	readonly user: Clients;
	readonly userArn: string;
	readonly accessKeyId: string;
	readonly policyArn: string;
	readonly narrow: string;
	readonly key: string;
	readonly keyArn: string;
	readonly keyPolicy: string;
	readonly otherKey: string;
	/** Seconds until KMS took the new user as a principal. */
	readonly userSeenAfter: string;
};
/** Where and who. */
export type Where = {readonly account: string; readonly partition: string; readonly region: string};

export const clientsOf = (
	region: string,
	credentials?: {readonly accessKeyId: string; readonly secretAccessKey: string},
): Clients => {
	const config = {region, ...(credentials && {credentials})};
	return {
		cloudtrail: new CloudTrailClient(config),
		iam: new IAMClient(config),
		kms: new KMSClient(config),
		sts: new STSClient(config),
	};
};

/** Makes what the questions need. Each thing is put on the list of what must go as soon as it is there. */
export async function make(
	operator: Clients,
	{account, partition, region}: Where,
	gone: (what: string, remove: () => Promise<unknown>) => void,
): Promise<Made> {
	const {iam, kms} = operator;
	const name = `nps-kms-contract-${randomBytes(4).toString('hex')}`;
	const {Policy} = await iam.send(
		new CreatePolicyCommand({PolicyName: name, PolicyDocument: JSON.stringify(wideDocument(partition, account))}),
	);
	const policyArn = Policy?.Arn ?? '';
	gone(`policy ${policyArn}`, () => removePolicy(iam, policyArn));
	const {User} = await iam.send(new CreateUserCommand({UserName: name}));
	const userArn = User?.Arn ?? '';
	gone(`user ${name}`, () => iam.send(new DeleteUserCommand({UserName: name})));
	const keyPolicy = JSON.stringify(consolesKeyPolicy(partition, account, [], userArn));
	const start = performance.now();
	const made = await patiently(() => kms.send(new CreateKeyCommand({Description: name, Policy: keyPolicy})));
	const userSeenAfter = ((performance.now() - start) / 1000).toFixed(1);
	const [key = '', keyArn = ''] = [made.KeyMetadata?.KeyId, made.KeyMetadata?.Arn];
	gone(`KMS key ${key} (pending deletion for 7 days)`, () =>
		kms.send(new ScheduleKeyDeletionCommand({KeyId: key, PendingWindowInDays: 7})),
	);
	const other = (await kms.send(new CreateKeyCommand({Description: name}))).KeyMetadata;
	gone(`KMS key ${other?.KeyId} (pending deletion for 7 days)`, () =>
		kms.send(new ScheduleKeyDeletionCommand({KeyId: other?.KeyId, PendingWindowInDays: 7})),
	);
	await iam.send(new AttachUserPolicyCommand({UserName: name, PolicyArn: policyArn}));
	gone('its attachment', () => iam.send(new DetachUserPolicyCommand({UserName: name, PolicyArn: policyArn})));
	const {AccessKey} = await iam.send(new CreateAccessKeyCommand({UserName: name}));
	const accessKeyId = AccessKey?.AccessKeyId ?? '';
	gone(`access key ${accessKeyId}`, () =>
		iam.send(new DeleteAccessKeyCommand({UserName: name, AccessKeyId: accessKeyId})),
	);
	const user = clientsOf(region, {accessKeyId, secretAccessKey: AccessKey?.SecretAccessKey ?? ''});
	const narrow = JSON.stringify(narrowDocument(keyArn));
	return {
		operator,
		user,
		userArn,
		accessKeyId,
		policyArn,
		narrow,
		key,
		keyArn,
		keyPolicy,
		otherKey: other?.Arn ?? '',
		userSeenAfter,
	};
}

async function removePolicy(iam: IAMClient, PolicyArn: string): Promise<void> {
	const {Versions = []} = await iam.send(new ListPolicyVersionsCommand({PolicyArn}));
	for (const it of Versions)
		if (!it.IsDefaultVersion) await iam.send(new DeletePolicyVersionCommand({PolicyArn, VersionId: it.VersionId}));
	await iam.send(new DeletePolicyCommand({PolicyArn}));
}

async function patiently<T>(call: () => Promise<T>): Promise<T> {
	for (let left = 120; ; left--) {
		try {
			return await call();
		} catch (error) {
			if (left === 0 || (error as Error).name !== 'MalformedPolicyDocumentException') throw error;
			await sleep(1000);
		}
	}
}
