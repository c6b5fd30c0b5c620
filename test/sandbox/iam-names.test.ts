import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import * as rules from '../../src/sandbox/iam/name-rules.js';
import {broken} from '../../src/sandbox/iam/name-rules.js';
import {allowing, Desk} from './iam-account.js';

const odd = (field: string) =>
	`400 ValidationError: The specified value for ${field} is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-`;
const invalid = (value: string, field: string, constraint: string) =>
	`400 ValidationError: 1 validation error detected: Value '${value}' at '${field}' failed to satisfy constraint: Member must ${constraint}`;
const long = (count: number) => 'x'.repeat(count);

describe('a parameter that breaks its constraint is refused in the words of AWS', () => {
	const cases: readonly [operation: string, input: Record<string, string>, refusal: string][] = [
		['CreateUser', {UserName: 'a b'}, odd('userName')],
		['CreateUser', {UserName: 'jörg'}, odd('userName')],
		['CreateUser', {UserName: ''}, invalid('', 'userName', 'have length greater than or equal to 1')],
		['CreateUser', {UserName: long(65)}, invalid(long(65), 'userName', 'have length less than or equal to 64')],
		[
			'CreateUser',
			{},
			"400 ValidationError: 1 validation error detected: Value null at 'userName' failed to satisfy constraint: Member must not be null",
		],
		['GetUser', {UserName: long(129)}, invalid(long(129), 'userName', 'have length less than or equal to 128')],
		['CreatePolicy', {PolicyName: 'a/b', PolicyDocument: allowing('kms:Decrypt')}, odd('policyName')],
		[
			'CreatePolicy',
			{PolicyName: long(129), PolicyDocument: '{}'},
			invalid(long(129), 'policyName', 'have length less than or equal to 128'),
		],
		[
			'CreatePolicy',
			{},
			"400 ValidationError: 2 validation errors detected: Value null at 'policyName' failed to satisfy constraint: Member must not be null; Value null at 'policyDocument' failed to satisfy constraint: Member must not be null",
		],
		[
			'CreatePolicy',
			{PolicyName: 'p', PolicyDocument: allowing('kms:Decrypt'), Description: long(1001)},
			invalid(long(1001), 'description', 'have length less than or equal to 1000'),
		],
		[
			'CreatePolicy',
			{PolicyName: 'p', PolicyDocument: allowing('kms:Decrypt'), Description: 'two\nlines'},
			invalid(
				'two\nlines',
				'description',
				String.raw`satisfy regular expression pattern: [\p{L}\p{M}\p{Z}\p{S}\p{N}\p{P}]*`,
			),
		],
		[
			'CreatePolicy',
			{PolicyName: 'p', PolicyDocument: '{"€": 1}'},
			invalid(
				'{"€": 1}',
				'policyDocument',
				String.raw`satisfy regular expression pattern: [\u0009\u000A\u000D\u0020-\u00FF]+`,
			),
		],
		[
			'CreateUser',
			{UserName: 'u', Path: 'team'},
			'400 ValidationError: The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.',
		],
		['GetPolicy', {PolicyArn: 'nps'}, invalid('nps', 'policyArn', 'have length greater than or equal to 20')],
		[
			'GetPolicy',
			{PolicyArn: 'nps-kms-decrypt-policy'},
			'400 ValidationError: ARN nps-kms-decrypt-policy is not valid.',
		],
		[
			'GetPolicyVersion',
			{PolicyArn: long(20), VersionId: '2'},
			invalid('2', 'versionId', String.raw`satisfy regular expression pattern: v[1-9][0-9]*(\.[A-Za-z0-9-]*)?`),
		],
		[
			'UpdateAccessKey',
			{UserName: 'u', AccessKeyId: long(20), Status: 'off'},
			invalid('off', 'status', 'satisfy enum value set: [Active, Inactive]'),
		],
		['ListUsers', {MaxItems: '0'}, invalid('0', 'maxItems', 'have value greater than or equal to 1')],
		['ListUsers', {MaxItems: '1001'}, invalid('1001', 'maxItems', 'have value less than or equal to 1000')],
		['ListUsers', {MaxItems: 'few'}, '400 MalformedInput: few is not a valid value for MaxItems'],
		['ListUsers', {Marker: 'elsewhere'}, '400 ValidationError: Invalid Marker.'],
		[
			'CreateAccountAlias',
			{AccountAlias: 'A--b'},
			invalid('A--b', 'accountAlias', 'satisfy regular expression pattern: ^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$'),
		],
		[
			'AssumeRole',
			{RoleArn: 'arn:aws:iam::111122223333:role/r', RoleSessionName: 'x'},
			invalid('x', 'roleSessionName', 'have length greater than or equal to 2'),
		],
		[
			'AssumeRole',
			{RoleArn: 'arn:aws:iam::111122223333:user/r', RoleSessionName: 'me'},
			'400 ValidationError: arn:aws:iam::111122223333:user/r is invalid',
		],
	];
	it.each(cases)('%s %o', (operation, input, refusal) => {
		expect(new Desk().refusal(operation, input)).toBe(refusal);
	});

	it('a password is not repeated', () => {
		const desk = new Desk();
		desk.ask('CreateUser', {UserName: 'nps'});
		const said = desk.refusal('CreateLoginProfile', {UserName: 'nps', Password: `${long(128)}geheim`});
		expect(said).toBe(
			"400 ValidationError: 1 validation error detected: Value at 'password' failed to satisfy constraint: Member must have length less than or equal to 128",
		);
	});
});

