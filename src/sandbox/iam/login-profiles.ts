import type {User} from '../account/account.js';
import {type Data, type Operations, Refusal} from '../operation.js';
import {flag, operation} from './ask.js';
import {arnOf, arnOrSelf, findUser, missing, taken, userOrSelf} from './find.js';
import * as rules from './names.js';

/** CreateLoginProfile, GetLoginProfile, UpdateLoginProfile, DeleteLoginProfile. */
export const loginProfiles: Operations = {
	CreateLoginProfile: operation({
		needs: {Password: rules.password},
		may: {UserName: rules.newUserName},
		about: ({UserName: name}, asked) => arnOrSelf(asked, name),
		run: ({UserName: name, Password: password}, asked) => {
			const user = userOrSelf(asked, name) ?? noRoot();
			if (user.loginProfile) throw taken(`Login Profile for user ${user.name} already exists.`);
			checkPassword(password, user);
			user.loginProfile = {
				created: asked.now,
				password,
				resetRequired: flag(asked.input['PasswordResetRequired']) ?? false,
			};
			return profileOut(user);
		},
	}),
	GetLoginProfile: operation({
		may: {UserName: rules.newUserName},
		about: ({UserName: name}, asked) => arnOrSelf(asked, name),
		run: ({UserName: name}, asked) => {
			const user = userOrSelf(asked, name) ?? noRoot();
			profileOf(user);
			return profileOut(user);
		},
	}),
	UpdateLoginProfile: operation({
		needs: {UserName: rules.newUserName},
		may: {Password: rules.password},
		about: ({UserName: name}, {account}) => arnOf(account, 'user', name),
		run: ({UserName: name, Password: password}, {account, input}) => {
			const user = findUser(account, name);
			const profile = profileOf(user);
			if (password !== undefined) checkPassword(password, user);
			profile.password = password ?? profile.password;
			profile.resetRequired = flag(input['PasswordResetRequired']) ?? profile.resetRequired;
			return {};
		},
	}),
	DeleteLoginProfile: operation({
		may: {UserName: rules.newUserName},
		about: ({UserName: name}, asked) => arnOrSelf(asked, name),
		run: ({UserName: name}, asked) => {
			const user = userOrSelf(asked, name) ?? noRoot();
			profileOf(user);
			delete user.loginProfile;
			return {};
		},
	}),
};

function profileOf(user: User): NonNullable<User['loginProfile']> {
	if (!user.loginProfile) throw missing(`Login Profile for User ${user.name} cannot be found.`);
	return user.loginProfile;
}
const profileOut = ({name, loginProfile: profile}: User): Data =>
	profile
		? {
				LoginProfile: {
					UserName: name,
					CreateDate: new Date(profile.created),
					PasswordResetRequired: profile.resetRequired,
				},
			}
		: {};
function noRoot(): never {
	throw new Refusal('ValidationError', 'Must specify userName when calling with non-User credentials');
}

/**
 * The policy of an account that has set none.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_account-policy.html#default-policy-details
 */
function checkPassword(password: string, {name}: User): void {
	const kinds = [/[A-Z]/, /[a-z]/, /\d/, /[^A-Za-z0-9]/].filter(kind => kind.test(password)).length;
	if (password.length < 8) throw new Refusal('PasswordPolicyViolation', 'Password should have a minimum length of 8');
	if (kinds < 3 || password === name)
		throw new Refusal('PasswordPolicyViolation', 'Password does not conform to the account password policy.');
}
