import type {PolicyVersion} from '@aws-sdk/client-iam';
import {byCommands} from '../aws/by-hand.js';
import {call} from '../aws/client/call.js';
import {isNarrowed} from '../aws/policy/narrowings.js';
import {narrowDocument, narrowedTo, sameMeaning} from '../aws/policy/policy-documents.js';
import {type Sources, sameSources} from '../aws/policy/sources.js';
import {commandLine} from '../engine/command-line.js';
import {keyOf} from '../engine/keys.js';
import {isProblem} from '../engine/plan.js';
import {
	type Change,
	type Difference,
	json,
	type Known,
	type Look,
	type Plan,
	type Stop,
	step,
	textAnswer,
} from '../engine/step.js';
import {whatNarrowingTakes} from './looks/what-narrowing-takes.js';
import {collect} from './things/all-pages.js';
import {policyNameOf} from './things/default-name.js';
import {defaultDifferences, policyGone} from './things/default-version.js';
import {findPolicy, policyOwner, type SeenPolicy} from './things/iam-policy.js';
import {handedOver} from './things/managed-elsewhere.js';
import {backWarning, puttingBack} from './things/put-back.js';
import {sourceWarnings} from './things/seen-ways.js';
import {
	askedSources,
	boundInWords,
	isWide,
	loosenedBy,
	narrowSources,
	setInPolicy,
	usesSources,
	whyBound,
	wideSources,
} from './things/sources.js';
import {narrowingNotes, narrowingWarnings, provenSince} from './things/stricter.js';
import {vendorPage} from './things/vendor.js';

declare module '../engine/facts.js' {
	interface FactNames {
		/** The version that limits the policy to the KMS key. */
		policyVersion: string;
		/** The policy's default version is limited to the KMS key: yes. */
		narrow: string;
	}
}

type Version = {readonly id: string; readonly isDefault: boolean; readonly madeAt: Date | undefined};
type Seen = {readonly policy: SeenPolicy | undefined; readonly versions: readonly Version[]};

/** Least Privilege Policy. */
export const leastPrivilege = step<Seen>({
	id: 'least-privilege',
	name: 'Least privilege',
	title: 'Limit the policy to this key',
	guide: {
		covers: 'Least Privilege Policy, steps 1-9',
		text: [
			"In the console you'd open the policy, Permissions, Edit, take the tick off “Any in this account” under " +
				"Resources, choose Add ARNs, paste the key's ARN and save.",
			'This step saves the same document as a new default version. The version before it stays, so that IAM shows ' +
				'what was.',
		],
		links: [vendorPage, 'https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-versioning.html'],
	},
	async observe(look, known) {
		const {policyArn, policyVersion} = known.facts;
		// How many versions there are matters only where another is to be made.
		const beside = policyArn !== undefined && policyVersion === undefined ? versionsOf(look, policyArn) : undefined;
		beside?.catch(() => undefined);
		const policy = await findPolicy(look, known);
		if (!policy || isNarrow(policy, known)) return {policy, versions: []};
		return {policy, versions: await ((policy.arn === policyArn && beside) || versionsOf(look, policy.arn))};
	},
	tells: async (look, known, plan) =>
		plan.changes.some(it => it.id === 'narrow-policy' && it.record?.uses === undefined)
			? whatNarrowingTakes(look, known)
			: [],
	plan: (seen, known) => handedOver(`Policy ${policyNameOf(known)}`, seen.policy?.tags, planOf(seen, known), known),
	audit: (look, {policy}, known) =>
		policy
			? [
					provenSince(
						look,
						known,
						defaultDifferences(policy.version, policy.document, known, isToLoosen(policy, known)),
					),
				]
			: known.completed
				? [Promise.resolve([policyGone(known)])]
				: [],
});

