import {mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {CreateUserCommand, GetUserCommand, ListUsersCommand} from '@aws-sdk/client-iam';
import {CreateKeyCommand, DecryptCommand, EncryptCommand} from '@aws-sdk/client-kms';
import {GetCallerIdentityCommand} from '@aws-sdk/client-sts';
import {afterEach, beforeEach, expect, test} from 'vitest';
import type {Account} from '../../src/sandbox/account/account.js';
import {BadAccountFile, startSandbox} from '../../src/sandbox/index.js';
import {clientsOf, sandboxFor} from './clients.js';

let folder = '';
let file = '';
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'sandbox-'));
	file = join(folder, 'account.json');
});
afterEach(() => rmSync(folder, {recursive: true}));
const kept = (): Account => (JSON.parse(readFileSync(file, 'utf8')) as {account: Account}).account;

test('each change is in the file before its answer goes out', async () => {
	const {iam} = clientsOf(await sandboxFor({file}));
	await iam.send(new CreateUserCommand({UserName: 'nps'}));
	expect(readFileSync(file, 'utf8')).toContain('"nps"');
	await iam.send(new CreateUserCommand({UserName: 'nps2'}));
	expect(readFileSync(file, 'utf8')).toContain('"nps2"');
});
test('what a killed process left half-written beside the file, with its secrets, goes with the first change', async () => {
	const cut = `${file}.tmp-1234567890abcdef`;
	writeFileSync(cut, 'half');
	const {iam} = clientsOf(await sandboxFor({file}));
	await iam.send(new CreateUserCommand({UserName: 'nps'}));
	expect(readdirSync(folder)).toEqual(['account.json']);
});
test('a change whose answer is lost is in the file', async () => {
	const {iam} = clientsOf(await sandboxFor({file, faults: [{api: 'iam:CreateUser', nth: 1, kind: 'drop-after'}]}));
	await expect(iam.send(new CreateUserCommand({UserName: 'nps'}))).rejects.toThrow();
	expect(readFileSync(file, 'utf8')).toContain('"nps"');
});
test('reading and being refused write nothing', async () => {
	const {iam, sts} = clientsOf(await sandboxFor({file}));
	const {ino, mtimeNs} = statSync(file, {bigint: true});
	await iam.send(new ListUsersCommand({}));
	await sts.send(new GetCallerIdentityCommand({}));
	await expect(iam.send(new GetUserCommand({UserName: 'nobody'}))).rejects.toMatchObject({
		name: 'NoSuchEntityException',
	});
	expect(statSync(file, {bigint: true})).toMatchObject({ino, mtimeNs});
});
test('a sandbox that changed nothing leaves the file as another made it since', async () => {
	const first = await sandboxFor({file});
	const reader = await startSandbox({file});
	await clientsOf(reader).iam.send(new ListUsersCommand({}));
	await clientsOf(first).iam.send(new CreateUserCommand({UserName: 'nps'}));
	await reader.close();
	expect(readFileSync(file, 'utf8')).toContain('"nps"');
});
test('what another sandbox wrote to the file since is never written over', async () => {
	const [first, second] = [await sandboxFor({file}), await startSandbox({file})];
	await clientsOf(first).iam.send(new CreateUserCommand({UserName: 'nps'}));
	const {iam} = clientsOf(second);
	const late = iam.send(new CreateUserCommand({UserName: 'late'}));
	await expect(late).rejects.toThrow(/can't be kept\. Another sandbox has written to .*account\.json since/);
	// What isn't on disk has not happened.
	await expect(iam.send(new GetUserCommand({UserName: 'late'}))).rejects.toThrow();
	await second.close();
	expect(Object.keys(kept().users)).toEqual(['admin', 'nps']);
});
test('a sandbox that only reads leaves the file as it is, whatever is called', async () => {
	await startSandbox({file}).then(it => it.close());
	const {ino, mtimeNs} = statSync(file, {bigint: true});
	const reader = await startSandbox({file, readOnly: true});
	await clientsOf(reader).iam.send(new CreateUserCommand({UserName: 'nps'}));
	await reader.close();
	expect(statSync(file, {bigint: true})).toMatchObject({ino, mtimeNs});
});
test('the last use of an access key is in the file once the sandbox closes', async () => {
	const sandbox = await sandboxFor({file});
	await clientsOf(sandbox).sts.send(new GetCallerIdentityCommand({}));
	await sandbox.close();
	expect(readFileSync(file, 'utf8')).toContain('"lastUsed"');
});
test.skipIf(process.platform === 'win32')('the file is its owner’s alone, and nothing lies beside it', async () => {
	const {iam} = clientsOf(await sandboxFor({file}));
	await iam.send(new CreateUserCommand({UserName: 'nps'}));
	expect(statSync(file).mode & 0o777).toBe(0o600);
	expect(readdirSync(folder)).toEqual(['account.json']);
});
test('a sandbox that died goes on where it was: its operator, its users, its keys’ secrets', async () => {
	const before = await sandboxFor({file, accountId: '999988887777', partition: 'aws-us-gov'});
	const {iam, kms} = clientsOf(before);
	await iam.send(new CreateUserCommand({UserName: 'nps'}));
	const {KeyMetadata: key} = await kms.send(new CreateKeyCommand({}));
	const {CiphertextBlob} = await kms.send(new EncryptCommand({KeyId: key!.KeyId, Plaintext: Buffer.from('proof')}));
	// Not closed: what is in the file now is what a kill leaves.
	const after = await sandboxFor({file});
	expect(after.operator).toEqual(before.operator);
	const clients = clientsOf(after, before.operator);
	expect(await clients.iam.send(new GetUserCommand({UserName: 'nps'}))).toMatchObject({
		User: {Arn: 'arn:aws-us-gov:iam::999988887777:user/nps'},
	});
	const {Plaintext} = await clients.kms.send(new DecryptCommand({CiphertextBlob}));
	expect(Buffer.from(Plaintext!).toString()).toBe('proof');
});
test('a file that can not serve is told, and kept', async () => {
	await startSandbox({file}).then(it => it.close());
	await expect(startSandbox({file, accountId: '999988887777'})).rejects.toThrow(BadAccountFile);
	for (const text of ['', '{"v":1,"acc', '{"v":2,"account":{"users":{},"keys":{}}}', '[]']) {
		writeFileSync(file, text);
		await expect(startSandbox({file})).rejects.toThrow(BadAccountFile);
		expect(readFileSync(file, 'utf8')).toBe(text);
	}
});
test('of requests that come at once none is lost', async () => {
	const sandbox = await sandboxFor({file});
	const {iam} = clientsOf(sandbox);
	const names = Array.from({length: 25}, (_, i) => `user${i}`);
	const made = await Promise.allSettled(
		[...names, ...names].map(UserName => iam.send(new CreateUserCommand({UserName}))),
	);
	expect(made.filter(it => it.status === 'fulfilled')).toHaveLength(25);
	expect(Object.keys(kept().users).toSorted()).toEqual(['admin', ...names].toSorted());
});
