import {call} from '../../aws/client/call.js';
import {keyPolicy, narrowDocument, readDocument, wideDocument, withAdded} from '../../aws/policy/policy-documents.js';
import {
	isAnywhere,
	isWithinSources,
	type Sources,
	sameSources,
	sourcesFor,
	sourcesIn,
	sourcesInWords,
	withSources,
} from '../../aws/policy/sources.js';
import {
	type Attempt,
	type Call,
	type Change,
	type Difference,
	json,
	type Known,
	listAnswer,
	type Value,
} from '../../engine/step.js';
import {policyOwner, type SeenPolicy} from './iam-policy.js';
import {kmsKeyOwner, type SeenKmsKey} from './kms-key.js';

/** From where the access key may be used, as it was answered. */
export const askedSources = ({answers}: Pick<Known, 'answers'>): Sources => ({
	ip: listAnswer(answers, 'sourceIp'),
	vpce: listAnswer(answers, 'sourceVpce'),
});
const answersOf = ['sourceIp', 'sourceVpce'] as const;

/** The sources of a document that allows Decrypt with any key of the account, and nothing else. */
export const wideSources = (document: Value | undefined, {facts}: Known): Sources | undefined =>
	sourcesIn(document, it => wideDocument(facts.partition ?? 'aws', facts.account ?? '', it));
/** The same of one that allows it with this key, or with whichever key it names. */
export function narrowSources(document: Value | undefined, keyArn?: string): Sources | undefined {
	const [first] = document === undefined ? [] : resourcesOf(document);
	const arn = keyArn ?? first;
	return arn === undefined ? undefined : sourcesIn(document, it => narrowDocument(arn, it));
}
const resourcesOf = (document: Value): readonly string[] => {
	const {Statement: all} = document as unknown as {readonly Statement: unknown};
	return [all].flat().flatMap(it => {
		const {Resource} = it as {readonly Resource?: unknown};
		return typeof Resource === 'string' ? [Resource] : [];
	});
};

/** The key policy as this setup writes it for the user, from some sources. */
const oursFor =
	({facts: {partition = 'aws', account = ''}}: Known, user: string) =>
	(it: Sources): Value =>
		keyPolicy(partition, account, [], user, it);
/** From where a key policy lets a user in by statements such as ours, by Sid; where it has none, as it was answered. */
export function keySources(policy: Value | undefined, user: string, known: Known): (sid: string) => Sources {
	const found = foundIn(policy, user, known);
	return sid => found.get(sid) ?? askedSources(known);
}
const foundIn = (policy: Value | undefined, user: string, known: Known): ReadonlyMap<string, Sources> =>
	policy === undefined || user === '' ? new Map() : sourcesFor(policy, oursFor(known, user), user);

const standing = (past: readonly Attempt[]): readonly Attempt[] =>
	past.filter(it => it.outcome !== 'refused' && it.outcome !== 'undone');
/** What this setup set last, or may have: what others wrote the same way since it was taken away is theirs. */
function setLast<T>(all: readonly Attempt[], read: (it: Call) => T | undefined): readonly T[] {
	let set: readonly T[] = [];
	for (const {change, outcome} of all) {
		const it = read(change.call);
		if (it !== undefined) set = outcome === 'done' || outcome === 'settled' ? [it] : [...set, it];
	}
	return set;
}
const written = ({input}: Call, name: string): Value | undefined => {
	const it = input[name];
	if (typeof it === 'string') return readDocument(it);
	return it && typeof it === 'object' && '$json' in it ? (it.$json as Value) : undefined;
};
/** Whether a record that was lost may have set them: then only a word of this run tells that they are meant. */
const isMeant = (known: Known): boolean =>
	known.recovered === true && answersOf.some(it => known.run.said?.includes(it) === true);

