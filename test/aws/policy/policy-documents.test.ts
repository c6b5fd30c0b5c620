import * as fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {lacking} from '../../../src/aws/policy/narrowings.js';
import {
	hasRootStatement,
	inWords,
	keyPolicy,
	narrowDocument,
	narrowedTo,
	readDocument,
	sameMeaning,
	wideDocument,
	withMissing,
	withoutOurs,
} from '../../../src/aws/policy/policy-documents.js';
import type {Value} from '../../../src/engine/step.js';

const account = '111122223333';
const keyArn = `arn:aws:kms:eu-west-1:${account}:key/0a1b-2c3d`;
const root = `arn:aws:iam::${account}:root`;
const user = `arn:aws:iam::${account}:user/nps`;
type Statement = {readonly [key: string]: Value};
const policy = (...Statement: readonly Value[]): Value => ({Version: '2012-10-17', Statement});
const statementsOf = (document: Value): readonly Statement[] =>
	(document as unknown as {Statement: readonly Statement[]}).Statement;

const base: Statement = {
	Effect: 'Allow',
	Principal: {AWS: [root, user]},
	Action: ['kms:Encrypt', 'kms:Decrypt'],
	Resource: '*',
	Condition: {Bool: {'kms:X': 'true'}},
};

describe('two documents mean the same', () => {
	test.each<[string, Value, Value]>([
		[
			'whatever the order of statements',
			policy(base, {...base, Effect: 'Deny'}),
			policy({...base, Effect: 'Deny'}, base),
		],
		['whatever the order of keys', policy(base), policy(Object.fromEntries(Object.entries(base).toReversed()))],
		[
			'whatever the order in lists',
			policy(base),
			policy({...base, Action: ['kms:Decrypt', 'kms:Encrypt'], Principal: {AWS: [user, root]}}),
		],
		['whatever their Sids', policy(base), policy({...base, Sid: 'Another'})],
		['whatever the case of actions', policy(base), policy({...base, Action: ['KMS:encrypt', 'kms:DECRYPT']})],
		['a text for a list of one', policy({...base, Action: 'kms:Decrypt'}), policy({...base, Action: ['kms:Decrypt']})],
		['a resource for a list of one', policy(base), policy({...base, Resource: ['*']})],
		[
			'a principal for a list of one',
			policy({...base, Principal: {AWS: user}}),
			policy({...base, Principal: {AWS: [user]}}),
		],
		['a statement for a list of one', policy(base), {Version: '2012-10-17', Statement: base}],
		['true for "true"', policy(base), policy({...base, Condition: {Bool: {'kms:X': true}}})],
		['["true"] for "true"', policy(base), policy({...base, Condition: {Bool: {'kms:X': ['true']}}})],
		['the account for its root', policy(base), policy({...base, Principal: {AWS: [account, user]}})],
		['"*" for {AWS: "*"}', policy({...base, Principal: '*'}), policy({...base, Principal: {AWS: '*'}})],
		['said twice in a list', policy(base), policy({...base, Action: ['kms:Encrypt', 'kms:Decrypt', 'kms:Encrypt']})],
	])('%s', (_rule, one, other) => {
		expect(sameMeaning(one, other)).toBe(true);
		expect(sameMeaning(other, one)).toBe(true);
	});
	test('also as AWS gives them, URL-encoded', () => {
		const document = wideDocument('aws', account);
		for (const text of [JSON.stringify(document), encodeURIComponent(JSON.stringify(document, null, 4))])
			expect(sameMeaning(readDocument(text), document)).toBe(true);
	});
	test.each(['', 'x', '%', 'null', '[]', '{}', '"Statement"', '{"Statement":'])('"%s" is no document', text => {
		expect(readDocument(text)).toBeUndefined();
	});
});

