import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {readFault} from '../../src/sandbox/http/faults.js';
import {discard, proveAgain} from '../../src/steps/index.js';
import {StrictBench, statementsOf} from './strict-bench.js';
import {told, toldStricter, toldTexts} from './told.js';

const strict = new StrictBench();
const {run, key, edit, writes, forget, orphan} = strict;
const policy = () =>
	Object.values(strict.bench.sandbox.account.policies).find(it => it.name === 'NPS_KMS_Policy') ?? expect.fail();
const document = (): string => policy().versions.find(it => it.id === policy().defaultVersion)?.document ?? '';
/** The conditions of what lets the user in: by the policy, and by the key policy's two statements. */
const conditions = () => ({
	policy: statementsOf(document()).map(it => it.Condition),
	use: statementsOf(key().policy).flatMap(it => (it.Sid.startsWith('Allow use') ? [it.Condition] : [])),
	attach: statementsOf(key().policy).flatMap(it => (it.Sid.startsWith('Allow attach') ? [it.Condition] : [])),
});
const ip = (...ranges: readonly string[]) => ({IpAddress: {'aws:SourceIp': ranges}});
const vpce = (...ids: readonly string[]) => ({StringEquals: {'aws:SourceVpce': ids}});
const granted = {Bool: {'kms:GrantIsForAWSResource': 'true'}};
const bound = (...ways: readonly object[]) => ({
	policy: ways,
	use: ways,
	attach: ways.map(it => ({...granted, ...it})),
});
const bare = {policy: [undefined], use: [undefined], attach: [granted]};
const endpoint = 'vpce-0a1b2c3d4e5f67890';

test('while the policy still works from elsewhere than answered, status says that, and of no other key', async () => {
	await run();
	expect((await run({sourceIp: ['203.0.113.0/24'], stopAfter: 'managed-key'})).code).toBe(0);
	const [code, codes] = await told(strict.bench);
	expect([code, codes]).toEqual([3, ['policy-sources']]);
	expect((await run()).code).toBe(0);
	expect(await told(strict.bench)).toEqual([0, []]);
});
describe('made with it', () => {
	test('one statement per way binds the policy, wide and narrow, and the user in the key policy; told in words', async () => {
		const {code, said} = await run({sourceIp: ['203.0.113.0/24', '198.51.100.7'], sourceVpce: [endpoint]});
		const ways = [ip('203.0.113.0/24', '198.51.100.7/32'), vpce(endpoint)];
		expect([code, conditions()], said).toEqual([0, bound(...ways)]);
		expect(statementsOf(policy().versions.find(it => it.id === 'v1')?.document ?? '').map(it => it.Condition)).toEqual(
			ways,
		);
		expect(new Set(statementsOf(key().policy).map(it => it.Sid)).size).toBe(statementsOf(key().policy).length);
		expect(said).toContain(
			`The access key works only from 203.0.113.0/24, 198.51.100.7/32 or through VPC endpoint ${endpoint}: AWS has to`,
		);
		expect(said).toContain(
			`The access key works with KMS only from 203.0.113.0/24, 198.51.100.7/32 or through VPC endpoint ${endpoint}`,
		);
		expect(await told(strict.bench)).toEqual([0, []]);
		expect([(await run()).code, writes()]).toEqual([0, []]);
	});
	test('without an address range no statement asks for one', async () => {
		await run({sourceVpce: [endpoint]});
		expect(conditions()).toEqual(bound(vpce(endpoint)));
	});
	test('is off unless asked for', async () => {
		expect((await run()).said).not.toContain('The access key works only');
		expect(conditions()).toEqual(bare);
	});
});
test.each([
	[{sourceIp: ['0.0.0.0/0']}, 'no limit'],
	[{sourceIp: ['::/0']}, 'no limit'],
	[{sourceIp: ['203.0.113.7/24']}, 'write 203.0.113.0/24'],
	[{sourceIp: ['intranet']}, 'no range of addresses'],
	[{sourceIp: ['10.1/16']}, 'no range of addresses'],
	[{sourceIp: ['10.0.0.0/33']}, 'no range of addresses'],
	[{sourceVpce: ['vpc-0a1b2c3d']}, 'no id of a VPC endpoint'],
])('%j is refused before any call', async (options, why) => {
	await expect(run(options)).rejects.toMatchObject({problem: {why: expect.stringContaining(why) as string}});
	expect(strict.bench.heard).toEqual([]);
});

