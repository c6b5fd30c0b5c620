import {beforeEach, describe, expect, it} from 'vitest';
import type {Data} from '../../src/sandbox/operation.js';
import {allowing, arn, Desk, id, trusting} from './iam-account.js';

const document = allowing('kms:Decrypt');
let desk: Desk;
beforeEach(() => {
	desk = new Desk();
	desk.ask('CreateUser', {UserName: 'nps'});
});

describe('tags', () => {
	const PolicyArn = arn('policy/nps');
	beforeEach(() => {
		desk.ask('CreatePolicy', {PolicyName: 'nps', PolicyDocument: document});
		desk.ask('CreateRole', {RoleName: 'r', AssumeRolePolicyDocument: trusting(id)});
	});
	const kinds = [
		['User', {UserName: 'nps'}],
		['Policy', {PolicyArn}],
		['Role', {RoleName: 'r'}],
	] as const;
	it.each(kinds)('of a %s are set, changed, told in order and taken away', (noun, name) => {
		desk.ask(`Tag${noun}`, {
			...name,
			Tags: [
				{Key: 'Team', Value: 'a'},
				{Key: 'AKIAIOSFODNN7EXAMPLE', Value: ''},
			],
		});
		desk.ask(`Tag${noun}`, {...name, Tags: [{Key: 'Team', Value: 'b c'}]});
		expect(desk.ask(`List${noun}Tags`, name).Tags).toEqual([
			{Key: 'AKIAIOSFODNN7EXAMPLE', Value: ''},
			{Key: 'Team', Value: 'b c'},
		]);
		expect(desk.ask(`Get${noun}`, name)[noun].Tags).toHaveLength(2);
		desk.ask(`Untag${noun}`, {...name, TagKeys: ['Team', 'none']});
		expect(desk.ask(`List${noun}Tags`, name).Tags).toEqual([{Key: 'AKIAIOSFODNN7EXAMPLE', Value: ''}]);
		desk.ask(`Untag${noun}`, {...name, TagKeys: ''});
		desk.ask(`Tag${noun}`, {...name, Tags: ''});
		expect(desk.ask(`List${noun}Tags`, name).Tags).toHaveLength(1);
	});
	// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html#id_tags_rules_creating
	it.each([kinds[0], kinds[2]])('of a %s have keys of any case, of which the last one stays', (noun, name) => {
		for (const Key of ['Team', 'team', 'TEAM']) desk.ask(`Tag${noun}`, {...name, Tags: [{Key, Value: Key}]});
		expect(desk.ask(`List${noun}Tags`, name).Tags).toEqual([{Key: 'TEAM', Value: 'TEAM'}]);
		desk.ask(`Untag${noun}`, {...name, TagKeys: ['team']});
		expect(desk.ask(`List${noun}Tags`, name).Tags).toEqual([]);
	});
	// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html#case-sensitivity
	it('of a Policy differ by the case of their keys', () => {
		const names = (): readonly string[] => desk.ask('ListPolicyTags', {PolicyArn}).Tags.map(tag => tag.Key);
		const pair = [
			{Key: 'Costcenter', Value: '1234'},
			{Key: 'costcenter', Value: '5678'},
		];
		desk.ask('TagPolicy', {PolicyArn, Tags: pair.slice(0, 1)});
		desk.ask('TagPolicy', {PolicyArn, Tags: pair.slice(1)});
		expect(names()).toEqual(['Costcenter', 'costcenter']);
		desk.ask('UntagPolicy', {PolicyArn, TagKeys: ['COSTCENTER']});
		expect(names()).toEqual(['Costcenter', 'costcenter']);
		desk.ask('UntagPolicy', {PolicyArn, TagKeys: ['Costcenter']});
		expect(names()).toEqual(['costcenter']);
		desk.ask('CreatePolicy', {PolicyName: 'both', PolicyDocument: document, Tags: pair});
		expect(desk.refusal('TagPolicy', {PolicyArn, Tags: [...pair, ...pair]})).toBe(
			'400 InvalidInput: Duplicate tag keys found.',
		);
	});
	it.each(kinds)('of a %s are fifty at most', (noun, name) => {
		const many = (count: number) => Array.from({length: count}, (_, at) => ({Key: `k${at}`, Value: ''}));
		desk.ask(`Tag${noun}`, {...name, Tags: many(50)});
		desk.ask(`Tag${noun}`, {...name, Tags: many(50)});
		expect(desk.refusal(`Tag${noun}`, {...name, Tags: [{Key: 'more', Value: ''}]})).toBe(
			`409 LimitExceeded: Cannot exceed quota for TagsPer${noun}: 50`,
		);
		expect(desk.refusal(`Tag${noun}`, {...name, Tags: many(51)})).toBe(
			"400 ValidationError: 1 validation error detected: Value at 'tags' failed to satisfy constraint: Member must have length less than or equal to 50",
		);
	});
	// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html#id_tags_rules_creating: the prefix is AWS's
	const key = String.raw`[\p{L}\p{Z}\p{N}_.:/=+\-@]+`;
	const cases: readonly [tags: Data[], refusal: string][] = [
		[[{Key: 'AWS:team', Value: ''}], 'InvalidInput: Tag keys that start with aws: are reserved for AWS use.'],
		[[{Key: 'team', Value: 'aws:x'}], 'InvalidInput: Tag values that start with aws: are reserved for AWS use.'],
		[[{Key: 'team', Value: 'Aws:'}], 'InvalidInput: Tag values that start with aws: are reserved for AWS use.'],
		[
			[{Key: 'a&b', Value: ''}],
			`ValidationError: 1 validation error detected: Value 'a&b' at 'tags.1.member.key' failed to satisfy constraint: Member must satisfy regular expression pattern: ${key}`,
		],
		[
			[{Key: 'a', Value: 'x'.repeat(257)}],
			`ValidationError: 1 validation error detected: Value '${'x'.repeat(257)}' at 'tags.1.member.value' failed to satisfy constraint: Member must have length less than or equal to 256`,
		],
		[
			[{Key: 'a'}],
			"ValidationError: 1 validation error detected: Value null at 'tags.1.member.value' failed to satisfy constraint: Member must not be null",
		],
	];
	it.each(cases)('that break a rule are refused everywhere: %j', (Tags, refusal) => {
		for (const [noun, name] of kinds) expect(desk.refusal(`Tag${noun}`, {...name, Tags})).toBe(`400 ${refusal}`);
		expect(desk.refusal('CreateUser', {UserName: 'other', Tags})).toBe(`400 ${refusal}`);
		expect(desk.refusal('CreatePolicy', {PolicyName: 'other', PolicyDocument: document, Tags})).toBe(`400 ${refusal}`);
		expect(desk.refusal('CreateRole', {RoleName: 'other', AssumeRolePolicyDocument: trusting(id), Tags})).toBe(
			`400 ${refusal}`,
		);
	});
	it('of a User and a Role are refused when only the case of their keys differs', () => {
		const Tags = ['a', 'A'].map(Key => ({Key, Value: ''}));
		const refused = '400 InvalidInput: Duplicate tag keys found. Please note that Tag keys are case insensitive.';
		for (const [noun, name] of [kinds[0], kinds[2]]) expect(desk.refusal(`Tag${noun}`, {...name, Tags})).toBe(refused);
		expect(desk.refusal('CreateUser', {UserName: 'other', Tags})).toBe(refused);
	});
	it('that are not said are missing', () => {
		expect(desk.refusal('TagUser', {UserName: 'nps'})).toContain(
			"Value null at 'tags' failed to satisfy constraint: Member must not be null",
		);
		expect(desk.refusal('UntagUser', {UserName: 'nps'})).toContain(
			"Value null at 'tagKeys' failed to satisfy constraint: Member must not be null",
		);
	});
});

