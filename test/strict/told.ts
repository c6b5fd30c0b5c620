import {status} from '../../src/commands/status/run-status.js';
import {setup} from '../../src/steps/index.js';
import type {Bench} from '../contract/in-process.js';
import {exitCode} from '../exit-codes.js';

type Told = readonly {readonly code: string; readonly text: string}[];
type Step = {readonly differences: Told; readonly stricter?: Told};
/** What status tells: its exit code, and the codes of all differences. */
export async function told(bench: Bench): Promise<readonly [number, readonly string[]]> {
	const [code, steps] = await looked(bench);
	return [code, steps.flatMap(it => it.differences.map(one => one.code))];
}
/** The codes of what it tells as stricter. */
export const toldStricter = async (bench: Bench): Promise<readonly string[]> =>
	(await looked(bench))[1].flatMap(it => (it.stricter ?? []).map(one => one.code));
/** The differences in words. */
export const toldTexts = async (bench: Bench): Promise<readonly string[]> =>
	(await looked(bench))[1].flatMap(it => it.differences.map(one => one.text));
async function looked(bench: Bench): Promise<readonly [number, readonly Step[]]> {
	const lines: string[] = [];
	const outlet = {json: true, out: (it: string) => void lines.push(it), err: () => undefined};
	const env = {...process.env, NPS_KMS_HOME: bench.home, NPS_KMS_PATIENCE: '0'};
	const run = {
		...{course: setup, others: [], options: {setup: 'nps', json: true}},
		...{env, outlet, version: '', now: new Date()},
	};
	const code = exitCode[await status(run, () => undefined)];
	return [code, (JSON.parse(lines[0] ?? '') as {readonly steps: readonly Step[]}).steps];
}
