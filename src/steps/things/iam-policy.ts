import type {Policy} from '@aws-sdk/client-iam';
import {call} from '../../aws/client/call.js';
import {readDocument} from '../../aws/policy/policy-documents.js';
import {type Known, type Look, textAnswer, type Value} from '../../engine/step.js';
import {policyNameOf} from './default-name.js';
import {ifAllowed} from './denied-looks.js';
import {mayStandElsewhere, pathOf} from './iam-path.js';
import {wasNameRefused} from './name-taken.js';
import {isOurs, type Owner, pairsOf, type Tags} from './ownership.js';
import {attachedTo} from './policy-attachments.js';
import {ownerById, policies} from './same-thing.js';

/** A policy as it is found. */
export type SeenPolicy = {
	readonly arn: string;
	readonly id: string;
	readonly name: string;
	readonly madeAt: Date | undefined;
	readonly version: string;
	readonly document: Value | undefined;
	readonly tags: Tags;
	/** Users, groups and roles that it is attached to; not looked at if it is this setup's. */
	readonly attachedTo: readonly string[];
};

/** Whose the policy is. */
export const policyOwner = (seen: Pick<SeenPolicy, 'id' | 'tags'>, known: Known): Owner =>
	ownerById(policies, seen, known);

/** The policy of that ARN. */
export const policyAt = async (look: Look, PolicyArn: string): Promise<Policy | undefined> =>
	(await look.at(call('iam:GetPolicy', {PolicyArn})))?.Policy;
/** Where the policy is looked for first: where the record says, or under its name. */
export function policyArnOf({facts, answers, ...known}: Known, learned?: string): string {
	const {partition, account, policyArn} = facts;
	const {adopts} = known.run;
	const name = policyNameOf({facts, answers, ...known});
	return policyArn ?? learned ?? adopts?.policy ?? `arn:${partition}:iam::${account}:policy${pathOf({answers})}${name}`;
}

/**
 * Looks for the policy: where the record says, by its name, and under any path or spelling if AWS says the name is
 * taken, or something hints at a path.
 */
export async function findPolicy(look: Look, known: Known): Promise<SeenPolicy | undefined> {
	const elsewhere = async (): Promise<Policy | undefined> => {
		if (known.run.adopts?.policy !== undefined) return undefined;
		const name = textAnswer(known.answers, 'policyName');
		const arn = wasNameRefused(known, 'create-policy')
			? await policyArnByName(look, name)
			: mayStandElsewhere(known, 'adoptPolicy')
				? await ifAllowed(policyArnByName(look, name))
				: undefined;
		return arn === undefined ? undefined : policyAt(look, arn);
	};
	const beside = versionBeside(look, known);
	const there = (await policyAt(look, policyArnOf(known))) ?? (await elsewhere());
	return there && describe(look, there, known, beside);
}

/** A version of a policy, being looked at: it says what it says for good. */
type Version = {readonly arn: string; readonly id: string; readonly text: Promise<string | undefined>};
const versionOf = (look: Look, arn: string, id: string): Version => ({
	arn,
	id,
	text: look.at(call('iam:GetPolicyVersion', {PolicyArn: arn, VersionId: id})).then(it => it?.PolicyVersion?.Document),
});
/** The version that was the default last, looked at beside the policy: where it still is, nobody waits for it. */
function versionBeside(look: Look, {facts}: Known): Version | undefined {
	const {policyArn, policyVersion, policyFirstVersion} = facts;
	const id = policyVersion ?? policyFirstVersion;
	if (policyArn === undefined || id === undefined) return undefined;
	const version = versionOf(look, policyArn, id);
	// Where it isn't the default any more, nobody asks what came of it.
	version.text.catch(() => undefined);
	return version;
}

/** The ARN of the policy of that name, under whichever path and however it is spelled. */
export async function policyArnByName(look: Pick<Look, 'all'>, name: string): Promise<string | undefined> {
	for await (const page of look.all(call('iam:ListPolicies', {Scope: 'Local'}))) {
		const it = page.Policies?.find(found => found.PolicyName?.toLowerCase() === name.toLowerCase());
		if (it) return it.Arn;
	}
	return undefined;
}
async function describe(
	look: Look,
	it: Policy,
	known: Known,
	beside: Version | undefined,
): Promise<SeenPolicy | undefined> {
	const {Arn: arn, DefaultVersionId: version} = it;
	if (!arn || !version) return undefined;
	const policy = {
		arn,
		id: it.PolicyId ?? '',
		name: it.PolicyName ?? it.Arn?.split('/').at(-1) ?? '',
		madeAt: it.CreateDate,
		version,
		tags: pairsOf(it.Tags),
	};
	// To whom it is attached matters only where it might be taken over; one that was is attached by this setup.
	const free = it.AttachmentCount === 0 || isOurs(policyOwner(policy, known));
	const isBeside = beside?.arn === arn && beside.id === version;
	const [text, attached] = await Promise.all([
		(isBeside ? beside : versionOf(look, arn, version)).text,
		free ? [] : attachedTo(look, arn),
	]);
	return {...policy, attachedTo: attached, document: readDocument(text ?? '')};
}
