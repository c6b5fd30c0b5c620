import type {Account, Policy} from './account.js';
import {type AwsPolicy, quarantines} from './aws-quarantine-policies.js';

/**
 * The account with the policies that AWS keeps in every account, as far as this product's tale needs them; those that
 * are there stay.
 */
export function withAwsPolicies(account: Account): Account {
	for (const policy of awsPolicies(account.partition)) account.policies[policy.arn] ??= policy;
	return account;
}

/**
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html; of ReadOnlyAccess what concerns
 * IAM, KMS and STS.
 */
const awsPolicies = (partition: string): readonly Policy[] => [
	policy(
		partition,
		'IAMUserChangePassword',
		'ANPAJ4L4MM2A7QIEB56MS',
		'v5',
		['2016-11-15T00:25:16Z', '2026-02-12T17:58:57Z'],
		[
			{
				Effect: 'Allow',
				Action: ['iam:ChangePassword'],
				Resource: ['user/', 'user/*/'].map(path => `arn:${partition}:iam::*:${path}\${aws:username}`),
			},
			{Effect: 'Allow', Action: ['iam:GetAccountPasswordPolicy'], Resource: '*'},
		],
	),
	policy(
		partition,
		'ReadOnlyAccess',
		'ANPAILL3HVNFSB6DCOWYQ',
		'v182',
		['2015-02-06T18:39:48Z', '2026-04-03T15:27:12Z'],
		[
			{
				Sid: 'ReadOnlyActions',
				Effect: 'Allow',
				Action: [
					'iam:Generate*',
					'iam:Get*',
					'iam:List*',
					'iam:Simulate*',
					'kms:Describe*',
					'kms:Get*',
					'kms:List*',
					'sts:GetAccessKeyInfo',
					'sts:GetCallerIdentity',
					'sts:GetSessionToken',
				],
				Resource: '*',
			},
		],
	),
	policy(
		partition,
		'AdministratorAccess',
		'ANPAIWMBCKSKIEE64ZLYQ',
		'v1',
		['2015-02-06T18:39:46Z', '2015-02-06T18:39:46Z'],
		[{Effect: 'Allow', Action: '*', Resource: '*'}],
	),
	...quarantines.map(it => policy(partition, ...it)),
];

function policy(partition: string, ...[name, id, version, [born, changed], statements]: AwsPolicy): Policy {
	return {
		name,
		path: '/',
		id,
		arn: `arn:${partition}:iam::aws:policy/${name}`,
		created: Date.parse(born),
		updated: Date.parse(changed),
		defaultVersion: version,
		versions: [
			{
				id: version,
				document: JSON.stringify({Version: '2012-10-17', Statement: statements}),
				created: Date.parse(changed),
			},
		],
		next: Number(version.slice(1)) + 1,
		tags: [],
	};
}
