import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import type {World} from './account-and-home.js';
import {left} from './account-and-home.js';
import {Fleet, faults, filesOf, problemOf, resultOf} from './fleet.js';

/** What an undisturbed set-up looks at before it is complete. */
const looks = [
	'GetCallerIdentity',
	'GetPolicy',
	'GetPolicyVersion',
	'GetUser',
	'ListAttachedUserPolicies',
	'ListAccessKeys',
	'DescribeKey',
	'GetKeyPolicy',
	'GetKeyRotationStatus',
	'ListResourceTags',
	'ListPolicyVersions',
];
/** What it can do without. */
const spared = [
	'ListAccountAliases',
	'GetAccountSummary',
	'SimulatePrincipalPolicy',
	'GetAccessKeyLastUsed',
	'GetKeyLastUsage',
	'LookupEvents',
];
const changes = [
	'CreatePolicy',
	'CreateUser',
	'AttachUserPolicy',
	'CreateAccessKey',
	'TagUser',
	'CreateKey',
	'CreateAlias',
	'EnableKeyRotation',
	'CreatePolicyVersion',
];
type Verdict = Awaited<ReturnType<World['judge']>>;
const denied = (action: string): Verdict => ({
	status: /Key|Tags/.test(action) && !action.includes('AccessKey') ? 400 : 403,
	code: 'AccessDenied',
});
const page: Verdict = {status: 200, body: '<html><body>Sign in to the proxy</body></html>'};

describe.skipIf(left)('a look that is answered by something else than AWS, or not at all', () => {
	let fleet: Fleet;
	let undisturbed: unknown;
	const described = ['--access-key-description', 'NPS production'];
	beforeAll(async () => {
		fleet = await Fleet.start();
		const world = await fleet.world();
		expect((await world.setup(...described)).code).toBe(0);
		expect([...new Set(world.calls.map(it => it.action))].sort()).toEqual([...looks, ...spared, ...changes].sort());
		undisturbed = await fleet.picture(world);
	});
	afterAll(() => fleet?.close());

	it.concurrent.each([
		['denied', denied, /^AccessDenied/],
		["replaced by a proxy's page", () => page, /^HTTP 200$/],
	] as const)(
		'each look in turn, %s: every run stops in words and believes nothing from it, and the last one ends as an undisturbed one',
		async (_name, verdict, code) => {
			const world = await fleet.world();
			for (const action of looks) {
				world.judge = call => (call.action === action ? verdict(action) : 'pass');
				const ran = await world.setup(...described);
				expect([action, ran.code, faults(ran), resultOf(ran)['status']]).toEqual([action, 1, [], 'stopped']);
				expect([action, problemOf(ran)?.code]).toEqual([action, expect.stringMatching(code)]);
				// It is told as a look that failed, not as a change.
				expect(problemOf(ran)?.what).not.toMatch(/refused to|lost/);
				expect(ran.lines.filter(line => line['status'] === 'unsettled')).toEqual([]);
			}
			await endsWell(world);
		},
	);

	it.concurrent('what it can do without may be denied', async () => {
		const world = await fleet.world();
		world.judge = call => (spared.includes(call.action) ? denied(call.action) : 'pass');
		expect((await world.setup(...described)).code).toBe(0);
		expect((await world.setup(...described)).code).toBe(0);
		expect(await fleet.picture(world)).toEqual(undisturbed);
	});

	it.concurrent('every look fails twice by a dropped line or a 503: nobody is bothered', async () => {
		const world = await fleet.world();
		const times = new Map<string, number>();
		world.judge = ({action, mutating}) => {
			const nth = (times.get(action) ?? 0) + 1;
			times.set(action, nth);
			if (mutating || nth > 2) return 'pass';
			return nth === 1 ? 'drop-before' : {status: 503, code: 'ServiceUnavailable'};
		};
		const ran = await world.setup(...described);
		expect([ran.code, faults(ran), ran.lines.filter(line => line['status'] === 'unsettled')]).toEqual([0, [], []]);
		expect(await fleet.picture(world)).toEqual(undisturbed);
	});

	it.concurrent.each([
		['a 500', {status: 500, code: 'InternalFailure'}],
		["a proxy's page with status 200", page],
	] as const)(
		'%s at each change in turn: each run tries it twice at most and stops in words, and the last one ends as an undisturbed one',
		async (_name, verdict) => {
			const world = await fleet.world();
			for (const action of changes) {
				world.judge = call => (call.action === action ? verdict : 'pass');
				world.calls.length = 0;
				const ran = await world.setup(...described);
				expect([action, ran.code, faults(ran), resultOf(ran)['status']]).toEqual([action, 1, [], 'stopped']);
				expect([action, world.mutations.filter(it => it === action).length]).toEqual([action, 2]);
				expect(problemOf(ran)?.what).toContain("AWS's answer was lost");
			}
			await endsWell(world);
		},
	);

	it.concurrent('every change is done but its answer is always lost: all is found by looking, but for the secret', async () => {
		const world = await fleet.world();
		world.judge = ({mutating}) => (mutating ? 'drop-after' : 'pass');
		const ran = await world.setup(...described);
		expect([ran.code, faults(ran), resultOf(ran)['step']]).toEqual([1, [], 'access-key']);
		expect(world.mutations.filter(it => it === 'CreateAccessKey')).toHaveLength(2);
		world.judge = ({mutating, action}) => (mutating && !action.includes('AccessKey') ? 'drop-after' : 'pass');
		const second = await world.setup(...described);
		expect([second.code, faults(second)]).toEqual([0, []]);
		await endsWell(world);
	});

	/** One more run finds everything, and the secret is where it belongs and nowhere else. */
	async function endsWell(world: World): Promise<void> {
		world.forget();
		const last = await world.setup(...described);
		expect([last.code, faults(last)]).toEqual([0, []]);
		expect(await fleet.picture(world)).toEqual(undisturbed);
		const {secret = ''} = world.secret() ?? {};
		const elsewhere = Object.entries(filesOf(world.home)).filter(([file]) => file !== world.secretFile);
		expect(secret).toHaveLength(40);
		expect(elsewhere.filter(([, text]) => text.includes(secret))).toEqual([]);
	}
});
