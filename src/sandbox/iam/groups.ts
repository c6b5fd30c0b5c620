import type {Group} from '../account/account.js';
import {uniqueId} from '../account/ids.js';
import type {Data, Operations} from '../operation.js';
import {arnIn, arnOf, conflict, exceeded, file, findGroup, findUser, taken, under} from './find-in-account.js';
import * as rules from './name-rules.js';
import {listed, operation, shows} from './parameters.js';
import {userOut} from './users.js';

const perUser = 10;

/** CreateGroup, GetGroup, ListGroups, DeleteGroup, AddUserToGroup, RemoveUserFromGroup, ListGroupsForUser. */
export const groups: Operations = {
	CreateGroup: operation({
		needs: {GroupName: rules.groupName},
		may: {Path: rules.path},
		about: ({GroupName: name, Path: path = '/'}, {account}) => arnIn(account, `group${path}${name}`),
		run: ({GroupName: name, Path: path = '/'}, {account, now}) => {
			if (under(account.groups, name.toLowerCase())) throw taken(`Group with name ${name} already exists.`);
			const arn = arnIn(account, `group${path}${name}`);
			const group: Group = {name, path, id: uniqueId('AGPA'), arn, created: now, attached: [], inline: {}, users: []};
			file(account.groups, name.toLowerCase(), group);
			return {Group: groupOut(group)};
		},
	}),
	GetGroup: operation({
		needs: {GroupName: rules.groupName},
		about: ({GroupName: name}, {account}) => arnOf(account, 'group', name),
		run: ({GroupName: name}, asked) => {
			const group = findGroup(asked.account, name);
			return {
				Group: groupOut(group),
				...listed(
					asked,
					'Users',
					group.users.map(user => userOut(findUser(asked.account, user))),
				),
			};
		},
	}),
	ListGroups: operation({
		may: {PathPrefix: rules.pathPrefix},
		about: () => '*',
		run: ({PathPrefix: prefix = '/'}, asked) => {
			const found = Object.values(asked.account.groups).filter(
				({path, created}) => path.startsWith(prefix) && shows(asked, created),
			);
			return listed(asked, 'Groups', found.map(groupOut));
		},
	}),
	DeleteGroup: operation({
		needs: {GroupName: rules.groupName},
		about: ({GroupName: name}, {account}) => arnOf(account, 'group', name),
		run: ({GroupName: name}, {account}) => {
			const {users, attached, inline} = findGroup(account, name);
			if (users.length > 0) throw conflict('Cannot delete entity, must remove users from group first.');
			if (attached.length > 0) throw conflict('Cannot delete entity, must detach all policies first.');
			if (Object.keys(inline).length > 0) throw conflict('Cannot delete entity, must delete policies first.');
			delete account.groups[name.toLowerCase()];
			return {};
		},
	}),
	AddUserToGroup: operation({
		needs: {GroupName: rules.groupName, UserName: rules.userName},
		about: ({GroupName: name}, {account}) => arnOf(account, 'group', name),
		run: ({GroupName: name, UserName: user}, {account}) => {
			const group = findGroup(account, name);
			findUser(account, user);
			const member = user.toLowerCase();
			if (group.users.includes(member)) return {};
			if (Object.values(account.groups).filter(({users}) => users.includes(member)).length >= perUser)
				throw exceeded('GroupsPerUser', perUser);
			group.users.push(member);
			return {};
		},
	}),
	RemoveUserFromGroup: operation({
		needs: {GroupName: rules.groupName, UserName: rules.userName},
		about: ({GroupName: name}, {account}) => arnOf(account, 'group', name),
		run: ({GroupName: name, UserName: user}, {account}) => {
			const group = findGroup(account, name);
			findUser(account, user);
			group.users = group.users.filter(member => member !== user.toLowerCase());
			return {};
		},
	}),
	ListGroupsForUser: operation({
		needs: {UserName: rules.userName},
		about: ({UserName: name}, {account}) => arnOf(account, 'user', name),
		run: ({UserName: name}, asked) => {
			const user = findUser(asked.account, name);
			const found = Object.values(asked.account.groups).filter(({users}) => users.includes(user.name.toLowerCase()));
			return listed(asked, 'Groups', found.map(groupOut));
		},
	}),
};

const groupOut = ({path, name, id, arn, created}: Group): Data => ({
	Path: path,
	GroupName: name,
	GroupId: id,
	Arn: arn,
	CreateDate: new Date(created),
});
