import type {Asked} from '../operation.js';
import {arnOf, type Kind} from './find-in-account.js';
import * as rules from './name-rules.js';

/**
 * What can have policies, as AWS's operations call it: its parameter, the rule of its name, and the quota of its inline
 * policies.
 */
export type Holder = {
	readonly kind: Kind;
	readonly noun: 'User' | 'Group' | 'Role';
	readonly parameter: string;
	readonly rule: rules.Rule;
	/** The rule of the same name where inline policies are concerned: AWS takes longer user names there. */
	readonly inlineRule: rules.Rule;
	/**
	 * Characters of all its inline policies, white space aside.
	 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
	 */
	readonly inlineSize: number;
};
/** Users, groups and roles. */
export const holders: readonly Holder[] = [
	{
		kind: 'user',
		noun: 'User',
		parameter: 'UserName',
		rule: rules.newUserName,
		inlineRule: rules.userName,
		inlineSize: 2048,
	},
	{
		kind: 'group',
		noun: 'Group',
		parameter: 'GroupName',
		rule: rules.groupName,
		inlineRule: rules.groupName,
		inlineSize: 5120,
	},
	{
		kind: 'role',
		noun: 'Role',
		parameter: 'RoleName',
		rule: rules.roleName,
		inlineRule: rules.roleName,
		inlineSize: 10_240,
	},
];
/** The ARN that authorization is asked about, from the parameter that names a holder. */
export function arnFor(kind: Kind, parameter: string) {
	return (told: Readonly<Record<string, string | undefined>>, {account}: Asked): string =>
		arnOf(account, kind, told[parameter] ?? '');
}
