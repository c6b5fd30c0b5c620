import {beforeEach, describe, expect, it} from 'vitest';
import type {Data} from '../../src/sandbox/operation.js';
import {allowing, arn, awsPolicy, Desk, id} from './iam-account.js';

let desk: Desk;
beforeEach(() => {
	desk = new Desk();
});
const nobody = '404 NoSuchEntity: The user with name nobody cannot be found.';

describe('a user', () => {
	it('has a name as it was written, a path, an ARN and a unique id', () => {
		const {User} = desk.ask('CreateUser', {UserName: 'Nps-User', Path: '/apps/', Tags: [{Key: 'team', Value: ''}]});
		expect(User).toEqual({
			Path: '/apps/',
			UserName: 'Nps-User',
			UserId: expect.stringMatching(/^AIDA[A-Z2-7]{17}$/),
			Arn: arn('user/apps/Nps-User'),
			CreateDate: new Date(desk.now),
			Tags: [{Key: 'team', Value: ''}],
		});
		expect(desk.ask('GetUser', {UserName: 'nps-user'})['User']).toEqual(User);
	});
	it('is listed without its tags, by path', () => {
		desk.ask('CreateUser', {UserName: 'c'});
		desk.ask('CreateUser', {UserName: 'B', Path: '/apps/', Tags: [{Key: 'k', Value: 'v'}]});
		desk.ask('CreateUser', {UserName: 'a'});
		expect(desk.ask('ListUsers')['Users'].map(({UserName}) => UserName)).toEqual(['a', 'B', 'c']);
		expect(desk.ask('ListUsers', {PathPrefix: '/apps/'})['Users']).toEqual([
			expect.not.objectContaining({Tags: expect.anything()}),
		]);
	});
	it('is one with its name, whatever the case', () => {
		desk.ask('CreateUser', {UserName: 'nps'});
		expect(desk.refusal('CreateUser', {UserName: 'NPS'})).toBe(
			'409 EntityAlreadyExists: User with name NPS already exists.',
		);
	});
	it('made again with the same name is another', () => {
		const first = desk.ask('CreateUser', {UserName: 'nps'})['User'].UserId;
		desk.ask('DeleteUser', {UserName: 'nps'});
		expect(desk.ask('CreateUser', {UserName: 'nps'})['User'].UserId).not.toBe(first);
	});
	it('who calls is told without being named', () => {
		desk.ask('CreateUser', {UserName: 'nps'});
		desk.as('nps');
		expect(desk.ask('GetUser')['User'].UserName).toBe('nps');
		expect(desk.about('GetUser')).toEqual([arn('user/nps')]);
	});
	it('the root user is told as the account', () => {
		expect(desk.ask('GetUser')['User']).toMatchObject({UserId: id, Arn: arn('root')});
	});
	it('must be named by who is no user', () => {
		desk.caller = {...desk.caller, root: false, arn: 'arn:aws:sts::111122223333:assumed-role/r/me', of: arn('role/r')};
		expect(desk.refusal('GetUser')).toBe(
			'400 ValidationError: Must specify userName when calling with non-User credentials',
		);
		expect(desk.refusal('CreateAccessKey')).toBe(
			'400 ValidationError: Must specify userName when calling with non-User credentials',
		);
	});
});

describe('a user is deleted only when nothing hangs on it', () => {
	const document = allowing('kms:Decrypt');
	const cases: readonly [
		what: string,
		make: [string, Data][],
		refusal: string,
		undo: (desk: Desk) => [string, Data],
	][] = [
		[
			'a managed policy',
			[['AttachUserPolicy', {UserName: 'nps', PolicyArn: awsPolicy('ReadOnlyAccess')}]],
			'must detach all policies first.',
			() => ['DetachUserPolicy', {UserName: 'nps', PolicyArn: awsPolicy('ReadOnlyAccess')}],
		],
		[
			'an inline policy',
			[['PutUserPolicy', {UserName: 'nps', PolicyName: 'p', PolicyDocument: document}]],
			'must delete policies first.',
			() => ['DeleteUserPolicy', {UserName: 'nps', PolicyName: 'p'}],
		],
		[
			'an access key',
			[['CreateAccessKey', {UserName: 'nps'}]],
			'must delete access keys first.',
			({account}) => ['DeleteAccessKey', {UserName: 'nps', AccessKeyId: account.users['nps']!.accessKeys[0]!.id}],
		],
		[
			'a console password',
			[['CreateLoginProfile', {UserName: 'nps', Password: 'Correct-horse-1'}]],
			'must delete login profile first.',
			() => ['DeleteLoginProfile', {UserName: 'nps'}],
		],
		[
			'a group',
			[
				['CreateGroup', {GroupName: 'team'}],
				['AddUserToGroup', {GroupName: 'team', UserName: 'NPS'}],
			],
			'must remove users from group first.',
			() => ['RemoveUserFromGroup', {GroupName: 'team', UserName: 'nps'}],
		],
		[
			'an MFA device',
			[
				[
					'EnableMFADevice',
					{UserName: 'nps', SerialNumber: arn('mfa/nps'), AuthenticationCode1: '111111', AuthenticationCode2: '222222'},
				],
			],
			'must delete MFA device first.',
			() => ['DeactivateMFADevice', {UserName: 'nps', SerialNumber: arn('mfa/nps')}],
		],
	];
	it.each(cases)('%s', (_what, make, refusal, undo) => {
		desk.ask('CreateUser', {UserName: 'Nps'});
		for (const [name, input] of make) desk.ask(name, input);
		expect(desk.refusal('DeleteUser', {UserName: 'nps'})).toBe(`409 DeleteConflict: Cannot delete entity, ${refusal}`);
		desk.ask(...undo(desk));
		expect(desk.ask('DeleteUser', {UserName: 'NPS'})).toEqual({});
		expect(desk.account.users).toEqual({});
	});
	it('tags and a boundary go with it', () => {
		desk.ask('CreateUser', {
			UserName: 'nps',
			Tags: [{Key: 'k', Value: 'v'}],
			PermissionsBoundary: awsPolicy('ReadOnlyAccess'),
		});
		desk.ask('DeleteUser', {UserName: 'nps'});
		expect(desk.account.users).toEqual({});
	});
	it('policies that named it show its unique id from then on', () => {
		const {UserId, Arn} = desk.ask('CreateUser', {UserName: 'nps'})['User'];
		desk.ask('CreateUser', {UserName: 'nps-2'});
		const statement = {
			Effect: 'Allow',
			Principal: {AWS: [arn('user/nps-2'), Arn]},
			Action: 'kms:*',
			Resource: '*',
			Condition: {ArnLike: {'aws:PrincipalArn': Arn}},
		};
		const key = {
			policy: JSON.stringify({Id: 'key-consolepolicy-3', Statement: [statement]}, undefined, 2),
		} as Desk['account']['keys'][string];
		desk.account.keys['k'] = key;
		desk.ask('CreateRole', {
			RoleName: 'r',
			AssumeRolePolicyDocument: JSON.stringify({
				Statement: {Effect: 'Allow', Principal: {AWS: Arn}, Action: 'sts:AssumeRole'},
			}),
		});
		desk.ask('DeleteUser', {UserName: 'nps'});
		const kept = {...statement, Principal: {AWS: [arn('user/nps-2'), UserId]}};
		expect(key.policy).toBe(JSON.stringify({Id: 'key-consolepolicy-3', Statement: [kept]}, undefined, 2));
		expect(desk.account.roles['r']!.trust).toContain(`"AWS":"${UserId}"`);
	});
	it('its sessions end with it', () => {
		desk.ask('CreateUser', {UserName: 'nps'});
		desk.ask('CreateUser', {UserName: 'other'});
		for (const name of ['nps', 'other']) {
			desk.as(name);
			desk.ask('GetSessionToken');
		}
		desk.ask('DeleteUser', {UserName: 'nps'});
		expect(Object.values(desk.account.sessions).map(({of}) => of)).toEqual([arn('user/other')]);
	});
});

