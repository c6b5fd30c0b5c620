import {call} from '../../aws/client/call.js';
import {limitedTo} from '../../aws/policy/policy-documents.js';
import {parseArn} from '../../aws/rules/arn.js';
import {keyOfNumber} from '../../engine/keys.js';
import {type Change, type Known, type Look, type Stop, type Text, textAnswer, type Value} from '../../engine/step.js';
import {findPolicy, policyOwner} from './iam-policy.js';
import {userNameOf, userOwner} from './iam-user.js';
import {iamTags, pairsOf} from './ownership.js';

const tag = 'nps-kms:region';
/** A thing of this setup, and the region that its tag tells. */
type Bearer = {readonly kind: 'policy' | 'user'; readonly thing: string; readonly region: string | undefined};
/** What tells where the KMS key of a setup is, or was to be, though it isn't seen. */
export type RegionTold = {
	/** Policy and user, where what they tell had to be looked at. */
	readonly bearers: readonly Bearer[];
	/** The one key that the policy is limited to. */
	readonly keyArn?: string;
};

const here = ({answers}: Pick<Known, 'answers'>): string => textAnswer(answers, 'region');
/** The tag by which policy and user tell where the KMS key is, should the record be lost before they are limited. */
export const regionTag = (known: Known): readonly (readonly [string, Text])[] =>
	here(known) ? [[tag, here(known)]] : [];

/** Whether the record's own calls tell that a thing bears this region, or that there is none to bear it. */
function isTold(create: string, update: string, known: Known): boolean {
	const told = known.calls.filter(({call: {api, input}}) => api === create || (api === update && tells(input)));
	const [made, ...more] = told;
	return made === undefined || (more.length === 0 && tells(made.call.input, here(known)));
}
const tells = (input: {readonly [name: string]: Value}, region?: string): boolean =>
	(input['Tags'] as readonly {Key?: unknown; Value?: unknown}[] | undefined)?.some(
		it => it.Key === tag && (region === undefined || it.Value === region),
	) === true;

/** Looks at policy and user where the record alone doesn't tell which region they bear. */
export async function regionTold(look: Look, known: Known): Promise<RegionTold> {
	if (
		known.recovered !== true &&
		isTold('iam:CreatePolicy', 'iam:TagPolicy', known) &&
		isTold('iam:CreateUser', 'iam:TagUser', known)
	)
		return {bearers: []};
	const [policy, user] = await Promise.all([
		findPolicy(look, {...known, past: known.of('policy').past}),
		look.at(call('iam:GetUser', {UserName: userNameOf(known)})).then(it => it?.User),
	]);
	const bearers: Bearer[] = [];
	if (policy && policyOwner(policy, known).is === 'ours')
		bearers.push({kind: 'policy', thing: policy.arn, region: policy.tags[tag]});
	const tags = pairsOf(user?.Tags);
	if (user?.UserName && userOwner({id: user.UserId ?? '', tags}, known).is === 'ours')
		bearers.push({kind: 'user', thing: user.UserName, region: tags[tag]});
	const keyArn = limitedTo(policy?.document, known.facts.account ?? '');
	return {bearers, ...(keyArn && {keyArn})};
}

/** The regions that are told; the policy's own limit counts more than any tag. */
export function regionsTold({bearers, keyArn}: RegionTold): readonly string[] {
	const limit = parseArn(keyArn ?? '')?.region;
	return limit ? [limit] : [...new Set(bearers.flatMap(it => it.region ?? []))];
}

/** What is put on policy and user before the key is made elsewhere than they tell; what AWS refuses is told instead. */
export function tellRegion(
	{bearers}: RegionTold,
	known: Known,
): {changes: readonly Change[]; warns: readonly string[]} {
	const missing = bearers.filter(it => it.region !== here(known)).map(it => changeOf(it, known));
	const refused = known.past.filter(it => it.outcome === 'refused' && it.run === known.runs).map(it => it.change.id);
	const left = missing.filter(it => !refused.includes(it.id));
	const warns = missing
		.filter(it => refused.includes(it.id))
		.map(
			it =>
				`AWS refused the ${it.subject}: should this record be lost before the policy is limited to the key, ` +
				`setup --recover needs --region ${here(known)}.`,
		);
	return {changes: left, warns};
}

const changeOf = ({kind, thing}: Bearer, known: Known): Change => ({
	id: `tag-${kind}-region`,
	verb: 'update',
	subject: `tag ${tag} of ${kind} ${thing}`,
	why: 'it tells where the key is, should the record be lost',
	call:
		kind === 'policy'
			? call('iam:TagPolicy', {PolicyArn: thing, Tags: iamTags(regionTag(known))})
			: call('iam:TagUser', {UserName: thing, Tags: iamTags(regionTag(known))}),
	lookAgainOn: ['AccessDenied', 'AccessDeniedException'],
});

/** Why no key is made here where the record was lost: it is in another region, or may be. */
export function keyElsewhere(told: RegionTold, known: Known): Stop | undefined {
	if (known.recovered !== true || known.calls.some(it => it.call.api === 'kms:CreateKey')) return undefined;
	const others = regionsTold(told).filter(it => it !== here(known));
	if (others.length > 0) return inAnotherRegion(told, others, known);
	if (regionsTold(told).length > 0 || known.run.unasked !== true || known.run.connectionFlags?.includes('--region '))
		return undefined;
	return {
		is: 'problem',
		what: `No KMS key of setup ${known.run.setup ?? ''} is in ${here(known)}`,
		why: `Its record was lost, and nothing else tells where the key is: ${here(known)} is the only region looked in`,
		ways: [
			{
				is: 'answer',
				says: 'name the region of the key, or the one where it is to be made',
				field: 'region',
				flags: `--region ${here(known)}`,
			},
		],
		code: 'RegionNotKnown',
	};
}

/** The key is, or was to be, in another region than the one that is used now. */
export function inAnotherRegion(told: RegionTold, [region = '', ...more]: readonly string[], known: Known): Stop {
	const {keyArn} = told;
	const regions = [region, ...more].join(' or ');
	const tellers = told.bearers.filter(it => it.region !== undefined && it.region !== here(known));
	return {
		is: 'problem',
		what: `The KMS key of setup ${known.run.setup ?? ''} belongs in ${regions}, not in ${here(known)}`,
		why: keyArn
			? `Its policy allows Decrypt with ${keyArn} alone`
			: tellers.map(it => `The tag ${tag} of ${it.kind} ${it.thing} is ${it.region ?? ''}`).join('; '),
		ways: [
			more.length === 0
				? {is: 'choose', key: keyOfNumber(1), label: `use ${region}`, answers: {region}, flags: `--region ${region}`}
				: {is: 'answer', says: 'use one of these regions', field: 'region', flags: '--region REGION'},
			...(keyArn
				? []
				: [
						{
							is: 'by-hand' as const,
							says: `if no key was made there, take the tag away, and name ${here(known)} with --region`,
						},
					]),
		],
		code: 'OtherRegion',
	};
}

/** What to know before a key is made for a setup whose record was lost. */
export const lookedIn = (known: Known): readonly string[] =>
	known.recovered === true && !known.calls.some(it => it.call.api === 'kms:CreateKey')
		? [
				`The record of this setup was lost. ${here(known)} is the only region looked in: a key that it has elsewhere ` +
					"isn't seen, and this one would be a second.",
			]
		: [];
