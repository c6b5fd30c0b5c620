import type {Account, Key, Tag} from '../account/account.js';
import {daysWithoutUse} from '../account/kms-key-uses.js';
import type {Asked, Data, Datum} from '../operation.js';
import type {Who} from './evaluate.js';
import {contextFor} from './grants.js';
import type {Context} from './matching.js';

/** The values of condition keys by name; undefined where a key is known to be absent. */
export type Entries = Readonly<Record<string, Datum>>;

/**
 * Reads condition keys whatever their case. What is neither told nor known to be absent is unknown in a request; `all`
 * says that nothing but the entries is there.
 */
export function contextOf(entries: Entries, all = false): Context {
	const values = new Map(Object.entries(entries).map(([name, value]) => [name.toLowerCase(), value]));
	return {
		read(key) {
			const name = key.toLowerCase();
			if (!values.has(name))
				return all || absent.has(name) || families.some(family => name.startsWith(family)) ? 'absent' : 'unknown';
			const value = values.get(name);
			if (value === undefined) return 'absent';
			const texts = (Array.isArray(value) ? (value as readonly Datum[]) : [value]).map(one =>
				one instanceof Date ? one.toISOString() : String(one),
			);
			return texts.length === 0 ? 'absent' : texts;
		},
	};
}

/**
 * What the keys of one request say.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
export function entriesOf(asked: Asked, who: Who, action: string, resource: string): Entries {
	const {account, caller, region, now, input} = asked;
	const key = account.keys[resource];
	const temporary = caller.accessKeyId.startsWith('ASIA');
	// For AssumeRole, the code in the request is the MFA that a trust policy asks for.
	const assumes = action === 'sts:AssumeRole' && input['TokenCode'] !== undefined;
	return {
		...principalEntries(account, who, caller.userId),
		...tagEntries('aws:ResourceTag', tagsOf(account, resource)),
		...(resource.startsWith('arn:') && {'aws:ResourceAccount': account.id}),
		...requestTags(input),
		'aws:MultiFactorAuthPresent': temporary || assumes ? String(caller.mfa || assumes) : undefined,
		'aws:RequestedRegion': region,
		...placeEntries(asked),
		...timeEntries(now),
		...(action.startsWith('sts:') && {
			'sts:ExternalId': input['ExternalId'],
			'sts:RoleSessionName': input['RoleSessionName'],
		}),
		...(action.startsWith('iam:') && iamEntries(asked, resource)),
		...(action.startsWith('kms:') && kmsEntries(asked, action, key)),
	};
}
/** What they say of who asks. */
export function principalEntries(account: Account, {arn, of, root}: Who, userId: string): Entries {
	const user = Object.values(account.users).find(one => one.arn === of);
	const role = Object.values(account.roles).find(one => one.arn === of);
	const federated = arn.includes(':federated-user/');
	return {
		'aws:PrincipalArn': federated ? arn : of,
		'aws:PrincipalAccount': account.id,
		'aws:PrincipalType': federated ? 'FederatedUser' : root ? 'Account' : role ? 'AssumedRole' : 'User',
		'aws:userid': userId,
		'aws:username': federated ? undefined : user?.name,
		...tagEntries('aws:PrincipalTag', (user ?? role)?.tags ?? []),
	};
}
/** What they say of where it comes from: through a VPC endpoint, an address counts under another name. */
function placeEntries({origin: {address, vpce, agent}}: Asked): Entries {
	const place = vpce === undefined ? {'aws:SourceIp': address} : {'aws:VpcSourceIp': address, 'aws:SourceVpce': vpce};
	return {'aws:SourceIp': undefined, ...place, 'aws:UserAgent': agent};
}
/** What they say of the time, and of the way here: AWS is reached over TLS only. */
export const timeEntries = (now: number): Entries => ({
	'aws:CurrentTime': new Date(now).toISOString(),
	'aws:EpochTime': Math.floor(now / 1000),
	'aws:SecureTransport': 'true',
	'aws:ViaAWSService': 'false',
	'aws:PrincipalIsAWSService': 'false',
});

function iamEntries({account, input}: Asked, resource: string): Entries {
	const user = Object.values(account.users).find(({arn}) => arn === resource);
	return {
		'iam:PolicyARN': input['PolicyArn'],
		'iam:PermissionsBoundary': input['PermissionsBoundary'] ?? user?.boundary,
		...tagEntries('iam:ResourceTag', tagsOf(account, resource)),
	};
}

