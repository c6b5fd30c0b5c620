import {describe, expect, test} from 'vitest';
import {permissionsOf, policyFor, userToBe} from '../../../src/aws/policy/needed-permissions.js';

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

describe('a user that is to be', () => {
	const arn = (rest: string): string => `arn:aws:iam::111122223333:${rest}`;
	const create = {UserName: 'u', Path: '/nps/', PermissionsBoundary: arn('policy/bound')};
	const naming = {...at('aws', 'eu-west-1'), ...userToBe([{call: {api: 'iam:CreateUser', input: create}}])};
	test('is asked about under its path, and without while it isn’t there', () => {
		const resources = (api: string): readonly string[] =>
			permissionsOf({api, input: {UserName: 'u'}}, naming).map(it => it.resource);
		expect(resources('iam:TagUser')).toEqual([arn('user/nps/u')]);
		expect(resources('iam:GetUser')).toEqual([arn('user/u'), arn('user/nps/u')]);
	});
	test('needs to be made and given policies with its boundary only', () => {
		const calls = ['iam:CreateUser', 'iam:AttachUserPolicy', 'iam:TagUser'].map(api => ({api, input: create}));
		expect(policyFor(calls.flatMap(it => permissionsOf(it, naming)))).toEqual({
			Version: '2012-10-17',
			Statement: [
				{
					Effect: 'Allow',
					Action: ['iam:AttachUserPolicy', 'iam:CreateUser'],
					Resource: arn('user/nps/u'),
					Condition: {StringEquals: {'iam:PermissionsBoundary': arn('policy/bound')}},
				},
				{Effect: 'Allow', Action: ['iam:TagUser'], Resource: arn('user/nps/u')},
			],
		});
	});
});

test('what only shows NPS at work is asked for apart, as nothing stops without it', () => {
	const naming = {partition: 'aws', account: '111122223333', region: 'eu-west-1'};
	const policy = policyFor(
		[
			{api: 'kms:GetKeyLastUsage', input: {KeyId: 'k'}},
			{api: 'kms:DescribeKey', input: {KeyId: 'k'}},
			{api: 'cloudtrail:LookupEvents', input: {}},
		].flatMap(it => permissionsOf(it, naming)),
	);
	const Resource = 'arn:aws:kms:eu-west-1:111122223333:key/*';
	expect(policy).toEqual({
		Version: '2012-10-17',
		Statement: [
			{Sid: 'OptionalLookupEvents', Effect: 'Allow', Action: ['cloudtrail:LookupEvents'], Resource: '*'},
			{Effect: 'Allow', Action: ['kms:DescribeKey'], Resource},
			{Sid: 'OptionalGetKeyLastUsage', Effect: 'Allow', Action: ['kms:GetKeyLastUsage'], Resource},
		],
	});
});
