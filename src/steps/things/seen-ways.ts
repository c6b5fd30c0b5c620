import {isAnywhere, isPrivate, isWithinSources, type Sources, sourcesInWords} from '../../aws/policy/sources.js';
import type {Through} from '../../engine/delivered.js';
import {keyOfNumber} from '../../engine/keys.js';
import {isProblem} from '../../engine/plan.js';
import {
	type Change,
	type Facts,
	type Field,
	type Known,
	type Look,
	type Plan,
	type Stop,
	textAnswer,
	type Way,
} from '../../engine/step.js';
import {isOurs, usesWith} from '../looks/evidence-of-use.js';
import {addressesOf, endpointsOf} from '../looks/nps-use.js';
import {askedSources} from './sources.js';

declare module '../../engine/facts.js' {
	interface FactNames {
		/** The ways of NPS that are left out knowingly, with commas between, and after a colon why. */
		leftOut: string;
	}
}

/** On which ways NPS was seen to use the access key: from which addresses, and through which VPC endpoints. */
export type SeenWays = {readonly from: readonly string[]; readonly through: Through};

const nothing: SeenWays = {from: [], through: {}};

/**
 * What CloudTrail tells of it now, where it may be read and the access key is to be bound closer than it is by what is
 * there (`has`).
 */
export async function lookAtWays(
	look: Look,
	known: Known,
	has: Sources,
	keyArn = known.facts.keyArn,
): Promise<SeenWays> {
	const {accessKeyId} = known.facts;
	if (isWithinSources(has, askedSources(known)) || !accessKeyId || !keyArn) return nothing;
	return waysTold(look, accessKeyId, keyArn, known);
}
async function waysTold(look: Look, accessKeyId: string, keyArn: string, known: Known): Promise<SeenWays> {
	const told = await usesWith(look, accessKeyId, keyArn);
	// Of an access key that is adopted, what was used before counts too.
	const uses = (told?.uses ?? []).filter(it => !isOurs(it, known));
	return {from: addressesOf(uses), through: endpointsOf(uses)};
}
/** All ways, by the record and by a look: each as an address or as a VPC endpoint, `from` where that isn't known. */
function waysOf(seen: SeenWays, known: Known): Sources & {readonly untold: readonly string[]} {
	const all = [...known.delivered, ...Object.values(known.alsoInUse ?? {}), seen];
	const within = all.flatMap(({through = {}}) => Object.entries(through));
	const inside = new Set(within.flatMap(([, who]) => who));
	const from = [...new Set(all.flatMap(it => it.from ?? []))].filter(it => !inside.has(it)).sort();
	return {
		ip: from.filter(it => isPrivate(it) === false),
		vpce: [...new Set(within.map(([it]) => it))].sort(),
		untold: from.filter(it => isPrivate(it) === true),
	};
}
/** Whether the sources leave a way out; of a private address an old record doesn't tell through which VPC endpoint. */
function isLeftOut(way: string, asked: Sources): boolean {
	if (isAnywhere(asked)) return false;
	if (way.startsWith('vpce-')) return !asked.vpce.includes(way);
	if (isPrivate(way) === true) return asked.vpce.length === 0;
	return asked.ip.length === 0 || !isWithinSources({ip: [way], vpce: []}, {ip: asked.ip, vpce: []});
}
const leftOutBy = (asked: Sources, {ip, vpce, untold}: ReturnType<typeof waysOf>): readonly string[] =>
	[...ip, ...vpce, ...untold].filter(it => isLeftOut(it, asked));

/** The ways in words, for a hint; nothing where none was seen. */
export function seenInWords(known: Known): Readonly<Record<'ip' | 'vpce', string>> {
	const {ip, vpce} = waysOf(nothing, known);
	const said = (all: readonly string[]): string => (all.length === 0 ? '' : `; seen: ${all.join(', ')}`);
	return {ip: said(ip), vpce: said(vpce)};
}

/** What CloudTrail tells of them besides, where it may be read and there is an access key and a KMS key, in words. */
export async function noticedInWords(
	look: Look,
	known: Known,
): Promise<Readonly<Record<'ip' | 'vpce', string | undefined>>> {
	const {accessKeyId, keyArn} = known.facts;
	const seen = accessKeyId && keyArn ? await waysTold(look, accessKeyId, keyArn, known) : nothing;
	const [before, now] = [waysOf(nothing, known), waysOf(seen, known)];
	const said = (kind: 'ip' | 'vpce'): string | undefined => {
		const more = now[kind].filter(it => !before[kind].includes(it));
		return more.length > 0 ? `CloudTrail shows ${more.join(', ')}` : undefined;
	};
	return {ip: said('ip'), vpce: said('vpce')};
}