/** https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html */
function kmsEntries(asked: Asked, action: string, key: Key | undefined): Entries {
	const {account, region, input} = asked;
	const context = contextFor(action, input);
	const named = [input['KeyId'], input['SourceKeyId'], input['DestinationKeyId']].find(
		id => typeof id === 'string' && /(^|:)alias\//.test(id),
	);
	const aliases = Object.values(account.aliases).filter(alias => alias.region === region && alias.key === key?.arn);
	const spec = key?.spec ?? input['KeySpec'] ?? input['CustomerMasterKeySpec'] ?? 'SYMMETRIC_DEFAULT';
	const usage = key?.usage ?? input['KeyUsage'] ?? 'ENCRYPT_DECRYPT';
	const about = key !== undefined || action === 'kms:CreateKey';
	return {
		'kms:CallerAccount': account.id,
		...(about && {
			'kms:KeySpec': spec,
			'kms:CustomerMasterKeySpec': spec,
			'kms:KeyUsage': usage,
			'kms:CustomerMasterKeyUsage': usage,
			'kms:KeyOrigin': key?.origin ?? input['Origin'] ?? 'AWS_KMS',
			'kms:MultiRegion': String(key?.multiRegion ?? input['MultiRegion'] ?? false),
		}),
		'kms:ResourceAliases': aliases.map(({name}) => name),
		'kms:RequestAlias': typeof named === 'string' ? named.replace(/^arn:.*:alias\//, 'alias/') : undefined,
		'kms:EncryptionAlgorithm': /^kms:(Encrypt|Decrypt|ReEncrypt|GenerateDataKey)/.test(action)
			? (input[algorithmIn[action] ?? 'EncryptionAlgorithm'] ?? 'SYMMETRIC_DEFAULT')
			: undefined,
		'kms:EncryptionContextKeys': Object.keys(context),
		...Object.fromEntries(Object.entries(context).map(([name, value]) => [`kms:EncryptionContext:${name}`, value])),
		...grantEntries(action, input),
		'kms:BypassPolicyLockoutSafetyCheck': /CreateKey|PutKeyPolicy/.test(action)
			? String(input['BypassPolicyLockoutSafetyCheck'] ?? false)
			: undefined,
		'kms:TrailingDaysWithoutKeyUsage':
			key && /:(DisableKey|ScheduleKeyDeletion)$/.test(action) ? daysWithoutUse(key, asked) : undefined,
		'kms:ScheduleKeyDeletionPendingWindowInDays':
			action === 'kms:ScheduleKeyDeletion' ? (input['PendingWindowInDays'] ?? 30) : undefined,
		'kms:RotationPeriodInDays': action === 'kms:EnableKeyRotation' ? (input['RotationPeriodInDays'] ?? 365) : undefined,
	};
}
/** The parameters that name the algorithm of either half of a ReEncrypt. */
const algorithmIn: Readonly<Record<string, string>> = {
	'kms:ReEncryptFrom': 'SourceEncryptionAlgorithm',
	'kms:ReEncryptTo': 'DestinationEncryptionAlgorithm',
};
function grantEntries(action: string, input: Data): Entries {
	const constraints = Object.keys((input['Constraints'] ?? {}) as Data);
	return {
		// No AWS service calls here on anybody's behalf.
		'kms:GrantIsForAWSResource': /^kms:(CreateGrant|ListGrants|RevokeGrant)$/.test(action) ? 'false' : undefined,
		'kms:GrantOperations': action === 'kms:CreateGrant' ? input['Operations'] : undefined,
		'kms:GranteePrincipal': input['GranteePrincipal'],
		'kms:RetiringPrincipal': input['RetiringPrincipal'],
		'kms:GrantConstraintType': constraints.length > 0 ? constraints[0] : undefined,
	};
}

const tagEntries = (family: string, tags: readonly Tag[]): Entries =>
	Object.fromEntries(tags.map(({Key, Value}) => [`${family}/${Key}`, Value]));
function tagsOf(account: Account, resource: string): readonly Tag[] {
	const held = [...Object.values(account.users), ...Object.values(account.roles)].find(({arn}) => arn === resource);
	return (held ?? account.policies[resource] ?? account.keys[resource])?.tags ?? [];
}
function requestTags({Tags, TagKeys}: Data): Entries {
	const tags = ((Array.isArray(Tags) ? Tags : []) as readonly (Data | undefined)[]).filter(tag => tag !== undefined);
	const pairs = tags.map(tag => [String(tag['Key'] ?? tag['TagKey']), tag['Value'] ?? tag['TagValue']] as const);
	const keys = [...pairs.map(([name]) => name), ...((Array.isArray(TagKeys) ? TagKeys : []) as readonly string[])];
	return {'aws:TagKeys': keys, ...Object.fromEntries(pairs.map(([name, value]) => [`aws:RequestTag/${name}`, value]))};
}

/** Keys that no request here has; any other that isn't told stays unknown. */
const absent = new Set(
	`aws:CalledVia aws:CalledViaFirst aws:CalledViaLast aws:FederatedProvider aws:MultiFactorAuthPresent
	aws:PrincipalOrgID aws:PrincipalOrgPaths aws:PrincipalServiceName aws:PrincipalServiceNamesList aws:Referer
	aws:ResourceAccount aws:ResourceOrgID aws:ResourceOrgPaths aws:SourceAccount aws:SourceArn aws:SourceIdentity
	aws:SourceOrgID aws:SourceOrgPaths aws:SourceVpc aws:SourceVpce aws:TagKeys aws:username aws:VpcSourceIp
	kms:BypassPolicyLockoutSafetyCheck kms:CustomerMasterKeySpec kms:CustomerMasterKeyUsage kms:DataKeyPairSpec
	kms:EncryptionAlgorithm kms:EncryptionContextKeys kms:ExpirationModel kms:GrantConstraintType
	kms:GranteePrincipal kms:GrantIsForAWSResource kms:GrantOperations kms:KeyAgreementAlgorithm kms:KeyOrigin
	kms:KeySpec kms:KeyUsage kms:MacAlgorithm kms:MessageType kms:MultiRegion kms:MultiRegionKeyType
	kms:PrimaryRegion kms:ReplicaRegion kms:ReEncryptOnSameKey kms:RequestAlias kms:ResourceAliases
	kms:RetiringPrincipal kms:RotationPeriodInDays kms:ScheduleKeyDeletionPendingWindowInDays kms:SigningAlgorithm
	kms:TrailingDaysWithoutKeyUsage
	kms:ValidTo kms:ViaService kms:WrappingAlgorithm kms:WrappingKeySpec iam:AWSServiceName
	iam:AssociatedResourceArn iam:PassedToService iam:PermissionsBoundary iam:PolicyARN`
		.toLowerCase()
		.split(/\s+/),
);
const families = [
	'aws:requesttag/',
	'aws:resourcetag/',
	'aws:principaltag/',
	'kms:encryptioncontext:',
	'kms:recipientattestation:',
	'iam:resourcetag/',
];
