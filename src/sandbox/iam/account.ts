import type {Asked, Data, Operations} from '../operation.js';
import {arnOrSelf, isAws, missing, userOrSelf} from './find-in-account.js';
import * as rules from './name-rules.js';
import {listed, operation} from './parameters.js';

const none = (name: string, rule: rules.Rule): Operations[string] =>
	operation({
		may: {UserName: rule},
		about: ({UserName: user}, asked) => arnOrSelf(asked, user),
		run: ({UserName: user}, asked) => {
			userOrSelf(asked, user);
			return listed(asked, name, []);
		},
	});

/** The account's alias and summary, and what no user of the sandbox has. */
export const accountOperations: Operations = {
	CreateAccountAlias: operation({
		needs: {AccountAlias: rules.accountAlias},
		about: () => '*',
		run: ({AccountAlias: alias}, {account}) => {
			account.alias = alias;
			return {};
		},
	}),
	ListAccountAliases: operation({
		about: () => '*',
		run: (_told, asked) =>
			listed(asked, 'AccountAliases', asked.account.alias === undefined ? [] : [asked.account.alias]),
	}),
	DeleteAccountAlias: operation({
		needs: {AccountAlias: rules.accountAlias},
		about: () => '*',
		run: ({AccountAlias: alias}, {account}) => {
			if (account.alias !== alias) throw missing(`The account alias with name ${alias} cannot be found.`);
			delete account.alias;
			return {};
		},
	}),
	GetAccountSummary: operation({about: () => '*', run: (_told, asked) => ({SummaryMap: summary(asked)})}),
	ListSigningCertificates: none('Certificates', rules.userName),
	ListSSHPublicKeys: none('SSHPublicKeys', rules.newUserName),
	ListServiceSpecificCredentials: none('ServiceSpecificCredentials', rules.newUserName),
};

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html */
function summary({account}: Asked): Data {
	const policies = Object.values(account.policies).filter(policy => !isAws(policy));
	const devices = Object.values(account.users).reduce((sum, {mfaDevices}) => sum + mfaDevices.length, 0);
	return {
		Users: Object.keys(account.users).length,
		UsersQuota: 5000,
		Groups: Object.keys(account.groups).length,
		GroupsQuota: 300,
		Roles: Object.keys(account.roles).length,
		RolesQuota: 1000,
		Policies: policies.length,
		PoliciesQuota: 1500,
		PolicySizeQuota: 6144,
		PolicyVersionsInUse: policies.reduce((sum, {versions}) => sum + versions.length, 0),
		PolicyVersionsInUseQuota: 10_000,
		VersionsPerPolicyQuota: 5,
		AccessKeysPerUserQuota: 2,
		AttachedPoliciesPerUserQuota: 10,
		AttachedPoliciesPerGroupQuota: 10,
		AttachedPoliciesPerRoleQuota: 10,
		GroupsPerUserQuota: 10,
		UserPolicySizeQuota: 2048,
		GroupPolicySizeQuota: 5120,
		RolePolicySizeQuota: 10_240,
		MFADevices: devices,
		MFADevicesInUse: devices,
		AccountMFAEnabled: 0,
		AccountAccessKeysPresent: account.rootKeys.length > 0 ? 1 : 0,
		AccountPasswordPresent: 1,
		AccountSigningCertificatesPresent: 0,
	};
}
