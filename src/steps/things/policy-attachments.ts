import {call} from '../../aws/client/call.js';
import type {Known, Look} from '../../engine/step.js';
import {collect} from './all-pages.js';
import {inputOf} from './given-by-us.js';

const nameless = 'that AWS does not name';
/** The users, groups and roles that a policy is attached to, each by its kind and name. */
export const attachedTo = (look: Look, PolicyArn: string): Promise<readonly string[]> =>
	collect(look, call('iam:ListEntitiesForPolicy', {PolicyArn}), it => [
		...(it.PolicyUsers ?? []).map(user => `user ${user.UserName ?? nameless}`),
		...(it.PolicyGroups ?? []).map(group => `group ${group.GroupName ?? nameless}`),
		...(it.PolicyRoles ?? []).map(role => `role ${role.RoleName ?? nameless}`),
	]);

const attaches = [
	['iam:AttachUserPolicy', 'UserName', 'user'],
	['iam:AttachGroupPolicy', 'GroupName', 'group'],
	['iam:AttachRolePolicy', 'RoleName', 'role'],
] as const;
/** Whether a call of this record attached the policy there, whichever step's. */
export const isAttachedByUs = (to: string, PolicyArn: string, known: Known): boolean =>
	known.calls.some(({call: it}) =>
		attaches.some(
			([api, names, kind]) =>
				it.api === api &&
				inputOf(it, 'PolicyArn', known) === PolicyArn &&
				`${kind} ${String(inputOf(it, names, known))}` === to,
		),
	);
