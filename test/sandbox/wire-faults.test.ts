import {CreateUserCommand, GetUserCommand} from '@aws-sdk/client-iam';
import {CreateKeyCommand, ListKeysCommand} from '@aws-sdk/client-kms';
import {NodeHttpHandler} from '@smithy/node-http-handler';
import {describe, expect, test} from 'vitest';
import {type FaultKind, faultKinds, readFault} from '../../src/sandbox/index.js';
import {clientsOf, sandboxFor} from './clients.js';

type Outcome = {readonly iam: object; readonly kms: object; readonly effect: boolean};
const failure = (name: string, httpStatusCode?: number) => ({
	name,
	...(httpStatusCode !== undefined && {$metadata: {httpStatusCode}}),
});
const lost = {code: 'ECONNRESET'};
/** What AWS's own clients make of each fault, and whether the effect took place. */
const outcomes: Readonly<Record<FaultKind, Outcome>> = {
	throttle: {iam: failure('Throttling', 400), kms: failure('ThrottlingException', 400), effect: false},
	'500': {iam: failure('InternalFailure', 500), kms: failure('KMSInternalException', 500), effect: false},
	'503': {iam: failure('ServiceUnavailable', 503), kms: failure('ServiceUnavailableException', 503), effect: false},
	hang: {iam: failure('TimeoutError'), kms: failure('TimeoutError'), effect: false},
	'drop-before': {iam: lost, kms: lost, effect: false},
	'drop-after': {iam: lost, kms: lost, effect: true},
	slow: {iam: failure('TimeoutError'), kms: failure('TimeoutError'), effect: true},
	html: {iam: {$metadata: {httpStatusCode: 503}}, kms: {$metadata: {httpStatusCode: 503}}, effect: false},
	'access-denied': {iam: failure('AccessDenied', 403), kms: failure('AccessDeniedException', 400), effect: false},
	'clock-skew': {
		iam: failure('SignatureDoesNotMatch', 403),
		kms: failure('InvalidSignatureException', 400),
		effect: false,
	},
	'expired-token': {iam: failure('ExpiredToken', 403), kms: failure('ExpiredTokenException', 400), effect: false},
};

describe('a fault', () => {
	test.each(faultKinds)('%s is what AWS’s clients see of it', async kind => {
		const faults = ['iam:CreateUser', 'kms:CreateKey'].map(api => ({
			api,
			nth: 1,
			kind,
			...(kind === 'slow' && {ms: 60_000}),
		}));
		const sandbox = await sandboxFor({faults});
		const {iam, kms} = clientsOf(sandbox, sandbox.operator, {
			requestHandler: new NodeHttpHandler({requestTimeout: 500, throwOnRequestTimeout: true}),
		});
		const {effect, ...seen} = outcomes[kind];
		await expect(iam.send(new CreateUserCommand({UserName: 'nps'}))).rejects.toMatchObject(seen.iam);
		await expect(kms.send(new CreateKeyCommand({}))).rejects.toMatchObject(seen.kms);
		expect([Object.keys(sandbox.account.users).includes('nps'), Object.keys(sandbox.account.keys).length]).toEqual([
			effect,
			effect ? 1 : 0,
		]);
		expect(sandbox.heard.map(it => it.fault?.kind)).toEqual([kind, kind]);
		await iam.send(new CreateUserCommand({UserName: 'nps2'}));
		await kms.send(new CreateKeyCommand({}));
	});
	test('comes at the call that it was set for, of that API', async () => {
		const sandbox = await sandboxFor({faults: [{api: 'iam:GetUser', nth: 2, kind: 'throttle'}]});
		const {iam, kms} = clientsOf(sandbox);
		const get = () => iam.send(new GetUserCommand({}));
		await get();
		await kms.send(new ListKeysCommand({}));
		await expect(get()).rejects.toMatchObject({name: 'Throttling'});
		await get();
	});
	test('comes at every call until another plan is set', async () => {
		const sandbox = await sandboxFor({faults: [{api: 'iam:GetUser', nth: 'every', kind: '503'}]});
		const {iam} = clientsOf(sandbox);
		const get = () => iam.send(new GetUserCommand({}));
		for (let i = 0; i < 3; i++) await expect(get()).rejects.toMatchObject({name: 'ServiceUnavailable'});
		sandbox.setFaults([]);
		await get();
	});
	test('that is slow answers at once when another plan is set', async () => {
		const sandbox = await sandboxFor({faults: [{api: 'iam:GetUser', nth: 1, kind: 'slow', ms: 600_000}]});
		const {iam} = clientsOf(sandbox);
		const got = iam.send(new GetUserCommand({}));
		await expect.poll(() => sandbox.heard.length).toBe(1);
		sandbox.setFaults([]);
		expect((await got).User?.UserName).toBe('admin');
	});
	test('that is slow answers all the same, later', async () => {
		const sandbox = await sandboxFor({faults: [{api: 'iam:GetUser', nth: 1, kind: 'slow', ms: 200}]});
		const start = performance.now();
		expect(await clientsOf(sandbox).iam.send(new GetUserCommand({}))).toMatchObject({User: {UserName: 'admin'}});
		expect(performance.now() - start).toBeGreaterThan(190);
	});
	test('that hangs ends when the sandbox does', async () => {
		const sandbox = await sandboxFor({faults: [{api: 'iam:GetUser', nth: 1, kind: 'hang'}]});
		const hanging = clientsOf(sandbox).iam.send(new GetUserCommand({}));
		const lostThen = expect(hanging).rejects.toMatchObject({code: 'ECONNRESET'});
		await expect.poll(() => sandbox.heard.length).toBe(1);
		await sandbox.close();
		await lostThen;
	});
});

test.each([
	['iam:CreateUser=drop-after', {api: 'iam:CreateUser', nth: 1, kind: 'drop-after'}],
	['iam:CreateUser#2=500', {api: 'iam:CreateUser', nth: 2, kind: '500'}],
	['kms:Decrypt#every=slow:3000', {api: 'kms:Decrypt', nth: 'every', kind: 'slow', ms: 3000}],
	['CreateUser=500', undefined],
	['iam:CreateUser', undefined],
	['iam:CreateUser#0=500', undefined],
	['iam:CreateUser=explode', undefined],
	['iam:CreateUser=500:3000', undefined],
	['s3:PutObject=500', undefined],
])('the fault %s is read', (text, fault) => {
	expect(readFault(text)).toEqual(fault);
});
