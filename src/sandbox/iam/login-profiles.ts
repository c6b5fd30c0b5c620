import type {Account, User} from '../account/account.js';
import {type Data, type Operations, Refusal} from '../operation.js';
import {arnOf, arnOrSelf, findUser, missing, taken, userOrSelf} from './find-in-account.js';
import * as rules from './name-rules.js';
import {flag, operation} from './parameters.js';
import {checkPassword} from './password-policy.js';

/** CreateLoginProfile, GetLoginProfile, UpdateLoginProfile, ChangePassword, DeleteLoginProfile. */
export const loginProfiles: Operations = {
	CreateLoginProfile: operation({
		needs: {Password: rules.password},
		may: {UserName: rules.newUserName},
		about: ({UserName: name}, asked) => arnOrSelf(asked, name),
		run: ({UserName: name, Password: password}, asked) => {
			const user = userOrSelf(asked, name) ?? noRoot();
			if (user.loginProfile) throw taken(`Login Profile for user ${user.name} already exists.`);
			checkPassword(asked.account, user, password);
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
			if (password !== undefined) renew(account, user, password);
			profile.resetRequired = flag(input['PasswordResetRequired']) ?? profile.resetRequired;
			return {};
		},
	}),
	/** By the user itself: https://docs.aws.amazon.com/IAM/latest/APIReference/API_ChangePassword.html */
	ChangePassword: operation({
		needs: {OldPassword: rules.password, NewPassword: rules.password},
		about: (_told, asked) => arnOrSelf(asked, undefined),
		run: ({OldPassword: before, NewPassword: password}, {account, caller}) => {
			const user = Object.values(account.users).find(({arn}) => arn === caller.of);
			if (!user) throw new Refusal('InvalidUserType', 'Only IAM Users can change their own password');
			// The code is not documented; the words say all.
			if (profileOf(user).password !== before) throw new Refusal('AccessDenied', 'The old password is incorrect.', 403);
			renew(account, user, password);
			profileOf(user).resetRequired = false;
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
function renew(account: Account, user: User, password: string): void {
	const profile = profileOf(user);
	checkPassword(account, user, password);
	profile.earlier = [profile.password, ...(profile.earlier ?? [])].slice(0, 24);
	profile.password = password;
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
