import {expect, test} from 'vitest';
import {fold, knownFor} from '../../../src/engine/record.js';
import type {Call, Facts, Known} from '../../../src/engine/step.js';
import {isGivenByUs} from '../../../src/steps/things/given-by-us.js';
import {isAttachedByUs} from '../../../src/steps/things/policy-attachments.js';
import {boundary, holdings} from '../../../src/steps/things/user-holdings.js';
import {stepOf} from '../plans.js';

const arn = 'arn:aws:iam::111122223333:policy/P';
const after = (api: string, input: Call['input'], learned: Facts = {}): Known => ({
	...knownFor('user', fold([]), {}, {facts: {policyArn: arn}}),
	calls: [{call: {api, input}, learned}],
});
/** One call that gives each kind of thing, as AWS names what it gives. */
const giving: Readonly<Record<string, readonly [Call['input'], Facts, string]>> = {
	'iam:AttachUserPolicy': [{PolicyArn: {$fact: 'policyArn'}}, {}, arn],
	'iam:CreateLoginProfile': [{UserName: 'u'}, {}, ''],
	'iam:CreateAccessKey': [{UserName: 'u'}, {accessKeyId: 'AKIA1'}, 'AKIA1'],
	'iam:AddUserToGroup': [{GroupName: 'staff'}, {}, 'staff'],
	'iam:PutUserPolicy': [{PolicyName: 'more'}, {}, 'more'],
	'iam:PutUserPermissionsBoundary': [{PermissionsBoundary: arn}, {}, arn],
	'iam:EnableMFADevice': [{SerialNumber: 'arn:mfa'}, {}, 'arn:mfa'],
	'iam:UploadSigningCertificate': [{CertificateBody: 'x'}, {keyId: 'C1'}, 'C1'],
	'iam:UploadSSHPublicKey': [{SSHPublicKeyBody: 'x'}, {keyId: 'APKA1'}, 'APKA1'],
	'iam:CreateServiceSpecificCredential': [{ServiceName: 's'}, {keyId: 'ACCA1'}, 'ACCA1'],
};

test('every kind of thing that a user may hold is judged by the call that gives it', () => {
	expect(holdings.map(it => it.givenBy.apis[0])).toEqual(Object.keys(giving));
	for (const {givenBy} of holdings) {
		const [api = ''] = givenBy.apis;
		const [input, learned, id] = giving[api]!;
		expect([api, isGivenByUs(givenBy, id, after(api, input, learned))]).toEqual([api, true]);
		expect([api, isGivenByUs(givenBy, id, after('iam:TagUser', input))]).toEqual([api, false]);
		if (givenBy.names) expect([api, isGivenByUs(givenBy, 'another', after(api, input, learned))]).toEqual([api, false]);
	}
});
test('a boundary that the user was made with is ours', () => {
	expect(isGivenByUs(boundary.givenBy, arn, after('iam:CreateUser', {UserName: 'u', PermissionsBoundary: arn}))).toBe(
		true,
	);
});
test.each<readonly [string, string, Call['input'], boolean]>([
	['user u', 'iam:AttachUserPolicy', {UserName: 'u', PolicyArn: arn}, true],
	['group g', 'iam:AttachGroupPolicy', {GroupName: 'g', PolicyArn: {$fact: 'policyArn'}}, true],
	['role r', 'iam:AttachRolePolicy', {RoleName: 'r', PolicyArn: arn}, true],
	['user v', 'iam:AttachUserPolicy', {UserName: 'u', PolicyArn: arn}, false],
	['user u', 'iam:AttachUserPolicy', {UserName: 'u', PolicyArn: `${arn}2`}, false],
	['group u', 'iam:AttachUserPolicy', {UserName: 'u', PolicyArn: arn}, false],
])('a policy attached to %s after %s %j was attached by us: %s', (to, api, input, ours) => {
	expect(isAttachedByUs(to, arn, after(api, input))).toBe(ours);
});
test('what a call gave that was refused, or taken back since, is not ours', () => {
	const {id} = stepOf('user');
	const change = {
		id: 'x',
		verb: 'create',
		subject: '',
		call: {api: 'iam:AddUserToGroup', input: {GroupName: 'g'}},
	} as const;
	const at = {at: '2026-11-26T00:00:00Z', clock: 'aws'} as const;
	const intent = {type: 'intent', id: 1, step: id, change, ...at} as const;
	const call = {api: 'iam:RemoveUserFromGroup', input: {GroupName: 'g'}};
	const back = {...change, id: 'y', verb: 'delete', record: {undoes: ['x']}, call} as const;
	const told = (...entries: Parameters<typeof fold>[0]): number =>
		knownFor(id, fold(entries), {}).calls.filter(it => it.call.api === 'iam:AddUserToGroup').length;
	expect(told(intent)).toBe(1);
	expect(told(intent, {type: 'outcome', of: 1, ok: true, learned: {}, ...at})).toBe(1);
	expect(told(intent, {type: 'outcome', of: 1, ok: false, code: 'AccessDenied', message: '', ...at})).toBe(0);
	expect(
		told(
			intent,
			{type: 'outcome', of: 1, ok: true, learned: {}, ...at},
			{type: 'intent', id: 2, step: id, change: back, ...at},
			{type: 'outcome', of: 2, ok: true, learned: {}, ...at},
		),
	).toBe(0);
});
