import {beforeEach, describe, expect, test} from 'vitest';
import type {Account} from '../../src/sandbox/account/account.js';
import {simulation} from '../../src/sandbox/judge/simulate.js';
import type {Data} from '../../src/sandbox/operation.js';
import {
	account,
	asked,
	delegation,
	iam,
	keyArn,
	keyId,
	noon,
	type Over,
	otherKeyId,
	policy,
	refusal,
} from './kms-account.js';

const mine = keyArn(keyId);
const nps = iam('user/nps');
let made: Account;
beforeEach(() => {
	made = account();
	made.users['nps']!.inline['own'] = policy({Action: 'kms:Decrypt', Resource: mine}, {Effect: 'Deny', Action: 'iam:*'});
});
const simulate = (input: Data, over: Over = {}, name = 'SimulatePrincipalPolicy'): Data =>
	simulation[name]!.run(asked({PolicySourceArn: nps, ...input}, {account: made, ...over}));
const results = (answer: Data): readonly Data[] => answer['EvaluationResults'] as readonly Data[];
const decisions = (answer: Data): readonly unknown[] => results(answer).map(result => result['EvalDecision']);

describe('SimulatePrincipalPolicy', () => {
	test('answers for each action on each resource', () => {
		const answer = simulate({ActionNames: ['kms:Decrypt', 'iam:GetUser'], ResourceArns: [mine, keyArn(otherKeyId)]});
		expect(
			results(answer).map(({EvalActionName, EvalResourceName, EvalDecision}) => [
				EvalActionName,
				EvalResourceName,
				EvalDecision,
			]),
		).toEqual([
			['kms:Decrypt', mine, 'allowed'],
			['kms:Decrypt', keyArn(otherKeyId), 'implicitDeny'],
			['iam:GetUser', mine, 'explicitDeny'],
			['iam:GetUser', keyArn(otherKeyId), 'explicitDeny'],
		]);
		expect(results(answer)[0]!['ResourceSpecificResults']).toMatchObject([
			{EvalResourceName: mine, EvalResourceDecision: 'allowed'},
		]);
		expect(answer['IsTruncated']).toBe(false);
	});
	test('asks about everything where no resource is named', () => {
		expect(results(simulate({ActionNames: ['kms:Decrypt']}))).toMatchObject([
			{EvalResourceName: '*', EvalDecision: 'implicitDeny'},
		]);
	});
	test('tells which statement decided, and where it stands', () => {
		made.users['nps']!.inline['own'] =
			'{\n  "Version": "2012-10-17",\n  "Statement": [\n    {"Effect": "Allow", "Action": "kms:{", "Resource": "*"},\n    {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}\n  ]\n}';
		expect(results(simulate({ActionNames: ['kms:Decrypt']}))[0]!['MatchedStatements']).toEqual([
			{
				SourcePolicyId: 'user_nps_own',
				SourcePolicyType: 'user',
				StartPosition: {Line: 5, Column: 5},
				EndPosition: {Line: 5, Column: 66},
			},
		]);
	});
	test("judges without the resource's policy unless it is told", () => {
		made.keys[mine]!.policy = policy({Principal: {AWS: iam('user/eve')}, Action: 'kms:*'});
		const ask = (ResourcePolicy?: string): readonly unknown[] =>
			decisions(
				simulate({
					ActionNames: ['kms:Decrypt'],
					ResourceArns: [mine],
					...(ResourcePolicy !== undefined && {ResourcePolicy}),
				}),
			);
		expect(ask()).toEqual(['allowed']);
		expect(ask(policy({Principal: {AWS: iam('user/eve')}, Action: 'kms:*'}))).toEqual(['implicitDeny']);
		expect(ask(policy(delegation))).toEqual(['allowed']);
		expect(ask(policy(delegation, {Effect: 'Deny', Principal: {AWS: nps}, Action: 'kms:Decrypt'}))).toEqual([
			'explicitDeny',
		]);
	});
	test('a key policy that names the user opens what its own policies do not', () => {
		const ResourcePolicy = policy({Principal: {AWS: nps}, Action: 'kms:Encrypt'});
		expect(decisions(simulate({ActionNames: ['kms:Encrypt'], ResourceArns: [mine], ResourcePolicy}))).toEqual([
			'allowed',
		]);
	});
	test('takes the caller that is named, for the policy of the resource', () => {
		const ResourcePolicy = policy({Principal: {AWS: iam('user/eve')}, Action: 'kms:Encrypt'});
		expect(
			decisions(
				simulate({ActionNames: ['kms:Encrypt'], ResourceArns: [mine], ResourcePolicy, CallerArn: iam('user/eve')}),
			),
		).toEqual(['allowed']);
	});
	test('says which condition keys it missed, and takes them when told', () => {
		made.users['nps']!.inline['own'] = policy({
			Action: 'kms:CreateGrant',
			Condition: {Bool: {'kms:GrantIsForAWSResource': 'true'}, StringEquals: {'aws:username': 'nps'}},
		});
		const ask = (ContextEntries?: readonly Data[]): Data =>
			results(simulate({ActionNames: ['kms:CreateGrant'], ...(ContextEntries && {ContextEntries})}))[0]!;
		expect(ask()).toMatchObject({EvalDecision: 'implicitDeny', MissingContextValues: ['kms:GrantIsForAWSResource']});
		const told = {ContextKeyName: 'kms:GrantIsForAWSResource', ContextKeyValues: ['true'], ContextKeyType: 'boolean'};
		expect(ask([told])).toMatchObject({EvalDecision: 'allowed', MissingContextValues: []});
	});
	// https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html: it has no request to take a
	// key from, so one that isn't given is absent.
	test.each([
		['aws:RequestedRegion', {StringNotEquals: {'aws:RequestedRegion': 'eu-west-1'}}, 'eu-west-1'],
		['aws:SourceIp', {NotIpAddress: {'aws:SourceIp': '10.0.0.0/8'}}, '10.1.2.3'],
		['kms:CallerAccount', {StringNotEquals: {'kms:CallerAccount': '111122223333'}}, '111122223333'],
	])('takes %s as absent unless it is given', (ContextKeyName, contrary, value) => {
		const decision = (Condition: object, ContextEntries: readonly Data[] = []): Data => {
			made.users['nps']!.inline['own'] = policy({Action: 'kms:*'}, {Effect: 'Deny', Action: 'kms:*', Condition});
			return results(simulate({ActionNames: ['kms:Decrypt'], ContextEntries}))[0]!;
		};
		const [operator, keys] = Object.entries(contrary)[0]!;
		const plain = {[operator.replace('Not', '')]: keys};
		expect(decision(plain)).toMatchObject({EvalDecision: 'allowed', MissingContextValues: [ContextKeyName]});
		expect(decision(contrary)).toMatchObject({EvalDecision: 'explicitDeny'});
		const given = [{ContextKeyName, ContextKeyValues: [value], ContextKeyType: 'string'}];
		expect(decision(plain, given)).toMatchObject({EvalDecision: 'explicitDeny', MissingContextValues: []});
		expect(decision(contrary, given)).toMatchObject({EvalDecision: 'allowed'});
	});
	test('adds policies that are only thought of', () => {
		expect(
			decisions(simulate({ActionNames: ['kms:Encrypt'], PolicyInputList: [policy({Action: 'kms:Encrypt'})]})),
		).toEqual(['allowed']);
	});
	test('minds the permissions boundary', () => {
		const ask = (boundary: string): Data =>
			results(
				simulate({ActionNames: ['kms:Decrypt'], ResourceArns: [mine], PermissionsBoundaryPolicyInputList: [boundary]}),
			)[0]!;
		expect(ask(policy({Action: 'kms:Encrypt'}))).toMatchObject({
			EvalDecision: 'implicitDeny',
			PermissionsBoundaryDecisionDetail: {AllowedByPermissionsBoundary: false},
		});
		expect(ask(policy({Action: 'kms:*'}))).toMatchObject({
			EvalDecision: 'allowed',
			PermissionsBoundaryDecisionDetail: {AllowedByPermissionsBoundary: true},
		});
	});
	test('answers for groups and roles too', () => {
		made.groups['ops']!.inline['own'] = policy({Action: 'kms:Encrypt'});
		made.roles['admin']!.inline['own'] = policy({Action: 'kms:Decrypt'});
		const ask = (PolicySourceArn: string): readonly unknown[] =>
			decisions(simulate({PolicySourceArn, ActionNames: ['kms:Encrypt', 'kms:Decrypt']}));
		expect(ask(iam('group/ops'))).toEqual(['allowed', 'implicitDeny']);
		expect(ask(iam('role/Admin'))).toEqual(['implicitDeny', 'allowed']);
	});
	test('comes in pages', () => {
		const ActionNames = ['kms:Decrypt', 'kms:Encrypt', 'kms:DescribeKey'];
		const names: unknown[] = [];
		let answer = simulate({ActionNames}, {pageSize: 2});
		names.push(...results(answer).map(result => result['EvalActionName']));
		expect(answer['IsTruncated']).toBe(true);
		answer = simulate({ActionNames, Marker: answer['Marker']}, {pageSize: 2});
		names.push(...results(answer).map(result => result['EvalActionName']));
		expect([names, answer['IsTruncated']]).toEqual([ActionNames, false]);
	});
	test('is itself something to be allowed, on the identity it is about', () => {
		expect(simulation['SimulatePrincipalPolicy']!.about(asked({PolicySourceArn: nps}))).toEqual([nps]);
	});
	test('refuses an identity that is not there, and a document that is none', () => {
		expect(refusal(() => simulate({PolicySourceArn: iam('user/gone'), ActionNames: ['kms:Decrypt']}))).toBe(
			`NoSuchEntity: The entity with ARN ${iam('user/gone')} cannot be found.`,
		);
		expect(refusal(() => simulate({ActionNames: ['kms:Decrypt'], PolicyInputList: ['{']}))).toBe(
			'MalformedPolicyDocument: Syntax errors in policy.',
		);
		expect(refusal(() => simulate({}))).toContain(
			"at 'actionNames' failed to satisfy constraint: Member must not be null",
		);
	});
	test('is not behind, when authorization is', () => {
		const arn = iam('policy/new');
		made.policies[arn] = {
			name: 'new',
			path: '/',
			id: 'ANPA',
			arn,
			created: noon,
			updated: noon,
			defaultVersion: 'v1',
			versions: [{id: 'v1', document: policy({Action: 'kms:Encrypt'}), created: noon}],
			next: 2,
			tags: [],
		};
		made.users['nps']!.attached.push({arn, since: noon});
		const answer = simulate({ActionNames: ['kms:Encrypt']}, {lags: {policies: 60_000}});
		expect(results(answer)).toMatchObject([
			{EvalDecision: 'allowed', MatchedStatements: [{SourcePolicyId: 'new', SourcePolicyType: 'user-managed'}]},
		]);
	});
});

test('SimulateCustomPolicy judges the policies it is given, and nobody else', () => {
	const custom = (input: Data): Data => simulate({PolicySourceArn: undefined, ...input}, {}, 'SimulateCustomPolicy');
	const PolicyInputList = [
		policy({Action: 'kms:Encrypt'}),
		policy({Effect: 'Deny', Action: 'kms:*', Resource: keyArn(otherKeyId)}),
	];
	const ActionNames = ['kms:Encrypt', 'kms:Decrypt'];
	expect(decisions(custom({PolicyInputList, ActionNames}))).toEqual(['allowed', 'implicitDeny']);
	expect(decisions(custom({PolicyInputList, ActionNames, ResourceArns: [keyArn(otherKeyId)]}))).toEqual([
		'explicitDeny',
		'explicitDeny',
	]);
	expect(results(custom({PolicyInputList, ActionNames}))[0]).toMatchObject({
		MatchedStatements: [{SourcePolicyId: 'PolicyInputList.1'}],
	});
	expect(refusal(() => custom({PolicyInputList, ActionNames, ResourcePolicy: policy(delegation)}))).toContain(
		'InvalidInput: CallerArn is required',
	);
});
