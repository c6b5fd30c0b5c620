import {holds} from './conditions.js';
import {type Answer, type Context, every, matches, matchesResource, not, said, some} from './matching.js';
import {type Principal, readDocument, type Statement} from './policy-syntax.js';

/** A policy that has a say, and what AWS calls it. */
export type Source = {readonly id: string; readonly type: string; readonly text: string};
/** Who asks, by every name a policy may call it. */
export type Who = {
	readonly arn: string;
	/** The ARN of the user or role behind it. */
	readonly of: string;
	/** The unique id of that user or role. */
	readonly id: string;
	readonly account: string;
	readonly partition: string;
	readonly root: boolean;
};
/** What authorization is asked, and all that has a say in it. */
export type Question = {
	readonly who: Who;
	readonly action: string;
	readonly resource: string;
	readonly context: Context;
	readonly identity: readonly Source[];
	/** The permissions boundary, where there is one. */
	readonly boundary?: readonly Source[] | undefined;
	/** The session policies, where it is a session that has some. */
	readonly session?: readonly Source[] | undefined;
	/**
	 * The policy of the resource. `gate`: without its word nothing is allowed (KMS keys, roles); `door`: one more way in.
	 */
	readonly held?: {readonly source: Source; readonly as: 'gate' | 'door'; readonly resourceless?: boolean} | undefined;
	/** A grant allows it. */
	readonly granted?: boolean;
};
/** The kinds of policies that decide, as AWS's messages name them. */
export type By = 'identity-based policy' | 'resource-based policy' | 'permissions boundary' | 'session policy';
/** A statement that decided. */
export type Match = {readonly source: Source; readonly index: number};
/** The answer: by which kind of policy it is denied, or which should have allowed it. */
export type Verdict = {
	readonly decision: 'allowed' | 'explicitDeny' | 'implicitDeny';
	readonly by: By;
	readonly matched: readonly Match[];
	readonly bounded?: boolean;
};

/** Allowed or not. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html */
export function decide(question: Question): Verdict {
	const {held, boundary, who} = question;
	const identity = find(question, question.identity, 'identity');
	const bound = boundary && find(question, boundary, 'identity');
	const session = question.session && find(question, question.session, 'identity');
	const holder = held && find(question, [held.source], held.resourceless === true ? 'resourceless' : 'resource');
	const bounded = bound ? {bounded: bound.allows.length > 0 && bound.denies.length === 0} : {};
	const denied = (by: By, matched: readonly Match[]): Verdict => ({decision: 'explicitDeny', by, matched, ...bounded});
	const allowed = (by: By, ...matched: readonly Match[]): Verdict => ({decision: 'allowed', by, matched, ...bounded});
	const missing = (by: By): Verdict => ({decision: 'implicitDeny', by, matched: [], ...bounded});

	if (identity.denies.length > 0) return denied('identity-based policy', identity.denies);
	if (holder && holder.denies.length > 0) return denied('resource-based policy', holder.denies);
	if (bound && bound.denies.length > 0) return denied('permissions boundary', bound.denies);
	if (session && session.denies.length > 0) return denied('session policy', session.denies);

	// What names the session itself is its own; all else ends where its session policies end.
	if (holder && holder.allows.length > 0) return allowed('resource-based policy', ...holder.allows);
	const limited = session !== undefined && session.allows.length === 0;
	const owned = holder?.owned ?? [];
	if (owned.length > 0 || question.granted)
		return limited ? missing('session policy') : allowed('resource-based policy', ...owned);
	const delegated = holder?.delegates ?? [];
	if (held?.as === 'gate' && delegated.length === 0) return missing('resource-based policy');
	if (!who.root && identity.allows.length === 0) return missing('identity-based policy');
	if (bound && bound.allows.length === 0) return missing('permissions boundary');
	if (limited) return missing('session policy');
	return allowed('identity-based policy', ...identity.allows, ...delegated);
}

type Kind = 'identity' | 'resource' | 'resourceless';
type Found = {
	readonly allows: readonly Match[];
	/** Allows that name the user or role behind a session. */
	readonly owned: readonly Match[];
	readonly delegates: readonly Match[];
	readonly denies: readonly Match[];
};
function find(question: Question, sources: readonly Source[], kind: Kind): Found {
	const found = {allows: [] as Match[], owned: [] as Match[], delegates: [] as Match[], denies: [] as Match[]};
	for (const source of sources) {
		const document = readDocument(source.text);
		for (const [index, statement] of (document?.statements ?? []).entries()) {
			const meant = kind === 'identity' ? 'direct' : meantBy(statement, question);
			const answer = meant === 'nobody' ? 'no' : applies(statement, question, kind, document?.variables === true);
			if (!statement.allows && answer !== 'no') found.denies.push({source, index});
			if (statement.allows && answer === 'yes') found[lists[meant]].push({source, index});
		}
	}
	return found;
}

const lists = {direct: 'allows', owner: 'owned', account: 'delegates', nobody: 'allows'} as const;

function applies(statement: Statement, {action, resource, context}: Question, kind: Kind, variables: boolean): Answer {
	const {actions, notActions, resources, notResources, conditions, odd} = statement;
	const names = (list: readonly string[]): Answer =>
		some(list.map(written => matches(written, action, {wild: true, anyCase: true})));
	const covers = (list: readonly string[]): Answer =>
		some(list.map(written => matchesResource(written, resource, variables ? context : undefined)));
	return every([
		odd ? 'unknown' : 'yes',
		actions ? names(actions) : notActions ? not(names(notActions)) : 'no',
		resources ? covers(resources) : notResources ? not(covers(notResources)) : said(kind === 'resourceless'),
		...conditions.map(condition => holds(condition, context, variables)),
	]);
}

/**
 * Whom a statement of a resource's policy means: the caller by name, the user or role behind its session, the whole
 * account (which leaves it to IAM), or nobody here.
 */
function meantBy(
	{principals, notPrincipals, allows}: Statement,
	{who, boundary}: Pick<Question, 'who' | 'boundary'>,
): 'direct' | 'owner' | 'account' | 'nobody' {
	const {account, partition, arn, of, id, root} = who;
	const whole = [account, `arn:${partition}:iam::${account}:root`];
	const owner = [of, id];
	const has = (list: readonly Principal[], names: readonly string[]): boolean =>
		list.some(({sort, name}) => sort === 'AWS' && names.includes(name));
	if (principals) {
		if (has(principals, ['*', arn])) return 'direct';
		if (has(principals, owner)) return arn === of ? 'direct' : 'owner';
		if (!has(principals, whole)) return 'nobody';
		return root ? 'direct' : 'account';
	}
	// With Allow, AWS supports NotPrincipal no more; with Deny, every name of the caller must be excepted, the account's
	// too, and who has a permissions boundary is always denied:
	// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
	if (!notPrincipals || allows) return 'nobody';
	if (boundary) return 'direct';
	const excepted =
		has(notPrincipals, whole) &&
		(root || (has(notPrincipals, [of, id]) && has(notPrincipals, [arn, ...(arn === of ? [id] : [])])));
	return has(notPrincipals, ['*']) || excepted ? 'nobody' : 'direct';
}

/** Whether a key's policy itself, or through its account, lets somebody do something; IAM isn't asked. */
export const opens = (question: Omit<Question, 'identity' | 'held'>, source: Source): boolean => {
	const {allows, owned, delegates, denies} = find({...question, identity: []}, [source], 'resource');
	return denies.length === 0 && allows.length + owned.length + delegates.length > 0;
};
