import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, vi} from 'vitest';
import {test} from './at-a-desk.js';
import {entering, toTheSecret} from './enter.js';
import {sizes, type Terminal} from './terminal.js';

const isPrompt = (shell: Terminal): boolean => /[#$]$/.test(shell.screen);
/** Stops what runs there by Ctrl+Z, and does something in the shell. */
async function stopped(shell: Terminal): Promise<void> {
	shell.press('\u001A');
	await shell.sees('Stopped');
	await shell.until(() => isPrompt(shell), 'the prompt');
	shell.type('echo it is $((6*7))\r');
	await shell.sees('it is 42');
	await shell.until(() => isPrompt(shell), 'the prompt');
}
/** Leaves by Ctrl+C, and the shell. */
async function leaves(shell: Terminal): Promise<void> {
	shell.press('ctrlC');
	await shell.sees('Saved. Run');
	await shell.until(() => isPrompt(shell), 'the prompt');
	shell.type('echo left by $?; exit\r');
	await shell.ends();
	expect(shell.history).toContain('left by 130');
}

describe('stopped by Ctrl+Z', () => {
	test.concurrent("at a secret's own screen, nothing of the shell's is wiped, however the window changes meanwhile", async ({
		desk,
	}) => {
		const shell = desk.inShell();
		shell.type('program\r');
		await toTheSecret(shell);
		await stopped(shell);
		shell.resize(sizes.narrow);
		shell.type('echo still $((40+2)) here\r');
		await shell.sees('still 42 here');
		shell.type('fg\r');
		await shell.until(() => /^.{59}─$/mu.test(shell.screen), 'it is drawn for the new size');
		await leaves(shell);
		for (const it of ['it is 42', 'still 42 here']) expect(shell.history).toContain(it);
	});
	test.concurrent("and told to end there, it leaves the shell's screen as it is", async ({desk}) => {
		const shell = desk.inShell();
		shell.type('program\r');
		await toTheSecret(shell);
		await stopped(shell);
		shell.type('kill %1; fg\r');
		await shell.sees('Saved. Run');
		await shell.until(() => isPrompt(shell), 'the prompt');
		shell.type('stty -a | grep -c " icanon"; exit\r');
		await shell.ends();
		expect(shell.history).toContain('it is 42');
		expect(shell.buffer.buffer.active.type).toBe('normal');
	});
	test.concurrent('and left behind by a terminal that goes away, it ends, and the record says so', async ({desk}) => {
		const shell = desk.inShell();
		shell.type('program\r');
		await toTheSecret(shell);
		await stopped(shell);
		await shell.hangUp();
		await vi.waitFor(() => expect(desk.record().at(-1)).toMatchObject({type: 'ended', status: 'interrupted'}), 20_000);
	});
	test.concurrent('while a call is out, it is waited for, written down and told once it goes on', async ({desk}) => {
		const shell = desk.inShell();
		shell.type('program\r');
		await entering(shell, '+ create policy', '↵ apply');
		desk.disturb('iam:CreatePolicy=slow:600000');
		await shell.approve();
		await shell.until(() => desk.heard.some(it => it.fault), 'the call is out');
		await stopped(shell);
		desk.disturb();
		shell.type('fg\r');
		await shell.sees('Step 2 of 7');
		expect(desk.record().filter(it => it.type === 'outcome')).toMatchObject([{ok: true}]);
		expect(desk.made).toEqual(['CreatePolicy']);
		await leaves(shell);
	});
	test.concurrent('line by line, the question is asked again', async ({desk}) => {
		const shell = desk.inShell();
		shell.type('program --plain\r');
		const asked = (): number => shell.history.split('[environment]:').length - 1;
		await shell.until(() => asked() === 1, 'it is asked');
		await stopped(shell);
		shell.type('fg\r');
		await shell.until(() => asked() === 2, 'it is asked again');
		await leaves(shell);
		expect(desk.made).toEqual([]);
	});
});

test.concurrent('nohup from a script, in the background, outlives the terminal too', async ({desk}) => {
	const script = join(desk.home, 'script.sh');
	const out = join(desk.home, 'out.txt');
	writeFileSync(
		script,
		`nohup program setup --yes --no-prove > "${out}" 2>&1 &\nwhile ! [ -e go ]; do sleep 0.1; done\nkill -HUP $!\nsleep 0.3\nkill -HUP $!\necho hung 1\nwait $!\necho ended by $?\n`,
	);
	const shell = desk.inShell();
	desk.disturb('iam:CreatePolicy=slow:600000');
	shell.type(`bash ${script}\r`);
	await vi.waitFor(() => expect(desk.heard.some(it => it.fault)).toBe(true), 20_000);
	writeFileSync(join(desk.home, 'go'), '');
	await shell.sees('hung 1');
	desk.disturb();
	await shell.sees('ended by 0');
	expect(readFileSync(out, 'utf8')).toContain('Done.');
	shell.type('exit\r');
	await shell.ends();
});
