import {CreateUserCommand} from '@aws-sdk/client-iam';
import {describe, expect, test} from 'vitest';
import {readFault} from '../../src/sandbox/http/faults.js';
import {discard} from '../../src/steps/index.js';
import {clientsOf} from '../sandbox/clients.js';
import {type Statement, StrictBench} from './strict-bench.js';
import {told} from './told.js';

const sid = 'Guard against deletion while in use';
const strict = new StrictBench();
const {run, key, statements, edit, writes, forget} = strict;
const guard = (): Statement | undefined => statements().find(it => it.Sid === sid);
const days = (): unknown => (guard()?.Condition as {NumericLessThanEquals?: object} | undefined)?.NumericLessThanEquals;
const of = (n: string): object => ({'kms:TrailingDaysWithoutKeyUsage': n});

test('is a Deny for everybody in the policy that the key is made with, told in the review, and the proof passes', async () => {
	const {code, result, said} = await run({deletionGuard: '30', prove: true});
	expect([code, result['proven']], said).toEqual([0, true]);
	expect(guard()).toEqual({
		...{Sid: sid, Effect: 'Deny', Principal: {AWS: '*'}, Action: ['kms:DisableKey', 'kms:ScheduleKeyDeletion']},
		...{Resource: '*', Condition: {NumericLessThanEquals: of('30')}},
	});
	expect(said).toContain('The deletion guard binds everybody, administrators too');
	expect(said).toMatch(/Deny {2}kms:DisableKey, kms:ScheduleKeyDeletion {2}to {2}\*/);
	expect(await told(strict.bench)).toEqual([0, []]);
	expect([(await run()).code, writes()]).toEqual([0, []]);
});
test('is off unless asked for', async () => {
	await run();
	expect(guard()).toBeUndefined();
});
test.each(['0', '-1', 'a week', '3651', '1.5'])('%s days are refused before any call', async deletionGuard => {
	await expect(run({deletionGuard})).rejects.toMatchObject({
		problem: {
			what: expect.stringContaining('--deletion-guard') as string,
			why: expect.stringContaining('1 to 3650') as string,
		},
	});
	expect(strict.bench.heard).toEqual([]);
});

describe('answered anew', () => {
	test('is put on a key that is there, beside all that stands in its policy', async () => {
		await run();
		edit(all => [
			...all,
			{Sid: 'theirs', Effect: 'Deny', Principal: {AWS: '*'}, Action: 'kms:PutAlias', Resource: '*'},
		]);
		const before = statements();
		const {code, said} = await run({deletionGuard: '30'});
		expect([code, writes(), statements().slice(0, -1), days()], said).toEqual([0, ['PutKeyPolicy'], before, of('30')]);
		expect(said).not.toContain('This loosens');
		expect(await told(strict.bench)).toEqual([0, []]);
	});
	test('with more days needs no word but yes', async () => {
		await run({deletionGuard: '30'});
		const {code, said} = await run({deletionGuard: '60'});
		expect([code, writes(), days()], said).toEqual([0, ['PutKeyPolicy'], of('60')]);
		expect(said).not.toContain('This loosens');
	});
	test.each([
		['with fewer days', {deletionGuard: '7'}, of('7'), '--deletion-guard 7'],
		['with none', {deletionGuard: false}, undefined, '--no-deletion-guard'],
	])('%s loosens: under that heading, and only in a run whose flag says so', async (_how, answer, after, flags) => {
		await run({deletionGuard: '30'});
		// The answer reaches the record, and the run stops before the change.
		strict.bench.sandbox.setFaults([readFault('kms:PutKeyPolicy=access-denied') ?? expect.fail('no such fault')]);
		expect((await run(answer)).code).toBe(1);
		strict.bench.sandbox.setFaults([]);
		const silent = await run();
		expect([silent.code, silent.result['problem'], writes(), days()]).toEqual([
			1,
			expect.objectContaining({code: 'Loosens', todo: expect.stringContaining(flags) as string}),
			[],
			of('30'),
		]);
		const {code, said} = await run(answer);
		expect([code, writes(), days()], said).toEqual([0, ['PutKeyPolicy'], after]);
		expect(said).toContain('This loosens.');
		expect(await told(strict.bench)).toEqual([0, []]);
	});
	test('loosens in a review of its own, after whatever else is missing', async () => {
		await run({deletionGuard: '30'});
		const {code, lines} = await run({deletionGuard: false, tag: ['a=1']});
		const planned = lines.filter(
			it => it.type === 'step' && it['step'] === 'managed-key' && it['status'] === 'planned',
		);
		const ids = planned.map(it => (it['changes'] as {id: string}[]).map(one => one.id));
		expect([code, ids]).toEqual([0, [['tag-key'], ['take-deletion-guard']]]);
	});
});

