import {beforeEach, describe, expect, it} from 'vitest';
import type {Data} from '../../src/sandbox/operation.js';
import {allowing, arn, awsPolicy, Desk, policyArn} from './iam-account.js';

const PolicyArn = policyArn('nps');
const document = allowing('kms:Decrypt');
let desk: Desk;
beforeEach(() => {
	desk = new Desk();
	desk.ask('CreatePolicy', {
		PolicyName: 'nps',
		PolicyDocument: document,
		Description: 'For NPS',
		Tags: [{Key: 'k', Value: 'v'}],
	});
});
const names = (list: readonly unknown[], name: string): unknown[] => (list as Data[]).map(item => item[name]);

describe('a managed policy', () => {
	const nps = {
		PolicyName: 'nps',
		PolicyId: expect.stringMatching(/^ANPA[A-Z2-7]{17}$/),
		Arn: PolicyArn,
		Path: '/',
		DefaultVersionId: 'v1',
		AttachmentCount: 0,
		PermissionsBoundaryUsageCount: 0,
		IsAttachable: true,
		CreateDate: new Date('2026-11-24T10:00:00Z'),
		UpdateDate: new Date('2026-11-24T10:00:00Z'),
	};
	it('is told whole', () => {
		expect(desk.ask('GetPolicy', {PolicyArn})['Policy']).toEqual({
			...nps,
			Description: 'For NPS',
			Tags: [{Key: 'k', Value: 'v'}],
		});
	});
	it('is listed without its description and tags', () => {
		expect(desk.ask('ListPolicies', {Scope: 'Local'})['Policies']).toEqual([nps]);
	});
	it('is one with its name, whatever the case and path', () => {
		desk.ask('CreatePolicy', {PolicyName: 'Mixed', PolicyDocument: document});
		expect(desk.refusal('CreatePolicy', {PolicyName: 'mixed', PolicyDocument: document})).toMatch(
			/^409 EntityAlreadyExists/,
		);
		expect(desk.refusal('CreatePolicy', {PolicyName: 'NPS', Path: '/other/', PolicyDocument: document})).toBe(
			'409 EntityAlreadyExists: A policy called NPS already exists. Duplicate names are not allowed.',
		);
		expect(desk.ask('CreatePolicy', {PolicyName: 'ReadOnlyAccess', PolicyDocument: document}).Policy.Arn).toBe(
			policyArn('ReadOnlyAccess'),
		);
	});
	it('has up to 6144 characters, white space aside', () => {
		const long = (count: number) => allowing('kms:Decrypt', `arn:aws:kms:*:*:key/${'x'.repeat(count)}`);
		const room = 6144 - long(0).length;
		desk.ask('CreatePolicy', {
			PolicyName: 'full',
			PolicyDocument: JSON.stringify(JSON.parse(long(room)), undefined, 4),
		});
		const refusal = '409 LimitExceeded: Cannot exceed quota for PolicySize: 6144';
		expect(desk.refusal('CreatePolicy', {PolicyName: 'fuller', PolicyDocument: long(room + 1)})).toBe(refusal);
		expect(desk.refusal('CreatePolicyVersion', {PolicyArn, PolicyDocument: long(room + 1)})).toBe(refusal);
	});
	it('that is not there', () => {
		const none = policyArn('none');
		const missing = `404 NoSuchEntity: Policy ${none} was not found.`;
		for (const name of ['GetPolicy', 'DeletePolicy', 'ListPolicyVersions', 'ListEntitiesForPolicy', 'ListPolicyTags'])
			expect(desk.refusal(name, {PolicyArn: none})).toBe(missing);
		for (const name of ['GetPolicyVersion', 'SetDefaultPolicyVersion', 'DeletePolicyVersion'])
			expect(desk.refusal(name, {PolicyArn: none, VersionId: 'v1'})).toBe(missing);
		expect(desk.refusal('CreatePolicyVersion', {PolicyArn: none, PolicyDocument: document})).toBe(missing);
		expect(desk.refusal('TagPolicy', {PolicyArn: none, Tags: []})).toBe(missing);
		expect(desk.refusal('UntagPolicy', {PolicyArn: none, TagKeys: ['k']})).toBe(missing);
	});
	it('is deleted when it has one version and nobody has it', () => {
		desk.ask('CreateUser', {UserName: 'u', PermissionsBoundary: PolicyArn});
		const attached = '409 DeleteConflict: Cannot delete a policy attached to entities.';
		expect(desk.refusal('DeletePolicy', {PolicyArn})).toBe(attached);
		desk.ask('DeleteUserPermissionsBoundary', {UserName: 'u'});
		desk.ask('AttachUserPolicy', {UserName: 'u', PolicyArn});
		expect(desk.refusal('DeletePolicy', {PolicyArn})).toBe(attached);
		desk.ask('DetachUserPolicy', {UserName: 'u', PolicyArn});
		desk.ask('CreatePolicyVersion', {PolicyArn, PolicyDocument: document});
		expect(desk.refusal('DeletePolicy', {PolicyArn})).toBe(
			"409 DeleteConflict: This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
		);
		desk.ask('DeletePolicyVersion', {PolicyArn, VersionId: 'v2'});
		desk.ask('DeletePolicy', {PolicyArn});
		expect(desk.ask('ListPolicies', {Scope: 'Local'})['Policies']).toEqual([]);
	});
	it.each([
		'DeletePolicy',
		'CreatePolicyVersion',
		'SetDefaultPolicyVersion',
		'DeletePolicyVersion',
		'TagPolicy',
		'UntagPolicy',
	])("of AWS is nobody's to change: %s", name => {
		const input = {
			PolicyArn: awsPolicy('ReadOnlyAccess'),
			PolicyDocument: document,
			VersionId: 'v182',
			Tags: [{Key: 'k', Value: 'v'}],
			TagKeys: ['k'],
		};
		expect(desk.refusal(name, input)).toBe(
			`403 AccessDenied: User: ${arn('root')} is not authorized to perform: iam:${name} on resource: policy ${awsPolicy('ReadOnlyAccess')}`,
		);
	});
	it('is listed by scope, path and use', () => {
		desk.ask('CreatePolicy', {PolicyName: 'deep', Path: '/apps/nps/', PolicyDocument: document});
		desk.ask('CreateUser', {UserName: 'u', PermissionsBoundary: awsPolicy('ReadOnlyAccess')});
		desk.ask('AttachUserPolicy', {UserName: 'u', PolicyArn});
		const listed = (input: Data) => names(desk.ask('ListPolicies', input)['Policies'], 'PolicyName');
		expect(listed({}).toSorted()).toEqual([
			'AWSCompromisedKeyQuarantineV2',
			'AWSCompromisedKeyQuarantineV3',
			'AdministratorAccess',
			'IAMUserChangePassword',
			'ReadOnlyAccess',
			'deep',
			'nps',
		]);
		expect(listed({Scope: 'AWS'})).toHaveLength(5);
		expect(listed({Scope: 'Local'})).toEqual(['nps', 'deep']);
		expect(listed({PathPrefix: '/apps/'})).toEqual(['deep']);
		expect(listed({OnlyAttached: 'true'}).toSorted()).toEqual(['ReadOnlyAccess', 'nps']);
		expect(listed({PolicyUsageFilter: 'PermissionsPolicy'})).toEqual(['nps']);
		expect(listed({PolicyUsageFilter: 'PermissionsBoundary'})).toEqual(['ReadOnlyAccess']);
	});
});

