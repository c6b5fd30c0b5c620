import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {reach} from '../../src/aws/client/send.js';
import {direct} from '../../src/aws/network/network.js';
import {type Lags, noLags} from '../../src/sandbox/account/lags.js';
import {sendNow} from '../aws/client/send-now.js';
import {Lane, type Line, pictureOf, type Ran, type Standing} from '../faults/lane.js';

/** Seconds between two looks, as runs wait them. */
const pauses = [1, 2, 3, 4, 5];

describe('what AWS shows late', () => {
	let lane: Lane;
	let undisturbed: string;
	let before: Standing;
	beforeAll(async () => {
		[lane = expect.fail('there is no lane')] = await Lane.open(1);
		// Another application's key: what the policy still allows with it shows that it is late.
		const {url, operator} = lane.sandbox;
		await sendNow(reach({region: 'eu-west-1', network: direct, endpoint: url, credentials: async () => operator}), {
			api: 'kms:CreateKey',
			input: {},
		});
		before = {account: lane.standing().account, files: {}};
		expect((await run({})).code).toBe(0);
		undisturbed = pictureOf(lane.standing(), lane.home);
	});
	beforeEach(() => {
		lane.back(before);
		lane.onLine = () => undefined;
	});
	afterAll(() => lane?.close());

	/** Runs with things shown so many seconds late; time passes in the account alone, by what the run waits. */
	async function run(late: Partial<Lags>, onWait: (seconds: number) => void = () => undefined): Promise<Ran> {
		const seconds: Lags = {...noLags, ...late};
		lane.sandbox.setLags(Object.fromEntries(Object.entries(seconds).map(([name, it]) => [name, it * 1000])));
		let [last, turn, waited] = ['', 0, 0];
		lane.onLine = (it: Line) => {
			const what = it.type === 'wait' ? `${String(it['for'])} ${String(it['why'])}` : '';
			turn = what === last ? turn + 1 : 0;
			last = what;
			if (it.type !== 'wait') return;
			const seconds = pauses[Math.min(turn, 4)] ?? 5;
			waited += seconds;
			lane.sandbox.advance(seconds * 1000);
			onWait(waited);
		};
		return lane.run({secretFile: `${lane.home}/secret.csv`, prove: true});
	}
	/** The wide version is attached and in force before the narrow one comes. */
	const wideForLong = async (): Promise<void> => {
		expect((await lane.run({secretFile: `${lane.home}/secret.csv`, stopAfter: 'user'})).code).toBe(0);
		lane.sandbox.advance(3_600_000);
	};
	const waits = ({lines}: Ran): readonly string[] => [
		...new Set(lines.filter(it => it.type === 'wait').map(it => String(it['why']))),
	];

	const kinds: readonly (readonly [string, keyof Lags, RegExp, readonly number[]])[] = [
		['a new user, to KMS', 'principals', /KMS does not see the user/, [1, 30, 115]],
		// For as long again it is known and unknown in turns.
		['a new access key', 'accessKeys', /doesn't know the new access key everywhere/, [1, 20, 55]],
		['a new policy version, to what is in force', 'policies', /what was in force before/, [1, 30, 115]],
		['a new alias and a new key', 'aliases', /doesn't show it yet|the key is new/, [1, 30, 115]],
		['everything new, to lists', 'lists', /doesn't show it yet/, [1, 30, 115]],
	];
	test.each(kinds.flatMap(([what, lag, why, all]) => all.map(seconds => ({what, lag, why, seconds}))))(
		'$what, by $seconds s: it is waited for and told, and comes to the same end',
		async ({lag, why, seconds}) => {
			if (lag === 'policies') await wideForLong();
			const ran = await run({[lag]: seconds});
			expect([ran.code, ran.result['status'], ran.result['proven']], ran.said).toEqual([0, 'complete', true]);
			// What is a second late may be there before it is looked for.
			if (seconds > 1) expect(waits(ran).join('; ')).toMatch(why);
			expect(pictureOf(lane.standing(), lane.home)).toBe(undisturbed);
		},
	);
	test('all of it at once, by 20 s, comes to the same end', async () => {
		const ran = await run({principals: 20, accessKeys: 20, policies: 20, aliases: 20, lists: 20, lastUsed: 20});
		expect([ran.code, ran.result['proven']], ran.said).toEqual([0, true]);
		expect(pictureOf(lane.standing(), lane.home)).toBe(undisturbed);
	});

	test('a user that KMS does not know after two minutes ends the wait: the other causes are told, and a later run carries on', async () => {
		const {code, result, said} = await run({principals: 300});
		expect([code, result]).toMatchObject([
			1,
			{status: 'stopped', step: 'managed-key', problem: {code: 'MalformedPolicyDocumentException'}},
		]);
		const {why, todo} = result['problem'] as {why: string; todo: string};
		expect(`${why} ${todo}`).toMatch(
			/invalid principals.*key administrators that exist.*partition.*region eu-west-1 is enabled/s,
		);
		expect(said).toContain('Nothing changed in this step.');
		expect((await run({})).code).toBe(0);
		expect(pictureOf(lane.standing(), lane.home)).toBe(undisturbed);
	});
	test('an access key that is never known fails the proof, which says where to look', async () => {
		const {code, result} = await run({accessKeys: 1000});
		expect([code, result]).toMatchObject([
			1,
			{step: 'prove', problem: {code: 'identity', why: expect.stringContaining('InvalidClientTokenId')}},
		]);
		lane.sandbox.advance(3_000_000);
		expect((await run({})).result['proven']).toBe(true);
	});
	test('another error ends the wait at once', async () => {
		const ran = await run({principals: 300}, waited => {
			if (waited > 10) lane.sandbox.setFaults([{api: 'kms:CreateKey', nth: 'every', kind: 'access-denied'}]);
		});
		expect([ran.code, ran.result]).toMatchObject([
			1,
			{problem: {code: 'AccessDeniedException', todo: expect.stringContaining('kms:CreateKey')}},
		]);
		expect(ran.lines.filter(it => it.type === 'wait').length).toBeLessThan(8);
	});
});