describe('the proof', () => {
	test('passes where this machine is in the range', async () => {
		const {code, result, said} = await run({prove: true, sourceIp: ['127.0.0.0/8']});
		expect([code, result['proven']], said).toEqual([0, true]);
	});
	test('elsewhere tells that it is limited as asked, and fails nothing', async () => {
		const {code, result, lines, said} = await run({prove: true, sourceIp: ['203.0.113.0/24']});
		expect([code, result['proven'], result['status']], said).toEqual([0, false, 'complete']);
		const checks = lines.filter(it => it.type === 'check');
		expect(checks.filter(it => it['ok'] === false)).toEqual([]);
		expect(checks.find(it => it['check'] === 'encrypt-decrypt')).toMatchObject({got: 'cant-tell', ok: null});
		expect(said).toContain("limited as asked, from 203.0.113.0/24; use from NPS's address not seen yet");
		expect(await told(strict.bench)).toEqual([0, []]);
		const again = await run({prove: true});
		expect([again.code, again.result['proven']]).toEqual([0, false]);
		expect(again.said).toContain("use from NPS's address not seen yet");
	});
	test('of before says nothing once the range is another, though no new one is wanted', async () => {
		await run({prove: true});
		const {code, result, said} = await run({sourceIp: ['203.0.113.0/24']});
		expect([code, result['proven']], said).toEqual([0, false]);
		expect(said).not.toContain('Proven on');
	});
	test('of before says nothing once the range is another, and prove from there proves it', async () => {
		await run({prove: true});
		const {code, result, said} = await run({prove: true, sourceIp: ['203.0.113.0/24']});
		expect([code, result['proven'], conditions()], said).toEqual([0, false, bound(ip('203.0.113.0/24'))]);
		const changed = await run({prove: true, sourceIp: ['127.0.0.1/32']});
		expect([changed.code, changed.result['proven']], changed.said).toEqual([0, true]);
		const proved = await strict.bench.run(proveAgain, {yes: undefined});
		expect([proved.code, proved.result['proven']], proved.said).toEqual([0, true]);
	});
});

describe('answered anew', () => {
	test('binds what is there, in both policies, as an update', async () => {
		await run();
		const {code, said} = await run({sourceIp: ['203.0.113.0/24']});
		expect([code, writes(), conditions()], said).toEqual([
			0,
			['PutKeyPolicy', 'CreatePolicyVersion'],
			bound(ip('203.0.113.0/24')),
		]);
		expect(said).not.toContain('This loosens');
		expect(await told(strict.bench)).toEqual([0, []]);
		expect([(await run()).code, writes()]).toEqual([0, []]);
	});
	test('with less of it needs no word but yes', async () => {
		await run({sourceIp: ['203.0.113.0/24'], sourceVpce: [endpoint]});
		const {code, said} = await run({sourceIp: ['203.0.113.128/25'], sourceVpce: false});
		expect([code, conditions()], said).toEqual([0, bound(ip('203.0.113.128/25'))]);
		expect(said).not.toContain('This loosens');
	});
	test.each([
		['another range', {sourceIp: ['198.51.100.0/24']}, bound(ip('198.51.100.0/24')), '--source-ip 198.51.100.0/24'],
		['none', {sourceIp: false}, bare, '--no-source-ip'],
		['a way more', {sourceVpce: [endpoint]}, bound(ip('203.0.113.0/24'), vpce(endpoint)), `--source-vpce ${endpoint}`],
	])(
		'with %s loosens: under that heading, and only in a run whose flag says so',
		async (_how, answer, after, flags) => {
			await run({sourceIp: ['203.0.113.0/24']});
			// The answer reaches the record, and the run stops before the change.
			strict.bench.sandbox.setFaults([readFault('kms:PutKeyPolicy=access-denied') ?? expect.fail('no such fault')]);
			expect((await run(answer)).code).toBe(1);
			strict.bench.sandbox.setFaults([]);
			expect(await told(strict.bench)).toEqual([3, ['key-policy-sources', 'policy-sources']]);
			expect(await toldStricter(strict.bench)).toEqual([]);
			const silent = await run();
			expect([silent.code, silent.result['problem'], writes(), conditions()]).toEqual([
				1,
				expect.objectContaining({code: 'Loosens', todo: expect.stringContaining(flags) as string}),
				[],
				bound(ip('203.0.113.0/24')),
			]);
			const {code, said} = await run(answer);
			expect([code, writes(), conditions()], said).toEqual([0, ['PutKeyPolicy', 'CreatePolicyVersion'], after]);
			expect(said).toContain('This loosens.');
			expect(said).not.toContain('It is left so');
			expect(await told(strict.bench)).toEqual([0, []]);
			expect([(await run()).code, writes()]).toEqual([0, []]);
		},
	);
	test('with less of both, status and the stop name all the flags that one run needs', async () => {
		await run({sourceIp: ['203.0.113.0/24'], sourceVpce: [endpoint]});
		strict.bench.sandbox.setFaults([readFault('kms:PutKeyPolicy=access-denied') ?? expect.fail('no such fault')]);
		expect((await run({sourceIp: false, sourceVpce: false})).code).toBe(1);
		strict.bench.sandbox.setFaults([]);
		const flags = '--no-source-ip --no-source-vpce';
		const texts = await toldTexts(strict.bench);
		expect(texts.map(it => it.includes(`: a run with ${flags} does that`))).toEqual([true, true]);
		for (const answer of [{}, {sourceIp: false}, {sourceVpce: false}]) {
			const {code, result, said} = await run(answer);
			expect([code, result['problem']], said).toEqual([
				1,
				expect.objectContaining({code: 'Loosens', todo: expect.stringContaining(flags) as string}),
			]);
		}
		expect([writes(), conditions()]).toEqual([[], bound(ip('203.0.113.0/24'), vpce(endpoint))]);
		const {code, said} = await run({sourceIp: false, sourceVpce: false});
		expect([code, conditions()], said).toEqual([0, bare]);
	});
});

