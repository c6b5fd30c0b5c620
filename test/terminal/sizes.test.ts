import {describe, expect} from 'vitest';
import {clean, test} from './at-a-desk.js';
import {documented, entering} from './enter.js';
import {sizes} from './terminal.js';

test.concurrent('a terminal that gets small and large again at every screen keeps its past and goes on', async ({
	desk,
}) => {
	const terminal = desk.open();
	for (const step of ['Connect to AWS', ...[1, 2, 3, 4, 5, 6, 7].map(it => `Step ${it} of 7`)]) {
		await entering(terminal, step);
		for (const size of [sizes.narrow, sizes.least, sizes.wide]) {
			const before = terminal.bytes.length;
			terminal.resize(size);
			await terminal.until(() => terminal.bytes.length > before, 'it is drawn again');
			await terminal.sees(step);
		}
	}
	await entering(terminal);
	expect(await terminal.ends()).toEqual(clean(0));
	expect(terminal.history).toMatch(/^nps-kms \d/);
	expect(desk.made).toEqual(documented);
});

describe('where there is little room', () => {
	test.concurrent('40 by 12 shows every screen, and the line that is asked', async ({desk}) => {
		const terminal = desk.open({size: sizes.least});
		const seen = await entering(terminal);
		expect(await terminal.ends()).toEqual(clean(0));
		for (const screen of seen) expect(screen.split('\n').length).toBeLessThanOrEqual(sizes.least.rows);
		expect(desk.made).toEqual(documented);
	});
	test.concurrent.for([
		{columns: 39, rows: 24},
		{columns: 80, rows: 11},
	])('less than that ($columns by $rows) is asked line by line', async (size, {desk}) => {
		const terminal = desk.open({size});
		await terminal.sees('Enter takes what stands in brackets');
		expect(terminal.bytes).not.toContain('\u001B[');
		terminal.press('ctrlC');
		expect(await terminal.ends()).toEqual(clean(130));
	});
});
