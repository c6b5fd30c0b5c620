import {describe, expect} from 'vitest';
import {clean, test} from './at-a-desk.js';
import {entering} from './enter.js';
import {sizes, type Terminal} from './terminal.js';

const isApart = ({buffer}: Terminal): boolean => buffer.buffer.active.type === 'alternate';
const [pageDown, home, end] = ['\u001B[6~', '\u001B[H', '\u001B[F'];
/** What of the text is on the screen: its rows between the rule and the line that tells where it is. */
const rows = (terminal: Terminal): readonly string[] => {
	const all = terminal.screen.split('\n');
	return all.slice(
		1,
		all.findIndex(it => / lines /.test(it)),
	);
};
/** To the review of the KMS key, whose key policy is longer than there is room for, and into it. */
async function reading(terminal: Terminal): Promise<void> {
	await entering(terminal, '+ create KMS key', '↵ read on');
	terminal.press('d');
	await terminal.until(() => isApart(terminal), 'a screen of its own');
	await terminal.sees(' lines ');
}
/** Closes it. */
async function closing(terminal: Terminal, key = 'enter'): Promise<void> {
	terminal.press(key);
	await terminal.until(() => !isApart(terminal), 'the screen before');
}

describe('what is longer than there is room for', () => {
	test.concurrent('is read with all the height there is, and its last line is reached by pages', async ({desk}) => {
		const terminal = desk.open();
		await reading(terminal);
		const [, from, to, all] = /lines (\d+)-(\d+) of (\d+)/.exec(terminal.screen)?.map(Number) ?? [];
		expect([from, to]).toEqual([1, sizes.wide.rows - 4]);
		const seen = new Set(rows(terminal));
		for (let at = to ?? 0; at < (all ?? 0); at += to ?? 0) {
			const before = terminal.screen;
			terminal.press(pageDown);
			await terminal.until(() => terminal.screen !== before && terminal.shows(' lines '), 'the next page');
			for (const it of rows(terminal)) seen.add(it);
		}
		await terminal.sees(`of ${all}, `);
		expect(terminal.screen).toMatch(new RegExp(`-${all} of ${all}, `));
		for (const it of ['"Version": "2012-10-17"', '"kms:GrantIsForAWSResource": "true"'])
			expect(
				[...seen].some(row => row.includes(it)),
				it,
			).toBe(true);
	});
	test.concurrent('is searched, a resize keeps its place, and it leaves nothing above the screen', async ({desk}) => {
		const terminal = desk.open();
		await reading(terminal);
		terminal.press('/');
		await terminal.sees('Find: ');
		terminal.type('GENERATEDATAKEY');
		await terminal.sees('GENERATEDATAKEY');
		terminal.press('enter');
		await terminal.sees(' ▸ ');
		expect(terminal.screen).toMatch(/^ ▸ +"kms:GenerateDataKey/m);
		terminal.press(end);
		await terminal.sheds(' ▸ ');
		terminal.press(home);
		await terminal.sees('lines 1-');
		terminal.resize(sizes.narrow);
		await terminal.until(
			() => /^.{60}$/m.test(terminal.screen.split('\n')[0] ?? '') && terminal.shows('lines 1-'),
			'it is drawn for the new size',
		);
		terminal.press('/');
		await terminal.sees('Find: ');
		terminal.type('nowhere in it');
		await terminal.sees('Find: nowhere in it');
		terminal.press('enter');
		await terminal.sees("isn't in it");
		await closing(terminal, 'escape');
		await terminal.sees('↵ read on');
		expect(terminal.history).not.toContain('"kms:GenerateDataKey');
	});
	test.concurrent('is no yes: the key that closes it approves nothing, nor do those after it at once', async ({
		desk,
	}) => {
		const terminal = desk.open();
		await reading(terminal);
		await closing(terminal);
		terminal.press('enter', 'enter', 'enter');
		await terminal.sees('Step 4 of 7');
		expect(desk.made).not.toContain('CreateKey');
		await entering(terminal, 'Step 5 of 7');
		expect(desk.made).toContain('CreateKey');
	});
	test.concurrent('keeps what a form holds', async ({desk}) => {
		const terminal = desk.open({size: sizes.narrow});
		await entering(terminal, 'Step 4 of 7', '▸ Alias');
		terminal.press('tab', 'tab', 'tab');
		await terminal.sees('▸ KMS rotates');
		terminal.press('space');
		await terminal.sees('yes ▸ no');
		terminal.press('?');
		await terminal.until(() => isApart(terminal), 'a screen of its own');
		await closing(terminal, '?');
		await terminal.sees('yes ▸ no');
	});
	test.concurrent('is written above the screen it was read from', async ({desk}) => {
		const terminal = desk.open();
		await reading(terminal);
		await closing(terminal, 'w');
		await terminal.until(() => terminal.history.includes('"kms:GrantIsForAWSResource": "true"'), 'it is written');
		await terminal.sees('↵ read on');
	});
	test.concurrent.for([
		['Ctrl+C', 130, (it: Terminal) => it.press('ctrlC')],
		['SIGTERM', 143, (it: Terminal) => it.signal('SIGTERM')],
		['SIGHUP', 129, (it: Terminal) => it.signal('SIGHUP')],
	] as const)('is left by %s with the terminal as it was', async ([, code, leave], {desk}) => {
		const terminal = desk.open();
		await reading(terminal);
		leave(terminal);
		expect(await terminal.ends()).toEqual(clean(code));
		expect(isApart(terminal)).toBe(false);
		expect(terminal.history).toContain('Saved. Run');
	});
	test.concurrent('is there again after Ctrl+Z and fg', async ({desk}) => {
		const shell = desk.inShell();
		shell.type('program\r');
		await reading(shell);
		shell.press('\u001A');
		await shell.sees('Stopped');
		expect(isApart(shell)).toBe(false);
		shell.type('fg\r');
		await shell.until(() => isApart(shell), 'a screen of its own');
		await shell.sees(' lines ');
		await closing(shell);
		shell.press('ctrlC');
		await shell.sees('Saved. Run');
		await shell.until(() => /[#$]$/.test(shell.screen), 'the prompt');
		shell.type('exit\r');
		await shell.ends();
	});
});