describe('versions of a policy', () => {
	it('are numbered and never twice, the newest first', () => {
		const made = () => desk.ask('CreatePolicyVersion', {PolicyArn, PolicyDocument: document}).PolicyVersion;
		expect(made()).toEqual({VersionId: 'v2', IsDefaultVersion: false, CreateDate: new Date(desk.now)});
		desk.ask('DeletePolicyVersion', {PolicyArn, VersionId: 'v2'});
		expect(made().VersionId).toBe('v3');
		expect(names(desk.ask('ListPolicyVersions', {PolicyArn}).Versions, 'VersionId')).toEqual(['v3', 'v1']);
	});
	it('are five at most', () => {
		for (let count = 1; count < 5; count += 1) desk.ask('CreatePolicyVersion', {PolicyArn, PolicyDocument: document});
		expect(desk.refusal('CreatePolicyVersion', {PolicyArn, PolicyDocument: document})).toBe(
			'409 LimitExceeded: A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.',
		);
	});
	it('tell their document percent-encoded', () => {
		const odd = allowing('kms:Decrypt', "arn:aws:kms:*:*:key/(a'b)!*");
		desk.ask('CreatePolicyVersion', {PolicyArn, PolicyDocument: odd});
		const {Document} = desk.ask('GetPolicyVersion', {PolicyArn, VersionId: 'v2'}).PolicyVersion;
		expect(Document).toMatch(/^[A-Za-z0-9._~%-]+$/);
		expect(decodeURIComponent(Document)).toBe(odd);
	});
	it('one becomes the default at once or later, and authorization can know since when', () => {
		const other = allowing('kms:Encrypt');
		desk.now += 1000;
		desk.ask('CreatePolicyVersion', {PolicyArn, PolicyDocument: other, SetAsDefault: 'true'});
		expect(desk.account.policies[PolicyArn]).toMatchObject({
			defaultVersion: 'v2',
			changed: {at: desk.now, before: document},
			updated: desk.now,
		});
		desk.now += 1000;
		desk.ask('SetDefaultPolicyVersion', {PolicyArn, VersionId: 'v1'});
		expect(desk.account.policies[PolicyArn]).toMatchObject({
			defaultVersion: 'v1',
			changed: {at: desk.now, before: other},
			updated: desk.now,
		});
		desk.now += 1000;
		desk.ask('SetDefaultPolicyVersion', {PolicyArn, VersionId: 'v1'});
		expect(desk.account.policies[PolicyArn]!.changed!.at).toBe(desk.now - 1000);
		expect(desk.ask('GetPolicy', {PolicyArn}).Policy.DefaultVersionId).toBe('v1');
	});
	it('the default one stays', () => {
		expect(desk.refusal('DeletePolicyVersion', {PolicyArn, VersionId: 'v1'})).toBe(
			'409 DeleteConflict: Cannot delete the default version of a policy.',
		);
	});
	it.each(['GetPolicyVersion', 'SetDefaultPolicyVersion', 'DeletePolicyVersion'])('one that is not there: %s', name => {
		expect(desk.refusal(name, {PolicyArn, VersionId: 'v9'})).toBe(
			`404 NoSuchEntity: Policy ${PolicyArn} version v9 does not exist or is not attachable.`,
		);
	});
});

