import {beforeEach, describe, expect, test} from 'vitest';
import type {Account} from '../../src/sandbox/account/account.js';
import type {Data} from '../../src/sandbox/operation.js';
import {
	account,
	accountId,
	as,
	ask,
	iam,
	key,
	keyArn,
	keyId,
	noon,
	type Over,
	otherKeyId,
	policy,
	refusal,
	region,
} from './kms-account.js';

let made: Account;
beforeEach(() => {
	made = account();
});
const kms = (name: string, input: Data = {}, over: Over = {}): Data => ask(name, input, {account: made, ...over});
const refused = (name: string, input: Data = {}, over: Over = {}): string => refusal(() => kms(name, input, over));
const list = (name: string, member: string, input: Data = {}, over: Over = {}): readonly Data[] =>
	kms(name, input, over)[member] as readonly Data[];
const aliasArn = (name: string): string => `arn:aws:kms:${region}:${accountId}:alias/${name}`;
const later = {now: noon + 1000};

describe('an alias', () => {
	const create = (name: string, over: Over = {}): string =>
		refused('CreateAlias', {AliasName: name, TargetKeyId: keyId}, over);
	test('is listed with its key', () => {
		create('alias/nps');
		expect(list('ListAliases', 'Aliases')).toEqual([
			{
				AliasName: 'alias/nps',
				AliasArn: aliasArn('nps'),
				TargetKeyId: keyId,
				CreationDate: new Date(noon),
				LastUpdatedDate: new Date(noon),
			},
		]);
		expect(list('ListAliases', 'Aliases', {KeyId: otherKeyId})).toEqual([]);
		expect(list('ListAliases', 'Aliases', {KeyId: keyArn(keyId)})).toHaveLength(1);
	});
	test('is one of its region', () => {
		create('alias/nps');
		made.keys[keyArn(keyId, 'us-east-1')] = key(keyId, undefined, 'us-east-1');
		expect(list('ListAliases', 'Aliases', {}, {region: 'us-east-1'})).toEqual([]);
		expect(create('alias/nps', {region: 'us-east-1'})).toBe('not refused');
	});
	test('exists once', () => {
		create('alias/nps');
		expect(create('alias/nps')).toBe(
			`AlreadyExistsException: An alias with the name ${aliasArn('nps')} already exists`,
		);
		expect(create('alias/NPS')).toBe('not refused');
	});
	test.each([
		['nps', 'ValidationException: Invalid identifier'],
		['alias/', 'ValidationException: Invalid identifier'],
		['alias/aws/nps', 'NotAuthorizedException: '],
		['alias/n:ps', 'ValidationException: alias/n:ps contains invalid characters for an alias'],
		[
			'alias/n ps',
			"ValidationException: 1 validation error detected: Value 'alias/n ps' at 'aliasName' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$",
		],
		[`alias/${'x'.repeat(251)}`, 'Member must have length less than or equal to 256'],
	])('is not called %s', (name, words) => expect(create(name)).toContain(words));
	test('leads to a key, not to an alias', () => {
		create('alias/nps');
		expect(refused('CreateAlias', {AliasName: 'alias/b', TargetKeyId: 'alias/nps'})).toBe(
			'ValidationException: Aliases must refer to keys. Not aliases',
		);
		expect(refused('CreateAlias', {AliasName: 'alias/b', TargetKeyId: keyId.replace('1234', '9999')})).toContain(
			'NotFoundException: Key ',
		);
	});
	test('is led to another key', () => {
		create('alias/nps');
		kms('UpdateAlias', {AliasName: 'alias/nps', TargetKeyId: otherKeyId}, later);
		expect(list('ListAliases', 'Aliases')).toMatchObject([
			{TargetKeyId: otherKeyId, CreationDate: new Date(noon), LastUpdatedDate: new Date(noon + 1000)},
		]);
		expect(refused('UpdateAlias', {AliasName: 'alias/none', TargetKeyId: otherKeyId})).toBe(
			`NotFoundException: Alias ${aliasArn('none')} is not found.`,
		);
	});
	test('is deleted', () => {
		create('alias/nps');
		kms('DeleteAlias', {AliasName: 'alias/nps'});
		expect(list('ListAliases', 'Aliases')).toEqual([]);
		expect(refused('DeleteAlias', {AliasName: 'alias/nps'})).toContain('NotFoundException');
	});
	test('is not read at once, but is there', () => {
		const late = {lags: {aliases: 5000}};
		create('alias/nps', late);
		expect(refused('DescribeKey', {KeyId: 'alias/nps'}, {...late, now: noon + 4999})).toBe(
			`NotFoundException: Alias ${aliasArn('nps')} is not found.`,
		);
		expect(list('ListAliases', 'Aliases', {}, {...late, now: noon + 4999})).toEqual([]);
		expect(create('alias/nps', late)).toContain('AlreadyExistsException');
		expect(refused('DescribeKey', {KeyId: 'alias/nps'}, {...late, now: noon + 5000})).toBe('not refused');
	});
	test('needs permission on itself and on every key it leads or led to', () => {
		const nps = {caller: as('nps')};
		const may = (...Resource: readonly string[]): void =>
			void (made.users['nps']!.inline['own'] = policy({Action: 'kms:*Alias', Resource}));
		may(aliasArn('nps'));
		expect(create('alias/nps', nps)).toContain(`kms:CreateAlias on resource: ${keyArn(keyId)}`);
		may(keyArn(keyId));
		expect(create('alias/nps', nps)).toContain(`kms:CreateAlias on resource: ${aliasArn('nps')}`);
		may(keyArn(keyId), aliasArn('*'));
		expect(create('alias/nps', nps)).toBe('not refused');
		expect(refused('UpdateAlias', {AliasName: 'alias/nps', TargetKeyId: otherKeyId}, nps)).toContain(
			`kms:UpdateAlias on resource: ${keyArn(otherKeyId)}`,
		);
		may(keyArn(otherKeyId), aliasArn('*'));
		expect(refused('DeleteAlias', {AliasName: 'alias/nps'}, nps)).toContain(
			`kms:DeleteAlias on resource: ${keyArn(keyId)}`,
		);
	});
	test('is one of at most 50 of a key', () => {
		for (let count = 0; count < 50; count++) create(`alias/${count}`);
		expect(create('alias/50')).toContain('LimitExceededException');
		expect(list('ListAliases', 'Aliases', {}, {pageSize: 30})).toHaveLength(30);
	});
	test('of AWS is listed where its key exists', () => {
		expect(list('ListAliases', 'Aliases')).toEqual([]);
		const id = keyId.replace('1234', '9999');
		made.keys[keyArn(id)] = {...key(id), manager: 'AWS'};
		made.aliases[`${region} alias/aws/ebs`] = {name: 'alias/aws/ebs', region, key: keyArn(id), created: 0, updated: 0};
		expect(list('ListAliases', 'Aliases')).toMatchObject([{AliasName: 'alias/aws/ebs'}]);
		expect(kms('DescribeKey', {KeyId: 'alias/aws/ebs'})).toMatchObject({KeyMetadata: {KeyManager: 'AWS'}});
	});
});

