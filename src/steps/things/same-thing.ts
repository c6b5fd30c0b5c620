import type {Policy, User} from '@aws-sdk/client-iam';
import {call} from '../../aws/client/call.js';
import {commandLine} from '../../engine/command-line.js';
import type {SentCall} from '../../engine/reply.js';
import type {Facts, Known, Look, Stop, Way} from '../../engine/step.js';
import {timeInWords} from '../../engine/time-in-words.js';
import {isOurs, type Owner, ownerOf, pairsOf, type Tags} from './ownership.js';

declare module '../../engine/facts.js' {
	interface FactNames {
		/** The unique id of the user that this setup took over, or knew by its tag alone. */
		userSeenAs: string;
		/** The unique id of the policy that this setup took over, or knew by its tag alone. */
		policySeenAs: string;
		/** The unique id of the user that the person said yes to taking over. */
		userAdopted: string;
		/** The unique id of the policy that the person said yes to taking over. */
		policyAdopted: string;
	}
}

/** A kind of thing that IAM's calls name by what another thing can bear as well, and what the record knows of it. */
type Kind = {
	readonly kind: 'user' | 'policy';
	readonly step: string;
	readonly madeBy: string;
	readonly madeAs: 'userMadeAs' | 'policyMadeAs';
	readonly seenAs: 'userSeenAs' | 'policySeenAs';
	readonly adopted: 'userAdopted' | 'policyAdopted';
};
export const users: Kind = {
	kind: 'user',
	step: 'user',
	madeBy: 'create-user',
	madeAs: 'userMadeAs',
	seenAs: 'userSeenAs',
	adopted: 'userAdopted',
};
export const policies: Kind = {
	kind: 'policy',
	step: 'policy',
	madeBy: 'create-policy',
	madeAs: 'policyMadeAs',
	seenAs: 'policySeenAs',
	adopted: 'policyAdopted',
};
type Seen = {readonly id: string; readonly tags: Tags};

/**
 * Whether what bears the name is the very thing that this setup made or took over: by its unique id, which no other
 * ever gets, and by its tag only where the record can't know that.
 */
export function isSame({step, madeBy, madeAs, seenAs, adopted}: Kind, {id, tags}: Seen, known: Known): boolean {
	const ids = [known.facts[madeAs], known.facts[seenAs], known.facts[adopted]].filter(it => it !== undefined);
	if (ids.includes(id)) return true;
	const unsure =
		ids.length === 0 ||
		known.recovered === true ||
		known.wasPrinted === true ||
		known.of(step).past.some(it => it.change.id === madeBy && mayHaveMade(it, madeAs));
	return unsure && isOurs(ownerOf(tags, known));
}
/** An attempt whose answer was lost: what it made has an id that the record doesn't hold. */
const mayHaveMade = ({outcome, learned}: Known['past'][number], madeAs: Kind['madeAs']): boolean =>
	(outcome === undefined || outcome === 'settled') && learned[madeAs] === undefined;

/** Whose a thing is; one that only bears our tag, or our name, is nobody's. */
export function ownerById(kind: Kind, seen: Seen, known: Known): Owner {
	const owner = ownerOf(seen.tags, known, seen.id !== '' && known.facts[kind.madeAs] === seen.id);
	if (isOurs(owner)) return isSame(kind, seen, known) ? owner : {is: 'nobody'};
	const tookOver = seen.id !== '' && [known.facts[kind.seenAs], known.facts[kind.adopted]].includes(seen.id);
	return owner.is === 'nobody' && tookOver ? {is: 'adopted'} : owner;
}

/** The fact that lets a thing be known again that the record didn't see made. */
export const seenAs = ({madeAs, seenAs: fact}: Kind, id: string, {facts}: Known): Facts =>
	id === '' || facts[madeAs] === id ? {} : {[fact]: id};

/**
 * Why a change isn't made: what its call names isn't what this setup made or took over. Looked at right before, for a
 * name isn't an identity; what isn't there is left to AWS's own no.
 */