function planOf({policy, versions}: Seen, known: Known): Plan | Stop {
	const keyArn = known.fact('keyArn');
	const document = narrowDocument(keyArn, askedSources(known));
	if (policy && isNarrow(policy, known))
		return {
			changes: [],
			facts: {narrow: 'yes'},
			says: `${policy.name} allows Decrypt with ${known.facts.keyArn} only${boundInWords(known)}`,
		};
	const had = policy && sourcesToChange(policy, known);
	const less = policy && !had ? narrowings(policy, known) : [];
	if (policy && less.length > 0)
		return {
			changes: [],
			facts: {narrow: 'yes'},
			notes: narrowingNotes(less),
			warns: narrowingWarnings(less),
			says: `${policy.name} allows no more than Decrypt with ${known.facts.keyArn}`,
		};
	const problem = policy && !had ? strange(policy, known) : undefined;
	if (problem) return problem;
	const prune = policy ? room(policy, versions, known) : [];
	if (isProblem(prune)) return prune;
	const narrow: Change = {
		id: 'narrow-policy',
		verb: 'update',
		subject: `policy ${policy?.name ?? textAnswer(known.answers, 'policyName')}, new default version`,
		diff: {...(policy?.document && {from: policy.document}), to: document},
		call: call('iam:CreatePolicyVersion', {
			PolicyArn: known.fact('policyArn'),
			PolicyDocument: json(document),
			SetAsDefault: true,
		}),
		learns: {policyVersion: 'PolicyVersion.VersionId'},
		record: {spends: ['replaceDocument']},
	};
	const back = had ? boundAnew(narrow, had, known) : policy ? limitedAgain(narrow, policy, known) : narrow;
	const warns = [...(isWide(policy, known) || had ? [] : backWarning([back])), ...sourceWarnings([back], known)];
	return {changes: [...prune, back], ...(warns.length > 0 && {warns})};
}

const versionsOf = (look: Look, PolicyArn: string): Promise<readonly Version[]> =>
	collect(look, call('iam:ListPolicyVersions', {PolicyArn}), it => it.Versions?.map(asVersion));
const asVersion = ({VersionId, IsDefaultVersion, CreateDate}: PolicyVersion): Version => ({
	id: VersionId ?? '',
	isDefault: IsDefaultVersion === true,
	madeAt: CreateDate,
});
const isNarrow = ({document}: SeenPolicy, known: Known): boolean => {
	const {keyArn} = known.facts;
	return keyArn !== undefined && sameMeaning(document, narrowDocument(keyArn, askedSources(known)));
};
/** The sources of a policy that is otherwise as it should be, where they are ours to change to those answered. */
function sourcesToChange(policy: SeenPolicy, known: Known): Sources | undefined {
	const {keyArn} = known.facts;
	const wide = isWide(policy, known);
	// Made wide again by somebody: that it is limited again has words of its own.
	if (wide && known.completed && !wasMadeAgain(known)) return undefined;
	const has = wide ? wideSources(policy.document, known) : keyArn && narrowSources(policy.document, keyArn);
	if (!has || sameSources(has, askedSources(known))) return undefined;
	return loosenedBy(has, known) === undefined || setInPolicy(has, policy, known) ? has : undefined;
}
const isToLoosen = (policy: SeenPolicy, known: Known): boolean => {
	const has = sourcesToChange(policy, known);
	return has !== undefined && loosenedBy(has, known) !== undefined;
};
/** The change, called what it is where it changes from where the access key works. */
function boundAnew(change: Change, had: Sources, known: Known): Change {
	const loosens = loosenedBy(had, known);
	return {
		...change,
		why: whyBound(had, known),
		record: {...change.record, uses: usesSources},
		...(loosens && {loosens}),
	};
}

/** What others took from the narrow document, if that is all that they did. */
const narrowings = ({version, document}: SeenPolicy, known: Known): readonly Difference[] =>
	known.facts.keyArn !== undefined && isNarrowed(document, narrowDocument(known.facts.keyArn, askedSources(known)))
		? defaultDifferences(version, document, known)
		: [];

