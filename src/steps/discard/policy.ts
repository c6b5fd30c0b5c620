import type {Policy} from '@aws-sdk/client-iam';
import {call} from '../../aws/client/call.js';
import {narrowedTo, readDocument} from '../../aws/policy/policy-documents.js';
import {commandLine} from '../../engine/command-line.js';
import {type Change, type Known, type Look, type Plan, type Stay, type Thing, undo} from '../../engine/step.js';
import {collect} from '../things/all-pages.js';
import {policyArnOf, policyAt} from '../things/iam-policy.js';
import {userNameOf} from '../things/iam-user.js';
import {pairsOf, type Tags} from '../things/ownership.js';
import {attachedTo, isAttachedByUs} from '../things/policy-attachments.js';
import {vendorPage} from '../things/vendor.js';
import {
	adoption,
	bearsOurTag,
	type Extent,
	lookAtExtent,
	recorded,
	standing,
	triesOf,
	wasPrinted,
	whyStays,
} from './extent.js';
import {whose} from './recorded-changes.js';

type Version = {readonly id: string; readonly isDefault: boolean; readonly ours: boolean};
type SeenPolicy = {
	readonly arn: string;
	readonly id: string;
	readonly name: string;
	readonly tags: Tags;
	readonly versions: readonly Version[];
	readonly attachedTo: readonly string[];
};
type Seen = {readonly extent: Extent; readonly policy: SeenPolicy | undefined};

/** The calls that take back what this step makes, for the change record and for discarding alike. */
const removing = {
	policy: (PolicyArn: string) => call('iam:DeletePolicy', {PolicyArn}),
	version: (PolicyArn: string, VersionId: string) => call('iam:DeletePolicyVersion', {PolicyArn, VersionId}),
};
const thePolicy: Thing = {
	kind: 'IAM policy',
	madeBy: ['create-policy'],
	existing: recorded => {
		const {policyArn, policyVersion, policyMadeAs: madeAs, policyAdopted: adopted, narrow} = recorded.facts;
		const note =
			narrow === 'yes'
				? `allows Decrypt with the KMS key only${policyVersion ? ` (version ${policyVersion})` : ''}`
				: 'allows Decrypt with every key of the account';
		const takeBack = [removing.policy(policyArn ?? '')];
		const by = whose({madeAs, adopted}, 'adoptPolicy', recorded);
		return policyArn ? [{id: policyArn, by, note, takeBack}] : [];
	},
};
/** AWS deletes no policy that has other versions than its default. */
const otherVersions: Thing = {
	madeBy: ['narrow-policy'],
	existing({facts: {policyArn: PolicyArn, policyMadeAs, policyFirstVersion, policyVersion}, made}) {
		if (!PolicyArn || !policyMadeAs || !policyFirstVersion || !policyVersion) return [];
		const known = new Set([policyFirstVersion, ...made.flatMap(it => it.learned?.policyVersion ?? [])]);
		for (const {change} of made)
			if (change.call.api === 'iam:DeletePolicyVersion') known.delete(String(change.call.input['VersionId']));
		known.delete(policyVersion);
		return [...known].map(VersionId => ({
			id: VersionId,
			by: 'made',
			takeBack: [removing.version(PolicyArn, VersionId)],
		}));
	},
};

/**
 * Takes back the policy: its other versions, then the policy. No version is ever made the default, so nothing is
 * widened on the way.
 */
export const undoPolicy = undo<Seen>({
	title: 'Take back the policy',
	guide: {
		covers: 'Create an AWS Policy, and Least Privilege Policy, taken back',
		text: [
			"In the console you'd open the policy, delete its versions that aren't the default, and delete the policy.",
			'The version that is the default stays the default to the end: none that allows more takes its place on the way.',
		],
		links: [vendorPage, 'https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_manage-delete.html'],
	},
	makes: [thePolicy, otherVersions],
	async observe(look, known) {
		const [extent, found] = await Promise.all([
			lookAtExtent(look, known),
			policyAt(look, policyArnOf(known, madeAt(known))),
		]);
		return {extent, policy: found && (await describe(look, found, known))};
	},
	plan({extent, policy}, known) {
		if (!policy)
			return {
				changes: [],
				unseen: ['create-policy'],
				says: triesOf(known, 'policy', 'create-policy').length > 0 ? 'gone' : 'none was made',
			};
		const ours =
			bearsOurTag(policy.tags, known) && recorded(known, 'policy', 'create-policy', 'policyMadeAs', policy.id);
		const subject = `policy ${policy.name}`;
		const adopted = adoption(policy.tags, known).length > 0;
		if (extent.halts && (ours || adopted))
			return {
				changes: [],
				stays: [{subject, why: 'the user needs it once its access key is Active again', ours: true}],
				says: `${policy.arn} stays`,
			};
		if (!ours) return notOurs(policy, known);
		const others = changedByOthers(policy, known);
		if (others.length > 0) {
			const why = `${others.join('; ')}. Take that away in IAM, then run ${commandLine(known.run)} again`;
			return {changes: [], stays: [{subject, why, ours: true}], says: `${policy.arn} stays`};
		}
		return {
			changes: [...policy.versions.filter(it => !it.isDefault).map(it => dropVersion(policy, it)), removal(policy)],
			says: policy.arn,
		};
	},
});

