import {beforeEach, describe, expect, test} from 'vitest';
import type {Account} from '../../src/sandbox/account/account.js';
import {authorize} from '../../src/sandbox/judge/authorize.js';
import type {Data} from '../../src/sandbox/operation.js';
import {
	account,
	accountId,
	as,
	ask,
	asked,
	delegation,
	iam,
	key,
	keyArn,
	keyId,
	otherKeyId,
	policy,
	refusal,
	type Written,
} from './kms-account.js';

const mine = keyArn(keyId);
const taken = 'not refused';
let made: Account;
beforeEach(() => {
	made = account();
});
const attempt = (action: string, resource: string): string =>
	refusal(() => authorize(asked({}, {account: made, caller: as('nps')}), action, resource));
const own = (...statements: readonly Written[]): void => {
	made.users['nps']!.inline['own'] = policy(...statements);
};

// “The NotPrincipal element with a Deny effect will always deny any IAM principal that has a permissions boundary
// policy attached, regardless of the values specified in the NotPrincipal element.”
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
describe('a Deny with NotPrincipal', () => {
	const except = {
		Effect: 'Deny',
		NotPrincipal: {AWS: [iam('user/nps'), iam('user/ann'), iam('root')]},
		Action: ['kms:Decrypt', 'kms:PutKeyPolicy'],
	};
	const bounded = (name: string): void => {
		const arn = iam('policy/bound');
		const versions = [{id: 'v1', document: policy({Action: '*'}), created: 0}];
		const bare = {
			name: 'bound',
			path: '/',
			id: 'ANPA',
			arn,
			created: 0,
			updated: 0,
			defaultVersion: 'v1',
			next: 2,
			tags: [],
		};
		made.policies[arn] = {...bare, versions};
		made.users[name]!.boundary = arn;
	};
	test('leaves alone whom it names, with the account', () => {
		own({Action: 'kms:*'});
		made.keys[mine] = key(keyId, policy(delegation, except));
		expect(attempt('kms:Decrypt', mine)).toBe(taken);
	});
	test('denies whoever has a permissions boundary, named or not', () => {
		own({Action: 'kms:*'});
		made.keys[mine] = key(keyId, policy(delegation, except));
		bounded('nps');
		expect(attempt('kms:Decrypt', mine)).toContain('with an explicit deny in a resource-based policy');
		expect(attempt('kms:Encrypt', mine)).toBe(taken);
	});
	test('so locks out an administrator with a permissions boundary, which KMS refuses', () => {
		const put = (): string =>
			refusal(() => ask('PutKeyPolicy', {KeyId: keyId, Policy: policy(delegation, except)}, {account: made}));
		expect(put()).toBe(taken);
		bounded('ann');
		made.keys[mine] = key(keyId);
		expect(put()).toContain('The new key policy will not allow you to update the key policy in the future.');
	});
});

// “You can use a policy variable in the Resource element, but only in the resource portion of the ARN. This portion of
// the ARN appears after the fifth colon (:).”
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-resourceelement
describe('a variable in Resource', () => {
	const filled = (variable: string): string => `\${${variable}}`;
	const may = (Resource: string): string => {
		own({Action: 'iam:*', Resource});
		return attempt('iam:GetUser', iam('user/nps'));
	};
	test('counts after the fifth colon', () => {
		expect(may(`arn:aws:iam::${accountId}:user/${filled('aws:username')}`)).toBe(taken);
		expect(may(`arn:aws:iam::*:us?r/${filled('aws:username')}`)).toBe(taken);
		expect(may(`arn:aws:iam::${accountId}:user/${filled("aws:PrincipalTag/name, 'nps'")}`)).toBe(taken);
	});
	test.each([
		`arn:aws:iam::${filled('aws:PrincipalAccount')}:user/nps`,
		`arn:aws:${filled('aws:username')}:*:*:*`,
		`arn:${filled("x, 'aws'")}:iam::*:user/nps`,
		filled('*'),
	])('is plain text before it: %s', Resource => expect(may(Resource)).toContain('no identity-based policy allows'));
	test('that is plain text denies nothing either', () => {
		own(
			{Action: 'iam:*'},
			{Effect: 'Deny', Action: 'iam:*', Resource: `arn:aws:iam::${filled('aws:PrincipalAccount')}:user/nps`},
		);
		expect(attempt('iam:GetUser', iam('user/nps'))).toBe(taken);
	});
});

// https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-encryption-algorithm
// https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-reencrypt-on-same-key
describe('the condition key', () => {
	const does = (condition: Written, name: string, input: Data): string => {
		own({Action: 'kms:*', Condition: condition});
		return refusal(() => ask(name, input, {account: made, caller: as('nps')}));
	};
	const symmetric = {StringEquals: {'kms:EncryptionAlgorithm': 'SYMMETRIC_DEFAULT'}};
	test.each(['GenerateDataKey', 'GenerateDataKeyWithoutPlaintext'])(
		'kms:EncryptionAlgorithm is in %s, which has no such parameter',
		name => {
			const input = {KeyId: keyId, KeySpec: 'AES_256'};
			expect(does(symmetric, name, input)).toBe(taken);
			expect(does({StringNotEquals: symmetric.StringEquals}, name, input)).toContain('AccessDenied');
			expect(does({Null: {'kms:EncryptionAlgorithm': 'true'}}, 'DescribeKey', input)).toBe(taken);
		},
	);
	test('kms:ReEncryptOnSameKey tells whether ReEncrypt stays with its key, also where no source is named', () => {
		const sealed = ask('Encrypt', {KeyId: keyId, Plaintext: Buffer.from('proof')}, {account: made});
		const to = (DestinationKeyId: string, same: string): string =>
			does({Bool: {'kms:ReEncryptOnSameKey': same}}, 'ReEncrypt', {
				CiphertextBlob: sealed['CiphertextBlob'],
				DestinationKeyId,
			});
		expect([to(keyId, 'true'), to(otherKeyId, 'false')]).toEqual([taken, taken]);
		expect([to(keyId, 'false'), to(otherKeyId, 'true')]).toEqual([
			expect.stringContaining('kms:ReEncryptFrom'),
			expect.stringContaining('kms:ReEncryptFrom'),
		]);
		expect(does({Null: {'kms:ReEncryptOnSameKey': 'true'}}, 'DescribeKey', {KeyId: keyId})).toBe(taken);
	});
});
