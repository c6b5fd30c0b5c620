import type {Way} from '../../engine/problem.js';

type Answer = Extract<Way, {is: 'answer'}>;
const named = (says: string, field: string, flags: string): Answer => ({is: 'answer', says, field, flags});

/** How a name that is taken is answered otherwise, for each thing that bears one. */
export const otherName = {
	policy: named('choose another name for the policy', 'policyName', '--policy-name NAME'),
	user: named('choose another name for the user', 'userName', '--user-name NAME'),
	key: named('choose another alias for the key', 'keyAlias', '--key-alias NAME'),
} as const;
/** The same by the call that was refused for the name. */
export const otherNameIn = (api: string | undefined): Way => {
	if (api === 'iam:CreatePolicy') return otherName.policy;
	if (api === 'iam:CreateUser') return otherName.user;
	return api === 'kms:CreateAlias' ? otherName.key : {is: 'by-hand', says: 'choose another name'};
};
