import {expect, test} from 'vitest';
import {forecastEndState} from '../../src/commands/export/end-state.js';
import {json} from '../../src/engine/step.js';
import {endStateOf} from '../../src/export/end-state.js';
import {quoted} from '../../src/export/hcl.js';

const there = {account: '111122223333', partition: 'aws', region: 'eu-west-1'};

test('every call of a set-up has its place in what is exported, whatever was answered', async () => {
	const end = await forecastEndState(
		{
			...{consoleAccess: true, accessKeyDescription: 'NPS', adoptKey: true, multiRegion: true, keyRotation: false},
			...{permissionsBoundary: 'arn:aws:iam::111122223333:policy/B', path: '/nps/', tags: {team: 'pam'}},
		},
		{setup: 'nps'},
		there,
	);
	expect(end).toMatchObject({
		policy: {name: 'NPS_KMS_Policy', path: '/nps/', tags: {team: 'pam'}},
		user: {name: 'nps-kms-user', boundary: 'arn:aws:iam::111122223333:policy/B', tags: {team: 'pam'}},
		key: {multiRegion: true, rotates: false, tags: {team: 'pam'}},
		alias: 'alias/nps-kms-key',
	});
});
test('the policy is narrow from birth: the later call overrides', async () => {
	const {policy} = await forecastEndState({}, {setup: 'nps'}, there);
	expect(policy.document).toMatchObject({Statement: [{Action: 'kms:Decrypt', Resource: {$fact: 'keyArn'}}]});
});
test('a version that isn’t the default changes nothing', () => {
	const [wide, other] = [json({Statement: []}), json({Statement: [{}]})];
	const calls = [
		{api: 'iam:CreatePolicy', input: {PolicyName: 'p', PolicyDocument: wide}},
		{api: 'iam:CreatePolicyVersion', input: {PolicyDocument: other, SetAsDefault: false}},
	];
	expect(endStateOf(calls).policy.document).toEqual({Statement: []});
});
test('a call that nobody gave a place is no export', () => {
	expect(() => endStateOf([{api: 'kms:ReplicateKey', input: {}}])).toThrow('no place');
});

test.each([
	['a "b" \\c', '"a \\"b\\" \\\\c"'],
	[`\${a}`, `"$\${a}"`],
	['%{a}', '"%%{a}"'],
	[`$\${a} %%%{b}`, `"$\\u0024{a} %%\\u0025{b}"`],
	['$ % $$ {', '"$ % $$ {"'],
	['a\nb\tc\rd', '"a\\nb\\tc\\rd"'],
	['a\u200b\u{e0001}é', '"a\\u200b\\U000e0001é"'],
])('Terraform reads %j as it is', (text, told) => {
	expect(quoted(text)).toBe(told);
});
