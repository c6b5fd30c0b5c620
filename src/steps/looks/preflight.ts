import type {EvaluationResult} from '@aws-sdk/client-iam';
import {call} from '../../aws/client/call.js';
import {whyFailed} from '../../aws/client/refusals.js';
import {
	distinct,
	type Naming,
	type Permission,
	permissionsOf,
	policyFor,
	userToBe,
} from '../../aws/policy/needed-permissions.js';
import {mayBeOff} from '../../aws/rules/regions.js';
import type {ForecastCalls} from '../../engine/forecast-calls.js';
import {keyOf} from '../../engine/keys.js';
import type {Facts, Got, Look, Page} from '../../engine/step.js';
import {capital, toDoByFlags} from '../../engine/to-do.js';
import {collect} from '../things/all-pages.js';
import {policySourceOf} from '../things/policy-source.js';
import {whyUnasked} from './simulation.js';

/** What IAM says of one permission, and in words why. */
export type Verdict = Permission & {readonly is: Got; readonly because?: string};
/** A permission that IAM says is denied, why, and the name of the step that stops without it. */
export type Denied = {readonly action: string; readonly because: string; readonly step: string};
/** What is known before anything changes: each permission, what would stop, and what is full. */
export type Preflight = {
	readonly verdicts: readonly Verdict[];
	readonly warns: readonly string[];
	readonly regionOff: boolean;
	/** The step that is certain to stop as things are, and at what. */
	readonly stop: ForecastCalls['stop'];
	/** What is denied, as IAM says, that a step of this run stops without. */
	readonly denied: readonly Denied[];
	/** The steps that this run comes to. */
	readonly steps: ForecastCalls['steps'];
	/** The policy that allows exactly what is left. */
	readonly page: Page;
};

/** Asks IAM whether the caller may do what is to come. Nothing here ever stops: what isn't allowed is told. */
export async function lookAtForecast(
	look: Look,
	caller: string,
	forecast: ForecastCalls,
	inAccount: Facts,
	known: Facts,
): Promise<Preflight> {
	const naming: Naming = {
		...inAccount,
		...userToBe(forecast.calls),
		...(known['keyArn'] && {keyArn: known['keyArn']}),
		...(known['userArn'] && {userArn: known['userArn']}),
	};
	const permissions = distinct(forecast.calls.flatMap(it => permissionsOf(it.call, naming)));
	const told: string[] = [];
	const needed = permissions.filter(it => !it.optional);
	const [verdicts, full, regionOff] = await Promise.all([
		judge(look, caller, needed, forecast, it => told.push(it)),
		quotas(look, forecast),
		isRegionOff(look, inAccount['region'] ?? ''),
	]);
	const denied = verdicts.filter(it => it.is === 'denied');
	const stops = await Promise.all(denied.map(it => whatStops(it, forecast, naming)));
	return {
		verdicts,
		regionOff,
		stop: forecast.stop,
		steps: forecast.steps,
		denied: denied.flatMap(({action, because = ''}, at) => {
			const step = stops[at];
			return step === undefined ? [] : [{action, because, step}];
		}),
		page: permissionsPage(permissions, verdicts),
		warns: [
			...deniedInWords(denied.map((it, at) => [it.action, `${it.because ?? ''}. ${willStop(stops[at])}`])),
			...told,
			...full,
			...(forecast.stop ? [stopInWords(forecast.stop)] : []),
		],
	};
}

/** What is denied for the same reason, and stops the same, in one sentence. */
function deniedInWords(denied: readonly (readonly [action: string, why: string])[]): readonly string[] {
	const reasons = [...new Set(denied.map(([, why]) => why))];
	const of = (why: string): readonly string[] => [...new Set(denied.filter(it => it[1] === why).map(([it]) => it))];
	return reasons.map(why => `You may not ${of(why).join(', ')}: ${why}`);
}

/** What is certain to stop, and where it can be answered otherwise. */
const stopInWords = ({step, problem}: NonNullable<ForecastCalls['stop']>): string =>
	`${step} will stop: ${problem.what}. ${capital(problem.why)}. ${toDoByFlags(problem)}`;

/** How many are allowed, and which are not. */
export function summary({verdicts}: Preflight): string {
	const untold = sameForAll(verdicts);
	if (untold !== undefined) return `can't tell (${untold})`;
	const of = (is: Got): readonly string[] => verdicts.filter(it => it.is === is).map(it => it.action);
	const few = (all: readonly string[]): string => (all.length <= 3 ? ` (${all.join(', ')})` : '');
	const told = [
		`${of('allowed').length} of ${verdicts.length} allowed`,
		of('denied').length > 0 && `${of('denied').length} denied${few(of('denied'))}`,
		of('cant-tell').length > 0 && `${of('cant-tell').length} can't tell${few(of('cant-tell'))}`,
	];
	return told.filter(Boolean).join(', ');
}

