import type {Account} from './account.js';
import type {Files} from './ports.js';

/** What stands in an account, comparable with another: random ids and times aside, and for each access key and password whether its secret is kept. */
export function inventory(account: Account, files: Files): string {
	const kept = new Set(Object.values(files).flatMap(it => (it.is === 'row' ? Object.values(it.row) : [])));
	const picture = {
		policies: account.policies.map(({name, description, tags, versions}) => ({
			name,
			description,
			tags,
			versions: versions.map(({id, document, isDefault}) => ({
				id,
				document: JSON.parse(document) as unknown,
				isDefault,
			})),
		})),
		users: account.users.map(({name, tags, attached, login, accessKeys}) => ({
			name,
			tags: {...tags},
			attached: attached.toSorted(),
			login: login && {reset: login.reset, kept: kept.has(login.password)},
			accessKeys: accessKeys.map(({id, status, secret}) => ({id, status, kept: kept.has(id) && kept.has(secret)})),
		})),
		kmsKeys: account.kmsKeys.map(({id, state, spec, usage, description, policy, rotates, tags}) => ({
			id,
			state,
			spec,
			usage,
			description,
			policy: JSON.parse(policy) as unknown,
			rotates,
			tags,
		})),
		aliases: account.aliases,
		files: Object.entries(files).map(([place, it]) => ({
			place,
			is: it.is,
			columns: it.is === 'row' ? Object.keys(it.row) : [],
		})),
	};
	return named(JSON.stringify(picture, null, 1), account);
}

/** Random ids, by the order in which the things that are there were made. */
function named(picture: string, account: Account): string {
	let told = picture;
	for (const [at, it] of account.users.flatMap(user => user.accessKeys).entries())
		told = told.replaceAll(it.id, `<access key ${at + 1}>`);
	for (const [at, it] of account.kmsKeys.entries()) told = told.replaceAll(it.id, `<key ${at + 1}>`);
	return told;
}
