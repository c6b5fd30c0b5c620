import {describe, expect} from 'vitest';
import {clean, test} from './at-a-desk.js';
import type {Desk} from './desk.js';
import {documented, entering, screens} from './enter.js';
import type {Terminal} from './terminal.js';

const lastLine = (terminal: Terminal): string => terminal.history.trimEnd().split('\n').at(-1) ?? '';
/** Runs it to its end by Enter alone. */
async function carriesOn(desk: Desk): Promise<Terminal> {
	const terminal = desk.open();
	await entering(terminal);
	expect(await terminal.ends()).toEqual(clean(0));
	return terminal;
}

test.concurrent('left by Ctrl+C at every screen, the next run carries on there, and nothing is made twice', async ({
	desk,
}) => {
	for (const screen of screens) {
		const terminal = desk.open();
		await entering(terminal, ...screen);
		terminal.press('ctrlC');
		expect(await terminal.ends(), `at ${screen.join(', ')}`).toEqual(clean(130));
		const step = /Step (\d)/.exec(screen[0] ?? '')?.[1];
		expect(lastLine(terminal)).toMatch(
			step
				? new RegExp(`^Saved\\. Run nps-kms(?: --sandbox)? to carry on at step ${step} \\(.+\\)\\.$`)
				: /carry on at Connect\.$/,
		);
	}
	const home = desk.open();
	await home.sees('Carry on');
	home.press('ctrlC');
	expect(await home.ends()).toEqual(clean(130));
	await carriesOn(desk);
	expect(desk.made).toEqual(documented);
});

const ways: Readonly<Record<string, readonly [number, (terminal: Terminal) => void]>> = {
	q: [130, it => it.press('q')],
	SIGINT: [130, it => it.signal('SIGINT')],
	SIGTERM: [143, it => it.signal('SIGTERM')],
	SIGHUP: [129, it => it.signal('SIGHUP')],
};
test.concurrent('a signal or q leaves as well, with the exit code that belongs to it', async ({desk}) => {
	const places: readonly (readonly [string, readonly string[]])[] = [
		['SIGTERM', ['▸ Policy name']],
		['q', ['+ create policy', '↵ apply']],
		['SIGHUP', ['▸ User name']],
		['SIGINT', ['Nothing will change']],
		['q', ['Have you run SbPAM.RotateAwsKey?']],
	];
	for (const [how, screen] of places) {
		const terminal = desk.open();
		await entering(terminal, ...screen);
		const [code, leave] = ways[how] ?? [];
		leave?.(terminal);
		expect(await terminal.ends(), `${how} at ${screen.join(', ')}`).toEqual(clean(code ?? 0));
	}
	await carriesOn(desk);
	expect(desk.made).toEqual(documented);
});

describe('while a call is out', () => {
	const inTheCall = async (desk: Desk, fault: string): Promise<Terminal> => {
		const terminal = desk.open();
		await entering(terminal, '+ create policy', '↵ apply');
		desk.disturb(fault);
		await terminal.approve();
		await terminal.until(() => desk.heard.some(it => it.fault), 'the call is out');
		return terminal;
	};
	test.concurrent.for([
		['Ctrl+C', 130, (it: Terminal) => it.press('ctrlC')],
		['SIGTERM', 143, (it: Terminal) => it.signal('SIGTERM')],
		['SIGHUP', 129, (it: Terminal) => it.signal('SIGHUP')],
	] as const)('%s lets it finish, writes it down, and leaves', async ([, code, leave], {desk}) => {
		const terminal = await inTheCall(desk, 'iam:CreatePolicy=slow:600000');
		leave(terminal);
		await terminal.sees('Finishing this call, then leaving');
		desk.disturb();
		expect(await terminal.ends()).toEqual(clean(code));
		expect(desk.record().filter(it => it.type === 'outcome')).toMatchObject([{ok: true}]);
		expect(desk.made).toEqual(['CreatePolicy']);
	});
	test.concurrent('a second Ctrl+C leaves at once, and the next run settles what became of it', async ({desk}) => {
		const terminal = await inTheCall(desk, 'iam:CreatePolicy=slow:600000');
		terminal.press('ctrlC');
		await terminal.sees('Finishing this call, then leaving');
		terminal.press('ctrlC');
		expect(await terminal.ends()).toEqual(clean(130));
		expect(desk.record().at(-1)).toMatchObject({type: 'intent'});
		desk.disturb();
		await carriesOn(desk);
		expect(desk.made).toEqual(documented);
	});
	test.concurrent('Ctrl+C while it only looks leaves without waiting for an answer', async ({desk}) => {
		const terminal = desk.open();
		await entering(terminal, '▸ Policy name');
		desk.disturb('iam:GetPolicy=hang');
		terminal.press('enter');
		await terminal.until(() => desk.heard.some(it => it.fault), 'the call is out');
		terminal.press('ctrlC');
		expect(await terminal.ends()).toEqual(clean(130));
		expect(desk.made).toEqual([]);
	});
});
