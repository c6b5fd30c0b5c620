import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {Flow} from './flows.js';
import {Lane} from './lane.js';
import {type Came, type Cell, cellsOf, type Ground, kinds, sliceOf, survey, tableOf, tryOut} from './matrix.js';

/** Whether every fault is tried at every call; else each call meets one. */
const all = process.env['NPS_KMS_FAULTS'] === 'all';
const width = all ? 6 : 2;

/** The calls of a flow meet faults, in several lanes at once; the table that comes of it is printed. */
export function faultsAtEveryCall(flow: Flow): void {
	describe(flow.name, {timeout: 600_000}, () => {
		let lanes: readonly Lane[] = [];
		let grounds: readonly Ground[];
		let cells: readonly Cell[];
		const came: Came[] = [];
		beforeAll(async () => {
			lanes = await Lane.open(width);
			grounds = await Promise.all(lanes.map(async lane => survey(lane, flow, {account: lane.blank, files: {}})));
			const [ground] = grounds;
			cells = ground ? (all ? cellsOf(ground) : sliceOf(ground)) : [];
		});
		afterAll(async () => {
			console.log(`\n${tableOf(flow.name, came)}\n`);
			await Promise.all(lanes.map(it => it.close()));
		});

		test.each(kinds)('%s at each call is told in words, the next run carries on, and nothing is made twice', async kind => {
			const left = cells.filter(it => it.kind === kind);
			expect(left.length).toBeGreaterThan(0);
			await Promise.all(
				grounds.map(async ground => {
					for (let cell = left.shift(); cell; cell = left.shift()) came.push({cell, other: await tryOut(ground, cell)});
				}),
			);
			const others = came.filter(it => it.cell.kind === kind && it.other !== undefined);
			expect(others.map(({cell: {call, mode}, other}) => `${call.stage} ${call.api} #${call.nth} ${mode}: ${other}`).slice(0, 5)).toEqual([]);
		});
	});
}
