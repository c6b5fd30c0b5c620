import {describe, expect, test} from 'vitest';
import {lookPatiently} from '../../src/engine/look-patiently.js';
import type {Attempt, Plan, Problem} from '../../src/engine/step.js';
import type {News} from '../../src/engine/waiting.js';
import {blind, change, FakeClock, knowing} from './samples.js';

const missing = change('create-user');
const there: Plan = {changes: []};
const notThere: Plan = {changes: [missing]};
const clockStart = '2026-01-01T00:00:00.000Z';
const ago = (seconds: number): string => new Date(Date.parse(clockStart) - seconds * 1000).toISOString();
const tried = (more: Partial<Attempt> = {}): Attempt => ({
	change: missing,
	learned: {},
	at: clockStart,
	clock: 'aws',
	run: 1,
	...more,
});

/** Looks with a step that plans these in turn, the last for good. */
async function look(past: readonly Attempt[], plans: readonly (Plan | Problem)[], patience = 1, run = 1) {
	const clock = new FakeClock(patience);
	const news: News[] = [];
	let looks = 0;
	const step = {
		id: 's',
		name: 'S',
		title: 'S',
		guide: {covers: '', text: [], links: []},
		observe: async () => undefined,
		plan: () => plans[Math.min(looks++, plans.length - 1)] as Plan,
	};
	const plan = await lookPatiently(step, knowing(past, run), blind, clock, it => news.push(it));
	const waited = clock.sleeps.reduce((sum, it) => sum + it, 0) / 1000;
	return {plan, looks, waited, news};
}

describe('one look is enough', () => {
	test.each<[string, readonly Attempt[], Plan]>([
		['where nothing was tried', [], notThere],
		['where the doubtful change is seen', [tried()], there],
		['where another change is missing', [tried({change: change('other')})], notThere],
		['where the doubt was settled', [tried({outcome: 'settled'})], notThere],
		['where it was done two minutes ago', [tried({outcome: 'done', endedAt: ago(120)})], notThere],
		['where it was done just now and is seen', [tried({outcome: 'done', endedAt: ago(1)})], there],
		['where AWS refused', [tried({outcome: 'refused', code: 'AccessDenied'})], notThere],
	])('%s', async (_rule, past, plan) => {
		const told = await look(past, [plan]);
		expect(told).toMatchObject({looks: 1, waited: 0, news: []});
		expect(told.plan).toBe(plan);
	});
});

describe('after a lost answer "not there" is believed', () => {
	test('only after looking for at least 15 seconds, told as a wait', async () => {
		const {plan, waited, looks, news} = await look([tried()], [notThere]);
		expect(plan).toBe(notThere);
		expect(waited).toBeGreaterThanOrEqual(15);
		expect(waited).toBeLessThan(25);
		expect(looks).toBeGreaterThanOrEqual(4);
		expect(news[0]).toMatchObject({type: 'wait', step: 's', for: 'thing create-user', elapsedMs: 0, limitMs: 15_000});
	});
	test('only after repeated looks also with no patience at all', async () => {
		const {looks, waited} = await look([tried()], [notThere], 0);
		expect(looks).toBeGreaterThanOrEqual(4);
		expect(waited).toBe(0);
	});
	test('after as long as the change itself asks for', async () => {
		const {waited} = await look([tried({change: change('create-user', {patience: 120})})], [notThere]);
		expect(waited).toBeGreaterThanOrEqual(120);
		expect(waited).toBeLessThan(130);
	});
	test('not at all once it is seen', async () => {
		const {plan, looks} = await look([tried()], [notThere, notThere, there]);
		expect(plan).toBe(there);
		expect(looks).toBe(3);
	});
	test('after repeated looks even if nothing is missing, where no name of its own tells it apart', async () => {
		const {looks} = await look([tried({change: change('create-access-key', {before: []})})], [there]);
		expect(looks).toBeGreaterThanOrEqual(4);
	});
	test('also where nothing is missing, and a plan tells that it does not see it', async () => {
		const {waited} = await look([tried()], [{changes: [], unseen: ['create-user']}]);
		expect(waited).toBeGreaterThanOrEqual(15);
		expect((await look([tried()], [{changes: [], unseen: ['create-user']}, there])).looks).toBe(2);
		expect((await look([tried({outcome: 'undone'})], [{changes: [], unseen: ['create-user']}])).looks).toBe(1);
	});
	test('for the longest of several doubts', async () => {
		const {waited} = await look([tried(), tried({change: change('create-user', {patience: 60})})], [notThere]);
		expect(waited).toBeGreaterThanOrEqual(60);
	});
});

describe('an outcome younger than two minutes', () => {
	test('counts as one also where only the showing of its secret tells that it was done', async () => {
		const {waited} = await look([tried({outcome: 'settled', endedAt: ago(60)})], [notThere]);
		expect(waited).toBeGreaterThanOrEqual(60);
	});
	test.each([0, 60, 100, 119])(
		'%i seconds old is looked for until it is two minutes old, and over at least 15 seconds',
		async age => {
			const {waited} = await look([tried({outcome: 'done', endedAt: ago(age)})], [notThere]);
			expect(waited).toBeGreaterThanOrEqual(Math.max(15, 120 - age));
			expect(waited).toBeLessThan(Math.max(15, 120 - age) + 10);
		},
	);
	test('is looked for until it is seen', async () => {
		expect(await look([tried({outcome: 'done', endedAt: ago(0)})], [notThere, there])).toMatchObject({
			looks: 2,
			plan: there,
		});
	});
	test('counts from its end, or from its start where no end is on record', async () => {
		expect((await look([tried({outcome: 'done', at: ago(300), endedAt: ago(5)})], [notThere])).looks).toBeGreaterThan(
			1,
		);
		expect((await look([tried({outcome: 'done', at: ago(300)})], [notThere])).looks).toBe(1);
	});
	test('of the future, by a clock that was set back, is waited for no longer than two minutes', async () => {
		expect((await look([tried({outcome: 'done', endedAt: ago(-9999)})], [notThere])).waited).toBeLessThan(130);
	});
});

test('a name found taken is looked for up to half a minute, in the run that found it taken', async () => {
	const taken = tried({
		change: change('create-user', {lookAgainOn: ['EntityAlreadyExists']}),
		outcome: 'refused',
		code: 'EntityAlreadyExists',
		run: 2,
	});
	const {waited} = await look([taken], [notThere], 1, 2);
	expect(waited).toBeGreaterThanOrEqual(30);
	expect(waited).toBeLessThan(36);
	expect((await look([taken], [notThere], 1, 3)).looks).toBe(1);
	expect((await look([{...taken, code: 'AccessDenied'}], [notThere], 1, 2)).looks).toBe(1);
});
test('a problem that may only be late is looked at again, and any other at once believed', async () => {
	const problem: Problem = {is: 'problem', what: 'gone', why: 'gone', todo: 'x'};
	expect((await look([tried()], [problem])).looks).toBe(1);
	expect((await look([tried()], [{...problem, mayBeLate: true}])).looks).toBeGreaterThanOrEqual(4);
	expect((await look([], [{...problem, mayBeLate: true}])).looks).toBe(1);
});