describe('tags of a key', () => {
	const tag = (...pairs: readonly (readonly [string, string])[]): string =>
		refused('TagResource', {KeyId: keyId, Tags: pairs.map(([TagKey, TagValue]) => ({TagKey, TagValue}))});
	const tags = (over: Over = {}): readonly Data[] => list('ListResourceTags', 'Tags', {KeyId: keyId}, over);
	test('are added, replaced and taken away', () => {
		tag(['a', '1'], ['b', '']);
		tag(['a', '2']);
		expect(tags()).toEqual([
			{TagKey: 'b', TagValue: ''},
			{TagKey: 'a', TagValue: '2'},
		]);
		kms('UntagResource', {KeyId: keyId, TagKeys: ['b', 'c']});
		expect(tags()).toEqual([{TagKey: 'a', TagValue: '2'}]);
	});
	test('are listed page by page', () => {
		tag(['a', '1'], ['b', '2'], ['c', '3']);
		const first = kms('ListResourceTags', {KeyId: keyId, Limit: 2});
		expect(first).toMatchObject({Tags: [{TagKey: 'a'}, {TagKey: 'b'}], Truncated: true});
		expect(kms('ListResourceTags', {KeyId: keyId, Limit: 2, Marker: first['NextMarker']})).toMatchObject({
			Tags: [{TagKey: 'c'}],
			Truncated: false,
		});
	});
	// https://docs.aws.amazon.com/general/latest/gr/aws_tagging.html: the prefix is AWS's, for keys and values
	test('have no value that starts with aws:', () => {
		for (const TagValue of ['aws:x', 'AWS:'])
			expect(refused('TagResource', {KeyId: keyId, Tags: [{TagKey: 'team', TagValue}]})).toBe(
				'TagException: aws: prefixed tag values are not allowed for external use.',
			);
	});
	test('keep the rules', () => {
		expect(tag(['a', '1'], ['a', '2'])).toBe('TagException: Duplicate tag keys');
		expect(tag(['aws:a', '1'])).toContain('TagException');
		expect(tag(['a;', '1'])).toContain('TagException');
		expect(tag(['', '1'])).toContain('Member must have length greater than or equal to 1');
		expect(tag(['x'.repeat(129), '1'])).toContain('Member must have length less than or equal to 128');
		expect(tag(['a', 'x'.repeat(257)])).toContain('Member must have length less than or equal to 256');
		expect(tag(...Array.from({length: 51}, (_, index) => [`t${index}`, ''] as const))).toContain(
			'LimitExceededException',
		);
		expect(tags()).toEqual([]);
		expect(refused('CreateKey', {Tags: [{TagKey: 'aws:a', TagValue: ''}]})).toContain('TagException');
	});
});

