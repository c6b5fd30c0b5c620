/** The parts of an ARN; the resource is all that follows the account. */
export type Arn = {
	readonly partition: string;
	readonly service: string;
	readonly region: string;
	readonly account: string;
	readonly resource: string;
};

/** The parts, or undefined if it isn't an ARN. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
export function parseArn(text: string): Arn | undefined {
	const [arn, partition, service, region, account, ...resource] = text.split(':');
	if (arn !== 'arn' || !partition || !service || region === undefined || account === undefined || resource.length === 0)
		return undefined;
	return {partition, service, region, account, resource: resource.join(':')};
}

/**
 * The rule that a key administrator's ARN breaks: a key policy takes users and roles, not groups, sessions or the root
 * user.
 */
export function administratorArn(value: string): string | undefined {
	const arn = parseArn(value);
	if (!arn) return 'An ARN is needed, such as arn:aws:iam::111122223333:role/Admin';
	if (arn.service === 'sts') return sessionRule(arn);
	if (arn.service !== 'iam' || !/^\d{12}$/.test(arn.account)) return 'An ARN of an IAM user or role is needed';
	if (arn.resource === 'root') return 'The root user has access by the key policy already; give a user or a role';
	if (arn.resource.startsWith('group/')) return "A group can't be named in a key policy; give users or roles";
	if (!/^(user|role)\/[\x21-\x7e]+$/.test(arn.resource) || /[*?]/.test(arn.resource))
		return 'An ARN of an IAM user or role is needed';
	return undefined;
}

/** A session's role may have a path, which its session doesn't tell. */
function sessionRule({resource}: Arn): string {
	const [kind, name] = resource.split('/');
	const how = kind === 'assumed-role' && name ? `, as the page of role ${name} in IAM shows it` : '';
	return `That is a session; give the ARN of its role, arn:aws:iam::…:role/…${how}`;
}
