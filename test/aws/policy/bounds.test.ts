import {expect, test} from 'vitest';
import {type Bound, boundOn} from '../../../src/aws/policy/bounds.js';

/** As a policy writes what stands for the user's name. */
const variable = `$${'{aws:username}'}`;
const key = 'arn:aws:kms:eu-west-1:111122223333:key/1';
const allow = (more: object = {}): object => ({Effect: 'Allow', Action: '*', Resource: '*', ...more});
const deny = (more: object = {}): object => ({...allow(more), Effect: 'Deny'});

test.each<readonly [string, readonly object[], Bound['is']]>([
	['nothing', [], 'silent'],
	['all', [allow()], 'allows'],
	['KMS, in other letters', [allow({Action: 'KMS:dec*'})], 'allows'],
	['all but KMS', [allow({Action: undefined, NotAction: 'kms:*'})], 'silent'],
	['other keys', [allow({Resource: 'arn:aws:kms:*:*:key/2'})], 'silent'],
	['under a condition', [allow({Condition: {Bool: {'aws:MultiFactorAuthPresent': 'true'}}})], 'silent'],
	['all, and forbids it', [allow(), deny({Action: 'kms:Decrypt'})], 'denies'],
	['all, and forbids another call', [allow(), deny({Action: 'kms:Encrypt'})], 'allows'],
	['all, and forbids all but another', [allow(), deny({Action: undefined, NotAction: ['s3:*']})], 'denies'],
	['all, and forbids all but it', [allow(), deny({Action: undefined, NotAction: ['kms:Decrypt']})], 'allows'],
	['all, and forbids another key', [allow(), deny({Resource: ['arn:aws:kms:*:*:key/2']})], 'allows'],
	['all, and forbids all keys but another', [allow(), deny({Resource: undefined, NotResource: '*key/2'})], 'denies'],
	['all, and forbids all keys but it', [allow(), deny({Resource: undefined, NotResource: '*key/1'})], 'allows'],
	[
		'all, and forbids it at times',
		[allow(), deny({Condition: {IpAddress: {'aws:SourceIp': '192.0.2.1'}}})],
		'cant-tell',
	],
	['all, and forbids it by a variable', [allow(), deny({Resource: `arn:aws:kms:*:*:key/${variable}`})], 'cant-tell'],
	[
		'all, and forbids it at times and always',
		[deny({Condition: {Null: {'aws:TokenIssueTime': 'true'}}}), deny()],
		'denies',
	],
])('a boundary that allows %s', (_what, Statement, is) => {
	expect(boundOn({Version: '2012-10-17', Statement} as never, 'kms:Decrypt', key).is).toBe(is);
});
