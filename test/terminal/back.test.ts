import {expect} from 'vitest';
import {clean, test} from './at-a-desk.js';
import {documented, entering} from './enter.js';

/** Each step that asks: its first field, what stands there, and another answer. */
const answers = [
	['Step 1 of 7', '▸ Policy name', 'NPS_KMS_Policy', 'Lab_Policy'],
	['Step 2 of 7', '▸ User name', 'nps-kms-user', 'lab-user'],
	['Step 3 of 7', '▸ Description tag', '', 'NPS of the lab'],
	['Step 4 of 7', '▸ Alias', 'nps-kms-key', 'lab-key'],
] as const;

test.concurrent('Esc leads back from every screen, the answers are kept, and what is made opens to be read only', async ({
	desk,
}) => {
	const terminal = desk.open();
	for (const [at, [step, field, suggested, answer]] of answers.entries()) {
		await entering(terminal, step, field);
		terminal.type(answer, suggested.length);
		await terminal.sees(answer);
		await entering(terminal, step, 'Nothing has changed yet');
		terminal.press('escape');
		await terminal.sees(field);
		expect(terminal.screen).toContain(answer);
		terminal.press('escape');
		await terminal.sees(at === 0 ? 'Connect to AWS' : `Step ${at} of 7`);
		if (at > 0) expect(terminal.screen).toContain('made already');
		await entering(terminal, step, field);
		expect(terminal.screen).toContain(answer);
		await entering(terminal, `Step ${at + 2} of 7`);
	}
	// These ask nothing: Esc leads past them to what was asked last.
	for (const step of ['Step 5 of 7', 'Step 6 of 7', 'Step 7 of 7']) {
		// Where it still looks, Esc has nothing to go back from.
		await entering(terminal, step, 'esc back');
		terminal.press('escape');
		await terminal.sees('Step 4 of 7');
		// All that is asked of a KMS key may be answered anew.
		expect(terminal.screen).toContain('lab-key');
		expect(terminal.screen).not.toContain('made already');
	}
	await entering(terminal);
	expect(await terminal.ends()).toEqual(clean(0));
	expect(desk.made).toEqual([...documented.slice(0, 4), 'TagUser', ...documented.slice(4)]);
	expect(Object.values(desk.sandbox.account.users).map(it => it.name)).toContain('lab-user');
});
test.concurrent('Esc closes the guide and the commands, and leaves the question as it was', async ({desk}) => {
	const terminal = desk.open();
	await entering(terminal, '+ create policy', '↵ apply');
	terminal.press('?');
	await terminal.sees('of the vendor');
	terminal.press('escape');
	await terminal.sees('+ create policy');
	terminal.press('c');
	await terminal.sees('iam create-policy');
	terminal.press('escape');
	await terminal.sees('↵ apply');
	terminal.press('q');
	expect(await terminal.ends()).toEqual(clean(130));
	expect(desk.made).toEqual([]);
});
