import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {CreateAccessKeyCommand, CreateUserCommand, UpdateAccessKeyCommand} from '@aws-sdk/client-iam';
import {
	CreateKeyCommand,
	DecryptCommand,
	DescribeKeyCommand,
	EncryptCommand,
	ListKeysCommand,
} from '@aws-sdk/client-kms';
import {GetCallerIdentityCommand, GetSessionTokenCommand} from '@aws-sdk/client-sts';
import {describe, expect, onTestFinished, test} from 'vitest';
import {type Sandbox, startSandbox} from '../../src/sandbox/index.js';
import {clientsOf, type LookedUp, lookUpEvents, sandboxFor} from './clients.js';

const minute = 60_000;
const Plaintext = Buffer.from('proof');
type Looked = {readonly region?: string};
async function events(
	sandbox: Sandbox,
	by: Readonly<Record<string, string>> = {},
	more: Looked & {MaxResults?: number} = {},
) {
	const {region = 'eu-west-1', ...rest} = more;
	const LookupAttributes = Object.entries(by).map(([AttributeKey, AttributeValue]) => ({AttributeKey, AttributeValue}));
	const {status, said} = await lookUpEvents(sandbox, {LookupAttributes, ...rest}, {region});
	expect(status, JSON.stringify(said)).toBe(200);
	return said.Events;
}
type Detail = Readonly<Record<string, unknown>>;
const detail = ({CloudTrailEvent}: LookedUp['Events'][number]): Detail => JSON.parse(CloudTrailEvent) as Detail;
const names = (list: LookedUp['Events']): readonly string[] => list.map(it => it.EventName);
/** A user that may use the key, with an access key of its own. */
async function withNps(options: Parameters<typeof sandboxFor>[0] = {}) {
	const sandbox = await sandboxFor(options);
	const {iam, kms} = clientsOf(sandbox);
	await iam.send(new CreateUserCommand({UserName: 'nps'}));
	const {AccessKey: made} = await iam.send(new CreateAccessKeyCommand({UserName: 'nps'}));
	const {KeyMetadata: key} = await kms.send(new CreateKeyCommand({}));
	const statement = {Effect: 'Allow', Principal: {AWS: '*'}, Action: ['kms:Encrypt', 'kms:Decrypt'], Resource: '*'};
	sandbox.account.keys[key!.Arn!]!.policy = JSON.stringify({Version: '2012-10-17', Statement: [statement]});
	const credentials = {accessKeyId: made!.AccessKeyId!, secretAccessKey: made!.SecretAccessKey!};
	return {sandbox, iam, credentials, nps: clientsOf(sandbox, credentials), key: {KeyId: key!.KeyId!}, arn: key!.Arn!};
}