// https://docs.aws.amazon.com/kms/latest/APIReference/API_ListAliases.html, API_ListGrants.html,
// API_ListRetirableGrants.html, API_ListResourceTags.html, API_ListKeys.html, API_ListKeyPolicies.html: “Limit”
describe('a page', () => {
	test.each([
		['ListAliases', 100],
		['ListGrants', 100],
		['ListRetirableGrants', 100],
		['ListResourceTags', 50],
		['ListKeys', 1000],
		['ListKeyPolicies', 1000],
	])('of %s is of 1 to %i things, as far as is asked', (name, most) => {
		const list = (Limit: number): string => refused(name, {KeyId: keyId, RetiringPrincipal: iam('user/nps'), Limit});
		expect([list(1), list(most)]).toEqual(['not refused', 'not refused']);
		const said = (limit: number, words: string): string =>
			`ValidationException: 1 validation error detected: Value '${limit}' at 'limit' failed to satisfy constraint: ` +
			`Member must have value ${words}`;
		expect([list(0), list(most + 1)]).toEqual([
			said(0, 'greater than or equal to 1'),
			said(most + 1, `less than or equal to ${most}`),
		]);
	});
	test('has 50 aliases where nobody asks for more', () => {
		for (let at = 0; at < 60; at++) {
			const name = `alias/a${at}`;
			made.aliases[`${region} ${name}`] = {name, region, key: keyArn(keyId), created: 0, updated: 0};
		}
		expect(list('ListAliases', 'Aliases')).toHaveLength(50);
		expect(list('ListAliases', 'Aliases', {Limit: 100})).toHaveLength(60);
	});
	test('has 50 grants where nobody asks for more', () => {
		for (let at = 0; at < 60; at++)
			kms('CreateGrant', {KeyId: keyId, GranteePrincipal: iam('user/nps'), Operations: ['Decrypt'], Name: `g${at}`});
		expect(kms('ListGrants', {KeyId: keyId})).toMatchObject({Truncated: true});
		expect(list('ListGrants', 'Grants', {KeyId: keyId})).toHaveLength(50);
		expect(list('ListGrants', 'Grants', {KeyId: keyId, Limit: 100})).toHaveLength(60);
	});
	test('has 50 tags, which are all that a key can have, where nobody asks for more', () => {
		kms('TagResource', {KeyId: keyId, Tags: Array.from({length: 50}, (_, at) => ({TagKey: `t${at}`, TagValue: ''}))});
		expect(kms('ListResourceTags', {KeyId: keyId})).toMatchObject({Truncated: false});
		expect(list('ListResourceTags', 'Tags', {KeyId: keyId})).toHaveLength(50);
	});
});

