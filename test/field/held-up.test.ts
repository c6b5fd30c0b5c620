import {spawn} from 'node:child_process';
import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {type Entry, fold} from '../../src/engine/record.js';
import {type Heard, type Sandbox, startSandbox} from '../../src/sandbox/index.js';
import {machine} from './program.js';

const program = join(import.meta.dirname, '../../dist/nps-kms.js');
const heard: Heard[] = [];
let sandbox: Sandbox;
beforeEach(async () => {
	heard.length = 0;
	sandbox = await startSandbox({onRequest: it => heard.push(it)});
});
afterEach(() => sandbox.close());

/** A set-up over the stand-in, with something loaded before it. */
function start(at: ReturnType<typeof machine>, preload: string, ...flags: readonly string[]) {
	const {accessKeyId, secretAccessKey} = sandbox.operator;
	const child = spawn(
		process.execPath,
		['--require', preload, program, 'setup', '--yes', '--json', '--no-prove', ...flags],
		{
			cwd: at.home,
			stdio: ['ignore', 'pipe', 'pipe'],
			env: {
				...{PATH: process.env['PATH'], HOME: at.home, NPS_KMS_HOME: join(at.home, 'state'), NPS_KMS_PATIENCE: '0'},
				...{AWS_ENDPOINT_URL: sandbox.url, AWS_REGION: 'eu-west-1', AWS_EC2_METADATA_DISABLED: 'true'},
				...{AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey},
			},
		},
	);
	let said = '';
	for (const it of [child.stdout, child.stderr]) it.on('data', text => (said += text));
	const ended = new Promise<{readonly code: number | null; readonly said: string}>(done => {
		child.on('close', code => done({code, said}));
	});
	return {child, ended};
}
const entriesOf = (at: ReturnType<typeof machine>): readonly Entry[] =>
	(JSON.parse(readFileSync(join(at.home, 'state/setups/nps.json'), 'utf8')) as {entries: Entry[]}).entries;
const user = () => Object.values(sandbox.account.users).find(it => it.name === 'nps-kms-user');

/** Stops the process itself once the record holds the intent of a call. */
const stops = `
const fs = require('node:fs');
const {renameSync} = fs;
let done = false;
fs.renameSync = (from, to) => {
	renameSync(from, to);
	if (done || !String(to).endsWith('nps.json')) return;
	const last = JSON.parse(fs.readFileSync(to, 'utf8')).entries.at(-1);
	if (last.type !== 'intent' || last.change.id !== 'create-access-key') return;
	done = true;
	process.kill(process.pid, 'SIGSTOP');
};
require('node:module').syncBuiltinESMExports();
`;
describe.skipIf(!existsSync('/proc/self/stat'))('a run that is suspended between an intent and its call', () => {
	/** Suspends it right there, lets something happen, and goes on after so long. */
	async function suspended(ms: number, meanwhile: () => void) {
		const at = machine();
		const {child, ended} = start(at, at.write('stops.cjs', stops), '--secret-file', join(at.home, 'secret.csv'));
		const isStopped = (): boolean => / T /.test(readFileSync(`/proc/${child.pid}/stat`, 'utf8'));
		while (!isStopped()) await sleep(20);
		expect(heard.map(it => it.api)).not.toContain('CreateAccessKey');
		meanwhile();
		await sleep(ms);
		const before = heard.length;
		child.kill('SIGCONT');
		return {at, before, ...(await ended)};
	}

	test('for longer than 5 seconds doesn’t send it: it looks again, and goes on', async () => {
		const {at, before, code, said} = await suspended(5500, () => undefined);
		expect(code, said).toBe(0);
		const since = heard.slice(before).map(it => it.api);
		expect(since.slice(0, since.indexOf('CreateAccessKey'))).toContain('ListAccessKeys');
		const tries = entriesOf(at).filter(it => it.type === 'intent' && it.change.id === 'create-access-key');
		expect(tries).toHaveLength(2);
		expect(entriesOf(at).filter(it => it.type === 'outcome' && !it.ok)).toMatchObject([{code: 'NotSent'}]);
		expect(user()?.accessKeys.map(it => it.id)).toEqual(fold(entriesOf(at)).delivered.map(it => it.id));
	}, 60_000);

	test('never takes an access key for its own that a person made meanwhile', async () => {
		const theirs = {id: 'AKIATHEIRSTHEIRSTHE1', secret: 'x'.repeat(40), status: 'Active' as const};
		const {at, code, said} = await suspended(5500, () => user()?.accessKeys.push({...theirs, created: Date.now()}));
		expect([code, user()?.accessKeys.find(it => it.id === theirs.id)?.status], said).toEqual([0, 'Active']);
		expect(heard.filter(it => /^(UpdateAccessKey|DeleteAccessKey)$/.test(it.api))).toEqual([]);
		expect(fold(entriesOf(at)).delivered.map(it => it.id)).not.toContain(theirs.id);
		// It is somebody's: another is made only if that is asked for.
		expect(user()?.accessKeys).toHaveLength(1);
		expect(said).toContain(`Access key ${theirs.id} is presumed to be in use`);
	}, 60_000);

	test('for a moment sends it', async () => {
		const {at, code, said} = await suspended(100, () => undefined);
		expect(code, said).toBe(0);
		expect(entriesOf(at).filter(it => it.type === 'intent' && it.change.id === 'create-access-key')).toHaveLength(1);
	}, 60_000);
});

/** A clock that is wrong by so many milliseconds, as the program sees it. */
const wrong = (ms: number): string => `
const Real = Date;
globalThis.Date = class Date extends Real {
	constructor(...given) {
		if (given.length === 0) super(Real.now() + ${ms});
		else super(...given);
	}
	static now() {
		return Real.now() + ${ms};
	}
};
`;
describe.each([
	['ahead', 3_600_000],
	['behind', -3_600_000],
] as const)('a clock that is an hour %s', (_how, ms) => {
	test('makes no difference: intents bear AWS’s time, and what a lost answer left is known for ours', async () => {
		const at = machine();
		const clock = at.write('clock.cjs', wrong(ms));
		const secret = join(at.home, 'secret.csv');
		await sandbox.close();
		const faults = [{api: 'iam:CreateAccessKey', nth: 1, kind: 'drop-after'}] as const;
		sandbox = await startSandbox({onRequest: it => heard.push(it), faults});
		const {code, said} = await start(at, clock, '--secret-file', secret).ended;
		expect(code, said).toBe(0);
		const intents = entriesOf(at).filter(it => it.type === 'intent');
		for (const it of intents)
			expect([it.clock, Math.abs(Date.parse(it.at) - Date.now()) < 120_000]).toEqual(['aws', true]);
		// The one whose answer was lost went, the other is in its place.
		expect(heard.filter(it => it.api === 'CreateAccessKey')).toHaveLength(2);
		expect(user()?.accessKeys.map(it => it.id)).toEqual(fold(entriesOf(at)).delivered.map(it => it.id));
		expect(readFileSync(secret, 'utf8')).toContain(user()?.accessKeys[0]?.id);
	}, 60_000);
});
