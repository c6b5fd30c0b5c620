import type {Difference, Known, Look} from '../../engine/step.js';
import {grants} from './kms-grants.js';
import {aliasNow, kmsKeyOwner, type SeenKmsKey} from './kms-key.js';
import {keyPolicyDifferences} from './kms-key-policy.js';
import {isOurs, missingTags, tagsGone} from './ownership.js';
import {provenSince} from './stricter.js';

/** What has become of the KMS key, its alias, its policy and its grants. */
export function auditKmsKey(
	look: Look,
	key: SeenKmsKey | undefined,
	byAlias: string | undefined,
	known: Known,
): readonly Promise<readonly Difference[]>[] {
	if (!key) return known.completed ? [Promise.resolve([gone(known)])] : [];
	const owner = kmsKeyOwner(key, known);
	if (!isOurs(owner)) return [];
	const adopted = owner.is === 'adopted';
	const subject = `KMS key ${key.arn}`;
	const seen = {...known, facts: {...known.facts, keyId: key.id, keyArn: key.arn}};
	return [
		Promise.resolve([
			...stateOf(subject, key),
			...aliasOf(key, byAlias, known),
			...rotationOf(subject, key, known),
			...tagsGone(subject, missingTags(key.tags, known, owner), 'tag-key'),
		]),
		provenSince(look, seen, keyPolicyDifferences(key.policy, seen, adopted)),
		grants(look, seen, adopted ? 'user' : 'anyone'),
	];
}

const gone = ({facts}: Known): Difference => ({
	code: 'key-gone',
	subject: `KMS key ${facts.keyArn ?? ''}`,
	expected: 'there',
	found: 'not there',
	text: `KMS key ${facts.keyArn ?? ''} isn't there: without it, what NPS protected with it can't be read`,
	covers: 'plan',
});

function stateOf(subject: string, {id, state, goesAt}: SeenKmsKey): readonly Difference[] {
	const tell = (code: string, found: string, text: string): readonly Difference[] => [
		{code, subject, expected: 'Enabled', found, text, covers: 'plan'},
	];
	const enable = `aws kms enable-key --key-id ${id}`;
	switch (state) {
		case 'Enabled':
		case 'Creating':
			return [];
		case 'Disabled':
			return tell('key-disabled', state, `The key is Disabled, and NPS can't use it. To enable it: ${enable}`);
		case 'PendingDeletion': {
			const day = goesAt?.toISOString().slice(0, 10);
			const when = day ? `KMS deletes it on ${day}` : 'KMS deletes it when its waiting period is over';
			return tell(
				'key-pending-deletion',
				`${state}${day ? ` until ${day}` : ''}`,
				`The key is pending deletion: ${when}, and what NPS protected with it is lost. To keep it: aws kms ` +
					`cancel-key-deletion --key-id ${id}, then ${enable}`,
			);
		}
		default:
			return tell('key-unusable', state, `The key is ${state}, and NPS can't use it`);
	}
}

function aliasOf(key: SeenKmsKey, byAlias: string | undefined, known: Known): readonly Difference[] {
	const alias = aliasNow(known);
	if (byAlias === key.id) return [];
	const base = {subject: alias, expected: key.arn};
	return byAlias === undefined
		? [
				{
					...base,
					code: 'alias-gone',
					found: 'not there',
					text: known.completed
						? `${alias} isn't there; NPS uses the key's ARN and doesn't need it`
						: `KMS key ${key.arn} is there without ${alias}; it costs about $1 a month, and the next run takes it up`,
					covers: ['create-alias'],
				},
			]
		: [
				{
					...base,
					code: 'alias-moved',
					found: byAlias,
					text: `${alias} names another key now, ${byAlias}, not ${key.id}`,
					covers: ['AlreadyExistsException'],
				},
			];
}

const rotationOf = (subject: string, {state, rotates}: SeenKmsKey, {answers}: Known): readonly Difference[] =>
	answers['keyRotation'] === false || rotates || state !== 'Enabled'
		? []
		: [
				{
					code: 'rotation-off',
					subject,
					expected: 'KMS rotates the key material every year',
					found: 'off',
					text: 'KMS no longer rotates the key material every year',
					covers: ['enable-rotation'],
				},
			];
