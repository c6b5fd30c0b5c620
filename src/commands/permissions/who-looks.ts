import type {Besides} from '../../run/watcher-policy.js';

const proves: Besides = {may: ['iam:SimulatePrincipalPolicy'], seesOtherKeys: true};
/** The commands that look at all that a status looks at; and what each may do besides. */
export const whoLooks: Readonly<Record<string, Besides>> = {
	status: {may: []},
	prove: proves,
	discard: {
		may: [
			'iam:UpdateAccessKey',
			'iam:DeleteAccessKey',
			'iam:DeleteLoginProfile',
			'iam:DetachUserPolicy',
			'iam:UntagUser',
			'iam:ListMFADevices',
			'iam:ListServiceSpecificCredentials',
			'iam:ListSigningCertificates',
			'iam:ListSSHPublicKeys',
			'iam:DeleteUser',
			'iam:DeletePolicyVersion',
			'iam:UntagPolicy',
			'iam:DeletePolicy',
			'kms:ListKeys',
			'kms:DeleteAlias',
			'kms:PutKeyPolicy',
			'kms:UntagResource',
			'kms:DisableKey',
			'kms:ScheduleKeyDeletion',
		],
	},
	'replace-access-key': {
		...proves,
		may: [
			...proves.may,
			'iam:CreateAccessKey',
			'iam:UpdateAccessKey',
			'iam:DeleteAccessKey',
			'iam:TagUser',
			'iam:UntagUser',
		],
	},
	'move-key': {may: ['iam:UpdateAccessKey']},
	retire: {
		may: [
			'iam:UpdateAccessKey',
			'iam:DeleteAccessKey',
			'iam:UntagUser',
			'kms:PutKeyPolicy',
			'kms:DisableKey',
			'kms:EnableKey',
		],
	},
};
