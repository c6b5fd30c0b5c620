import {relative} from 'node:path';
import fc from 'fast-check';
import {afterAll, beforeAll, expect, test, vi} from 'vitest';
import {firstSize, streams} from './deeds.js';
import {Sitting, type Start, standStill} from './sitting.js';

/** The one stream that is played again, as its failure told it. */
const [, seed, path] = /^(-?\d+):([\d:]+)$/.exec(process.env['NPS_KMS_STREAM'] ?? '') ?? [];
/** All of them, or the few that npm test has time for. */
const parts = process.env['NPS_KMS_STREAMS'] === 'all' && path === undefined ? 10 : 1;
const many = parts > 1 ? 100 : 20;

/** Plays a thousand random streams from one of these starts each, and holds what must be so whatever is typed. */
export function playing(name: string, starts: () => Promise<readonly Start[]>): void {
	let from: readonly Start[] = [];
	const came = {streams: 0, approvals: 0, changes: 0, complete: 0};
	beforeAll(async () => {
		from = await starts();
		standStill();
	});
	afterAll(() => {
		vi.useRealTimers();
		vi.restoreAllMocks();
		console.log(`${name}: ${JSON.stringify(came)}`);
		// Else it would hold for want of anything that happens.
		if (path === undefined) expect(came.changes).toBeGreaterThan(came.streams / 2);
	});
	test.each(Array.from({length: parts}, (_, part) => part))(`${name} (%i)`, async part => {
		const played = await fc.check(
			fc.asyncProperty(fc.nat(from.length - 1), firstSize, streams, async (at, size, deeds) => {
				const start = from[at] ?? expect.unreachable();
				const sitting = new Sitting(start, size);
				await sitting.terminal.settle();
				for (const it of deeds) if (!sitting.over) await sitting.does(it);
				const wrong = await sitting.leaves();
				came.streams++;
				came.approvals += sitting.witness.approvals;
				came.changes += sitting.witness.changes;
				if (sitting.complete) came.complete++;
				const told = [`${start.name}, ${JSON.stringify(size)}`, ...deeds.map(it => JSON.stringify(it)), '', ...wrong];
				if (wrong.length > 0) throw new Error(told.join('\n'));
			}),
			// A stream that fails is told as it is: to make it shorter would take longer than to read it.
			{
				numRuns: path === undefined ? many : 1,
				seed: seed === undefined ? 20_261_127 + part : Number(seed),
				endOnFailure: true,
				...(path !== undefined && {path}),
			},
		);
		if (!played.failed) return;
		const again = `NPS_KMS_STREAM=${played.seed}:${played.counterexamplePath ?? ''} node_modules/.bin/vitest run`;
		const told = played.errorInstance instanceof Error ? played.errorInstance.message : String(played.errorInstance);
		// Time is turned by hand, but what the machine does meanwhile isn't: a key may fall between other frames.
		const file = relative('.', expect.getState().testPath ?? '');
		throw new Error(`${told}\n\nThe same stream again, a few times if need be: ${again} ${file}`);
	});
}
