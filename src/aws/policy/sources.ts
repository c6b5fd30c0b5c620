import ipaddr from 'ipaddr.js';
import type {Value} from '../../engine/step.js';
import {plain, principals, type Statement, sameStatement, statements} from './statements.js';

/** From where requests may come: address ranges and VPC endpoints; from anywhere, where there are none. */
export type Sources = {readonly ip: readonly string[]; readonly vpce: readonly string[]};
export const anywhere: Sources = {ip: [], vpce: []};
export const isAnywhere = ({ip, vpce}: Sources): boolean => ip.length + vpce.length === 0;
const [byAddress, byEndpoint] = ['aws:SourceIp', 'aws:SourceVpce'];

/**
 * A statement once for each way: a request through a VPC endpoint carries no source address, so that both in one would
 * never be met.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourceip
 */
export function onePerWay<S extends {readonly Sid: string; readonly Condition?: Value}>(
	it: S,
	{ip, vpce}: Sources,
	named: (sid: string) => string,
): readonly S[] {
	const ways = [
		...(ip.length > 0 ? [{IpAddress: {[byAddress]: ip}}] : []),
		...(vpce.length > 0 ? [{StringEquals: {[byEndpoint]: vpce}}] : []),
	];
	if (ways.length === 0) return [it];
	return ways.map((way, at) => ({
		...it,
		...(at > 0 && {Sid: named(it.Sid)}),
		Condition: {...(it.Condition as {readonly [key: string]: Value} | undefined), ...way},
	}));
}

type Test = readonly [operator: string, key: string, values: readonly string[]];
/** The conditions of a statement, one by one. */
export const testsOf = (it: Statement): readonly Test[] =>
	Object.entries(
		(plain(it)['Condition'] ?? {}) as Readonly<Record<string, Readonly<Record<string, string[]>>>>,
	).flatMap(([operator, test]) => Object.entries(test).map(([key, values]): Test => [operator, key, values]));
/** Whether what meets the one condition meets the other: it is the same, or names fewer addresses or values. */
export function isAsStrict([operator, key, values]: Test, [otherOperator, otherKey, others]: Test): boolean {
	if (operator !== otherOperator || key !== otherKey) return false;
	if (operator === 'IpAddress') return values.every(one => others.some(other => isInRange(one, other)));
	if (operator === 'StringEquals') return values.every(one => others.includes(one));
	return JSON.stringify(values) === JSON.stringify(others);
}

/** The range as AWS reads it; undefined where it is none. */
function rangeOf(text: string): ReturnType<typeof ipaddr.parseCIDR> | undefined {
	const [address = '', bits] = text.split('/');
	if (!ipaddr.isValid(address) || (ipaddr.IPv4.isValid(address) && !ipaddr.IPv4.isValidFourPartDecimal(address)))
		return undefined;
	const whole = bits === undefined ? `${address}/${ipaddr.parse(address).kind() === 'ipv6' ? 128 : 32}` : text;
	return ipaddr.isValidCIDR(whole) ? ipaddr.parseCIDR(whole) : undefined;
}
function isInRange(one: string, other: string): boolean {
	const [inner, outer] = [rangeOf(one), rangeOf(other)];
	if (!inner || !outer) return one === other;
	return inner[0].kind() === outer[0].kind() && inner[1] >= outer[1] && inner[0].match(outer[0], outer[1]);
}

/** What is wrong with a range, in words: no range, bits beside it, or one that leaves nobody out. */
export function rangeRule(text: string): string | undefined {
	const range = rangeOf(text);
	if (!range) return `${text} is no range of addresses, such as 203.0.113.0/24 or 203.0.113.7/32`;
	const [address, bits] = range;
	if (bits === 0) return `${text} is every address, which is no limit`;
	const first = (address.kind() === 'ipv6' ? ipaddr.IPv6 : ipaddr.IPv4).networkAddressFromCIDR(
		`${address.toString()}/${bits}`,
	);
	return first.toString() === address.toString()
		? undefined
		: `${text} isn't where its range begins: write ${first.toString()}/${bits}`;
}
/** A range in its one spelling; what is none stays as it is. */
export function rangeInFull(text: string): string {
	const range = rangeOf(text.trim());
	return range ? `${range[0].toString()}/${range[1]}` : text.trim();
}

/** Whether requests from the one are all from the other. */
export const isWithinSources = (one: Sources, other: Sources): boolean =>
	isAnywhere(other) ||
	(!isAnywhere(one) &&
		one.ip.every(it => other.ip.some(range => isInRange(it, range))) &&
		one.vpce.every(it => other.vpce.includes(it)));
export const sameSources = (one: Sources, other: Sources): boolean =>
	[one.ip, one.vpce].every((list, at) => {
		const others = at === 0 ? other.ip : other.vpce;
		return [...new Set(list)].sort().join() === [...new Set(others)].sort().join();
	});