export async function otherThanMeant(
	look: Pick<Look, 'at'>,
	{api, input}: SentCall,
	known: Known,
): Promise<Stop | undefined> {
	const {UserName, PolicyArn, AccessKeyId, AliasName} = input;
	if (api === 'kms:DeleteAlias') return otherKey(look, String(AliasName), known);
	if (!api.startsWith('iam:')) return undefined;
	// An access key's id is nobody else's.
	const user =
		typeof UserName === 'string' && api !== 'iam:CreateUser' && AccessKeyId === undefined
			? look.at(call('iam:GetUser', {UserName}))
			: undefined;
	// What is detached is lost to nobody, and AWS's own policies are nobody's.
	const policy =
		typeof PolicyArn === 'string' && api !== 'iam:DetachUserPolicy' && !PolicyArn.includes(':iam::aws:')
			? look.at(call('iam:GetPolicy', {PolicyArn}))
			: undefined;
	// Where the user can't be looked at, nobody hears of the policy.
	policy?.catch(() => undefined);
	return (
		otherUser(String(UserName), (await user)?.User, known) ??
		otherPolicy(String(PolicyArn), (await policy)?.Policy, known)
	);
}

function otherUser(name: string, it: User | undefined, known: Known): Stop | undefined {
	const seen = it && {id: it.UserId ?? '', tags: pairsOf(it.Tags)};
	return seen && !isSame(users, seen, known) ? stranger(users, name, seen.id, it.CreateDate, known) : undefined;
}
function otherPolicy(arn: string, it: Policy | undefined, known: Known): Stop | undefined {
	const seen = it && {id: it.PolicyId ?? '', tags: pairsOf(it.Tags)};
	return seen && !isSame(policies, seen, known)
		? stranger(policies, it.PolicyName ?? arn, seen.id, it.CreateDate, known)
		: undefined;
}

/** An alias may have been given to another KMS key by now: then it is somebody's. */
async function otherKey(look: Pick<Look, 'at'>, alias: string, known: Known): Promise<Stop | undefined> {
	const made = known.of('managed-key').past.findLast(it => it.change.id === 'create-alias');
	const ours = known.facts.keyId ?? made?.change.call.input['TargetKeyId'];
	const now = (await look.at(call('kms:DescribeKey', {KeyId: alias})))?.KeyMetadata?.KeyId;
	if (now === undefined || typeof ours !== 'string' || now === ours) return undefined;
	return {
		is: 'problem',
		what: `${alias} names another KMS key than this setup's`,
		why: `It names ${now}; this setup's is ${ours}: somebody gave it to another`,
		ways: [{is: 'by-hand', says: 'leave it as it is, for it is theirs'}],
		again: commandLine(known.run),
		code: 'Stranger',
	};
}

/** Another thing stands under the name by now. */
export function stranger(
	{kind, madeAs, seenAs, adopted}: Kind,
	name: string,
	id: string,
	madeAt: Date | undefined,
	{facts, run}: Pick<Known, 'facts' | 'run'>,
): Stop {
	const took = facts[adopted] ?? facts[seenAs];
	const ours = took ?? facts[madeAs];
	const since = madeAt ? `, made on ${timeInWords(madeAt)}` : '';
	return {
		is: 'problem',
		what: `The ${kind} ${name} isn't the one this setup ${took === undefined ? 'made' : 'took over'}`,
		why:
			ours === undefined
				? `Its id is ${id}${since}; neither the record nor a tag says that it is this setup's`
				: `Its id is ${id}${since}; this setup's is ${ours}: another stands under its name`,
		first: 'Find out who made it',
		ways: [takeOver(kind, run), {is: 'by-hand', says: 'else have it removed'}],
		again: commandLine(run),
		code: 'Stranger',
	};
}
/** Only setting up takes a thing over: another course names the command that does. */
function takeOver(kind: Kind['kind'], run: Known['run']): Way {
	const says = 'if it is right, take it over';
	const flags = `--adopt ${kind}`;
	return ['', 'setup', 'permissions'].includes(run.command ?? '')
		? {is: 'this-run', says, flags}
		: {is: 'run', says, command: commandLine(run, 'setup', flags)};
}
