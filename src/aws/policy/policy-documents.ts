import {resolve} from '../../engine/apply.js';
import type {Facts, Text, Value} from '../../engine/step.js';
import {isNarrowed, type Lack, lacking} from './narrowings.js';
import {anywhere, onePerWay, type Sources} from './sources.js';
import {covers, isGone, plain, principals, type Statement, sentence, statements, texts} from './statements.js';

type Document = {readonly Statement: readonly Statement[]; readonly [key: string]: unknown};

/** The document that the console writes for "Any in this account". */
export const wideDocument = (partition: Text, account: string, sources: Sources = anywhere): Value =>
	decryptOn(`arn:${String(partition)}:kms:*:${account}:key/*`, sources);
/** The same document, limited to one key. Its ARN, never an alias: an alias in Resource grants nothing. */
export const narrowDocument = (keyArn: Text, sources: Sources = anywhere): Value => decryptOn(keyArn, sources);
const decryptOn = (Resource: Text, sources: Sources): Value => ({
	Version: '2012-10-17',
	Statement: onePerWay(
		{Sid: 'VisualEditor0', Effect: 'Allow', Action: 'kms:Decrypt', Resource},
		sources,
		() => 'VisualEditor1',
	),
});

/**
 * The key policy as the console writes it, Sids verbatim, and the user bound to some sources, by the Sid.
 * https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
 */
