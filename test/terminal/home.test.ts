import {expect} from 'vitest';
import {clean, test} from './at-a-desk.js';
import {entering} from './enter.js';

test.concurrent('a number moves to what it names, Enter opens it, and what is to go is approved by Enter alone', async ({
	desk,
}) => {
	await desk.pipe({args: ['setup', '--yes', '--no-prove', '--secret-file', `${desk.home}/secret.csv`]});
	const made = desk.made.length;
	const terminal = desk.open();
	await terminal.sees('or 1-7 choose');
	terminal.press('3');
	await terminal.sees('▸ Take it back');
	terminal.press('1');
	await terminal.sees('▸ Look again');
	terminal.press('3');
	await terminal.sees('▸ Take it back');
	terminal.press('enter');
	await terminal.sees('▸ Delete the KMS key');
	terminal.press('right');
	await terminal.sees('▸ yes');
	await entering(terminal, 'after a word typed');
	await terminal.approve();
	await terminal.sees('Type it:');
	terminal.type('nps-kms-key');
	await terminal.sees('↵ apply');
	await terminal.approve('\u001B\r');
	await terminal.approve('\u001B[200~\r\u001B[201~');
	await terminal.sees('Type it: nps-kms-key▌');
	expect(terminal.shows('↵ apply')).toBe(true);
	await terminal.approve();
	await entering(terminal, 'Take back the access key', '↵ apply');
	await terminal.approve('\u001B\r');
	await terminal.sees('↵ apply');
	expect(desk.made).toHaveLength(made);
	terminal.press('ctrlC');
	expect(await terminal.ends()).toEqual(clean(130));
	expect(desk.made).toHaveLength(made);
});

test.concurrent('home tells where the other setups stand, and looks as status does once its screen is over', async ({
	desk,
}) => {
	await desk.pipe({args: ['setup', '--setup', 'lab', '--yes', '--stop-after', 'policy']});
	await desk.pipe({args: ['setup', '--yes', '--stop-after', 'user']});
	const made = desk.made.length;
	const terminal = desk.open();
	await terminal.sees('or 1-6 choose');
	terminal.press('2');
	await terminal.sees('▸ Another setup');
	terminal.press('enter');
	await terminal.sees('Setup lab stopped at step 2 of 7, User');
	terminal.press('escape');
	await terminal.sees('▸ Carry on');
	terminal.press('4');
	await terminal.sees('▸ Status');
	terminal.press('enter');
	expect(await terminal.ends()).toEqual(clean(3));
	expect(terminal.history).toContain('Not finished: run nps-kms to carry on at step 3 (Access key).');
	expect(desk.made).toHaveLength(made);
});
