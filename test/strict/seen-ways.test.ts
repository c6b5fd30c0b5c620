import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {type Entry, fold, knownFor} from '../../src/engine/record.js';
import type {Scene} from '../../src/engine/scene.js';
import {Plain} from '../../src/plain/plain.js';
import {replaceAccessKey} from '../../src/steps/index.js';
import {policy} from '../../src/steps/policy.js';
import {Nps} from '../contract/nps.js';
import {changeRecord, onScreens} from './fronts.js';
import {StrictBench} from './strict-bench.js';

const strict = new StrictBench({}, {control: true});
const {run, writes} = strict;
const hour = 3_600_000;
const [here, endpoint, range] = ['198.51.100.7', 'vpce-0a1b2c3d4e5f67890', '203.0.113.0/24'];
const nps = (address: string, vpce?: string): Nps =>
	new Nps(strict.bench.sandbox, join(strict.bench.home, 'secret.csv'), address, vpce);
/** NPS works on that way, an hour after the set-up was run. */
async function worked(address: string, vpce?: string): Promise<void> {
	strict.bench.sandbox.advance(hour);
	await nps(address, vpce).works();
}
const file = (): string => join(strict.bench.home, 'setups', 'nps.json');
const entries = (): readonly Entry[] =>
	(JSON.parse(readFileSync(file(), 'utf8')) as {readonly entries: readonly Entry[]}).entries;
const nothingTold = (): void =>
	strict.bench.sandbox.setFaults([{api: 'cloudtrail:LookupEvents', nth: 'every', kind: 'access-denied'}]);
type Problem = {readonly code: string; readonly what: string; readonly todo: string; readonly why: string};
const stopped = async (options: object): Promise<Problem> => {
	const {code, result, said} = await run(options);
	expect([code, writes()], said).toEqual([1, []]);
	expect(result['problem'], said).toMatchObject({code: 'LeavesNpsOut'});
	return result['problem'] as unknown as Problem;
};

