import {describe, expect, test} from 'vitest';
import {authorize} from '../../src/sandbox/judge/authorize.js';
import type {Caller, Data} from '../../src/sandbox/operation.js';
import {
	account,
	as,
	asked,
	delegation,
	iam,
	key,
	keyArn,
	keyId,
	policy,
	refusal,
	root,
	session,
	type Written,
} from './kms-account.js';

const mine = keyArn(keyId);
type More = {readonly caller?: Caller; readonly action?: string; readonly input?: Data; readonly version?: string};
/** Whether nps may, when its policy allows kms:* under this condition. */
function allows(
	Condition: unknown,
	{caller = as('nps'), action = 'kms:Decrypt', input = {}, version = '2012-10-17'}: More = {},
	effect = 'Allow',
): boolean {
	const made = account();
	const statements = [{Action: 'kms:*', Effect: effect, Condition}, ...(effect === 'Deny' ? [{Action: 'kms:*'}] : [])];
	const text = policy(...statements).replace('2012-10-17', version);
	made.users['nps']!.inline['own'] = text;
	made.users['nps']!.tags = [{Key: 'team', Value: 'vault'}];
	made.roles['admin']!.inline['own'] = text;
	made.keys[mine] = {...key(keyId), tags: [{Key: 'env', Value: 'prod'}]};
	made.aliases['eu-west-1 alias/nps'] = {name: 'alias/nps', region: 'eu-west-1', key: mine, created: 0, updated: 0};
	return refusal(() => authorize(asked(input, {account: made, caller}), action, mine)) === 'not refused';
}
const arn = {'aws:PrincipalArn': iam('user/nps')};
const grant = {
	action: 'kms:CreateGrant',
	input: {Operations: ['Decrypt', 'Encrypt'], GranteePrincipal: iam('role/Admin')},
};
const withContext = {input: {EncryptionContext: {purpose: 'nps', Env: 'prod'}}};

describe('a condition lets an Allow apply', () => {
	test.each<readonly [rule: string, condition: unknown, more: More]>([
		['StringEquals: the same', {StringEquals: {'aws:username': 'nps'}}, {}],
		['one of several values', {StringEquals: {'aws:username': ['eve', 'nps']}}, {}],
		['a key whatever its case', {StringEquals: {'AWS:UserName': 'nps'}}, {}],
		['StringNotEquals: another', {StringNotEquals: {'aws:username': 'eve'}}, {}],
		['StringNotEquals: none at all', {StringNotEquals: {'aws:username': 'nps'}}, {caller: session}],
		['StringEqualsIgnoreCase', {StringEqualsIgnoreCase: {'aws:username': 'NPS'}}, {}],
		['StringLike, with its star', {StringLike: {'aws:PrincipalArn': '*:user/n?s'}}, {}],
		['StringNotLike', {StringNotLike: {'aws:PrincipalArn': '*:user/e*'}}, {}],
		[
			'StringEqualsIfExists: none at all',
			{StringEqualsIfExists: {'kms:ViaService': 'ec2.eu-west-1.amazonaws.com'}},
			{},
		],
		['ArnLike, part by part', {ArnLike: {'aws:PrincipalArn': 'arn:aws:iam::*:user/*'}}, {}],
		['ArnEquals', {ArnEquals: arn}, {}],
		['ArnNotLike', {ArnNotLike: {'aws:PrincipalArn': iam('role/*')}}, {}],
		['Null: there is none', {Null: {'kms:ViaService': 'true'}}, {}],
		['Null: there is one', {Null: {'aws:username': 'false'}}, {}],
		[
			'NumericLessThan',
			{NumericLessThanEquals: {'kms:ScheduleKeyDeletionPendingWindowInDays': '30'}},
			{action: 'kms:ScheduleKeyDeletion'},
		],
		['DateGreaterThan', {DateGreaterThan: {'aws:CurrentTime': '2026-11-24T11:59:59Z'}}, {}],
		['DateLessThan, in seconds', {DateLessThan: {'aws:EpochTime': '1999999999'}}, {}],
		['IpAddress: in the range', {IpAddress: {'aws:SourceIp': ['10.0.0.0/8', '127.0.0.0/8']}}, {}],
		['NotIpAddress: outside the range', {NotIpAddress: {'aws:SourceIp': '10.0.0.0/8'}}, {}],
		[
			'two keys, both as they should be',
			{StringEquals: {'aws:username': 'nps', 'aws:PrincipalAccount': '111122223333'}},
			{},
		],
		['the region of the request', {StringEquals: {'aws:RequestedRegion': 'eu-west-1'}}, {}],
		['AWS is reached over TLS', {Bool: {'aws:SecureTransport': true}}, {}],
		[
			'the account of the caller, as AWS-managed keys have it',
			{StringEquals: {'kms:CallerAccount': '111122223333'}},
			{},
		],
		["the key's origin and spec", {StringEquals: {'kms:KeyOrigin': 'AWS_KMS', 'kms:KeySpec': 'SYMMETRIC_DEFAULT'}}, {}],
		["the key's alias", {'ForAnyValue:StringEquals': {'kms:ResourceAliases': 'alias/nps'}}, {}],
		['the alias the request names', {StringEquals: {'kms:RequestAlias': 'alias/nps'}}, {input: {KeyId: 'alias/nps'}}],
		["the key's tag", {StringEquals: {'aws:ResourceTag/env': 'prod'}}, {}],
		["the caller's tag", {StringEquals: {'aws:PrincipalTag/team': 'vault'}}, {}],
		[
			'the tag the request brings',
			{StringEquals: {'aws:RequestTag/a': 'b'}},
			{action: 'kms:TagResource', input: {Tags: [{TagKey: 'a', TagValue: 'b'}]}},
		],
		['the encryption context', {StringEquals: {'kms:EncryptionContext:purpose': 'nps'}}, withContext],
		[
			'all keys of it are among these',
			{'ForAllValues:StringEquals': {'kms:EncryptionContextKeys': ['purpose', 'Env', 'more']}},
			withContext,
		],
		['ForAllValues: none at all', {'ForAllValues:StringEquals': {'kms:EncryptionContextKeys': ['purpose']}}, {}],
		[
			"a grant's operations are among these",
			{'ForAllValues:StringEquals': {'kms:GrantOperations': ['Decrypt', 'Encrypt']}},
			grant,
		],
		[
			'a session with MFA',
			{Bool: {'aws:MultiFactorAuthPresent': 'true'}},
			{caller: as('nps', {accessKeyId: 'ASIA', mfa: true})},
		],
		[
			'a variable',
			{
				StringEquals: {'aws:PrincipalTag/team': 'vault', 'aws:userid': 'AIDANPS'},
				StringLike: {'aws:PrincipalArn': `arn:aws:iam::*:user/\${aws:username}`},
			},
			{},
		],
		[
			'a variable that has none, with its default',
			{StringLike: {'aws:PrincipalAccount': `\${aws:PrincipalTag/nix, '1111'}22223333`}},
			{},
		],
	])('%s', (_rule, condition, more) => expect(allows(condition, more)).toBe(true));
});