describe('two documents do not mean the same', () => {
	const wide = statementsOf(wideDocument('aws', account))[0] as Statement;
	const {Condition: _condition, ...unconditional} = base;
	const {Resource: _resource, ...anywhere} = wide;
	test.each<[string, Value, Value]>([
		['with an action more', policy(wide), policy({...wide, Action: ['kms:Decrypt', 'kms:Encrypt']})],
		['with a wider action', policy(wide), policy({...wide, Action: 'kms:*'})],
		['with every action', policy(wide), policy({...wide, Action: '*'})],
		['with a resource more', policy(wide), policy({...wide, Resource: [keyArn, `arn:aws:kms:*:${account}:key/*`]})],
		['with every resource', policy(wide), policy({...wide, Resource: '*'})],
		['with resources excepted', policy(wide), policy({...anywhere, NotResource: wide['Resource'] as Value})],
		['with the other effect', policy(wide), policy({...wide, Effect: 'Deny'})],
		['with a statement more', policy(wide), policy(wide, {...wide, Resource: keyArn})],
		['with a condition less', policy(base), policy(unconditional)],
		['with a condition that is false', policy(base), policy({...base, Condition: {Bool: {'kms:X': 'false'}}})],
		['with a principal more', policy(base), policy({...base, Principal: {AWS: [root, user, `${user}2`]}})],
		['with everyone as principal', policy(base), policy({...base, Principal: '*'})],
		['with another account', policy(base), policy({...base, Principal: {AWS: [root.replace('1111', '9999'), user]}})],
		[
			'with a service as principal',
			policy(base),
			policy({...base, Principal: {AWS: [root, user], Service: 'ec2.amazonaws.com'}}),
		],
		[
			'with a resource in other case',
			policy({...wide, Resource: keyArn}),
			policy({...wide, Resource: keyArn.toUpperCase()}),
		],
	])('%s', (_rule, one, other) => {
		expect(sameMeaning(one, other)).toBe(false);
		expect(sameMeaning(other, one)).toBe(false);
	});
	test('if one is not there', () => {
		expect(sameMeaning(undefined, policy(base))).toBe(false);
		expect(sameMeaning(undefined, undefined)).toBe(false);
	});
});

describe('the one key that a document is narrowed to', () => {
	test('is told of our own document, however AWS writes it', () => {
		expect(narrowedTo(narrowDocument(keyArn), account)).toBe(keyArn);
		expect(narrowedTo(policy({Effect: 'Allow', Action: ['kms:decrypt'], Resource: [keyArn]}), account)).toBe(keyArn);
	});
	test.each<[string, Value | undefined]>([
		['nothing', undefined],
		['the wide document', wideDocument('aws', account)],
		['a key of another account', narrowDocument(keyArn.replace(account, '999999999999'))],
		['an alias', narrowDocument(`arn:aws:kms:eu-west-1:${account}:alias/nps-kms-key`)],
		['keys by a pattern', narrowDocument(`${keyArn}*`)],
		['every region', narrowDocument(keyArn.replace('eu-west-1', '*'))],
		['two keys', policy({Effect: 'Allow', Action: 'kms:Decrypt', Resource: [keyArn, `${keyArn}2`]})],
		[
			'two statements',
			policy(
				{Effect: 'Allow', Action: 'kms:Decrypt', Resource: keyArn},
				{Effect: 'Allow', Action: 'kms:Decrypt', Resource: `${keyArn}2`},
			),
		],
		['more than Decrypt', policy({Effect: 'Allow', Action: ['kms:Decrypt', 'kms:Encrypt'], Resource: keyArn})],
		['Decrypt by a pattern', policy({Effect: 'Allow', Action: 'kms:Decrypt*', Resource: keyArn})],
		['a denial', policy({Effect: 'Deny', Action: 'kms:Decrypt', Resource: keyArn})],
		[
			'a condition',
			policy({
				Effect: 'Allow',
				Action: 'kms:Decrypt',
				Resource: keyArn,
				Condition: {Bool: {'aws:SecureTransport': 'true'}},
			}),
		],
		['no statement', policy()],
	])('is not told of %s', (_rule, document) => {
		expect(narrowedTo(document, account)).toBeUndefined();
	});
});

