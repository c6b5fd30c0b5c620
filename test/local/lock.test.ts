import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, rmSync} from 'node:fs';
import {hostname, tmpdir} from 'node:os';
import {join} from 'node:path';
import {build} from 'esbuild';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {wordingOf} from '../../src/engine/command-line.js';
import {Trouble} from '../../src/engine/trouble.js';
import {lock} from '../../src/local/lock.js';

let dir: string;
let holder: string;
beforeAll(async () => {
	dir = mkdtempSync(join(tmpdir(), 'nps-kms-lock-'));
	holder = join(dir, 'holder.mjs');
	const contents = `
		import {lock} from './src/local/lock.ts';
		await lock(process.argv[2], 'nps', new Date('2026-01-02T03:04:05Z'));
		console.log('held');
		setInterval(() => {}, 1000);`;
	await build({
		stdin: {contents, resolveDir: join(import.meta.dirname, '../..')},
		bundle: true,
		platform: 'node',
		format: 'esm',
		outfile: holder,
	});
});
afterAll(() => {
	rmSync(dir, {recursive: true, force: true});
});
const now = new Date('2026-05-06T07:08:09Z');
const whyNot = async (file: string): Promise<Trouble['problem']> =>
	lock(file, 'nps', now).then(
		() => expect.fail('it was not held'),
		(error: unknown) => (error instanceof Trouble ? error.problem : expect.fail(String(error))),
	);
async function heldByAnother(file: string): Promise<ChildProcess> {
	const child = spawn(process.execPath, [holder, file], {stdio: ['ignore', 'pipe', 'inherit']});
	await once(child.stdout, 'data');
	return child;
}

test('a second run on a record is told who holds it, since when and where', async () => {
	const file = join(dir, 'a.json');
	const held = await lock(file, 'nps', now);
	const problem = await whyNot(file);
	expect(problem).toMatchObject({code: 'Locked', what: 'Another nps-kms is at work on setup nps'});
	expect(problem.why).toBe(`Process ${process.pid} on ${hostname()} has had it since 2026-05-06T07:08:09.000Z`);
	await held.release();
});
test('what it is told to run again is its own command line', async () => {
	const file = join(dir, 'told.json');
	const held = await lock(file, 'lab', now);
	const refused = await lock(file, 'lab', now).catch((error: unknown) => error);
	const told =
		refused instanceof Trouble
			? refused.worded(wordingOf({setup: 'lab', command: 'discard', given: '--profile work'}))
			: undefined;
	expect(told?.todo).toContain('then run nps-kms discard --setup lab --profile work again');
	await held.release();
});
test('a record that was let go can be held again', async () => {
	const file = join(dir, 'b.json');
	await (await lock(file, 'nps', now)).release();
	await (await lock(file, 'nps', now)).release();
});
test('different records are held apart, and one record by any spelling of its path', async () => {
	const one = await lock(join(dir, 'c.json'), 'nps', now);
	const other = await lock(join(dir, 'd.json'), 'nps', now);
	expect((await whyNot(`${dir}/x/../c.json`)).code).toBe('Locked');
	await one.release();
	await other.release();
});
test('of many runs that start at once one holds the record', async () => {
	const file = join(dir, 'e.json');
	const runs = await Promise.allSettled(Array.from({length: 10}, () => lock(file, 'nps', now)));
	const held = runs.flatMap(it => (it.status === 'fulfilled' ? [it.value] : []));
	expect(held).toHaveLength(1);
	await held[0]!.release();
});
test('another process holds it until it dies, and by SIGKILL it is free at once', async () => {
	const file = join(dir, 'f.json');
	const child = await heldByAnother(file);
	expect((await whyNot(file)).why).toBe(
		`Process ${child.pid} on ${hostname()} has had it since 2026-01-02T03:04:05.000Z`,
	);
	child.kill('SIGKILL');
	await once(child, 'exit');
	await (await lock(file, 'nps', now)).release();
});