describe('a permissions boundary', () => {
	beforeEach(() => desk.ask('CreateUser', {UserName: 'nps'}));
	it('is set, told, counted and taken away', () => {
		const boundary = {
			PermissionsBoundary: {PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: awsPolicy('ReadOnlyAccess')},
		};
		desk.ask('PutUserPermissionsBoundary', {UserName: 'nps', PermissionsBoundary: awsPolicy('ReadOnlyAccess')});
		expect(desk.ask('GetUser', {UserName: 'nps'})['User']).toMatchObject(boundary);
		expect(desk.ask('GetPolicy', {PolicyArn: awsPolicy('ReadOnlyAccess')})['Policy']).toMatchObject({
			PermissionsBoundaryUsageCount: 1,
			AttachmentCount: 0,
		});
		desk.ask('DeleteUserPermissionsBoundary', {UserName: 'nps'});
		expect(desk.ask('GetUser', {UserName: 'nps'})['User']).not.toHaveProperty('PermissionsBoundary');
		expect(desk.refusal('DeleteUserPermissionsBoundary', {UserName: 'nps'})).toMatch(/^404 NoSuchEntity/);
	});
	it('must be a managed policy', () => {
		const refusal = `404 NoSuchEntity: Scope ARN: ${arn('policy/none')} does not exist or is not attachable.`;
		expect(desk.refusal('PutUserPermissionsBoundary', {UserName: 'nps', PermissionsBoundary: arn('policy/none')})).toBe(
			refusal,
		);
		expect(desk.refusal('CreateUser', {UserName: 'other', PermissionsBoundary: arn('policy/none')})).toBe(refusal);
	});
});

describe('a user that is not there', () => {
	const more: Data = {
		PolicyArn: awsPolicy('ReadOnlyAccess'),
		PolicyName: 'p',
		PolicyDocument: allowing('kms:Decrypt'),
		PermissionsBoundary: awsPolicy('ReadOnlyAccess'),
		AccessKeyId: 'AKIAIOSFODNN7EXAMPLE',
		Status: 'Active',
		Password: 'Correct-horse-1',
		Tags: [{Key: 'k', Value: 'v'}],
		TagKeys: ['k'],
		SerialNumber: arn('mfa/nobody'),
		AuthenticationCode1: '111111',
		AuthenticationCode2: '222222',
		GroupName: 'team',
	};
	it.each(
		`GetUser DeleteUser TagUser UntagUser ListUserTags CreateAccessKey ListAccessKeys UpdateAccessKey DeleteAccessKey CreateLoginProfile GetLoginProfile
		UpdateLoginProfile DeleteLoginProfile AttachUserPolicy DetachUserPolicy ListAttachedUserPolicies PutUserPolicy GetUserPolicy DeleteUserPolicy
		ListUserPolicies ListGroupsForUser AddUserToGroup RemoveUserFromGroup PutUserPermissionsBoundary DeleteUserPermissionsBoundary EnableMFADevice
		DeactivateMFADevice ListMFADevices ListSigningCertificates ListSSHPublicKeys ListServiceSpecificCredentials`.split(
			/\s+/,
		),
	)('%s', name => {
		desk.ask('CreateGroup', {GroupName: 'team'});
		expect(desk.refusal(name, {...more, UserName: 'nobody'})).toBe(nobody);
	});
});