describe('the root statement', () => {
	const allow = (more: Statement): Value =>
		policy({Effect: 'Allow', Principal: {AWS: root}, Action: 'kms:*', Resource: '*', ...more});
	test.each<[string, Value]>([
		['as the console writes it', keyPolicy('aws', account, [], user)],
		['by the bare account', allow({Principal: {AWS: account}})],
		['beside others', allow({Principal: {AWS: [user, root]}})],
		['by every action', allow({Action: '*'})],
		['among other statements', policy(base, ...statementsOf(allow({})))],
	])('is there %s', (_rule, document) => {
		expect(hasRootStatement(document, 'aws', account)).toBe(true);
	});
	test.each<[string, Value | undefined]>([
		['in nothing', undefined],
		['in a denial', allow({Effect: 'Deny'})],
		['with a condition', allow({Condition: {Bool: {'aws:MultiFactorAuthPresent': 'true'}}})],
		['for some actions', allow({Action: ['kms:Describe*', 'kms:Get*']})],
		['for another account', allow({Principal: {AWS: '999999999999'}})],
		['for a user', allow({Principal: {AWS: user}})],
		['on another key alone', allow({Resource: keyArn})],
		[
			'for another partition',
			allow({Principal: {AWS: root.replace(':aws:', ':aws-cn:').replace(account, '999999999999')}}),
		],
	])('is not there %s', (_rule, document) => {
		expect(hasRootStatement(document, 'aws', account)).toBe(false);
	});
});

