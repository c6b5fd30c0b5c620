import {join} from 'node:path';
import {expect} from 'vitest';
import {clean, test} from './at-a-desk.js';
import {entering, tabbing} from './enter.js';

/** Every input that takes text: the step, its label, and what may be pasted there; fields are passed by Tab. */
const inputs: readonly (readonly [string, string, string])[] = [
	['Step 1 of 7', 'Policy name', 'Pasted_Policy'],
	['Step 1 of 7', 'Description', 'pasted words'],
	['Step 1 of 7', 'Tags', 'team=pasted'],
	['Step 1 of 7', 'IAM path', '/pasted/'],
	['Step 2 of 7', 'User name', 'pasted-user'],
	['Step 2 of 7', 'Password goes to', 'password.csv'],
	['Step 2 of 7', 'Permissions boundary', 'arn:aws:iam::aws:policy/AdministratorAccess'],
	['Step 3 of 7', 'Description tag', 'pasted tag'],
	['Step 3 of 7', 'Secret file', 'secret.csv'],
	['Step 4 of 7', 'Alias', 'pasted-key'],
	['Step 4 of 7', 'Description', 'pasted key'],
	['Step 4 of 7', 'Key administrators', 'adm'],
];

test.concurrent('a paste goes into every input as one line, and its line ends submit nothing, marked by the terminal or not', async ({
	desk,
}) => {
	const terminal = desk.open();
	for (const [step, label, words] of inputs) {
		const text = words.endsWith('.csv') ? join(desk.home, words) : words;
		if (!terminal.shows(step)) await entering(terminal, step);
		// The file for a password is asked where there is one.
		if (label === 'Password goes to') {
			await tabbing(terminal, 'Console access');
			terminal.press('y');
			await terminal.sees('Password goes to');
		}
		await tabbing(terminal, label);
		const shown = label === 'Key administrators' ? `filter: ${words}▌` : words;
		for (const [pasted, bracketed] of [
			[`${text}\r\n`, true],
			[`${text}\r`, false],
			[`${text}\n`, true],
		] as const) {
			terminal.press('\u0015');
			await terminal.sheds(shown);
			terminal.paste(pasted, {bracketed});
			await terminal.sees(shown);
			await terminal.sees(`▸ ${label}`);
		}
	}
	terminal.press('\u0015');
	terminal.paste('admin');
	await terminal.sees('[x] admin');
	await entering(terminal, 'Step 4 of 7', 'Nothing has changed yet');
	expect(Object.assign({}, ...desk.record().map(it => it['answers']))).toMatchObject({
		policyName: 'Pasted_Policy',
		policyDescription: 'pasted words',
		tags: {team: 'pasted'},
		path: '/pasted/',
		userName: 'pasted-user',
		consolePasswordFile: join(desk.home, 'password.csv'),
		permissionsBoundary: 'arn:aws:iam::aws:policy/AdministratorAccess',
		accessKeyDescription: 'pasted tag',
		secretFile: join(desk.home, 'secret.csv'),
		keyAlias: 'pasted-key',
		keyDescription: 'pasted key',
	});
	terminal.press('q');
	expect(await terminal.ends()).toEqual(clean(130));
});
test.concurrent('lines that are pasted become one, without what can not be typed', async ({desk}) => {
	const terminal = desk.open();
	await entering(terminal, '▸ Policy name');
	terminal.press('tab');
	await terminal.sees('▸ Description');
	terminal.paste('one\r\ntwo\u0007\tthree\u0000');
	await terminal.sees('one two three');
	terminal.press('ctrlC');
	expect(await terminal.ends()).toEqual(clean(130));
});
test('tags that are pasted on two lines are two, and the review shows them', async ({desk}) => {
	const terminal = desk.open();
	await entering(terminal, '▸ Policy name');
	await tabbing(terminal, 'Tags');
	terminal.paste('a=1\r\nb=2\r\n');
	await terminal.sees('a=1, b=2');
	terminal.press('enter');
	await terminal.sees('Nothing has changed yet');
	terminal.press('ctrlC');
	expect(await terminal.ends()).toEqual(clean(130));
	expect(Object.assign({}, ...desk.record().map(it => it['answers']))).toMatchObject({tags: {a: '1', b: '2'}});
});
test.concurrent('a name that is pasted with its line end at home is not taken before Enter', async ({desk}) => {
	const first = desk.open();
	await entering(first, '▸ Policy name');
	first.press('ctrlC');
	await first.ends();
	const terminal = desk.open();
	await terminal.sees('Start another setup');
	terminal.press('down', 'enter');
	await terminal.sees('Name of the other setup');
	terminal.paste('lab\r\n');
	await terminal.sees('lab▌');
	expect(terminal.shows('Name of the other setup')).toBe(true);
	terminal.press('enter');
	await entering(terminal, '▸ Policy name: NPS_KMS_Policy-lab');
	terminal.press('ctrlC');
	expect(await terminal.ends()).toEqual(clean(130));
});
test.concurrent('keys that come all at once are heard one by one', async ({desk}) => {
	const terminal = desk.open();
	await entering(terminal, '▸ Policy name');
	terminal.type('ab', 6);
	terminal.press('backspace', 'x', 'left', 'left', 'y', '\tsome words');
	await terminal.sees('▸ Description: some words');
	expect(terminal.shows('Policy name: NPS_KMS_yax')).toBe(true);
	terminal.press('ctrlC');
	expect(await terminal.ends()).toEqual(clean(130));
});