describe('the account', () => {
	it('has one alias at most', () => {
		expect(desk.ask('ListAccountAliases')).toEqual({AccountAliases: [], IsTruncated: false});
		desk.ask('CreateAccountAlias', {AccountAlias: 'acme'});
		desk.ask('CreateAccountAlias', {AccountAlias: 'acme-2'});
		expect(desk.ask('ListAccountAliases').AccountAliases).toEqual(['acme-2']);
		expect(desk.refusal('DeleteAccountAlias', {AccountAlias: 'acme'})).toMatch(/^404 NoSuchEntity/);
		desk.ask('DeleteAccountAlias', {AccountAlias: 'acme-2'});
		expect(desk.ask('ListAccountAliases').AccountAliases).toEqual([]);
	});
	it('sums up what it holds', () => {
		desk.ask('CreatePolicy', {PolicyName: 'p', PolicyDocument: document});
		desk.ask('CreatePolicyVersion', {PolicyArn: arn('policy/p'), PolicyDocument: document});
		expect(desk.ask('GetAccountSummary').SummaryMap).toMatchObject({
			Users: 1,
			Groups: 0,
			Roles: 0,
			Policies: 1,
			PolicyVersionsInUse: 2,
			AccessKeysPerUserQuota: 2,
			AccountAccessKeysPresent: 0,
		});
		desk.ask('CreateAccessKey');
		expect(desk.ask('GetAccountSummary').SummaryMap).toMatchObject({AccountAccessKeysPresent: 1});
	});
	it('has no password policy of its own', () => {
		expect(desk.refusal('GetAccountPasswordPolicy')).toBe(
			`404 NoSuchEntity: The Password Policy with domain name ${id} cannot be found.`,
		);
	});
	it.each([
		['ListSigningCertificates', 'Certificates'],
		['ListSSHPublicKeys', 'SSHPublicKeys'],
		['ListServiceSpecificCredentials', 'ServiceSpecificCredentials'],
	])('has no %s', (operation, list) => {
		expect(desk.ask(operation, {UserName: 'nps'})).toEqual({[list]: [], IsTruncated: false});
	});
});
