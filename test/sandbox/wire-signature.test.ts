import {
	CreateAccessKeyCommand,
	CreateUserCommand,
	DeleteAccessKeyCommand,
	GetAccessKeyLastUsedCommand,
	GetUserCommand,
	PutUserPolicyCommand,
	UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import {ListKeysCommand} from '@aws-sdk/client-kms';
import {GetCallerIdentityCommand, GetSessionTokenCommand} from '@aws-sdk/client-sts';
import {describe, expect, test} from 'vitest';
import type {Sandbox} from '../../src/sandbox/index.js';
import {clientsOf, sandboxFor} from './clients.js';

type Clients = ReturnType<typeof clientsOf>;
const tries = {
	iam: ({iam}: Clients) => iam.send(new GetUserCommand({})),
	sts: ({sts}: Clients) => sts.send(new GetCallerIdentityCommand({})),
	kms: ({kms}: Clients) => kms.send(new ListKeysCommand({})),
};
/** What each service says: the error's name and its status. */
async function saidBy(clients: Clients): Promise<Record<string, string>> {
	const said: Record<string, string> = {};
	for (const [service, attempt] of Object.entries(tries)) {
		said[service] = await attempt(clients).then(
			it => `${it.$metadata.httpStatusCode}`,
			(error: {name: string; $metadata?: {httpStatusCode?: number}}) =>
				`${error.$metadata?.httpStatusCode} ${error.name}`,
		);
	}
	return said;
}
const allRight = {iam: '200', sts: '200', kms: '200'};
const unknown = {
	iam: '403 InvalidClientTokenId',
	sts: '403 InvalidClientTokenId',
	kms: '400 UnrecognizedClientException',
};
const mismatch = {
	iam: '403 SignatureDoesNotMatch',
	sts: '403 SignatureDoesNotMatch',
	kms: '400 InvalidSignatureException',
};
const expired = {iam: '403 ExpiredToken', sts: '403 ExpiredToken', kms: '400 ExpiredTokenException'};

/** An administrator's access key made over the wire. */
async function newKey(sandbox: Sandbox) {
	const {AccessKey: key} = await clientsOf(sandbox).iam.send(new CreateAccessKeyCommand({UserName: 'admin'}));
	return {accessKeyId: key!.AccessKeyId!, secretAccessKey: key!.SecretAccessKey!};
}

describe('a signature is checked for real', () => {
	test('the right secret is let in', async () => {
		expect(await saidBy(clientsOf(await sandboxFor()))).toEqual(allRight);
	});
	test('a wrong secret is told', async () => {
		const sandbox = await sandboxFor();
		expect(await saidBy(clientsOf(sandbox, {...sandbox.operator, secretAccessKey: 'x'.repeat(40)}))).toEqual(mismatch);
	});
	test('an access key that is not there is unknown', async () => {
		const sandbox = await sandboxFor();
		expect(await saidBy(clientsOf(sandbox, {...sandbox.operator, accessKeyId: 'AKIAIOSFODNN7EXAMPLE'}))).toEqual(
			unknown,
		);
	});
	test('a deleted access key is unknown', async () => {
		const sandbox = await sandboxFor();
		const key = await newKey(sandbox);
		expect(await saidBy(clientsOf(sandbox, key))).toEqual(allRight);
		await clientsOf(sandbox).iam.send(new DeleteAccessKeyCommand({UserName: 'admin', AccessKeyId: key.accessKeyId}));
		expect(await saidBy(clientsOf(sandbox, key))).toEqual(unknown);
	});
	test('an Inactive access key is refused until it is Active again', async () => {
		const sandbox = await sandboxFor();
		const key = await newKey(sandbox);
		const turn = (Status: 'Active' | 'Inactive') =>
			clientsOf(sandbox).iam.send(
				new UpdateAccessKeyCommand({UserName: 'admin', AccessKeyId: key.accessKeyId, Status}),
			);
		await turn('Inactive');
		expect(await saidBy(clientsOf(sandbox, key))).toEqual(unknown);
		await turn('Active');
		expect(await saidBy(clientsOf(sandbox, key))).toEqual(allRight);
	});
	test.each([
		['late', -6 * 60_000],
		['early', 6 * 60_000],
	])('a clock more than five minutes %s is refused', async (_how, systemClockOffset) => {
		const sandbox = await sandboxFor();
		expect(await saidBy(clientsOf(sandbox, sandbox.operator, {systemClockOffset}))).toEqual(mismatch);
	});
	test('a clock four minutes off is let pass', async () => {
		const sandbox = await sandboxFor();
		expect(await saidBy(clientsOf(sandbox, sandbox.operator, {systemClockOffset: 240_000}))).toEqual(allRight);
	});
	test('a request changed on its way is refused', async () => {
		const sandbox = await sandboxFor();
		const {iam} = clientsOf(sandbox);
		iam.middlewareStack.add(
			next => args => {
				const request = args.request as {body: string};
				request.body = request.body.replace('honest', 'sneaky');
				return next(args);
			},
			{step: 'deserialize', priority: 'low'},
		);
		await expect(iam.send(new CreateUserCommand({UserName: 'honest'}))).rejects.toMatchObject({
			name: 'SignatureDoesNotMatch',
		});
		expect(Object.keys(sandbox.account.users)).toEqual(['admin']);
	});
	test('a request without a signature misses its token', async () => {
		const {url} = await sandboxFor();
		const query = await fetch(url, {method: 'POST', body: 'Action=GetUser&Version=2010-05-08'});
		expect([query.status, await query.text()]).toEqual([
			403,
			expect.stringContaining('<Code>MissingAuthenticationToken</Code>'),
		]);
		const json = await fetch(url, {method: 'POST', body: '{}', headers: {'x-amz-target': 'TrentService.ListKeys'}});
		expect([json.status, await json.json()]).toEqual([
			400,
			{__type: 'MissingAuthenticationTokenException', message: 'Missing Authentication Token'},
		]);
	});
});

describe('temporary credentials', () => {
	async function session(sandbox: Sandbox) {
		const {Credentials: it} = await clientsOf(sandbox).sts.send(new GetSessionTokenCommand({DurationSeconds: 900}));
		return {accessKeyId: it!.AccessKeyId!, secretAccessKey: it!.SecretAccessKey!, sessionToken: it!.SessionToken!};
	}
	test('of GetSessionToken without MFA reach all but IAM', async () => {
		const sandbox = await sandboxFor();
		expect(await saidBy(clientsOf(sandbox, await session(sandbox)))).toEqual({...allRight, iam: unknown.iam});
	});
	test('are nothing without their token, or with another', async () => {
		const sandbox = await sandboxFor();
		const {sessionToken, ...bare} = await session(sandbox);
		expect(await saidBy(clientsOf(sandbox, bare))).toEqual(unknown);
		expect(await saidBy(clientsOf(sandbox, {...bare, sessionToken: `${sessionToken}x`}))).toEqual(unknown);
	});
	test('expire', async () => {
		const sandbox = await sandboxFor();
		const credentials = await session(sandbox);
		sandbox.advance(899_000);
		expect(await saidBy(clientsOf(sandbox, credentials))).toMatchObject({sts: '200', kms: '200'});
		sandbox.advance(1000);
		expect(await saidBy(clientsOf(sandbox, credentials))).toEqual(expired);
	});
	test('end with their user', async () => {
		const sandbox = await sandboxFor();
		const credentials = await session(sandbox);
		delete sandbox.account.users['admin'];
		expect(await saidBy(clientsOf(sandbox, credentials))).toEqual(unknown);
	});
});

test('a new access key is unknown at first, then known and unknown in turns, then known', async () => {
	let now = Date.now();
	const sandbox = await sandboxFor({lags: {accessKeys: 1000}, now: () => now});
	const {sts} = clientsOf(sandbox, await newKey(sandbox));
	const known = () =>
		sts.send(new GetCallerIdentityCommand({})).then(
			() => true,
			() => false,
		);
	now += 999;
	expect([await known(), await known()]).toEqual([false, false]);
	now += 1;
	expect([await known(), await known(), await known(), await known()]).toEqual([true, false, true, false]);
	now += 1000;
	expect([await known(), await known(), await known()]).toEqual([true, true, true]);
});

test('the last use of an access key is noted, with its service and region', async () => {
	let now = Date.parse('2026-11-24T10:00:00Z');
	const sandbox = await sandboxFor({now: () => now, lags: {lastUsed: 60_000}});
	const {accessKeyId: AccessKeyId, ...rest} = await newKey(sandbox);
	const lastUsed = async () =>
		(await clientsOf(sandbox).iam.send(new GetAccessKeyLastUsedCommand({AccessKeyId}))).AccessKeyLastUsed;
	expect(await lastUsed()).toEqual({ServiceName: 'N/A', Region: 'N/A'});
	await tries.kms(clientsOf(sandbox, {accessKeyId: AccessKeyId, ...rest}));
	now += 60_000;
	expect(await lastUsed()).toEqual({
		LastUsedDate: new Date('2026-11-24T10:00:00Z'),
		ServiceName: 'kms',
		Region: 'eu-west-1',
	});
});

test('each call is authorized, and each further action that its parameters demand; a free one is not', async () => {
	const sandbox = await sandboxFor();
	const {iam} = clientsOf(sandbox);
	await iam.send(new CreateUserCommand({UserName: 'maker'}));
	const {AccessKey: key} = await iam.send(new CreateAccessKeyCommand({UserName: 'maker'}));
	const maker = clientsOf(sandbox, {accessKeyId: key!.AccessKeyId!, secretAccessKey: key!.SecretAccessKey!});
	const make = (UserName: string, Tags: {Key: string; Value: string}[] = []) =>
		maker.iam.send(new CreateUserCommand({UserName, Tags}));
	expect(await saidBy(maker)).toEqual({iam: '403 AccessDenied', sts: '200', kms: '400 AccessDeniedException'});
	const allowed = {Version: '2012-10-17', Statement: {Effect: 'Allow', Action: 'iam:CreateUser', Resource: '*'}};
	await iam.send(
		new PutUserPolicyCommand({UserName: 'maker', PolicyName: 'p', PolicyDocument: JSON.stringify(allowed)}),
	);
	await make('plain');
	await expect(make('tagged', [{Key: 'a', Value: 'b'}])).rejects.toMatchObject({
		name: 'AccessDenied',
		message: expect.stringContaining('iam:TagUser') as string,
	});
	expect(Object.keys(sandbox.account.users).toSorted()).toEqual(['admin', 'maker', 'plain']);
});
