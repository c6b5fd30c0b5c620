import type {Role} from '../account/account.js';
import {uniqueId} from '../account/ids.js';
import {type Data, type Operations, Refusal} from '../operation.js';
import {arnIn, arnOf, conflict, file, findRole, taken, under} from './find-in-account.js';
import * as rules from './name-rules.js';
import {listed, operation, shows, wholeNumber} from './parameters.js';
import {checkTrust, encoded} from './policy-text.js';
import {tagging, tagsIn, tagsOut} from './tags.js';
import {forget} from './users.js';

const hour = 3600;

/** CreateRole, GetRole, ListRoles, UpdateAssumeRolePolicy, DeleteRole. */
export const roles: Operations = {
	CreateRole: operation({
		needs: {RoleName: rules.roleName, AssumeRolePolicyDocument: rules.document},
		may: {Path: rules.path, Description: rules.roleDescription},
		about: ({RoleName: name, Path: path = '/'}, {account}) => arnIn(account, `role${path}${name}`),
		also: ({RoleName: name, Path: path = '/'}, {account, input}) =>
			tagging(input, 'iam:TagRole', arnIn(account, `role${path}${name}`)),
		run: (
			{RoleName: name, AssumeRolePolicyDocument: trust, Path: path = '/', Description: description},
			{account, input, now},
		) => {
			const tags = [...tagsIn('Role', input)];
			const longestSession = wholeNumber(input, 'MaxSessionDuration', hour, 12 * hour);
			checkTrust(trust, account);
			if (input['PermissionsBoundary'] !== undefined)
				throw new Refusal('InvalidInput', 'The sandbox knows no permissions boundary of a role.');
			if (under(account.roles, name.toLowerCase())) throw taken(`Role with name ${name} already exists.`);
			const role: Role = {
				name,
				path,
				id: uniqueId('AROA'),
				arn: arnIn(account, `role${path}${name}`),
				created: now,
				attached: [],
				inline: {},
				trust,
				tags,
				...(description !== undefined && {description}),
				...(longestSession !== undefined && {longestSession}),
			};
			file(account.roles, name.toLowerCase(), role);
			return {Role: {...roleOut(role), ...tagsOut(tags)}};
		},
	}),
	GetRole: operation({
		needs: {RoleName: rules.roleName},
		about: ({RoleName: name}, {account}) => arnOf(account, 'role', name),
		run: ({RoleName: name}, {account}) => {
			const role = findRole(account, name);
			return {Role: {...roleOut(role), ...tagsOut(role.tags)}};
		},
	}),
	ListRoles: operation({
		may: {PathPrefix: rules.pathPrefix},
		about: () => '*',
		run: ({PathPrefix: prefix = '/'}, asked) => {
			const found = Object.values(asked.account.roles).filter(
				({path, created}) => path.startsWith(prefix) && shows(asked, created),
			);
			return listed(asked, 'Roles', found.map(roleOut));
		},
	}),
	UpdateAssumeRolePolicy: operation({
		needs: {RoleName: rules.roleName, PolicyDocument: rules.document},
		about: ({RoleName: name}, {account}) => arnOf(account, 'role', name),
		run: ({RoleName: name, PolicyDocument: trust}, {account}) => {
			const role = findRole(account, name);
			checkTrust(trust, account);
			role.trust = trust;
			return {};
		},
	}),
	DeleteRole: operation({
		needs: {RoleName: rules.roleName},
		about: ({RoleName: name}, {account}) => arnOf(account, 'role', name),
		run: ({RoleName: name}, {account}) => {
			const role = findRole(account, name);
			if (role.attached.length > 0) throw conflict('Cannot delete entity, must detach all policies first.');
			if (Object.keys(role.inline).length > 0) throw conflict('Cannot delete entity, must delete policies first.');
			delete account.roles[name.toLowerCase()];
			forget(account, role);
			return {};
		},
	}),
};

const roleOut = ({path, name, id, arn, created, trust, description, longestSession = hour}: Role): Data => ({
	Path: path,
	RoleName: name,
	RoleId: id,
	Arn: arn,
	CreateDate: new Date(created),
	AssumeRolePolicyDocument: encoded(trust),
	...(description !== undefined && {Description: description}),
	MaxSessionDuration: longestSession,
});
