import {call} from '../aws/client/call.js';
import {inWords, limitedTo, wideDocument} from '../aws/policy/policy-documents.js';
import {anywhere, type Sources} from '../aws/policy/sources.js';
import {otherName} from '../aws/problems/other-names.js';
import * as names from '../aws/rules/name-rules.js';
import {commandLine} from '../engine/command-line.js';
import {keyOf, keyOfNumber} from '../engine/keys.js';
import {
	type Change,
	json,
	type Known,
	type Plan,
	pairsAnswer,
	type Stop,
	step,
	textAnswer,
	type Value,
} from '../engine/step.js';
import {numberOf} from '../engine/step-numbers.js';
import {undoPolicy} from './discard/policy.js';
import {recoveredPath} from './looks/recovered-path.js';
import {notThatOne} from './things/adopted-by-arn.js';
import {defaultPolicyName, policyNameOf} from './things/default-name.js';
import {inPath, pathIn, pathOf} from './things/iam-path.js';
import {findPolicy, policyOwner, type SeenPolicy} from './things/iam-policy.js';
import {userNameOf} from './things/iam-user.js';
import {handedOver, managedByField, managedInWords} from './things/managed-elsewhere.js';
import {nameTaken} from './things/name-taken.js';
import {iamTags, missingTags, type Owner, ourTags, taken, unlessDenied, untagged} from './things/ownership.js';
import {auditPolicy} from './things/policy-differences.js';
import {putBack, wasWhole} from './things/put-back.js';
import {regionTag} from './things/region-tag.js';
import {policies, seenAs} from './things/same-thing.js';
import {lookAtWays, type SeenWays, sourceWarnings, unlessNpsIsOut} from './things/seen-ways.js';
import {sourceFields} from './things/source-fields.js';
import {askedSources, isWide, narrowSources, wideSources} from './things/sources.js';
import {textRule} from './things/text-rule.js';
import {vendorPage} from './things/vendor.js';

declare module '../engine/facts.js' {
	interface FactNames {
		/** The ARN of the policy. */
		policyArn: string;
		/** The unique id of the policy that this setup made. */
		policyMadeAs: string;
		/** The version that it was made with. */
		policyFirstVersion: string;
	}
}

type Seen = {readonly policy: SeenPolicy | undefined; readonly ways: SeenWays};

/** Create an AWS Policy. */
export const policy = step<Seen>({
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
			'Source addresses and VPC endpoints bind the access key to where NPS is: from elsewhere KMS refuses it. The ' +
				'address is the one that AWS sees, behind NAT or a proxy that one’s. They may be answered later, too.',
		],
		links: [vendorPage, 'https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_create-console.html'],
	},
	fields: known => [
		{
			name: 'policyName',
			settles: 'for-good',
			label: 'Policy name',
			kind: 'text',
			initial: defaultPolicyName(known),
			wrong: textRule(names.policyName),
		},
		{
			name: 'policyDescription',
			settles: 'for-good',
			label: 'Description',
			kind: 'text',
			optional: true,
			initial: '',
			hint: "can't be changed later",
			wrong: textRule(names.policyDescription),
		},
		{
			name: 'tags',
			settles: 'never',
			label: 'Tags',
			kind: 'pairs',
			flag: 'tag',
			optional: true,
			initial: {},
			hint: 'also put on the user and the key',
			wrong: it => names.tags(pairsAnswer({it}, 'it')),
		},
		{
			name: 'path',
			settles: 'when-used',
			label: 'IAM path',
			kind: 'text',
			optional: true,
			initial: '/',
			hint: "of policy and user; can't be changed later",
			tidy: it => (it === '' ? '/' : it),
			suggest: recoveredPath,
			wrong: textRule(names.path),
		},
		...sourceFields(known),
		managedByField,
	],
	async observe(look, known) {
		const policy = await findPolicy(look, known);
		return {policy, ways: await lookAtWays(look, known, worksFrom(policy, known))};
	},
	audit: (look, {policy}, known) => auditPolicy(look, policy, known),
	plan({policy: seen, ways}, known) {
		const plan = unlessNpsIsOut(ways, worksFrom(seen, known), planOf(seen, known), known);
		return handedOver(`Policy ${policyNameOf(known)}`, seen?.tags, plan, known);
	},
	undo: undoPolicy,
});

/** From where the policy lets the access key work now. */
const worksFrom = (seen: SeenPolicy | undefined, known: Known): Sources =>
	wideSources(seen?.document, known) ?? narrowSources(seen?.document, known.facts.keyArn) ?? anywhere;

