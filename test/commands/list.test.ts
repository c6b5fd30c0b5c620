import {mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {commands} from '../../src/commands/index.js';
import {list} from '../../src/commands/list/list.js';
import {setup} from '../../src/steps/index.js';
import {Bench} from '../contract/in-process.js';
import {memory} from '../memory.js';

const courses = commands.flatMap(it => (it.runs && it.course ? [it.course] : []));
const listed = (home: string, flags: object = {}): {outcome: string; text: string} => {
	const lines: string[] = [];
	const host = {
		env: {NPS_KMS_HOME: home},
		lines: {out: (it: string) => void lines.push(it), err: (it: string) => void lines.push(it)},
		courses,
	};
	const outcome = list({setup: 'nps', ...flags}, host as never);
	return {outcome, text: lines.join('\n')};
};

test('without any setup, it says where one would be, and makes nothing', () => {
	const home = mkdtempSync(join(memory, 'nps-kms-'));
	try {
		expect(listed(home)).toEqual({outcome: 'done', text: expect.stringContaining(join(home, 'setups'))});
		expect(JSON.parse(listed(home, {json: true}).text)).toEqual({v: 1, setups: []});
		expect(listed(home, {sandbox: true}).text).toContain(
			`There is no rehearsal on this machine. Its record would be in ${join(home, 'sandbox', 'setups')}`,
		);
		expect(readdirSync(home)).toEqual([]);
	} finally {
		rmSync(home, {recursive: true});
	}
});

describe('the setups of a machine', () => {
	let bench: Bench;
	beforeEach(async () => {
		bench = await Bench.start();
		await bench.run(setup, {prove: false});
		await bench.run(setup, {setup: 'second', policyName: 'second', userName: 'second', stopAfter: 'policy'});
	});
	afterEach(() => bench.end());

	test('stand in order, each with its account, its region and the step where it goes on', () => {
		bench.heard.length = 0;
		const {outcome, text} = listed(bench.home, {json: true});
		const common = {rehearsal: false, account: bench.sandbox.account.id, region: 'eu-west-1'};
		expect([outcome, JSON.parse(text), bench.heard]).toEqual([
			'done',
			{
				v: 1,
				setups: [
					expect.objectContaining({...common, setup: 'nps', status: 'finished'}),
					expect.objectContaining({...common, setup: 'second', status: 'unfinished', step: 'user'}),
				],
			},
			[],
		]);
		expect(listed(bench.home).text).toMatch(
			/Setup nps is finished.*\n.*\n(?:.*\n)*Setup second stopped at step 2 of 7, User/,
		);
	});
	test('are all told where the record of one is damaged or newer', () => {
		const dir = join(bench.home, 'setups');
		writeFileSync(join(dir, 'broken.json'), '{');
		writeFileSync(join(dir, 'later.json'), JSON.stringify({v: 99, entries: []}));
		const {setups} = JSON.parse(listed(bench.home, {json: true}).text) as {setups: {setup: string; status: string}[]};
		expect(setups.map(it => [it.setup, it.status])).toEqual([
			['broken', 'unreadable'],
			['later', 'unreadable'],
			['nps', 'finished'],
			['second', 'unfinished'],
		]);
	});
	test('of rehearsals are marked as such', () => {
		const dir = join(bench.home, 'sandbox', 'setups');
		mkdirSync(dir, {recursive: true});
		writeFileSync(join(dir, 'trial.json'), '{');
		expect(JSON.parse(listed(bench.home, {json: true}).text)).toMatchObject({
			setups: [{setup: 'nps'}, {setup: 'second'}, {setup: 'trial', rehearsal: true}],
		});
		const alone = listed(bench.home, {json: true, sandbox: true}).text;
		expect((JSON.parse(alone) as {setups: object[]}).setups).toEqual([
			expect.objectContaining({setup: 'trial', rehearsal: true}),
		]);
		expect(listed(bench.home, {sandbox: true}).text).toMatch(/To carry one on: nps-kms --setup NAME --sandbox$/);
	});
	test('are named where a command is about one that isn’t there', async () => {
		const run = bench.run(
			courses.find(it => it.name === 'discard'),
			{setup: 'prdo', confirm: 'prdo'},
		);
		await expect(run).rejects.toMatchObject({problem: {todo: expect.stringContaining('there are nps, second')}});
	});
});
