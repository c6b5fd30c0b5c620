import {beforeEach, describe, expect, it} from 'vitest';
import {allowing, arn, awsPolicy, Desk, id, trusting} from './iam-account.js';

let desk: Desk;
beforeEach(() => {
	desk = new Desk();
	desk.ask('CreateUser', {UserName: 'nps'});
});
const document = allowing('kms:Decrypt');
const PolicyArn = awsPolicy('ReadOnlyAccess');

describe('a group', () => {
	const team = {
		GroupName: 'Team',
		Path: '/',
		Arn: arn('group/Team'),
		GroupId: expect.stringMatching(/^AGPA[A-Z2-7]{17}$/),
		CreateDate: expect.any(Date),
	};
	beforeEach(() => desk.ask('CreateGroup', {GroupName: 'Team'}));
	it('is one with its name, is listed and is told with its users', () => {
		expect(desk.refusal('CreateGroup', {GroupName: 'TEAM'})).toBe(
			'409 EntityAlreadyExists: Group with name TEAM already exists.',
		);
		expect(desk.ask('ListGroups')).toEqual({Groups: [team], IsTruncated: false});
		desk.ask('AddUserToGroup', {GroupName: 'team', UserName: 'NPS'});
		desk.ask('AddUserToGroup', {GroupName: 'team', UserName: 'nps'});
		expect(desk.ask('GetGroup', {GroupName: 'team'})).toMatchObject({Group: team, Users: [{UserName: 'nps'}]});
		expect(desk.ask('ListGroupsForUser', {UserName: 'nps'}).Groups).toEqual([team]);
		desk.ask('RemoveUserFromGroup', {GroupName: 'team', UserName: 'Nps'});
		expect(desk.ask('ListGroupsForUser', {UserName: 'nps'}).Groups).toEqual([]);
	});
	it('knows its users whatever the case of their names, and is listed by path', () => {
		desk.ask('CreateUser', {UserName: 'Mixed'});
		desk.ask('CreateGroup', {GroupName: 'deep', Path: '/apps/'});
		desk.ask('AddUserToGroup', {GroupName: 'deep', UserName: 'mixed'});
		expect(desk.ask('ListGroupsForUser', {UserName: 'MIXED'}).Groups.map(({GroupName}) => GroupName)).toEqual(['deep']);
		expect(desk.ask('ListGroups', {PathPrefix: '/apps/'}).Groups.map(({GroupName}) => GroupName)).toEqual(['deep']);
	});
	it('is one of ten at most for a user', () => {
		for (let count = 1; count <= 10; count += 1) {
			desk.ask('CreateGroup', {GroupName: `g${count}`});
			desk.ask('AddUserToGroup', {GroupName: `g${count}`, UserName: 'nps'});
		}
		expect(desk.refusal('AddUserToGroup', {GroupName: 'team', UserName: 'nps'})).toBe(
			'409 LimitExceeded: Cannot exceed quota for GroupsPerUser: 10',
		);
	});
	it.each([
		[
			'users',
			['AddUserToGroup', {UserName: 'nps'}],
			'must remove users from group first.',
			['RemoveUserFromGroup', {UserName: 'nps'}],
		],
		[
			'managed policies',
			['AttachGroupPolicy', {PolicyArn}],
			'must detach all policies first.',
			['DetachGroupPolicy', {PolicyArn}],
		],
		[
			'inline policies',
			['PutGroupPolicy', {PolicyName: 'p', PolicyDocument: document}],
			'must delete policies first.',
			['DeleteGroupPolicy', {PolicyName: 'p'}],
		],
	] as const)('is deleted when it has no %s', (_what, [make, more], refusal, [undo, rest]) => {
		desk.ask(make, {GroupName: 'team', ...more});
		expect(desk.refusal('DeleteGroup', {GroupName: 'team'})).toBe(
			`409 DeleteConflict: Cannot delete entity, ${refusal}`,
		);
		desk.ask(undo, {GroupName: 'team', ...rest});
		desk.ask('DeleteGroup', {GroupName: 'TEAM'});
		expect(desk.account.groups).toEqual({});
	});
	it.each(
		`GetGroup DeleteGroup AddUserToGroup RemoveUserFromGroup AttachGroupPolicy DetachGroupPolicy ListAttachedGroupPolicies PutGroupPolicy GetGroupPolicy
		DeleteGroupPolicy ListGroupPolicies`.split(/\s+/),
	)('that is not there: %s', name => {
		const input = {GroupName: 'none', UserName: 'nps', PolicyArn, PolicyName: 'p', PolicyDocument: document};
		expect(desk.refusal(name, input)).toBe('404 NoSuchEntity: The group with name none cannot be found.');
	});
});

