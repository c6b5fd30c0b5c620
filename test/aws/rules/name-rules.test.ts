import * as fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {
	aliasName,
	keyAlias,
	keyDescription,
	policyDescription,
	policyName,
	type Rule,
	tags,
	tagValue,
	userName,
} from '../../../src/aws/rules/name-rules.js';

const nearlyAWS = fc.oneof(
	{weight: 4, arbitrary: fc.string({unit: fc.constantFrom(...Array.from('abzABZ019_+=,.@-/ (:é\n')), maxLength: 300})},
	{weight: 1, arbitrary: fc.string({unit: 'grapheme', maxLength: 40})},
	{weight: 1, arbitrary: fc.integer({min: 0, max: 1100}).map(length => 'a'.repeat(length))},
);
/** The patterns and lengths of AWS's API reference, written as they stand there. */
const official: readonly (readonly [string, Rule, (value: string) => boolean])[] = [
	['a policy name', policyName, it => /^[\w+=,.@-]+$/.test(it) && it.length <= 128],
	['a user name', userName, it => /^[\w+=,.@-]+$/.test(it) && it.length <= 64],
	[
		'an alias',
		keyAlias,
		it =>
			/^alias\/[a-zA-Z0-9/_-]+$/.test(aliasName(it)) &&
			aliasName(it).length <= 256 &&
			!/^alias\/aws\//i.test(aliasName(it)),
	],
	['a tag value', tagValue, it => /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u.test(it) && !/^aws:/i.test(it) && it.length <= 256],
	[
		'a tag key',
		it => tags({[it]: 'v'}),
		it => /^[\p{L}\p{Z}\p{N}_.:/=+\-@]+$/u.test(it) && it.length <= 128 && !/^(aws|nps-kms):/i.test(it),
	],
	['a key description', keyDescription, it => it.length <= 8192],
];

describe("what is accepted is what AWS's own pattern and length accept, and the reverse", () => {
	test.each(official)('%s', (_name, rule, accepted) => {
		let [good, bad] = [0, 0];
		fc.assert(
			fc.property(nearlyAWS, value => {
				expect(rule(value) === undefined).toBe(accepted(value));
				if (accepted(value)) good += 1;
				else bad += 1;
			}),
			{numRuns: 2000},
		);
		expect(good).toBeGreaterThan(20);
		if (rule !== keyDescription) expect(bad).toBeGreaterThan(20);
	});
	test.each([
		['a policy name', policyName, 128],
		['a user name', userName, 64],
		['an alias without its prefix', keyAlias, 250],
		['an alias with its prefix', (it: string) => keyAlias(`alias/${it}`), 250],
		['a policy description', policyDescription, 1000],
		['a key description', keyDescription, 8192],
		['a tag value', tagValue, 256],
		['a tag key', (it: string) => tags({[it]: ''}), 128],
	] as const)('%s may have %i characters and no more', (_name, rule, most) => {
		const longest = 'x'.repeat(most);
		expect(rule(longest)).toBeUndefined();
		expect(rule(`${longest}x`)).toMatch(/[Aa]t most \d+ characters/);
	});
});

test.each([
	[policyName, '', 'A name is needed'],
	[policyName, 'NPS(KMS', 'Only letters, digits and + = , . @ _ - ; the ( after NPS is not allowed'],
	[policyName, '(x', 'Only letters, digits and + = , . @ _ - ; the ( is not allowed'],
	[policyName, 'NPS KMS', 'Only letters, digits and + = , . @ _ - ; the space after NPS is not allowed'],
	[userName, 'a\tb', 'Only letters, digits and + = , . @ _ - ; the tab after a is not allowed'],
	[userName, 'a😀', 'Only letters, digits and + = , . @ _ - ; the 😀 after a is not allowed'],
	[userName, 'x'.repeat(65), 'At most 64 characters; these are 65'],
	[policyDescription, 'one\ntwo', 'Only printable characters; the line break after one is not allowed'],
	[keyAlias, '', 'A name is needed'],
	[keyAlias, 'alias/', 'A name is needed'],
	[keyAlias, 'a.b', 'Only letters, digits and / _ - ; the . after a is not allowed'],
	[keyAlias, 'aws/s3', 'Aliases that start with aws/ are reserved for AWS'],
	[keyAlias, 'AWS/s3', 'Aliases that start with aws/ are reserved for AWS'],
	[keyAlias, 'alias/aws/s3', 'Aliases that start with aws/ are reserved for AWS'],
])('a broken rule is told in words: %#', (rule, value, words) => {
	expect(rule(value)).toBe(words);
});
test.each<[Record<string, string>, string | undefined]>([
	[{}, undefined],
	[{team: 'pam', 'cost center': 'a/b:c=d+e-f@g.h_i'}, undefined],
	[{Team: 'a', team: 'b'}, 'team: IAM takes keys that differ in case only for the same'],
	[{'aws:x': 'a'}, 'aws:x: Keys that start with aws: are reserved for AWS'],
	[{x: 'AWS: production'}, 'x: Values that start with aws: are reserved for AWS'],
	[{'NPS-KMS:id': 'a'}, 'NPS-KMS:id: Keys that start with nps-kms: are used by this program'],
	[{'': 'a'}, '(empty): A tag needs a key'],
	[{a: 'b;c'}, 'a: Only letters, digits, spaces and _ . : / = + - @ ; the ; after b is not allowed'],
	[Object.fromEntries(Array.from({length: 46}, (_, at) => [`k${at}`, ''])), undefined],
	[
		Object.fromEntries(Array.from({length: 47}, (_, at) => [`k${at}`, ''])),
		'At most 46 tags (AWS allows 50, this program needs 4); these are 47',
	],
])('tags: %#', (pairs, words) => {
	expect(tags(pairs)).toBe(words);
});
test('an alias gets its prefix once', () => {
	expect(aliasName('k')).toBe('alias/k');
	expect(aliasName('alias/k')).toBe('alias/k');
});
