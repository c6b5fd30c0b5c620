import type {Identity} from '../account/account.js';
import type {Asked, Data, Operation, Operations} from '../operation.js';
import {all, attachable, exceeded, findIdentity, findPolicy, missing} from './find-in-account.js';
import * as rules from './name-rules.js';
import {listed, operation, shows} from './parameters.js';
import {arnFor, type Holder, holders} from './policy-holders.js';

const most = 10;

/** Attach, Detach and ListAttached for users, groups and roles; ListEntitiesForPolicy. */
export const attachments: Operations = {
	...Object.fromEntries(holders.flatMap(holder => [attach(holder), detach(holder), attached(holder)])),
	ListEntitiesForPolicy: operation({
		needs: {PolicyArn: rules.arn},
		may: {
			EntityFilter: rules.oneOf('User', 'Role', 'Group', 'LocalManagedPolicy', 'AWSManagedPolicy'),
			PathPrefix: rules.path,
			PolicyUsageFilter: rules.oneOf('PermissionsPolicy', 'PermissionsBoundary'),
		},
		about: ({PolicyArn: arn}) => arn,
		run: ({PolicyArn: arn, EntityFilter: filter, PathPrefix: prefix = '/', PolicyUsageFilter: usage}, asked) => {
			findPolicy(asked.account, arn);
			const found = holders
				.filter(({noun}) => filter === undefined || filter === noun)
				.flatMap(holder =>
					having(holder, arn, usage, asked)
						.filter(({path}) => path.startsWith(prefix))
						.map(it => ({holder, it})),
				);
			// One page goes over all three kinds, as AWS's MaxItems does.
			const {Page: page, ...rest} = listed(asked, 'Page', [...found.keys()]);
			const here = (page as readonly number[]).flatMap(at => found[at] ?? []);
			const of = (noun: string): readonly Data[] =>
				here
					.filter(({holder}) => holder.noun === noun)
					.map(({it}) => ({[`${noun}Name`]: it.name, [`${noun}Id`]: it.id}));
			return {PolicyGroups: of('Group'), PolicyUsers: of('User'), PolicyRoles: of('Role'), ...rest};
		},
	}),
};

function attach({kind, noun, parameter, rule}: Holder): [string, Operation] {
	const run = (told: Record<string, string>, {account, now}: Asked): Data => {
		const identity = findIdentity(account, kind, told[parameter] ?? '');
		const {arn} = attachable(account, told['PolicyArn'] ?? '');
		if (identity.attached.some(it => it.arn === arn)) return {};
		if (identity.attached.length >= most) throw exceeded(`PoliciesPer${noun}`, most);
		identity.attached.push({arn, since: now});
		return {};
	};
	return [
		`Attach${noun}Policy`,
		operation({needs: {[parameter]: rule, PolicyArn: rules.arn}, about: arnFor(kind, parameter), run}),
	];
}

function detach({kind, noun, parameter, rule}: Holder): [string, Operation] {
	const run = (told: Record<string, string>, {account}: Asked): Data => {
		const identity = findIdentity(account, kind, told[parameter] ?? '');
		const arn = told['PolicyArn'] ?? '';
		if (!identity.attached.some(it => it.arn === arn)) throw missing(`Policy ${arn} was not found.`);
		identity.attached = identity.attached.filter(it => it.arn !== arn);
		return {};
	};
	return [
		`Detach${noun}Policy`,
		operation({needs: {[parameter]: rule, PolicyArn: rules.arn}, about: arnFor(kind, parameter), run}),
	];
}

function attached({kind, noun, parameter, rule}: Holder): [string, Operation] {
	const run = (told: Record<string, string | undefined>, asked: Asked): Data => {
		const {account} = asked;
		const {attached: those} = findIdentity(account, kind, told[parameter] ?? '');
		const seen = those.filter(({since}) => shows(asked, since)).map(({arn}) => findPolicy(account, arn));
		const prefix = told['PathPrefix'] ?? '/';
		return listed(
			asked,
			'AttachedPolicies',
			seen.filter(({path}) => path.startsWith(prefix)).map(({name, arn}) => ({PolicyName: name, PolicyArn: arn})),
		);
	};
	return [
		`ListAttached${noun}Policies`,
		operation({needs: {[parameter]: rule}, may: {PathPrefix: rules.policyPath}, about: arnFor(kind, parameter), run}),
	];
}

function having({kind}: Holder, arn: string, usage: string | undefined, asked: Asked): readonly Identity[] {
	const {account} = asked;
	const bound = kind === 'user' ? Object.values(account.users).filter(({boundary}) => boundary === arn) : [];
	const attached = Object.values(all(account, kind)).filter(it =>
		it.attached.some(at => at.arn === arn && shows(asked, at.since)),
	);
	if (usage === 'PermissionsBoundary') return bound;
	return usage === 'PermissionsPolicy' ? attached : [...new Set<Identity>([...attached, ...bound])];
}
