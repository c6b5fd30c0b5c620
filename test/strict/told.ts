import {status} from '../../src/commands/status/run-status.js';
import {setup} from '../../src/steps/index.js';
import type {Bench} from '../contract/in-process.js';
import {exitCode} from '../exit-codes.js';

/** What status tells: its exit code, and the codes of all differences. */
export async function told(bench: Bench): Promise<readonly [number, readonly string[]]> {
	const lines: string[] = [];
	const outlet = {json: true, out: (it: string) => void lines.push(it), err: () => undefined};
	const env = {...process.env, NPS_KMS_HOME: bench.home, NPS_KMS_PATIENCE: '0'};
	const run = {
		...{course: setup, others: [], options: {setup: 'nps', json: true}},
		...{env, outlet, version: '', now: new Date()},
	};
	const code = exitCode[await status(run, () => undefined)];
	const {steps} = JSON.parse(lines[0] ?? '') as {steps: {differences: {code: string}[]}[]};
	return [code, steps.flatMap(it => it.differences.map(one => one.code))];
}