describe('a role', () => {
	const AssumeRolePolicyDocument = trusting(arn('user/nps'));
	it('is told whole, its trust percent-encoded', () => {
		const made = {
			RoleName: 'Nps-Role',
			Path: '/apps/',
			Description: 'For NPS',
			MaxSessionDuration: '7200',
			Tags: [{Key: 'k', Value: 'v'}],
		};
		const {Role} = desk.ask('CreateRole', {...made, AssumeRolePolicyDocument});
		expect(Role).toEqual({
			...made,
			RoleId: expect.stringMatching(/^AROA[A-Z2-7]{17}$/),
			Arn: arn('role/apps/Nps-Role'),
			CreateDate: new Date(desk.now),
			AssumeRolePolicyDocument: encodeURIComponent(AssumeRolePolicyDocument),
			MaxSessionDuration: 7200,
		});
		expect(desk.ask('GetRole', {RoleName: 'nps-role'}).Role).toEqual(Role);
		desk.ask('CreateRole', {RoleName: 'shallow', AssumeRolePolicyDocument});
		expect(desk.ask('ListRoles', {PathPrefix: '/apps/'}).Roles).toEqual([
			expect.not.objectContaining({Tags: expect.anything()}),
		]);
		expect(desk.refusal('CreateRole', {RoleName: 'NPS-ROLE', AssumeRolePolicyDocument})).toBe(
			'409 EntityAlreadyExists: Role with name NPS-ROLE already exists.',
		);
	});
	it('has a new trust policy from then on', () => {
		desk.ask('CreateRole', {RoleName: 'r', AssumeRolePolicyDocument});
		desk.ask('UpdateAssumeRolePolicy', {RoleName: 'r', PolicyDocument: trusting(id)});
		expect(decodeURIComponent(desk.ask('GetRole', {RoleName: 'r'}).Role.AssumeRolePolicyDocument)).toBe(trusting(id));
	});
	const trust = (statement: object) =>
		JSON.stringify({
			Version: '2012-10-17',
			Statement: [{Effect: 'Allow', Principal: {AWS: id}, Action: 'sts:AssumeRole', ...statement}],
		});
	it.each([
		[trusting(arn('user/nobody')), `Invalid principal in policy: "AWS":"${arn('user/nobody')}"`],
		[trusting(arn('user/apps/nps')), `Invalid principal in policy: "AWS":"${arn('user/apps/nps')}"`],
		[trusting(arn('role/none')), `Invalid principal in policy: "AWS":"${arn('role/none')}"`],
		[trusting('nps'), 'Invalid principal in policy: "AWS":"nps"'],
		[trust({Resource: '*'}), 'Has prohibited field Resource'],
		[trust({Principal: undefined}), 'Missing required field Principal'],
		[trust({Action: 'kms:Decrypt'}), 'AssumeRole policy may only specify STS AssumeRole actions.'],
		['{', 'This policy contains invalid Json'],
	])('trusts only as a trust policy may: %s', (text, why) => {
		expect(desk.refusal('CreateRole', {RoleName: 'r', AssumeRolePolicyDocument: text})).toBe(
			`400 MalformedPolicyDocument: ${why}`,
		);
		desk.ask('CreateRole', {RoleName: 'r', AssumeRolePolicyDocument});
		expect(desk.refusal('UpdateAssumeRolePolicy', {RoleName: 'r', PolicyDocument: text})).toBe(
			`400 MalformedPolicyDocument: ${why}`,
		);
	});
	it.each([
		[
			'managed policies',
			['AttachRolePolicy', {PolicyArn}],
			'must detach all policies first.',
			['DetachRolePolicy', {PolicyArn}],
		],
		[
			'inline policies',
			['PutRolePolicy', {PolicyName: 'p', PolicyDocument: document}],
			'must delete policies first.',
			['DeleteRolePolicy', {PolicyName: 'p'}],
		],
	] as const)('is deleted when it has no %s', (_what, [make, more], refusal, [undo, rest]) => {
		desk.ask('CreateRole', {RoleName: 'r', AssumeRolePolicyDocument});
		desk.ask(make, {RoleName: 'r', ...more});
		expect(desk.refusal('DeleteRole', {RoleName: 'r'})).toBe(`409 DeleteConflict: Cannot delete entity, ${refusal}`);
		desk.ask(undo, {RoleName: 'r', ...rest});
		desk.ask('DeleteRole', {RoleName: 'R'});
		expect(desk.account.roles).toEqual({});
	});
	it('that is deleted stands in other policies by its unique id', () => {
		const {RoleId} = desk.ask('CreateRole', {RoleName: 'r', AssumeRolePolicyDocument}).Role;
		desk.ask('CreateRole', {RoleName: 's', AssumeRolePolicyDocument: trusting(arn('role/r'))});
		desk.ask('DeleteRole', {RoleName: 'r'});
		expect(desk.account.roles['s']!.trust).toBe(trusting(RoleId));
	});
	it('has no boundary here, and says so', () => {
		expect(
			desk.refusal('CreateRole', {RoleName: 'r', AssumeRolePolicyDocument, PermissionsBoundary: PolicyArn}),
		).toMatch(/^400 InvalidInput/);
	});
	it.each(
		`GetRole DeleteRole UpdateAssumeRolePolicy AttachRolePolicy DetachRolePolicy ListAttachedRolePolicies PutRolePolicy GetRolePolicy DeleteRolePolicy
		ListRolePolicies TagRole UntagRole ListRoleTags`.split(/\s+/),
	)('that is not there: %s', name => {
		const input = {
			RoleName: 'none',
			PolicyArn,
			PolicyName: 'p',
			PolicyDocument: name.startsWith('Update') ? trusting(id) : document,
			Tags: [],
			TagKeys: [],
		};
		expect(desk.refusal(name, input)).toBe('404 NoSuchEntity: The role with name none cannot be found.');
	});
});

