import {describe, expect} from 'vitest';
import {clean, test} from './at-a-desk.js';
import type {Desk} from './desk.js';
import {documented, entering, toTheSecret} from './enter.js';
import {type Size, sizes, type Terminal} from './terminal.js';

/** The secrets of the NPS user, as only AWS knows them; the newest last. */
const secretsOf = ({sandbox}: Desk): readonly string[] =>
	Object.values(sandbox.account.users)
		.filter(it => it.name === 'nps-kms-user')
		.flatMap(it => it.accessKeys.map(key => key.secret));
const newestOf = (desk: Desk): string => secretsOf(desk).at(-1) ?? expect.fail('there is no access key');
const isApart = ({buffer}: Terminal): boolean => buffer.buffer.active.type === 'alternate';

/** From home to the next secret, without the one that was shown before. */
async function withoutIt(terminal: Terminal): Promise<void> {
	await entering(terminal, 'n I do not have it');
	const [id = ''] = /AKIA[A-Z0-9]{16}/.exec(terminal.screen) ?? [];
	await terminal.approve('n');
	await terminal.sees('after a word typed');
	await terminal.approve();
	await terminal.sees('Type it:');
	terminal.type(id);
	await terminal.sees('↵ apply');
	await terminal.approve();
	await terminal.sees('v reveal');
}

test.concurrent.for(['wide', 'narrow', 'least'] as const)(
	'a secret shown once is masked until it is revealed, is copied whole, and is nowhere afterwards, %s',
	async (size, {desk}) => {
		const terminal = desk.open({size: sizes[size]});
		await toTheSecret(terminal);
		const secret = newestOf(desk);
		expect(isApart(terminal)).toBe(true);
		expect(terminal.bytes).not.toContain(secret);
		terminal.press('v');
		await terminal.sees(secret);
		terminal.press('v');
		await terminal.sheds(secret);
		terminal.press('p');
		await terminal.sees('Secret access key sent');
		expect(terminal.bytes).toContain(`\u001B]52;c;${Buffer.from(secret).toString('base64')}\u0007`);
		terminal.press('k');
		await terminal.sees('Access key ID sent');
		// Where there is little room, what was copied is told in place of what it has to be read for.
		while (terminal.shows('↵ read on')) await terminal.approve();
		await terminal.approve('s');
		await terminal.until(() => !isApart(terminal), 'the screen is given back');

		const before = terminal.bytes.length;
		if (size === 'wide') {
			// The proof needs it once more: typed or pasted unseen.
			await entering(terminal, '▸ Secret:');
			terminal.paste(`${secret}\r\n`);
			await terminal.sees('•'.repeat(5));
			await entering(terminal);
			expect(await terminal.ends()).toEqual(clean(0));
			expect(terminal.history).toMatch(/✔ Prove +all \d+ checks passed/);
			expect(desk.made).toEqual(documented);
		} else {
			await terminal.sees('Step 4 of 7');
			terminal.press('ctrlC');
			expect(await terminal.ends()).toEqual(clean(130));
		}
		expect(terminal.bytes.slice(before)).not.toContain(secret);
		expect(terminal.history).not.toContain(secret);
		expect(desk.filesWith(secret)).toEqual([]);
	},
);

test.concurrent('a terminal that goes away while it is there takes it along, and the record says so', async ({
	desk,
}) => {
	const terminal = desk.open();
	await toTheSecret(terminal);
	expect(await terminal.hangUp()).toBe(129);
	expect(desk.record().at(-1)).toMatchObject({type: 'ended', status: 'interrupted'});
	expect(desk.filesWith(newestOf(desk))).toEqual([]);
});

