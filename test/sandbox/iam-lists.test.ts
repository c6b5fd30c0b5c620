import {beforeEach, describe, expect, it} from 'vitest';
import {emptyAccount} from '../../src/sandbox/account/account.js';
import {withAwsPolicies} from '../../src/sandbox/account/aws-managed-policies.js';
import {iam} from '../../src/sandbox/iam/index.js';
import {checkPolicy} from '../../src/sandbox/iam/policy-text.js';
import type {Data} from '../../src/sandbox/operation.js';
import {allowing, arn, Desk, id, policyArn, trusting} from './iam-account.js';

const document = allowing('kms:Decrypt');
let desk: Desk;
const three = ['a', 'b', 'c'];
const PolicyArn = policyArn('a');

/** Three of everything that can be three; two access keys. */
function furnish(): void {
	for (const name of three) {
		desk.ask('CreateUser', {UserName: name, Tags: three.map(Key => ({Key, Value: ''}))});
		desk.ask('CreateGroup', {GroupName: name});
		desk.ask('CreateRole', {
			RoleName: name,
			AssumeRolePolicyDocument: trusting(id),
			Tags: three.map(Key => ({Key, Value: ''})),
		});
		desk.ask('CreatePolicy', {PolicyName: name, PolicyDocument: document, Tags: three.map(Key => ({Key, Value: ''}))});
	}
	for (const name of three) {
		for (const [noun, holder] of [
			['User', {UserName: 'a'}],
			['Group', {GroupName: 'a'}],
			['Role', {RoleName: 'a'}],
		] as const) {
			desk.ask(`Attach${noun}Policy`, {...holder, PolicyArn: policyArn(name)});
			desk.ask(`Put${noun}Policy`, {...holder, PolicyName: name, PolicyDocument: document});
		}
		desk.ask('AddUserToGroup', {GroupName: name, UserName: 'a'});
		if (name !== 'a') desk.ask('AddUserToGroup', {GroupName: 'a', UserName: name});
		desk.ask('EnableMFADevice', {
			UserName: 'a',
			SerialNumber: arn(`mfa/${name}`),
			AuthenticationCode1: '111111',
			AuthenticationCode2: '222222',
		});
	}
	for (const _ of ['v2', 'v3']) desk.ask('CreatePolicyVersion', {PolicyArn, PolicyDocument: document});
	for (const _ of [1, 2]) desk.ask('CreateAccessKey', {UserName: 'a'});
	desk.ask('CreateAccountAlias', {AccountAlias: 'acme'});
}

const lists: readonly [operation: string, input: Data, lists: string[], count: number][] = [
	['ListUsers', {}, ['Users'], 3],
	['ListGroups', {}, ['Groups'], 3],
	['ListRoles', {}, ['Roles'], 3],
	['ListPolicies', {}, ['Policies'], 8],
	['ListPolicies', {Scope: 'Local'}, ['Policies'], 3],
	['ListPolicyVersions', {PolicyArn}, ['Versions'], 3],
	['ListEntitiesForPolicy', {PolicyArn}, ['PolicyUsers', 'PolicyGroups', 'PolicyRoles'], 3],
	['ListAccessKeys', {UserName: 'a'}, ['AccessKeyMetadata'], 2],
	['ListAccountAliases', {}, ['AccountAliases'], 1],
	['ListGroupsForUser', {UserName: 'a'}, ['Groups'], 3],
	['GetGroup', {GroupName: 'a'}, ['Users'], 3],
	['ListMFADevices', {UserName: 'a'}, ['MFADevices'], 3],
	['ListSigningCertificates', {UserName: 'a'}, ['Certificates'], 0],
	['ListSSHPublicKeys', {UserName: 'a'}, ['SSHPublicKeys'], 0],
	['ListServiceSpecificCredentials', {UserName: 'a'}, ['ServiceSpecificCredentials'], 0],
	['ListUserTags', {UserName: 'a'}, ['Tags'], 3],
	['ListRoleTags', {RoleName: 'a'}, ['Tags'], 3],
	['ListPolicyTags', {PolicyArn}, ['Tags'], 3],
	...(['User', 'Group', 'Role'] as const).flatMap((noun): (typeof lists)[number][] => [
		[`ListAttached${noun}Policies`, {[`${noun}Name`]: 'a'}, ['AttachedPolicies'], 3],
		[`List${noun}Policies`, {[`${noun}Name`]: 'a'}, ['PolicyNames'], 3],
	]),
];