// https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
describe('the event history', () => {
	test('tells of a use who, when, from where, with what, of which key and by which request id', async () => {
		const {sandbox, nps, key, arn, credentials} = await withNps();
		const {$metadata} = await nps.kms.send(new EncryptCommand({...key, Plaintext, EncryptionContext: {who: 'nps'}}));
		const [event, ...others] = await events(sandbox, {AccessKeyId: credentials.accessKeyId});
		expect(others).toEqual([]);
		expect(event).toMatchObject({
			EventName: 'Encrypt',
			ReadOnly: 'true',
			AccessKeyId: credentials.accessKeyId,
			EventSource: 'kms.amazonaws.com',
			Username: 'nps',
			Resources: [{ResourceType: 'AWS::KMS::Key', ResourceName: arn}],
		});
		expect(Math.abs(event!.EventTime * 1000 - Date.now())).toBeLessThan(minute);
		expect(detail(event!)).toMatchObject({
			eventName: 'Encrypt',
			eventSource: 'kms.amazonaws.com',
			eventTime: new Date(event!.EventTime * 1000).toISOString().replace('.000Z', 'Z'),
			awsRegion: 'eu-west-1',
			sourceIPAddress: '127.0.0.1',
			userAgent: expect.stringContaining('aws-sdk-js'),
			requestID: $metadata.requestId,
			eventID: event!.EventId,
			userIdentity: {
				type: 'IAMUser',
				principalId: sandbox.account.users['nps']!.id,
				arn: sandbox.account.users['nps']!.arn,
				accountId: sandbox.account.id,
				accessKeyId: credentials.accessKeyId,
				userName: 'nps',
			},
			requestParameters: {keyId: key.KeyId, encryptionContext: {who: 'nps'}},
			resources: [{accountId: sandbox.account.id, type: 'AWS::KMS::Key', ARN: arn}],
			eventType: 'AwsApiCall',
			recipientAccountId: sandbox.account.id,
		});
		expect(detail(event!)).not.toHaveProperty('errorCode');
		expect(event!.CloudTrailEvent).not.toContain(Plaintext.toString('base64'));
	});
	test('tells of a denial and a refusal why', async () => {
		const {sandbox, nps, key, arn} = await withNps();
		await expect(nps.kms.send(new DescribeKeyCommand(key))).rejects.toThrow();
		sandbox.account.keys[arn]!.state = 'Disabled';
		await expect(nps.kms.send(new EncryptCommand({...key, Plaintext}))).rejects.toThrow();
		expect((await events(sandbox, {Username: 'nps'})).map(detail)).toMatchObject([
			{eventName: 'Encrypt', errorCode: 'DisabledException', errorMessage: `${arn} is disabled.`},
			{eventName: 'DescribeKey', errorCode: 'AccessDenied', errorMessage: expect.stringContaining('not authorized')},
		]);
	});
	test('knows nothing of a request that fails authentication', async () => {
		const {sandbox, iam, nps, credentials, key} = await withNps();
		const status = {UserName: 'nps', AccessKeyId: credentials.accessKeyId};
		await iam.send(new UpdateAccessKeyCommand({...status, Status: 'Inactive'}));
		await expect(nps.kms.send(new EncryptCommand({...key, Plaintext}))).rejects.toThrow();
		const wrong = clientsOf(sandbox, {...sandbox.operator, secretAccessKey: 'wrong'});
		await expect(wrong.kms.send(new ListKeysCommand({}))).rejects.toThrow();
		expect(await events(sandbox, {AccessKeyId: credentials.accessKeyId})).toEqual([]);
		expect(await events(sandbox, {EventName: 'ListKeys'})).toEqual([]);
	});
	test('is asked by one attribute', async () => {
		const {sandbox, nps, key, arn, credentials} = await withNps();
		const {CiphertextBlob} = await nps.kms.send(new EncryptCommand({...key, Plaintext}));
		await nps.kms.send(new DecryptCommand({CiphertextBlob}));
		await clientsOf(sandbox).sts.send(new GetCallerIdentityCommand({}));
		const [last] = await events(sandbox, {EventName: 'Decrypt'});
		expect(names(await events(sandbox, {EventId: last!.EventId}))).toEqual(['Decrypt']);
		expect(names(await events(sandbox, {AccessKeyId: credentials.accessKeyId}))).toEqual(['Decrypt', 'Encrypt']);
		expect(names(await events(sandbox, {ResourceName: arn}))).toEqual(['Decrypt', 'Encrypt', 'CreateKey']);
		expect(names(await events(sandbox, {EventSource: 'sts.amazonaws.com'}))).toEqual(['GetCallerIdentity']);
		expect(names(await events(sandbox, {ReadOnly: 'false'}))).toEqual(['CreateKey']);
		expect(names(await events(sandbox))).toEqual(['GetCallerIdentity', 'Decrypt', 'Encrypt', 'CreateKey']);
		expect(await events(sandbox, {EventName: 'decrypt'})).toEqual([]);
	});
	test('is of one region, and IAM’s is at home', async () => {
		const {sandbox, arn, credentials} = await withNps();
		const home = {region: 'us-east-1'};
		expect(names(await events(sandbox, {}, home))).toEqual(['CreateAccessKey', 'CreateUser']);
		expect(await events(sandbox, {ResourceName: arn}, home)).toEqual([]);
		const [made] = await events(sandbox, {ResourceName: credentials.accessKeyId}, home);
		expect(made).toMatchObject({EventName: 'CreateAccessKey', Username: 'admin'});
		expect(made!.CloudTrailEvent).not.toContain(credentials.secretAccessKey);
	});
	test('comes in pages of fifty at most, the newest first, none twice while new ones come', async () => {
		const {sandbox, nps, key} = await withNps();
		for (let count = 0; count < 60; count++) await nps.kms.send(new EncryptCommand({...key, Plaintext}));
		const ask = (more: object) =>
			lookUpEvents(sandbox, {LookupAttributes: [{AttributeKey: 'Username', AttributeValue: 'nps'}], ...more});
		const first = (await ask({})).said;
		expect(first.Events).toHaveLength(50);
		await nps.kms.send(new EncryptCommand({...key, Plaintext}));
		const second = (await ask({NextToken: first.NextToken})).said;
		expect(second.Events).toHaveLength(10);
		expect(second.NextToken).toBeUndefined();
		const ids = [...first.Events, ...second.Events].map(it => it.EventId);
		expect(new Set(ids).size).toBe(60);
		const small = (await ask({MaxResults: 3})).said;
		expect(small.Events.map(it => it.EventTime)).toEqual(
			small.Events.map(it => it.EventTime).toSorted((a, b) => b - a),
		);
		expect(small.Events).toHaveLength(3);
		const other = {LookupAttributes: [], NextToken: first.NextToken};
		expect((await lookUpEvents(sandbox, other)).said.__type).toBe('InvalidNextTokenException');
	});
	test('shows as late as is said', async () => {
		const {sandbox, nps, key} = await withNps({lags: {events: 5 * minute}});
		await nps.kms.send(new EncryptCommand({...key, Plaintext}));
		expect(await events(sandbox)).toEqual([]);
		sandbox.advance(5 * minute);
		expect(names(await events(sandbox))).toEqual(['Encrypt', 'CreateKey']);
	});
	test('is of 90 days, and of the times that are asked', async () => {
		const {sandbox, nps, key} = await withNps();
		const start = Math.floor(Date.now() / 1000) + 3600;
		sandbox.advance(2 * 60 * minute);
		await nps.kms.send(new EncryptCommand({...key, Plaintext}));
		const at = async (more: object) => names((await lookUpEvents(sandbox, more)).said.Events);
		expect(await at({StartTime: start})).toEqual(['Encrypt']);
		expect(await at({EndTime: start})).toEqual(['CreateKey']);
		sandbox.advance(90 * 24 * 60 * minute);
		expect(await at({})).toEqual([]);
	});
	test.each([
		[{LookupAttributes: [{AttributeKey: 'Colour', AttributeValue: 'x'}]}, 'InvalidLookupAttributesException'],
		[{LookupAttributes: [{AttributeKey: 'EventId', AttributeValue: ''}]}, 'InvalidLookupAttributesException'],
		[{LookupAttributes: [{AttributeKey: 'toString', AttributeValue: 'x'}]}, 'InvalidLookupAttributesException'],
		[
			{LookupAttributes: [1, 2].map(() => ({AttributeKey: 'EventId', AttributeValue: 'x'}))},
			'InvalidLookupAttributesException',
		],
		[{MaxResults: 0}, 'InvalidMaxResultsException'],
		[{MaxResults: 51}, 'InvalidMaxResultsException'],
		[{StartTime: 2, EndTime: 1}, 'InvalidTimeRangeException'],
		[{NextToken: 'x'}, 'InvalidNextTokenException'],
	])('refuses %j as %s', async (input, code) => {
		const {status, said} = await lookUpEvents(await sandboxFor(), input);
		expect([status, said.__type]).toEqual([400, code]);
	});
	test('is for whom IAM lets look', async () => {
		const {sandbox, credentials} = await withNps();
		const {status, said} = await lookUpEvents(sandbox, {}, {credentials});
		expect([status, said.__type]).toEqual([400, 'AccessDeniedException']);
	});
	test('tells a session from its user', async () => {
		const {sandbox} = await withNps();
		const {Credentials: it} = await clientsOf(sandbox).sts.send(new GetSessionTokenCommand({}));
		const session = {
			accessKeyId: it!.AccessKeyId!,
			secretAccessKey: it!.SecretAccessKey!,
			sessionToken: it!.SessionToken!,
		};
		await clientsOf(sandbox, session).kms.send(new ListKeysCommand({}));
		const [event] = await events(sandbox, {AccessKeyId: session.accessKeyId});
		expect(detail(event!)['userIdentity']).toMatchObject({
			type: 'IAMUser',
			userName: 'admin',
			sessionContext: {attributes: {mfaAuthenticated: 'false'}},
		});
	});
});

