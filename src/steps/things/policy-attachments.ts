import {call} from '../../aws/client/call.js';
import type {Look} from '../../engine/step.js';
import {collect} from './collect.js';

/** The users, groups and roles that a policy is attached to, each by its kind and name. */
export const attachedTo = (look: Look, PolicyArn: string): Promise<readonly string[]> =>
	collect(look, call('iam:ListEntitiesForPolicy', {PolicyArn}), it => [
		...(it.PolicyUsers ?? []).map(user => `user ${user.UserName}`),
		...(it.PolicyGroups ?? []).map(group => `group ${group.GroupName}`),
		...(it.PolicyRoles ?? []).map(role => `role ${role.RoleName}`),
	]);
