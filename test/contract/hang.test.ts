import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {status} from '../../src/commands/status/run-status.js';
import type {Scene} from '../../src/engine/scene.js';
import {inLines} from '../../src/front/line-by-line.js';
import {setup} from '../../src/steps/index.js';
import {Lane, pictureOf} from '../faults/lane.js';
import {person} from '../faults/person.js';

describe('a call that hangs', () => {
	let lane: Lane;
	let undisturbed: string;
	const options = (): object => ({secretFile: `${lane.home}/secret.csv`, prove: false});
	const hanging = (api: string, nth: number | 'every' = 'every') => [{api, nth, kind: 'hang'} as const];
	beforeAll(async () => {
		[lane = expect.fail('there is no lane')] = await Lane.open(1);
		expect((await lane.run(options())).code).toBe(0);
		undisturbed = pictureOf(lane.standing(), lane.home);
	});
	beforeEach(() => lane.back({account: lane.blank, files: {}}));
	afterAll(() => lane?.close());
	const carriesOn = async (): Promise<void> => {
		const {code, said} = await lane.run(options());
		expect(code, said).toBe(0);
		expect(pictureOf(lane.standing(), lane.home)).toBe(undisturbed);
	};
	/** Leaves, as by Ctrl+C, as soon as the screen says what it waits for; tells the scenes in which it did. */
	const leavingOnceSeen = (seen: Scene[]) =>
		person(undefined, (scene, leaving) => {
			if (seen.length === 0 && scene.wait && scene.wait.why.endsWith(' is not answered yet')) {
				seen.push(scene);
				leaving.interrupt();
			}
		});

	test.each([
		['looking before a review', 'iam:GetUser', 'every'],
		['the look at who makes a change', 'sts:GetCallerIdentity', 2],
	] as const)(
		'in %s is seen on the screen with its limit, and Ctrl+C ends it long before',
		{timeout: 20_000},
		async (_what, api, nth) => {
			const seen: Scene[] = [];
			const code = await lane.ask(leavingOnceSeen(seen), options(), {faults: hanging(api, nth), timeoutMs: 30_000});
			expect(code).toBe(130);
			expect(seen[0]?.wait).toMatchObject({for: 'AWS', why: `${api} is not answered yet`, limitMs: 30_000});
			await carriesOn();
		},
	);
	test('in a change is seen too; Ctrl+C lets it come to its end, and what became of it is found by the next run', async () => {
		const seen: Scene[] = [];
		const code = await lane.ask(leavingOnceSeen(seen), options(), {faults: hanging('iam:CreateUser'), timeoutMs: 3000});
		expect(code).toBe(130);
		expect(seen[0]?.phase.at).toBe('applying');
		expect(
			lane
				.entries()
				.filter(it => it.type === 'intent')
				.at(-1),
		).toMatchObject({change: {id: 'create-user'}});
		expect(lane.entries().filter(it => it.type === 'outcome')).toHaveLength(1);
		await carriesOn();
	});
	test('in nps-kms status is told beside the table, which says what could not be looked at', async () => {
		expect((await lane.run(options())).code).toBe(0);
		const [out, err]: [string[], string[]] = [[], []];
		lane.sandbox.setFaults(hanging('iam:GetUser'));
		const outlet = {json: false, out: (it: string) => void out.push(it), err: (it: string) => void err.push(it)};
		const env = {...process.env, NPS_KMS_HOME: lane.home, NPS_KMS_PATIENCE: '0'};
		const run = {
			course: setup,
			others: [],
			options: {setup: 'nps', profile: lane.profile},
			env,
			outlet,
			version: '0.0.0',
			now: new Date(),
			timeoutMs: 3000,
		};
		expect(await status(run, () => undefined)).not.toBe('done');
		lane.sandbox.setFaults([]);
		expect(err.join('\n')).toContain('… AWS: iam:GetUser is not answered yet; waiting at most 3 s');
		expect(out.join('\n')).not.toContain('not answered yet');
	});
	test('is told line by line as well, and without questions', async () => {
		const {lines, said, code} = await lane.run(options(), {faults: hanging('iam:GetUser'), timeoutMs: 3000});
		expect(code).toBe(1);
		expect(said).toContain('… AWS: iam:GetUser is not answered yet; waiting at most 3 s');
		expect(lines.find(it => it['why'] === 'iam:GetUser is not answered yet')).toMatchObject({
			// All steps are looked at before anything is made.
			step: 'connect',
			for: 'AWS',
			why: 'iam:GetUser is not answered yet',
			limitMs: 3000,
		});
		lane.back({account: lane.blank, files: {}});
		const told: string[] = [];
		const stdin = new (await import('node:stream')).PassThrough();
		// Every question gets what stands in its brackets; where the set-up stops, that is to save and quit.
		const write = (text: string): void => {
			told.push(text);
			if (text.endsWith(': ')) stdin.write('\n');
		};
		await lane.ask(inLines({stdin, write}), options(), {faults: hanging('iam:GetUser'), timeoutMs: 3000});
		expect(told.join('')).toMatch(/Waiting for AWS: iam:GetUser is not answered yet, \d+ s of at most 3 s\./);
		expect(told.join('')).toContain('No answer came in time');
	});
});
