import type {Difference, Known, Look} from '../../engine/step.js';
import {type SeenUser, userOwner} from './iam-user.js';
import {isOurs, missingTags, replaced, tagsGone} from './ownership.js';
import {attached, consolePassword, groups, inline} from './user-holdings.js';

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
	return [
		Promise.resolve([
			...bounded(subject, seen),
			...tagsGone(subject, missingTags(seen.tags, known, owner), 'tag-user'),
		]),
		attached(look, known),
		inline(look, known),
		groups(look, known),
		consolePassword(look, known),
	];
}
const bounded = (subject: string, {boundary}: SeenUser): readonly Difference[] =>
	boundary === undefined
		? []
		: [
				{
					code: 'permissions-boundary',
					subject,
					expected: 'no permissions boundary',
					found: boundary,
					text: `The user has a permissions boundary, ${boundary}: what that doesn't allow, NPS can't do`,
				},
			];