export function keyPolicy(
	partition: string,
	account: string,
	administrators: readonly string[],
	user: Text,
	sources: Sources | ((sid: string) => Sources) = anywhere,
): Value {
	const allow = (
		Sid: string,
		principals: readonly Text[] | string,
		Action: readonly string[] | string,
	): {readonly [key: string]: Value; readonly Sid: string} => ({
		Sid,
		Effect: 'Allow',
		Principal: {AWS: principals},
		Action,
		Resource: '*',
	});
	return {
		Id: 'key-consolepolicy-3',
		Version: '2012-10-17',
		Statement: [
			allow('Enable IAM User Permissions', `arn:${partition}:iam::${account}:root`, 'kms:*'),
			...(administrators.length > 0
				? [allow('Allow access for Key Administrators', administrators, administering)]
				: []),
			...[
				allow(
					'Allow use of the key',
					[user],
					['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
				),
				{
					...allow(
						'Allow attachment of persistent resources',
						[user],
						['kms:CreateGrant', 'kms:ListGrants', 'kms:RevokeGrant'],
					),
					Condition: {Bool: {'kms:GrantIsForAWSResource': 'true'}},
				},
			].flatMap(it =>
				onePerWay(
					it,
					typeof sources === 'function' ? sources(it.Sid) : sources,
					sid => `${sid} through a VPC endpoint`,
				),
			),
		],
	};
}
const administering = [
	'kms:Create*',
	'kms:Describe*',
	'kms:Enable*',
	'kms:List*',
	'kms:Put*',
	'kms:Update*',
	'kms:Revoke*',
	'kms:Disable*',
	'kms:Get*',
	'kms:Delete*',
	'kms:TagResource',
	'kms:UntagResource',
	'kms:ScheduleKeyDeletion',
	'kms:CancelKeyDeletion',
	'kms:RotateKeyOnDemand',
];

/** Reads a document as AWS gives it, URL-encoded or not; undefined if it is no policy. */
export function readDocument(text: string): Value | undefined {
	for (const candidate of [text, decoded(text)]) {
		try {
			const it: unknown = JSON.parse(candidate);
			if (typeof it === 'object' && it !== null && 'Statement' in it) return it as Value;
		} catch {
			// not this form
		}
	}
	return undefined;
}
const decoded = (text: string): string => {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
};

/** Whether two documents mean the same: order, Sids, and a text for a list of one make no difference. */
export const sameMeaning = (one: Value | undefined, other: Value | undefined): boolean =>
	one !== undefined && other !== undefined && JSON.stringify(meaning(one)) === JSON.stringify(meaning(other));

const meaning = (document: Value): readonly string[] =>
	statements(document)
		.map(it => JSON.stringify(plain(it)))
		.sort();
/** A document, or what changes in it, as lines to read: what is allowed to whom on what. */
export function inWords({from, to}: {readonly from?: Value; readonly to: Value}, facts: Facts): readonly string[] {
	const lines = (document: Value): readonly string[] =>
		statements(resolve(document, {facts}, false) as Value).map(sentence);
	const [before, after] = [from === undefined ? [] : lines(from), lines(to)];
	if (from === undefined) return after;
	return [
		...before.filter(it => !after.includes(it)).map(it => `- ${it}`),
		...after.filter(it => !before.includes(it)).map(it => `+ ${it}`),
	];
}
/** The one key ARN of this account on which a document allows exactly Decrypt, or undefined. */
export function narrowedTo(document: Value | undefined, accountId: string): string | undefined {
	if (document === undefined) return undefined;
	const [only, ...more] = statements(document);
	const resource = only && texts(only['Resource'])[0];
	if (!only || more.length > 0 || !resource || !isKeyOf(accountId, resource)) return undefined;
	return sameMeaning(document, narrowDocument(resource)) ? resource : undefined;
}
/** The same where others narrowed it further, by conditions or denials. */
export function limitedTo(document: Value | undefined, accountId: string): string | undefined {
	if (document === undefined) return undefined;
	const resources = new Set(
		statements(document).flatMap(it => (it['Effect'] === 'Allow' ? texts(it['Resource']) : [])),
	);
	const [resource = ''] = resources;
	const one = resources.size === 1 && isKeyOf(accountId, resource);
	return one && isNarrowed(document, narrowDocument(resource)) ? resource : undefined;
}
const isKeyOf = (accountId: string, arn: string): boolean =>
	new RegExp(`^arn:[a-z-]+:kms:[a-z0-9-]+:${accountId}:key/[A-Za-z0-9-]+$`).test(arn);

/** Whether the key policy leaves the account's administrators in charge of the key: Allow kms:* to its root. */
export const hasRootStatement = (document: Value | undefined, partition: string, accountId: string): boolean =>
	document !== undefined &&
	statements(document).some(it =>
		covers(
			it,
			plain({
				Effect: 'Allow',
				Principal: {AWS: `arn:${partition}:iam::${accountId}:root`},
				Action: 'kms:*',
				Resource: '*',
			}),
		),
	);

/**
 * A key policy with what is missing of ours added; what others wrote stays, and what they narrowed stays so. Equal in
 * meaning to `there` if nothing is missing.
 */
export const withMissing = (there: Value, ours: Value): Value => withAdded(there, lacking(there, ours));

/** A key policy with what it lacks added: to the statement that says the same for others, or as one more. */
export function withAdded(there: Value, lacks: readonly Lack[]): Value {
	const all = statements(there).map(living);
	const added: Statement[] = [];
	for (const {wanted, who} of lacks) {
		const alike = all.findIndex(it => sameButPrincipal(it, wanted));
		const found = all[alike];
		if (found) all[alike] = withPrincipals(found, [...principals(found).filter(it => !isGone(it)), ...who]);
		else {
			const own = withPrincipals(wanted, namesOf(wanted, who));
			const taken = all.some(it => it['Sid'] === wanted['Sid']);
			added.push(taken ? {...own, Sid: `${String(wanted['Sid'])} for nps kms`} : own);
		}
	}
	return {...(there as Document), Statement: [...all, ...added]} as unknown as Value;
}
const withPrincipals = (it: Statement, AWS: unknown): Statement => ({
	...it,
	Principal: {...(it['Principal'] as Statement), AWS: Array.isArray(AWS) ? [...new Set(AWS)] : AWS},
});
/** As the statement itself names those: what isn't known yet stays a reference. */
function namesOf(it: Statement, who: readonly string[]): unknown {
	const {AWS} = it['Principal'] as {readonly AWS: unknown};
	return Array.isArray(AWS) ? AWS.filter(one => who.includes(texts([one])[0] ?? '')) : AWS;
}

/**
 * A key policy without the user, under any of its names, in the statements that ours would add; what others wrote
 * stays.
 */
export function withoutOurs(there: Value, ours: Value, user: readonly string[]): Value {
	const wanted = statements(ours).filter(it => principals(it).some(name => user.includes(name)));
	const left = statements(there).flatMap(it => {
		const others = principals(it).filter(name => !user.includes(name));
		if (others.length === principals(it).length || !wanted.some(one => sameButPrincipal(it, one))) return [it];
		return others.length === 0 ? [] : [{...it, Principal: {...(it['Principal'] as Statement), AWS: others}}];
	});
	return {...(there as Document), Statement: left} as unknown as Value;
}

/**
 * A statement without the principals that AWS shows by a bare id: their users and roles are gone, and AWS takes no
 * policy that names them.
 */
function living(it: Statement): Statement {
	const there = principals(it);
	const alive = there.filter(name => !isGone(name));
	return alive.length === there.length || alive.length === 0
		? it
		: {...it, Principal: {...(it['Principal'] as Statement), AWS: alive}};
}
/** Whether two statements say the same of principals of AWS, whichever those are. */
export const sameButPrincipal = (one: Statement, other: Statement): boolean => {
	const {Principal: a, ...first} = plain(one);
	const {Principal: b, ...second} = plain(other);
	return (
		JSON.stringify(first) === JSON.stringify(second) &&
		typeof a === typeof b &&
		Object.keys(a as Statement).join() === 'AWS'
	);
};
