import {resolve} from '../engine/apply.js';
import type {Facts, Text, Value} from '../engine/step.js';

/** One statement of a policy, brought to one form whatever way it was written. */
type Statement = {readonly [key: string]: unknown};
type Document = {readonly Statement: readonly Statement[]; readonly [key: string]: unknown};

/** The document that the console writes for "Any in this account". */
export const wideDocument = (partition: Text, account: string): Value => decryptOn(`arn:${String(partition)}:kms:*:${account}:key/*`);
/** The same document, limited to one key. Its ARN, never an alias: an alias in Resource grants nothing. */
export const narrowDocument = (keyArn: Text): Value => decryptOn(keyArn);
const decryptOn = (Resource: Text): Value => ({
	Version: '2012-10-17',
	Statement: [{Sid: 'VisualEditor0', Effect: 'Allow', Action: 'kms:Decrypt', Resource}],
});

/** The key policy as the console writes it, Sids verbatim. https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html */
export function keyPolicy(partition: string, account: string, administrators: readonly string[], user: Text): Value {
	const allow = (Sid: string, principals: readonly Text[] | string, Action: readonly string[] | string): {readonly [key: string]: Value} => ({
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
			...(administrators.length > 0 ? [allow('Allow access for Key Administrators', administrators, administering)] : []),
			allow('Allow use of the key', [user], ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey']),
			{
				...allow('Allow attachment of persistent resources', [user], ['kms:CreateGrant', 'kms:ListGrants', 'kms:RevokeGrant']),
				Condition: {Bool: {'kms:GrantIsForAWSResource': 'true'}},
			},
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
const statements = (document: Value): readonly Statement[] => {
	const {Statement} = document as unknown as {Statement: unknown};
	return (Array.isArray(Statement) ? Statement : [Statement]) as readonly Statement[];
};
/** One statement without its Sid, every list sorted, every name in its one spelling. */
function plain({Sid: _sid, ...rest}: Statement): Statement {
	return sorted(
		Object.fromEntries(
			Object.entries(rest).map(([key, value]) => {
				if (key === 'Principal' || key === 'NotPrincipal')
					return [key, value === '*' ? {AWS: ['*']} : mapValues(value, it => texts(it).map(account).sort())];
				if (key === 'Condition') return [key, mapValues(value, test => mapValues(test, it => texts(it).sort()))];
				if (key === 'Action' || key === 'NotAction')
					return [
						key,
						texts(value)
							.map(it => it.toLowerCase())
							.sort(),
					];
				return [key, Array.isArray(value) ? texts(value).sort() : key === 'Resource' || key === 'NotResource' ? texts(value) : value];
			}),
		),
	);
}
const texts = (value: unknown): string[] => [
	...new Set(
		(Array.isArray(value) ? value : [value]).map(it =>
			typeof it === 'object' && it !== null && '$fact' in it ? `(${String(it.$fact)}, known later)` : String(it),
		),
	),
];
const mapValues = (value: unknown, by: (it: unknown) => unknown): Statement =>
	sorted(Object.fromEntries(Object.entries((value ?? {}) as Statement).map(([key, it]) => [key, by(it)])));
const sorted = (it: Statement): Statement => Object.fromEntries(Object.entries(it).sort(([a], [b]) => (a < b ? -1 : 1)));
/** An account's root as principal may be written as the account's bare number. */
const account = (principal: string): string => /^arn:[a-z-]+:iam::(\d{12}):root$/.exec(principal)?.[1] ?? principal;

/** A document, or what changes in it, as lines to read: what is allowed to whom on what. */
export function inWords({from, to}: {readonly from?: Value; readonly to: Value}, facts: Facts): readonly string[] {
	const lines = (document: Value): readonly string[] => statements(resolve(document, {facts}, false) as Value).map(sentence);
	const [before, after] = [from === undefined ? [] : lines(from), lines(to)];
	if (from === undefined) return after;
	return [...before.filter(it => !after.includes(it)).map(it => `- ${it}`), ...after.filter(it => !before.includes(it)).map(it => `+ ${it}`)];
}
function sentence(it: Statement): string {
	const on = texts(it['Resource'] ?? '*').join(', ');
	const who = it['Principal'] === undefined ? '' : `  to  ${principals(it).join(', ')}`;
	const when = it['Condition'] === undefined ? '' : `  if  ${JSON.stringify(it['Condition'])}`;
	return `${String(it['Effect'])}  ${texts(it['Action'] ?? it['NotAction']).join(', ')}${on === '*' && who ? '' : `  on  ${on}`}${who}${when}`;
}

/** The one key ARN of this account on which a document allows exactly Decrypt, or undefined. */
export function narrowedTo(document: Value | undefined, accountId: string): string | undefined {
	if (document === undefined) return undefined;
	const [only, ...more] = statements(document);
	const resource = only && texts(only['Resource'])[0];
	if (!only || more.length > 0 || !resource || !new RegExp(`^arn:[a-z-]+:kms:[a-z0-9-]+:${accountId}:key/[A-Za-z0-9-]+$`).test(resource))
		return undefined;
	return sameMeaning(document, narrowDocument(resource)) ? resource : undefined;
}

/** Whether the key policy leaves the account's administrators in charge of the key: Allow kms:* to its root. */
export const hasRootStatement = (document: Value | undefined, partition: string, accountId: string): boolean =>
	document !== undefined &&
	statements(document).some(it =>
		covers(it, plain({Effect: 'Allow', Principal: {AWS: `arn:${partition}:iam::${accountId}:root`}, Action: 'kms:*', Resource: '*'})),
	);

/** A key policy with what is missing of ours added; what others wrote stays. Equal in meaning to `there` if nothing is missing. */
export function withMissing(there: Value, ours: Value): Value {
	const all = statements(there).map(living);
	const added: Statement[] = [];
	for (const wanted of statements(ours)) {
		if (all.some(it => covers(it, plain(wanted)))) continue;
		const alike = all.findIndex(it => sameButPrincipal(it, wanted));
		const found = all[alike];
		if (found)
			all[alike] = {
				...found,
				Principal: {...(found['Principal'] as Statement), AWS: [...new Set([...principals(found), ...principals(wanted)])]},
			};
		else added.push(all.some(it => it['Sid'] === wanted['Sid']) ? {...wanted, Sid: `${String(wanted['Sid'])} for nps kms`} : wanted);
	}
	return {...(there as Document), Statement: [...all, ...added]} as unknown as Value;
}

/** A statement without the principals that AWS shows by a bare id: their users and roles are gone, and AWS takes no policy that names them. */
function living(it: Statement): Statement {
	const there = principals(it);
	const alive = there.filter(name => !/^A[A-Z]{3}[A-Z0-9]{12,}$/.test(name));
	return alive.length === there.length || alive.length === 0 ? it : {...it, Principal: {...(it['Principal'] as Statement), AWS: alive}};
}
const principals = (it: Statement): readonly string[] => {
	const principal = it['Principal'];
	if (typeof principal === 'string') return [principal];
	const aws = (principal as Statement | undefined)?.['AWS'];
	return aws === undefined ? [] : texts(aws);
};
const sameButPrincipal = (one: Statement, other: Statement): boolean => {
	const {Principal: a, ...first} = plain(one);
	const {Principal: b, ...second} = plain(other);
	return JSON.stringify(first) === JSON.stringify(second) && typeof a === typeof b && Object.keys(a as Statement).join() === 'AWS';
};
/** Whether a statement grants all that the wanted one does. */
function covers(it: Statement, wanted: Statement): boolean {
	const have = plain(it);
	if (have['Effect'] !== 'Allow' || have['NotAction'] || have['NotPrincipal'] || have['NotResource']) return false;
	if (have['Condition'] && JSON.stringify(have['Condition']) !== JSON.stringify(wanted['Condition'])) return false;
	const who = principals(have);
	const wantedWho = principals(wanted);
	const actions = texts(have['Action']);
	return (
		texts(have['Resource']).includes('*') &&
		(who.includes('*') || wantedWho.every(name => who.includes(name))) &&
		texts(wanted['Action']).every(action => actions.some(pattern => matches(pattern, action)))
	);
}
const matches = (pattern: string, action: string): boolean =>
	pattern === action ||
	new RegExp(
		`^${pattern
			.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
			.replaceAll('*', '.*')
			.replaceAll('?', '.')}$`,
		'i',
	).test(action);
