import {describe, expect} from 'vitest';
import {clean, test} from './at-a-desk.js';
import {entering} from './enter.js';
import {sizes} from './terminal.js';

describe('Enter alone', () => {
	test.concurrent.for(['wide', 'narrow'] as const)(
		'leads through a rehearsal, from the first screen to the hand-off, %s',
		async (size, {desk}) => {
			const terminal = desk.openBare({size: sizes[size]});
			const seen = await entering(terminal);
			expect(await terminal.ends()).toEqual(clean(0));
			expect(seen[0]).toContain('No AWS credentials are found on this machine.');
			expect(seen.at(-1)).toContain('Step 7 of 7 · Hand over to Privilege Secure');
			expect(terminal.history).toMatch(/✔ Prove +all \d+ checks passed/);
		},
	);
});
