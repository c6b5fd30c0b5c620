import type {Account, Identity} from '../account/account.js';
import {Refusal} from '../operation.js';
import {under} from './find-in-account.js';

/**
 * A policy text as IAM answers it: percent-encoded after RFC 3986.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_PolicyVersion.html
 */
export const encoded = (text: string): string =>
	encodeURIComponent(text).replace(/[!'()*]/g, sign => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
/** The length of a policy as its quota counts it. */
export const sizeOf = (text: string): number => text.replace(/\s/g, '').length;
/** AWS's "this is no policy". */
const malformed = (message: string): Refusal => new Refusal('MalformedPolicyDocument', message);

type Statement = {readonly [element: string]: unknown};
type Parsed = {readonly version: unknown; readonly statements: readonly Statement[]};

/** Refuses what is no identity-based policy. A managed one must be of the newer version. */
export function checkPolicy(text: string, kind: 'managed' | 'inline'): void {
	const {version, statements} = parsed(text, 'Syntax errors in policy.');
	if (kind === 'managed' && version !== '2012-10-17')
		throw malformed('Policy document must be version 2012-10-17 or greater.');
	checkStatements(statements);
	for (const statement of statements) {
		if ('Principal' in statement || 'NotPrincipal' in statement)
			throw malformed('Policy document should not specify a principal.');
		if (textsOf(statement, 'Resource').length === 0) throw malformed('Policy statement must contain resources.');
	}
}

/** Refuses what is no trust policy, or names principals that this account doesn't have. */
export function checkTrust(text: string, account: Account): void {
	const {statements} = parsed(text, 'This policy contains invalid Json');
	checkStatements(statements);
	for (const statement of statements) {
		if ('Resource' in statement || 'NotResource' in statement) throw malformed('Has prohibited field Resource');
		if (!('Principal' in statement) && !('NotPrincipal' in statement))
			throw malformed('Missing required field Principal');
		if (
			!textsOf(statement, 'Action').every(action =>
				/^sts:(AssumeRole|AssumeRoleWithSAML|AssumeRoleWithWebIdentity|TagSession|SetSourceIdentity|\*)$/i.test(action),
			)
		)
			throw malformed('AssumeRole policy may only specify STS AssumeRole actions.');
		for (const principal of principalsOf(statement))
			if (!mayTrust(account, principal)) throw malformed(`Invalid principal in policy: "AWS":"${principal}"`);
	}
}

/** Puts unique ids where a policy names principals that are no more, as AWS shows them; the rest of the text stays. */
export function withoutPrincipal(text: string, arn: string, id: string): string {
	const document: unknown = JSON.parse(text);
	const statements = isRecord(document) ? listOf(document['Statement']).filter(isRecord) : [];
	if (!statements.some(statement => principalsOf(statement).includes(arn))) return text;
	const replaced = (value: unknown): unknown =>
		value === arn ? id : Array.isArray(value) ? value.map(replaced) : value;
	return JSON.stringify(
		document,
		(name, value: unknown) =>
			(name === 'Principal' || name === 'NotPrincipal') && isRecord(value)
				? {...value, AWS: replaced(value['AWS'])}
				: value,
		text.includes('\n') ? 2 : undefined,
	);
}

function parsed(text: string, noJson: string): Parsed {
	const document = read(text, noJson);
	if (!isRecord(document) || !Object.keys(document).every(element => ['Version', 'Id', 'Statement'].includes(element)))
		throw malformed('Syntax errors in policy.');
	const {Version: version, Id: id, Statement: found} = document;
	if (version !== undefined && version !== '2012-10-17' && version !== '2008-10-17')
		throw malformed('Syntax errors in policy.');
	if (id !== undefined && typeof id !== 'string') throw malformed('Syntax errors in policy.');
	const statements = found === undefined ? [] : listOf(found);
	if (statements.length === 0 || !statements.every(isStatement)) throw malformed('Syntax errors in policy.');
	return {version, statements: statements as readonly Statement[]};
}
function read(text: string, noJson: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		throw malformed(noJson);
	}
}

function isStatement(statement: unknown): statement is Statement {
	if (!isRecord(statement)) return false;
	const known = [
		'Sid',
		'Effect',
		'Action',
		'NotAction',
		'Resource',
		'NotResource',
		'Principal',
		'NotPrincipal',
		'Condition',
	];
	if (!Object.keys(statement).every(element => known.includes(element))) return false;
	for (const one of ['Action', 'Resource', 'Principal']) {
		if (one in statement && `Not${one}` in statement) return false;
		if (one !== 'Principal' && ![one, `Not${one}`].every(element => isTexts(statement[element]))) return false;
	}
	const {Effect: effect, Sid: sid, Condition: condition} = statement;
	return (
		typeof effect === 'string' &&
		/^(allow|deny)$/i.test(effect) &&
		(sid === undefined || typeof sid === 'string') &&
		(condition === undefined || isCondition(condition))
	);
}
const comparisons = [
	'String(Not)?(Equals(IgnoreCase)?|Like)',
	'(Numeric|Date)((Not)?Equals|(Less|Greater)Than(Equals)?)',
	'Bool',
	'BinaryEquals',
	'(Not)?IpAddress',
	'Arn(Not)?(Equals|Like)',
	'Null',
];
const operators = new RegExp(`^(ForAnyValue:|ForAllValues:)?(${comparisons.join('|')})(IfExists)?$`);
const isCondition = (condition: unknown): boolean =>
	isRecord(condition) &&
	Object.entries(condition).every(
		([operator, keys]) => isRecord(keys) && (operators.test(operator) || Object.keys(keys).length === 0),
	);

function checkStatements(statements: readonly Statement[]): void {
	if (!statements.every(({Effect: effect}) => effect === 'Allow' || effect === 'Deny'))
		throw malformed('The policy failed legacy parsing');
	const sids = statements.map(({Sid: sid}) => sid).filter(sid => typeof sid === 'string' && sid !== '');
	if (!sids.every(sid => /^[0-9A-Za-z]*$/.test(sid as string)))
		throw malformed(
			'Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression ' +
				'[0-9A-Za-z]*',
		);
	if (new Set(sids).size < sids.length) throw malformed('Statement IDs (SID) in a single policy must be unique.');
	for (const statement of statements)
		if (textsOf(statement, 'Action').length === 0) throw malformed('Policy statement must contain actions.');
	for (const resource of statements.flatMap(statement => textsOf(statement, 'Resource'))) checkResource(resource);
	for (const action of statements.flatMap(statement => textsOf(statement, 'Action'))) checkAction(action);
}
function checkResource(resource: string): void {
	if (resource === '*') return;
	if (!resource.includes(':')) throw malformed(`Resource ${resource} must be in ARN format or "*".`);
	const [, partition = '', service, ...rest] = resource.split(':');
	if (!/^(\*|aws(-[a-z-]+)?)$/.test(partition)) {
		const [region = '*', account = '*', ...path] = rest;
		throw malformed(
			`Partition "${partition}" is not valid for resource ` +
				`"arn:${partition}:${service ?? '*'}:${region}:${account}:${path.join(':') || '*'}".`,
		);
	}
	if (service === undefined) throw malformed('Resource vendor must be fully qualified and cannot contain regexes.');
	if (rest.length < 3) throw malformed('The policy failed legacy parsing');
	if (service === 'iam' && rest[0] !== '')
		throw malformed(`IAM resource ${resource} cannot contain region information.`);
}
function checkAction(action: string): void {
	const [vendor = '', ...rest] = action.split(':');
	if (action === '*') return;
	if (rest.length === 0) throw malformed('Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.');
	if (rest.length > 1) throw malformed('Actions/Condition can contain only one colon.');
	if (vendor !== '*' && /[^a-zA-Z0-9\-.]/.test(vendor)) throw malformed(`Vendor ${vendor} is not valid`);
}

function mayTrust(account: Account, principal: string): boolean {
	const own = new RegExp(`^arn:${account.partition}:iam::${account.id}:(user|role)/(.+/)?([^/]+)$`).exec(principal);
	const things: Readonly<Record<string, Identity>> = own?.[1] === 'user' ? account.users : account.roles;
	if (own) return under(things, (own[3] ?? '').toLowerCase())?.arn === principal;
	return (
		principal === '*' ||
		/^\d{12}$/.test(principal) ||
		/^A(IDA|ROA)[A-Z0-9]+$/.test(principal) ||
		new RegExp(`^arn:${account.partition}:(iam|sts)::\\d{12}:.+$`).test(principal)
	);
}
function principalsOf(statement: Statement): readonly string[] {
	return ['Principal', 'NotPrincipal'].flatMap(element => {
		const principal = statement[element];
		return texts(isRecord(principal) ? principal['AWS'] : principal);
	});
}
const textsOf = (statement: Statement, element: string): readonly string[] => [
	...texts(statement[element]),
	...texts(statement[`Not${element}`]),
];
const texts = (value: unknown): readonly string[] => listOf(value).filter(item => typeof item === 'string');
const listOf = (value: unknown): readonly unknown[] =>
	Array.isArray(value) ? (value as unknown[]) : value === undefined ? [] : [value];
const isTexts = (value: unknown): boolean => listOf(value).every(item => typeof item === 'string');
const isRecord = (value: unknown): value is Statement =>
	typeof value === 'object' && value !== null && !Array.isArray(value);