/** Four letters of a secret that stand next to each other on any cells that the terminal has, scrolled out or not. */
function partOn({buffer}: Terminal, secret: string): string | undefined {
	const {normal, alternate} = buffer.buffer;
	const cells = [normal, alternate].map(it =>
		Array.from({length: it.length}, (_, at) => it.getLine(at)?.translateToString(false) ?? '').join(''),
	);
	return Array.from({length: secret.length - 3}, (_, at) => secret.slice(at, at + 4)).find(part =>
		cells.some(it => it.includes(part)),
	);
}
const otherSizes: readonly Size[] = [
	{columns: 50, rows: 24},
	{columns: 30, rows: 6},
	{columns: 132, rows: 50},
	{columns: 45, rows: 7},
	{columns: 40, rows: 12},
	{columns: 60, rows: 15},
	{columns: 20, rows: 24},
];
test.concurrent('a secret is whole or nowhere at every size, and once it is hidden no four letters of it are left', async ({
	desk,
}) => {
	const terminal = desk.open();
	await toTheSecret(terminal);
	const secret = newestOf(desk);
	/** Makes it that size, and waits until that is answered: a key that comes earlier finds the screen of the size before. */
	const resized = async (size: Size): Promise<void> => {
		const before = terminal.bytes.length;
		terminal.resize(size);
		// A frame from its beginning: the end of the one before may still be on its way.
		const drawn = (): boolean => {
			const since = terminal.bytes.slice(before);
			const from = since.indexOf('\u001B[?2026h');
			return from >= 0 && since.includes('\u001B[?2026l', from);
		};
		await terminal.until(drawn, 'it is drawn again');
		if (size !== sizes.wide) return;
		const asWide = /^.{79}─$/mu;
		await terminal.until(() => asWide.test(terminal.screen), 'its rule is as wide as the screen');
	};
	for (const size of otherSizes) {
		terminal.press('v');
		await terminal.sees(secret);
		await resized(size);
		await terminal.until(
			() => partOn(terminal, secret) === undefined || terminal.screen.replaceAll('\n', '').includes(secret),
			`it is whole or nowhere at ${size.columns} by ${size.rows}`,
		);
		await resized(sizes.wide);
		await terminal.sees(secret);
		terminal.press('v');
		await terminal.sees('v reveal');
		for (const next of [size, sizes.wide]) {
			await resized(next);
			await terminal.until(() => partOn(terminal, secret) === undefined, 'no part of it is left');
		}
	}
	terminal.press('ctrlC');
	expect(await terminal.ends()).toEqual(clean(130));
	expect(partOn(terminal, secret)).toBeUndefined();
});

describe('left while it is there', () => {
	const ways: readonly (readonly [string, 'seen' | 'unseen', number, (it: Terminal) => void])[] = [
		['SIGHUP', 'unseen', 129, it => it.signal('SIGHUP')],
		['Ctrl+C', 'seen', 130, it => it.press('ctrlC')],
		['SIGTERM', 'seen', 143, it => it.signal('SIGTERM')],
		['SIGHUP', 'seen', 129, it => it.signal('SIGHUP')],
	];
	test.concurrent('it stays nowhere, and who did not store it gets another key in its place', async ({desk}) => {
		let before = 'unseen';
		for (const [how, seen, code, leave] of ways) {
			const terminal = desk.open();
			await (before === 'seen' ? withoutIt(terminal) : toTheSecret(terminal));
			before = seen;
			const secret = newestOf(desk);
			if (seen === 'seen') {
				terminal.press('v');
				await terminal.sees(secret);
			}
			leave(terminal);
			expect(await terminal.ends(), `${how}, ${seen}`).toEqual(clean(code));
			expect(terminal.history).not.toContain(secret);
			expect(terminal.bytes.slice(terminal.bytes.lastIndexOf('\u001B[?1049l'))).not.toContain(secret);
			expect(desk.filesWith(secret)).toEqual([]);
		}
		const terminal = desk.open();
		await withoutIt(terminal);
		terminal.press('v');
		await terminal.sees('I have stored it');
		await terminal.approve('s');
		await terminal.sees('Step 4 of 7');
		expect(secretsOf(desk)).toHaveLength(1);
	});
});
