import {mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import ICAL from 'ical.js';
import parsePrometheus from 'parse-prometheus-text-format';
import {afterEach, beforeEach, describe, expect, test, vi} from 'vitest';
import {grave} from '../../src/commands/status/levels.js';
import {watch} from '../../src/commands/status/watch.js';
import {type Sandbox, startSandbox} from '../../src/sandbox/index.js';
import {setup} from '../../src/steps/index.js';
import type {Ran} from '../contract/account-and-home.js';
import {runMain} from '../main-in-process.js';
import {memory} from '../memory.js';

const day = 24 * 3_600_000;
let sandbox: Sandbox;
let home: string;
beforeEach(async () => {
	sandbox = await startSandbox({control: true});
	home = mkdtempSync(join(memory, 'nps-kms-'));
});
afterEach(async () => {
	vi.unstubAllEnvs();
	await sandbox.close();
	rmSync(home, {recursive: true, force: true});
});
const run = (...args: readonly string[]): Promise<Ran> => runMain(args, sandbox, home);
const setUp = (name = 'nps', ...more: readonly string[]): Promise<Ran> =>
	run('setup', '--yes', '--setup', name, '--secret-file', join(home, `${name}.csv`), '--no-prove', ...more);
const monitor = async (...more: readonly string[]): Promise<readonly [number | null, string]> => {
	const {code, stdout, stderr} = await run('status', '--monitor', ...more);
	expect(stderr).toBe('');
	// One line, whatever happens. https://www.monitoring-plugins.org/doc/guidelines.html#PLUGOUTPUT
	expect(stdout).toMatch(/^(OK|WARNING|CRITICAL|UNKNOWN): [^\n|]+( \| [^\n|]+)?\n$/);
	const [, data = ''] = stdout.trimEnd().split(' | ');
	for (const it of data === '' ? [] : data.split(' ')) expect(it).toMatch(perfdata);
	return [code, stdout.trimEnd()];
};
/** 'label'=value[UOM];[warn];[crit];[min];[max] https://www.monitoring-plugins.org/doc/guidelines.html#AEN201 */
const range = String.raw`@?(?:(?:~|-?[\d.]+):)?(?:-?[\d.]+)?`;
const perfdata = new RegExp(
	String.raw`^'[^'=]+'=(?:U|-?[\d.]+(?:s|us|ms|%|B|KB|MB|TB|c)?)(?:;(?:${range})?(?:;(?:${range})?(?:;-?[\d.]*(?:;-?[\d.]*)?)?)?)?$`,
);
const user = (name = 'nps-kms-user') => Object.values(sandbox.account.users).find(it => it.name === name)!;
const inactive = (name?: string): void => {
	const keys = user(name).accessKeys;
	keys.splice(0, 1, {...keys[0]!, status: 'Inactive'});
};
const everyFile = (): string =>
	readdirSync(join(home, 'state'), {recursive: true, encoding: 'utf8'})
		.sort()
		.map(it => `${it} ${statSync(join(home, 'state', it)).mtimeMs}`)
		.join('\n');

describe('--monitor tells a monitoring system in one line', () => {
	test('OK, with the age of the access key; nothing is written, and another run may hold the setup', async () => {
		await setUp();
		const before = everyFile();
		expect(await monitor()).toEqual([
			0,
			"OK: nps is as the set-up left it, access key 0 days old | 'access_key_age_days'=0;79;89;0 'differences'=0;;;0",
		]);
		expect(everyFile()).toBe(before);
	});
	test.each([
		[79, [], 0, 'OK'],
		[80, [], 1, 'WARNING'],
		[89, [], 1, 'WARNING'],
		[90, [], 2, 'CRITICAL'],
		[89, ['--warn-days', '100', '--critical-days', '120'], 0, 'OK'],
		[100, ['--warn-days', '100', '--critical-days', '120'], 1, 'WARNING'],
		[10, ['--critical-days', '10'], 2, 'CRITICAL'],
	] as const)('an access key %i days old, with %j: exit code %i', async (age, flags, code, word) => {
		await setUp();
		sandbox.advance(age * day);
		const [got, line] = await monitor(...flags);
		expect([got, line]).toEqual([code, expect.stringMatching(new RegExp(`^${word}: .*\\b${age} days old`))]);
		const [, value, warn, critical] = /'access_key_age_days'=(\d+);(\d+);(\d+)/.exec(line)!.map(Number);
		// What a monitoring system makes of the data is what the exit code says.
		expect(value! > critical! ? 2 : value! > warn! ? 1 : 0).toBe(code);
	});
	test('CRITICAL where NPS can not use the key, WARNING for what else differs or is not finished', async () => {
		await setUp();
		inactive();
		expect(await monitor()).toEqual([2, expect.stringMatching(/^CRITICAL: nps: .*Inactive.*\[access-key-inactive\]/)]);
		await setUp('berlin', '--stop-after', 'policy');
		expect(await monitor('--setup', 'berlin')).toEqual([1, expect.stringMatching(/^WARNING: berlin: not finished/)]);
	});
	test('of all setups the gravest one decides, and stands first', async () => {
		expect(await monitor('--all')).toEqual([3, 'UNKNOWN: there is no setup on this machine']);
		await setUp();
		await setUp('berlin', '--stop-after', 'policy');
		await setUp('dublin');
		inactive('nps-kms-user-dublin');
		const [code, line] = await monitor('--all');
		expect([code, line]).toEqual([2, expect.stringMatching(/^CRITICAL: 2 of 3 setups; dublin: .*; berlin: not fin/)]);
		expect(line).toContain("'dublin_access_key_age_days'=0;79;89;0 'dublin_differences'=1;;;0");
		expect(line).toContain("'berlin_access_key_age_days'=U;79;89;0");
	});
	test('what can not be told is UNKNOWN', async () => {
		await setUp();
		writeFileSync(join(home, 'state', 'setups', 'gone.json'), '{"v":999,"setup":"gone","entries":[]}', {mode: 0o600});
		expect(await monitor('--setup', 'gone')).toEqual([3, expect.stringMatching(/^UNKNOWN: gone: can't be told: /)]);
		expect(await monitor('--all')).toEqual([3, expect.stringMatching(/^UNKNOWN: 1 of 2 setups; gone: /)]);
	});
	test.each([
		[['--json'], '--json'],
		[['--bogus'], '--bogus'],
		[['--warn-days', '0'], '0 is no number of days'],
		[['--warn-days', '95'], undefined],
		[['--warn-days', '95', '--critical-days', '90'], '--warn-days 95 comes after --critical-days 90'],
		[['--setup', 'A|B'], '--setup A/B'],
		[['--all', '--profile', 'x'], "--profile doesn't go with --all"],
		[['--region', 'no where'], 'region'],
	])('a wrong call is UNKNOWN as well: %j', async (flags, named) => {
		await setUp();
		const [code, line] = await monitor(...flags);
		expect(code).toBe(named === undefined ? 0 : 3);
		expect(line).toContain(named ?? 'OK');
	});
	test('AWS that does not answer is UNKNOWN once the time is over, and what was told by then stays told', async () => {
		await setUp();
		vi.stubEnv('NPS_KMS_HOME', join(home, 'state'));
		vi.stubEnv('AWS_ENDPOINT_URL', sandbox.url);
		const {operator} = sandbox;
		vi.stubEnv('AWS_ACCESS_KEY_ID', operator.accessKeyId);
		vi.stubEnv('AWS_SECRET_ACCESS_KEY', operator.secretAccessKey);
		vi.stubEnv('AWS_REGION', 'eu-west-1');
		sandbox.setFaults([{api: 'sts:GetCallerIdentity', nth: 'every', kind: 'hang'}]);
		const out: string[] = [];
		let ended: unknown;
		const outcome = await watch(
			{
				...{course: setup, others: [], options: {setup: 'nps'}, env: process.env, version: '0', now: new Date()},
				outlet: {json: false, out: it => void out.push(it), err: () => undefined},
			},
			{ofAll: false, monitor: true, warnDays: 80, criticalDays: 90, within: 300},
			{endNow: it => (ended = it), stderr: process.stderr},
		);
		expect([outcome, out]).toEqual(['unknown', [expect.stringMatching(/^UNKNOWN: nps: can't be told: .*in time/)]]);
		await vi.waitFor(() => expect(ended).toBe('unknown'));
	});
});

test('the page of codes marks those that are CRITICAL, and no others', () => {
	const page = readFileSync(join(import.meta.dirname, '../../docs/status.md'), 'utf8');
	const marked = [...page.matchAll(/^\| (.*?) \| .* \|$/gm)].flatMap(([line, codes = '']) =>
		/\| (?:\*\*critical\*\*): /.test(line) ? [...codes.matchAll(/`([\w-]+)`/g)].map(([, it]) => it) : [],
	);
	expect(marked.sort()).toEqual([...grave].sort());
});

describe('--prometheus writes a file for the textfile collector', () => {
	type Family = {name: string; help: string; type: string; metrics: {value: string; labels: Record<string, string>}[]};
	const metrics = (file: string): readonly Family[] => {
		const text = readFileSync(file, 'utf8');
		expect(text).toMatch(/\n$/);
		// promtool check metrics: help and type for each, units at the end of names, no series twice, no timestamps.
		const series = text.split('\n').filter(it => it !== '' && !it.startsWith('#'));
		expect(new Set(series.map(it => it.replace(/ \S+$/, ''))).size).toBe(series.length);
		for (const it of series) expect(it).toMatch(/^nps_kms_[a-z_]+\{([a-z_]+="(?:[^"\\\n]|\\[\\"n])*",?)+\} \d+$/);
		const families = parsePrometheus(text) as readonly Family[];
		for (const {name, help, type} of families) {
			expect([type, help !== '']).toEqual(['GAUGE', true]);
			expect(name).not.toMatch(/_(total|count|sum|bucket|days|hours|minutes|ms|milliseconds)$/);
		}
		return families;
	};
	const value = (all: readonly Family[], name: string, labels: object): string | undefined =>
		all
			.find(it => it.name === name)
			?.metrics.find(it => Object.entries(labels).every(([key, is]) => it.labels[key] === is))?.value;

	test.each(['--prometheus', '--calendar'])('what %s did not write is kept', async flag => {
		await setUp();
		const file = join(home, 'mine.csv');
		writeFileSync(file, 'Access key ID,Secret access key\n');
		const {code, stderr} = await run('status', flag, file);
		expect([code, stderr, readFileSync(file, 'utf8')]).toEqual([
			1,
			expect.stringContaining('A file is there that holds something else'),
			'Access key ID,Secret access key\n',
		]);
	});
	test('two files are never the same', async () => {
		const file = join(home, 'it');
		expect(await run('status', '--prometheus', file, '--calendar', file)).toMatchObject({code: 2});
	});
	test('of one setup or all, replaced whole each time, for everybody to read', async () => {
		await setUp();
		await setUp('berlin', '--stop-after', 'policy');
		const file = join(home, 'nps.prom');
		writeFileSync(file, '# HELP nps_kms_setup_state of yesterday\n');
		expect(await run('status', '--prometheus', file)).toMatchObject({code: 0, stdout: '', stderr: ''});
		expect(statSync(file).mode & 0o777).toBe(0o644);
		const made = user().accessKeys[0]!.created;
		const one = metrics(file);
		expect(value(one, 'nps_kms_setup_state', {setup: 'nps', state: 'ok'})).toBe('1');
		expect(value(one, 'nps_kms_access_key_active', {setup: 'nps'})).toBe('1');
		expect(value(one, 'nps_kms_access_key_created_timestamp_seconds', {})).toBe(String(Math.floor(made / 1000)));
		expect(await run('status', '--all', '--prometheus', file)).toMatchObject({code: 3, stdout: '', stderr: ''});
		const all = metrics(file);
		expect(value(all, 'nps_kms_setup_state', {setup: 'berlin', state: 'differs'})).toBe('1');
		expect(value(all, 'nps_kms_setup_state', {setup: 'nps', state: 'ok'})).toBe('1');
		expect(readdirSync(home).filter(it => it.includes('.tmp-'))).toEqual([]);
	});
	test('a label holds whatever somebody named a thing', async () => {
		const odd = join(home, 'a "b" \\n c\\.csv');
		await run('setup', '--yes', '--secret-file', odd, '--no-prove');
		await run('setup', '--yes', '--nps-rotated', '--no-prove');
		const file = join(home, 'nps.prom');
		expect((await run('status', '--prometheus', file)).code).toBe(3);
		expect(value(metrics(file), 'nps_kms_difference_info', {code: 'secret-file', subject: odd})).toBe('1');
	});
	test('of a setup that can not be told it says so, and the error is told besides', async () => {
		await setUp();
		writeFileSync(join(home, 'state', 'setups', 'gone.json'), '{"v":999,"setup":"gone","entries":[]}', {mode: 0o600});
		const file = join(home, 'nps.prom');
		expect(await run('status', '--setup', 'gone', '--prometheus', file)).toMatchObject({
			code: 1,
			stderr: expect.stringMatching(/^✖ The record was written by a newer nps-kms\n/),
		});
		expect(value(metrics(file), 'nps_kms_setup_state', {setup: 'gone', state: 'unknown'})).toBe('1');
		expect(await run('status', '--all', '--prometheus', file)).toMatchObject({code: 1});
		expect(value(metrics(file), 'nps_kms_setup_state', {setup: 'nps', state: 'ok'})).toBe('1');
	});
	test('a link is not followed, and a folder that is not there is told with the flag', async () => {
		await setUp();
		symlinkSync(join(home, 'elsewhere'), join(home, 'link.prom'));
		for (const [to, why] of [
			['link.prom', 'It is a link'],
			['none/x.prom', 'ENOENT'],
		] as const) {
			const {code, stderr} = await run('status', '--prometheus', join(home, to));
			expect([code, stderr]).toEqual([1, expect.stringMatching(new RegExp(`${why}[\\s\\S]*--prometheus`))]);
		}
		expect(readdirSync(home)).not.toContain('elsewhere');
	});
});

describe('--calendar writes the days of the access key', () => {
	type Event = {uid: string; sequence: number; from: string; wholeDay: boolean; summary: string; description: string};
	const events = (file: string): readonly Event[] => {
		const text = readFileSync(file, 'utf8');
		// https://www.rfc-editor.org/rfc/rfc5545#section-3.1
		expect(text.split('\r\n').every(it => Buffer.byteLength(it) <= 75 && !it.includes('\n'))).toBe(true);
		expect(text).toMatch(/^BEGIN:VCALENDAR\r\n[\s\S]*END:VCALENDAR\r\n$/);
		return new ICAL.Component(ICAL.parse(text) as unknown[])
			.getAllSubcomponents('vevent')
			.map(it => new ICAL.Event(it))
			.map(({uid, sequence, startDate, summary, description}) => {
				const wholeDay = startDate.isDate;
				return {uid, sequence, from: startDate.toString(), wholeDay, summary, description};
			});
	};
	const dayAfter = (made: number, days: number): string => new Date(made + days * day).toISOString().slice(0, 10);

	test('80 and 90 days after it was made, or as the thresholds say', async () => {
		await setUp();
		const file = join(home, 'nps.ics');
		expect(await run('status', '--calendar', file)).toMatchObject({code: 0, stdout: '', stderr: ''});
		const {created} = user().accessKeys[0]!;
		const [replace, due, ...more] = events(file);
		expect([replace?.from, due?.from, more]).toEqual([dayAfter(created, 80), dayAfter(created, 90), []]);
		expect([replace?.wholeDay, due?.wholeDay]).toEqual([true, true]);
		expect(replace?.summary).toContain('Replace the access key of NPS');
		expect(due?.description).toContain('nps-kms replace-access-key replaces it');
		expect(readFileSync(file, 'utf8')).not.toContain(user().accessKeys[0]!.secret);
		const bytes = readFileSync(file, 'utf8');
		await run('status', '--calendar', file);
		expect(readFileSync(file, 'utf8')).toBe(bytes);
		await run('status', '--calendar', file, '--warn-days', '30', '--critical-days', '45');
		expect(events(file).map(it => it.from)).toEqual([dayAfter(created, 30), dayAfter(created, 45)]);
	});
	test('the same event of a later access key has the same UID and comes after', async () => {
		await setUp();
		const file = join(home, 'nps.ics');
		await run('status', '--calendar', file);
		const before = events(file);
		sandbox.advance(85 * day);
		const old = user().accessKeys[0]!.id;
		const steps = [
			['--secret-file', join(home, 'new.csv')],
			['--nps-rotated', '--override-reason', 'tried by hand'],
			['--nps-healthy'],
			['--delete-access-key', old],
		];
		for (const it of steps) await run('replace-access-key', '--yes', '--no-prove', ...it);
		await run('status', '--calendar', file);
		const after = events(file);
		expect(after.map(it => it.uid)).toEqual(before.map(it => it.uid));
		expect(after[0]!.sequence).toBeGreaterThan(before[0]!.sequence);
		expect(after[0]!.from > before[1]!.from).toBe(true);
	});
	test('of all setups; one that AWS tells nothing of has its days by the record', async () => {
		await setUp();
		await setUp('berlin');
		await setUp('dublin', '--stop-after', 'policy');
		const file = join(home, 'nps.ics');
		await run('status', '--all', '--calendar', file);
		const all = events(file);
		expect(all.map(it => it.summary).filter(it => it.includes('berlin'))).toHaveLength(2);
		expect([all.length, new Set(all.map(it => it.uid)).size]).toEqual([4, 4]);
		expect(all.find(it => it.summary.includes('berlin'))?.description).toContain('--setup berlin');
		sandbox.setFaults([{api: 'sts:GetCallerIdentity', nth: 'every', kind: 'expired-token'}]);
		expect((await run('status', '--all', '--calendar', file)).code).toBe(1);
		expect(events(file).map(it => [it.uid, it.from])).toEqual(all.map(it => [it.uid, it.from]));
	});
	test('without an access key there is no day in it', async () => {
		await setUp('nps', '--stop-after', 'policy');
		const file = join(home, 'nps.ics');
		await run('status', '--calendar', file);
		expect(events(file)).toEqual([]);
	});
});

test('one look serves all three', async () => {
	await setUp();
	const files = ['nps.prom', 'nps.ics'].map(it => join(home, it));
	const [code] = await monitor('--prometheus', files[0]!, '--calendar', files[1]!, '--all');
	expect([code, ...files.map(it => statSync(it).size > 100)]).toEqual([0, true, true]);
});
