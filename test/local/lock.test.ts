import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {connect, createServer, type Socket} from 'node:net';
import {hostname, tmpdir} from 'node:os';
import {join} from 'node:path';
import {build} from 'esbuild';
import {afterAll, beforeAll, describe, expect, test, vi} from 'vitest';
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
		import {rmSync, writeFileSync} from 'node:fs';
		import {setTimeout as sleep} from 'node:timers/promises';
		const [file, alone] = process.argv.slice(2);
		for (;;) {
			const held = await lock(file, 'nps', new Date('2026-01-02T03:04:05Z')).catch(error => {
				if (alone && error.problem?.code === 'Locked') return undefined;
				throw error;
			});
			if (held && !alone) break;
			if (held) {
				// Fails if another is in here as well.
				writeFileSync(alone, '', {flag: 'wx'});
				await sleep(10);
				rmSync(alone);
				if (process.pid % 2) process.kill(process.pid, 'SIGKILL');
				await held.release();
				process.exit(0);
			}
			await sleep(5);
		}
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
	lock(file, 'setup nps', now).then(
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
	expect(problem.why).toBe(`Process ${process.pid} on ${hostname()} has had it since 2026-05-06 07:08 UTC`);
	await held.release();
});
test('what it is told to run again is its own command line', async () => {
	const file = join(dir, 'told.json');
	const held = await lock(file, 'lab', now);
	const refused = await lock(file, 'lab', now).catch((error: unknown) => error);
	const told =
		refused instanceof Trouble
			? refused.worded(wordingOf({setup: 'lab', command: 'discard', connectionFlags: '--profile work'}))
			: undefined;
	expect(told?.todo).toContain('then run nps-kms discard --setup lab --profile work again');
	await held.release();
});
test('a record that was let go can be held again', async () => {
	const file = join(dir, 'b.json');
	await (await lock(file, 'nps', now)).release();
	await (await lock(file, 'nps', now)).release();
});
test('where no record came of it, nothing stays, not even a folder; where one did, the last number does', async () => {
	const held = await lock(join(dir, 'new', 'setups', 'x.json'), 'nps', now);
	expect(existsSync(join(dir, 'new', 'setups', '.lock', 'key'))).toBe(true);
	await held.release();
	expect(existsSync(join(dir, 'new'))).toBe(false);
	const kept = await lock(join(dir, 'new', 'x.json'), 'nps', now);
	writeFileSync(join(dir, 'new', 'x.json'), '');
	await kept.release();
	expect(readdirSync(join(dir, 'new', '.lock'))).toHaveLength(2);
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
	expect((await whyNot(file)).why).toBe(`Process ${child.pid} on ${hostname()} has had it since 2026-01-02 03:04 UTC`);
	child.kill('SIGKILL');
	await once(child, 'exit');
	await (await lock(file, 'nps', now)).release();
});
test('of twenty that start after its holder was killed, each holds it alone, though every other one is killed too', async () => {
	const file = join(dir, 'g.json');
	const first = await heldByAnother(file);
	first.kill('SIGKILL');
	await once(first, 'exit');
	const runs = Array.from({length: 20}, () =>
		spawn(process.execPath, [holder, file, join(dir, 'alone')], {stdio: ['ignore', 'inherit', 'inherit']}),
	);
	const ends = await Promise.all(runs.map(async it => (await once(it, 'exit')) as [number | null, string | null]));
	expect(ends.map(([code, signal]) => signal ?? code).sort()).toEqual(
		runs.map(it => ((it.pid ?? 0) % 2 ? 'SIGKILL' : 0)).sort(),
	);
	await (await lock(file, 'nps', now)).release();
	// What the dead left is cleared away, but for the last two.
	expect(readdirSync(join(dir, '.lock')).filter(it => /\.\d+$/.test(it)).length).toBeLessThan(20);
});

