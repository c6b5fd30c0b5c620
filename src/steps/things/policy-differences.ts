import type {Difference, Known, Look} from '../../engine/step.js';
import {policyGone} from './default-version.js';
import {policyOwner, type SeenPolicy} from './iam-policy.js';
import {userNameOf} from './iam-user.js';
import {isOurs, missingTags, replaced, tagsGone} from './ownership.js';
import {attachedTo, isAttachedByUs} from './policy-attachments.js';

/** What has become of the policy, whatever its document says: that is least privilege's to tell. */
export function auditPolicy(
	look: Look,
	seen: SeenPolicy | undefined,
	known: Known,
): readonly Promise<readonly Difference[]>[] {
	if (!seen) return known.completed ? [Promise.resolve([policyGone(known)])] : [];
	const owner = policyOwner(seen, known);
	const subject = `policy ${seen.arn}`;
	const [here, before] = [seen.id, known.facts.policyMadeAs];
	if (!isOurs(owner))
		return known.completed && before && here !== before ? [Promise.resolve([replaced(subject, before, here)])] : [];
	return [
		Promise.resolve(tagsGone(subject, seen.tags, missingTags(seen.tags, known, owner), 'tag-policy', known)),
		elsewhere(look, subject, seen.arn, known),
	];
}

/** Others that the policy is attached to: they may decrypt too. */
async function elsewhere(look: Look, subject: string, arn: string, known: Known): Promise<readonly Difference[]> {
	const user = `user ${userNameOf(known)}`;
	return (await attachedTo(look, arn))
		.filter(it => it !== user && !isAttachedByUs(it, arn, known))
		.map(it => ({
			code: 'attached-elsewhere',
			subject,
			expected: `attached to ${user} only`,
			found: it,
			text: `The policy is attached to ${it} as well`,
		}));
}
