import {beforeEach, describe, expect, it} from 'vitest';
import type {Data} from '../../src/sandbox/operation.js';
import {arn, Desk} from './iam-account.js';

let desk: Desk;
beforeEach(() => {
	desk = new Desk();
});

describe('access keys', () => {
	beforeEach(() => desk.ask('CreateUser', {UserName: 'Nps'}));
	it('come with a secret once', () => {
		const {AccessKey} = desk.ask('CreateAccessKey', {UserName: 'nps'});
		expect(AccessKey).toEqual({
			UserName: 'Nps',
			AccessKeyId: expect.stringMatching(/^AKIA[A-Z2-7]{16}$/),
			Status: 'Active',
			SecretAccessKey: expect.stringMatching(/^[A-Za-z0-9+/]{40}$/),
			CreateDate: new Date(desk.now),
		});
		const {SecretAccessKey: _secret, ...rest} = {...(AccessKey as object as Data)};
		expect(desk.ask('ListAccessKeys', {UserName: 'nps'})['AccessKeyMetadata']).toEqual([rest]);
	});
	it('are two at most, an inactive one too', () => {
		const first = desk.ask('CreateAccessKey', {UserName: 'nps'})['AccessKey'].AccessKeyId;
		desk.ask('CreateAccessKey', {UserName: 'nps'});
		desk.ask('UpdateAccessKey', {UserName: 'nps', AccessKeyId: first, Status: 'Inactive'});
		expect(desk.refusal('CreateAccessKey', {UserName: 'nps'})).toBe(
			'409 LimitExceeded: Cannot exceed quota for AccessKeysPerUser: 2',
		);
		expect(desk.ask('ListAccessKeys', {UserName: 'nps'})['AccessKeyMetadata'].map(({Status}) => Status)).toEqual([
			'Inactive',
			'Active',
		]);
		desk.ask('DeleteAccessKey', {UserName: 'nps', AccessKeyId: first});
		expect(desk.ask('CreateAccessKey', {UserName: 'nps'})['AccessKey'].Status).toBe('Active');
	});
	it("of another user can't be found under this one", () => {
		desk.ask('CreateUser', {UserName: 'other'});
		const {AccessKeyId} = desk.ask('CreateAccessKey', {UserName: 'other'})['AccessKey'];
		for (const [name, more] of [
			['DeleteAccessKey', {}],
			['UpdateAccessKey', {Status: 'Inactive'}],
		] as const)
			expect(desk.refusal(name, {UserName: 'nps', AccessKeyId, ...more})).toBe(
				`404 NoSuchEntity: The Access Key with id ${AccessKeyId} cannot be found.`,
			);
	});
	it("are the caller's own where no user is named", () => {
		desk.as('nps');
		const {AccessKeyId} = desk.ask('CreateAccessKey')['AccessKey'];
		expect(desk.ask('ListAccessKeys')['AccessKeyMetadata']).toMatchObject([{AccessKeyId, UserName: 'Nps'}]);
		desk.ask('DeleteAccessKey', {AccessKeyId});
		expect(desk.ask('ListAccessKeys')['AccessKeyMetadata']).toEqual([]);
	});
	it("are the account's own for the root user", () => {
		const {AccessKeyId} = desk.ask('CreateAccessKey')['AccessKey'];
		expect(desk.account.rootKeys.map(key => key.id)).toEqual([AccessKeyId]);
		expect(desk.ask('GetAccessKeyLastUsed', {AccessKeyId})['AccessKeyLastUsed']).toEqual({
			ServiceName: 'N/A',
			Region: 'N/A',
		});
	});
	it('tell when they were last used, some time later', () => {
		const {AccessKeyId} = desk.ask('CreateAccessKey', {UserName: 'nps'})['AccessKey'];
		desk.account.users['nps']!.accessKeys[0]!.lastUsed = {at: desk.now, service: 'kms', region: 'eu-west-1'};
		const used = {
			UserName: 'Nps',
			AccessKeyLastUsed: {LastUsedDate: new Date(desk.now), ServiceName: 'kms', Region: 'eu-west-1'},
		};
		expect(desk.ask('GetAccessKeyLastUsed', {AccessKeyId})).toEqual(used);
		desk.lags = {...desk.lags, lastUsed: 5000};
		expect(desk.ask('GetAccessKeyLastUsed', {AccessKeyId})['AccessKeyLastUsed']).toEqual({
			ServiceName: 'N/A',
			Region: 'N/A',
		});
		desk.now += 5000;
		expect(desk.ask('GetAccessKeyLastUsed', {AccessKeyId})).toEqual(used);
		expect(desk.about('GetAccessKeyLastUsed', {AccessKeyId})).toEqual([arn('user/Nps')]);
	});
	it('that nobody has were never used', () => {
		const AccessKeyId = 'AKIAIOSFODNN7EXAMPLE';
		expect(desk.refusal('GetAccessKeyLastUsed', {AccessKeyId})).toBe(
			`404 NoSuchEntity: The Access Key with id ${AccessKeyId} cannot be found.`,
		);
	});
});

