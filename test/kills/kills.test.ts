import {afterAll, describe, expect, test, vi} from 'vitest';
import {byArn, flows} from './flows.js';
import {killedAgain} from './killed-twice.js';
import {endOf, type Known, killed, know, otherwise, type Point, reads} from './killing.js';
import {moving} from './moves.js';
import {recovered, withoutState} from './record-lost.js';
import {replacements, somebodys} from './replacements.js';
import {deleting, retirements} from './retirements.js';
import {Lanes} from './side-by-side.js';
import {Table} from './table.js';

// Every moment, or the few that npm test has time for.
const all = process.env['NPS_KMS_KILLS'] === 'all';
vi.setConfig({testTimeout: 600_000});

const lanes = await Lanes.open();
const empty = await lanes.use(async arena => arena.world());
const known: readonly Known[] = await Promise.all(
	(all
		? [...flows, ...replacements, moving, ...retirements]
		: [
				...flows.filter((it, at) => at === 0 || it.name === byArn),
				...replacements.filter(it => it.name === somebodys),
				moving,
				deleting,
			]
	).map(flow => lanes.use(arena => know(flow, arena, empty))),
);
const [whole] = known as [Known];
const table = new Table();

afterAll(async () => {
	await lanes.close();
	console.log(table.text(known));
});

const few = [
	/^after rename nps.json: (intent create-user|delivered)$/,
	/^before rename nps.json: outcome (create-access-key|create-key)$/,
	/^after iam:(CreatePolicy|CreateAccessKey|CreateLoginProfile)$/,
	/^after kms:Create(Key|Alias)$/,
	/^after iam:(UpdateAccessKey|DeleteAccessKey)$/,
	/^after kms:DisableKey$/,
	/^after (kms:TagResource|rename nps.json: adopted user)$/,
	/^half write secret.csv$/,
	/^after create secret.csv$/,
];
const chosen = ({what, kill}: Point): boolean => all || few.some(it => it.test(`${kill.when} ${what}`));
/** Worlds that were taken up without their record already. */
const lost = new Set<string>();

for (const it of known) {
	const {flow, from, points} = it;
	describe(flow.name, () => {
		for (const point of points.filter(chosen)) {
			test.concurrent(`killed ${point.kill.when} ${point.what}, it comes to the same end`, () =>
				lanes.use(async arena => {
					const left = await killed(it, from, point, arena);
					const end = await endOf(it, left, arena);
					table.add(flow.name, point, end);
					expect(end).toMatch(/^(same|asks)$/);
					if (it !== whole || lost.has(withoutState(left))) return;
					lost.add(withoutState(left));
					const without = await recovered(it, left, arena);
					table.lost(point, without);
					expect(without).toMatch(/^(same|another (password|secret) file|key named and kept|, )+$/);
				}));
		}
	});
}

describe('killed twice in a row', () => {
	for (const it of known.filter(({flow}) => flow === whole.flow || (all && flow.name === somebodys))) {
		const {flow, from, points} = it;
		// Of a replacement, a third of the pairs: its changes are the set-up's own, in another order.
		const every = !all || it !== whole ? 3 : 1;
		const ofWhole = (kill: Point['kill']): boolean => it === whole || kill.when === 'after';
		const firsts = points.filter(
			({what, kill}) => ('api' in kill && ofWhole(kill)) || (kill.when === 'half' && what.endsWith('.csv')),
		);
		for (const point of all
			? firsts
			: firsts.filter(first => first.what === 'iam:CreateAccessKey' && first.kill.when === 'after')) {
			test.concurrent(`${flow.name}: ${point.kill.when} ${point.what}, and again around each of the next two changes, it comes to the same end`, () =>
				lanes.use(async arena => {
					const told = await killedAgain(it, await killed(it, from, point, arena), arena, every);
					table.again(point, told);
					expect(told).toMatch(/^\d+ again$/);
				}));
		}
	}
});

describe('what AWS did before the kill and shows late', () => {
	// How much older what earlier steps made is; a run tells AWS's time by its answers' dates, and sees nothing of this.
	const late = [
		['iam:CreateAccessKey', 'iam:ListAccessKeys', 'lists', 2000],
		['kms:CreateKey', 'kms:ListKeys', 'lists', 10_000],
		['kms:CreateAlias', 'kms:DescribeKey', 'aliases', 10_000],
	] as const;
	for (const [api, look, lag, old] of late) {
		test.concurrent(`${api}, not shown by the first three looks, is not made twice`, () =>
			lanes.use(async arena => {
				// Each step's first change comes after a look at who is calling: what earlier steps made is old by then.
				const left = await killed(whole, whole.from, {what: api, kill: {api, nth: 1, when: 'after'}}, arena, {
					'sts:GetCallerIdentity': old,
				});
				arena.enter(left, left.now);
				arena.sandbox.setLags({[lag]: 2500});
				arena.pace = {[look]: 1000};
				const ran = await arena.run(whole.flow.flags);
				expect(otherwise(ran, arena.world(), whole.wanted)).toBeUndefined();
				expect(ran.trace.filter(it => it.says === look).length).toBeGreaterThan(3);
			}));
	}
});

test('nothing is done before what it rests on is durable, in every run', () => {
	for (const {trace} of known) {
		// What only looks may be out beside a write: nothing rests on it.
		const says = trace.filter(it => it.is !== 'call' || !reads.test(it.says)).map(it => `${it.is} ${it.says}`);
		expect(says.length).toBeGreaterThan(4);
		for (const [at, it] of says.entries()) {
			const [before, next] = [says[at - 1], says[at + 1]];
			if (it.startsWith('moment rename nps.json'))
				expect([before, next], it).toEqual(['sync beside nps.json', 'sync folder setups']);
			if (/^moment write \w+\.csv$/.test(it)) expect(next).toBe(it.replace('write', 'fsync'));
			if (/^moment create \w+\.csv$/.test(it)) {
				const until = says.findIndex((line, later) => later > at && line.startsWith('moment rename'));
				expect(says.slice(until - 4, until - 2)).toEqual([it.replace('create', 'fsync'), 'sync folder home']);
			}
			if (/^call (iam|kms):/.test(it)) {
				const last = says.slice(0, at).findLast(line => line.startsWith('moment rename'));
				expect(last, it).toMatch(/: intent /);
			}
		}
	}
});