/** Whether this setup wrote a policy with these sources last. */
export function setInPolicy(sources: Sources, policy: SeenPolicy, known: Known): boolean {
	const isOurs = policyOwner(policy, known).is === 'ours';
	const read = (it: Call): Sources | undefined => {
		const document = written(it, 'PolicyDocument');
		return wideSources(document, known) ?? narrowSources(document) ?? wherever(document);
	};
	const set = setLast([...standing(known.of('policy').past), ...standing(known.of('least-privilege').past)], read);
	const printed = known.wasPrinted === true ? known.calls.flatMap(it => read(it.call) ?? []) : [];
	return (isOurs && isMeant(known)) || [...set, ...printed].some(it => sameSources(it, sources));
}
/** The key of a document that was written before it was known. */
const wherever = (document: Value | undefined): Sources | undefined =>
	sourcesIn(document, it => narrowDocument({$fact: 'keyArn'}, it));

/** Whether this setup, as its own last word on that, let the user in by that statement from these sources. */
function setInKeyPolicy(sid: string, sources: Sources, key: SeenKmsKey, known: Known): boolean {
	const {userArn = ''} = known.facts;
	const read = (it: Call): Sources | undefined => {
		const document = written(it, 'Policy');
		return foundIn(document, userArn, known).get(sid) ?? foundIn(document, '(userArn, known later)', known).get(sid);
	};
	const speaks = standing(known.of('managed-key').past).filter(
		({change: {id, record}}) => id === 'create-key' || record?.sets?.includes(sid) === true,
	);
	const printed = known.wasPrinted === true ? known.calls.flatMap(it => read(it.call) ?? []) : [];
	const isOurs = kmsKeyOwner(key, known).is === 'ours';
	return (isOurs && isMeant(known)) || [...setLast(speaks, read), ...printed].some(it => sameSources(it, sources));
}

/** Whether a policy allows Decrypt with any key, from nowhere but where this setup may have it allowed. */
export function isWide(policy: SeenPolicy | undefined, known: Known): boolean {
	const has = wideSources(policy?.document, known);
	return (
		policy !== undefined &&
		has !== undefined &&
		(isWithinSources(askedSources(known), has) || setInPolicy(has, policy, known))
	);
}

/** An answer by which sources are loosened, with the flags that say all of it; nothing where they aren't. */
export function loosenedBy(has: Sources, known: Known): Exclude<Change['loosens'], true> {
	const asked = askedSources(known);
	if (isWithinSources(asked, has)) return undefined;
	const open = isAnywhere(asked);
	const wider = [
		{
			answer: 'sourceIp',
			isWider: open ? has.ip.length > 0 : asked.ip.some(it => !isWithinSources({ip: [it], vpce: []}, has)),
		},
		{
			answer: 'sourceVpce',
			isWider: open ? has.vpce.length > 0 : asked.vpce.some(it => !isWithinSources({ip: [], vpce: [it]}, has)),
		},
	].filter(it => it.isWider);
	const all = wider.length > 0 ? wider.map(it => it.answer) : ['sourceIp'];
	const unsaid = all.find(it => known.run.said?.includes(it) !== true);
	return {answer: unsaid ?? all[0] ?? 'sourceIp', flags: all.map(it => flagsOf(it, asked)).join(' ')};
}
const flagsOf = (answer: string, {ip, vpce}: Sources): string => {
	const [flag, values] = answer === 'sourceIp' ? ['source-ip', ip] : ['source-vpce', vpce];
	return values.length === 0 ? `--no-${flag}` : values.map(it => `--${flag} ${it}`).join(' ');
};
/** From where it works, for what is told of a policy; nothing where that is anywhere. */
export const boundInWords = (known: Known): string =>
	isAnywhere(askedSources(known)) ? '' : `, ${sourcesInWords(askedSources(known))}`;
/** The same on the sheet for NPS's servers. */
export const sourcesOnSheet = (known: Known): readonly string[] =>
	isAnywhere(askedSources(known))
		? []
		: [`The access key works only ${sourcesInWords(askedSources(known))}: AWS has to see every NPS server there.`];
