import {type Naming, type Permission, permissionsOf, policyFor, userToBe} from '../aws/policy/needed-permissions.js';
import type {Course} from '../engine/course.js';
import {lookOnce} from '../engine/look-once.js';
import {fold} from '../engine/record.js';
import {statusOf} from '../engine/status.js';
import type {Facts, Value} from '../engine/step.js';
import {type Assumed, forecastInMemory} from './forecast-in-memory.js';

/**
 * The policy of whoever only watches: all that a full `status` looks at, of things that others have changed as well,
 * and nothing that changes anything but `besides`, of the user or the KMS key. `facts` are what the record knows of
 * the setup.
 */
export async function watcherPolicy(
	course: Course,
	assumed: Assumed & {readonly facts: Facts},
	besides: readonly string[] = [],
): Promise<Value> {
	const {thisRun, inAccount, facts} = assumed;
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
	const key = keyArn ?? anyKey(naming);
	const more = besides.map(action => ({action, resource: action.startsWith('kms:') ? key : user}));
	return policyFor(widest([...real, ...onlyIfChanged(naming, user), ...more]));
}

/** Without those that a wider one of the same action holds. */
const widest = (all: readonly Permission[]): readonly Permission[] =>
	all.filter(
		({action, resource}) =>
			!all.some(it => it.action === action && it.resource !== resource && isWithin(resource, it.resource)),
	);
const isWithin = (resource: string, wide: string): boolean =>
	wide.endsWith('*') && resource.startsWith(wide.slice(0, -1));

const realOf = ({action, resource}: Permission, naming: Naming, policyArn: string | undefined): string => {
	if (/:key\//.test(resource)) return naming['keyArn'] ?? anyKey(naming);
	return action.startsWith('iam:') && /:policy\//.test(resource) ? (policyArn ?? resource) : resource;
};
const anyKey = ({partition = 'aws', account = '*', region}: Naming): string =>
	`arn:${partition}:kms:${region || '*'}:${account}:key/*`;

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
