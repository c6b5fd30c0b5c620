import type {Account, Policy, User} from '../../src/sandbox/account/account.js';

const iam = 'arn:aws:iam::111122223333';
/** Somebody's user. */
export function userIn(account: Account, more: Partial<User> = {}): User {
	const {name = 'nps-kms-user', path = '/'} = more;
	const arn = `${iam}:user${path}${name}`;
	const user: User = {
		...{name, path, arn, id: 'AIDA1111111111111111', created: 0, attached: [], inline: {}, tags: []},
		...{accessKeys: [], mfaDevices: [], ...more},
	};
	account.users[name.toLowerCase()] = user;
	return user;
}
/** Somebody's policy. */
export function policyIn(account: Account, statements: readonly object[], more: Partial<Policy> = {}): Policy {
	const {name = 'bound', path = '/'} = more;
	const arn = `${iam}:policy${path}${name}`;
	const document = JSON.stringify({Version: '2012-10-17', Statement: statements});
	const policy: Policy = {
		...{name, path, arn, id: 'ANPA1111111111111111', created: 0, updated: 0, defaultVersion: 'v1', next: 2, tags: []},
		...{versions: [{id: 'v1', document, created: 0}], ...more},
	};
	account.policies[arn] = policy;
	return policy;
}
