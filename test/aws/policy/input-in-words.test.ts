import {expect, test} from 'vitest';
import {call} from '../../../src/aws/client/call.js';
import {inputInWords} from '../../../src/aws/policy/input-in-words.js';
import type {Change} from '../../../src/engine/step.js';

const policy: Change = {
	id: 'create-policy',
	verb: 'create',
	subject: 'policy NPS_KMS_Policy',
	why: 'under the path /nps/',
	diff: {to: {Version: '2012-10-17'}},
	call: call('iam:CreatePolicy', {
		PolicyName: 'NPS_KMS_Policy',
		PolicyDocument: {$json: {Version: '2012-10-17'}},
		Path: '/nps/',
		Description: 'Decrypt for Netwrix Privilege Secure',
		Tags: [
			{Key: 'cost', Value: '42'},
			{Key: 'nps-kms:id', Value: {$fact: 'keyId'}},
		],
	}),
};
const key: Change = {
	id: 'create-key',
	verb: 'create',
	subject: 'KMS key alias/nps-kms-key',
	call: call('kms:CreateKey', {
		KeyUsage: 'ENCRYPT_DECRYPT',
		KeySpec: 'SYMMETRIC_DEFAULT',
		Description: 'The NPS key',
		Tags: [{TagKey: 'cost', TagValue: '42'}],
	}),
};

test('what a call writes besides its name and its document is told: description, tags, settings', () => {
	expect(inputInWords(policy, {keyId: '1234'})).toEqual([
		'Description: Decrypt for Netwrix Privilege Secure',
		'Tags: cost=42, nps-kms:id=1234',
	]);
	expect(inputInWords(key, {})).toEqual([
		'Description: The NPS key',
		'Tags: cost=42',
		'KeyUsage: ENCRYPT_DECRYPT, KeySpec: SYMMETRIC_DEFAULT',
	]);
});
test('what is known later and what is secret are told as that', () => {
	expect(inputInWords(policy, {})).toContain('Tags: cost=42, nps-kms:id=(keyId, known later)');
	const profile = call('iam:CreateLoginProfile', {
		UserName: 'u',
		Password: {$secret: 'p'},
		PasswordResetRequired: true,
	});
	expect(inputInWords({...key, call: profile}, {})).toEqual(['Password: (kept secret)', 'PasswordResetRequired: true']);
});