describe('where CloudTrail shows from where NPS works', () => {
	test('a range without it stops before anything is written, and its way adds it', async () => {
		await run();
		await worked(here);
		const {what, todo} = await stopped({sourceIp: [range]});
		expect(what).toBe(`NPS was seen to use the access key from ${here}, and KMS would refuse it there`);
		expect(todo).toContain(`add ${here} with --source-ip ${range} --source-ip ${here}/32`.replace('add', 'Add'));
		const {code, said} = await run({sourceIp: [range, `${here}/32`]});
		expect([code, writes()], said).toEqual([0, ['PutKeyPolicy', 'CreatePolicyVersion']]);
		await nps(here).works();
		await expect(nps('192.0.2.1').works()).rejects.toThrow('not authorized');
	});
	test('it stops before what else the run would write', async () => {
		await run();
		await worked(here);
		await stopped({sourceIp: [range], tag: ['team=nps']});
		expect([(await run({sourceIp: [`${here}/32`]})).code, writes()]).toContainEqual(
			expect.arrayContaining(['TagPolicy', 'TagUser']) as unknown,
		);
	});
	test('the form tells what CloudTrail shows besides as it comes, and nothing where that may not be read', async () => {
		await run();
		await worked(here);
		await run();
		await worked('192.0.2.9', endpoint);
		await worked('203.0.113.9');
		const fields: Scene['fields'][] = [];
		const questions: string[] = [];
		const lines = {
			...{say: () => undefined, close: () => undefined, askUnseen: async () => ':q'},
			ask: async (it: string) => (questions.push(it) === 1 ? ':more' : it.startsWith('Source VPC') ? ':q' : ''),
		};
		const looked = async (): Promise<readonly (string | undefined)[]> => {
			fields.length = questions.length = 0;
			await onScreens(
				strict.bench,
				async scene => {
					const {phase, step, fields: asked} = scene;
					if (phase.at === 'form' && asked.some(it => it.field.name === 'sourceIp')) {
						await Promise.all(asked.flatMap(it => it.noticing ?? []));
						return new Plain(lines).ask(scene);
					}
					return step.at > 1 ? {type: 'back'} : undefined;
				},
				{},
				scene => void (scene.phase.at === 'form' && fields.push(scene.fields)),
			);
			const last = fields.findLast(all => all.some(it => it.field.name === 'sourceIp')) ?? [];
			return ['sourceIp', 'sourceVpce'].map(name => last.find(it => it.field.name === name)?.noticed);
		};
		expect(await looked()).toEqual(['CloudTrail shows 203.0.113.9', `CloudTrail shows ${endpoint}`]);
		expect(questions.at(-1)).toContain(`(optional, that NPS uses, CloudTrail shows ${endpoint}, `);
		nothingTold();
		expect(await looked()).toEqual([undefined, undefined]);
	});
	test('beneath the fields stands what the record tells', async () => {
		await run();
		await worked(here);
		await nps('10.1.2.3', endpoint).works();
		await run();
		const known = knownFor('policy', fold(entries()), {});
		const hints = policy.fields?.(known).flatMap(it => (it.name.startsWith('source') ? [it.hint] : []));
		expect(hints).toEqual([`where NPS is; seen: ${here}`, `that NPS uses; seen: ${endpoint}`, 'kept in the record']);
		expect((await run()).code).toBe(0);
		expect(strict.statements().some(it => JSON.stringify(it.Condition ?? {}).includes('aws:Source'))).toBe(false);
	});
	test('what is bound already costs no further look', async () => {
		const looks = (): number => strict.bench.heard.filter(it => it.api === 'LookupEvents').length;
		await run();
		await run();
		const usual = looks();
		await run({sourceIp: ['127.0.0.0/8']});
		expect(looks()).toBeGreaterThan(usual);
		await run();
		expect(looks()).toBe(usual);
	});
	test('nothing stops where it is within', async () => {
		await run();
		await worked(here);
		expect((await run({sourceIp: ['198.51.100.0/24']})).code).toBe(0);
	});
	test('through a VPC endpoint no range holds it, only the endpoint does', async () => {
		await run();
		await worked('10.1.2.3', endpoint);
		const {what, todo} = await stopped({sourceIp: ['10.0.0.0/8']});
		expect(what).toContain(`VPC endpoint ${endpoint}`);
		expect(todo).toContain(`--source-ip 10.0.0.0/8 --source-vpce ${endpoint}`);
		await stopped({sourceVpce: ['vpce-11111111']});
		const {code, said} = await run({sourceIp: [range], sourceVpce: [endpoint]});
		expect(code, said).toBe(0);
		await nps('10.1.2.3', endpoint).works();
	});
	test('a dry run stops there too', async () => {
		await run();
		await worked(here);
		await stopped({sourceIp: [range], dryRun: true});
	});
});

describe('where only the record tells it', () => {
	test('it stops as well, by addresses and by VPC endpoints, once each', async () => {
		await run();
		await worked(here);
		await nps('10.1.2.3', endpoint).works();
		await run();
		await run();
		const uses = entries().filter(it => it.type === 'in-use');
		expect(uses.map(({from, through}) => ({from, through}))).toEqual([
			{from: ['10.1.2.3', here], through: {[endpoint]: ['10.1.2.3']}},
		]);
		nothingTold();
		const {what} = await stopped({sourceIp: [range]});
		expect(what).toContain(`from ${here}, VPC endpoint ${endpoint}, and`);
		await stopped({sourceVpce: [endpoint]});
		expect((await run({sourceIp: [`${here}/32`], sourceVpce: [endpoint]})).code).toBe(0);
	});
	test('of an access key that was replaced since, too', async () => {
		await run();
		await worked(here);
		await run();
		const secretFile = join(strict.bench.home, 'new.csv');
		for (const it of [{}, {npsRotated: true, overrideReason: 'sure'}])
			await strict.bench.run(replaceAccessKey, {secretFile, ...it});
		expect(fold(entries()).facts.accessKeyId).not.toBe(fold(entries()).delivered[0]?.id);
		await stopped({sourceIp: [range]});
	});
	test('an older record, which tells no VPC endpoints, wants one named for a private address, whichever', async () => {
		await run();
		const {at, clock} = entries().at(-1) ?? expect.fail();
		const id = fold(entries()).facts.accessKeyId ?? '';
		const had = JSON.parse(readFileSync(file(), 'utf8')) as object;
		const all = [...entries(), {type: 'in-use', id, seenAt: at, from: ['10.1.2.3'], at, clock}];
		writeFileSync(file(), JSON.stringify({...had, entries: all}), {mode: 0o600});
		const {todo} = await stopped({sourceIp: [range]});
		expect(todo).toMatch(/^Name all that NPS uses with --source-vpce ID/);
		expect((await run({sourceVpce: [endpoint]})).code).toBe(0);
	});
});