describe('attachments', () => {
	const kinds = [
		['User', {UserName: 'it'}, {}],
		['Group', {GroupName: 'it'}, {}],
		[
			'Role',
			{RoleName: 'it'},
			{
				AssumeRolePolicyDocument: JSON.stringify({
					Statement: {Effect: 'Allow', Principal: {AWS: '*'}, Action: 'sts:AssumeRole'},
				}),
			},
		],
	] as const;
	it.each(kinds)('of a %s are made once, listed and taken away', (noun, name, more) => {
		desk.ask(`Create${noun}`, {...name, ...more});
		desk.now += 1000;
		desk.ask(`Attach${noun}Policy`, {...name, PolicyArn});
		desk.now += 1000;
		desk.ask(`Attach${noun}Policy`, {...name, PolicyArn});
		const {account} = desk;
		const identity = {User: account.users, Group: account.groups, Role: account.roles}[noun]['it']!;
		expect(identity.attached).toEqual([{arn: PolicyArn, since: desk.now - 1000}]);
		expect(desk.ask(`ListAttached${noun}Policies`, name).AttachedPolicies).toEqual([{PolicyName: 'nps', PolicyArn}]);
		expect(desk.ask(`ListAttached${noun}Policies`, {...name, PathPrefix: '/apps/'}).AttachedPolicies).toEqual([]);
		expect(desk.ask('GetPolicy', {PolicyArn}).Policy).toMatchObject({AttachmentCount: 1});
		desk.ask(`Detach${noun}Policy`, {...name, PolicyArn});
		expect(desk.refusal(`Detach${noun}Policy`, {...name, PolicyArn})).toBe(
			`404 NoSuchEntity: Policy ${PolicyArn} was not found.`,
		);
		expect(desk.ask(`ListAttached${noun}Policies`, name).AttachedPolicies).toEqual([]);
	});
	it.each(kinds)('of a %s are ten at most, and of what exists', (noun, name, more) => {
		desk.ask(`Create${noun}`, {...name, ...more});
		for (let count = 1; count <= 10; count += 1) {
			desk.ask('CreatePolicy', {PolicyName: `p${count}`, PolicyDocument: document});
			desk.ask(`Attach${noun}Policy`, {...name, PolicyArn: policyArn(`p${count}`)});
		}
		expect(desk.refusal(`Attach${noun}Policy`, {...name, PolicyArn})).toBe(
			`409 LimitExceeded: Cannot exceed quota for PoliciesPer${noun}: 10`,
		);
		expect(desk.refusal(`Attach${noun}Policy`, {...name, PolicyArn: policyArn('none')})).toBe(
			`404 NoSuchEntity: Policy ${policyArn('none')} does not exist or is not attachable.`,
		);
	});
	it('of a policy are told by kind, and by use', () => {
		for (const [noun, name, more] of kinds) {
			desk.ask(`Create${noun}`, {...name, ...more});
			desk.ask(`Attach${noun}Policy`, {...name, PolicyArn});
		}
		desk.ask('CreateUser', {UserName: 'bound', Path: '/apps/', PermissionsBoundary: PolicyArn});
		const told = (input: Data) => {
			const {
				PolicyUsers: users,
				PolicyGroups: groups,
				PolicyRoles: roles,
			} = desk.ask('ListEntitiesForPolicy', {PolicyArn, ...input});
			return [names(users, 'UserName'), names(groups, 'GroupName'), names(roles, 'RoleName')];
		};
		expect(told({})).toEqual([['it', 'bound'], ['it'], ['it']]);
		expect(told({EntityFilter: 'User'})).toEqual([['it', 'bound'], [], []]);
		expect(told({EntityFilter: 'Role'})).toEqual([[], [], ['it']]);
		expect(told({EntityFilter: 'AWSManagedPolicy'})).toEqual([[], [], []]);
		expect(told({PolicyUsageFilter: 'PermissionsPolicy'})).toEqual([['it'], ['it'], ['it']]);
		expect(told({PolicyUsageFilter: 'PermissionsBoundary'})).toEqual([['bound'], [], []]);
		expect(told({PathPrefix: '/apps/'})).toEqual([['bound'], [], []]);
	});
});