describe('a console password', () => {
	beforeEach(() => desk.ask('CreateUser', {UserName: 'nps'}));
	const made = {UserName: 'nps', Password: 'Correct-horse-1'};
	it('is set once and told without itself', () => {
		const profile = {LoginProfile: {UserName: 'nps', CreateDate: new Date(desk.now), PasswordResetRequired: true}};
		expect(desk.ask('CreateLoginProfile', {...made, PasswordResetRequired: 'true'})).toEqual(profile);
		expect(desk.ask('GetLoginProfile', {UserName: 'nps'})).toEqual(profile);
		expect(desk.refusal('CreateLoginProfile', made)).toBe(
			'409 EntityAlreadyExists: Login Profile for user nps already exists.',
		);
	});
	it.each(['CreateLoginProfile', 'GetLoginProfile', 'DeleteLoginProfile'])(
		'is no affair of the root user: %s',
		name => {
			expect(desk.refusal(name, {Password: made.Password})).toBe(
				'400 ValidationError: Must specify userName when calling with non-User credentials',
			);
		},
	);
	it('changes as far as is asked', () => {
		desk.ask('CreateLoginProfile', {...made, PasswordResetRequired: 'true'});
		desk.ask('UpdateLoginProfile', {UserName: 'nps', Password: 'Another-horse-2'});
		expect(desk.account.users['nps']!.loginProfile).toMatchObject({password: 'Another-horse-2', resetRequired: true});
		desk.ask('UpdateLoginProfile', {UserName: 'nps', PasswordResetRequired: 'false'});
		expect(desk.account.users['nps']!.loginProfile).toMatchObject({password: 'Another-horse-2', resetRequired: false});
	});
	it.each(['GetLoginProfile', 'UpdateLoginProfile', 'DeleteLoginProfile'])('that is not there: %s', name => {
		expect(desk.refusal(name, {UserName: 'nps'})).toBe('404 NoSuchEntity: Login Profile for User nps cannot be found.');
	});
	it.each([
		['Short-1', '400 PasswordPolicyViolation: Password should have a minimum length of 8'],
		['onlylowerletters1', '400 PasswordPolicyViolation: Password does not conform to the account password policy.'],
	])("keeps to the account's policy: %s", (Password, refusal) => {
		expect(desk.refusal('CreateLoginProfile', {UserName: 'nps', Password})).toBe(refusal);
		desk.ask('CreateLoginProfile', made);
		expect(desk.refusal('UpdateLoginProfile', {UserName: 'nps', Password})).toBe(refusal);
	});
});

describe('MFA devices', () => {
	const codes = {AuthenticationCode1: '111111', AuthenticationCode2: '222222'};
	beforeEach(() => desk.ask('CreateUser', {UserName: 'nps'}));
	it('are made, given to a user, listed and taken away', () => {
		const {SerialNumber} = desk.ask('CreateVirtualMFADevice', {VirtualMFADeviceName: 'phone'})['VirtualMFADevice'];
		expect(SerialNumber).toBe(arn('mfa/phone'));
		desk.ask('EnableMFADevice', {UserName: 'nps', SerialNumber, ...codes});
		expect(desk.ask('ListMFADevices', {UserName: 'nps'})['MFADevices']).toMatchObject([
			{UserName: 'nps', SerialNumber},
		]);
		expect(desk.refusal('EnableMFADevice', {UserName: 'nps', SerialNumber, ...codes})).toMatch(
			/^409 EntityAlreadyExists/,
		);
		expect(desk.refusal('CreateVirtualMFADevice', {VirtualMFADeviceName: 'phone'})).toMatch(/^409 EntityAlreadyExists/);
		expect(desk.refusal('DeleteVirtualMFADevice', {SerialNumber})).toMatch(/^409 DeleteConflict/);
		desk.ask('DeactivateMFADevice', {UserName: 'nps', SerialNumber});
		desk.ask('DeleteVirtualMFADevice', {SerialNumber});
		expect(desk.ask('ListMFADevices', {UserName: 'nps'})['MFADevices']).toEqual([]);
		expect(desk.refusal('DeactivateMFADevice', {UserName: 'nps', SerialNumber})).toMatch(/^404 NoSuchEntity/);
	});
	it('are eight at most', () => {
		for (let count = 1; count <= 8; count += 1)
			desk.ask('EnableMFADevice', {UserName: 'nps', SerialNumber: arn(`mfa/${count}`), ...codes});
		expect(desk.refusal('EnableMFADevice', {UserName: 'nps', SerialNumber: arn('mfa/9'), ...codes})).toBe(
			'409 LimitExceeded: Cannot exceed quota for MFADevicesPerUser: 8',
		);
	});
	it("of another account can't be given", () => {
		expect(
			desk.refusal('EnableMFADevice', {UserName: 'nps', SerialNumber: 'arn:aws:iam::444455556666:mfa/phone', ...codes}),
		).toMatch(/^404 NoSuchEntity/);
	});
});
