import {type Account, emptyAccount, type User} from './account.js';
import {withAwsPolicies} from './aws-managed-policies.js';
import {accessKeyId, secretAccessKey, uniqueId} from './ids.js';

/** Whose credentials a fresh sandbox gives out. */
export type Operator = {readonly accessKeyId: string; readonly secretAccessKey: string; readonly arn: string};

/** A new account. */
export const newAccount = (id: string, partition: string): Account => withAwsPolicies(emptyAccount(id, partition));

/** The user `admin` with AdministratorAccess and its first access key; made where it isn't there. */
export function operatorOf(account: Account, now: number): Operator {
	const user = account.users['admin'] ?? administrator(account, now - day);
	account.users['admin'] = user;
	const key = user.accessKeys[0] ?? {
		id: accessKeyId('AKIA'),
		secret: secretAccessKey(),
		status: 'Active',
		created: now - day,
	};
	if (user.accessKeys.length === 0) user.accessKeys.push(key);
	return {accessKeyId: key.id, secretAccessKey: key.secret, arn: user.arn};
}

/** So old that no lag is about it. */
const day = 24 * 3_600_000;
const administrator = ({id, partition}: Account, created: number): User => ({
	name: 'admin',
	path: '/',
	id: uniqueId('AIDA'),
	arn: `arn:${partition}:iam::${id}:user/admin`,
	created,
	attached: [{arn: `arn:${partition}:iam::aws:policy/AdministratorAccess`, since: created}],
	inline: {},
	tags: [],
	accessKeys: [],
	mfaDevices: [],
});