describe('what others made of it', () => {
	test('stricter stays so, whatever is answered', async () => {
		await run({deletionGuard: '30'});
		edit(all => all.map(it => (it.Sid === sid ? {...it, Condition: {NumericLessThanEquals: of('90')}} : it)));
		expect(await told(strict.bench)).toEqual([0, []]);
		const {code, said} = await run({deletionGuard: '60'});
		expect([code, writes(), days()], said).toEqual([0, [], of('90')]);
		expect(said).toContain("has a deletion guard of 90 days that this setup didn't write; 60 days were asked for");
		expect([(await run({deletionGuard: false})).code, writes(), days()]).toEqual([0, [], of('90')]);
	});
	test.each([
		['fewer days', (it: Statement) => [{...it, Condition: {NumericLessThanEquals: of('3')}}], 'deletion-guard-changed'],
		['none', () => [], 'deletion-guard-gone'],
	])('%s is told, and the next run sets it again', async (_what, how, code) => {
		await run({deletionGuard: '30'});
		edit(all => all.flatMap(it => (it.Sid === sid ? how(it) : [it])));
		const [exit, codes] = await told(strict.bench);
		expect([exit, codes]).toEqual([3, expect.arrayContaining([code])]);
		expect([(await run()).code, writes(), days()]).toEqual([0, ['PutKeyPolicy'], of('30')]);
	});
	test('a guard that a stranger wrote is never taken away', async () => {
		await run();
		edit(all => [...all, {...theirs, Sid: 'their guard'}]);
		expect([(await run({deletionGuard: false})).code, writes()]).toEqual([0, []]);
		edit(all => [...all.slice(0, -1), {...theirs, Sid: sid}]);
		expect([(await run({deletionGuard: false})).code, writes(), days()]).toEqual([0, [], of('30')]);
	});
});
test('a guard that a stranger wrote after ours was taken away is theirs, though it is of as many days', async () => {
	await run({deletionGuard: '30'});
	await run({deletionGuard: false});
	expect(days()).toBeUndefined();
	edit(all => [...all, {...theirs, Sid: sid}]);
	const {code, said} = await run({deletionGuard: false});
	expect([code, writes(), days()], said).toEqual([0, [], of('30')]);
	expect(said).toContain("has a deletion guard of 30 days that this setup didn't write");
	expect(await told(strict.bench)).toEqual([0, []]);
	expect([(await run({deletionGuard: '60'})).code, days()]).toEqual([0, of('60')]);
	expect([(await run({deletionGuard: false})).code, days()]).toEqual([0, undefined]);
});
describe('a guard that others wrote stays theirs, whatever we write into the policy besides', () => {
	test('more days by others, and then an administrator is let in', async () => {
		const {id} = strict.bench.sandbox.account;
		await clientsOf(strict.bench.sandbox).iam.send(new CreateUserCommand({UserName: 'ann'}));
		const [admin, ann] = ['admin', 'ann'].map(it => `arn:aws:iam::${id}:user/${it}`);
		await run({deletionGuard: '30', keyAdministrator: [admin]});
		edit(all => all.map(it => (it.Sid === sid ? {...it, Condition: {NumericLessThanEquals: of('90')}} : it)));
		const {code, said} = await run({keyAdministrator: [admin, ann]});
		expect([code, writes()], said).toEqual([0, ['PutKeyPolicy']]);
		expect([(await run({deletionGuard: '30'})).code, days()]).toEqual([0, of('90')]);
		expect([(await run({deletionGuard: false})).code, days()]).toEqual([0, of('90')]);
	});
});

const theirs = {
	...{Effect: 'Deny', Principal: {AWS: '*'}, Action: ['kms:DisableKey', 'kms:ScheduleKeyDeletion'], Resource: '*'},
	Condition: {NumericLessThanEquals: of('30')},
};

test('where the record was lost, the key policy tells it', async () => {
	await run({deletionGuard: '30'});
	forget();
	expect([(await run({recover: true})).code, writes(), days()]).toEqual([0, [], of('30')]);
	edit(all => all.filter(it => it.Sid !== sid));
	expect([(await run()).code, writes(), days()]).toEqual([0, ['PutKeyPolicy'], of('30')]);
	expect([(await run({deletionGuard: false})).code, days()]).toEqual([0, undefined]);
});

describe('taking the setup back', () => {
	test('takes it away first, in a review of its own that the whole one tells, waits until KMS sees that, then deletes', async () => {
		await run({deletionGuard: '30', stopAfter: 'managed-key'});
		const dry = await strict.bench.run(discard, {dryRun: true, deleteKmsKey: true});
		expect(dry.said).toMatch(/update key policy of KMS key \S+, without the deletion guard[\s\S]*delete KMS key/);
		const {code, said} = await strict.bench.run(discard, {
			deleteKmsKey: true,
			confirm: 'nps',
			confirmAlias: 'nps-kms-key',
		});
		expect([code, key().state, guard()], said).toEqual([0, 'PendingDeletion', undefined]);
		expect(said).toContain('This loosens.');
		const order = writes().filter(it => /PutKeyPolicy|ScheduleKeyDeletion/.test(it));
		expect(order).toEqual(['PutKeyPolicy', 'ScheduleKeyDeletion']);
	});
	test('waits out a refusal while KMS does not see yet that it is gone', async () => {
		await run({deletionGuard: '30', stopAfter: 'managed-key'});
		const hear = strict.bench.hear.bind(strict.bench);
		let refused = 0;
		// A wait that is over before a slow machine has answered waits for nothing.
		strict.bench.patience = 0.05;
		strict.bench.hear = it => {
			hear(it);
			if (it.api === 'PutKeyPolicy') edit(all => [...all, {...theirs, Sid: 'as KMS sees it still'}]);
			if (it.api === 'ScheduleKeyDeletion' && it.status !== 200 && ++refused === 2)
				edit(all => all.filter(one => one.Sid !== 'as KMS sees it still'));
		};
		const {code, said} = await strict.bench.run(discard, {
			deleteKmsKey: true,
			confirm: 'nps',
			confirmAlias: 'nps-kms-key',
		});
		expect([code, key().state], said).toEqual([0, 'PendingDeletion']);
		expect(said).toContain('KMS may not see yet that the deletion guard is gone');
	});
	test('also where all is only switched off', async () => {
		await run({deletionGuard: '30', stopAfter: 'managed-key'});
		const {code, said} = await strict.bench.run(discard, {confirm: 'nps', confirmAlias: 'nps-kms-key'});
		expect([code, key().state, guard()], said).toEqual([0, 'Disabled', undefined]);
		expect([(await run()).code, key().state, days()]).toEqual([0, 'Enabled', of('30')]);
	});
});
