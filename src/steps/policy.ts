import type {Policy} from '@aws-sdk/client-iam';
import {call} from '../aws/client/call.js';
import {inWords, narrowedTo, readDocument, sameMeaning, wideDocument} from '../aws/policy/policy-documents.js';
import * as names from '../aws/rules/name-rules.js';
import {
	type Answer,
	type Change,
	type Difference,
	json,
	type Known,
	type Look,
	type Plan,
	type Problem,
	pairsAnswer,
	step,
	textAnswer,
	type Value,
} from '../engine/step.js';
import {undoPolicy} from './discard/policy.js';
import {defaultName, vendorPage} from './things/default-name.js';
import {policyGone} from './things/default-version.js';
import {
	iamTags,
	isOurs,
	missingTags,
	type Owner,
	ourTags,
	ownerOf,
	pairsOf,
	replaced,
	type Tags,
	tagsGone,
	taken,
} from './things/ownership.js';

/** A policy as it is found. */
export type SeenPolicy = {
	readonly arn: string;
	readonly id: string;
	readonly name: string;
	readonly madeAt: Date | undefined;
	readonly version: string;
	readonly document: Value | undefined;
	readonly tags: Tags;
	/** Users, groups and roles that it is attached to; not looked at if it is ours. */
	readonly attachedTo: readonly string[];
};

/** Create an AWS Policy. */
export const policy = step<SeenPolicy | undefined>({
	id: 'policy',
	name: 'Policy',
	title: 'Create the policy',
	guide: {
		covers: 'Create an AWS Policy, steps 2-9',
		text: [
			"In the console you'd open IAM, Policies, Create policy, choose the service KMS, tick Decrypt under Write, " +
				'choose “Any in this account” under Resources, give it a name and save. This step makes the same policy by ' +
				'one call.',
			'The key does not exist yet, so the policy allows Decrypt with any key of this account. The step “Least ' +
				'privilege” narrows it to the one key.',
			'Security Hub may flag the policy (KMS.1) until then.',
		],
		links: [vendorPage, 'https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_create-console.html'],
	},
	fields: known => [
		{
			name: 'policyName',
			label: 'Policy name',
			kind: 'text',
			initial: defaultName(known, 'NPS_KMS_Policy'),
			wrong: text(names.policyName),
		},
		{
			name: 'policyDescription',
			label: 'Description',
			kind: 'text',
			optional: true,
			initial: '',
			hint: "can't be changed later",
			wrong: text(names.policyDescription),
		},
		{
			name: 'tags',
			label: 'Tags',
			kind: 'pairs',
			flag: 'tag',
			optional: true,
			initial: {},
			hint: 'also put on the user and the key',
			wrong: it => names.tags(pairsAnswer({it}, 'it')),
		},
	],
	observe: (look, known) => findPolicy(look, known),
	audit: (look, seen, known) => auditPolicy(look, seen, known),
	plan(seen, known) {
		const {partition = 'aws', account = ''} = known.facts;
		if (!seen)
			return {
				changes: [createPolicy(known, wideDocument(partition, account))],
				warns: [
					'Until step 5 is done this policy allows Decrypt with every key of this account that delegates to IAM.',
				],
			};
		const owner = policyOwner(seen, known);
		const problem = taken(found(seen, owner, known), known) ?? odd(seen, known);
		if (problem) return problem;
		return carriedOn(seen, owner, known);
	},
	undo: undoPolicy,
});

/**
 * Looks for the policy: where the record says, by its name, and under any path or spelling if AWS says the name is
 * taken.
 */
export async function findPolicy(look: Look, known: Known): Promise<SeenPolicy | undefined> {
	const {partition, account, policyArn} = known.facts;
	const name = textAnswer(known.answers, 'policyName');
	const guess = policyArn ?? `arn:${partition}:iam::${account}:policy/${name}`;
	const at = async (PolicyArn: string): Promise<Policy | undefined> =>
		(await look.at(call('iam:GetPolicy', {PolicyArn})))?.Policy;
	const elsewhere = async (): Promise<Policy | undefined> => {
		const arn = nameRefused(known) ? await arnByName(look, name) : undefined;
		return arn === undefined ? undefined : at(arn);
	};
	const there = (await at(guess)) ?? (await elsewhere());
	return there && describe(look, there, known);
}

const nameRefused = (known: Known): boolean =>
	known.past.some(
		it =>
			it.change.id === 'create-policy' &&
			it.outcome === 'refused' &&
			it.code?.startsWith('EntityAlreadyExists') === true,
	);
async function arnByName(look: Look, name: string): Promise<string | undefined> {
	for await (const page of look.all(call('iam:ListPolicies', {Scope: 'Local'}))) {
		const it = page.Policies?.find(found => found.PolicyName?.toLowerCase() === name.toLowerCase());
		if (it) return it.Arn;
	}
	return undefined;
}
async function describe(look: Look, it: Policy, known: Known): Promise<SeenPolicy | undefined> {
	const {Arn: arn, DefaultVersionId: version} = it;
	if (!arn || !version) return undefined;
	const policy = {
		arn,
		id: it.PolicyId ?? '',
		name: it.PolicyName ?? '',
		madeAt: it.CreateDate,
		version,
		tags: pairsOf(it.Tags),
	};
	// To whom it is attached matters only where it isn't ours and might be taken over.
	const free = it.AttachmentCount === 0 || policyOwner(policy, known).is === 'ours';
	const [text, attachedTo] = await Promise.all([
		look.at(call('iam:GetPolicyVersion', {PolicyArn: arn, VersionId: version})),
		free ? [] : entitiesOf(look, arn),
	]);
	return {...policy, attachedTo, document: readDocument(text?.PolicyVersion?.Document ?? '')};
}
async function entitiesOf(look: Look, PolicyArn: string): Promise<readonly string[]> {
	const entities: string[] = [];
	for await (const page of look.all(call('iam:ListEntitiesForPolicy', {PolicyArn}))) {
		entities.push(
			...(page.PolicyUsers ?? []).map(user => `user ${user.UserName}`),
			...(page.PolicyGroups ?? []).map(group => `group ${group.GroupName}`),
			...(page.PolicyRoles ?? []).map(role => `role ${role.RoleName}`),
		);
	}
	return entities;
}

