import {commandLine} from '../../engine/command-line.js';
import type {Change, Problem} from '../../engine/step.js';
import type {ThisRun} from '../../engine/this-run.js';

type Words = Pick<Problem, 'why' | 'todo' | 'field'>;
/** What an organization may demand of a thing that is made: the field that gives it, and the flags, in words. */
const demands: Readonly<Record<string, {readonly field?: string; readonly flags: string}>> = {
	'iam:CreatePolicy': {
		field: 'path',
		flags:
			'tags with --tag key=value, an IAM path with --path /…/; or have it made for you and take it over with --adopt',
	},
	'iam:CreateUser': {
		field: 'permissionsBoundary',
		flags:
			'a permissions boundary with --permissions-boundary ARN, tags with --tag key=value, an IAM path with --path ' +
			'/…/ (once the policy is made: discard it, and begin anew under the path); or have it made for you and take ' +
			'it over with --adopt',
	},
	'kms:CreateKey': {flags: 'tags with --tag key=value'},
};
/** What may be demanded of what the change makes; undefined where nothing of it can be given. */
export const demandsOn = (change: Change | undefined): (typeof demands)[string] | undefined =>
	change?.verb === 'create' ? demands[change.call.api] : undefined;

/**
 * Why a change is refused that an organization allows under conditions only, and what helps; undefined for any other
 * refusal. https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
export function demandOf(message: string, change: Change | undefined, thisRun: ThisRun): Words | undefined {
	const run = commandLine(thisRun);
	if (/tag polic(y|ies)/i.test(message))
		return {
			why: message,
			todo:
				"Give the tags that your organization's tag policy asks for with --tag key=value (they go on policy, user " +
				`and key), then run ${run} again`,
		};
	const made = demandsOn(change);
	const field = made?.field !== undefined && {field: made.field};
	const by =
		/explicit deny in an? ([\w -]*policy|permissions boundary)|no ([\w -]*policy|permissions boundary) allows/.exec(
			message,
		);
	const kind = by?.[1] ?? by?.[2] ?? '';
	if (/^(service|resource) control policy$/.test(kind))
		return made
			? {
					...field,
					why: `Your organization's policy forbids it as it is: ${message}`,
					todo: `Ask who runs your organization what it demands. Can be given: ${made.flags}`,
				}
			: {
					why: `Your organization's policy forbids it: ${message}`,
					todo: `Ask who runs your organization to allow it, then run ${run} again; it carries on here`,
				};
	if (kind === 'permissions boundary')
		return {
			why: `Your own permissions boundary forbids it: ${message}`,
			todo: `Ask who set your permissions boundary to allow it, then run ${run} again; it carries on here`,
		};
	if (elsewhere[kind])
		return {
			why: `${elsewhere[kind].why}: ${message}`,
			todo: `${elsewhere[kind].todo}, then run ${run} again; it carries on here`,
		};
	if (kind === 'resource-based policy' && /explicit deny/.test(message))
		return {
			why: `The policy of the thing itself denies it, as a key policy can: ${message}`,
			todo:
				'No permission of yours helps: ask who set that policy to change it, ' +
				`then run ${run} again; it carries on here`,
		};
	if (/explicit deny/.test(message))
		return {
			...field,
			why: `A policy denies it, so no further permission helps: ${message}`,
			todo: [
				...(hasLongTermKeys(message) ? [`If it denies everything without MFA: ${withMfa}`] : []),
				...(made ? [`It may demand what can be given: ${made.flags}`] : []),
				`Ask who set the policy what it demands; then run ${run} again, it carries on here`,
			].join('. '),
		};
	return undefined;
}

/** Users sign calls with keys of theirs; who took a role has had to show a device before. */
const hasLongTermKeys = (message: string): boolean => /User: arn:[\w-]+:iam::\d+:user\//.test(message);
const withMfa =
	'put mfa_serial = ARN-OF-YOUR-DEVICE into the profile of your access key, and sign in by it with --profile NAME ' +
	'and --mfa-code CODE';
/** Policies that stand elsewhere than with the user: there a permission helps nothing. */
const elsewhere: Readonly<Record<string, Words>> = {
	'VPC endpoint policy': {
		why: 'The policy of the VPC endpoint that calls go through forbids it',
		todo: 'Ask who runs your network to allow it there, or go out another way',
	},
	'session policy': {
		why: 'The session that you signed in with is limited by a policy of its own',
		todo: 'Sign in without that session policy, or ask who gives you the session to widen it',
	},
};