describe('a list', () => {
	beforeEach(() => {
		desk = new Desk();
		furnish();
	});
	it.each(lists)('%s %j tells each once, however small its pages', (operation, input, names, count) => {
		const whole = desk.ask(operation, input) as unknown as Data;
		const items = names.flatMap(name => whole[name] as unknown[]);
		expect(items).toHaveLength(count);
		expect(whole).toMatchObject({IsTruncated: false});
		for (const [pageSize, more] of [
			[1, {}],
			[100, {MaxItems: '1'}],
			[2, {MaxItems: '1000'}],
		] as const) {
			desk.pageSize = pageSize;
			const found: unknown[] = [];
			let marker: Data = {};
			for (;;) {
				const page = desk.ask(operation, {...input, ...more, ...marker}) as unknown as Data;
				const here = names.flatMap(name => page[name] as unknown[]);
				expect(here.length).toBeLessThanOrEqual(Math.min(pageSize, Number((more as Data)['MaxItems'] ?? pageSize)));
				found.push(...here);
				if (page['IsTruncated'] !== true) break;
				marker = {Marker: page['Marker']};
			}
			expect(new Set(found.map(it => JSON.stringify(it)))).toEqual(new Set(items.map(it => JSON.stringify(it))));
			expect(found).toHaveLength(count);
		}
	});
	it('is in this table, if it is one', () => {
		const tested = new Set(lists.map(([operation]) => operation));
		expect(Object.keys(iam).filter(name => name.startsWith('List') && !tested.has(name))).toEqual([]);
	});
});

describe('a list that lags tells what is new only later', () => {
	const lagging: readonly [make: () => void, operation: string, input: Data, list: string][] = [
		[() => desk.ask('CreateUser', {UserName: 'new'}), 'ListUsers', {}, 'Users'],
		[() => desk.ask('CreateGroup', {GroupName: 'new'}), 'ListGroups', {}, 'Groups'],
		[() => desk.ask('CreateRole', {RoleName: 'new', AssumeRolePolicyDocument: trusting(id)}), 'ListRoles', {}, 'Roles'],
		[() => desk.ask('CreatePolicy', {PolicyName: 'new', PolicyDocument: document}), 'ListPolicies', {}, 'Policies'],
		[
			() => desk.ask('CreatePolicyVersion', {PolicyArn, PolicyDocument: document}),
			'ListPolicyVersions',
			{PolicyArn},
			'Versions',
		],
		[() => desk.ask('CreateAccessKey', {UserName: 'b'}), 'ListAccessKeys', {UserName: 'b'}, 'AccessKeyMetadata'],
		[
			() => desk.ask('AttachUserPolicy', {UserName: 'b', PolicyArn}),
			'ListAttachedUserPolicies',
			{UserName: 'b'},
			'AttachedPolicies',
		],
		[
			() => desk.ask('AttachUserPolicy', {UserName: 'b', PolicyArn}),
			'ListEntitiesForPolicy',
			{PolicyArn},
			'PolicyUsers',
		],
	];
	beforeEach(() => {
		desk = new Desk();
		furnish();
	});
	it.each(lagging)('%#: %s', (make, operation, input, list) => {
		desk.now += 10_000;
		const before = (desk.ask(operation, input) as unknown as Data)[list] as unknown[];
		desk.lags = {...desk.lags, lists: 3000};
		make();
		const told = () => (desk.ask(operation, input) as unknown as Data)[list] as unknown[];
		expect(told()).toHaveLength(before.length);
		desk.now += 2999;
		expect(told()).toHaveLength(before.length);
		desk.now += 1;
		expect(told()).toHaveLength(before.length + 1);
	});
	it('a thing by its name is there at once', () => {
		desk.lags = {...desk.lags, lists: 3000};
		desk.ask('CreateUser', {UserName: 'new'});
		expect(desk.ask('GetUser', {UserName: 'new'}).User.UserName).toBe('new');
	});
});

