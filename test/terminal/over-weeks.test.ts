import {expect} from 'vitest';
import {clean, test} from './at-a-desk.js';
import type {Desk} from './desk.js';
import {tabbing} from './enter.js';
import type {Terminal} from './terminal.js';

const day = 86_400_000;
const inDays = (desk: Desk, days: number): string =>
	new Date(desk.sandbox.now() + days * day).toISOString().slice(0, 10);
/** Types into the field that has the focus, and goes on only once it stands there. */
async function typing(terminal: Terminal, text: string): Promise<void> {
	terminal.type(text);
	await terminal.sees(`${text}▌`);
}
const accessKey = (desk: Desk) =>
	Object.values(desk.sandbox.account.users).find(it => it.name === 'nps-kms-user')?.accessKeys[0];

test.concurrent('a retirement goes by keys from gate to gate, is left, carries on, and is turned round', async ({
	desk,
}) => {
	await desk.pipe({args: ['setup', '--yes', '--no-prove', '--secret-file', `${desk.home}/secret.csv`]});
	desk.sandbox.advance(40 * day);
	const made = desk.made.length;
	let terminal = desk.open({args: ['retire']});
	await terminal.sees('▸ The last backup that needs the KMS key expires on:');
	terminal.press('enter');
	await terminal.sees('Backups of NPS may still need the KMS key');
	terminal.press('e');
	await terminal.sees('▸ The last backup that needs the KMS key expires on:');
	await typing(terminal, inDays(desk, 60));
	terminal.press('enter');
	await terminal.sees('▸ Days without use: 30');
	await tabbing(terminal, 'Services of every NPS server restarted on');
	await typing(terminal, inDays(desk, -5));
	terminal.press('enter');
	await terminal.sees('i set it Inactive');
	await terminal.approve('i');
	await terminal.sees('↵ apply, after a word typed');
	await terminal.approve();
	await terminal.sees('Type it:');
	await typing(terminal, '111122223333 nps-kms-key');
	expect(desk.made).toHaveLength(made);
	await terminal.approve();
	await terminal.sees('▸ Days to stay Inactive: 14');
	expect(accessKey(desk)?.status).toBe('Inactive');
	terminal.press('ctrlC');
	expect(await terminal.ends()).toEqual(clean(130));
	terminal = desk.open({args: ['retire']});
	await terminal.sees('▸ Days without use: 30');
	// What it waits for anew is asked anew, with what was said before.
	expect(terminal.shows(`every NPS server restarted on: ${inDays(desk, -5)}`)).toBe(true);
	terminal.press('enter');
	await terminal.sees('▸ Days to stay Inactive: 14');
	terminal.press('enter');
	await terminal.sees('stays Inactive for 14 days');
	await terminal.sees('u set the access key Active again');
	await terminal.approve('u');
	await terminal.sees('↵ apply');
	await terminal.approve();
	await terminal.until(() => accessKey(desk)?.status === 'Active', 'it is Active again');
	expect(desk.made.slice(made)).toEqual(['UpdateAccessKey', 'UpdateAccessKey']);
	terminal.press('ctrlC');
	expect(await terminal.ends()).toEqual(clean(130));
});

test.concurrent('a move goes by keys from gate to gate, and carries on at the sheet after it was left there', async ({
	desk,
}) => {
	await desk.pipe({args: ['setup', '--yes', '--secret-file', `${desk.home}/secret.csv`]});
	const berlin = ['--setup', 'berlin', '--region', 'eu-central-1', '--secret-file', `${desk.home}/berlin.csv`];
	await desk.pipe({args: ['setup', '--yes', ...berlin]});
	const made = desk.made.length;
	let terminal = desk.open({args: ['move-key']});
	await terminal.sees('▸ Setup that NPS is moved to:');
	await typing(terminal, 'berlin');
	terminal.press('enter');
	await terminal.sees('▸ Day of the backup and the export:');
	terminal.press('enter');
	await terminal.sees('NPS is to be backed up before it is moved');
	terminal.press('e');
	await terminal.sees('▸ Day of the backup and the export:');
	await typing(terminal, inDays(desk, 0));
	await tabbing(terminal, 'The last backup from before the move expires on');
	await typing(terminal, inDays(desk, 60));
	terminal.press('enter');
	await terminal.sees('On the NPS server run SbPAM.RotateAwsKey, in');
	await terminal.sees('q save and quit');
	terminal.press('q');
	expect((await terminal.ends()).leftBehind).toEqual([]);
	terminal = desk.open({args: ['move-key']});
	await terminal.sees('On the NPS server run SbPAM.RotateAwsKey, in');
	await terminal.sees('Has SbPAM.RotateAwsKey run with it?');
	expect(terminal.history).toContain('berlin: access key');
	terminal.press('q');
	expect((await terminal.ends()).leftBehind).toEqual([]);
	expect(desk.made).toHaveLength(made);
});
