import {type Naming, type Permission, permissionsOf, policyFor, userToBe} from '../aws/policy/needed-permissions.js';
import type {Course} from '../engine/course.js';
import {lookOnce} from '../engine/look-once.js';
import {fold, type State} from '../engine/record.js';
import {statusOf} from '../engine/status.js';
import type {Facts, Value} from '../engine/step.js';
import {type Assumed, forecastInMemory} from './forecast-in-memory.js';

/** What somebody may do who looks at all that a status looks at. */
export type Besides = {
	/** Actions about the user, its policy, the KMS key or its aliases. */
	readonly may: readonly string[];
	/** What other keys let in is looked at, if it may be: one is to be tried. */
	readonly seesOtherKeys?: true;
};
/**
 * The policy of whoever only watches: all that a full `status` looks at, of things that others have changed as well,
 * and nothing that changes anything but what it may do `besides`. `facts` are what the record knows of the setup,
 * `past` what it did.
 */
export async function watcherPolicy(
	course: Course,
	assumed: Assumed & {readonly facts: Facts; readonly past: State['past']},
	{may, seesOtherKeys}: Besides,
): Promise<Value> {
	const {thisRun, inAccount, facts, past} = assumed;
	const watching: Assumed['afterwards'] = (look, entries) =>
		statusOf({
			course,
			state: fold(entries, course.name),
			look: lookOnce(look),
			run: () => ({...thisRun, prove: 'untried'}),
			explain: () => ({is: 'problem', what: 'not seen', why: 'in the rehearsal', todo: ''}),
		});
	const {after, looks, changes} = await forecastInMemory(course, {...assumed, afterwards: watching});
	const {keyArn, userArn, policyArn} = facts;
	const naming: Naming = {
		...inAccount,
		...(keyArn && {keyArn}),
		...(userArn && {userArn}),
		...userToBe([...looks, ...changes]),
	};
	const seen = after.flatMap(it => permissionsOf(it, naming));
	// The rehearsal's things have other ids than the real ones.
	const real = seen.map(it => ({...it, resource: realOf(it, naming, policyArn)}));
	const user = real.find(it => it.action === 'iam:ListUserPolicies')?.resource ?? '*';
	const policy = policyArn ?? real.find(it => it.action === 'iam:ListEntitiesForPolicy')?.resource ?? '*';
	const key = keyArn ?? anyKey(naming);
	const aliases = [...changes.map(it => it.call), ...Object.values(past).flatMap(all => all.map(it => it.change.call))]
		.filter(it => it.api === 'kms:CreateAlias')
		.flatMap(it => permissionsOf(it, naming))
		.filter(it => /:alias\//.test(it.resource));
	const about = (action: string): readonly string[] => {
		if (action === 'kms:DeleteAlias') return [key, ...aliases.map(it => it.resource)];
		// Where its answer was lost, the key is looked for among all.
		if (action === 'kms:ListKeys') return keyArn ? [] : ['*'];
		if (action.startsWith('kms:')) return [key];
		return /^iam:(Untag|Delete)Policy/.test(action) ? [policy] : [user];
	};
	const more = may.flatMap(action => about(action).map(resource => ({action, resource})));
	const others = seesOtherKeys ? otherKeys(naming) : [];
	// Of the same twice the last counts, so what is optional comes first.
	return policyFor(widest([...others, ...real, ...onlyIfChanged(naming, user), ...more]));
}

/** Without those that a wider one of the same action holds. */
const widest = (all: readonly Permission[]): readonly Permission[] =>
	all.filter(
		({action, resource}) =>
			!all.some(
				it => !it.optional && it.action === action && it.resource !== resource && isWithin(resource, it.resource),
			),
	);
const isWithin = (resource: string, wide: string): boolean =>
	wide.endsWith('*') && resource.startsWith(wide.slice(0, -1));

const realOf = ({action, resource}: Permission, naming: Naming, policyArn: string | undefined): string => {
	if (/:key\//.test(resource)) return naming['keyArn'] ?? anyKey(naming);
	return action.startsWith('iam:') && /:policy\//.test(resource) ? (policyArn ?? resource) : resource;
};
const anyKey = ({partition = 'aws', account = '*', region}: Naming): string =>
	`arn:${partition}:kms:${region || '*'}:${account}:key/*`;

/** Without it, IAM is asked to simulate what is tried with another key. */
const otherKeys = (naming: Naming): readonly Permission[] => [
	{action: 'kms:ListKeys', resource: '*', optional: true},
	...['kms:GetKeyPolicy', 'kms:ListGrants'].map(action => ({
		action,
		resource: anyKey(naming),
		optional: true as const,
	})),
];

/** What is looked at only where somebody has changed something: other policies, another key under the alias. */
function onlyIfChanged(naming: Naming, user: string): readonly Permission[] {
	const {partition = 'aws', account = '*'} = naming;
	const [ours, awss] = [`arn:${partition}:iam::${account}:policy/*`, `arn:${partition}:iam::aws:policy/*`];
	return [
		...['iam:GetPolicy', 'iam:GetPolicyVersion'].flatMap(action => [ours, awss].map(resource => ({action, resource}))),
		{action: 'iam:ListPolicyVersions', resource: ours},
		{action: 'iam:GetUserPolicy', resource: user},
		{action: 'iam:ListPolicies', resource: '*'},
		{action: 'iam:ListUsers', resource: '*'},
		{action: 'kms:DescribeKey', resource: anyKey(naming)},
	];
}