describe('a key policy with what is missing of ours', () => {
	const ours = keyPolicy('aws', account, [`arn:aws:iam::${account}:role/Admin`], user);
	const names = fc.constantFrom(
		user,
		root,
		account,
		`arn:aws:iam::${account}:user/other`,
		`arn:aws:iam::${account}:role/Admin`,
		'999999999999',
	);
	const lists = <T extends Value>(of: fc.Arbitrary<T>): fc.Arbitrary<Value> =>
		fc.oneof(of, fc.uniqueArray(of, {minLength: 1, maxLength: 3}));
	const theirs: fc.Arbitrary<Statement> = fc.oneof(
		fc.constantFrom(...statementsOf(ours)),
		fc
			.record(
				{
					Sid: fc.constantFrom('Allow use of the key', 'Theirs'),
					Effect: fc.constantFrom('Allow', 'Deny'),
					Principal: fc.oneof(
						fc.constant('*'),
						lists(names).map(AWS => ({AWS})),
						fc.constant({Service: 'logs.amazonaws.com'}),
					),
					Action: lists(
						fc.constantFrom(
							'kms:*',
							'*',
							'kms:Encrypt',
							'kms:Decrypt',
							'kms:ReEncrypt*',
							'kms:GenerateDataKey*',
							'kms:DescribeKey',
							'kms:CreateGrant',
						),
					),
					Resource: lists(fc.constantFrom('*', keyArn)),
					Condition: fc.constantFrom<Value>(
						{Bool: {'kms:GrantIsForAWSResource': true}},
						{StringEquals: {'kms:ViaService': 's3.eu-west-1.amazonaws.com'}},
					),
				},
				{requiredKeys: ['Effect', 'Principal', 'Action', 'Resource']},
			)
			.map(it => it as Statement),
	);
	const documents = fc.uniqueArray(theirs, {maxLength: 5}).map(it => policy(...it));
	const principalsOf = (it: Statement): readonly string[] => {
		const aws = typeof it['Principal'] === 'string' ? it['Principal'] : (it['Principal'] as {AWS?: Value}).AWS;
		return [aws ?? []].flat(2).map(String);
	};

	test('lacks nothing: adding once more changes no meaning', () => {
		fc.assert(
			fc.property(documents, there => {
				const whole = withMissing(there, ours);
				expect(sameMeaning(withMissing(whole, ours), whole)).toBe(true);
				expect(lacking(whole, ours)).toEqual([]);
			}),
			{numRuns: 500},
		);
	});
	test('keeps each statement of others, with all its principals, actions, conditions and its effect', () => {
		fc.assert(
			fc.property(documents, there => {
				const after = statementsOf(withMissing(there, ours));
				statementsOf(there).forEach((it, at) => {
					const {Principal: _before, ...rest} = it;
					const {Principal: _after, ...same} = after[at] as Statement;
					expect(same).toEqual(rest);
					expect(principalsOf(after[at] as Statement)).toEqual(expect.arrayContaining([...principalsOf(it)]));
				});
			}),
			{numRuns: 500},
		);
	});
	test('gives to nobody but our own principals, and no denial to anyone', () => {
		fc.assert(
			fc.property(documents, there => {
				const before = statementsOf(there);
				const allowed = new Set(statementsOf(ours).flatMap(principalsOf));
				statementsOf(withMissing(there, ours)).forEach((it, at) => {
					const had = before[at] ? principalsOf(before[at]) : [];
					const added = principalsOf(it).filter(name => !had.includes(name));
					if (added.length > 0) expect(it['Effect']).toBe('Allow');
					for (const name of added) expect(allowed).toContain(name);
				});
			}),
			{numRuns: 500},
		);
	});
	test('is what it was if nothing is missing, however it was written', () => {
		const written = policy(...statementsOf(ours).toReversed(), {...base, Principal: '*'});
		expect(sameMeaning(withMissing(written, ours), written)).toBe(true);
		expect(withMissing(ours, ours)).toEqual(ours);
	});
	test("adds the user to the console's statement for key users rather than a statement", () => {
		const other = `arn:aws:iam::${account}:user/other`;
		const there = keyPolicy('aws', account, [], other);
		const after = statementsOf(withMissing(there, keyPolicy('aws', account, [], user)));
		expect(after).toHaveLength(3);
		expect(after[1]?.['Principal']).toEqual({AWS: [other, user]});
	});
	test('gives a new statement a Sid of its own if its own is taken', () => {
		const there = policy({...base, Sid: 'Enable IAM User Permissions'});
		const sids = statementsOf(withMissing(there, ours)).map(it => it['Sid']);
		expect(new Set(sids).size).toBe(sids.length);
	});
	test('names no principal that is gone, which AWS would refuse', () => {
		const there = keyPolicy('aws', account, [], user);
		const gone = policy(...statementsOf(there), {...base, Principal: {AWS: ['AIDAEXAMPLEEXAMPLE123', user]}});
		expect(JSON.stringify(withMissing(gone, there))).not.toContain('AIDAEXAMPLE');
		expect(JSON.stringify(withMissing(gone, there))).toContain(user);
	});
	test('gives the statement of a user that is gone to the one made anew', () => {
		const before = JSON.parse(
			JSON.stringify(keyPolicy('aws', account, [], user)).replaceAll(user, 'AIDAEXAMPLEEXAMPLE123'),
		) as Value;
		expect(withMissing(before, keyPolicy('aws', account, [], user))).toEqual(keyPolicy('aws', account, [], user));
	});
	test('goes back to what it was without the user that it was given, by ARN or by id', () => {
		const there = policy(...statementsOf(keyPolicy('aws', account, [], 'arn:aws:iam::111122223333:user/somebody')));
		const given = withMissing(there, keyPolicy('aws', account, [], user));
		expect(sameMeaning(withoutOurs(given, keyPolicy('aws', account, [], user), [user]), there)).toBe(true);
		const byId = JSON.parse(JSON.stringify(given).replaceAll(user, 'AIDAEXAMPLEEXAMPLE123')) as Value;
		expect(
			sameMeaning(
				withoutOurs(byId, keyPolicy('aws', account, [], 'AIDAEXAMPLEEXAMPLE123'), ['AIDAEXAMPLEEXAMPLE123']),
				there,
			),
		).toBe(true);
	});
});

test('a document is told in words, and a change of it by what goes and what comes', () => {
	const wide = wideDocument('aws', account);
	expect(inWords({to: wide}, {})).toEqual([`Allow  kms:Decrypt  on  arn:aws:kms:*:${account}:key/*`]);
	expect(inWords({from: wide, to: narrowDocument({$fact: 'keyArn'})}, {keyArn})).toEqual([
		`- Allow  kms:Decrypt  on  arn:aws:kms:*:${account}:key/*`,
		`+ Allow  kms:Decrypt  on  ${keyArn}`,
	]);
	expect(inWords({to: narrowDocument({$fact: 'keyArn'})}, {})).toEqual([
		'Allow  kms:Decrypt  on  (keyArn, known later)',
	]);
});
