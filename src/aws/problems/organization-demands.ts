import {commandLine} from '../../engine/command-line.js';
import type {Change} from '../../engine/step.js';
import type {ThisRun} from '../../engine/this-run.js';

type Words = {readonly why: string; readonly todo: string};
const gap =
	"a path with --path, before anything is made under another; a permissions boundary is what nps-kms can't set yet: " +
	'where one is demanded, have the user made for you and take it over with --adopt';

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
	const makes = change?.verb === 'create' && /:Create(Policy|User|Key)$/.test(change.call.api);
	const by =
		/explicit deny in an? ([\w -]*policy|permissions boundary)|no ([\w -]*policy|permissions boundary) allows/.exec(
			message,
		);
	const kind = by?.[1] ?? by?.[2] ?? '';
	if (/^(service|resource) control policy$/.test(kind))
		return makes
			? {
					why: `Your organization's policy forbids it as it is: ${message}`,
					todo: `Ask who runs your organization what it demands. Tags can be given with --tag key=value, ${gap}`,
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
			why: `A policy denies it, so no further permission helps: ${message}`,
			todo: [
				...(hasLongTermKeys(message) ? [`If it denies everything without MFA: ${withMfa}`] : []),
				...(makes ? [`It may demand tags, which can be given with --tag key=value, ${gap}`] : []),
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
