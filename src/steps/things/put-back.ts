import {call} from '../../aws/client/call.js';
import type {Change, Known, Look, Plan, Value} from '../../engine/step.js';
import {listAccessKeys} from './access-keys.js';
import {findPolicy} from './iam-policy.js';
import {userNameOf} from './iam-user.js';
import {aliasNow} from './kms-key.js';
import {wideSources} from './sources.js';

/** Whether what a step made was whole once: what is missing of it, somebody took away. */
export const wasWhole = ({completed, recovered, past}: Known, furtherOn = true): boolean =>
	// What was done before a record was lost, only what came after it tells; what this record did itself, it tells.
	completed === true || (recovered === true && past.length === 0 && furtherOn);

/**
 * Whether what AWS shows of a setup whose record was lost is further than its user: then the user was whole once. Asked
 * of no other setup.
 */
export async function isFurtherOn(look: Look, known: Known): Promise<boolean> {
	if (known.recovered !== true || known.completed === true || known.past.length > 0) return false;
	const [policy, keys, kmsKey] = await Promise.all([
		findPolicy(look, known),
		listAccessKeys(look, userNameOf(known)),
		look.at(call('kms:DescribeKey', {KeyId: aliasNow(known)})),
	]);
	return keys.length > 0 || kmsKey !== undefined || (policy !== undefined && hasMoved(policy, known));
}
const hasMoved = (
	{document, version}: {readonly document?: Value | undefined; readonly version: string},
	known: Known,
): boolean => version !== 'v1' || wideSources(document, known) === undefined;

/** A change that gives back what somebody took away, called so. */
export const puttingBack = (change: Change, isBack: boolean | 'perhaps'): Change =>
	isBack
		? {
				...change,
				why: [
					...(change.why ? [change.why] : []),
					isBack === 'perhaps'
						? 'it is new, or somebody took it away: the record that would tell is lost'
						: 'somebody took it away; this gives access back',
				].join('; '),
				restores: isBack,
			}
		: change;

/** A plan whose change of that id gives it back, called so. */
export const putBack = (plan: Plan, isBack: boolean, id: string): Plan => {
	const changes = plan.changes.map(it => puttingBack(it, isBack && it.id === id));
	return isBack ? {...plan, changes, warns: [...backWarning(changes), ...(plan.warns ?? [])]} : plan;
};
/** What to know before saying yes to such changes. */
export const backWarning = (changes: readonly Change[]): readonly string[] =>
	changes.some(it => it.restores === true)
		? [
				'This was done before, and somebody took it away since, perhaps on purpose, as after a leak. Putting it back ' +
					'gives access back.',
			]
		: changes.some(it => it.restores)
			? [
					'Whether this was there before, only the record that is lost would tell. If somebody took it away since, ' +
						'perhaps on purpose, as after a leak, this gives access back.',
				]
			: [];
