import {BlockList, isIP} from 'node:net';
import {type Answer, type Context, every, matches, matchesArn, not, type Reading, said, some} from './matching.js';
import type {Condition} from './policy-syntax.js';

/**
 * Whether a condition holds.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
export function holds({operator, key, values}: Condition, context: Context, variables: boolean): Answer {
	const [, set, name = '', ifExists] = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(operator) ?? [];
	const found = context.read(key);
	if (found === 'unknown') return 'unknown';
	if (name === 'Null' && !set && !ifExists) return some(values.map(value => isNull(value, found === 'absent')));
	const contrary = contraries[name];
	const compare = comparisons[contrary ?? name];
	if (!compare) return 'unknown';
	if (found === 'absent')
		return said(ifExists !== undefined || set === 'ForAllValues' || (set === undefined && contrary !== undefined));
	const reading: Reading = {context: variables ? context : undefined};
	const answers = found.map(value => {
		const answer = some(values.map(written => compare(written, value, reading)));
		return contrary ? not(answer) : answer;
	});
	return set === 'ForAllValues' || (set === undefined && contrary) ? every(answers) : some(answers);
}

type Compare = (written: string, value: string, reading: Reading) => Answer;
const isNull = (written: string, absent: boolean): Answer =>
	/^(true|false)$/i.test(written) ? said((written.toLowerCase() === 'true') === absent) : 'unknown';
const arnLike: Compare = (written, value, reading) => matchesArn(written, value, reading);
const comparisons: Readonly<Record<string, Compare>> = {
	StringEquals: (written, value, reading) => matches(written, value, reading),
	StringEqualsIgnoreCase: (written, value, reading) => matches(written, value, {...reading, anyCase: true}),
	StringLike: (written, value, reading) => matches(written, value, {...reading, wild: true}),
	ArnEquals: arnLike,
	ArnLike: arnLike,
	Bool: (written, value) =>
		/^(true|false)$/i.test(written) ? said(written.toLowerCase() === value.toLowerCase()) : 'unknown',
	BinaryEquals: (written, value) => said(Buffer.from(written, 'base64').equals(Buffer.from(value, 'base64'))),
	IpAddress: inRange,
	...ordered('Numeric', text => (text.trim() === '' ? Number.NaN : Number(text))),
	...ordered('Date', text => (/^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text))),
};
const contraries: Readonly<Record<string, string>> = {
	StringNotEquals: 'StringEquals',
	StringNotEqualsIgnoreCase: 'StringEqualsIgnoreCase',
	StringNotLike: 'StringLike',
	ArnNotEquals: 'ArnEquals',
	ArnNotLike: 'ArnLike',
	NumericNotEquals: 'NumericEquals',
	DateNotEquals: 'DateEquals',
	NotIpAddress: 'IpAddress',
};

function ordered(sort: string, read: (text: string) => number): Readonly<Record<string, Compare>> {
	const by =
		(holdsFor: (value: number, written: number) => boolean): Compare =>
		(written, value) => {
			const limit = read(written);
			return Number.isNaN(limit) ? 'unknown' : said(holdsFor(read(value), limit));
		};
	return {
		[`${sort}Equals`]: by((value, written) => value === written),
		[`${sort}LessThan`]: by((value, written) => value < written),
		[`${sort}LessThanEquals`]: by((value, written) => value <= written),
		[`${sort}GreaterThan`]: by((value, written) => value > written),
		[`${sort}GreaterThanEquals`]: by((value, written) => value >= written),
	};
}

function inRange(written: string, value: string): Answer {
	const [address = '', bits] = written.split('/');
	const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
	const most = family === 'ipv6' ? 128 : 32;
	const prefix = bits === undefined ? most : Number(bits);
	if (isIP(address) === 0 || !Number.isInteger(prefix) || prefix < 0 || prefix > most) return 'unknown';
	const range = new BlockList();
	range.addSubnet(address, prefix, family);
	return said(isIP(value) !== 0 && range.check(value, isIP(value) === 6 ? 'ipv6' : 'ipv4'));
}
