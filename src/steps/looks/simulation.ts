import {call} from '../../aws/client/call.js';
import {whyFailed} from '../../aws/client/refusals.js';
import type {Check, Known, Look} from '../../engine/step.js';
import {collect} from '../things/all-pages.js';

type Finding = NonNullable<Check['found']>;
/** What IAM's simulator says of calls that are never tried. */
export type Simulated = Readonly<
	Record<'schedule-deletion' | 'put-key-policy' | 'disable-key' | 'create-access-key' | 'other-key', Finding>
>;

/**
 * Asks IAM to simulate what the new user must not do.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
 */
export async function simulate(look: Look, known: Known, policy: string | undefined): Promise<Simulated> {
	const {keyArn = '', userArn = '', partition = 'aws', region = '', account = ''} = known.facts;
	const onKey = ['kms:ScheduleKeyDeletion', 'kms:PutKeyPolicy', 'kms:DisableKey'];
	const anotherKey = `arn:${partition}:kms:${region}:${account}:key/00000000-0000-0000-0000-000000000000`;
	const [onTheKey, onItself, onAnother] = await Promise.all([
		policy
			? ask(look, userArn, onKey, keyArn, policy)
			: new Map<string, Finding>(onKey.map(it => [it, {got: 'cant-tell', because: "the key's policy can't be read"}])),
		ask(look, userArn, ['iam:CreateAccessKey'], userArn),
		ask(look, userArn, ['kms:Decrypt'], anotherKey),
	]);
	const of = (answers: ReadonlyMap<string, Finding>, action: string): Finding =>
		answers.get(action) ?? {got: 'cant-tell', because: 'the simulator did not say'};
	return {
		'schedule-deletion': of(onTheKey, 'kms:ScheduleKeyDeletion'),
		'put-key-policy': of(onTheKey, 'kms:PutKeyPolicy'),
		'disable-key': of(onTheKey, 'kms:DisableKey'),
		'create-access-key': of(onItself, 'iam:CreateAccessKey'),
		'other-key': of(onAnother, 'kms:Decrypt'),
	};
}

async function ask(
	look: Look,
	user: string,
	ActionNames: readonly string[],
	resource: string,
	policy?: string,
): Promise<ReadonlyMap<string, Finding>> {
	const found = new Map<string, Finding>();
	try {
		const input = {
			PolicySourceArn: user,
			ActionNames,
			ResourceArns: [resource],
			...(policy && {ResourcePolicy: policy, CallerArn: user}),
		};
		for (const it of await collect(look, call('iam:SimulatePrincipalPolicy', input), page => page.EvaluationResults)) {
			const sources = (it.MatchedStatements ?? []).map(statement => statement.SourcePolicyId).filter(Boolean);
			const got = it.EvalDecision === 'allowed' ? 'allowed' : it.EvalDecision ? 'denied' : 'cant-tell';
			found.set(it.EvalActionName ?? '', {
				got,
				...(got === 'allowed' && sources.length > 0 && {because: `allowed by ${sources.join(', ')}`}),
			});
		}
	} catch (error) {
		for (const it of ActionNames) found.set(it, {got: 'cant-tell', because: whyUnasked(error)});
	}
	return found;
}

/** Why the simulator says nothing. */
export const whyUnasked = (error: unknown): string =>
	error instanceof Error && error.name.startsWith('AccessDenied')
		? 'you may not simulate'
		: `IAM's simulator could not be asked: ${whyFailed(error)}`;