describe.skipIf(process.platform === 'win32')(
	'what listens at its socket and is no run of yours (pipes: seen on Windows only)',
	() => {
		let squatters = 0;
		/** Puts a listener where the lock's next holder would be. */
		async function squatted(file: string, answer: (socket: Socket) => void): Promise<() => Promise<void>> {
			writeFileSync(file, '');
			mkdirSync(join(dir, '.lock'), {recursive: true, mode: 0o700});
			const was = new Set([...readdirSync(join(dir, '.lock')), 'key']);
			await (await lock(file, 'nps', now)).release();
			const made = readdirSync(join(dir, '.lock')).find(it => !was.has(it)) ?? expect.fail('there is no lock');
			const socket = join(dir, '.lock', made, 's');
			rmSync(socket);
			const open = new Set<Socket>();
			const server = createServer(it => {
				open.add(it);
				it.on('error', () => undefined);
				answer(it);
			});
			await new Promise<void>(done => server.listen(socket, done));
			return () => {
				for (const it of open) it.destroy();
				return new Promise(done => server.close(() => done()));
			};
		}
		const claim = {pid: 1, host: 'h', startedAt: now.toISOString()};
		test.each<[string, (socket: Socket) => void]>([
			['says nothing', () => undefined],
			['ends at once', it => void it.end()],
			['says {}', it => void it.end('{}')],
			['says null', it => void it.end('null')],
			['claims to be one', it => void it.end(JSON.stringify({...claim, proof: 'ab'.repeat(32)}))],
			['says a byte a second', it => void setInterval(() => it.write(' '), 100).unref()],
			['never stops talking', it => void setInterval(() => it.write('x'.repeat(1 << 20)), 1).unref()],
			['claims what would be obeyed', it => void it.end(JSON.stringify({...claim, host: '\u001B[2J', proof: '00'}))],
		])('and %s is told, with the way on', async (_how, answer) => {
			const file = join(dir, `${++squatters}.json`);
			const end = await squatted(file, answer);
			const problem = await whyNot(file);
			expect(problem).toMatchObject({
				code: 'LockUnproven',
				what: expect.stringContaining("doesn't answer as a run of yours"),
			});
			expect(problem.todo).toContain(`remove ${join(dir, '.lock')}`);
			await end();
			await (await lock(file, 'nps', now)).release();
		});
		test('is heard no longer than an answer is', async () => {
			const file = join(dir, `${++squatters}.json`);
			const part = Buffer.alloc(65_536);
			let sent = 0;
			const end = await squatted(file, it => {
				const more = (): void => {
					do sent += part.length;
					while (it.write(part));
				};
				it.on('drain', more);
				more();
			});
			expect((await whyNot(file)).code).toBe('LockUnproven');
			expect(sent).toBeLessThan(8_000_000);
			await end();
		});
	},
);

test('a run that is suspended still holds it, and is told by its own note', async () => {
	const file = join(dir, 'h.json');
	const child = await heldByAnother(file);
	child.kill('SIGSTOP');
	expect(await whyNot(file)).toMatchObject({
		code: 'LockUnproven',
		why: `It noted itself as process ${child.pid} on ${hostname()}; it may be suspended (Ctrl+Z)`,
	});
	child.kill('SIGKILL');
	await once(child, 'exit');
	await (await lock(file, 'nps', now)).release();
});
test('who talks without end to a holder keeps it neither from answering nor from ending', async () => {
	const file = join(dir, 'i.json');
	const held = await lock(file, 'nps', now);
	const place = readdirSync(join(dir, '.lock'), {recursive: true, encoding: 'utf8'}).filter(it => it.endsWith('/s'));
	const flood = await Promise.all(
		place.map(
			it =>
				new Promise<Socket>(done => {
					const socket = connect(join(dir, '.lock', it), () => done(socket));
					socket.on('error', () => done(socket));
					socket.write('f'.repeat(64));
				}),
		),
	);
	expect((await whyNot(file)).code).toBe('Locked');
	await held.release();
	for (const it of flood) it.destroy();
});

describe.skipIf(process.platform === 'win32')(
	'the folder for locks (Windows has access lists instead of modes)',
	() => {
		const at = (name: string): string => join(dir, name, 'nps.json');
		test('is told if others can look into it, or if all can write to a folder above it', async () => {
			for (const [name, mode] of [
				['open', 0o755],
				['wide', 0o777],
			] as const) {
				mkdirSync(join(dir, name, '.lock'), {recursive: true, mode: 0o700});
				chmodSync(join(dir, name, name === 'open' ? '.lock' : '.'), mode);
				expect(await whyNot(at(name))).toMatchObject({
					code: 'FolderOpen',
					what: "The record's folder isn't yours alone",
				});
			}
		});
		test('is one, by whatever link its record is named', async () => {
			mkdirSync(join(dir, 'real'));
			symlinkSync(join(dir, 'real'), join(dir, 'link'));
			const held = await lock(at('real'), 'nps', now);
			expect((await whyNot(at('link'))).code).toBe('Locked');
			await held.release();
		});
		test('is elsewhere where the path is too long for a socket, and told where there is no elsewhere', async () => {
			const far = join(dir, 'x'.repeat(100), 'nps.json');
			vi.stubEnv('XDG_RUNTIME_DIR', '');
			expect((await whyNot(far)).why).toContain('too long for a socket');
			mkdirSync(join(dir, 'run'), {mode: 0o700});
			vi.stubEnv('XDG_RUNTIME_DIR', join(dir, 'run'));
			const held = await lock(far, 'nps', now);
			expect((await whyNot(far)).code).toBe('Locked');
			await held.release();
			vi.unstubAllEnvs();
		});
		test('that is a file is told', async () => {
			writeFileSync(join(dir, 'file'), '');
			expect((await whyNot(at('file'))).code).toBe('EEXIST');
		});
		test.each(['.lock', '.lock/key'])('with something else in the place of its %s names that', async name => {
			const folder = mkdtempSync(join(dir, 'odd-'));
			if (name === '.lock') writeFileSync(join(folder, name), '');
			else mkdirSync(join(folder, name), {recursive: true, mode: 0o700});
			for (const it of ['', '.lock'].slice(0, name === '.lock' ? 1 : 2)) chmodSync(join(folder, it), 0o700);
			expect((await whyNot(join(folder, 'nps.json'))).why).toContain(join(folder, name));
		});
	},
);
