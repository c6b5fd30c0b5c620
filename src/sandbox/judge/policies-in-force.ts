import type {Account, Identity, Policy} from '../account/account.js';
import type {Lags} from '../account/lags.js';
import type {Source} from './evaluate.js';

/** The time, and how late policies take effect. */
export type At = {readonly now: number; readonly lags: Pick<Lags, 'policies'>};
/** The policies in force for a user, group or role: its own, its groups' and, apart, its permissions boundary. */
export type InForce = {readonly identity: readonly Source[]; readonly boundary: readonly Source[] | undefined};

/** Collects what is in force for the identity of this ARN; nothing for an ARN that is nobody's. */
export function policiesInForce(account: Account, arn: string, at: At): InForce {
	const user = Object.values(account.users).find(one => one.arn === arn);
	const other = [...Object.values(account.roles), ...Object.values(account.groups)].find(one => one.arn === arn);
	const groups = user ? Object.values(account.groups).filter(({users}) => users.includes(user.name.toLowerCase())) : [];
	const own = user ?? other;
	const boundary = user?.boundary === undefined ? undefined : account.policies[user.boundary];
	return {
		identity: [own, ...groups].flatMap(identity => (identity ? policiesOf(account, identity, at) : [])),
		// A boundary that is no more allows nothing.
		boundary: user?.boundary === undefined ? undefined : boundary ? [documentOf(boundary, at)] : [],
	};
}

function policiesOf(account: Account, identity: Identity, at: At): readonly Source[] {
	const sort = /:(user|group|role)\//.exec(identity.arn)?.[1] ?? 'user';
	const attached = identity.attached
		.filter(({since}) => at.now - since >= at.lags.policies)
		.map(({arn}) => account.policies[arn]);
	return [
		...attached.flatMap(policy => (policy ? [documentOf(policy, at)] : [])),
		...Object.entries(identity.inline).map(([name, text]) => ({
			id: `${sort}_${identity.name}_${name}`,
			type: sort,
			text,
		})),
	];
}

/** The document of a managed policy that is in force: the one before, while its change is young. */
function documentOf({name, arn, versions, defaultVersion, changed}: Policy, {now, lags}: At): Source {
	const late = changed && now - changed.at < lags.policies;
	const text = late ? changed.before : (versions.find(({id}) => id === defaultVersion)?.document ?? '');
	return {id: name, type: arn.includes(':iam::aws:') ? 'aws-managed' : 'user-managed', text};
}