/** The change, called what it is where somebody had set another version: one that allows more, or that gives back. */
function limitedAgain(change: Change, policy: SeenPolicy, known: Known): Change {
	if (!isWide(policy, known)) return puttingBack(change, true);
	if (!known.completed || wasMadeAgain(known)) return change;
	return {...change, why: 'somebody made a wider version the default; this limits it again', restores: true};
}
/** Whether the policy was made in a later run than narrowed it last: then it was never narrowed. */
function wasMadeAgain(known: Known): boolean {
	const last = (step: string, id: string): number =>
		Math.max(
			0,
			...known
				.of(step)
				.past.filter(it => it.change.id === id && it.outcome === 'done')
				.map(it => it.run),
		);
	return last('policy', 'create-policy') > last('least-privilege', 'narrow-policy');
}

/** A document that this setup did not write is not replaced unasked. */
function strange(policy: SeenPolicy, known: Known): Stop | undefined {
	const {account = ''} = known.facts;
	const meant = known.answers['replaceDocument'] === true || known.run.restore?.includes('least-privilege') === true;
	if (isWide(policy, known) || meant) return undefined;
	const other = narrowedTo(policy.document, account);
	return {
		is: 'problem',
		what: `Policy ${policy.name} holds another document than this setup writes`,
		why: other
			? `Its default version ${policy.version} allows Decrypt with ` +
				`${known.facts.keyArn ? 'another key' : 'one key'}, ${other}`
			: `Somebody changed its default version ${policy.version}`,
		first: 'Look at it in IAM',
		ways: [
			{is: 'by-hand', says: 'set the version meant as default'},
			{
				is: 'choose',
				key: keyOf('overwrite'),
				label: 'replace it',
				answers: {replaceDocument: true},
				flags: '--restore least-privilege',
			},
		],
		again: commandLine(known.run),
		code: 'PolicyDiffers',
	};
}

/** Five versions is AWS's limit. Only a version that this record made goes, never the default nor the one before it. */
function room(policy: SeenPolicy, versions: readonly Version[], known: Known): readonly Change[] | Stop {
	if (versions.length < 5) return [];
	const made = new Set(known.past.flatMap(it => (it.outcome === 'done' && it.learned.policyVersion) || []));
	if (
		policyOwner(policy, known).is === 'ours' &&
		known.facts.policyMadeAs === policy.id &&
		known.facts.policyFirstVersion
	)
		made.add(known.facts.policyFirstVersion);
	const byAge = [...versions].sort((one, other) => number(one.id) - number(other.id));
	const current = byAge.find(it => it.isDefault);
	const before = byAge.findLast(it => current && number(it.id) < number(current.id));
	const oldest = byAge.find(it => made.has(it.id) && it !== current && it !== before);
	if (oldest) {
		return [
			{
				id: `delete-version-${oldest.id}`,
				verb: 'delete',
				subject: `version ${oldest.id} of policy ${policy.name}`,
				why: 'AWS keeps five versions, and this setup made this one',
				call: call('iam:DeletePolicyVersion', {PolicyArn: policy.arn, VersionId: oldest.id}),
			},
		];
	}
	return {
		is: 'problem',
		what: `Policy ${policy.name} has five versions, and AWS allows no more`,
		why: byAge
			.map(
				it =>
					`${it.id} of ${it.madeAt?.toISOString().slice(0, 10) ?? 'an unknown day'}${it.isDefault ? ' (default)' : ''}`,
			)
			.join(', '),
		ways: [
			byCommands(
				known,
				[`aws iam delete-policy-version --policy-arn ${policy.arn} --version-id ID`],
				'delete one that nobody needs',
			),
		],
		again: commandLine(known.run),
		code: 'LimitExceeded',
	};
}
const number = (id: string): number => Number(id.replace(/^v/, ''));
