import {describe, expect, test} from 'vitest';
import {permissionsOf, policyFor} from '../../../src/aws/policy/needed-permissions.js';

const at = (partition: string, region: string) => ({partition, account: '111122223333', region});
describe.each([
	['aws', 'eu-west-1'],
	['aws-cn', 'cn-north-1'],
	['aws-us-gov', 'us-gov-west-1'],
	['aws-eusc', 'eusc-de-east-1'],
])('in %s', (partition, region) => {
	const arn = (service: string, rest: string): string =>
		`arn:${partition}:${service}:${service === 'kms' ? region : ''}:111122223333:${rest}`;
	test.each([
		['iam:CreateUser', {UserName: 'u'}, [['iam:CreateUser', arn('iam', 'user/u')]]],
		[
			'iam:CreateUser',
			{UserName: 'u', Tags: [{Key: 'a', Value: 'b'}]},
			[
				['iam:CreateUser', arn('iam', 'user/u')],
				['iam:TagUser', arn('iam', 'user/u')],
			],
		],
		[
			'iam:CreatePolicy',
			{PolicyName: 'p', Tags: [{Key: 'a', Value: 'b'}]},
			[
				['iam:CreatePolicy', arn('iam', 'policy/p')],
				['iam:TagPolicy', arn('iam', 'policy/p')],
			],
		],
		[
			'iam:AttachUserPolicy',
			{UserName: 'u', PolicyArn: arn('iam', 'policy/p')},
			[['iam:AttachUserPolicy', arn('iam', 'user/u')]],
		],
		[
			'iam:CreatePolicyVersion',
			{PolicyArn: arn('iam', 'policy/p')},
			[['iam:CreatePolicyVersion', arn('iam', 'policy/p')]],
		],
		['iam:GetRole', {RoleName: 'r'}, [['iam:GetRole', arn('iam', 'role/*r')]]],
		['iam:ListUsers', {}, [['iam:ListUsers', '*']]],
		[
			'kms:CreateKey',
			{Tags: [{TagKey: 'a', TagValue: 'b'}]},
			[
				['kms:CreateKey', '*'],
				['kms:TagResource', arn('kms', 'key/*')],
			],
		],
		['kms:CreateKey', {Tags: []}, [['kms:CreateKey', '*']]],
		[
			'kms:CreateAlias',
			{AliasName: 'alias/k', TargetKeyId: 'id'},
			[
				['kms:CreateAlias', arn('kms', 'alias/k')],
				['kms:CreateAlias', arn('kms', 'key/*')],
			],
		],
		['kms:DescribeKey', {KeyId: 'alias/k'}, [['kms:DescribeKey', arn('kms', 'key/*')]]],
		['kms:ListKeys', {}, [['kms:ListKeys', '*']]],
		['sts:GetCallerIdentity', {}, []],
	] as const)('%s %j demands what AWS demands', (api, input, expected) => {
		expect(permissionsOf({api, input}, at(partition, region)).map(it => [it.action, it.resource])).toEqual(expected);
	});
});
test('a key and a user that are there are named as they are', () => {
	const known = {
		...at('aws', 'eu-west-1'),
		keyArn: 'arn:aws:kms:eu-west-1:111122223333:key/k',
		userArn: 'arn:aws:iam::111122223333:user/team/u',
	};
	expect(permissionsOf({api: 'kms:GetKeyPolicy', input: {KeyId: 'k'}}, known)[0]?.resource).toBe(known.keyArn);
	expect(permissionsOf({api: 'iam:GetUser', input: {UserName: 'u'}}, known)[0]?.resource).toBe(known.userArn);
});
test('the policy names each action once, with all that shares its resources', () => {
	const policy = policyFor([
		{action: 'b:Two', resource: 'y'},
		{action: 'a:One', resource: 'x'},
		{action: 'b:Two', resource: 'x'},
		{action: 'a:One', resource: 'x'},
		{action: 'c:Three', resource: 'x'},
	]);
	expect(policy).toEqual({
		Version: '2012-10-17',
		Statement: [
			{Effect: 'Allow', Action: ['a:One', 'c:Three'], Resource: 'x'},
			{Effect: 'Allow', Action: ['b:Two'], Resource: ['x', 'y']},
		],
	});
});