function planOf(seen: SeenPolicy | undefined, known: Known): Plan | Stop {
	const {partition = 'aws', account = ''} = known.facts;
	const missing = notThatOne('policy', seen?.arn, known);
	if (missing) return missing;
	if (!seen)
		// It is what a set-up makes first: where others of its things tell of it, it was there.
		return putBack(
			{
				changes: [createPolicy(known, wideDocument(partition, account, askedSources(known)))],
				warns: [
					...sourceWarnings([{id: 'create-policy'}], known),
					`Until step ${numberOf('least-privilege')} is done this policy allows Decrypt with every key of this ` +
						'account that delegates to IAM.',
				],
			},
			wasWhole(known),
			'create-policy',
		);
	const owner = policyOwner(seen, known);
	const problem = taken(found(seen, owner, known), known) ?? underAnother(seen, owner, known) ?? odd(seen, known);
	if (problem) return problem;
	return carriedOn(seen, owner, known);
}

const found = (seen: SeenPolicy, owner: Owner, known: Known): Parameters<typeof taken>[0] => {
	const elsewhere = seen.attachedTo.filter(it => it !== `user ${userNameOf(known)}`);
	return {
		thing: `Policy ${seen.arn}`,
		madeAt: seen.madeAt,
		owner,
		adopt: {answer: 'adoptPolicy', word: 'policy'},
		is: [`its default version ${seen.version} says: ${sayingOf(seen.document)}`, ...managedInWords(seen.tags, known)],
		...(elsewhere.length > 0 && {never: `It is attached to ${elsewhere.join(', ')}`}),
	};
};

const sayingOf = (document: Value | undefined): string => {
	const words = document === undefined ? [] : inWords({to: document}, {}).map(it => it.trim().replaceAll(/\s+/g, ' '));
	return words.length > 3
		? `${words.slice(0, 3).join(', ')} and ${words.length - 3} more`
		: words.join(', ') || 'nothing that can be read';
};

/** AWS moves nothing from one path to another. */
function underAnother({name, arn}: SeenPolicy, owner: Owner, known: Known): Stop | undefined {
	const [here, wanted] = [pathIn(arn), pathOf(known)];
	if (owner.is !== 'ours' || here === wanted) return undefined;
	return {
		is: 'problem',
		what: `Policy ${name} was made under the path ${here}, not ${wanted}`,
		why: 'IAM moves no policy and no user to another path',
		ways: [
			{is: 'choose', key: keyOfNumber(1), label: `stay under ${here}`, answers: {path: here}, flags: `--path ${here}`},
			{is: 'begin-anew', says: `begin another setup, with names of its own, under ${wanted}`, flags: '--setup NAME'},
		],
		code: 'OtherPath',
	};
}

/** A document that is neither the wide one nor limited to one key is never touched unasked. */
function odd(seen: SeenPolicy, known: Known): Stop | undefined {
	const {account = ''} = known.facts;
	if (
		isWide(seen, known) ||
		limitedTo(seen.document, account) ||
		known.answers['replaceDocument'] === true ||
		known.run.restore?.includes('least-privilege') === true
	)
		return undefined;
	return {
		is: 'problem',
		what: `Policy ${seen.name} holds another document than this setup writes`,
		why:
			`Its default version ${seen.version} is neither “Decrypt with any key of this account” nor “Decrypt with one ` +
			'key”',
		first: 'Look at it in IAM',
		ways: [
			{is: 'by-hand', says: 'set the version meant as default'},
			// What was made bears its name for good.
			...(known.completed !== true && known.past.length === 0 ? [otherName.policy] : []),
			{
				is: 'choose',
				key: keyOf('overwrite'),
				label: `let step ${numberOf('least-privilege')} replace it`,
				answers: {replaceDocument: true},
				flags: '--restore least-privilege',
			},
		],
		again: commandLine(known.run),
		code: 'PolicyDiffers',
		toldBy: 'least-privilege',
		facts: {policyArn: seen.arn},
	};
}

function carriedOn(seen: SeenPolicy, owner: Owner, known: Known): Plan {
	const tags = missingTags(seen.tags, known, owner);
	const tag: Change = {
		id: 'tag-policy',
		verb: 'update',
		subject: `tags of policy ${seen.name}`,
		call: call('iam:TagPolicy', {PolicyArn: seen.arn, Tags: iamTags(tags)}),
		...unlessDenied(owner),
	};
	const warns = untagged(`policy ${seen.name}`, seen.tags, known, owner);
	return {
		changes: tags.length > 0 ? [tag] : [],
		...(warns.length > 0 && {warns}),
		facts: {policyArn: seen.arn, ...seenAs(policies, seen.id, known)},
		...(owner.is === 'nobody' && {adopts: {policyAdopted: seen.id}}),
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
		...(pathOf(known) !== '/' && {why: `under the path ${pathOf(known)}`}),
		diff: {to: document},
		call: call('iam:CreatePolicy', {
			PolicyName: name,
			PolicyDocument: json(document),
			...inPath(known),
			...(description && {Description: description}),
			Tags: iamTags([...ourTags(known), ...regionTag(known)]),
		}),
		learns: {policyArn: 'Policy.Arn', policyMadeAs: 'Policy.PolicyId', policyFirstVersion: 'Policy.DefaultVersionId'},
		record: {uses: ['policyName', 'policyDescription', 'path', 'tags']},
		lookAgainOn: nameTaken,
	};
}