describe('a condition keeps an Allow from applying', () => {
	test.each<readonly [rule: string, condition: unknown, more: More]>([
		['StringEquals: another', {StringEquals: {'aws:username': 'eve'}}, {}],
		['StringEquals: of another case', {StringEquals: {'aws:username': 'NPS'}}, {}],
		['StringEquals takes a star for a star', {StringEquals: {'aws:username': 'n*'}}, {}],
		['StringEquals: none at all', {StringEquals: {'aws:username': 'nps'}}, {caller: session}],
		['StringNotEquals: one of several', {StringNotEquals: {'aws:username': ['eve', 'nps']}}, {}],
		['ArnLike: a star stays in its part', {ArnLike: {'aws:PrincipalArn': 'arn:aws:*:user/nps'}}, {}],
		['IfExists: it is there, and another', {StringEqualsIfExists: {'aws:username': 'eve'}}, {}],
		[
			'one of two keys is not as it should be',
			{StringEquals: {'aws:username': 'nps', 'aws:RequestedRegion': 'us-east-1'}},
			{},
		],
		['one of two operators', {StringEquals: {'aws:username': 'nps'}, Bool: {'aws:SecureTransport': 'false'}}, {}],
		['ForAnyValue: none at all', {'ForAnyValue:StringEquals': {'aws:TagKeys': 'a'}}, {}],
		[
			'ForAllValues: one is another',
			{'ForAllValues:StringEquals': {'kms:EncryptionContextKeys': ['purpose']}},
			withContext,
		],
		['a grant for more operations', {'ForAllValues:StringEquals': {'kms:GrantOperations': ['Decrypt']}}, grant],
		['long-term credentials have no MFA to be true', {Bool: {'aws:MultiFactorAuthPresent': 'true'}}, {}],
		['nor false', {Bool: {'aws:MultiFactorAuthPresent': 'false'}}, {}],
		['a session without MFA', {Bool: {'aws:MultiFactorAuthPresent': 'true'}}, {caller: session}],
		['no AWS service calls on our behalf', {StringEquals: {'kms:ViaService': 'rds.eu-west-1.amazonaws.com'}}, {}],
		['a grant by a person is for no AWS resource', {Bool: {'kms:GrantIsForAWSResource': 'true'}}, grant],
		['an address elsewhere', {IpAddress: {'aws:SourceIp': '203.0.113.0/24'}}, {}],
		[
			'documents of 2008 know no variables',
			{StringEquals: {'aws:username': `\${aws:username}`}},
			{version: '2008-10-17'},
		],
		['a variable of the caller has no star', {StringLike: {'aws:username': `\${*}`}}, {}],
		['an operator nobody knows', {StringResembles: {'aws:username': 'nps'}}, {}],
		['a key nobody knows, though negated', {StringNotEquals: {'aws:Weather': 'rain'}}, {}],
		['a key nobody knows, though IfExists', {StringEqualsIfExists: {'kms:Weather': 'rain'}}, {}],
		['a key nobody knows, in a variable', {StringNotEquals: {'aws:username': `\${aws:Weather}`}}, {}],
		['a number that is none', {NumericNotEquals: {'aws:EpochTime': 'soon'}}, {}],
		['a range that is none', {NotIpAddress: {'aws:SourceIp': 'intranet'}}, {}],
		['a condition that is none', 'never', {}],
	])('%s', (_rule, condition, more) => expect(allows(condition, more)).toBe(false));
});