describe('authorization is asked', () => {
	beforeEach(() => {
		desk = new Desk();
		desk.ask('CreateUser', {UserName: 'Nps', Path: '/apps/'});
	});
	const cases: readonly [operation: string, input: Data, about: string][] = [
		['CreateUser', {UserName: 'new', Path: '/apps/'}, arn('user/apps/new')],
		['CreateUser', {UserName: 'new'}, arn('user/new')],
		['GetUser', {UserName: 'nps'}, arn('user/apps/Nps')],
		['GetUser', {UserName: 'nobody'}, arn('user/nobody')],
		['GetUser', {}, arn('root')],
		['DeleteUser', {UserName: 'NPS'}, arn('user/apps/Nps')],
		['ListUsers', {}, '*'],
		['ListRoles', {}, '*'],
		['ListPolicies', {}, '*'],
		['ListAccountAliases', {}, '*'],
		['GetAccountSummary', {}, '*'],
		['GetAccountPasswordPolicy', {}, '*'],
		['AttachUserPolicy', {UserName: 'nps', PolicyArn}, arn('user/apps/Nps')],
		['DetachUserPolicy', {UserName: 'nps', PolicyArn}, arn('user/apps/Nps')],
		['ListAttachedUserPolicies', {UserName: 'nps'}, arn('user/apps/Nps')],
		['PutUserPolicy', {UserName: 'nps', PolicyName: 'p', PolicyDocument: document}, arn('user/apps/Nps')],
		['CreateAccessKey', {UserName: 'nps'}, arn('user/apps/Nps')],
		['ListAccessKeys', {UserName: 'nps'}, arn('user/apps/Nps')],
		[
			'UpdateAccessKey',
			{UserName: 'nps', AccessKeyId: 'AKIAIOSFODNN7EXAMPLE', Status: 'Inactive'},
			arn('user/apps/Nps'),
		],
		['GetAccessKeyLastUsed', {AccessKeyId: 'AKIAIOSFODNN7EXAMPLE'}, '*'],
		['CreateLoginProfile', {UserName: 'nps', Password: 'Correct-horse-1'}, arn('user/apps/Nps')],
		['TagUser', {UserName: 'nps', Tags: []}, arn('user/apps/Nps')],
		['CreatePolicy', {PolicyName: 'p', Path: '/apps/', PolicyDocument: document}, arn('policy/apps/p')],
		['GetPolicy', {PolicyArn}, PolicyArn],
		['CreatePolicyVersion', {PolicyArn, PolicyDocument: document}, PolicyArn],
		['ListEntitiesForPolicy', {PolicyArn}, PolicyArn],
		['TagPolicy', {PolicyArn, Tags: []}, PolicyArn],
		['AddUserToGroup', {GroupName: 'team', UserName: 'nps'}, arn('group/team')],
		['ListGroupsForUser', {UserName: 'nps'}, arn('user/apps/Nps')],
		['GetRole', {RoleName: 'r'}, arn('role/r')],
		['AssumeRole', {RoleArn: arn('role/r'), RoleSessionName: 'me'}, arn('role/r')],
	];
	it.each(cases)('%s %j: about %s', (operation, input, about) => {
		expect(desk.about(operation, input)).toEqual([about]);
	});
	it.each([
		['CreateUser', {UserName: 'new', Path: '/apps/'}, 'iam:TagUser', arn('user/apps/new')],
		['CreatePolicy', {PolicyName: 'new', PolicyDocument: document}, 'iam:TagPolicy', arn('policy/new')],
		['CreateRole', {RoleName: 'new', AssumeRolePolicyDocument: trusting(id)}, 'iam:TagRole', arn('role/new')],
	] as const)('for tags too, where %s brings some', (operation, input, action, resource) => {
		expect(desk.also(operation, {...input, Tags: [{Key: 'k', Value: 'v'}]})).toEqual([{action, resource}]);
		expect(desk.also(operation, {...input, Tags: ''})).toEqual([]);
		expect(desk.also(operation, input)).toEqual([]);
	});
});

describe('the policies of AWS', () => {
	it.each(['aws', 'aws-cn', 'aws-us-gov', 'aws-eusc'])(
		'are there in %s, in its own ARNs, and are no business of its names',
		partition => {
			desk = new Desk(withAwsPolicies(emptyAccount(id, partition)));
			const quarantines = ['AWSCompromisedKeyQuarantineV2', 'AWSCompromisedKeyQuarantineV3'];
			const ours = ['IAMUserChangePassword', 'ReadOnlyAccess', 'AdministratorAccess', ...quarantines];
			expect(desk.ask('ListPolicies', {Scope: 'AWS'}).Policies.map(({Arn}) => Arn)).toEqual(
				ours.map(name => `arn:${partition}:iam::aws:policy/${name}`),
			);
			for (const {Arn, DefaultVersionId} of desk.ask('ListPolicies', {Scope: 'AWS'}).Policies) {
				const {Document} = desk.ask('GetPolicyVersion', {PolicyArn: Arn, VersionId: DefaultVersionId}).PolicyVersion;
				expect(() => checkPolicy(decodeURIComponent(Document), 'managed')).not.toThrow();
			}
			expect(desk.ask('CreatePolicy', {PolicyName: 'ReadOnlyAccess', PolicyDocument: document}).Policy.Arn).toBe(
				`arn:${partition}:iam::${id}:policy/ReadOnlyAccess`,
			);
		},
	);
	it("let a user change its own password and no other's", () => {
		const {versions} = withAwsPolicies(emptyAccount(id, 'aws')).policies[
			'arn:aws:iam::aws:policy/IAMUserChangePassword'
		]!;
		expect(versions[0]!.document).toMatch(/"arn:aws:iam::\*:user\/\$\{aws:username\}"/);
	});
	it('stay as they are where they are there', () => {
		const account = withAwsPolicies(emptyAccount(id, 'aws'));
		const before = account.policies['arn:aws:iam::aws:policy/ReadOnlyAccess'];
		expect(withAwsPolicies(account).policies['arn:aws:iam::aws:policy/ReadOnlyAccess']).toBe(before);
	});
});
