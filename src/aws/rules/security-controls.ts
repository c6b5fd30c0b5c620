/** A control of AWS Security Hub CSPM, and the section of the CIS benchmark that AWS maps it to. */
export type SecurityControl = {
	readonly id: 'KMS.1' | 'KMS.3' | 'KMS.4' | 'IAM.2' | 'IAM.3';
	readonly title: string;
	/** The section's name in its newest version, and its number by version. */
	readonly cis?: {readonly name: string; readonly sections: Readonly<Record<string, string>>};
};

/** The day on which this list was read. */
export const listedOn = '2026-11-28';
/** AWS's pages that it is from. */
export const listedBy: readonly string[] = [
	'https://docs.aws.amazon.com/securityhub/latest/userguide/kms-controls.html',
	'https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html',
];

/** Those that what a set-up makes can pass or fail. */
export const securityControls: readonly SecurityControl[] = [
	{id: 'KMS.1', title: 'IAM customer managed policies should not allow decryption actions on all KMS keys'},
	{id: 'KMS.3', title: 'AWS KMS keys should not be deleted unintentionally'},
	{
		id: 'KMS.4',
		title: 'AWS KMS key rotation should be enabled',
		cis: {
			name: 'Ensure rotation for customer-created symmetric CMKs is enabled',
			sections: {'5.0.0': '3.6', '3.0.0': '3.6', '1.4.0': '3.8', '1.2.0': '2.8'},
		},
	},
	{
		id: 'IAM.2',
		title: 'IAM users should not have IAM policies attached',
		cis: {
			name: 'Ensure IAM users receive permissions only through groups',
			sections: {'5.0.0': '1.14', '3.0.0': '1.15', '1.2.0': '1.16'},
		},
	},
	{
		id: 'IAM.3',
		title: "IAM users' access keys should be rotated every 90 days or less",
		cis: {
			name: 'Ensure access keys are rotated every 90 days or less',
			sections: {'5.0.0': '1.13', '3.0.0': '1.14', '1.4.0': '1.14', '1.2.0': '1.4'},
		},
	},
];
