import type {Change, Stop, Way, Ways} from '../../engine/step.js';

type Words = Pick<Stop, 'why' | 'first' | 'ways'>;
const byHand = (says: string): Way => ({is: 'by-hand', says});
const path: Way = {is: 'answer', says: 'give an IAM path', field: 'path', flags: '--path /…/'};
const tags = (says: string): Way => ({is: 'answer', says, field: 'tags', flags: '--tag key=value'});
const madeForYou = (word: string): Way => ({
	is: 'this-run',
	says: 'have it made for you, and take it over',
	flags: `--adopt ${word}`,
});
/** What an organization may demand of a thing that is made, and how it is given. */
const demands: Readonly<Record<string, Ways>> = {
	'iam:CreatePolicy': [path, tags('give tags'), madeForYou('policy')],
	'iam:CreateUser': [
		{
			is: 'answer',
			says: 'give a permissions boundary',
			field: 'permissionsBoundary',
			flags: '--permissions-boundary ARN',
		},
		tags('give tags'),
		{...path, says: 'give an IAM path (once the policy is made: take it back, and begin anew under the path)'},
		madeForYou('user'),
	],
	'kms:CreateKey': [tags('give tags (those of policy and user get them too, after review)')],
};
/** What may be demanded of what the change makes; undefined where nothing of it can be given. */
export const demandsOn = (change: Change | undefined): Ways | undefined =>
	change?.verb === 'create' ? demands[change.call.api] : undefined;

/**
 * Why a change is refused that an organization allows under conditions only, and what helps; undefined for any other
 * refusal. https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
export function demandOf(message: string, change: Change | undefined): Words | undefined {
	if (/tag polic(y|ies)/i.test(message))
		return {
			why: message,
			ways: [tags("give the tags that your organization's tag policy asks for (they go on policy, user and key)")],
		};
	const made = demandsOn(change);
	const by =
		/explicit deny in an? ([\w -]*policy|permissions boundary)|no ([\w -]*policy|permissions boundary) allows/.exec(
			message,
		);
	const kind = by?.[1] ?? by?.[2] ?? '';
	if (/^(service|resource) control policy$/.test(kind))
		return made
			? {
					why: `Your organization's policy forbids it as it is: ${message}`,
					first: 'Ask who runs your organization what it demands',
					ways: made,
				}
			: {
					why: `Your organization's policy forbids it: ${message}`,
					ways: [byHand('ask who runs your organization to allow it')],
				};
	const told = elsewhere[kind === 'resource-based policy' && /explicit deny/.test(message) ? 'its own denial' : kind];
	const action = /perform: (\w+:\w+)/.exec(message)?.[1] ?? 'it';
	if (told)
		return {
			...(told.first !== undefined && {first: told.first}),
			why: `${told.why}: ${message}`,
			ways: [byHand(told.says.replace('THIS', action)), ...(told.or === undefined ? [] : [byHand(told.or)])],
		};
	if (!/explicit deny/.test(message)) return undefined;
	const mfa = hasLongTermKeys(message) ? [byHand(`if it denies everything without MFA, ${withMfa}`)] : [];
	return {
		why: `A policy denies it, so no further permission helps: ${message}`,
		...(made && {first: 'It may demand what can be given'}),
		ways: [askIt, ...mfa, ...(made ?? [])],
	};
}

const askIt = byHand('ask who set the policy what it demands');
/** Users sign calls with keys of theirs; who took a role has had to show a device before. */
const hasLongTermKeys = (message: string): boolean => /User: arn:[\w-]+:iam::\d+:user\//.test(message);
/** What signs in with MFA whoever has an access key, at the screen and without one. */
export const withMfa =
	'put mfa_serial = ARN-OF-YOUR-DEVICE (aws iam list-mfa-devices shows it) into the profile of your access key, and ' +
	'try again by that profile: the code is asked then (without questions, give --profile NAME --mfa-code CODE)';
/** Policies that stand elsewhere than with the user: there a permission helps nothing. THIS is what was denied. */
type Elsewhere = {readonly why: string; readonly first?: string; readonly says: string; readonly or?: string};
const elsewhere: Readonly<Record<string, Elsewhere>> = {
	'permissions boundary': {
		why: 'Your own permissions boundary forbids it',
		says: 'ask who set your permissions boundary to allow it',
	},
	'resource-based policy': {
		why: "The policy of the thing itself doesn't let you",
		says:
			'ask who administers it to allow you THIS in its policy (a permission in IAM helps only where that policy ' +
			'leaves it to IAM)',
	},
	'its own denial': {
		why: 'The policy of the thing itself denies it, as a key policy can',
		first: 'No permission of yours helps',
		says: 'ask who set that policy to change it',
	},
	'VPC endpoint policy': {
		why: 'The policy of the VPC endpoint that calls go through forbids it',
		says: 'ask who runs your network to allow it there',
		or: 'go out another way',
	},
	'session policy': {
		why: 'The session that you signed in with is limited by a policy of its own',
		says: 'sign in without that session policy',
		or: 'ask who gives you the session to widen it',
	},
};
