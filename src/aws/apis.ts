import * as iam from '@aws-sdk/client-iam';
import * as kms from '@aws-sdk/client-kms';
import * as sts from '@aws-sdk/client-sts';

/** Every AWS call this program can make. Adding one is one line. */
export const apis = {
	'iam:AttachUserPolicy': iam.AttachUserPolicyCommand,
	'iam:CreateAccessKey': iam.CreateAccessKeyCommand,
	'iam:CreateLoginProfile': iam.CreateLoginProfileCommand,
	'iam:CreatePolicy': iam.CreatePolicyCommand,
	'iam:CreatePolicyVersion': iam.CreatePolicyVersionCommand,
	'iam:CreateUser': iam.CreateUserCommand,
	'iam:DeleteAccessKey': iam.DeleteAccessKeyCommand,
	'iam:DeletePolicyVersion': iam.DeletePolicyVersionCommand,
	'iam:GetAccessKeyLastUsed': iam.GetAccessKeyLastUsedCommand,
	'iam:GetLoginProfile': iam.GetLoginProfileCommand,
	'iam:GetPolicy': iam.GetPolicyCommand,
	'iam:GetPolicyVersion': iam.GetPolicyVersionCommand,
	'iam:GetRole': iam.GetRoleCommand,
	'iam:GetUser': iam.GetUserCommand,
	'iam:ListAccessKeys': iam.ListAccessKeysCommand,
	'iam:ListAccountAliases': iam.ListAccountAliasesCommand,
	'iam:ListAttachedUserPolicies': iam.ListAttachedUserPoliciesCommand,
	'iam:ListEntitiesForPolicy': iam.ListEntitiesForPolicyCommand,
	'iam:ListGroupsForUser': iam.ListGroupsForUserCommand,
	'iam:ListPolicies': iam.ListPoliciesCommand,
	'iam:ListPolicyVersions': iam.ListPolicyVersionsCommand,
	'iam:ListRoles': iam.ListRolesCommand,
	'iam:ListUserPolicies': iam.ListUserPoliciesCommand,
	'iam:ListUsers': iam.ListUsersCommand,
	'iam:TagPolicy': iam.TagPolicyCommand,
	'iam:TagUser': iam.TagUserCommand,
	'iam:UpdateAccessKey': iam.UpdateAccessKeyCommand,
	'iam:UpdateLoginProfile': iam.UpdateLoginProfileCommand,
	'kms:CreateAlias': kms.CreateAliasCommand,
	'kms:CreateKey': kms.CreateKeyCommand,
	'kms:DescribeKey': kms.DescribeKeyCommand,
	'kms:EnableKeyRotation': kms.EnableKeyRotationCommand,
	'kms:GetKeyPolicy': kms.GetKeyPolicyCommand,
	'kms:GetKeyRotationStatus': kms.GetKeyRotationStatusCommand,
	'kms:ListKeys': kms.ListKeysCommand,
	'kms:ListResourceTags': kms.ListResourceTagsCommand,
	'kms:PutKeyPolicy': kms.PutKeyPolicyCommand,
	'kms:TagResource': kms.TagResourceCommand,
	'sts:GetCallerIdentity': sts.GetCallerIdentityCommand,
};
/** The clients that make those calls. */
export const clients = {iam: iam.IAMClient, kms: kms.KMSClient, sts: sts.STSClient};
