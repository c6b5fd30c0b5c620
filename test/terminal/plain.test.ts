import {readFileSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect} from 'vitest';
import {clean, test} from './at-a-desk.js';
import {documented, entering} from './enter.js';
import {sizes, type Terminal} from './terminal.js';

const esc = '\u001B';
const colours = new RegExp(`${esc}\\[[\\d;]*m`);

describe('colour', () => {
	test.concurrent('NO_COLOR takes all of it away, and the screens stay', async ({desk}) => {
		const terminal = desk.open({env: {NO_COLOR: '1'}});
		await entering(terminal, '+ create policy', '↵ apply');
		terminal.press('q');
		expect(await terminal.ends()).toEqual(clean(130));
		expect(terminal.bytes).not.toMatch(colours);
	});
	test.concurrent('FORCE_COLOR wins over it', async ({desk}) => {
		const terminal = desk.open({env: {NO_COLOR: '1', FORCE_COLOR: '1'}});
		await entering(terminal, '▸ Policy name');
		terminal.press('ctrlC');
		expect(await terminal.ends()).toEqual(clean(130));
		expect(terminal.bytes).toMatch(colours);
	});
});

describe('line by line, without moving anything on the screen', () => {
	test.concurrent.for([
		['TERM=dumb', {TERM: 'dumb'}],
		['ACCESSIBLE=1', {ACCESSIBLE: '1'}],
	] as const)('%s', async ([, env], {desk}) => {
		const terminal = desk.open({env});
		await terminal.sees('Enter takes what stands in brackets');
		terminal.press('ctrlC');
		expect(await terminal.ends()).toEqual(clean(130));
		expect(terminal.bytes).not.toContain(esc);
	});
	test.concurrent('lines break between words', async ({desk}) => {
		const terminal = desk.open({args: ['--plain'], size: sizes.narrow});
		await terminal.sees(']:');
		terminal.press('ctrlC');
		expect(await terminal.ends()).toEqual(clean(130));
		expect(terminal.history).toMatch(/:q save\s?\n *and quit\)|:q save and\s?\n *quit\)/);
	});
	test.concurrent('by Ctrl+C and the end of input it leaves, and says where the next run carries on', async ({
		desk,
	}) => {
		const leaving: readonly (readonly [number, (it: Terminal) => void])[] = [
			[130, it => it.press('ctrlC')],
			[130, it => it.press('ctrlD')],
			[143, it => it.signal('SIGTERM')],
			[129, it => it.signal('SIGHUP')],
		];
		for (const [code, leave] of leaving) {
			const terminal = desk.open({args: ['--plain']});
			await terminal.sees(']:');
			leave(terminal);
			expect(await terminal.ends()).toEqual(clean(code));
			expect(terminal.history).toMatch(/Saved\. Run nps-kms(?: --sandbox)? to carry on at Connect\.$/);
		}
	});
});

test.concurrent('a secret typed wrongly is emptied by Ctrl+U, what no secret has is dropped, and none of it is shown', async ({
	desk,
}) => {
	const file = join(desk.home, 'secret.csv');
	await desk.pipe({args: ['setup', '--yes', '--no-prove', '--secret-file', file]});
	const secret = /,([^,\s]{40})\s*$/.exec(readFileSync(file, 'utf8'))?.[1] ?? expect.fail('there is no secret');
	rmSync(file);
	const terminal = desk.open({args: ['prove', '--plain']});
	await terminal.sees('Prove it?');
	await terminal.approve();
	await terminal.sees('Secret of access key');
	terminal.press(
		'wrong',
		'backspace',
		'\u0015',
		secret.slice(0, 20),
		'\u0007',
		`${secret.slice(20)}x`,
		'backspace',
		'enter',
	);
	expect(await terminal.ends()).toEqual(clean(0));
	expect(terminal.history).toMatch(/all \d+ checks passed/);
	expect(terminal.bytes).not.toContain(secret.slice(0, 4));
});

describe('without a terminal', () => {
	test.concurrent('nobody can be asked: it says which line would work, and calls nothing', async ({desk}) => {
		const {code, stdout, stderr} = await desk.pipe();
		expect([code, stdout]).toEqual([2, '']);
		expect(stderr).toContain('nps-kms setup --yes');
		expect(desk.heard).toEqual([]);
	});
	test.concurrent('answers come from lines, and the end of them in the middle leaves what was done', async ({desk}) => {
		const {code, stdout, stderr} = await desk.pipe({args: ['--plain']}, '\n'.repeat(8));
		expect([code, stderr]).toEqual([130, '']);
		expect(stdout).toMatch(/Saved\. Run nps-kms(?: --sandbox)? to carry on at step \d/);
		expect(stdout).not.toContain(esc);
		expect(desk.made).toContain('CreatePolicy');
	});
	test.concurrent('an output that nobody reads asks nobody: nothing is applied that could not be seen', async ({
		desk,
	}) => {
		expect(await desk.unread({args: ['--plain']})).toBe(130);
		expect(desk.record().at(-1)).toMatchObject({type: 'ended', status: 'interrupted'});
		expect(desk.made).toEqual([]);
	});
	test.concurrent('a run that asks nothing goes on when nobody reads it, neither its words nor its problems', async ({
		desk,
	}) => {
		const args = ['setup', '--yes', '--no-prove', '--json'];
		expect(await desk.unread({args})).toBe(0);
		expect(desk.made).toEqual(documented);
	});
});

describe('a terminal that goes away leaves the record whole, and its exit code says so', () => {
	const ended = {type: 'ended', status: 'interrupted'};
	test.concurrent.for([
		['screens', [], ['+ create policy', '↵ apply']],
		['lines', ['--plain'], [']:']],
	] as const)('at a question, asked by %s', async ([, args, shown], {desk}) => {
		// Its input ends, its output fails and its signal comes, in any order: one run shows one of them.
		for (let run = 0; run < 4; run++) {
			const terminal = desk.open({args});
			if (args.length === 0) await entering(terminal, ...(run === 0 ? shown : ['Carry on']));
			else await terminal.sees(shown[0]);
			expect(await terminal.hangUp()).toBe(129);
			expect(desk.record().at(-1)).toMatchObject(ended);
		}
		expect(desk.made).toEqual([]);
	});
	test.concurrent('while a call is out', async ({desk}) => {
		const terminal = desk.open();
		await entering(terminal, '+ create policy', '↵ apply');
		desk.disturb('iam:CreatePolicy=slow:600000');
		await terminal.approve();
		await terminal.until(() => desk.heard.some(it => it.fault), 'the call is out');
		const gone = terminal.hangUp();
		desk.disturb();
		expect(await gone).toBe(129);
		expect(desk.record().filter(it => ['outcome', 'ended'].includes(it.type))).toMatchObject([
			{type: 'outcome', ok: true},
			ended,
		]);
		expect(desk.made).toEqual(['CreatePolicy']);
	});
	test.concurrent('while it waits', async ({desk}) => {
		const terminal = desk.open();
		await entering(terminal, '▸ Policy name');
		desk.disturb('iam:GetPolicy=hang');
		terminal.press('enter');
		await terminal.until(() => desk.heard.some(it => it.fault), 'the call is out');
		expect(await terminal.hangUp()).toBe(129);
		expect(desk.record().at(-1)).toMatchObject(ended);
	});
});
