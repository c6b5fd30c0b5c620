import type {Account, User} from '../account/account.js';
import {uniqueId} from '../account/ids.js';
import type {Asked, Data, Operations} from '../operation.js';
import {attachableBoundary, boundaryOut} from './boundaries.js';
import {arnIn, arnOf, arnOrSelf, conflict, file, findUser, taken, under, userOrSelf} from './find-in-account.js';
import * as rules from './name-rules.js';
import {listed, operation, shows} from './parameters.js';
import {withoutPrincipal} from './policy-text.js';
import {tagging, tagsIn, tagsOut} from './tags.js';

/** CreateUser, GetUser, ListUsers, DeleteUser. */
export const users: Operations = {
	CreateUser: operation({
		needs: {UserName: rules.newUserName},
		may: {Path: rules.path, PermissionsBoundary: rules.arn},
		about: ({UserName: name, Path: path = '/'}, {account}) => arnIn(account, `user${path}${name}`),
		also: ({UserName: name, Path: path = '/'}, {account, input}) =>
			tagging(input, 'iam:TagUser', arnIn(account, `user${path}${name}`)),
		run: ({UserName: name, Path: path = '/', PermissionsBoundary: boundary}, asked) => {
			const {account, now} = asked;
			const tags = [...tagsIn('User', asked.input)];
			if (under(account.users, name.toLowerCase())) throw taken(`User with name ${name} already exists.`);
			if (boundary !== undefined) attachableBoundary(account, boundary);
			const user: User = {
				name,
				path,
				id: uniqueId('AIDA'),
				arn: arnIn(account, `user${path}${name}`),
				created: now,
				attached: [],
				inline: {},
				tags,
				accessKeys: [],
				mfaDevices: [],
				...(boundary !== undefined && {boundary}),
			};
			file(account.users, name.toLowerCase(), user);
			return {User: {...userOut(user), ...boundaryOut(user.boundary), ...tagsOut(tags)}};
		},
	}),
	GetUser: operation({
		may: {UserName: rules.userName},
		about: ({UserName: name}, asked) => arnOrSelf(asked, name),
		run: ({UserName: name}, asked) => ({User: wholeUser(asked, name)}),
	}),
	ListUsers: operation({
		may: {PathPrefix: rules.pathPrefix},
		about: () => '*',
		run: ({PathPrefix: prefix = '/'}, asked) =>
			listed(
				asked,
				'Users',
				Object.values(asked.account.users)
					.filter(({path, created}) => path.startsWith(prefix) && shows(asked, created))
					.sort((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1))
					.map(userOut),
			),
	}),
	DeleteUser: operation({
		needs: {UserName: rules.userName},
		about: ({UserName: name}, {account}) => arnOf(account, 'user', name),
		run: ({UserName: name}, {account}) => {
			const user = findUser(account, name);
			refuseUsed(account, user);
			delete account.users[name.toLowerCase()];
			forget(account, user);
			return {};
		},
	}),
};

/** A user as lists tell it: without tags or boundary. */
export const userOut = ({path, name, id, arn, created}: User): Data => ({
	Path: path,
	UserName: name,
	UserId: id,
	Arn: arn,
	CreateDate: new Date(created),
});
function wholeUser(asked: Asked, name: string | undefined): Data {
	const user = userOrSelf(asked, name);
	// The root user has no name and is as old as its account, which nobody asks.
	if (!user) return {Path: '/', UserId: asked.account.id, Arn: asked.caller.arn, CreateDate: new Date(0)};
	return {...userOut(user), ...boundaryOut(user.boundary), ...tagsOut(user.tags)};
}

/** Everything that must go first. https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUser.html */
function refuseUsed(account: Account, user: User): void {
	const inGroup = Object.values(account.groups).some(group => group.users.includes(user.name.toLowerCase()));
	if (inGroup) throw conflict('Cannot delete entity, must remove users from group first.');
	if (user.attached.length > 0) throw conflict('Cannot delete entity, must detach all policies first.');
	if (Object.keys(user.inline).length > 0) throw conflict('Cannot delete entity, must delete policies first.');
	if (user.accessKeys.length > 0) throw conflict('Cannot delete entity, must delete access keys first.');
	if (user.loginProfile) throw conflict('Cannot delete entity, must delete login profile first.');
	if (user.mfaDevices.length > 0) throw conflict('Cannot delete entity, must delete MFA device first.');
}

/**
 * Takes a principal that is no more out of the account: its sessions end, and policies that name it show its unique id
 * from now on.
 */
export function forget(account: Account, {arn, id}: {readonly arn: string; readonly id: string}): void {
	for (const [session, {of}] of Object.entries(account.sessions)) if (of === arn) delete account.sessions[session];
	for (const key of Object.values(account.keys)) key.policy = withoutPrincipal(key.policy, arn, id);
	for (const role of Object.values(account.roles)) role.trust = withoutPrincipal(role.trust, arn, id);
}