describe('with a reason', () => {
	test('it goes on, tells it in the review, keeps it, and asks no run after for it', async () => {
		await run();
		await worked(here);
		const {code, said} = await run({sourceIp: [range], sourceReason: 'the server moved'});
		expect([code, writes()], said).toEqual([0, ['PutKeyPolicy', 'CreatePolicyVersion']]);
		expect(fold(entries()).facts.leftOut).toBe(`${here}: the server moved`);
		for (const it of [said, changeRecord(strict.bench)])
			expect(it).toContain(`from where the user may use the key; NPS is left out at ${here}: the server moved`);
		expect([(await run()).code, writes()]).toEqual([0, []]);
	});
	test('a run that stopped between the two policies goes on without a word', async () => {
		await run();
		await worked(here);
		strict.bench.sandbox.setFaults([{api: 'iam:CreatePolicyVersion', nth: 'every', kind: 'access-denied'}]);
		expect((await run({sourceIp: [range], sourceReason: 'the server moved'})).code).toBe(1);
		expect(writes()).toContain('PutKeyPolicy');
		strict.bench.sandbox.setFaults([]);
		expect([(await run()).code, writes()]).toEqual([0, ['CreatePolicyVersion']]);
	});
	test('once NPS is known to be elsewhere, what it uses there needs another', async () => {
		await run();
		await worked(here);
		const sourceReason = 'the server moved';
		await run({sourceIp: [range], sourceReason});
		await worked('203.0.113.5');
		const {what, why} = await stopped({sourceIp: ['192.0.2.0/24'], sourceReason});
		expect(what).toContain('from 203.0.113.5, and');
		expect(why).toContain('“the server moved” was said of what was seen before');
		expect((await run({sourceIp: ['192.0.2.0/24'], sourceReason: 'it moved again'})).code).toBe(0);
	});
	test('taken off and bound again, it is asked again', async () => {
		await run();
		await worked(here);
		await run({sourceIp: [range], sourceReason: 'the server moved'});
		expect((await run({sourceIp: false})).code).toBe(0);
		await worked(here);
		await stopped({sourceIp: [range]});
	});
	test('given in vain it says nothing', async () => {
		await run({sourceReason: 'why not'});
		expect(fold(entries()).facts.leftOut).toBeUndefined();
		await worked(here);
		await run();
		await stopped({sourceIp: [range]});
		nothingTold();
		await stopped({sourceIp: [range]});
	});
});

test('what is bound already stops nothing, whatever the record tells', async () => {
	await run();
	await worked(here);
	await run({sourceIp: [range], sourceReason: 'the server moved'});
	const had = JSON.parse(readFileSync(file(), 'utf8')) as {entries: Entry[]};
	for (const it of had.entries) if (it.type === 'completed') Reflect.deleteProperty(it.facts, 'leftOut');
	writeFileSync(file(), JSON.stringify(had), {mode: 0o600});
	expect([(await run()).code, writes()]).toEqual([0, []]);
});
test('an adopted key, whose user NPS works with, is not bound either', async () => {
	await run();
	await worked(here);
	strict.orphan();
	const {code, result, said} = await run({adopt: 'policy,user,key', sourceIp: [range]});
	expect([code, writes().filter(it => /Policy/.test(it) && !/Tag/.test(it))], said).toEqual([1, []]);
	expect(result['problem'], said).toMatchObject({code: 'LeavesNpsOut'});
});