/** Why a change of sources is made, in words. */
export const whyBound = (has: Sources, known: Known): string =>
	`so far it works ${sourcesInWords(has)}; then ${onlyFrom(askedSources(known))}`;
/** What is answered since, and isn't done yet; where that loosens, by which flags a run does it. */
export function toBeAsAnswered(has: Sources, known: Known): string {
	const {flags} = loosenedBy(has, known) ?? {};
	const how = flags ? `: a run with ${flags} does that` : '';
	return `as answered, it is to be ${sourcesInWords(askedSources(known))}${how}`;
}
const onlyFrom = (it: Sources): string => (isAnywhere(it) ? sourcesInWords(it) : `only ${sourcesInWords(it)}`);

/**
 * What binds our statements of the key policy to the sources as they were answered, after the changes that come before.
 * What this setup set is loosened once nothing else is missing, in a review of its own; what others set stays.
 */
export function bindKey(key: SeenKmsKey, before: readonly Change[], known: Known): readonly Change[] {
	const {policy} = key;
	const {userArn = ''} = known.facts;
	if (policy === undefined) return [];
	const asked = askedSources(known);
	const others = [...foundIn(policy, userArn, known)].filter(([, has]) => !sameSources(has, asked));
	const tighter = others.filter(([, has]) => loosenedBy(has, known) === undefined);
	const looser = others.filter(([sid, has]) => loosenedBy(has, known) && setInKeyPolicy(sid, has, key, known));
	const all = before.length === 0 ? [...tighter, ...looser] : tighter;
	const [first] = all;
	if (!first) return [];
	const loosens = all.map(([, has]) => loosenedBy(has, known)).find(it => it !== undefined);
	const from = before.findLast(it => it.call.api === 'kms:PutKeyPolicy')?.diff?.to ?? policy;
	// AWS takes no policy that names who is gone.
	const bound = new Map(all.map(([sid]) => [sid, asked]));
	const to = withSources(withAdded(from, []), oursFor(known, userArn), userArn, bound);
	return [
		{
			id: 'bind-key',
			verb: 'update',
			subject: `key policy of KMS key ${key.id}, from where the user may use the key${leftKnowingly(known)}`,
			why: whyBound(first[1], known),
			diff: {from, to},
			call: call('kms:PutKeyPolicy', {KeyId: key.id, PolicyName: 'default', Policy: json(to)}),
			record: {uses: answersOf, sets: all.map(([sid]) => sid)},
			...(loosens && {loosens}),
		},
	];
}
/** The ways of NPS that are left out, and why: so that the change record tells it. */
const leftKnowingly = ({facts: {leftOut = ': '}}: Known): string =>
	leftOut.startsWith(': ') ? '' : `; NPS is left out at ${leftOut}`;
/** The key policy with our statements bound as they are to be: what is stricter there is others' doing. */
export const onceBound = (key: SeenKmsKey, known: Known): Value | undefined =>
	bindKey(key, [], known).at(-1)?.diff?.to ?? key.policy;
/** That our statements of the key policy are looser as answered, which no run has done yet. */
export function keySourcesToCome(key: SeenKmsKey, known: Known): readonly Difference[] {
	const {userArn = ''} = known.facts;
	if (bindKey(key, [], known).every(it => it.loosens === undefined)) return [];
	const [has] = [...foundIn(key.policy, userArn, known).values()].filter(it => loosenedBy(it, known));
	return has === undefined
		? []
		: [
				{
					code: 'key-policy-sources',
					subject: `key policy of ${key.arn}`,
					expected: sourcesInWords(askedSources(known)),
					found: sourcesInWords(has),
					text: `The key policy lets the user use the key ${sourcesInWords(has)}; ${toBeAsAnswered(has, known)}`,
					covers: ['bind-key'],
				},
			];
}
/** What a change that lets the user into the key policy is made with. */
export const usesSources = answersOf;
