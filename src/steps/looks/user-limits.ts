import {call} from '../../aws/client/call.js';
import {whyFailed} from '../../aws/client/refusals.js';
import {readDocument} from '../../aws/policy/policy-documents.js';
import type {Difference, Known, Look} from '../../engine/step.js';
import {collect} from '../things/all-pages.js';
import {defaultVersion} from '../things/default-version.js';
import {grants} from '../things/kms-grants.js';
import {keyPolicyDifferences, keyPolicyLimits} from '../things/kms-key-policy.js';
import {attachments, inlinePolicies} from '../things/user-differences.js';
import {group, lookForGiven} from '../things/user-holdings.js';

/** What looking came to: nothing wrong, what is wrong in words, or why it can't be told. */
export type Found = {readonly wrong: readonly string[]} | {readonly untold: string};
/** The limits that only looking can tell, by check. */
export type Limits = {
	/** What others made stricter: no fault, and tried by the proof. */
	readonly narrowings: readonly Difference[];
} & Readonly<
	Record<'attached' | 'inline' | 'groups' | 'key-policy' | 'grants' | 'default-version' | 'access-keys', Found>
>;

/** Looks, as the operator, whether the user has other ways in than this setup made; the key policy is being read. */
export async function lookAtLimits(look: Look, known: Known, reading: Promise<string | undefined>): Promise<Limits> {
	const given = attachments(look, known);
	const inside = inlinePolicies(look, known);
	const inForce = defaultVersion(look, {...known, completed: true});
	const [policy, attachedTo, inlines, inGroups, granted, version, keys] = await Promise.all([
		reading,
		found(() => given),
		found(() => inside),
		found(() => lookForGiven(group, look, known)),
		found(() => grants(look, known, 'user')),
		found(() => inForce),
		accessKeys(look, known),
	]);
	return {
		narrowings: [
			...narrowingsOf(known, policy, await inForce.catch(() => [])),
			...(await Promise.all([given, inside].map(it => it.catch(() => [])))).flat().filter(it => it.is === 'stricter'),
		],
		attached: attachedTo,
		inline: inlines,
		groups: inGroups,
		'key-policy':
			policy === undefined
				? {untold: "the key's policy can't be read"}
				: {wrong: keyPolicyLimits(policy, known).map(it => it.text)},
		grants: granted,
		'default-version': version,
		'access-keys': keys,
	};
}

/** What others made stricter in the key policy, whoever made the key, and in the policy. */
function narrowingsOf(known: Known, policy: string | undefined, version: readonly Difference[]): readonly Difference[] {
	const document = policy === undefined ? undefined : readDocument(policy);
	const all = [
		...keyPolicyDifferences(document, known, false),
		...keyPolicyDifferences(document, known, true),
		...version,
	];
	const stricter = all.filter(it => it.is === 'stricter');
	return stricter.filter((it, at) => stricter.findIndex(other => other.text === it.text) === at);
}

async function found(looking: () => Promise<readonly Difference[]>): Promise<Found> {
	try {
		return {wrong: (await looking()).filter(it => it.is !== 'stricter' && !it.givesNothing).map(it => it.text)};
	} catch (error) {
		return {untold: untoldBy(error)};
	}
}

/** AWS's own code stands behind its words. */
function untoldBy(error: unknown): string {
	const why = whyFailed(error);
	return error instanceof Error && why === error.message ? `${why} [${error.name}]` : why;
}

async function accessKeys(look: Look, known: Known): Promise<Found> {
	const ours = new Set(known.delivered.filter(it => !it.unsure).map(it => it.id));
	let active: readonly string[];
	try {
		active = await collect(look, call('iam:ListAccessKeys', {UserName: known.facts.userName ?? ''}), page =>
			page.AccessKeyMetadata?.filter(it => it.Status === 'Active').map(it => it.AccessKeyId),
		);
	} catch (error) {
		return {untold: untoldBy(error)};
	}
	const [only, ...more] = active.filter(it => !ours.has(it));
	if (only === undefined) return {wrong: []};
	if (more.length === 0 && known.facts.secretKnown === 'no')
		return {untold: `access key ${only} was made earlier, and this record does not hold it`};
	return {wrong: [only, ...more].map(it => `access key ${it} is active, and this setup did not deliver it`)};
}
