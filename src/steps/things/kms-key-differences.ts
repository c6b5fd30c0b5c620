import type {Difference, Known, Look} from '../../engine/step.js';
import {toDoByFlags} from '../../engine/to-do.js';
import {guardDifferences} from './deletion-guard.js';
import {grants} from './kms-grants.js';
import {aliasNow, kmsKeyOwner, type SeenKmsKey} from './kms-key.js';
import {administratorsToCome} from './kms-key-administrators-anew.js';
import {descriptionDifferences} from './kms-key-description.js';
import {keyPolicyDifferences} from './kms-key-policy.js';
import {unusableKmsKey} from './kms-key-states.js';
import {isOurs, missingTags, tagsGone} from './ownership.js';
import {keySourcesToCome, onceBound} from './sources.js';
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
	const sources = keySourcesToCome(key, seen);
	const policy = sources.length > 0 ? onceBound(key, seen) : key.policy;
	return [
		Promise.resolve([
			...stateOf(subject, key, known),
			...aliasOf(key, byAlias, known),
			...rotationOf(subject, key, known),
			...descriptionDifferences(key, known),
			...administratorsToCome(key.policy, known),
			...guardDifferences(key, known),
			...sources,
			...tagsGone(subject, key.tags, missingTags(key.tags, known, owner), 'tag-key', known),
		]),
		provenSince(look, seen, keyPolicyDifferences(policy, seen, adopted)),
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

/** States that a code of their own tells from others. */
const codeOf: Readonly<Record<string, string>> = {Disabled: 'key-disabled', PendingDeletion: 'key-pending-deletion'};
function stateOf(subject: string, key: SeenKmsKey, known: Known): readonly Difference[] {
	const stop = key.state === 'Creating' ? undefined : unusableKmsKey(key, known);
	if (!stop) return [];
	const {again: _, ...told} = stop;
	const day = key.state === 'PendingDeletion' && key.goesAt?.toISOString().slice(0, 10);
	return [
		{
			code: codeOf[key.state] ?? 'key-unusable',
			subject,
			expected: 'Enabled',
			found: `${key.state}${day ? ` until ${day}` : ''}`,
			text: `The key is ${key.state}. ${stop.why}. ${toDoByFlags(told)}`,
			covers: 'plan',
		},
	];
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
