import {afterAll, beforeAll, describe, test as each, expect} from 'vitest';
import type {Flow} from './flows.js';
import {Lane} from './lane.js';
import {
	type Came,
	type Cell,
	cellsOf,
	elsewhere,
	type Ground,
	type Kind,
	kinds,
	sliceOf,
	survey,
	tableOf,
	tryOut,
} from './matrix.js';

/** Whether every fault is tried at every call; else each call meets one. */
const all = process.env['NPS_KMS_FAULTS'] === 'all';
/** Lanes for runs that work, and for those that wait for an answer which doesn't come: they keep no core busy, so they go on beside the others. */
const width = all ? {working: 2, waiting: 16} : {working: 1, waiting: 1};
const test = all ? each.concurrent : each;

/** The calls of a flow meet faults, in several lanes at once; the table that comes of it is printed. */
export function faultsAtEveryCall(flow: Flow): void {
	describe(flow.name, {timeout: 600_000}, () => {
		let lanes: readonly Lane[] = [];
		let working: Grounds;
		let waiting: Grounds;
		let cells: readonly Cell[];
		const came: Came[] = [];
		beforeAll(async () => {
			lanes = await Lane.open(width.working + width.waiting);
			const [first, ...others] = lanes;
			if (!first) throw new TypeError('there is no lane');
			const ground = await survey(first, flow, {account: first.blank, files: {}});
			const grounds = [ground, ...others.map(it => elsewhere(ground, it))];
			working = new Grounds(grounds.slice(0, width.working));
			waiting = new Grounds(grounds.slice(width.working));
			cells = all ? cellsOf(ground) : sliceOf(ground);
		});
		afterAll(async () => {
			console.log(`\n${tableOf(flow.name, came)}\n`);
			await Promise.all(lanes.map(it => it.close()));
		});

		// What waits begins first.
		const order: readonly Kind[] = ['hang', ...kinds.filter(it => it !== 'hang')];
		test.each(order)(
			'%s at each call is told in words, the next run carries on, and nothing is made twice',
			async kind => {
				const mine = cells.filter(it => it.kind === kind);
				expect(mine.length).toBeGreaterThan(0);
				const grounds = kind === 'hang' ? waiting : working;
				const these = await Promise.all(
					mine.map(cell => grounds.use(async ground => ({cell, other: await tryOut(ground, cell)}))),
				);
				came.push(...these);
				const others = these.filter(it => it.other !== undefined);
				expect(
					others
						.map(({cell: {call, mode}, other}) => `${call.stage} ${call.api} #${call.nth} ${mode}: ${other}`)
						.slice(0, 5),
				).toEqual([]);
			},
		);
	});
}

/** Grounds that are lent out, one try at a time each. */
class Grounds {
	readonly #waiting: ((ground: Ground) => void)[] = [];
	readonly #free: Ground[];

	constructor(grounds: readonly Ground[]) {
		this.#free = [...grounds];
	}
	async use<T>(work: (ground: Ground) => Promise<T>): Promise<T> {
		const ground = this.#free.pop() ?? (await new Promise<Ground>(done => this.#waiting.push(done)));
		try {
			return await work(ground);
		} finally {
			const next = this.#waiting.shift();
			if (next) next(ground);
			else this.#free.push(ground);
		}
	}
}
