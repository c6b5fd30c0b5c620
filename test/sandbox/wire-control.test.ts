import {request} from 'node:http';
import {CreateLoginProfileCommand, CreateUserCommand} from '@aws-sdk/client-iam';
import {
	CreateKeyCommand,
	DescribeKeyCommand,
	EncryptCommand,
	type KMSClient,
	ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import {GetSessionTokenCommand} from '@aws-sdk/client-sts';
import {describe, expect, test} from 'vitest';
import {keyStates} from '../../src/sandbox/account/account.js';
import type {Sandbox} from '../../src/sandbox/index.js';
import {clientsOf, sandboxFor} from './clients.js';

type Answer = {readonly status: number; readonly text: string};
/** Asks the control endpoint as any program could; `fetch` sets Host by itself. */
const ask = (
	{url}: Sandbox,
	path: string,
	body: string,
	headers: Readonly<Record<string, string>> = {},
): Promise<Answer> =>
	new Promise((done, failed) => {
		const asking = request(`${url}/_sandbox/${path}`, {method: 'POST', headers}, reply => {
			let text = '';
			reply.on('data', (it: Buffer) => (text += it.toString()));
			reply.on('end', () => done({status: reply.statusCode ?? 0, text}));
		});
		asking.on('error', failed);
		asking.end(body);
	});

describe('under --control', () => {
	test.each(['127.0.0.1', '127.0.0.1:8080', 'localhost', 'LOCALHOST:1', '[::1]:8080', '127.1.2.3'])(
		'the host %s is answered',
		async Host => {
			expect(await ask(await sandboxFor({control: true}), 'account', '', {Host})).toMatchObject({status: 200});
		},
	);
	test.each(['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', '10.0.0.1', 'evil.example:8080'])(
		'the host %j is not: a page may have given that name to this machine',
		async Host => {
			const sandbox = await sandboxFor({control: true});
			expect((await ask(sandbox, 'clock', '{"advance":1000}', {Host})).status).toBeGreaterThanOrEqual(400);
			expect(sandbox.now()).toBeLessThan(Date.now() + 1000);
		},
	);
	test.each(['https://evil.example', 'null', 'http://127.0.0.1:8080'])('a page of %s is not answered', async Origin => {
		const sandbox = await sandboxFor({control: true});
		expect(await ask(sandbox, 'clock', '{"advance":1000}', {Origin})).toMatchObject({status: 403});
		expect(await ask(sandbox, 'account', '', {Origin})).toMatchObject({status: 403});
		expect(sandbox.now()).toBeLessThan(Date.now() + 1000);
	});
	test('no answer holds a secret', async () => {
		const sandbox = await sandboxFor({control: true});
		const {iam, kms, sts} = clientsOf(sandbox);
		await iam.send(new CreateUserCommand({UserName: 'nps'}));
		await iam.send(new CreateLoginProfileCommand({UserName: 'nps', Password: 'Correct-horse-7'}));
		const {Credentials: session} = await sts.send(new GetSessionTokenCommand({}));
		const {KeyMetadata: key} = await kms.send(new CreateKeyCommand({}));
		const answers = [
			await ask(sandbox, 'account', ''),
			await ask(sandbox, 'lags', '{"lists":0}'),
			await ask(sandbox, 'faults', '[]'),
			await ask(sandbox, 'clock', '{"advance":0}'),
			await ask(sandbox, 'key-states', `{"${key!.KeyId}":"Enabled"}`),
			await ask(sandbox, 'tea', ''),
		];
		expect(answers.map(it => it.status)).toEqual([200, 200, 200, 200, 200, 404]);
		const secrets = [
			sandbox.operator.secretAccessKey,
			session!.SecretAccessKey!,
			session!.SessionToken!,
			'Correct-horse-7',
			sandbox.account.keys[key!.Arn!]!.material,
		];
		for (const secret of secrets) for (const {text} of answers) expect(text).not.toContain(secret);
		expect(answers[0]!.text).toContain(sandbox.operator.accessKeyId);
	});
	test.each([
		['clock', '{"advance":1e999}'],
		['clock', '{"advance":1e300}'],
		['clock', '{"advance":"5"}'],
		['clock', '{"advance":null}'],
		['clock', '{"advance":-1}'],
		['clock', '[5]'],
		['lags', '{"lists":1e999}'],
		['lags', '{"lists":"5"}'],
		['lags', '{"lists":NaN}'],
		['faults', '["iam:CreateUser=slow:1e999"]'],
		['faults', '["iam:CreateUser#Infinity=500"]'],
		['key-states', '{"none":"Enabled"}'],
		['key-states', '[]'],
	])('%s takes no %s, and the sandbox goes on', async (path, body) => {
		const sandbox = await sandboxFor({control: true});
		const {status} = await ask(sandbox, path, body);
		expect(status).toBe(path === 'key-states' && body === '[]' ? 200 : 400);
		expect(await ask(sandbox, 'clock', '{"advance":0}')).toMatchObject({status: 200});
		expect(sandbox.lags.lists).toBe(0);
	});
});

// https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html
describe('a KMS key put into a state', () => {
	const made = async (kms: KMSClient): Promise<string> =>
		(await kms.send(new CreateKeyCommand({}))).KeyMetadata!.KeyId!;
	const put = (sandbox: Sandbox, id: string, state: string): Promise<Answer> =>
		ask(sandbox, 'key-states', JSON.stringify({[id]: state}));
	const use = (kms: KMSClient, KeyId: string): Promise<string> =>
		kms.send(new EncryptCommand({KeyId, Plaintext: Buffer.from('x')})).then(
			() => 'works',
			({name, message}: Error) => `${name}: ${message.replace(/^.*:key\/\S+ /, '')}`,
		);
	test('is told so, and refuses use as AWS words it', async () => {
		const sandbox = await sandboxFor({control: true});
		const {kms} = clientsOf(sandbox);
		const id = await made(kms);
		const found: Record<string, string> = {};
		for (const state of keyStates) {
			expect(await put(sandbox, id, state)).toMatchObject({status: 200});
			const {KeyMetadata: it} = await kms.send(new DescribeKeyCommand({KeyId: id}));
			expect(it).toMatchObject({KeyState: state, Enabled: state === 'Enabled'});
			expect(it!.DeletionDate !== undefined).toBe(state === 'PendingDeletion');
			expect(it!.PendingDeletionWindowInDays).toBe(state === 'PendingReplicaDeletion' ? 30 : undefined);
			found[state] = await use(kms, id);
		}
		expect(found).toEqual({
			Creating: 'KMSInvalidStateException: is creating.',
			Enabled: 'works',
			Disabled: 'DisabledException: is disabled.',
			PendingDeletion: 'KMSInvalidStateException: is pending deletion.',
			PendingImport: 'KMSInvalidStateException: is pending import.',
			PendingReplicaDeletion: 'KMSInvalidStateException: is pending replica deletion.',
			Unavailable: 'KMSInvalidStateException: is unavailable.',
			// “While the key state is Updating, you can use the keys in cryptographic operations”:
			// https://docs.aws.amazon.com/kms/latest/APIReference/API_UpdatePrimaryRegion.html
			Updating: 'works',
		});
	});
	test('is scheduled for deletion only from states that AWS lets go', async () => {
		const sandbox = await sandboxFor({control: true});
		const {kms} = clientsOf(sandbox);
		const refused: string[] = [];
		for (const state of keyStates) {
			const KeyId = await made(kms);
			await put(sandbox, KeyId, state);
			await kms.send(new ScheduleKeyDeletionCommand({KeyId})).catch(() => refused.push(state));
		}
		expect(refused).toEqual(['Creating', 'PendingDeletion', 'PendingReplicaDeletion', 'Updating']);
	});
	test('that there is not is refused', async () => {
		const sandbox = await sandboxFor({control: true});
		const id = await made(clientsOf(sandbox).kms);
		expect(await put(sandbox, id, 'Asleep')).toMatchObject({status: 400});
		expect(await put(sandbox, 'none', 'Enabled')).toMatchObject({status: 400});
	});
});