/** Where this setup made it, if the record doesn't hold any more where it is. */
const madeAt = (known: Known): string | undefined =>
	triesOf(known, 'policy', 'create-policy').findLast(it => it.learned.policyArn)?.learned.policyArn;

async function describe(
	look: Look,
	{Arn: arn = '', PolicyId: id = '', PolicyName: name = arn.split('/').at(-1) ?? arn, Tags}: Policy,
	known: Known,
): Promise<SeenPolicy> {
	const [versions, attached] = await Promise.all([versionsOf(look, arn, known), attachedTo(look, arn)]);
	return {arn, id, name, tags: pairsOf(Tags), versions, attachedTo: attached};
}
async function versionsOf(look: Look, PolicyArn: string, known: Known): Promise<readonly Version[]> {
	const found = await collect(look, call('iam:ListPolicyVersions', {PolicyArn}), it => it.Versions);
	const made = new Set(known.of('least-privilege').past.flatMap(it => it.learned.policyVersion ?? []));
	return Promise.all(
		found.map(async ({VersionId: id = '', IsDefaultVersion}) => ({
			id,
			isDefault: IsDefaultVersion === true,
			ours: id === 'v1' || made.has(id) || (await maybeOurs(look, PolicyArn, id, known)),
		})),
	);
}
/** Where the answer to narrowing was lost, the version that narrows as we do is ours. */
async function maybeOurs(look: Look, PolicyArn: string, VersionId: string, known: Known): Promise<boolean> {
	if (!wasPrinted(known) && !standing(known, 'least-privilege', 'narrow-policy').some(it => it.outcome !== 'done'))
		return false;
	const text = (await look.at(call('iam:GetPolicyVersion', {PolicyArn, VersionId})))?.PolicyVersion?.Document;
	return narrowedTo(readDocument(text ?? ''), known.facts.account ?? '') === known.facts.keyArn;
}
/** What keeps a policy of ours: where somebody else attached it, and versions that somebody else made. */
function changedByOthers({arn, attachedTo, versions}: SeenPolicy, known: Known): readonly string[] {
	const byUs = (it: string): boolean =>
		(wasPrinted(known) && it === `user ${userNameOf(known)}`) ||
		isAttachedByUs(it, arn, known) ||
		triesOf(known, 'user', 'attach-policy').some(
			({
				change: {
					call: {input},
				},
			}) => input['PolicyArn'] === arn && it === `user ${String(input['UserName'])}`,
		);
	const elsewhere = attachedTo.filter(it => !byUs(it));
	const versionsOfOthers = versions.filter(it => !it.ours).map(it => it.id);
	return [
		...(elsewhere.length > 0 ? [`somebody attached it to ${elsewhere.join(', ')}`] : []),
		...(versionsOfOthers.length > 0
			? [`somebody made its ${versionsOfOthers.length > 1 ? 'versions' : 'version'} ${versionsOfOthers.join(', ')}`]
			: []),
	];
}

const dropVersion = ({arn, name}: SeenPolicy, {id}: Version): Change => ({
	id: `drop-version-${id}`,
	verb: 'delete',
	subject: `version ${id} of policy ${name}`,
	why: 'it is not the default',
	call: removing.version(arn, id),
});
const removal = ({arn, name}: SeenPolicy): Change => ({
	id: 'delete-policy',
	verb: 'delete',
	subject: `policy ${name}`,
	why: 'this setup made it',
	call: removing.policy(arn),
	record: {
		undoes: ['create-policy', 'tag-policy', 'narrow-policy'],
		forgets: [
			'policyArn',
			'policyMadeAs',
			'policySeenAs',
			'policyAdopted',
			'policyFirstVersion',
			'policyVersion',
			'narrow',
		],
	},
	waits: [{code: 'DeleteConflict', why: 'IAM may not see yet that it is attached to nothing', atMost: 20}],
	lookAgainOn: ['DeleteConflict', 'DeleteConflictException'],
});

/** A policy that this setup only took over loses our tag, and keeps the document that it has. */
function notOurs({arn, name, tags, versions}: SeenPolicy, known: Known): Plan {
	const current = versions.find(it => it.isDefault);
	const kept =
		current?.ours && current.id !== 'v1'
			? `; its default version ${current.id} is this setup's and stays, for another might allow more`
			: '';
	const made = triesOf(known, 'policy', 'create-policy').length > 0;
	const why = `${whyStays(tags, made, known)}${kept}`;
	const TagKeys = [...adoption(tags, known)];
	const untag: Change = {
		id: 'untag-policy',
		verb: 'delete',
		subject: `tag nps-kms:adopted-by of policy ${name}`,
		why: 'this setup put it there',
		call: call('iam:UntagPolicy', {PolicyArn: arn, TagKeys}),
		record: {undoes: ['tag-policy']},
	};
	const stay: Stay = {subject: `policy ${name}`, why, ...(bearsOurTag(tags, known) && {ours: true})};
	return {changes: TagKeys.length > 0 ? [untag] : [], stays: [stay], says: `${arn} stays`};
}
