import type {KeyMetadata} from '@aws-sdk/client-kms';
import {call} from '../../aws/client/call.js';
import {readDocument} from '../../aws/policy/policy-documents.js';
import {aliasName} from '../../aws/rules/name-rules.js';
import {lookOnce} from '../../engine/look-once.js';
import {type Known, type Leftover, type Look, textAnswer, type Value} from '../../engine/step.js';
import {wantedKey} from './adopted-by-arn.js';
import {collect} from './all-pages.js';
import {defaultName} from './default-name.js';
import {isDenial} from './denied-looks.js';
import {type Owner, ownerOf, type Tags} from './ownership.js';

declare module '../../engine/facts.js' {
	interface FactNames {
		/** The id of the KMS key. */
		keyId: string;
		/** The ARN of the KMS key. */
		keyArn: string;
		/** The id of the KMS key that this setup made. */
		keyMadeAs: string;
		/** The id of the KMS key that the person said yes to taking over. */
		keyAdopted: string;
		/** The alias of the KMS key, with `alias/`. */
		keyAlias: string;
	}
}

/** A KMS key as it is found. */
export type SeenKmsKey = {
	readonly id: string;
	readonly arn: string;
	readonly state: string;
	readonly spec: string;
	readonly usage: string;
	readonly manager: string;
	readonly origin: string;
	readonly madeAt: Date | undefined;
	/** When KMS deletes it, while its deletion is pending. */
	readonly goesAt: Date | undefined;
	readonly policy: Value | undefined;
	readonly rotates: boolean;
	/** Of a multi-Region key, whether it is the primary or a replica. */
	readonly multiRegion?: string | undefined;
	readonly description: string;
	readonly tags: Tags;
};

/** The alias, with its prefix. */
export const aliasNow = (known: Known): string =>
	aliasName(textAnswer(known.answers, 'keyAlias') || defaultName(known, 'nps-kms-key'));

/** Whose the key is. */
export function kmsKeyOwner(seen: SeenKmsKey, known: Known): Owner {
	const owner = ownerOf(seen.tags, known, known.facts.keyMadeAs === seen.id);
	return owner.is === 'nobody' && known.facts.keyAdopted === seen.id ? {is: 'adopted'} : owner;
}

/** Looks for the key: by the record, by its alias, and among all keys only if one may exist that nothing names. */
export async function findKmsKey(
	look: Look,
	known: Known,
	byAlias: KeyMetadata | undefined,
): Promise<SeenKmsKey | undefined> {
	// One of ours that may have been made comes before one that is named: it would stay for ever.
	const wanted = wantedKey(known);
	const id =
		known.facts.keyId ??
		known.facts.keyAdopted ??
		(wanted === undefined ? byAlias?.KeyId : undefined) ??
		(await lostKey(look, known, wanted)) ??
		wanted;
	if (!id) return undefined;
	const it =
		byAlias && [byAlias.KeyId, byAlias.Arn].includes(id)
			? byAlias
			: (await look.at(call('kms:DescribeKey', {KeyId: id})))?.KeyMetadata;
	return it && describe(look, it);
}

/** The key of ours that nothing names; there is none besides one that is named, and bears our tag. */
async function lostKey(look: Look, known: Known, wanted: string | undefined): Promise<string | undefined> {
	if (!mayBeLost(known)) return undefined;
	const tags = wanted === undefined ? {} : await tagsOf(look, wanted).catch(() => ({}));
	return bearOurTag(tags, known) ? wanted : (await keysOfOurTag(look, known).next()).value;
}
const bearOurTag = (tags: Tags, {setupId}: Known): boolean => setupId !== undefined && tags['nps-kms:id'] === setupId;

/** An answer was lost, or the record was, or somebody else was given the commands. */
export const mayBeLost = (known: Known): boolean =>
	known.past.some(it => it.change.id === 'create-key' && !it.outcome) ||
	known.recovered === true ||
	known.wasPrinted === true;