describe('a Deny applies', () => {
	test.each<readonly [rule: string, condition: unknown, denies: boolean, more?: More | undefined]>([
		['when its condition holds', {StringEquals: {'aws:username': 'nps'}}, true],
		['not when it does not', {StringEquals: {'aws:username': 'eve'}}, false],
		['under an operator nobody knows', {StringResembles: {'aws:username': 'eve'}}, true],
		['under a key nobody knows', {StringEquals: {'aws:Weather': 'rain'}}, true],
		[
			'not when another part of it plainly does not hold',
			{StringEquals: {'aws:Weather': 'rain', 'aws:username': 'eve'}},
			false,
		],
		['without MFA, the way AWS advises to write it', {BoolIfExists: {'aws:MultiFactorAuthPresent': 'false'}}, true],
		[
			'not to MFA',
			{BoolIfExists: {'aws:MultiFactorAuthPresent': 'false'}},
			false,
			{caller: as('nps', {accessKeyId: 'ASIA', mfa: true})},
		],
		['outside of one region', {StringNotEquals: {'aws:RequestedRegion': 'us-east-1'}}, true],
	])('%s', (_rule, condition, denies, more?: unknown) =>
		expect(!allows(condition, (more ?? {}) as More, 'Deny')).toBe(denies),
	);
});

test('the key users of the console may grant for AWS services only', () => {
	const forServices: Written = {
		Sid: 'Allow attachment of persistent resources',
		Principal: {AWS: iam('user/nps')},
		Action: ['kms:CreateGrant', 'kms:ListGrants', 'kms:RevokeGrant'],
		Condition: {Bool: {'kms:GrantIsForAWSResource': 'true'}},
	};
	const made = account();
	made.keys[mine] = key(keyId, policy(delegation, forServices));
	const attempt = (caller: Caller): string =>
		refusal(() => authorize(asked(grant.input, {account: made, caller}), 'kms:CreateGrant', mine));
	expect(attempt(as('nps'))).toContain('because no identity-based policy allows the kms:CreateGrant action');
	expect(attempt(root)).toBe('not refused');
});

test('a variable in a resource is the caller, and never a pattern', () => {
	const made = account();
	made.users['nps']!.inline['own'] = policy({Action: 'iam:ChangePassword', Resource: iam(`user/\${aws:username}`)});
	const attempt = (name: string, caller: Caller): string =>
		refusal(() => authorize(asked({}, {account: made, caller}), 'iam:ChangePassword', iam(`user/${name}`)));
	expect(attempt('nps', as('nps'))).toBe('not refused');
	expect(attempt('eve', as('nps'))).toContain('AccessDenied');
	made.users['nps']!.inline['own'] = policy({
		Action: 'iam:ChangePassword',
		Resource: iam(`user/\${aws:PrincipalTag/who}`),
	});
	made.users['nps']!.tags = [{Key: 'who', Value: '*'}];
	expect(attempt('eve', as('nps'))).toContain('AccessDenied');
	made.users['nps']!.inline['own'] = policy({
		Action: 'iam:ChangePassword',
		Resource: iam(`user/\${aws:username}`),
	}).replace('2012-10-17', '2008-10-17');
	expect(attempt('nps', as('nps'))).toContain('AccessDenied');
});
