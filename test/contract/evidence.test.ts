import {readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {DecryptCommand, EncryptCommand, KMSClient} from '@aws-sdk/client-kms';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {type Entry, fold} from '../../src/engine/record.js';
import {discard, replaceAccessKey, setup} from '../../src/steps/index.js';
import {Bench, type Ran} from './in-process.js';
import {Nps} from './nps.js';

let bench: Bench;
beforeEach(async () => {
	bench = await Bench.start({control: true});
});
afterEach(() => bench.end());

const minutes = 60_000;
const hour = 60 * minutes;
const entries = (): readonly Entry[] =>
	(JSON.parse(readFileSync(join(bench.home, 'setups', 'nps.json'), 'utf8')) as {entries: readonly Entry[]}).entries;
const nps = (address?: string): Nps => new Nps(bench.sandbox, join(bench.home, 'secret.csv'), address);
/** The operator may not ask one of AWS's sources. */
const denied = (...apis: readonly string[]): void =>
	bench.sandbox.setFaults(apis.map(api => ({api, nth: 'every', kind: 'access-denied'})));
/** What the hand-off says, once set-up is run again. */
async function handOff(): Promise<string> {
	const said = (await bench.run(setup)).said;
	return /Hand-off +(.*(?:\n {4}.*)*)/.exec(said)?.[1] ?? said;
}
const heldInUse = () => fold(entries()).delivered.map(it => [it.inUse, it.seenAt !== undefined, it.from]);

describe('a use by NPS answers at the hand-off whether it was rotated', () => {
	test('by CloudTrail: what, when and from where', async () => {
		await bench.run(setup);
		expect(heldInUse()).toEqual([[false, false, undefined]]);
		bench.sandbox.advance(hour);
		await nps('10.1.2.3').works();
		expect(await handOff()).toMatch(
			/^NPS used the key: Decrypt, \d{4}-\d\d-\d\d \d\d:\d\d UTC, from 10\.1\.2\.3, as AWS shows/,
		);
		expect(heldInUse()).toEqual([[true, true, ['10.1.2.3']]]);
		expect(fold(entries()).answers['npsRotated']).toBeUndefined();
	});
	test('who once wanted to wait and see keeps no later run waiting', async () => {
		await bench.run(setup);
		const file = join(bench.home, 'setups', 'nps.json');
		const record = JSON.parse(readFileSync(file, 'utf8')) as {entries: Entry[]};
		const {at, clock} = record.entries.at(-1)!;
		record.entries.push({type: 'answered', answers: {watchNps: true}, at, clock});
		writeFileSync(file, JSON.stringify(record), {mode: 0o600});
		bench.sandbox.advance(hour);
		const {code, said} = await bench.run(setup);
		expect([code, /Hand-off +(.*)/.exec(said)?.[1]]).toEqual([0, expect.stringContaining('not known')]);
		expect(fold(entries()).answers['watchNps']).toBe(false);
	});
	test('by IAM where CloudTrail may not be asked', async () => {
		await bench.run(setup);
		bench.sandbox.advance(hour);
		denied('cloudtrail:LookupEvents', 'kms:GetKeyLastUsage');
		await nps().works();
		expect(await handOff()).toMatch(/^NPS used the key: \S+ \S+ UTC, as AWS shows/);
	});
	test('an hour late by each, it is seen an hour later and not before', async () => {
		bench.sandbox.setLags({events: hour, keyUse: hour, lastUsed: hour});
		await bench.run(setup);
		bench.sandbox.advance(2 * hour);
		await nps().works();
		bench.sandbox.advance(50 * minutes);
		expect(await handOff()).toMatch(/^SbPAM\.RotateAwsKey: not known/);
		bench.sandbox.advance(11 * minutes);
		expect(await handOff()).toMatch(/^NPS used the key/);
	});
});

test('of an access key that this setup never delivered, a use is noted once, and again only where it says more', async () => {
	await bench.run(setup);
	const file = join(bench.home, 'setups', 'nps.json');
	const record = JSON.parse(readFileSync(file, 'utf8')) as {entries: Entry[]};
	writeFileSync(file, JSON.stringify({...record, entries: record.entries.filter(it => it.type !== 'delivered')}), {
		mode: 0o600,
	});
	const notes = (): number => entries().filter(it => it.type === 'in-use').length;
	const [one, other] = [nps('10.1.2.3'), nps('10.1.2.4')];
	rmSync(join(bench.home, 'secret.csv'));
	bench.sandbox.advance(hour);
	await one.works();
	const id = one.accessKeyId;
	for (const _ of [1, 2]) await bench.run(setup);
	expect([notes(), fold(entries()).alsoInUse?.[id]?.from]).toEqual([1, ['10.1.2.3']]);
	await other.works();
	for (const _ of [1, 2]) await bench.run(setup);
	expect([notes(), fold(entries()).alsoInUse?.[id]?.from]).toEqual([2, ['10.1.2.3', '10.1.2.4']]);
});

describe('what is no use by NPS answers nothing', () => {
	const unknown = /^SbPAM\.RotateAwsKey: not known/;
	test('our own proof, by request id, by its program and by its time, with every source and with each alone', async () => {
		await bench.run(setup);
		expect(await handOff()).toMatch(unknown);
		for (const others of [
			['cloudtrail:LookupEvents', 'iam:GetAccessKeyLastUsed'],
			['cloudtrail:LookupEvents', 'kms:GetKeyLastUsage'],
			['iam:GetAccessKeyLastUsed', 'kms:GetKeyLastUsage'],
		]) {
			denied(...others);
			expect(await handOff()).toMatch(unknown);
		}
		denied('cloudtrail:LookupEvents', 'iam:GetAccessKeyLastUsed', 'kms:GetKeyLastUsage');
		expect(await handOff()).toContain("AWS doesn't tell whether NPS uses the key");
		expect(heldInUse()).toEqual([[false, false, undefined]]);
	});
	test('our own proof that was cut off, even on a machine that slept for hours in the middle of it', async () => {
		await bench.run(setup);
		denied('cloudtrail:LookupEvents', 'kms:GetKeyLastUsage');
		const file = join(bench.home, 'setups', 'nps.json');
		const record = JSON.parse(readFileSync(file, 'utf8')) as {entries: Entry[]};
		const begun = record.entries.find(it => it.type === 'started') ?? expect.fail('no run');
		const use = record.entries.findLast(it => it.type === 'own-use') ?? expect.fail('no proof');
		record.entries.push({...begun, at: use.at, clock: 'aws'}, use);
		writeFileSync(file, JSON.stringify(record), {mode: 0o600});
		bench.sandbox.advance(5 * hour);
		await nps().works();
		expect(await handOff()).toMatch(unknown);
		bench.sandbox.advance(hour);
		expect(await handOff()).toMatch(unknown);
		bench.sandbox.advance(hour);
		await nps().works();
		expect(await handOff()).toMatch(/^NPS used the key/);
	});
	test('a stranger with the KMS key, who is named where CloudTrail tells, and is not where it does not', async () => {
		await bench.run(setup);
		bench.sandbox.advance(hour);
		const {url, operator, account} = bench.sandbox;
		const kms = new KMSClient({region: 'eu-west-1', endpoint: url, credentials: operator});
		const KeyId = Object.values(account.keys).find(it => it.manager === 'CUSTOMER')?.id ?? '';
		const {CiphertextBlob} = await kms.send(new EncryptCommand({KeyId, Plaintext: Buffer.from('x')}));
		await kms.send(new DecryptCommand({KeyId, CiphertextBlob}));
		expect(await handOff()).toMatch(/not known; arn:aws:iam::\d+:user\/admin\s+used the key last/);
		denied('cloudtrail:LookupEvents');
		expect(await handOff()).toMatch(/not known; something used the key at \S+ \S+\s+UTC; AWS\s+doesn't\s+say\s+who/);
		expect(heldInUse()).toEqual([[false, false, undefined]]);
	});
	test('a call that AWS refused', async () => {
		await bench.run(setup);
		bench.sandbox.advance(hour);
		denied('iam:GetAccessKeyLastUsed');
		expect(await nps('10.1.2.3').fails()).toBe('InvalidCiphertextException');
		expect(await handOff()).toMatch(unknown);
	});
});

describe('in a replacement evidence opens each gate but the deletion, with no word said', () => {
	const fresh = (): string => join(bench.home, 'new.csv');
	const replace = (options: object = {}): Promise<Ran> =>
		bench.run(replaceAccessKey, {secretFile: fresh(), ...options});
	const waitsFor = ({result}: Ran): unknown => (result['waitsFor'] as {code?: string} | undefined)?.code;
	const statuses = (): readonly string[] =>
		(Object.values(bench.sandbox.account.users).find(it => it.name === 'nps-kms-user')?.accessKeys ?? []).map(
			it => it.status,
		);
	const withOld = (address?: string): Nps => nps(address);
	const withNew = (address?: string): Nps => new Nps(bench.sandbox, fresh(), address);
	/** Set up long ago, NPS at work with it, and a new access key made and proven. */
	async function begun(addresses: readonly string[] = ['10.1.2.3']): Promise<void> {
		await bench.run(setup);
		bench.sandbox.advance(hour);
		for (const it of addresses) await withOld(it).works();
		bench.sandbox.advance(85 * 24 * hour);
		for (const it of addresses) await withOld(it).works();
		bench.sandbox.advance(3 * hour);
		expect(waitsFor(await replace())).toBe('NotRotatedYet');
		bench.sandbox.advance(3 * hour);
		expect(waitsFor(await replace())).toBe('NotRotatedYet');
		expect(statuses()).toEqual(['Active', 'Active']);
	}
	/** It is seen: the old one is Inactive, and the record says by what. */
	async function opened(): Promise<void> {
		expect(waitsFor(await replace())).toBe('Healthy');
		expect(statuses()).toEqual(['Inactive', 'Active']);
		const of = entries().filter(
			it => it.type === 'answered' && ('newKeyRotated' in it.answers || 'overrideReason' in it.answers),
		);
		expect(of).toEqual([]);
	}

	test.each([
		['with every source', []],
		['with CloudTrail denied', ['cloudtrail:LookupEvents']],
		['with GetKeyLastUsage unknown', ['kms:GetKeyLastUsage']],
		['with GetAccessKeyLastUsed denied', ['iam:GetAccessKeyLastUsed']],
		['with CloudTrail alone', ['kms:GetKeyLastUsage', 'iam:GetAccessKeyLastUsed']],
	] as const)('%s', async (_how, apis) => {
		denied(...apis);
		await begun();
		await withNew('10.1.2.3').works();
		bench.sandbox.advance(2 * minutes);
		await opened();
	});
	test.each([
		['with GetKeyLastUsage alone, which names nobody', ['cloudtrail:LookupEvents', 'iam:GetAccessKeyLastUsed']],
		['with no source', ['cloudtrail:LookupEvents', 'kms:GetKeyLastUsage', 'iam:GetAccessKeyLastUsed']],
	] as const)('%s it stays shut, says what is not known, and stops nothing', async (_how, apis) => {
		denied(...apis);
		await begun();
		const {accessKeyId} = withNew();
		await withNew('10.1.2.3').works();
		bench.sandbox.advance(2 * hour);
		expect(waitsFor(await replace())).toBe('NotRotatedYet');
		const said = await replace({npsRotated: true});
		expect([said.code, waitsFor(said), JSON.stringify(said.result)]).toEqual([
			0,
			'NotSeenYet',
			expect.stringContaining(`${accessKeyId}: last use not known`),
		]);
		expect(statuses()).toEqual(['Active', 'Active']);
	});
	test('an hour late by each, it opens after that hour', async () => {
		bench.sandbox.setLags({events: hour, keyUse: hour, lastUsed: hour});
		await begun();
		await withNew('10.1.2.3').works();
		bench.sandbox.advance(30 * minutes);
		expect(waitsFor(await replace())).toBe('NotRotatedYet');
		bench.sandbox.advance(32 * minutes);
		await opened();
	});
	test('a later use of the old one holds it back, and so does an address that has not moved, named', async () => {
		await begun(['10.1.2.3', '10.1.2.4']);
		await withNew('10.1.2.3').works();
		bench.sandbox.advance(2 * minutes);
		const held = await replace();
		expect([waitsFor(held), statuses()]).toEqual(['NotRotatedYet', ['Active', 'Active']]);
		expect(JSON.stringify(held.result)).toContain('10.1.2.4 used the old one, and not the new one since');
		await withNew('10.1.2.4').works();
		await withOld('10.1.2.3').works();
		bench.sandbox.advance(2 * minutes);
		expect(waitsFor(await replace())).toBe('NotRotatedYet');
		bench.sandbox.advance(2 * minutes);
		await withNew('10.1.2.3').works();
		bench.sandbox.advance(2 * minutes);
		await opened();
	});
	test('of three servers, each has to be seen at an address of its own, or the person says that it has run', async () => {
		await begun();
		await withNew('10.1.2.3').works();
		bench.sandbox.advance(2 * minutes);
		const held = await replace({npsServers: '3'});
		expect([waitsFor(held), JSON.stringify(held.result)]).toEqual([
			'NotRotatedYet',
			expect.stringContaining('It is used from 10.1.2.3: 1 of 3 servers'),
		]);
		for (const it of ['10.1.2.4', '10.1.2.5']) await withNew(it).works();
		bench.sandbox.advance(2 * minutes);
		await opened();
		expect(fold(entries()).facts['npsServers']).toBe('3');
	});
	test.each([
		['with every source', []],
		['without CloudTrail', ['cloudtrail:LookupEvents']],
		['with CloudTrail alone', ['kms:GetKeyLastUsage', 'iam:GetAccessKeyLastUsed']],
	] as const)('a stranger opens nothing, nor our own proof once more, %s', async (_how, apis) => {
		denied(...apis);
		await begun();
		const {url, operator, account} = bench.sandbox;
		const kms = new KMSClient({region: 'eu-west-1', endpoint: url, credentials: operator});
		const KeyId = Object.values(account.keys).find(it => it.manager === 'CUSTOMER')?.id ?? '';
		await kms.send(new EncryptCommand({KeyId, Plaintext: Buffer.from('x')}));
		bench.sandbox.advance(2 * hour);
		expect(waitsFor(await replace())).toBe('NotRotatedYet');
		expect(statuses()).toEqual(['Active', 'Active']);
	});
	test('the deletion takes the person’s word, and says that AWS shows no try with an Inactive access key', async () => {
		await begun();
		await withNew('10.1.2.3').works();
		bench.sandbox.advance(2 * minutes);
		await opened();
		bench.sandbox.advance(3 * 24 * hour);
		await withNew('10.1.2.3').works();
		const waits = await replace();
		expect([waitsFor(waits), JSON.stringify(waits.result)]).toEqual([
			'Healthy',
			expect.stringMatching(/Inactive for 3 days.*AWS shows no try/),
		]);
		expect(waitsFor(await replace({npsHealthy: true}))).toBe('MayBeDeleted');
	});
});

describe('taking back goes by evidence, whatever nobody said', () => {
	const problem = ({result}: Ran): unknown => (result['problem'] as {code?: string; why?: string} | undefined)?.why;
	test('a use by NPS that CloudTrail tells of refuses it, and changes nothing', async () => {
		await bench.run(setup);
		bench.sandbox.advance(hour);
		await nps('10.1.2.3').works();
		bench.heard.length = 0;
		const refused = await bench.run(discard, {confirm: 'nps', deleteKmsKey: true, confirmAlias: 'nps-kms-key'});
		expect([refused.code, problem(refused)]).toEqual([
			1,
			expect.stringMatching(/its access key was used with the KMS key: Decrypt, .* from 10\.1\.2\.3/),
		]);
		expect(bench.heard.filter(it => !/^(Get|List|Lookup|Describe)/.test(it.api))).toEqual([]);
	});
	test('our own proof refuses nothing', async () => {
		await bench.run(setup);
		const ran = await bench.run(discard, {confirm: 'nps', confirmAlias: 'nps-kms-key', deleteKmsKey: true});
		expect([ran.code, ran.result['status']]).toEqual([0, 'complete']);
	});
});