/** Whose the policy is. */
export const policyOwner = (seen: Pick<SeenPolicy, 'id' | 'tags'>, known: Known): Owner =>
	ownerOf(seen.tags, known, seen.id !== '' && known.facts['policyMadeAs'] === seen.id);
const found = (seen: SeenPolicy, owner: Owner, known: Known): Parameters<typeof taken>[0] => {
	const elsewhere = seen.attachedTo.filter(it => it !== `user ${userWanted(known)}`);
	return {
		thing: `Policy ${seen.arn}`,
		madeAt: seen.madeAt,
		owner,
		field: 'policyName',
		adopt: {answer: 'adoptPolicy', word: 'policy'},
		is: [`its default version ${seen.version} says: ${sayingOf(seen.document)}`],
		...(elsewhere.length > 0 && {never: `It is attached to ${elsewhere.join(', ')}`}),
	};
};

const userWanted = (known: Known): string =>
	textAnswer(known.answers, 'userName') || defaultName(known, 'nps-kms-user');

const sayingOf = (document: Value | undefined): string => {
	const words = document === undefined ? [] : inWords({to: document}, {}).map(it => it.trim().replaceAll(/\s+/g, ' '));
	return words.length > 3
		? `${words.slice(0, 3).join(', ')} and ${words.length - 3} more`
		: words.join(', ') || 'nothing that can be read';
};

/** A document that is neither the wide one nor limited to one key is never touched unasked. */
function odd(seen: SeenPolicy, known: Known): Problem | undefined {
	const {partition = 'aws', account = ''} = known.facts;
	if (
		sameMeaning(seen.document, wideDocument(partition, account)) ||
		narrowedTo(seen.document, account) ||
		known.answers['replaceDocument'] === true
	)
		return undefined;
	return {
		what: `Policy ${seen.name} holds another document than this setup writes`,
		why:
			`Its default version ${seen.version} is neither “Decrypt with any key of this account” nor “Decrypt with one ` +
			'key”',
		todo: 'Look at it in IAM and set the version meant as default, or choose another policy name',
		code: 'PolicyDiffers',
		field: 'policyName',
		toldBy: 'least-privilege',
		facts: {policyArn: seen.arn},
		ways: [{key: 'o', label: 'let step 5 replace it', answers: {replaceDocument: true}}],
	};
}

function carriedOn(seen: SeenPolicy, owner: Owner, known: Known): Plan {
	const tags = missingTags(seen.tags, known, owner);
	const tag: Change = {
		id: 'tag-policy',
		verb: 'update',
		subject: `tags of policy ${seen.name}`,
		call: call('iam:TagPolicy', {PolicyArn: seen.arn, Tags: iamTags(tags)}),
	};
	return {
		changes: tags.length > 0 ? [tag] : [],
		facts: {policyArn: seen.arn},
		says: `${seen.arn}${owner.is === 'adopted' ? ' (adopted)' : ''}`,
	};
}

function createPolicy(known: Known, document: Value): Change {
	const name = textAnswer(known.answers, 'policyName');
	const description = textAnswer(known.answers, 'policyDescription');
	return {
		id: 'create-policy',
		verb: 'create',
		subject: `policy ${name}`,
		diff: {to: document},
		call: call('iam:CreatePolicy', {
			PolicyName: name,
			PolicyDocument: json(document),
			...(description && {Description: description}),
			Tags: iamTags(ourTags(known)),
		}),
		learns: {policyArn: 'Policy.Arn', policyMadeAs: 'Policy.PolicyId', policyFirstVersion: 'Policy.DefaultVersionId'},
		uses: ['policyName', 'policyDescription', 'tags'],
		lookAgainOn: ['EntityAlreadyExists', 'EntityAlreadyExistsException'],
	};
}

/** What has become of the policy, whatever its document says: that is least privilege's to tell. */
function auditPolicy(
	look: Look,
	seen: SeenPolicy | undefined,
	known: Known,
): readonly Promise<readonly Difference[]>[] {
	if (!seen) return known.completed ? [Promise.resolve([policyGone(known)])] : [];
	const owner = policyOwner(seen, known);
	const subject = `policy ${seen.arn}`;
	const [here, before] = [seen.id, known.facts['policyMadeAs']];
	if (!isOurs(owner))
		return known.completed && before && here !== before ? [Promise.resolve([replaced(subject, before, here)])] : [];
	return [
		Promise.resolve(tagsGone(subject, missingTags(seen.tags, known, owner), 'tag-policy')),
		elsewhere(look, subject, seen.arn, known),
	];
}

/** Others that the policy is attached to: they may decrypt too. */
async function elsewhere(look: Look, subject: string, arn: string, known: Known): Promise<readonly Difference[]> {
	const user = `user ${known.facts['userName'] ?? userWanted(known)}`;
	return (await entitiesOf(look, arn))
		.filter(it => it !== user)
		.map(it => ({
			code: 'attached-elsewhere',
			subject,
			expected: `attached to ${user} only`,
			found: it,
			text: `The policy is attached to ${it} as well`,
		}));
}

/** A rule for texts, for answers of any kind. */
function text(rule: names.Rule): (value: Answer) => string | undefined {
	return value => (typeof value === 'string' ? rule(value) : 'A text is needed');
}

export {text as textRule};