/** The ids of the KMS keys, of all in this region, that bear this setup's tag. */
export async function* keysOfOurTag(look: Look, known: Known): AsyncGenerator<string, undefined> {
	let done = 0;
	// One that was scheduled for deletion bears our tags until it is gone.
	const gone = known.past.flatMap(({change, outcome}) =>
		change.id === 'schedule-deletion' && outcome === 'done' ? [change.call.input['KeyId']] : [],
	);
	let read = 0;
	let denied: Error | undefined;
	// A key whose tags may not be read is none of ours, for we may read what we make. Any other error is no answer: ours
	// could be overlooked, and made twice.
	const denials = (error: unknown): undefined => {
		if (!isDenial(error)) throw error;
		denied ??= error;
	};
	for await (const page of look.all(call('kms:ListKeys', {}))) {
		for (const {KeyId} of page.Keys ?? []) {
			look.progress(++done);
			const tags = KeyId ? await tagsOf(look, KeyId).catch(denials) : undefined;
			if (tags) read++;
			if (KeyId && tags && bearOurTag(tags, known) && !gone.includes(KeyId)) yield KeyId;
		}
	}
	// Who may read no key's tags may not read ours either.
	if (denied && read === 0) throw denied;
	return undefined;
}

/** The tags of a KMS key, as pairs. */
export async function tagsOf(look: Look, KeyId: string): Promise<Tags> {
	const tags = await collect(look, call('kms:ListResourceTags', {KeyId}), it => it.Tags);
	return Object.fromEntries(tags.map(it => [it.TagKey ?? '', it.TagValue ?? '']));
}

const policyOf = (KeyId: string) => call('kms:GetKeyPolicy', {KeyId, PolicyName: 'default'});
const rotationOf = (KeyId: string) => call('kms:GetKeyRotationStatus', {KeyId});

/**
 * Eyes for one look at the key. Of one that this setup made, what it holds is looked at beside what it is, and nobody
 * waits for either.
 */
export function eyesOnKey(look: Look, {facts: {keyId, keyMadeAs}}: Known): Look {
	if (keyId === undefined || keyMadeAs !== keyId) return look;
	const eyes = lookOnce(look);
	for (const it of [eyes.at(policyOf(keyId)), eyes.at(rotationOf(keyId)), tagsOf(eyes, keyId)])
		it.catch(() => undefined);
	return eyes;
}

async function describe(look: Look, it: KeyMetadata): Promise<SeenKmsKey | undefined> {
	const {KeyId} = it;
	if (!KeyId) return undefined;
	const ours = it.KeyManager === 'CUSTOMER';
	// Of all other keys KMS refuses to tell.
	const turns = ours && it.KeySpec === 'SYMMETRIC_DEFAULT' && it.Origin === 'AWS_KMS' && it.KeyState === 'Enabled';
	const [policy, rotation, tags] = await Promise.all([
		ours ? look.at(policyOf(KeyId)) : undefined,
		turns ? look.at(rotationOf(KeyId)) : undefined,
		ours ? tagsOf(look, KeyId) : {},
	]);
	return {
		id: KeyId,
		arn: it.Arn ?? '',
		state: it.KeyState ?? 'in a state that AWS does not tell',
		spec: it.KeySpec ?? '',
		usage: it.KeyUsage ?? '',
		manager: it.KeyManager ?? '',
		origin: it.Origin ?? '',
		madeAt: it.CreationDate,
		goesAt: it.DeletionDate,
		policy: readDocument(policy?.Policy ?? ''),
		rotates: rotation?.KeyRotationEnabled === true,
		tags,
		description: it.Description ?? '',
		multiRegion: it.MultiRegion ? (it.MultiRegionConfiguration?.MultiRegionKeyType ?? 'PRIMARY') : undefined,
	};
}

/** The KMS key that an interrupted run made and did not come to name, for whoever starts the next. */
export async function leftKmsKey(look: Look, known: Known): Promise<readonly Leftover[]> {
	const named = known.past.some(
		it => it.change.id === 'create-alias' && (it.outcome === 'done' || it.outcome === 'settled'),
	);
	if (named || (!mayBeLost(known) && known.facts.keyMadeAs === undefined)) return [];
	const alias = aliasNow(known);
	if (await look.at(call('kms:DescribeKey', {KeyId: alias}))) return [];
	const key = await findKmsKey(look, known, undefined);
	if (!key || kmsKeyOwner(key, known).is !== 'ours') return [];
	return [
		{of: 'create-key', what: `KMS key ${key.arn}, without ${alias}; it costs about $1 a month`, does: 'takes it up'},
	];
}
