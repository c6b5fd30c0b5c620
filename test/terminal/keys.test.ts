import {describe, expect} from 'vitest';
import {clean, test} from './at-a-desk.js';
import type {Desk} from './desk.js';
import {entering, tabbing} from './enter.js';
import type {Terminal} from './terminal.js';

const esc = '\u001B';
const dropped = 'keys typed ahead were dropped';
/** Opens a review that nothing of is approved. */
async function atReview(desk: Desk): Promise<Terminal> {
	const terminal = desk.open();
	await entering(terminal, '+ create policy', '↵ apply');
	return terminal;
}
/** The review is still asked: its commands open. */
async function isAsked(terminal: Terminal, desk: Desk): Promise<void> {
	terminal.press('c');
	await terminal.sees('iam create-policy');
	terminal.press('ctrlC');
	expect(await terminal.ends()).toEqual(clean(130));
	expect(desk.made).toEqual([]);
}
/** A shell waits for a line. */
const isPrompt = (shell: Terminal): boolean => /[#$]$/.test(shell.screen);
/** Holds Enter until that is on the screen: it comes every 33 ms. */
async function holdEnter(terminal: Terminal, words: string): Promise<void> {
	while (!terminal.shows(words) && !terminal.over) {
		terminal.press('enter');
		await new Promise(done => setTimeout(done, 33));
	}
}

describe('nothing is approved', () => {
	test.concurrent('by Enters that come at once', async ({desk}) => {
		const terminal = desk.open();
		await entering(terminal, '▸ Policy name');
		terminal.press('\r\r\r\r\r');
		await terminal.sees('↵ apply');
		await isAsked(terminal, desk);
	});
	test.concurrent('by Enter that is held from the start', async ({desk}) => {
		const terminal = desk.open();
		await holdEnter(terminal, dropped);
		terminal.press('ctrlC');
		expect(await terminal.ends()).toEqual(clean(130));
		expect(desk.made).toEqual([]);
	});
	test.concurrent('line by line, by lines that were typed before it was asked', async ({desk}) => {
		const terminal = desk.open({args: ['--plain']});
		await terminal.sees('Enter takes what stands in brackets');
		terminal.press('\r'.repeat(30));
		await terminal.sees(dropped);
		terminal.press('ctrlC');
		expect(await terminal.ends()).toEqual(clean(130));
		expect(desk.made).toEqual([]);
	});
	test.concurrent.for([
		['Enter with an escape before it, as tmux sends Escape then Enter', `${esc}\r`],
		['a key that is let go', `${esc}[13;1:3u`],
		['a key that is held', `${esc}[13;1:2u`],
		['a line end that is pasted', `${esc}[200~\r${esc}[201~`],
		['what the terminal tells', `${esc}]11;rgb:1414/1919/1f1f${esc}\\${esc}[?62;22c`],
	] as const)('by %s', async ([, sent], {desk}) => {
		const terminal = await atReview(desk);
		await terminal.approve(sent);
		await isAsked(terminal, desk);
	});
	test.concurrent('that a window of six lines can not show: Enter reads on first', async ({desk}) => {
		const terminal = await atReview(desk);
		terminal.resize({columns: 30, rows: 6});
		await terminal.sees('↵ read on');
		for (let pages = 0; terminal.shows('↵ read on'); pages++) {
			await terminal.approve();
			expect(pages).toBeLessThan(30);
		}
		expect(desk.made).toEqual([]);
		await terminal.sees('↵ apply');
		await terminal.approve();
		await terminal.until(() => desk.made.includes('CreatePolicy'), 'it is applied');
	});
});

describe('a text is edited as in a shell', () => {
	test.concurrent('by whole characters, whatever the terminal tells meanwhile, and Ctrl+C always works', async ({
		desk,
	}) => {
		const terminal = desk.open();
		await entering(terminal, '▸ Policy name');
		const typing: readonly (readonly [string, readonly string[]])[] = [
			['abcd▌', ['\u0015', 'ab', '\u000B', 'cd']],
			['one▌', ['\u0017', 'lab', '\u0017', 'one']],
			['Xone▌', ['\u0001', 'X', '\u0005']],
			['Xonea▌', ['a😀', 'backspace']],
			['Xoneaz▌', [`${esc}]11;rgb:1414/1919/1f1f\u0007`, `${esc}]11;rgb:1414/1919/1f1f${esc}\\`, 'z']],
			['Xoneazabc▌', [`${esc}[200~abc`]],
		];
		for (const [text, strokes] of typing) {
			terminal.press(...strokes);
			await terminal.sees(`▸ Policy name: ${text}`);
		}
		terminal.press(`${esc}[200~lost`, 'ctrlC');
		expect(await terminal.ends()).toEqual(clean(130));
	});
	test.concurrent("the terminal's own cursor stands at its caret", async ({desk}) => {
		const terminal = desk.open();
		await entering(terminal, '▸ Policy name');
		const {active} = terminal.buffer.buffer;
		const atCaret = (): boolean =>
			active
				.getLine(active.baseY + active.cursorY)
				?.getCell(active.cursorX)
				?.getChars() === '▌';
		await terminal.until(atCaret, 'the cursor is there');
		terminal.press('left', 'left');
		await terminal.sees('NPS_KMS_Poli▌cy');
		await terminal.until(atCaret, 'the cursor is there');
		terminal.press('ctrlC');
		expect(await terminal.ends()).toEqual(clean(130));
	});
});

test.concurrent('two ARNs that are pasted on two lines are chosen both, and nothing else is', async ({desk}) => {
	const terminal = desk.open();
	await entering(terminal, '▸ Alias');
	await tabbing(terminal, 'Key administrators');
	await terminal.sees('filter: ▌');
	const arns = ['arn:aws:iam::111122223333:role/One', 'arn:aws:iam::111122223333:role/Two'];
	terminal.paste(arns.join('\r\n'));
	for (const it of arns) await terminal.sees(`[x] ${it}`);
	expect(terminal.screen.match(/\[x\] arn:/g)).toHaveLength(2);
	await terminal.sees('2 chosen');
	terminal.press('ctrlC');
	expect(await terminal.ends()).toEqual(clean(130));
});

describe('from a shell', () => {
	test.concurrent('Ctrl+Z gives the terminal to it, and fg takes it again, on every screen and line by line', async ({
		desk,
	}) => {
		for (const [args, shows] of [
			['', '▸ Policy name'],
			['', '↵ apply'],
		] as const) {
			const shell = desk.inShell();
			shell.type(`program ${args}\r`);
			await entering(shell, shows);
			shell.press('\u001A');
			await shell.sees('Stopped');
			shell.type('echo it is $((6*7))\r');
			await shell.sees('it is 42');
			const before = shell.bytes.length;
			shell.type('fg\r');
			await shell.until(() => shell.bytes.slice(before).includes(shows), 'it is drawn again');
			shell.press('?');
			await shell.until(() => shell.shows('Policy name?') || shell.shows('covers'), 'a key is heard');
			shell.press('ctrlC');
			await shell.sees('Saved. Run');
			await shell.until(() => isPrompt(shell), 'the prompt');
			shell.type('echo left by $?\r');
			await shell.sees('left by 130');
			shell.type('stty -a | grep -c " icanon"; exit\r');
			await shell.sees('1');
			await shell.ends();
		}
		expect(desk.made).toEqual([]);
	});
	test.concurrent('where its output is a file it is asked at the terminal, and nowhere it is refused', async ({
		desk,
	}) => {
		const shell = desk.inShell();
		shell.type('program > out.txt\r');
		await shell.sees('Enter takes what stands in brackets');
		shell.press('ctrlC');
		await shell.until(() => isPrompt(shell), 'the prompt');
		shell.type('echo left by $?; grep -c Saved out.txt\r');
		await shell.sees('left by 130\n1');
		shell.type('program > out.txt 2>&1; echo left by $?; cat out.txt\r');
		await shell.sees('left by 2');
		await shell.sees('what is asked would be seen by nobody');
		shell.type('exit\r');
		await shell.ends();
		expect(desk.made).toEqual([]);
	});
	test.concurrent('nohup outlives the terminal', async ({desk}) => {
		const shell = desk.inShell();
		desk.disturb('iam:CreatePolicy=slow:600000');
		shell.type('nohup program setup --yes --no-prove > out.txt 2>&1 &\r');
		await expect.poll(() => desk.heard.some(it => it.fault)).toBe(true);
		shell.type('kill -HUP $!; sleep 0.3; kill -HUP $!; echo hung $((1+1))\r');
		await shell.sees('hung 2');
		desk.disturb();
		shell.type('wait $!; echo ended by $?\r');
		await shell.sees('ended by 0');
		shell.type('exit\r');
		await shell.ends();
	});
});

describe('a locale without Unicode gets ASCII', () => {
	test.concurrent.for(['C', 'de_DE.ISO-8859-1'])('%s', async (locale, {desk}) => {
		const terminal = desk.open({env: {LC_ALL: locale}});
		await terminal.sees('save and quit');
		expect(terminal.bytes).not.toMatch(/[^\0-\x7F]/);
		terminal.press('ctrlC');
		expect(await terminal.ends()).toEqual(clean(130));
	});
	test.concurrent('UTF-8 has it', async ({desk}) => {
		const terminal = desk.open({env: {LC_ALL: 'C.UTF-8'}});
		await terminal.sees('↵');
		terminal.press('ctrlC');
		expect(await terminal.ends()).toEqual(clean(130));
	});
});
