import type {Principal} from '../judge/policy-syntax.js';
import type {Asked} from '../operation.js';

/**
 * Whether KMS takes it as a principal of a key policy: it exists, is known already, and is no group.
 * https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
 */
export function isPrincipal(asked: Asked, {sort, name}: Principal): boolean {
	if (sort === 'Service') return /^[a-z\d.-]+\.amazonaws\.com(\.cn)?$/.test(name);
	return sort === 'AWS' && (name === '*' || isAccount(asked, name) || isKnown(asked, name));
}
/** Any account, by its id or its root; of another one's users and roles none is here. */
const isAccount = ({account: {partition}}: Asked, name: string): boolean =>
	new RegExp(`^(\\d{12}|arn:${partition}:iam::\\d{12}:root)$`).test(name);
/** Whether an ARN is that of the account, or of a user, role or session that KMS knows. */
export function isKnown({account, now, lags}: Asked, arn: string): boolean {
	const {partition, id, users, roles} = account;
	if (arn === `arn:${partition}:iam::${id}:root`) return true;
	const [, session] = new RegExp(`^arn:${partition}:sts::${id}:assumed-role/([^/]+)/[^/]+$`).exec(arn) ?? [];
	if (session !== undefined) return Object.values(roles).some(({name}) => name === session);
	return [...Object.values(users), ...Object.values(roles)].some(
		one => one.arn === arn && now - one.created >= lags.principals,
	);
}