describe("a name is taken if AWS's own pattern takes it, and only then", () => {
	// As they stand in botocore/data/iam/2010-05-08/service-2.json.
	const models = [
		['a user to be', rules.newUserName, String.raw`^[\w+=,.@-]+$`, 1, 64],
		['a user', rules.userName, String.raw`^[\w+=,.@-]+$`, 1, 128],
		['a policy', rules.policyName, String.raw`^[\w+=,.@-]+$`, 1, 128],
		['a tag key', rules.tagKey, String.raw`^[\p{L}\p{Z}\p{N}_.:/=+\-@]+$`, 1, 128],
		['a tag value', rules.tagValue, String.raw`^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$`, 0, 256],
	] as const;
	it.each(models)('%s', (_what, rule, pattern, least, most) => {
		const legal = (value: string) =>
			new RegExp(pattern, 'u').test(value) && Array.from(value).length >= least && Array.from(value).length <= most;
		const takes = (value: string) => broken(rule, value).length === 0 && rule.pattern?.test(value);
		const texts = fc.oneof(
			fc.string({maxLength: 140}),
			fc.string({unit: 'binary', maxLength: 20}),
			fc.string({unit: fc.constantFrom(...'aZ09_+=,.@-'.split('')), maxLength: 140}),
		);
		fc.assert(fc.property(texts, value => takes(value) === legal(value)));
	});

	it('a user gets every name that may be one, and is found by it in any case', () => {
		const name = fc.string({unit: fc.constantFrom(...'abzAZ09_+=,.@-'.split('')), minLength: 1, maxLength: 64});
		fc.assert(
			fc.property(fc.oneof(name, fc.constantFrom('__proto__', 'constructor', 'toString')), user => {
				const desk = new Desk();
				desk.ask('CreateUser', {UserName: user});
				expect(desk.ask('GetUser', {UserName: user.toUpperCase()})['User'].UserName).toBe(user);
				expect(desk.ask('ListUsers')['Users']).toHaveLength(1);
				desk.ask('DeleteUser', {UserName: user.toLowerCase()});
				expect(desk.refusal('GetUser', {UserName: user})).toBe(
					`404 NoSuchEntity: The user with name ${user} cannot be found.`,
				);
			}),
		);
	});

	it('a name that plain objects know is nobody until it is made', () => {
		expect(new Desk().refusal('GetUser', {UserName: 'constructor'})).toBe(
			'404 NoSuchEntity: The user with name constructor cannot be found.',
		);
	});
});