describe('a grant', () => {
	const nps = iam('user/nps');
	const give = (more: Data = {}, over: Over = {}): Data =>
		kms('CreateGrant', {KeyId: keyId, GranteePrincipal: nps, Operations: ['Decrypt'], ...more}, over);
	const grants = (more: Data = {}): readonly Data[] => list('ListGrants', 'Grants', {KeyId: keyId, ...more});
	test('is listed with all it says', () => {
		const {GrantId} = give({
			Name: 'one',
			RetiringPrincipal: iam('role/Admin'),
			Constraints: {EncryptionContextEquals: {a: 'b'}},
		});
		expect(grants()).toEqual([
			{
				KeyId: keyArn(keyId),
				GrantId,
				Name: 'one',
				CreationDate: new Date(noon),
				GranteePrincipal: nps,
				RetiringPrincipal: iam('role/Admin'),
				IssuingAccount: iam('root'),
				Operations: ['Decrypt'],
				Constraints: {EncryptionContextEquals: {a: 'b'}},
			},
		]);
		expect(grants({GranteePrincipal: iam('user/eve')})).toEqual([]);
		expect(grants({GrantId})).toHaveLength(1);
		expect(list('ListRetirableGrants', 'Grants', {RetiringPrincipal: iam('role/Admin')})).toMatchObject([{GrantId}]);
	});
	test('is for somebody who exists', () => {
		for (const GranteePrincipal of [iam('user/gone'), iam('group/ops'), 'nps'])
			expect(refusal(() => give({GranteePrincipal}))).toBe(
				'InvalidArnException: ARN does not refer to a valid principal',
			);
		expect(refusal(() => give({RetiringPrincipal: iam('user/gone')}))).toContain('InvalidArnException');
		expect(refusal(() => give({}, {lags: {principals: 60 * 86_400_000}}))).toContain('InvalidArnException');
	});
	test('is for operations that there are', () => {
		expect(refusal(() => give({Operations: ['ScheduleKeyDeletion']}))).toContain(
			"at 'operations' failed to satisfy constraint: Member must satisfy enum value set",
		);
		expect(refusal(() => give({Operations: []}))).toContain('ValidationException');
		expect(refusal(() => give({Operations: undefined}))).toContain("Value null at 'operations'");
	});
	test('with a name is made once', () => {
		expect(give({Name: 'one'})['GrantId']).toBe(give({Name: 'one'})['GrantId']);
		expect(give({Name: 'one', Operations: ['Encrypt']})['GrantId']).not.toBe(give({Name: 'one'})['GrantId']);
		expect(give()['GrantId']).not.toBe(give()['GrantId']);
	});
	test('is revoked', () => {
		const {GrantId} = give();
		kms('RevokeGrant', {KeyId: keyId, GrantId});
		expect(grants()).toEqual([]);
		expect(refused('RevokeGrant', {KeyId: keyId, GrantId})).toContain('NotFoundException');
	});
	test('is retired by whom it names for that, and by nobody else', () => {
		const {GrantToken, GrantId} = give({RetiringPrincipal: iam('user/eve')});
		give({RetiringPrincipal: nps});
		expect(refused('RetireGrant', {GrantToken}, {caller: as('nps')})).toContain('kms:RetireGrant on resource');
		expect(refused('RetireGrant', {KeyId: keyArn(keyId), GrantId}, {caller: as('eve')})).toBe('not refused');
		expect(grants()).toHaveLength(1);
		expect(refused('RetireGrant', {GrantToken})).toContain('InvalidGrantTokenException');
	});
});