/** The policy to send to whoever can grant it; what is allowed already is in it too, for it is all that is needed. */
function permissionsPage(permissions: readonly Permission[], verdicts: readonly Verdict[]): Page {
	const untold = sameForAll(verdicts);
	if (untold !== undefined) return page([`can't tell which of these you have: ${untold}`, ''], permissions);
	const open = verdicts
		.filter(it => it.is !== 'allowed')
		.map(it => `${it.is === 'denied' ? 'denied' : "can't tell"}: ${it.action}${it.because ? `, ${it.because}` : ''}`);
	return page([...open, ...(open.length > 0 ? [''] : [])], permissions);
}
const page = (before: readonly string[], permissions: readonly Permission[]): Page => ({
	key: keyOf('permissions'),
	label: 'permissions',
	lines: [...before, ...JSON.stringify(policyFor(permissions), undefined, 2).split('\n')],
});

/** Why nothing can be told, where that is one reason for all: told once. */
function sameForAll(verdicts: readonly Verdict[]): string | undefined {
	const [first] = verdicts;
	return verdicts.every(it => it.is === 'cant-tell' && it.because === first?.because) ? first?.because : undefined;
}

const whatStops = (denied: Permission, {stopsAt}: ForecastCalls, naming: Naming): Promise<string | undefined> =>
	stopsAt(it => permissionsOf(it, naming).some(one => one.action === denied.action));
const willStop = (step: string | undefined): string =>
	step === undefined ? 'Nothing stops without it' : `${step} will stop`;

/** IAM simulates users, groups and roles: not the root user, nor a session whose role can't be found. */
async function judge(
	look: Look,
	caller: string,
	permissions: readonly Permission[],
	forecast: ForecastCalls,
	warn: (text: string) => void,
): Promise<readonly Verdict[]> {
	const untold = (because: string): readonly Verdict[] => permissions.map(it => ({...it, is: 'cant-tell', because}));
	try {
		const source = await policySourceOf(look, caller);
		if ('untold' in source) return untold(source.untold);
		const found = await simulated(look, source.arn, permissions, forecast).catch((error: unknown) => {
			if (error instanceof Error && error.message.includes('explicit deny'))
				warn('A policy denies you to simulate, as one does that denies everything without MFA: it may deny more.');
			return whyUnasked(error);
		});
		if (typeof found === 'string') return untold(found);
		return permissions.map(it => ({
			...it,
			...(found.get(nameOf(it)) ?? {is: 'cant-tell', because: 'the simulator did not say'}),
		}));
	} catch (error) {
		return untold(`IAM's simulator could not be asked: ${whyFailed(error)}`);
	}
}

const nameOf = ({action, resource}: Permission): string => `${action} ${resource}`;
/** A resource that isn't there yet, by a name that it could have. */
const concrete = (resource: string): string =>
	resource === '*'
		? resource
		: resource.replace(/:key\/\*$/, ':key/00000000-0000-0000-0000-000000000000').replace(/\/\*/, '/');

type Finding = {readonly is: Got; readonly because?: string};
/** One call for each service: every action on every resource, of which those that matter are read. */
async function simulated(
	look: Look,
	source: string,
	permissions: readonly Permission[],
	forecast: ForecastCalls,
): Promise<ReadonlyMap<string, Finding>> {
	const found = new Map<string, Finding>();
	const services = [...new Set(permissions.map(it => it.action.split(':')[0]))];
	await Promise.all(
		services.map(async service => {
			const asked = permissions.filter(it => it.action.startsWith(`${service}:`));
			const input = {
				PolicySourceArn: source,
				ActionNames: [...new Set(asked.map(it => it.action))],
				ResourceArns: [...new Set(asked.map(it => concrete(it.resource)))],
				ContextEntries: [...tagsOf(forecast), ...boundaryOf(asked)],
				MaxItems: 1000,
			};
			const results = await collect(look, call('iam:SimulatePrincipalPolicy', input), it => it.EvaluationResults);
			for (const it of asked) {
				const finding = findingOf(results, it);
				if (finding) found.set(nameOf(it), finding);
			}
		}),
	);
	return found;
}

