/** AWS's rules for names, in words; each tells what is wrong with a value, or nothing. */
export type Rule = (value: string) => string | undefined;

const iamName =
	(longest: number): Rule =>
	value => {
		if (value === '') return 'A name is needed';
		const odd = /[^A-Za-z0-9_+=,.@-]/.exec(value);
		if (odd) return `Only letters, digits and + = , . @ _ - ; ${not(value, odd.index)}`;
		return value.length > longest ? `At most ${longest} characters; these are ${value.length}` : undefined;
	};

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html */
export const policyName: Rule = iamName(128);
/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateUser.html */
export const userName: Rule = iamName(64);
/**
 * The id of an access key, in full; none breaks no rule.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_AccessKey.html
 */
export const accessKeyId: Rule = value =>
	value === '' || /^\w{16,128}$/.test(value)
		? undefined
		: 'It takes the id of an access key, such as AKIAIOSFODNN7EXAMPLE';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html */
export const policyDescription: Rule = value => {
	const odd = /[^\p{L}\p{M}\p{Z}\p{S}\p{N}\p{P}]/u.exec(value);
	if (odd) return `Only printable characters; ${not(value, odd.index)}`;
	return length(value) > 1000 ? `At most 1000 characters; these are ${length(value)}` : undefined;
};

/**
 * A path that policies and users take alike; policies are the stricter ones.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html
 */
export const path: Rule = value => {
	if (value === '') return undefined;
	const odd = /[^A-Za-z0-9.,+@=_/-]/.exec(value);
	if (odd) return `Only letters, digits and / . , + @ = _ - ; ${not(value, odd.index)}`;
	if (!/^(\/[^/]+)*\/$/.test(value)) return 'A path begins and ends with one /, such as /nps/';
	return value.length > 512 ? `At most 512 characters; these are ${value.length}` : undefined;
};

/** https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html */
export const vpcEndpoint: Rule = value =>
	/^vpce-[\da-f]{8,17}$/.test(value)
		? undefined
		: `${value} is no id of a VPC endpoint, such as vpce-0a1b2c3d4e5f67890`;

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html */
export const keyDescription: Rule = value =>
	length(value) > 8192 ? `At most 8192 characters; these are ${length(value)}` : undefined;

/** The alias with its prefix. */
export const aliasName = (value: string): string => (value.startsWith('alias/') ? value : `alias/${value}`);
/** https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html */
export const keyAlias: Rule = value => {
	const whole = aliasName(value);
	const name = whole.slice('alias/'.length);
	if (name === '') return 'A name is needed';
	const odd = /[^a-zA-Z0-9/_-]/.exec(name);
	if (odd) return `Only letters, digits and / _ - ; ${not(name, odd.index)}`;
	if (/^aws\//i.test(name)) return 'Aliases that start with aws/ are reserved for AWS';
	return whole.length > 256 ? `At most 256 characters with alias/; these are ${whole.length}` : undefined;
};

const tagText = /[^\p{L}\p{Z}\p{N}_.:/=+\-@]/u;
/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_Tag.html */
export const tagValue: Rule = value => {
	if (/^aws:/i.test(value)) return 'Values that start with aws: are reserved for AWS';
	const odd = tagText.exec(value);
	if (odd) return `Only letters, digits, spaces and _ . : / = + - @ ; ${not(value, odd.index)}`;
	return length(value) > 256 ? `At most 256 characters; these are ${length(value)}` : undefined;
};
const tagKey: Rule = value => {
	if (value === '') return 'A tag needs a key';
	if (/^aws:/i.test(value)) return 'Keys that start with aws: are reserved for AWS';
	if (/^nps-kms:/i.test(value)) return 'Keys that start with nps-kms: are used by this program';
	const odd = tagText.exec(value);
	if (odd) return `Only letters, digits, spaces and _ . : / = + - @ ; ${not(value, odd.index)}`;
	return length(value) > 128 ? `A key has at most 128 characters; these are ${length(value)}` : undefined;
};
/** The rule that a set of tags breaks; IAM takes keys for the same that differ in case only, and 50 in all. */
export function tags(pairs: Readonly<Record<string, string>>): string | undefined {
	const seen = new Set<string>();
	for (const [key, value] of Object.entries(pairs)) {
		const rule = tagKey(key) ?? tagValue(value);
		if (rule) return `${key || '(empty)'}: ${rule}`;
		if (seen.has(key.toLowerCase())) return `${key}: IAM takes keys that differ in case only for the same`;
		seen.add(key.toLowerCase());
	}
	return seen.size > 46 ? `At most 46 tags (AWS allows 50, this program needs 4); these are ${seen.size}` : undefined;
}

const length = (value: string): number => value.length;
const readable: Readonly<Record<string, string>> = {
	' ': 'the space',
	'\t': 'the tab',
	'\n': 'the line break',
	'\r': 'the line break',
};
function not(value: string, index: number): string {
	const odd = String.fromCodePoint(value.codePointAt(index) ?? 0);
	const before = value.slice(0, index);
	return `${readable[odd] ?? `the ${odd}`}${before ? ` after ${before.slice(-20)}` : ''} is not allowed`;
}