describe('what others made of it', () => {
	const theirs = (ranges: readonly string[]): void =>
		edit(all => all.map(it => (it.Sid.startsWith('Allow use') ? {...it, Condition: ip(...ranges)} : it)));
	test('stricter stays so, whatever is answered', async () => {
		await run({sourceIp: ['203.0.113.0/24']});
		theirs(['203.0.113.9/32']);
		expect(await told(strict.bench)).toEqual([0, []]);
		expect(await toldStricter(strict.bench)).toEqual(['key-policy-stricter']);
		for (const answer of [{}, {sourceIp: ['203.0.113.0/24']}, {sourceIp: false}]) {
			const {code, said} = await run(answer);
			expect([code, conditions().use], said).toEqual([0, [ip('203.0.113.9/32')]]);
		}
	});
	test('wider is told, and the next run binds it again', async () => {
		await run({sourceIp: ['203.0.113.0/24']});
		edit(all => all.map(it => (it.Sid.startsWith('Allow use') ? {...it, Condition: undefined} : it)));
		expect((await told(strict.bench))[0]).toBe(3);
		const {code, said} = await run();
		expect([code, writes(), conditions()], said).toEqual([0, ['PutKeyPolicy'], bound(ip('203.0.113.0/24'))]);
	});
	test('written after ours was taken away is theirs, though it says the same', async () => {
		await run({sourceIp: ['203.0.113.0/24']});
		await run({sourceIp: false});
		expect(conditions()).toEqual(bare);
		theirs(['203.0.113.0/24']);
		const before = key().policy;
		expect([(await run({sourceIp: false})).code, key().policy]).toEqual([0, before]);
	});
});

test('where the record was lost, the policy tells it, and a word of the run loosens it', async () => {
	await run({sourceIp: ['203.0.113.0/24'], sourceVpce: [endpoint]});
	forget();
	const both = bound(ip('203.0.113.0/24'), vpce(endpoint));
	expect([(await run({recover: true})).code, writes(), conditions()]).toEqual([0, [], both]);
	expect(await told(strict.bench)).toEqual([0, []]);
	const {code, said} = await run({sourceIp: false, sourceVpce: false});
	expect([code, conditions()], said).toEqual([0, bare]);
});

test('taking the setup back leaves nothing', async () => {
	await run({sourceIp: ['203.0.113.0/24'], stopAfter: 'managed-key'});
	const {code, said} = await strict.bench.run(discard, {
		deleteKmsKey: true,
		confirm: 'nps',
		confirmAlias: 'nps-kms-key',
	});
	expect([code, key().state, Object.keys(strict.bench.sandbox.account.users)], said).toEqual([
		0,
		'PendingDeletion',
		['admin'],
	]);
});
const orphaned = async (): Promise<void> => {
	await run();
	orphan();
};
test('an adopted key is bound too, and nothing is told of it', async () => {
	await orphaned();
	const {code, said} = await run({adopt: 'policy,user,key', sourceIp: ['203.0.113.0/24']});
	expect([code, conditions()], said).toEqual([0, bound(ip('203.0.113.0/24'))]);
	expect(await told(strict.bench)).toEqual([0, []]);
});
test('taking back takes a user out of an adopted key, bound as it is', async () => {
	await orphaned();
	const before = statementsOf(key().policy);
	const names = {policyName: 'another', userName: 'another-user', secretFile: join(strict.bench.home, 'another.csv')};
	const {code, said} = await run({adopt: 'key', ...names, sourceIp: ['203.0.113.0/24'], stopAfter: 'managed-key'});
	expect([code, key().policy.includes('user/another-user')], said).toEqual([0, true]);
	expect(conditions().use).toEqual([undefined, ip('203.0.113.0/24')]);
	const back = await strict.bench.run(discard, {deleteKmsKey: true, confirm: 'nps', confirmAlias: 'nps-kms-key'});
	expect([back.code, statementsOf(key().policy)], back.said).toEqual([0, before]);
});