/** The permissions boundary that the user will get, for policies that demand one. */
const boundaryOf = (asked: readonly Permission[]) =>
	asked
		.flatMap(it => it.boundary ?? [])
		.slice(0, 1)
		.map(it => ({
			ContextKeyName: 'iam:PermissionsBoundary',
			ContextKeyValues: [it],
			ContextKeyType: 'string' as const,
		}));

/** The tags that will be given, for policies that ask about them. */
function tagsOf({calls}: ForecastCalls) {
	const tags = new Map<string, string>();
	for (const {call: it} of calls)
		for (const tag of Array.isArray(it.input['Tags']) ? it.input['Tags'] : []) {
			const {Key, Value, TagKey = Key, TagValue = Value} = tag as Readonly<Record<string, unknown>>;
			if (typeof TagKey === 'string' && typeof TagValue === 'string') tags.set(TagKey, TagValue);
		}
	if (tags.size === 0) return [];
	return [
		...[...tags].map(([key, value]) => ({
			ContextKeyName: `aws:RequestTag/${key}`,
			ContextKeyValues: [value],
			ContextKeyType: 'string' as const,
		})),
		{ContextKeyName: 'aws:TagKeys', ContextKeyValues: [...tags.keys()], ContextKeyType: 'stringList' as const},
	];
}

function findingOf(results: readonly EvaluationResult[], {action, resource}: Permission): Finding | undefined {
	const name = concrete(resource);
	const ofAction = results.filter(it => it.EvalActionName === action);
	const it = ofAction.find(one => one.EvalResourceName === name) ?? ofAction[0];
	if (!it) return undefined;
	const specific = it.ResourceSpecificResults?.find(one => one.EvalResourceName === name);
	const decision = specific?.EvalResourceDecision ?? it.EvalDecision;
	if (decision === 'allowed') return {is: 'allowed'};
	const missing = specific?.MissingContextValues ?? it.MissingContextValues ?? [];
	// AWS judges the call itself by values that the simulator wasn't given.
	if (missing.length > 0) return {is: 'cant-tell', because: `it depends on ${missing.join(', ')}`};
	return {is: 'denied', because: inWords(it, specific, decision)};
}

type Specific = NonNullable<EvaluationResult['ResourceSpecificResults']>[number];
/** Why it is denied, by the kind of policy as AWS calls it. */
function inWords(it: EvaluationResult, specific: Specific | undefined, decision: string | undefined): string {
	const sources = (specific?.MatchedStatements ?? it.MatchedStatements ?? [])
		.map(one => one.SourcePolicyId)
		.filter(Boolean);
	const boundary = specific?.PermissionsBoundaryDecisionDetail ?? it.PermissionsBoundaryDecisionDetail;
	if (it.OrganizationsDecisionDetail?.AllowedByOrganizations === false)
		return "your organization's policies don't allow it, as far as IAM can simulate them";
	if (decision === 'explicitDeny')
		return `an explicit deny${sources.length > 0 ? ` in ${[...new Set(sources)].join(', ')}` : ''}`;
	if (boundary?.AllowedByPermissionsBoundary === false) return 'no permissions boundary allows it';
	return 'no identity-based policy allows it';
}

/** What is full, or will be. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
async function quotas(look: Look, {calls}: ForecastCalls): Promise<readonly string[]> {
	const summary = (await look.at(call('iam:GetAccountSummary', {})).catch(() => undefined))?.SummaryMap;
	const count = (name: string): number | undefined => (summary as Readonly<Record<string, number>> | undefined)?.[name];
	const things = [
		['iam:CreatePolicy', 'Policies', 'policies'],
		['iam:CreateUser', 'Users', 'users'],
		['iam:CreatePolicyVersion', 'PolicyVersionsInUse', 'policy versions'],
	] as const;
	return things.flatMap(([api, name, words]) => {
		const [has, may] = [count(name), count(`${name}Quota`)];
		const step = calls.find(it => it.call.api === api)?.step;
		return step && has !== undefined && may !== undefined && has >= may
			? [`The account has ${has} of at most ${may} ${words}. ${step} will stop`]
			: [];
	});
}

/** KMS of a region that isn't enabled knows nobody; whoever may not list keys is known to it. */
async function isRegionOff(look: Look, region: string): Promise<boolean> {
	if (!mayBeOff(region)) return false;
	return look.at(call('kms:ListKeys', {Limit: 1})).then(
		() => false,
		(error: unknown) => error instanceof Error && error.name === 'UnrecognizedClientException',
	);
}
