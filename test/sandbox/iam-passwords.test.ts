import {beforeEach, describe, expect, it} from 'vitest';
import {authorize} from '../../src/sandbox/judge/authorize.js';
import {arn, Desk, id} from './iam-account.js';

const none = `404 NoSuchEntity: The Password Policy with domain name ${id} cannot be found.`;
const against = (message = 'Password does not conform to the account password policy.'): string =>
	`400 PasswordPolicyViolation: ${message}`;
const good = 'Correct-horse-1';
let desk: Desk;
beforeEach(() => {
	desk = new Desk();
	desk.ask('CreateUser', {UserName: 'nps'});
});

// https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccountPasswordPolicy.html
describe("the account's password policy", () => {
	it('is there once it is set, and gone once it is deleted', () => {
		expect(desk.refusal('GetAccountPasswordPolicy')).toBe(none);
		expect(desk.refusal('DeleteAccountPasswordPolicy')).toBe(none);
		desk.ask('UpdateAccountPasswordPolicy', {
			MinimumPasswordLength: '14',
			RequireSymbols: 'true',
			MaxPasswordAge: '90',
			PasswordReusePrevention: '24',
			HardExpiry: 'true',
		});
		expect(desk.ask('GetAccountPasswordPolicy')).toEqual({
			PasswordPolicy: {
				MinimumPasswordLength: 14,
				RequireSymbols: true,
				RequireNumbers: false,
				RequireUppercaseCharacters: false,
				RequireLowercaseCharacters: false,
				AllowUsersToChangePassword: false,
				ExpirePasswords: true,
				MaxPasswordAge: 90,
				PasswordReusePrevention: 24,
				HardExpiry: true,
			},
		});
		desk.ask('DeleteAccountPasswordPolicy');
		expect(desk.refusal('GetAccountPasswordPolicy')).toBe(none);
	});
	it('goes back to the defaults in what an update leaves out', () => {
		desk.ask('UpdateAccountPasswordPolicy', {
			MinimumPasswordLength: '14',
			RequireSymbols: 'true',
			MaxPasswordAge: '90',
		});
		desk.ask('UpdateAccountPasswordPolicy', {RequireNumbers: 'true'});
		expect(desk.ask('GetAccountPasswordPolicy')).toMatchObject({
			PasswordPolicy: {MinimumPasswordLength: 6, RequireSymbols: false, RequireNumbers: true, ExpirePasswords: false},
		});
	});
	it.each([
		[{MinimumPasswordLength: '5'}, 'value greater than or equal to 6'],
		[{MinimumPasswordLength: '129'}, 'value less than or equal to 128'],
		[{MaxPasswordAge: '0'}, 'value greater than or equal to 1'],
		[{MaxPasswordAge: '1096'}, 'value less than or equal to 1095'],
		[{PasswordReusePrevention: '25'}, 'value less than or equal to 24'],
	])('keeps to bounds: %j', (input, words) => {
		expect(desk.refusal('UpdateAccountPasswordPolicy', input)).toContain(words);
	});
});

describe('a password', () => {
	const set = (Password: string): string | undefined => {
		const made = desk.account.users['nps']!.loginProfile !== undefined;
		const name = made ? 'UpdateLoginProfile' : 'CreateLoginProfile';
		try {
			desk.ask(name, {UserName: 'nps', Password});
			return undefined;
		} catch {
			return desk.refusal(name, {UserName: 'nps', Password});
		}
	};
	it.each([
		['RequireUppercaseCharacters', 'correct-horse-1', 'Password should have at least one uppercase letter'],
		['RequireLowercaseCharacters', 'CORRECT-HORSE-1', 'Password should have at least one lowercase letter'],
		['RequireNumbers', 'Correct-horse', 'Password should have at least one number'],
		['RequireSymbols', 'CorrectHorse1', 'Password should have at least one symbol'],
		['RequireSymbols', 'Correct~horse1', 'Password should have at least one symbol'],
	])('has what %s asks for: %s', (rule, password, words) => {
		desk.ask('UpdateAccountPasswordPolicy', {[rule]: 'true'});
		expect(set(password)).toBe(against(words));
		expect(set(good)).toBeUndefined();
		expect(set(password)).toBe(against(words));
	});
	it('has the length that the policy asks for, and may be short where it lets it', () => {
		expect(set('Horse-1')).toBe(against('Password should have a minimum length of 8'));
		desk.ask('UpdateAccountPasswordPolicy', {});
		expect(set('horses')).toBeUndefined();
		desk.ask('UpdateAccountPasswordPolicy', {MinimumPasswordLength: '128'});
		expect(set('x'.repeat(127))).toBe(against('Password should have a minimum length of 128'));
		expect(set('x'.repeat(128))).toBeUndefined();
	});
	it('isn’t one of the last ones, as many as the policy says', () => {
		desk.ask('UpdateAccountPasswordPolicy', {PasswordReusePrevention: '2'});
		for (const password of ['first-1', 'second-2', 'third-3']) expect(set(password)).toBeUndefined();
		expect([set('third-3'), set('second-2')]).toEqual([against(), against()]);
		expect(set('first-1')).toBeUndefined();
	});
	it('is changed by its user, who knows the old one', () => {
		desk.ask('CreateLoginProfile', {UserName: 'nps', Password: good, PasswordResetRequired: 'true'});
		desk.as('nps');
		const change = {OldPassword: good, NewPassword: 'Another-horse-2'};
		expect(desk.about('ChangePassword', change)).toEqual([arn('user/nps')]);
		expect(desk.refusal('ChangePassword', {...change, OldPassword: 'Wrong-horse-3'})).toContain('AccessDenied');
		expect(desk.refusal('ChangePassword', {...change, NewPassword: 'short'})).toContain('PasswordPolicyViolation');
		desk.ask('ChangePassword', change);
		expect(desk.account.users['nps']!.loginProfile).toMatchObject({
			password: 'Another-horse-2',
			resetRequired: false,
		});
		desk.ask('DeleteLoginProfile', {});
		expect(desk.refusal('ChangePassword', change)).toBe(
			'404 NoSuchEntity: Login Profile for User nps cannot be found.',
		);
	});
	it('is changed by no other user than its own', () => {
		expect(desk.refusal('ChangePassword', {OldPassword: good, NewPassword: good})).toBe(
			'400 InvalidUserType: Only IAM Users can change their own password',
		);
	});
	// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_enable-user-change.html
	it('may be changed by every user where the account says so', () => {
		desk.ask('CreateUser', {UserName: 'eve'});
		desk.as('nps');
		const may = (action: string, resource: string) => () => authorize(desk.asked(), action, resource);
		expect(may('iam:ChangePassword', arn('user/nps'))).toThrow('not authorized');
		desk.ask('UpdateAccountPasswordPolicy', {AllowUsersToChangePassword: 'true'});
		expect(may('iam:ChangePassword', arn('user/nps'))).not.toThrow();
		expect(may('iam:GetAccountPasswordPolicy', '*')).not.toThrow();
		expect(may('iam:ChangePassword', arn('user/eve'))).toThrow('not authorized');
		expect(may('iam:GetUser', arn('user/nps'))).toThrow('not authorized');
	});
});
