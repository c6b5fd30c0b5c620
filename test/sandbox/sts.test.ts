import {beforeEach, describe, expect, it} from 'vitest';
import {mfaCode} from '../../src/sandbox/iam/mfa.js';
import {authorize} from '../../src/sandbox/judge/authorize.js';
import {Refusal} from '../../src/sandbox/operation.js';
import {allowing, arn, awsPolicy, Desk, id, trusting} from './iam-account.js';

const RoleArn = arn('role/apps/Admin');
const SerialNumber = arn('mfa/nps');
const assume = {RoleArn, RoleSessionName: 'me'};
const hour = 3_600_000;
let desk: Desk;
beforeEach(() => {
	desk = new Desk();
	desk.ask('CreateUser', {UserName: 'nps'});
	desk.ask('CreateAccessKey', {UserName: 'nps'});
	desk.ask('EnableMFADevice', {
		UserName: 'nps',
		SerialNumber,
		AuthenticationCode1: '111111',
		AuthenticationCode2: '222222',
	});
	desk.ask('CreateRole', {
		RoleName: 'Admin',
		Path: '/apps/',
		AssumeRolePolicyDocument: trusting(arn('user/nps')),
		MaxSessionDuration: '7200',
	});
	desk.as('nps');
});
const session = (answer: ReturnType<Desk['ask']>) => desk.account.sessions[answer.Credentials.AccessKeyId]!;
const credentials = {
	AccessKeyId: expect.stringMatching(/^ASIA[A-Z2-7]{16}$/),
	SecretAccessKey: expect.stringMatching(/^[A-Za-z0-9+/]{40}$/),
	SessionToken: expect.stringMatching(/^[A-Za-z0-9+/=]{100,}$/),
};

describe('who calls', () => {
	it('is told to everyone: a user', () => {
		expect(desk.ask('GetCallerIdentity')).toEqual({
			UserId: desk.account.users['nps']!.id,
			Account: id,
			Arn: arn('user/nps'),
		});
	});
	it('as a role', () => {
		const answer = desk.ask('AssumeRole', assume);
		desk.asSession(answer.Credentials.AccessKeyId);
		expect(desk.ask('GetCallerIdentity')).toEqual({
			UserId: `${desk.account.roles['admin']!.id}:me`,
			Account: id,
			Arn: `arn:aws:sts::${id}:assumed-role/Admin/me`,
		});
	});
});

describe('a session', () => {
	it('of the user itself lasts twelve hours and knows no MFA', () => {
		const answer = desk.ask('GetSessionToken');
		expect(answer).toEqual({Credentials: {...credentials, Expiration: new Date(desk.now + 12 * hour)}});
		expect(session(answer)).toMatchObject({
			secret: answer.Credentials.SecretAccessKey,
			token: answer.Credentials.SessionToken,
			arn: arn('user/nps'),
			of: arn('user/nps'),
			userId: desk.account.users['nps']!.id,
			mfa: false,
			expires: desk.now + 12 * hour,
		});
	});
	it('with the code of its device knows MFA', () => {
		expect(
			session(desk.ask('GetSessionToken', {SerialNumber, TokenCode: mfaCode, DurationSeconds: '900'})),
		).toMatchObject({
			mfa: true,
			expires: desk.now + 900_000,
		});
		expect(session(desk.ask('AssumeRole', {...assume, SerialNumber, TokenCode: mfaCode}))).toMatchObject({mfa: true});
	});
	it.each(['GetSessionToken', 'AssumeRole'])('%s: needs the right code, of a device of the caller', name => {
		const input = name === 'AssumeRole' ? assume : {};
		const refusal = (more: Record<string, string>) => desk.refusal(name, {...input, ...more});
		expect(refusal({SerialNumber, TokenCode: '654321'})).toBe(
			'403 AccessDenied: MultiFactorAuthentication failed with invalid MFA one time pass code. ',
		);
		const notYours =
			'403 AccessDenied: MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user.';
		expect(refusal({SerialNumber: arn('mfa/other'), TokenCode: mfaCode})).toBe(notYours);
		expect(refusal({SerialNumber})).toBe(
			'403 AccessDenied: MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.',
		);
		expect(refusal({SerialNumber, TokenCode: '1234567'})).toContain(
			"Value '1234567' at 'tokenCode' failed to satisfy constraint: Member must have length less than or equal to 6",
		);
	});
	it("can't be had by a session", () => {
		desk.asSession(desk.ask('GetSessionToken').Credentials.AccessKeyId);
		expect(desk.refusal('GetSessionToken')).toBe(
			'403 AccessDenied: Cannot call GetSessionToken with session credentials',
		);
	});
	it('of the root user lasts an hour at most', () => {
		const {caller} = new Desk();
		desk.caller = caller;
		expect(session(desk.ask('GetSessionToken', {DurationSeconds: '7200'}))).toMatchObject({
			arn: arn('root'),
			expires: desk.now + hour,
		});
	});
	it.each([
		['GetSessionToken', {}, '899', 'greater than or equal to 900'],
		['GetSessionToken', {}, '129601', 'less than or equal to 129600'],
		['AssumeRole', assume, '43201', 'less than or equal to 43200'],
	])('%s %o lasts within bounds: %s', (name, input, DurationSeconds, bound) => {
		expect(desk.refusal(name, {...input, DurationSeconds})).toBe(
			`400 ValidationError: 1 validation error detected: Value '${DurationSeconds}' at 'durationSeconds' failed to satisfy constraint: Member must have value ${bound}`,
		);
	});
});