/** Why NPS is left out on a way that it was seen to use. */
export const sourceReasonField = ({facts}: Known): Field => ({
	name: 'sourceReason',
	settles: 'never',
	// Before there is an access key, nobody can have been seen.
	...(facts.accessKeyId === undefined && {asked: 'by-flag'}),
	label: 'If NPS was seen elsewhere, leave that out because',
	flagSays: 'why the access key need not work from where NPS was seen',
	kind: 'text',
	optional: true,
	initial: '',
	hint: 'kept in the record',
	when: answers => !isAnywhere(askedSources({answers})),
});
const reasonGiven = ({answers}: Known): string => textAnswer(answers, 'sourceReason').trim();
const said = ({facts: {leftOut = ''}}: Known): {readonly ways: readonly string[]; readonly why: string} => {
	const [ways = '', ...why] = leftOut.split(': ');
	return {ways: ways.split(', ').filter(Boolean), why: why.join(': ')};
};

/**
 * What stops a run that binds the access key so that NPS is refused where it was seen and works now (`has`); where that
 * is meant, and a reason was given for it, the fact that says so. A reason counts once, for what was seen by then.
 */
function leavingOut(seen: SeenWays, has: Sources, known: Known): Stop | Facts {
	const asked = askedSources(known);
	const ways = waysOf(seen, known);
	const out = leftOutBy(asked, ways);
	const before = said(known);
	const refusedNow = leftOutBy(has, ways);
	const fresh = out.filter(it => !refusedNow.includes(it) && !before.ways.includes(it));
	const reason = reasonGiven(known);
	// What was left out before was not looked for again, where it is in force.
	const stays = before.ways.filter(it => isLeftOut(it, asked));
	if (fresh.length === 0)
		return known.facts.leftOut === undefined ? {} : {leftOut: `${stays.join(', ')}: ${before.why}`};
	if (reason !== '' && reason !== before.why) return {leftOut: `${[...stays, ...fresh].join(', ')}: ${reason}`};
	return {
		is: 'problem',
		what: `NPS was seen to use the access key from ${inWords(fresh, ways)}, and KMS would refuse it there`,
		why:
			`The access key is to work only ${sourcesInWords(asked)}` +
			(reason === '' ? '' : `; “${reason}” was said of what was seen before`),
		ways: waysOut(fresh, ways, asked),
		code: 'LeavesNpsOut',
	};
}
/** The plan, unless what is asked would leave NPS out where it works by what is there (`has`). */
export function unlessNpsIsOut(seen: SeenWays, has: Sources, plan: Plan | Stop, known: Known): Plan | Stop {
	if (isProblem(plan)) return plan;
	const leaves = leavingOut(seen, has, known);
	return isProblem(leaves) ? leaves : {...plan, facts: {...plan.facts, ...leaves}};
}

const inWords = (fresh: readonly string[], {vpce}: Sources): string =>
	fresh.map(it => (vpce.includes(it) ? `VPC endpoint ${it}` : it)).join(', ');

function waysOut(fresh: readonly string[], ways: ReturnType<typeof waysOf>, asked: Sources): Stop['ways'] {
	const more = {ip: ways.ip.filter(it => fresh.includes(it)), vpce: ways.vpce.filter(it => fresh.includes(it))};
	const answers = {
		sourceIp: [...asked.ip, ...more.ip.map(it => `${it}/${it.includes(':') ? 128 : 32}`)],
		sourceVpce: [...asked.vpce, ...more.vpce],
	};
	const flags = [
		...answers.sourceIp.map(it => `--source-ip ${it}`),
		...answers.sourceVpce.map(it => `--source-vpce ${it}`),
	].join(' ');
	const added = [...more.ip, ...more.vpce];
	const [field, flag] = more.ip.length > 0 ? ['sourceIp', '--source-ip CIDR'] : ['sourceVpce', '--source-vpce ID'];
	const add: readonly Way[] =
		added.length === 0 ? [] : [{is: 'choose', key: keyOfNumber(1), label: `add ${added.join(', ')}`, answers, flags}];
	return [
		...add,
		{is: 'answer', says: 'name all that NPS uses', field, flags: flag},
		{is: 'answer', says: 'if NPS is there no more, say why', field: 'sourceReason', flags: '--source-reason WHY'},
	] as unknown as Stop['ways'];
}

/** What to know before saying yes to what is bound, and of what stays bound as others wrote it. */
export function sourceWarnings(changes: readonly Pick<Change, 'id'>[], known: Known): readonly string[] {
	const asked = askedSources(known);
	const binds = changes.some(it => binding.includes(it.id));
	if (isAnywhere(asked) || !binds) return [];
	const outside = leftOutBy(asked, waysOf(nothing, known));
	const why = reasonGiven(known);
	return [
		`The access key works with KMS only ${sourcesInWords(asked)}: from elsewhere KMS refuses it, NPS's own calls too.`,
		...(outside.length > 0
			? [`NPS was seen to use the access key from ${outside.join(', ')}: KMS refuses it there${why && ` (${why})`}.`]
			: []),
	];
}
const binding = ['create-policy', 'create-key', 'bind-key', 'narrow-policy'];