/** The sources with which a document says what ours would say with them; undefined where it says something else. */
export function sourcesIn(document: Value | undefined, ours: (sources: Sources) => Value): Sources | undefined {
	if (document === undefined) return undefined;
	const named = sourcesNamed(statements(document));
	const [theirs, own] = [document, ours(named)].map(it =>
		statements(it)
			.map(one => JSON.stringify(plain(one)))
			.sort()
			.join(),
	);
	return theirs === own ? named : undefined;
}
function sourcesNamed(all: readonly Statement[]): Sources {
	const tests = all.flatMap(testsOf);
	const values = (operator: string, key: string): readonly string[] => [
		...new Set(tests.filter(it => it[0] === operator && it[1] === key).flatMap(it => it[2])),
	];
	return {ip: values('IpAddress', byAddress), vpce: values('StringEquals', byEndpoint)};
}

/** The statements of a key policy that let the user in as ours do, from anywhere or from some sources. */
type Ours = (sources: Sources) => Value;
const basesOf = (ours: Ours, user: string): readonly Statement[] =>
	statements(ours(anywhere)).filter(it => principals(it).includes(user));
const isOurs = (it: Statement, base: Statement, user: string): boolean => {
	if (!principals(it).includes(user)) return false;
	const more = testsOf(it).filter(test => !testsOf(base).some(one => JSON.stringify(one) === JSON.stringify(test)));
	const {Condition: _mine, ...rest} = it;
	const bare = {...rest, ...(base['Condition'] !== undefined && {Condition: base['Condition']})};
	const isOneWay = more.every(
		([operator, key]) =>
			(operator === 'IpAddress' && key === byAddress) || (operator === 'StringEquals' && key === byEndpoint),
	);
	const keeps = testsOf(it).length - more.length === testsOf(base).length;
	return keeps && more.length <= 1 && isOneWay && sameStatement(alone(bare, user), alone(base, user));
};
const alone = (it: Statement, user: string): Statement => ({...it, Principal: {AWS: user}});

/** From where a key policy lets the user in by such statements, by the Sid of ours; nothing of one that it has not. */
export function sourcesFor(document: Value, ours: Ours, user: string): ReadonlyMap<string, Sources> {
	const found = new Map<string, Sources>();
	for (const base of basesOf(ours, user)) {
		const all = statements(document).filter(it => isOurs(it, base, user));
		if (all.length === 0) continue;
		const isOpen = all.some(it => testsOf(it).length === testsOf(base).length);
		found.set(String(base['Sid']), isOpen ? anywhere : sourcesNamed(all));
	}
	return found;
}

/** A key policy that lets the user in by such statements from these sources only; all else stays. */
export function withSources(document: Value, ours: Ours, user: string, sources: ReadonlyMap<string, Sources>): Value {
	const bases = basesOf(ours, user).filter(it => sources.has(String(it['Sid'])));
	const all = statements(document);
	const baseOf = (it: Statement): Statement | undefined => bases.find(base => isOurs(it, base, user));
	const others = all.flatMap(it => (baseOf(it) ? left(it, user) : [it]));
	const put = new Set<Statement>();
	const Statement = all.flatMap((it): readonly Statement[] => {
		const base = baseOf(it);
		if (!base) return [it];
		if (put.has(base)) return left(it, user);
		put.add(base);
		const wanted = statements(ours(sources.get(String(base['Sid'])) ?? anywhere));
		const own = wanted.filter(one => isOurs(one, base, user));
		return [...left(it, user), ...own.map(one => named(one, others))];
	});
	return {...(document as {readonly [key: string]: Value}), Statement} as unknown as Value;
}
function left(it: Statement, user: string): readonly Statement[] {
	const AWS = principals(it).filter(who => who !== user);
	return AWS.length === 0 ? [] : [{...it, Principal: {AWS}}];
}
const named = (it: Statement, others: readonly Statement[]): Statement =>
	others.some(one => one['Sid'] === it['Sid']) ? {...it, Sid: `${String(it['Sid'])} for nps kms`} : it;

/** The same in words, as an order of a sentence. */
export const sourcesInWords = ({ip, vpce}: Sources): string =>
	[
		...(ip.length > 0 ? [`from ${ip.join(', ')}`] : []),
		...(vpce.length > 0
			? [`through ${vpce.length === 1 ? 'VPC endpoint' : 'the VPC endpoints'} ${vpce.join(', ')}`]
			: []),
	].join(' or ') || 'from anywhere';

/** Whether requests from an address can only come through a VPC endpoint; undefined of what is no address. */
export function isPrivate(address: string): boolean | undefined {
	if (!ipaddr.isValid(address)) return undefined;
	return ['private', 'uniqueLocal'].includes(ipaddr.parse(address).range());
}