describe('a role is assumed', () => {
	it("for an hour, under the role's name and the session's", () => {
		const answer = desk.ask('AssumeRole', assume);
		const {id: roleId} = desk.account.roles['admin']!;
		expect(answer).toEqual({
			Credentials: {...credentials, Expiration: new Date(desk.now + hour)},
			AssumedRoleUser: {AssumedRoleId: `${roleId}:me`, Arn: `arn:aws:sts::${id}:assumed-role/Admin/me`},
		});
		expect(session(answer)).toMatchObject({of: RoleArn, mfa: false, expires: desk.now + hour});
	});
	it('for as long as the role allows', () => {
		expect(session(desk.ask('AssumeRole', {...assume, DurationSeconds: '7200'}))).toMatchObject({
			expires: desk.now + 2 * hour,
		});
		expect(desk.refusal('AssumeRole', {...assume, DurationSeconds: '7201'})).toBe(
			'400 ValidationError: The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
		);
		desk.asSession(desk.ask('AssumeRole', assume).Credentials.AccessKeyId);
		expect(desk.refusal('AssumeRole', {...assume, DurationSeconds: '3601'})).toBe(
			'400 ValidationError: The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
		);
	});
	it('never by the root user, and only one that is there', () => {
		expect(desk.refusal('AssumeRole', {...assume, RoleArn: arn('role/none')})).toBe(
			`403 AccessDenied: User: ${arn('user/nps')} is not authorized to perform: sts:AssumeRole on resource: ${arn('role/none')}`,
		);
		desk.caller = new Desk().caller;
		expect(desk.refusal('AssumeRole', assume)).toBe('403 AccessDenied: Roles may not be assumed by root accounts.');
	});
	it('with session policies, which it keeps, and without session tags, which the sandbox does not know', () => {
		const Policy = allowing('kms:Decrypt');
		expect(session(desk.ask('AssumeRole', {...assume, Policy}))).toMatchObject({limits: {document: Policy, arns: []}});
		expect(session(desk.ask('AssumeRole', assume))).not.toHaveProperty('limits');
		expect(desk.refusal('AssumeRole', {...assume, Tags: [{Key: 'a', Value: 'b'}]})).toMatch(/^400 ValidationError/);
	});

	const may = (input: object = {}): boolean => {
		try {
			authorize(desk.asked({...assume, ...input}), 'sts:AssumeRole', RoleArn);
			return true;
		} catch (error) {
			if (error instanceof Refusal && error.code === 'AccessDenied') return false;
			throw error;
		}
	};
	it('by a user whom its trust policy names', () => {
		expect(may()).toBe(true);
		desk.ask('UpdateAssumeRolePolicy', {RoleName: 'admin', PolicyDocument: trusting(arn('role/apps/Admin'))});
		expect(may()).toBe(false);
	});
	it('by a user of an account that it names, if IAM allows it too', () => {
		desk.ask('UpdateAssumeRolePolicy', {RoleName: 'admin', PolicyDocument: trusting(arn('root'))});
		expect(may()).toBe(false);
		desk.ask('AttachUserPolicy', {UserName: 'nps', PolicyArn: awsPolicy('AdministratorAccess')});
		expect(may()).toBe(true);
	});
	it('with MFA, where its trust policy asks for that', () => {
		const PolicyDocument = trusting(arn('user/nps'), {Bool: {'aws:MultiFactorAuthPresent': 'true'}});
		desk.ask('UpdateAssumeRolePolicy', {RoleName: 'admin', PolicyDocument});
		expect(may()).toBe(false);
		expect(may({SerialNumber, TokenCode: mfaCode})).toBe(true);
		desk.asSession(desk.ask('GetSessionToken', {SerialNumber, TokenCode: mfaCode}).Credentials.AccessKeyId);
		expect(may()).toBe(true);
	});
});
