import {call} from '../../aws/client/call.js';
import type {Difference, Known, Look} from '../../engine/step.js';
import {changePasswordArn} from './console-access.js';
import {policiesOf, userNameOf} from './iam-user.js';

const subject = (known: Known): string => `user ${userNameOf(known)}`;

/** Policies attached to the user besides ours, and ours that is not. */
export async function attached(look: Look, known: Known): Promise<readonly Difference[]> {
	const {policyArn, partition = 'aws'} = known.facts;
	const wanted = new Map([
		...(policyArn === undefined ? [] : ([[policyArn, 'attach-policy']] as const)),
		...(known.answers['consoleAccess'] === true
			? ([[changePasswordArn(partition), 'attach-change-password']] as const)
			: []),
	]);
	const there = await policiesOf(look, userNameOf(known));
	const more = there.filter(it => !wanted.has(it));
	const gone = [...wanted].filter(([it]) => !there.includes(it));
	return [
		...more.map(it => ({
			code: 'policy-attached',
			subject: subject(known),
			expected: 'no other policy',
			found: it,
			text: `Policy ${it} is attached to the user as well`,
		})),
		...gone.map(([it, change]) => ({
			code: 'policy-detached',
			subject: subject(known),
			expected: it,
			found: 'not attached',
			text: `Policy ${it} is not attached to the user`,
			covers: [change],
		})),
	];
}

/** Inline policies of the user; the set-up makes none. */
export async function inline(look: Look, known: Known): Promise<readonly Difference[]> {
	const there: string[] = [];
	for await (const page of look.all(call('iam:ListUserPolicies', {UserName: userNameOf(known)})))
		there.push(...(page.PolicyNames ?? []));
	return there.map(it => ({
		code: 'inline-policy',
		subject: subject(known),
		expected: 'no inline policy',
		found: it,
		text: `The user has an inline policy, ${it}`,
	}));
}

/** Groups that the user is in; the set-up puts it in none. */
export async function groups(look: Look, known: Known): Promise<readonly Difference[]> {
	const there: string[] = [];
	for await (const page of look.all(call('iam:ListGroupsForUser', {UserName: userNameOf(known)})))
		there.push(...(page.Groups ?? []).map(it => it.GroupName ?? ''));
	return there.map(it => ({
		code: 'in-group',
		subject: subject(known),
		expected: 'in no group',
		found: it,
		text: `The user is in the group ${it}, and what that allows it may do`,
	}));
}

/** A password for the console that nobody asked the set-up for. */
export async function consolePassword(look: Look, known: Known): Promise<readonly Difference[]> {
	const profile = await look.at(call('iam:GetLoginProfile', {UserName: userNameOf(known)}));
	const wanted = known.answers['consoleAccess'] === true;
	if ((profile !== undefined) === wanted) return [];
	if (wanted)
		return [
			{
				code: 'console-password-gone',
				subject: subject(known),
				expected: 'a console password',
				found: 'none',
				text: 'The user has no console password any more',
				covers: ['create-login', 'EEXIST'],
			},
		];
	const since = profile?.LoginProfile?.CreateDate?.toISOString().slice(0, 10);
	return [
		{
			code: 'console-password',
			subject: subject(known),
			expected: 'no console password',
			found: `a password${since ? ` of ${since}` : ''}`,
			text: `The user has a password for the console${since ? ` since ${since}` : ''}; NPS never needs one`,
		},
	];
}

/** Grants on the key, to the user alone or to anyone; the set-up makes none. */
export async function grants(look: Look, {facts}: Known, to: 'user' | 'anyone'): Promise<readonly Difference[]> {
	const {keyId = '', keyArn = '', userArn = ''} = facts;
	const there: Difference[] = [];
	for await (const page of look.all(call('kms:ListGrants', {KeyId: keyId})))
		for (const it of page.Grants ?? []) {
			const {GranteePrincipal: who = 'a principal', GrantId = ''} = it;
			if (to === 'user' && who !== userArn) continue;
			const found = `grant ${GrantId} allows ${who === userArn ? 'the user' : who} ${(it.Operations ?? []).join(', ')}`;
			there.push({
				code: 'grant-added',
				subject: `KMS key ${keyArn}`,
				expected: 'no grant',
				found,
				text: found.replace(/^g/, 'G'),
			});
		}
	return there;
}
