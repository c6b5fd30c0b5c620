/** What AWS asks of a parameter's value: its model's constraints, in its model's spelling. */
export type Rule = {
	readonly min?: number;
	readonly max?: number;
	readonly pattern?: RegExp;
	/** The pattern as AWS's messages spell it, where it differs from the RegExp. */
	readonly written?: string;
	/** For names and paths IAM says this instead of the pattern; `NAME` is the parameter. */
	readonly words?: string;
	readonly values?: readonly string[];
	/** Its value isn't repeated in a message. */
	readonly secret?: true;
};

const named = (longest: number): Rule => ({
	min: 1,
	max: longest,
	pattern: /^[\w+=,.@-]+$/,
	words:
		'The specified value for NAME is invalid. It must contain only alphanumeric characters and/or the following: ' +
		'+=,.@_-',
});
const pathWords =
	'The specified value for NAME is invalid. It must begin and end with / and contain only alphanumeric characters ' +
	'and/or / characters.';

/** The name of a user to be. https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateUser.html */
export const newUserName: Rule = named(64);
/** The name of a user who is there: AWS takes longer ones here, from older times. */
export const userName: Rule = named(128);
/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html */
export const policyName: Rule = named(128);
/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateGroup.html */
export const groupName: Rule = named(128);
/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html */
export const roleName: Rule = named(64);
/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateVirtualMFADevice.html */
export const deviceName: Rule = named(226);
/** Where a user, group or role is filed. */
export const path: Rule = {min: 1, max: 512, pattern: /^(\/|\/[\u0021-\u007E]+\/)$/, words: pathWords};
/** Where a managed policy is filed. */
export const policyPath: Rule = {min: 1, max: 512, pattern: /^((\/[A-Za-z0-9.,+@=_-]+)*)\/$/, words: pathWords};
/** The beginning of paths to list. */
export const pathPrefix: Rule = {
	min: 1,
	max: 512,
	pattern: /^\/[\u0021-\u007F]*$/,
	written: String.raw`\u002F[\u0021-\u007F]*`,
};
/** The ARN of a managed policy, as far as its length tells. */
export const arn: Rule = {min: 20, max: 2048};
/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetPolicyVersion.html */
export const versionId: Rule = {
	pattern: /^v[1-9][0-9]*(\.[A-Za-z0-9-]*)?$/,
	written: String.raw`v[1-9][0-9]*(\.[A-Za-z0-9-]*)?`,
};
const latin = String.raw`[\u0009\u000A\u000D\u0020-\u00FF]+`;
/** A policy's text, before it is read as one. */
export const document: Rule = {min: 1, max: 131_072, pattern: /^[\t\n\r\u0020-\u00FF]+$/, written: latin};
/** A managed policy's description. */
export const policyDescription: Rule = {
	max: 1000,
	pattern: /^[\p{L}\p{M}\p{Z}\p{S}\p{N}\p{P}]*$/u,
	written: String.raw`[\p{L}\p{M}\p{Z}\p{S}\p{N}\p{P}]*`,
};
/** A role's description. */
export const roleDescription: Rule = {
	max: 1000,
	pattern: /^[\t\n\r\u0020-\u007E\u00A1-\u00FF]*$/,
	written: String.raw`[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*`,
};
/** A console password, before the account's password policy. */
export const password: Rule = {min: 1, max: 128, pattern: /^[\t\n\r\u0020-\u00FF]+$/, written: latin, secret: true};
/** An access key's id. */
export const accessKeyId: Rule = {min: 16, max: 128, pattern: /^\w+$/, written: String.raw`[\w]+`};
/** An MFA device's serial number; of a virtual one its ARN. */
export const serialNumber: Rule = {min: 9, max: 256, pattern: /^[\w+=/:,.@-]+$/, written: String.raw`[\w+=/:,.@-]+`};
/** What an MFA device shows. */
export const deviceCode: Rule = {min: 6, max: 6, pattern: /^\d+$/, written: String.raw`[\d]+`};
/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_Tag.html */
export const tagKey: Rule = {
	min: 1,
	max: 128,
	pattern: /^[\p{L}\p{Z}\p{N}_.:/=+\-@]+$/u,
	written: String.raw`[\p{L}\p{Z}\p{N}_.:/=+\-@]+`,
};
/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_Tag.html */
export const tagValue: Rule = {
	min: 0,
	max: 256,
	pattern: /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u,
	written: String.raw`[\p{L}\p{Z}\p{N}_.:/=+\-@]*`,
};
/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateAccountAlias.html */
export const accountAlias: Rule = {
	min: 3,
	max: 63,
	pattern: /^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$/,
	written: '^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$',
};
/** One of a few words. */
export const oneOf = (...values: readonly string[]): Rule => ({values});

/** Which constraints of the model a value breaks, in the words of AWS's validation. */
export function broken(rule: Rule, value: string): readonly string[] {
	const length = Array.from(value).length;
	return [
		...(rule.values && !rule.values.includes(value)
			? [`Member must satisfy enum value set: [${rule.values.join(', ')}]`]
			: []),
		...(rule.pattern && rule.words === undefined && !rule.pattern.test(value)
			? [`Member must satisfy regular expression pattern: ${rule.written ?? rule.pattern.source}`]
			: []),
		...(rule.max !== undefined && length > rule.max
			? [`Member must have length less than or equal to ${rule.max}`]
			: []),
		...(rule.min !== undefined && length < rule.min
			? [`Member must have length greater than or equal to ${rule.min}`]
			: []),
	];
}
