import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {choicesOf} from '../../src/engine/to-do.js';
import {Lane, type Ran} from '../faults/lane.js';
import {person} from '../faults/person.js';

describe('two at once', () => {
	let lane: Lane;
	/** The home of another operator, of the same account. */
	let elsewhere: string;
	beforeAll(async () => {
		[lane = expect.fail('there is no lane')] = await Lane.open(1);
	});
	beforeEach(() => {
		lane.back({account: lane.blank, files: {}});
		elsewhere = mkdtempSync(join(tmpdir(), 'nps-kms-elsewhere-'));
	});
	afterEach(() => rmSync(elsewhere, {recursive: true, force: true}));
	afterAll(() => lane?.close());
	const run = (options: object = {}, home = lane.home): Promise<Ran> =>
		lane.run(
			{secretFile: `${home}/${(options as {setup?: string}).setup ?? 'nps'}.csv`, prove: false, ...options},
			{home},
		);
	const made = (): readonly number[] => {
		const {users, policies, keys, aliases} = lane.sandbox.account;
		return [
			users,
			Object.fromEntries(Object.entries(policies).filter(([arn]) => !arn.includes(':iam::aws:'))),
			keys,
			aliases,
		].map(it => Object.keys(it).length);
	};
	const problemOf = ({result}: Ran): {what: string; why: string; todo: string; code: string} =>
		result['problem'] as never;

	test('two setups of different names both come to their end, each with things of its own', async () => {
		const both = await Promise.all([run(), run({setup: 'lab'})]);
		expect(
			both.map(({code}) => code),
			both.map(it => it.said).join('\n'),
		).toEqual([0, 0]);
		// The operator is a user, too.
		expect(made()).toEqual([3, 2, 2, 2]);
		const [one, other] = both.map(({result}) => result);
		for (const name of ['policyArn', 'userArn', 'accessKeyId', 'keyArn', 'alias'])
			expect(one?.[name]).not.toBe(other?.[name]);
		const {users} = lane.sandbox.account;
		const idOf = (user: string): string | undefined => users[user]?.tags.find(it => it.Key === 'nps-kms:id')?.Value;
		expect(idOf('nps-kms-user')).not.toBe(idOf('nps-kms-user-lab'));
		const again = await Promise.all([run(), run({setup: 'lab'})]);
		expect(again.map(({code}) => code)).toEqual([0, 0]);
		expect(made()).toEqual([3, 2, 2, 2]);
	});
	test('two operators with a setup of the same name: one comes to the end, the other is told of it and changes nothing of it', async () => {
		const both = await Promise.all([run(), run({}, elsewhere)]);
		expect(both.map(({code}) => code).sort(), both.map(it => it.said).join('\n')).toEqual([0, 1]);
		const stopped = both.find(({code}) => code === 1);
		expect(stopped && problemOf(stopped)).toMatchObject({
			code: 'UnknownRecord',
			todo: expect.stringContaining('--recover'),
		});
		expect(made()).toEqual([2, 1, 1, 1]);
		expect(lane.sandbox.account.users['nps-kms-user']?.accessKeys).toHaveLength(1);
	});
	test('another operator, later: without questions it stops with exit 1, at every step that was reached', async () => {
		for (const stage of ['policy', 'user', 'managed-key', 'hand-off']) {
			lane.back({account: lane.blank, files: {}});
			expect((await run({stopAfter: stage})).code).toBe(0);
			const stood = made();
			rmSync(elsewhere, {recursive: true, force: true});
			const {code, result} = await run({}, elsewhere);
			expect([stage, code, result]).toMatchObject([stage, 1, {problem: {code: 'UnknownRecord'}}]);
			expect(made()).toEqual(stood);
		}
	});
	test('another operator is asked, and carries on that setup if they say so', async () => {
		expect((await run({stopAfter: 'user'})).code).toBe(0);
		const asked: string[] = [];
		const code = await lane.ask(
			person(scene => {
				if (scene.phase.at !== 'stopped') return undefined;
				const {problem} = scene.phase;
				asked.push(problem.what);
				const way = choicesOf(problem).find(it => it.takesUp !== undefined);
				return way ? {type: 'way', way} : {type: 'quit'};
			}),
			{secretFile: `${elsewhere}/nps.csv`, prove: false},
			{home: elsewhere},
		);
		expect(code).toBe(0);
		expect(asked).toEqual([expect.stringContaining("belongs to a setup nps that this record doesn't know")]);
		expect(made()).toEqual([2, 1, 1, 1]);
	});
	test('another operator who says nothing of it leaves everything as it is', async () => {
		expect((await run({stopAfter: 'user'})).code).toBe(0);
		const stood = JSON.stringify(made());
		const code = await lane.ask(
			person(scene => (scene.phase.at === 'stopped' ? {type: 'quit'} : undefined)),
			{prove: false},
			{home: elsewhere},
		);
		expect(code).toBe(130);
		expect(JSON.stringify(made())).toBe(stood);
	});
});
