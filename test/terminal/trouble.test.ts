import {expect} from 'vitest';
import {clean, test} from './at-a-desk.js';
import {documented, entering} from './enter.js';

/** The first change of each step, and where it is approved. */
const changes = [
	['iam:CreatePolicy', 'Step 1 of 7'],
	['iam:CreateUser', 'Step 2 of 7'],
	['iam:CreateAccessKey', 'Step 3 of 7'],
	['kms:CreateKey', 'Step 4 of 7'],
	['iam:CreatePolicyVersion', 'Step 5 of 7'],
] as const;

test.concurrent('a denied call says what and why, changes nothing, and is tried again by r, at every step', async ({
	desk,
}) => {
	const terminal = desk.open();
	for (const [api, step] of changes) {
		await entering(terminal, step, '↵ apply');
		const before = desk.made;
		desk.disturb(`${api}=access-denied`);
		await terminal.approve();
		// What is open until it goes on comes first, and may take the room.
		await terminal.sees('✖ AWS refused');
		let why = false;
		const isRead = (): boolean => terminal.shows('Nothing changed in this step.');
		for (;;) {
			// A frame may come in parts.
			await terminal.until(() => isRead() || terminal.shows('more below'), 'all is there, or more below');
			why ||= terminal.shows('[AccessDenied');
			if (isRead()) break;
			const above = terminal.screen;
			terminal.press('down');
			await terminal.until(() => terminal.screen !== above, 'it is read on');
		}
		await terminal.sees('r try again');
		expect(why).toBe(true);
		expect(desk.made).toEqual(before);
		terminal.press('r');
		await terminal.sheds('r try again');
	}
	await entering(terminal);
	expect(await terminal.ends()).toEqual(clean(0));
	expect(desk.made).toEqual(documented);
});
test.concurrent('a denied look is told the same way, and Esc leads back from it', async ({desk}) => {
	const terminal = desk.open();
	await entering(terminal, '▸ Policy name');
	desk.disturb('iam:GetPolicy#every=access-denied');
	terminal.press('enter');
	await terminal.sees('[AccessDenied');
	terminal.press('escape');
	await terminal.sees('▸ Policy name');
	desk.disturb();
	await entering(terminal, '+ create policy');
	terminal.press('q');
	expect(await terminal.ends()).toEqual(clean(130));
});
test.concurrent('a lost answer is looked after, and nothing is made twice', async ({desk}) => {
	const terminal = desk.open();
	for (const [api, step] of changes) {
		await entering(terminal, step, '↵ apply');
		desk.disturb(`${api}=drop-after`);
		await terminal.approve();
		await terminal.until(() => desk.heard.some(it => it.fault && `${it.service}:${it.api}` === api), `${api} is lost`);
	}
	await entering(terminal);
	expect(await terminal.ends()).toEqual(clean(0));
	const {policies, keys, users} = desk.sandbox.account;
	const [ours] = Object.values(policies).filter(it => it.name === 'NPS_KMS_Policy');
	expect([ours?.versions.length, Object.keys(keys).length, Object.values(users)[1]?.accessKeys.length]).toEqual([
		2, 1, 1,
	]);
});
