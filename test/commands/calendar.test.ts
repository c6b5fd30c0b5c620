import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import ICAL from 'ical.js';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {type Sandbox, startSandbox} from '../../src/sandbox/index.js';
import type {Ran} from '../contract/account-and-home.js';
import {Nps} from '../contract/nps.js';
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
	await sandbox.close();
	rmSync(home, {recursive: true, force: true});
});
const run = (...args: readonly string[]): Promise<Ran> => runMain(args, sandbox, home);
const secretOf = (name: string): string => join(home, `${name}.csv`);
const inDays = (days: number): string => new Date(sandbox.now() + days * day).toISOString().slice(0, 10);
const accessKey = () => Object.values(sandbox.account.users).find(it => it.name === 'nps-kms-user')?.accessKeys[0];
const kmsKey = () => Object.values(sandbox.account.keys).find(it => it.manager === 'CUSTOMER');

type Event = {uid: string; sequence: number; from: string; summary: string; description: string};
/** What a calendar reads of the file that is written now. */
async function events(...more: readonly string[]): Promise<readonly Event[]> {
	const file = join(home, 'nps.ics');
	await run('status', '--calendar', file, ...more);
	return new ICAL.Component(ICAL.parse(readFileSync(file, 'utf8')) as unknown[])
		.getAllSubcomponents('vevent')
		.map(it => new ICAL.Event(it))
		.map(({uid, sequence, startDate, summary, description}) => {
			expect(startDate.isDate).toBe(true);
			return {uid, sequence, from: startDate.toString(), summary, description};
		});
}
const days = (all: readonly Event[]): readonly unknown[] => all.map(it => [it.uid.split('.')[0], it.from]);

test('a retirement has the days of its stages, and at last that on which KMS deletes the key', async () => {
	await run('setup', '--yes', '--secret-file', secretOf('nps'), '--no-prove');
	await new Nps(sandbox, secretOf('nps'), '10.1.2.3').works();
	await run('setup', '--yes', '--no-prove', '--nps-rotated');
	sandbox.advance(40 * day);
	const said = ['--servers-restarted', inDays(-5), '--backups-until', inDays(60)];
	const id = accessKey()?.id ?? '';
	const sure = ['--confirm-account', sandbox.account.id, '--confirm-alias', 'nps-kms-key'];
	expect(days(await events()).map(it => (it as string[])[0])).toEqual(['replace', 'due']);
	await run('retire', '--yes', ...said, '--inactive-days', '20', '--deactivate-access-key', id, ...sure);
	const resting = await events();
	// An access key that ends is nobody's to replace.
	expect(days(resting)).toEqual([
		['retire-inactive', inDays(20)],
		['retire-backups', inDays(61)],
	]);
	expect(resting[0]?.description).toContain('nps-kms retire goes on');
	expect(resting[0]?.summary).toBe('The access key of NPS was Inactive for 20 days');
	sandbox.advance(20 * day + 60_000);
	const goesOn = ['--delete-access-key', id, '--disable-kms-key', kmsKey()?.id ?? '', '--disabled-days', '25'];
	await run('retire', '--yes', ...goesOn);
	const watched = await events();
	expect(days(watched)).toEqual([
		['retire-disabled', inDays(25)],
		['retire-backups', inDays(41)],
	]);
	// A later file takes the place of an earlier one.
	expect(watched[1]?.uid).toBe(resting[1]?.uid);
	expect(watched[1]?.sequence).toBeGreaterThan(resting[1]?.sequence ?? 0);
	expect(await events()).toEqual(watched);
	sandbox.advance(25 * day + 60_000);
	await run('retire', '--yes');
	expect(days(await events())).toEqual([['retire-backups', inDays(16)]]);
	sandbox.advance(40 * day);
	const all = ['--confirm', 'nps', '--confirm-alias', 'nps-kms-key', '--delete-kms-key', '--deletion-days', '20'];
	const {stderr, stdout} = await run('discard', '--yes', ...all);
	expect(stdout + stderr).toContain('nps-kms status --calendar nps-kms.ics puts that day into a calendar.');
	for (const which of [[], ['--all']]) {
		const [deletion, ...none] = await events(...which);
		expect([none, deletion?.from]).toEqual([[], inDays(20)]);
		expect(deletion?.summary).toBe('KMS deletes the KMS key of NPS');
		expect(deletion?.description).toContain(`aws kms cancel-key-deletion --key-id ${kmsKey()?.id} --region eu-west-1`);
		expect(deletion?.description).toContain(`aws kms enable-key --key-id ${kmsKey()?.id} --region eu-west-1`);
	}
	// The name begins anew: the day of the key that goes stays beside those of the new access key.
	await run('setup', '--yes', '--secret-file', secretOf('new'), '--no-prove');
	expect(days(await events()).map(it => (it as string[])[0])).toEqual(['replace', 'due', 'deletion']);
	sandbox.advance(21 * day);
	expect(days(await events()).map(it => (it as string[])[0])).toEqual(['replace', 'due']);
});

