import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import {describe, expect, test} from 'vitest';
import {
	docsPage,
	isAwsHost,
	isKnownRegion,
	kmsHost,
	partitionOf,
	regionRule,
	regionsOf,
} from '../../../src/aws/rules/regions.js';

type Listed = {
	readonly id: string;
	readonly outputs: {readonly dnsSuffix: string; readonly dualStackDnsSuffix: string};
	readonly regionRegex: string;
	readonly regions: Readonly<Record<string, unknown>>;
};
// The SDK's own table. It isn't among its exports, so it is read by its place.
const table = join(
	import.meta.dirname,
	'../../../node_modules/@aws-sdk/core/dist-es/submodules/client/util-endpoints/lib/aws/partitions.js',
);
const {partitionsInfo} = (await import(pathToFileURL(table).href)) as {
	readonly partitionsInfo: {readonly partitions: readonly Listed[]};
};
const listed = partitionsInfo.partitions.map(it => ({
	...it,
	names: Object.keys(it.regions).filter(name => !name.endsWith('-global')),
}));

describe.each(listed)("the partition $id is as the SDK's own table has it", ({id, names, outputs, regionRegex}) => {
	test('its regions are known, and are of it', () => {
		expect(names.filter(name => !isKnownRegion(name))).toEqual([]);
		expect(names.filter(name => partitionOf(name) !== id)).toEqual([]);
	});
	test('it has no region that the SDK would take for another partition', () => {
		expect(regionsOf(id).filter(name => !new RegExp(regionRegex).test(name))).toEqual([]);
	});
	test('a region that is new since then is of it, wherever it lies', () => {
		const [, places = ''] = /^\^\(([^)]+)\)/.exec(regionRegex) ?? [];
		const others = places
			.split('|')
			.filter(Boolean)
			.map(it => `${it}-north-7`);
		const fresh = [...names.map(name => name.replace(/\w+-\d+$/, 'north-77')), ...others];
		expect(fresh.length).toBeGreaterThan(0);
		for (const name of fresh)
			expect([name, new RegExp(regionRegex).test(name), partitionOf(name)]).toEqual([name, true, id]);
	});
	test('the host of its KMS is one of its own, and is told for AWS', () => {
		for (const name of names) expect(kmsHost(name)).toBe(`kms.${name}.${outputs.dnsSuffix}`);
		for (const suffix of [outputs.dnsSuffix, outputs.dualStackDnsSuffix])
			expect(isAwsHost(`kms.somewhere-1.${suffix}`)).toBe(true);
	});
});
test('the table has all partitions that matter here', () => {
	expect(listed.map(it => it.id)).toEqual(expect.arrayContaining(['aws', 'aws-cn', 'aws-us-gov']));
	expect(listed.flatMap(it => it.names).length).toBeGreaterThan(35);
});

test('a region that is new since then is taken by its name', () => {
	expect(partitionOf('eu-west-9')).toBe('aws');
	expect(isKnownRegion('eu-west-9')).toBe(false);
	expect(regionRule('eu-west-9')).toBeUndefined();
});
test.each(['', 'Ireland', 'eu-west', 'eu_west_1', 'EU-WEST-1', 'aws-global', 'eu-west-1a', ' eu-west-1'])(
	'"%s" is no region',
	name => {
		expect(regionRule(name)).toContain('such as eu-west-1');
	},
);
test.each([
	'localhost',
	'127.0.0.1',
	'amazonaws.com.evil.example',
	'evilamazonaws.com',
	'kms.eu-west-1.amazonaws.com.evil',
	'localhost.localstack.cloud',
])('%s is not AWS', host => {
	expect(isAwsHost(host)).toBe(false);
});

const page = 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_users_create.html';
test.each([
	['aws', page],
	['aws-us-gov', page],
	['aws-cn', 'https://docs.amazonaws.cn/en_us/IAM/latest/UserGuide/id_users_create.html'],
	[undefined, page],
] as const)('the documentation of %s', (partition, expected) => {
	expect(docsPage(page, partition)).toBe(expected);
	expect(docsPage('https://docs.netwrix.com/docs/x', partition)).toBe('https://docs.netwrix.com/docs/x');
});