describe('inline policies', () => {
	const kinds = [
		['User', {UserName: 'nps'}, 2048],
		['Group', {GroupName: 'team'}, 5120],
		['Role', {RoleName: 'r'}, 10_240],
	] as const;
	beforeEach(() => {
		desk.ask('CreateGroup', {GroupName: 'team'});
		desk.ask('CreateRole', {RoleName: 'r', AssumeRolePolicyDocument: trusting(id)});
	});
	it.each(kinds)('of a %s are put, replaced, told, listed and deleted', (noun, name) => {
		desk.ask(`Put${noun}Policy`, {...name, PolicyName: 'b', PolicyDocument: document});
		desk.ask(`Put${noun}Policy`, {...name, PolicyName: '__proto__', PolicyDocument: document});
		desk.ask(`Put${noun}Policy`, {...name, PolicyName: 'b', PolicyDocument: allowing('kms:Encrypt')});
		expect(desk.ask(`Get${noun}Policy`, {...name, PolicyName: 'b'})).toEqual({
			...name,
			PolicyName: 'b',
			PolicyDocument: encodeURIComponent(allowing('kms:Encrypt')).replace('*', '%2A'),
		});
		expect(desk.ask(`List${noun}Policies`, name).PolicyNames).toEqual(['__proto__', 'b']);
		desk.ask(`Delete${noun}Policy`, {...name, PolicyName: 'b'});
		const none = `404 NoSuchEntity: The ${noun.toLowerCase()} policy with name b cannot be found.`;
		expect(desk.refusal(`Get${noun}Policy`, {...name, PolicyName: 'b'})).toBe(none);
		expect(desk.refusal(`Delete${noun}Policy`, {...name, PolicyName: 'b'})).toBe(none);
		expect(desk.refusal(`Put${noun}Policy`, {...name, PolicyName: 'b', PolicyDocument: '{}'})).toBe(
			'400 MalformedPolicyDocument: Syntax errors in policy.',
		);
	});
	it.each(kinds)('of a %s have a size together', (noun, name, most) => {
		const long = (count: number) => allowing('kms:Decrypt', `arn:aws:kms:*:*:key/${'x'.repeat(count)}`);
		desk.ask(`Put${noun}Policy`, {...name, PolicyName: 'a', PolicyDocument: document});
		const room = most - document.length - long(0).length;
		desk.ask(`Put${noun}Policy`, {...name, PolicyName: 'b', PolicyDocument: long(room)});
		expect(desk.refusal(`Put${noun}Policy`, {...name, PolicyName: 'b', PolicyDocument: long(room + 1)})).toBe(
			`409 LimitExceeded: Maximum policy size of ${most} bytes exceeded for ${noun.toLowerCase()} ${Object.values(name)[0]}`,
		);
	});
	it('may be of the older version', () => {
		desk.ask('PutUserPolicy', {UserName: 'nps', PolicyName: 'old', PolicyDocument: document.replace('2012', '2008')});
		expect(desk.ask('ListUserPolicies', {UserName: 'nps'}).PolicyNames).toEqual(['old']);
	});
});
