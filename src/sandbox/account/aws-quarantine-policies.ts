/** A policy that AWS keeps: its name and id, its default version, when it was born and last changed, its statements. */
export type AwsPolicy = readonly [
	name: string,
	id: string,
	version: string,
	[born: string, changed: string],
	statements: readonly object[],
];

const denied = (actions: string): object => ({Effect: 'Deny', Action: actions.trim().split(/\s+/), Resource: ['*']});
/**
 * What AWS puts on a user whose access key it found in public.
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSCompromisedKeyQuarantineV2.html
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSCompromisedKeyQuarantineV3.html
 */
export const quarantines: readonly AwsPolicy[] = [
	[
		'AWSCompromisedKeyQuarantineV2',
		'ANPAQUARANTINESANDBX2',
		'v5',
		['2021-04-21T22:30:59Z', '2024-10-02T16:41:39Z'],
		[
			denied(`
				cloudtrail:LookupEvents ec2:RequestSpotInstances ec2:RunInstances ec2:StartInstances iam:AddUserToGroup
				iam:AttachGroupPolicy iam:AttachRolePolicy iam:AttachUserPolicy iam:ChangePassword iam:CreateAccessKey
				iam:CreateInstanceProfile iam:CreateLoginProfile iam:CreatePolicyVersion iam:CreateRole iam:CreateUser
				iam:DetachUserPolicy iam:PassRole iam:PutGroupPolicy iam:PutRolePolicy iam:PutUserPermissionsBoundary
				iam:PutUserPolicy iam:SetDefaultPolicyVersion iam:UpdateAccessKey iam:UpdateAccountPasswordPolicy
				iam:UpdateAssumeRolePolicy iam:UpdateLoginProfile iam:UpdateUser lambda:AddLayerVersionPermission
				lambda:AddPermission lambda:CreateFunction lambda:GetPolicy lambda:ListTags
				lambda:PutProvisionedConcurrencyConfig lambda:TagResource lambda:UntagResource lambda:UpdateFunctionCode
				lightsail:Create* lightsail:Delete* lightsail:DownloadDefaultKeyPair lightsail:GetInstanceAccessDetails
				lightsail:Start* lightsail:Update* organizations:CreateAccount organizations:CreateOrganization
				organizations:InviteAccountToOrganization s3:DeleteBucket s3:DeleteObject s3:DeleteObjectVersion
				s3:PutLifecycleConfiguration s3:PutBucketAcl s3:PutBucketOwnershipControls s3:DeleteBucketPolicy
				s3:ObjectOwnerOverrideToBucketOwner s3:PutAccountPublicAccessBlock s3:PutBucketPolicy s3:ListAllMyBuckets
				ec2:PurchaseReservedInstancesOffering ec2:AcceptReservedInstancesExchangeQuote
				ec2:CreateReservedInstancesListing savingsplans:CreateSavingsPlan ecs:CreateService ecs:CreateCluster
				ecs:RegisterTaskDefinition ecr:GetAuthorizationToken bedrock:CreateModelInvocationJob
				bedrock:InvokeModelWithResponseStream bedrock:CreateFoundationModelAgreement
				bedrock:PutFoundationModelEntitlement bedrock:InvokeModel s3:CreateBucket s3:PutBucketCors s3:GetObject
				s3:ListBucket sagemaker:CreateEndpointConfig sagemaker:CreateProcessingJob ses:GetSendQuota
				ses:ListIdentities sts:GetSessionToken sts:GetFederationToken amplify:CreateDeployment
				amplify:CreateBackendEnvironment codebuild:CreateProject glue:CreateJob iam:DeleteRole iam:DeleteAccessKey
				iam:ListUsers lambda:GetEventSourceMapping sns:GetSMSAttributes mediapackagev2:CreateChannel`),
		],
	],
	[
		'AWSCompromisedKeyQuarantineV3',
		'ANPAQUARANTINESANDBX3',
		'v3',
		['2024-08-21T17:36:49Z', '2026-03-16T16:27:14Z'],
		[
			denied(`
				cloudtrail:LookupEvents ec2:RequestSpotInstances ec2:RunInstances ec2:StartInstances
				ec2:PurchaseReservedInstancesOffering ec2:AcceptReservedInstancesExchangeQuote
				ec2:CreateReservedInstancesListing iam:AddUserToGroup iam:AttachGroupPolicy iam:AttachRolePolicy
				iam:AttachUserPolicy iam:ChangePassword iam:CreateAccessKey iam:CreateInstanceProfile iam:CreateLoginProfile
				iam:CreatePolicyVersion iam:CreateRole iam:CreateUser iam:DetachUserPolicy iam:PassRole iam:PutGroupPolicy
				iam:PutRolePolicy iam:PutUserPermissionsBoundary iam:PutUserPolicy iam:SetDefaultPolicyVersion
				iam:UpdateAccessKey iam:UpdateAccountPasswordPolicy iam:UpdateAssumeRolePolicy iam:UpdateLoginProfile
				iam:UpdateUser iam:DeleteRole iam:DeleteAccessKey iam:ListUsers lambda:AddLayerVersionPermission
				lambda:AddPermission lambda:CreateFunction lambda:GetPolicy lambda:ListTags
				lambda:PutProvisionedConcurrencyConfig lambda:TagResource lambda:UntagResource lambda:UpdateFunctionCode
				lambda:GetEventSourceMapping lightsail:Create* lightsail:Delete* lightsail:DownloadDefaultKeyPair
				lightsail:GetInstanceAccessDetails lightsail:Start* lightsail:Update* organizations:CreateAccount
				organizations:CreateOrganization organizations:InviteAccountToOrganization organizations:LeaveOrganization
				organizations:AcceptHandshake s3:DeleteBucket s3:DeleteObject s3:DeleteObjectVersion
				s3:PutLifecycleConfiguration s3:PutBucketAcl s3:PutBucketOwnershipControls s3:DeleteBucketPolicy
				s3:ObjectOwnerOverrideToBucketOwner s3:PutAccountPublicAccessBlock s3:PutBucketPolicy s3:ListAllMyBuckets
				s3:CreateBucket s3:PutBucketCors s3:GetObject s3:ListBucket s3:PutEncryptionConfiguration
				savingsplans:CreateSavingsPlan ecs:CreateService ecs:CreateCluster ecs:RegisterTaskDefinition
				ecr:GetAuthorizationToken bedrock:CreateModelInvocationJob bedrock:InvokeModelWithResponseStream
				bedrock:CreateFoundationModelAgreement bedrock:PutFoundationModelEntitlement bedrock:InvokeModel
				sagemaker:CreateEndpointConfig sagemaker:CreateProcessingJob ses:GetSendQuota ses:ListIdentities
				sts:GetSessionToken sts:GetFederationToken amplify:CreateDeployment amplify:CreateBackendEnvironment
				codebuild:CreateProject glue:CreateJob sns:GetSMSAttributes mediapackagev2:CreateChannel logs:PutLogEvents
				kms:PutKeyPolicy kms:RetireGrant kms:RevokeGrant kms:ScheduleKeyDeletion kms:DeleteImportedKeyMaterial`),
			{
				Effect: 'Deny',
				Action: ['kms:CreateGrant'],
				Resource: '*',
				Condition: {Null: {'kms:ViaService': 'true'}},
			},
		],
	],
];
