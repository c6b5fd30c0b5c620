import type {EvaluationResult} from '@aws-sdk/client-iam';
import type {AwsCredentialIdentity} from '@smithy/types';
import {call} from '../aws/client/call.js';
import {withMfa} from '../aws/problems/organization-demands.js';
import {parseArn} from '../aws/rules/arn.js';
import type {Look} from '../engine/step.js';
import {collect} from '../steps/things/all-pages.js';
import {policySourceOf} from '../steps/things/policy-source.js';
import type {Finding} from './finding.js';

const name = 'Permissions';
/** What a set-up is certain to do. */
const ActionNames = [
	'iam:CreatePolicy',
	'iam:CreateUser',
	'iam:AttachUserPolicy',
	'iam:CreateAccessKey',
	'iam:CreatePolicyVersion',
	'kms:CreateKey',
	'kms:CreateAlias',
];

/**
 * Whether a policy denies what a set-up does, tried by the first of its looks and simulated by IAM. Nothing is changed;
 * who may not simulate learns no more than the look tells, which throws what AWS refuses it by.
 */
export async function permissionFindings(
	look: Pick<Look, 'at' | 'all'>,
	caller: string,
	{sessionToken}: AwsCredentialIdentity,
): Promise<readonly Finding[]> {
	const {partition = 'aws', account = ''} = parseArn(caller) ?? {};
	await look.at(call('iam:GetPolicy', {PolicyArn: `arn:${partition}:iam::${account}:policy/NPS_KMS_Policy`}));
	const source = await policySourceOf(look, caller).catch(() => ({untold: 'its role may not be looked at'}));
	if ('untold' in source) return [];
	const input = {PolicySourceArn: source.arn, ActionNames};
	const denied = await collect(look, call('iam:SimulatePrincipalPolicy', input), it => it.EvaluationResults).then(
		all => all.filter(it => it.EvalDecision === 'explicitDeny'),
		() => undefined,
	);
	if (!denied) return [];
	const some = (which: (missing: readonly string[]) => boolean): readonly EvaluationResult[] =>
		denied.filter(it => which(it.MissingContextValues ?? []));
	const withoutMfa = some(it => it.some(isMfa) && it.every(isMfa));
	const always = some(it => it.length === 0);
	const perhaps = some(it => it.some(one => !isMfa(one)));
	const found: Finding[] = [];
	// A key of no session never has MFA behind it; of a session nobody but AWS knows.
	if (withoutMfa.length > 0)
		found.push(
			sessionToken === undefined
				? {is: 'wrong', name, says: `without MFA a policy denies ${told(withoutMfa)}`, todo: sentence(withMfa)}
				: {is: 'note', name, says: `a policy denies ${told(withoutMfa)} without MFA; this session may have it`},
		);
	if (always.length > 0)
		found.push({is: 'wrong', name, says: `a policy denies ${told(always)}`, todo: 'Ask who set the policy'});
	if (perhaps.length > 0) {
		const keys = [...new Set(perhaps.flatMap(it => it.MissingContextValues ?? []))].join(', ');
		found.push({is: 'note', name, says: `a policy may deny ${told(perhaps)}: that depends on ${keys}`});
	}
	return found.length > 0 ? found : [{is: 'right', name, says: 'no policy that IAM simulates denies a set-up'}];
}

const isMfa = (key: string): boolean => /^aws:MultiFactorAuth(Present|Age)$/i.test(key);
/** By which policies what is denied, in words. */
const told = (denied: readonly EvaluationResult[]): string => {
	const by = [...new Set(denied.flatMap(it => it.MatchedStatements ?? []).map(it => it.SourcePolicyId))].filter(
		Boolean,
	);
	return `${denied.map(it => it.EvalActionName).join(', ')}${by.length > 0 ? ` (${by.join(', ')})` : ''}`;
};
const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
