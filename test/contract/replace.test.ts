import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {DecryptCommand, EncryptCommand, KMSClient} from '@aws-sdk/client-kms';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {replaceAccessKey} from '../../src/steps/index.js';
import {Bench, type Ran} from './in-process.js';

describe('replacing the access key without questions', () => {
	let bench: Bench;
	beforeEach(async () => {
		bench = await Bench.start();
		await bench.run(undefined, {prove: false});
	});
	afterEach(() => bench.end());

	const fresh = (): string => join(bench.home, 'new.csv');
	const replace = (options: object = {}): Promise<Ran> =>
		bench.run(replaceAccessKey, {secretFile: fresh(), prove: false, ...options});
	const waitsFor = ({code, result}: Ran): unknown => [
		code,
		result['status'],
		(result['waitsFor'] as {code?: string} | undefined)?.code,
	];
	const keys = () =>
		Object.values(bench.sandbox.account.users).find(it => it.name === 'nps-kms-user')?.accessKeys ?? [];
	const mutations = (): readonly string[] =>
		bench.heard.map(it => it.api).filter(it => !/^(Get|List|Lookup|Describe|Simulate|Encrypt|Decrypt)/.test(it));
	/** NPS uses a key as it does when it starts: it decrypts. */
	async function npsUses(file: string): Promise<void> {
		const [accessKeyId = '', secretAccessKey = ''] = readFileSync(file, 'utf8').split('\n')[1]?.trim().split(',') ?? [];
		const kms = new KMSClient({
			region: 'eu-west-1',
			endpoint: bench.sandbox.url,
			credentials: {accessKeyId, secretAccessKey},
		});
		const KeyId = Object.values(bench.sandbox.account.keys).find(it => it.manager === 'CUSTOMER')?.id ?? '';
		const {CiphertextBlob} = await kms.send(new EncryptCommand({KeyId, Plaintext: Buffer.from('x')}));
		await kms.send(new DecryptCommand({KeyId, CiphertextBlob}));
	}

	test('stops at each gate with status paused and exit 0, and goes on from there once its flag is given', async () => {
		const [old] = keys();
		const made = await replace();
		expect(waitsFor(made)).toEqual([0, 'paused', 'NotRotatedYet']);
		const [, added] = keys();
		// The sheet names the new access key and its own place; the setup still holds the old one for NPS's.
		expect(made.said).toMatch(new RegExp(`Access key {3}${added?.id}\\n {2}Secret key {3}in ${fresh()}`));
		expect(made.result['accessKeyId']).toBe(old?.id);
		expect(waitsFor(await replace({npsRotated: true}))).toEqual([0, 'paused', 'NotSeenYet']);
		expect(keys().map(it => it.status)).toEqual(['Active', 'Active']);
		await npsUses(join(bench.home, 'secret.csv'));
		bench.pass(600_000);
		expect(waitsFor(await replace())).toEqual([0, 'paused', 'NotSeenYet']);
		await npsUses(fresh());
		bench.pass(600_000);
		expect(waitsFor(await replace())).toEqual([0, 'paused', 'Healthy']);
		expect(keys().map(it => it.status)).toEqual(['Inactive', 'Active']);
		expect(waitsFor(await replace({npsHealthy: true}))).toEqual([0, 'paused', 'MayBeDeleted']);
		expect(waitsFor(await replace({deleteAccessKey: added?.id}))).toEqual([0, 'paused', 'MayBeDeleted']);
		expect(keys()).toHaveLength(2);
		const done = await replace({deleteAccessKey: old?.id});
		expect([done.code, done.result['status'], done.result['accessKeyId'], keys().map(it => it.id)]).toEqual([
			0,
			'complete',
			added?.id,
			[added?.id],
		]);
	});

	test('asked right after it was made, it says that the new access key is fresh', async () => {
		await replace();
		const ran = await replace({npsRotated: true});
		expect(waitsFor(ran)).toEqual([0, 'paused', 'NotSeenYet']);
		expect(ran.said).toContain('its secret was delivered 0 minutes ago');
	});

	test('a typed reason stands for what AWS does not show, and is recorded', async () => {
		const [old] = keys();
		await replace();
		const ran = await replace({npsRotated: true, overrideReason: 'seen in the log of NPS'});
		expect(waitsFor(ran)).toEqual([0, 'paused', 'Healthy']);
		expect(keys().find(it => it.id === old?.id)?.status).toBe('Inactive');
		expect(readFileSync(join(bench.home, 'setups', 'nps.json'), 'utf8')).toContain('seen in the log of NPS');
	});

	test('of two access keys the other one is removed first, only if it is named', async () => {
		const [nps] = keys();
		const other = {
			id: 'AKIAOTHEROTHEROTHER1',
			secret: 'x'.repeat(40),
			status: 'Active' as const,
			created: bench.time(),
		};
		(keys() as unknown[]).push(other);
		const asked = await replace();
		expect([asked.code, asked.result['problem']]).toEqual([1, expect.objectContaining({code: 'TwoKeys'})]);
		bench.heard.length = 0;
		expect(waitsFor(await replace({removeAccessKey: other.id}))).toEqual([0, 'paused', 'NotRotatedYet']);
		expect(mutations()).toEqual(['UpdateAccessKey', 'DeleteAccessKey', 'CreateAccessKey']);
		expect(keys().map(it => it.id)).toContain(nps?.id);
	});

	test('run once more after it is finished, nothing begins until it is due or asked for', async () => {
		const [old] = keys();
		await replace();
		await replace({npsRotated: true, overrideReason: 'sure', npsHealthy: true, deleteAccessKey: old?.id});
		expect(keys()).toHaveLength(1);
		bench.heard.length = 0;
		expect(waitsFor(await replace())).toEqual([0, 'paused', 'NotDue']);
		expect(mutations()).toEqual([]);
		const again = await replace({replaceNow: true, secretFile: join(bench.home, 'third.csv')});
		expect(waitsFor(again)).toEqual([0, 'paused', 'NotRotatedYet']);
		// What the round before made is there: nothing of it is waited for.
		expect(again.said).not.toContain("AWS doesn't show it yet");
	});

	test('in the middle of it, a set-up changes nothing and says so', async () => {
		await replace();
		bench.heard.length = 0;
		const ran = await bench.run(undefined, {prove: false});
		expect([ran.code, mutations()]).toEqual([0, []]);
		expect(ran.said).toMatch(
			/is being replaced: NPS is to be rotated to AKIA\w+\. nps-kms replace-access-key goes on with that\./,
		);
	});

	test('the old access key is set Active again by its flag, stays so, and Inactive only by another', async () => {
		const [old] = keys();
		const status = (): string | undefined => keys().find(it => it.id === old?.id)?.status;
		const moved = {npsRotated: true, overrideReason: 'sure'};
		await replace();
		expect([waitsFor(await replace(moved)), status()]).toEqual([[0, 'paused', 'Healthy'], 'Inactive']);
		expect([waitsFor(await replace({reactivateAccessKey: old?.id})), status()]).toEqual([
			[0, 'paused', 'ActiveAgain'],
			'Active',
		]);
		// Whatever is said besides: what was asked for counts until it is taken back.
		expect([waitsFor(await replace({...moved, npsHealthy: true, deleteAccessKey: old?.id})), status()]).toEqual([
			[0, 'paused', 'ActiveAgain'],
			'Active',
		]);
		// It was missed: the reason that was given before does not stand.
		expect([waitsFor(await replace({deactivateAccessKey: old?.id})), status()]).toEqual([
			[0, 'paused', 'StillUsed'],
			'Active',
		]);
		const again = {deactivateAccessKey: old?.id, overrideReason: 'its log shows that it was moved'};
		const back = await replace(again);
		expect([waitsFor(back), status()]).toEqual([[0, 'paused', 'Healthy'], 'Inactive']);
		expect(back.said).not.toContain("AWS doesn't show it yet");
		// NPS was healthy before that; it is asked again.
		expect(waitsFor(await replace())).toEqual([0, 'paused', 'Healthy']);
		expect([waitsFor(await replace({reactivateAccessKey: old?.id})), status()]).toEqual([
			[0, 'paused', 'ActiveAgain'],
			'Active',
		]);
	});

	test('from beside a key that NPS can not be using, no other is removed', async () => {
		const [old] = keys();
		// Stopped before there is a new one; then somebody moves NPS to one that they made by hand.
		await replace({stopAfter: 'replaced-key'});
		const theirs = {
			id: 'AKIATHEIRSTHEIRSTHE1',
			secret: 'their-secret'.padEnd(40, 'x'),
			status: 'Active' as const,
			created: 0,
		};
		if (old) Object.assign(old, {status: 'Inactive'});
		keys().push(theirs);
		bench.heard.length = 0;
		const ran = await replace({removeAccessKey: theirs.id});
		expect([ran.code, ran.result['problem'], mutations()]).toEqual([
			1,
			expect.objectContaining({code: 'Inactive'}),
			[],
		]);
		expect(ran.said).toContain(`${old?.id} is Inactive, so NPS can't be using it`);
	});

	test('what somebody else set Active again is left so', async () => {
		const [old] = keys();
		await replace();
		await replace({npsRotated: true, overrideReason: 'sure'});
		const found = keys().find(it => it.id === old?.id);
		if (found) Object.assign(found, {status: 'Active'});
		bench.heard.length = 0;
		const ran = await replace({npsHealthy: true});
		expect([waitsFor(ran), mutations()]).toEqual([[0, 'paused', 'ActiveAgain'], []]);
		expect(ran.said).toContain('somebody else set it so');
	});

	test('an access key can not be set Active and be deleted or set Inactive in one run: nothing is called', async () => {
		const [old] = keys();
		bench.heard.length = 0;
		for (const flag of ['deleteAccessKey', 'deactivateAccessKey'])
			await expect(replace({reactivateAccessKey: old?.id, [flag]: old?.id})).rejects.toMatchObject({
				problem: {
					what: `--reactivate-access-key ${old?.id} is not allowed`,
					why: expect.stringContaining('to be deleted or set Inactive') as string,
				},
			});
		expect(bench.heard).toEqual([]);
	});

	test('in the middle of it, with the old access key set Inactive by somebody, a set-up leaves both as they are, and none is taken for NPS’s', async () => {
		const [old] = keys();
		await replace();
		if (old) Object.assign(old, {status: 'Inactive'});
		bench.heard.length = 0;
		const ran = await bench.run(undefined, {prove: false});
		expect([ran.code, mutations(), ran.result['accessKeyId']]).toEqual([0, [], old?.id]);
		expect(waitsFor(await replace())).toEqual([0, 'paused', 'NotRotatedYet']);
		await replace({reactivateAccessKey: old?.id});
		expect(keys().map(it => it.status)).toEqual(['Active', 'Active']);
	});
});
