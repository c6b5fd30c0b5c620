import {join} from 'node:path';
import {describe, expect} from 'vitest';
import {Nps} from '../contract/nps.js';
import {clean, test} from './at-a-desk.js';
import type {Desk} from './desk.js';
import {entering} from './enter.js';
import {sizes, type Terminal} from './terminal.js';

/** The sheet, in the very run that made the access key or in a later one; a watched second lasts a tenth of one. */
async function atTheSheet(desk: Desk, size: keyof typeof sizes = 'wide'): Promise<Terminal> {
	const terminal = desk.open({env: {NPS_KMS_PATIENCE: '0.1'}, size: sizes[size]});
	await entering(terminal, 'Have you run SbPAM.RotateAwsKey?', 'z wait and see');
	return terminal;
}
const npsWorks = (desk: Desk): Promise<void> =>
	new Nps(desk.sandbox, join(desk.home, 'nps-kms-user_accessKeys.csv')).works();
const seenInUse = (desk: Desk): readonly unknown[] =>
	desk
		.record()
		.filter(it => it.type === 'in-use')
		.map(it => it['seenAt'] !== undefined);

describe('from the first minute, who stands at the sheet may wait and see', () => {
	test.concurrent('q saves and leaves, the next run carries on, and NPS’s first use ends the wait in words', async ({
		desk,
	}) => {
		for (const [how, leaves] of [
			['q', (it: Terminal) => it.press('q')],
			['Ctrl+C', (it: Terminal) => it.press('ctrlC')],
		] as const) {
			const terminal = await atTheSheet(desk);
			terminal.press('z');
			await terminal.sees('waiting: no use by NPS is seen');
			await terminal.sees('of at most');
			expect(terminal.screen).toContain('q save and quit');
			leaves(terminal);
			expect(await terminal.ends(), how).toEqual(clean(130));
			expect(terminal.history).toMatch(/Saved\. Run nps-kms to carry on at step 7/);
		}
		const made = desk.made.length;
		const terminal = await atTheSheet(desk);
		terminal.press('z');
		await terminal.sees('of at most');
		// Escape is no key there.
		terminal.press('escape');
		await npsWorks(desk);
		expect(await terminal.ends()).toEqual(clean(0));
		expect(terminal.history).toContain('NPS used the key: Decrypt,');
		expect([desk.made.length, seenInUse(desk)]).toEqual([made, [true]]);
	});
	test.concurrent('on a small screen too', async ({desk}) => {
		const terminal = await atTheSheet(desk, 'narrow');
		terminal.press('z');
		await terminal.sees('of at most');
		await npsWorks(desk);
		expect(await terminal.ends()).toEqual(clean(0));
		expect(terminal.history).toContain('NPS used the key: Decrypt,');
	});
	test.concurrent('line by line', async ({desk}) => {
		const terminal = desk.open({args: ['--plain'], env: {NPS_KMS_PATIENCE: '0.1'}});
		const asks = 'Have you run SbPAM.RotateAwsKey? (yes or no, z to wait and see) [no]:';
		await answering(terminal, asks);
		await terminal.approve('z');
		terminal.press('enter');
		await terminal.sees('Waiting for NPS');
		await npsWorks(desk);
		expect(await terminal.ends()).toEqual(clean(0));
		expect(terminal.history).toContain('NPS used the key: Decrypt,');
	});
});

test.concurrent('where nothing tells whose access key was used it says so, and goes on without', async ({desk}) => {
	const first = await atTheSheet(desk);
	desk.disturb('cloudtrail:LookupEvents#every=access-denied', 'iam:GetAccessKeyLastUsed#every=access-denied');
	first.press('z');
	await first.sees('There is nothing to watch');
	// There may be more to read than a screen holds.
	await first.sees('r try again');
	while (first.shows('read on')) await first.approve();
	await first.sees('g go on without');
	await first.approve('g');
	expect(await first.ends()).toEqual(clean(0));
	expect(seenInUse(desk)).toEqual([]);
	expect(first.history).toContain('SbPAM.RotateAwsKey: not known');
});

/** Enter for each question that is asked line by line, up to this one. */
async function answering(terminal: Terminal, until: string): Promise<void> {
	for (;;) {
		await terminal.until(() => terminal.screen.endsWith(']:') || terminal.screen.endsWith('Enter:'), 'it asks');
		if (terminal.shows(until)) return;
		const before = terminal.history;
		await terminal.approve();
		await terminal.until(() => terminal.history !== before, 'the answer is taken');
	}
}