describe('a document that is no policy is refused, and why', () => {
	const fine = {Effect: 'Allow', Action: 'kms:Decrypt', Resource: '*'};
	const policy = (...statements: readonly unknown[]) => ({Version: '2012-10-17', Statement: statements});
	const without = (element: string) => policy({...fine, [element]: undefined});
	const notAlphanumeric =
		'Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*';
	const cases: readonly [document: unknown, why: string][] = [
		['{', 'Syntax errors in policy.'],
		['null', 'Syntax errors in policy.'],
		['[]', 'Syntax errors in policy.'],
		[{Version: '2012-10-17'}, 'Syntax errors in policy.'],
		[policy(), 'Syntax errors in policy.'],
		[policy('Allow'), 'Syntax errors in policy.'],
		[{...policy(fine), Version: '2020-01-01'}, 'Syntax errors in policy.'],
		[{...policy(fine), Version: '2008-10-17'}, 'Policy document must be version 2012-10-17 or greater.'],
		[{...policy(fine), Owner: 'me'}, 'Syntax errors in policy.'],
		[{...policy(fine), Id: 7}, 'Syntax errors in policy.'],
		[policy({...fine, Colour: 'red'}), 'Syntax errors in policy.'],
		[policy({...fine, Effect: 'Maybe'}), 'Syntax errors in policy.'],
		[policy({...fine, Effect: 'allow'}), 'The policy failed legacy parsing'],
		[without('Effect'), 'Syntax errors in policy.'],
		[policy({...fine, NotAction: 'kms:*'}), 'Syntax errors in policy.'],
		[policy({...fine, Action: 7}), 'Syntax errors in policy.'],
		[policy({...fine, Condition: {Sounds: {a: 'b'}}}), 'Syntax errors in policy.'],
		[without('Action'), 'Policy statement must contain actions.'],
		[policy({...fine, Action: []}), 'Policy statement must contain actions.'],
		[without('Resource'), 'Policy statement must contain resources.'],
		[policy({...fine, Resource: []}), 'Policy statement must contain resources.'],
		[policy({...fine, Sid: 'a'}, {...fine, Sid: 'a'}), 'Statement IDs (SID) in a single policy must be unique.'],
		// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html
		...['Allow use of the key', 'a-b', 'Zoë'].map((Sid): [unknown, string] => [
			policy({...fine, Sid}),
			notAlphanumeric,
		]),
		[policy({...fine, Principal: '*'}), 'Policy document should not specify a principal.'],
		[policy({...fine, Resource: 'key/1'}), 'Resource key/1 must be in ARN format or "*".'],
		[policy({...fine, Resource: 'arn:aws'}), 'Resource vendor must be fully qualified and cannot contain regexes.'],
		[
			policy({...fine, Resource: 'arn:amazon:kms:*:*:key/*'}),
			'Partition "amazon" is not valid for resource "arn:amazon:kms:*:*:key/*".',
		],
		[
			policy({...fine, Resource: 'arn:aws:iam:eu-west-1:1:user/u'}),
			'IAM resource arn:aws:iam:eu-west-1:1:user/u cannot contain region information.',
		],
		[policy({...fine, Resource: 'arn:aws:kms'}), 'The policy failed legacy parsing'],
		[
			policy({...fine, Action: 'Decrypt'}),
			'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.',
		],
		[policy({...fine, Action: 'kms:De:crypt'}), 'Actions/Condition can contain only one colon.'],
		[policy({...fine, Action: 'k_ms:Decrypt'}), 'Vendor k_ms is not valid'],
	];
	it.each(cases)('%j', (written, why) => {
		const PolicyDocument = typeof written === 'string' ? written : JSON.stringify(written);
		const refusal = `400 MalformedPolicyDocument: ${why}`;
		expect(desk.refusal('CreatePolicy', {PolicyName: 'odd', PolicyDocument})).toBe(refusal);
		expect(desk.refusal('CreatePolicyVersion', {PolicyArn, PolicyDocument})).toBe(refusal);
	});
	it.each([
		policy({
			...fine,
			Condition: {'ForAnyValue:StringLikeIfExists': {'aws:TagKeys': ['a']}, Bool: {'aws:MultiFactorAuthPresent': true}},
		}),
		policy({Effect: 'Deny', NotAction: ['iam:*', '*'], NotResource: ['arn:aws:kms:*:*:key/*']}),
		{Version: '2012-10-17', Id: 'mine', Statement: fine},
		policy({...fine, Sid: ''}, {...fine, Sid: ''}, {...fine, Resource: 'arn:aws-us-gov:iam::*:user/*'}),
	])('what is one is taken: %j', written => {
		desk.ask('CreatePolicy', {PolicyName: 'odd', PolicyDocument: JSON.stringify(written)});
		expect(desk.account.policies[policyArn('odd')]!.versions[0]!.document).toBe(JSON.stringify(written));
	});
});
