import type {Difference, Known, Look} from '../../engine/step.js';
import {changePasswordArn} from './console-access.js';
import {type SeenUser, userNameOf, userOwner} from './iam-user.js';
import {isOurs, missingTags, replaced, tagsGone} from './ownership.js';
import {boundaryDifferences} from './permissions-boundary.js';
import {toldByDocument} from './policies-that-deny.js';
import {provenSince} from './stricter.js';
import {
	attachedPolicy,
	boundary,
	consolePassword,
	givenByOthers,
	holdings,
	inlinePolicy,
	lookForGiven,
} from './user-holdings.js';

/** What has become of the user, and what else it may do. */
export function auditUser(
	look: Look,
	seen: SeenUser | undefined,
	known: Known,
): readonly Promise<readonly Difference[]>[] {
	const {userArn = '', userMadeAs: before} = known.facts;
	const gone: Difference = {
		code: 'user-gone',
		subject: `user ${userArn}`,
		expected: 'there',
		found: 'not there',
		text: `User ${userArn} is deleted`,
		covers: 'plan',
	};
	if (!seen) return known.completed ? [Promise.resolve([gone])] : [];
	const owner = userOwner(seen, known);
	const subject = `user ${seen.arn}`;
	if (!isOurs(owner))
		return known.completed && before && seen.id !== before
			? [Promise.resolve([replaced(subject, before, seen.id)])]
			: [];
	const bounded = seen.boundary === undefined ? [] : [{id: seen.boundary}];
	return [
		Promise.resolve([
			// Where the record was lost, nobody knows whose it is.
			...(boundaryDifferences(seen, known) ?? (known.recovered ? [] : givenByOthers(boundary, bounded, known))).map(
				it => ({...it, subject}),
			),
			...tagsGone(subject, seen.tags, missingTags(seen.tags, known, owner), 'tag-user', known),
		]),
		attachments(look, known).then(it => provenSince(look, known, it)),
		inlinePolicies(look, known).then(it => provenSince(look, known, it)),
		...toldAlone.map(kind => lookForGiven(kind, look, known)),
		password(look, known),
	];
}

/** Kinds of which the set-up gives a user nothing: whatever is there is somebody's. */
const toldAlone = holdings.filter(
	it => it.differs && ![attachedPolicy, inlinePolicy, boundary, consolePassword].includes(it),
);

/** Policies attached to the user besides ours, and ours that is not. */
export async function attachments(look: Look, known: Known): Promise<readonly Difference[]> {
	const {policyArn, partition = 'aws'} = known.facts;
	const wanted = new Map([
		...(policyArn === undefined ? [] : ([[policyArn, 'attach-policy']] as const)),
		...(known.answers['consoleAccess'] === true
			? ([[changePasswordArn(partition), 'attach-change-password']] as const)
			: []),
	]);
	const there = await attachedPolicy.list(look, userNameOf(known));
	const gone = [...wanted].filter(([id]) => !there.some(it => it.id === id));
	return [
		...(await toldByDocument(look, known, givenByOthers(attachedPolicy, there, known, [...wanted.keys()]))),
		...gone.map(([it, change]) => ({
			code: 'policy-detached',
			subject: `user ${userNameOf(known)}`,
			expected: it,
			found: 'not attached',
			text: `Policy ${it} is not attached to the user`,
			covers: [change],
		})),
	];
}

/** Policies that are part of the user: all of them are somebody's. */
export const inlinePolicies = async (look: Look, known: Known): Promise<readonly Difference[]> =>
	toldByDocument(look, known, await lookForGiven(inlinePolicy, look, known));

/** A password for the console that nobody asked the set-up for, or the one asked for that is gone. */
async function password(look: Look, known: Known): Promise<readonly Difference[]> {
	const there = await consolePassword.list(look, userNameOf(known));
	if (known.answers['consoleAccess'] !== true) return givenByOthers(consolePassword, there, known);
	if (there.length > 0) return [];
	return [
		{
			code: 'console-password-gone',
			subject: `user ${userNameOf(known)}`,
			expected: 'a console password',
			found: 'none',
			text: 'The user has no console password any more',
			covers: ['create-login', 'EEXIST'],
		},
	];
}