test('a move has the day on which the watch is over, and that on which the old KMS key is needed no more', async () => {
	await run('setup', '--yes', '--secret-file', secretOf('nps'));
	await run('setup', '--yes', '--setup', 'berlin', '--region', 'eu-central-1', '--secret-file', secretOf('berlin'));
	const until = inDays(60);
	const begins = ['--to-setup', 'berlin', '--backed-up', inDays(0), '--backups-expire', until];
	await run('move-key', '--yes', ...begins);
	await run('move-key', '--yes', '--nps-rotated', '--override-reason', 'its log says so');
	sandbox.advance(3_600_000);
	const restarted = new Date(sandbox.now()).toISOString().slice(0, 16).replace('T', ' ');
	sandbox.advance(5 * 3_600_000);
	await run('move-key', '--yes', '--services-restarted', restarted, '--old-use-reason', 'our own test');
	expect(accessKey()?.status).toBe('Inactive');
	const watched = await events();
	expect(days(watched)).toEqual([
		['move-watched', inDays(14)],
		['move-kept', new Date(Date.parse(until) + day).toISOString().slice(0, 10)],
	]);
	expect(watched[0]?.description).toContain('nps-kms move-key --nps-healthy goes on');
	expect(watched[1]?.description).toContain('NPS was moved to setup berlin');
	sandbox.advance(15 * day);
	await run('move-key', '--yes', '--nps-healthy');
	expect(days(await events()).map(it => (it as string[])[0])).toEqual(['move-kept']);
});

test('the days that were chosen are told, a move as what it is by then, and a second watch as the first', async () => {
	await run('setup', '--yes', '--secret-file', secretOf('nps'));
	await run('setup', '--yes', '--setup', 'berlin', '--region', 'eu-central-1', '--secret-file', secretOf('berlin'));
	const begins = ['--to-setup', 'berlin', '--backed-up', inDays(0), '--backups-expire', inDays(90)];
	await run('move-key', '--yes', ...begins, '--watch-days', '40');
	const kept = (await events()).at(-1);
	expect([kept?.uid.split('.')[0], kept?.from]).toEqual(['move-kept', inDays(91)]);
	expect(kept?.description).toContain('NPS is being moved to setup berlin. nps-kms move-key goes on.');
	expect(kept?.description).not.toContain('was moved');
	await run('move-key', '--yes', '--nps-rotated', '--override-reason', 'its log says so');
	sandbox.advance(3_600_000);
	const restarted = new Date(sandbox.now()).toISOString().slice(0, 16).replace('T', ' ');
	sandbox.advance(5 * 3_600_000);
	await run('move-key', '--yes', '--services-restarted', restarted, '--old-use-reason', 'our own test');
	expect(accessKey()?.status).toBe('Inactive');
	const [watched, moved] = await events();
	expect([watched?.uid.split('.')[0], watched?.from]).toEqual(['move-watched', inDays(40)]);
	expect(watched?.summary).toBe('The old access key of NPS was Inactive for 40 days');
	expect(moved?.uid).toBe(kept?.uid);
	expect(moved?.description).toContain('NPS was moved to setup berlin. nps-kms retire ends the old one');
	sandbox.advance(40 * day + 60_000);
	await run('move-key', '--yes', '--nps-healthy');
	expect(days(await events()).map(it => (it as string[])[0])).toEqual(['move-kept']);
	const old = accessKey() ?? expect.fail('it is gone');
	old.status = 'Active';
	await run('move-key', '--yes', '--deactivate-access-key', old.id);
	expect(accessKey()?.status).toBe('Inactive');
	expect(days(await events())[0]).toEqual(['move-watched', inDays(40)]);
});
