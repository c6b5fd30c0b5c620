import type {Account, Grant, Key} from '../account/account.js';
import type {Data, Datum} from '../operation.js';
import type {Who} from './evaluate.js';

/** Whether a grant on the key allows this. https://docs.aws.amazon.com/kms/latest/developerguide/grants.html */
export function grantAllows(account: Account, {grants, arn}: Key, who: Who, action: string, input: Data): boolean {
	// A grant that is older than the user was its deleted namesake's.
	const born =
		[...Object.values(account.users), ...Object.values(account.roles)].find(one => one.arn === who.of)?.created ?? 0;
	const is = (name: string | undefined, {created}: Grant): boolean =>
		name !== undefined && created >= born && [who.arn, who.of].includes(name);
	const name = action.replace(/^kms:/, '');
	if (name === 'RetireGrant')
		return grants.some(
			grant =>
				isNamed(grant, arn, input) &&
				(is(grant.retiring, grant) || (is(grant.grantee, grant) && grant.operations.includes(name))),
		);
	return grants.some(
		grant =>
			is(grant.grantee, grant) &&
			grant.operations.includes(name) &&
			keeps(grant, name, input) &&
			(name !== 'CreateGrant' || list(input['Operations']).every(operation => grant.operations.includes(operation))),
	);
}

/** Whether a request names this grant, by its token or by key and id. */
export const isNamed = (grant: Grant, key: string, input: Data): boolean =>
	input['GrantToken'] !== undefined
		? grant.token === input['GrantToken']
		: grant.id === input['GrantId'] && key === input['KeyId'];
/** The encryption context that belongs to an action. */
export function contextFor(action: string, input: Data): Readonly<Record<string, string>> {
	const name =
		action === 'kms:ReEncryptFrom'
			? 'SourceEncryptionContext'
			: action === 'kms:ReEncryptTo'
				? 'DestinationEncryptionContext'
				: 'EncryptionContext';
	return (input[name] ?? {}) as Record<string, string>;
}

const list = (value: Datum): readonly string[] => (Array.isArray(value) ? (value as readonly string[]) : []);
const encrypting = /^(Encrypt|Decrypt|ReEncrypt|GenerateDataKey)/;
function keeps({constraints}: Grant, name: string, input: Data): boolean {
	if (!constraints || !encrypting.test(name)) return true;
	const context = contextFor(`kms:${name}`, input);
	const {EncryptionContextSubset: subset, EncryptionContextEquals: equals} = constraints;
	const within = (part: Record<string, string>, whole: Readonly<Record<string, string>>): boolean =>
		Object.entries(part).every(([key, value]) => whole[key] === value);
	return (
		(!subset || within(subset, context)) &&
		(!equals || (within(equals, context) && Object.keys(equals).length === Object.keys(context).length))
	);
}
