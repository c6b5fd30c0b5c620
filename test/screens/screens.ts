// Plays the wizard in a real pseudoterminal and keeps its main screens as pictures: npm run screens
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {Desk} from '../terminal/desk.js';
import {entering} from '../terminal/enter.js';
import type {Terminal} from '../terminal/terminal.js';
import {type Frame, movieOf, svgOf} from './svg.js';

const folder = join(process.cwd(), 'docs', 'screens');
/** Where somebody's records would be; the folder in use has as many letters, so that lines break where they would. */
const example = '/home/anna/.config/nps-kms';
const keyId = '1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d';
const state = mkdtempSync(join(tmpdir(), 'nps-kms-screens'));
const desk = await Desk.set();

/** What an access key is called beside another one. */
const second = new Map<string, string>();
/** Other words of the same length for what is another at each run. */
function instead(text: string): string {
	let out = text
		.replaceAll(/AKIA[A-Z2-7]{16}/g, it => second.get(it) ?? 'AKIAIOSFODNN7EXAMPLE')
		.replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, keyId)
		// A line may end in the middle of it.
		.replaceAll(/(?<=:key\/|"Value":")[0-9a-f-]{8,35}$/g, it => keyId.slice(0, it.length))
		.replaceAll(/(?<=^ +)[0-9a-f-]{2,28}(?=$|"\})/g, it => keyId.slice(-it.length))
		.replaceAll(/127\.0\.0\.1:\d{5}/g, '127.0.0.1:45660')
		.replaceAll(/([Pp]roven on|restarted) \d{4}-\d\d-\d\d/g, '$1 2026-12-01')
		.replaceAll(/(?<=^ *)\d{4}-\d\d-\d\d$/g, '2026-12-01')
		.replaceAll(/(access key by) \d{4}-\d\d-\d\d/g, '$1 2027-03-01');
	// A path that is cut in its middle begins as the whole one does.
	for (let length = state.length; length > 4; length--)
		out = out.replaceAll(state.slice(0, length), example.slice(0, length));
	for (let length = state.length; length > 0; length--)
		out = out.replaceAll(`…${state.slice(-length)}/sandbox`, `…${example.slice(-length)}/sandbox`);
	return out;
}

mkdirSync(folder, {recursive: true});
/** What the moving picture shows, and how long it takes to read. */
const frames: Frame[] = [];
function keep(terminal: Terminal, name: string, title: string, seconds = 0): void {
	const picture = svgOf(terminal.buffer, title, instead);
	if (seconds > 0) frames.push({picture, seconds});
	put(name, title, picture);
}
function put(name: string, title: string, picture: string): void {
	writeFileSync(join(folder, `${name}.svg`), picture);
	console.log(`docs/screens/${name}.svg  ${title}`);
}
const open = (...args: readonly string[]): Terminal => desk.openBare({args, env: {NPS_KMS_HOME: state}});

try {
	await beginning();
	await play();
	put(
		'rehearsal',
		'A rehearsal of the whole set-up, screen by screen',
		movieOf(frames, 'A rehearsal of the whole set-up'),
	);
	await lists();
	await doctor();
	await secret();
	await stopAtAProblem();
	await overWeeks();
} finally {
	await desk.clear();
	rmSync(state, {recursive: true, force: true});
}

async function beginning(): Promise<void> {
	const terminal = open();
	await terminal.sees('↵ go');
	keep(terminal, 'first', 'The first screen of somebody without credentials');
	terminal.press('q');
	await terminal.ends();
}

async function play(): Promise<void> {
	let terminal = open('--sandbox');
	await entering(terminal, '▸ Policy name');
	keep(terminal, 'form', 'Step 1: the form of the policy', 3);
	terminal.type('!');
	await terminal.sees('is not allowed');
	keep(terminal, 'rule', 'Step 1: a name that AWS would refuse, told as it is typed');
	terminal.press('backspace');
	await terminal.sheds('is not allowed');
	await entering(terminal, '+ create policy', '↵ apply');
	keep(terminal, 'review', 'Step 1: what will change, before anything does', 4);
	terminal.press('c');
	await terminal.sees('iam create-policy');
	await terminal.sees('↵ close');
	keep(terminal, 'commands', 'Step 1: the same as a command');
	terminal.press('escape');
	await entering(terminal, 'Step 3 of 7', 'Secret goes to');
	keep(terminal, 'access-key', 'Step 3: where the secret of the access key goes', 3);
	await entering(terminal, 'Step 4 of 7', '▸ Alias');
	terminal.press('ctrlC');
	await terminal.ends();

	terminal = open('--sandbox');
	await entering(terminal, 'Carry on');
	keep(terminal, 'home', 'Home, with a setup that was left half-way');
	await entering(terminal, 'Step 4 of 7', '↵ apply');
	keep(terminal, 'managed-key', "Step 4: the key's policy, as the console would write it", 4);
	terminal.press('d');
	await terminal.sees('"Statement"');
	await terminal.sees('↵ close');
	keep(terminal, 'pager', 'Step 4: the document of the key policy, in the pager');
	terminal.press('escape');
	await terminal.sheds('"Statement"');
	await entering(terminal, 'Step 5 of 7', '↵ apply');
	await terminal.sees('afterwards with this one only');
	keep(terminal, 'least-privilege', 'Step 5: the policy narrowed to this key, as a difference', 4);
	await entering(terminal, 'Step 6 of 7', 'Nothing will change');
	keep(terminal, 'prove', 'Step 6: what will be tried', 3);
	await entering(terminal, 'Have you run SbPAM.RotateAwsKey?');
	keep(terminal, 'hand-off', 'Step 7: the four values for SbPAM.RotateAwsKey', 5);
	await entering(terminal);
	await terminal.ends();
	keep(terminal, 'end', 'The last lines', 4);
}

/** What runs without a screen tells. */
async function lists(): Promise<void> {
	const terminal = open('list');
	await terminal.ends();
	keep(terminal, 'list', 'nps-kms list: the setups of this machine');
}

async function doctor(): Promise<void> {
	const terminal = desk.open({args: ['doctor'], env: {NPS_KMS_HOME: state}});
	await terminal.ends();
	keep(terminal, 'doctor', 'nps-kms doctor: how this machine reaches AWS, and what mends what is wrong');
}

async function stopAtAProblem(): Promise<void> {
	const terminal = desk.open({env: {NPS_KMS_HOME: state}});
	await entering(terminal, '+ create policy', '↵ apply');
	desk.disturb('iam:CreatePolicy=access-denied');
	await terminal.approve();
	await terminal.sees('r try again');
	keep(terminal, 'stopped', 'A refusal: what, why, what to do, and what did not change');
	terminal.press('q');
	await terminal.ends();
}

async function secret(): Promise<void> {
	const terminal = open('--sandbox', '--setup', 'lab');
	await entering(terminal, 'Step 3 of 7', 'Secret goes to');
	terminal.press('tab');
	await terminal.sees('▸ Secret goes to');
	terminal.press('right');
	await terminal.sees('▸ the screen, once');
	await entering(terminal, 'v reveal');
	keep(terminal, 'secret', 'A secret shown once, on a screen that leaves nothing behind');
	terminal.press('ctrlC');
	await terminal.ends();
}

/** A move at its sheet, and a retirement at its first review; the account's days go on for both. */
async function overWeeks(): Promise<void> {
	const env = {NPS_KMS_HOME: state};
	const setUp = (name: string, ...more: readonly string[]): Promise<unknown> =>
		desk.pipe({args: ['setup', '--yes', '--setup', name, '--secret-file', join(state, `${name}.csv`), ...more], env});
	await setUp('old');
	await setUp('berlin', '--region', 'eu-central-1');
	const {accessKeys = []} = desk.sandbox.account.users['nps-kms-user-berlin'] ?? {};
	for (const it of accessKeys) second.set(it.id, 'AKIAI44QH8DHBEXAMPLE');
	const days = ['--backed-up', '2026-11-02', '--backups-expire', '2031-01-31'];
	let terminal = desk.open({args: ['move-key', '--setup', 'old', '--to-setup', 'berlin', ...days], env});
	await entering(terminal, 'Step 4 of 8', 'Has SbPAM.RotateAwsKey run with it?');
	await terminal.sees('q save and quit');
	keep(terminal, 'move', 'nps-kms move-key: the values of the new setup for SbPAM.RotateAwsKey');
	terminal.press('q');
	await terminal.ends();

	const ago = (days: number): string => new Date(desk.sandbox.now() - days * 86_400_000).toISOString().slice(0, 10);
	await setUp('last');
	desk.sandbox.advance(40 * 86_400_000);
	const said = ['--backups-until', '2031-01-31', '--servers-restarted', ago(5)];
	terminal = desk.open({args: ['retire', '--setup', 'last', ...said], env});
	await entering(terminal, 'i set it Inactive');
	await terminal.approve('i');
	await terminal.sees('after a word typed');
	keep(terminal, 'retire', 'nps-kms retire: the access key is set Inactive, once a word is typed');
	terminal.press('ctrlC');
	await terminal.ends();
}