describe('under --control a request says where it is from', () => {
	const from = (sandbox: Sandbox, headers: Readonly<Record<string, string>>) => {
		const {kms} = clientsOf(sandbox);
		kms.middlewareStack.add(
			next => args => {
				Object.assign((args.request as {headers: object}).headers, headers);
				return next(args);
			},
			{step: 'finalizeRequest', priority: 'low'},
		);
		return kms;
	};
	const addresses = async (sandbox: Sandbox): Promise<readonly unknown[]> =>
		(await events(sandbox, {EventName: 'ListKeys'})).map(it => detail(it)['sourceIPAddress']);
	test('by a header, in its event and its condition keys', async () => {
		const sandbox = await sandboxFor({control: true});
		const only = (condition: object): void => {
			const statement = {Effect: 'Deny', Action: 'kms:*', Resource: '*', Condition: condition};
			sandbox.account.users['admin']!.inline['p'] = JSON.stringify({Version: '2012-10-17', Statement: [statement]});
		};
		const list = (headers: Readonly<Record<string, string>>): Promise<boolean> =>
			from(sandbox, headers)
				.send(new ListKeysCommand({}))
				.then(
					() => true,
					() => false,
				);
		only({NotIpAddress: {'aws:SourceIp': '10.1.2.0/24'}});
		expect([await list({'x-sandbox-source-ip': '10.1.2.3'}), await list({})]).toEqual([true, false]);
		only({StringNotEquals: {'aws:SourceVpce': 'vpce-1a2b3c4d'}});
		const through = {'x-sandbox-source-ip': '10.1.2.4', 'x-sandbox-source-vpce': 'vpce-1a2b3c4d'};
		expect([await list(through), await list({'x-sandbox-source-ip': '10.1.2.4'})]).toEqual([true, false]);
		// Through an endpoint, aws:SourceIp is absent.
		only({Null: {'aws:SourceIp': 'true'}});
		expect([await list(through), await list({})]).toEqual([false, true]);
		expect(await addresses(sandbox)).toEqual([
			'127.0.0.1',
			'10.1.2.4',
			'10.1.2.4',
			'10.1.2.4',
			'127.0.0.1',
			'10.1.2.3',
		]);
		const bad = [{'x-sandbox-source-ip': 'here'}, {'x-sandbox-source-vpce': 'x'}];
		for (const headers of bad) expect(await list(headers)).toBe(false);
	});
	test('and without --control nobody can', async () => {
		const sandbox = await sandboxFor();
		await from(sandbox, {'x-sandbox-source-ip': '10.1.2.3'}).send(new ListKeysCommand({}));
		expect(await addresses(sandbox)).toEqual(['127.0.0.1']);
	});
});

describe('the account file', () => {
	const place = (): string => {
		const folder = mkdtempSync(join(tmpdir(), 'sandbox-'));
		onTestFinished(() => rmSync(folder, {recursive: true}));
		return join(folder, 'account.json');
	};
	test('holds the events, from one start to the next', async () => {
		const file = place();
		const first = await startSandbox({file});
		await clientsOf(first).kms.send(new CreateKeyCommand({}));
		await clientsOf(first).kms.send(new ListKeysCommand({}));
		await first.close();
		expect(names(await events(await sandboxFor({file})))).toEqual(['ListKeys', 'CreateKey']);
	});
	test('of an older sandbox has none, and serves', async () => {
		const file = place();
		await startSandbox({file}).then(it => it.close());
		const {v, account} = JSON.parse(readFileSync(file, 'utf8')) as {v: number; account: object};
		writeFileSync(file, JSON.stringify({v, account}));
		const sandbox = await sandboxFor({file});
		await clientsOf(sandbox).kms.send(new ListKeysCommand({}));
		expect(names(await events(sandbox))).toEqual(['ListKeys']);
	});
});
