import {afterAll, beforeAll, expect, test} from 'vitest';
import type {Course} from '../../src/engine/course.js';
import {discard, proveAgain, setup} from '../../src/steps/index.js';
import {FarAway} from '../bench/far-away.js';
import {Bench} from './in-process.js';

let bench: Bench;
let far: FarAway;
beforeAll(async () => {
	bench = await Bench.start();
	far = await FarAway.of(bench.sandbox.url, 60);
	process.env['AWS_ENDPOINT_URL'] = far.url;
});
afterAll(async () => {
	await far.close();
	await bench.end();
});

// AWS is 50 to 150 ms away: how many requests wait for another one is how long a person waits.
type Counts = {readonly requests: number; readonly chain: number; readonly connections: number};
const runs: readonly (readonly [string, Course, object, Counts])[] = [
	['a dry run of it all', setup, {dryRun: true}, {requests: 10, chain: 4, connections: 4}],
	['a set-up with its proof', setup, {}, {requests: 95, chain: 36, connections: 9}],
	['one that is finished', setup, {}, {requests: 14, chain: 4, connections: 9}],
	['a proof', proveAgain, {}, {requests: 43, chain: 10, connections: 9}],
	['a dry run of taking it back', discard, {dryRun: true}, {requests: 24, chain: 6, connections: 9}],
];
test.each(runs)(
	'%s asks so much at most, so often one after another, over so few connections',
	async (_what, course, options, most) => {
		expect(await bench.run(course, options)).toMatchObject({code: 0});
		const {requests, chain, connections} = far.counted();
		expect(requests).toBeGreaterThan(0);
		expect(requests).toBeLessThanOrEqual(most.requests);
		expect(chain).toBeLessThanOrEqual(most.chain);
		expect(connections).toBeLessThanOrEqual(most.connections);
	},
);
