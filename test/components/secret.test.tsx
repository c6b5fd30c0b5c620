import {beforeEach, describe, expect, test, vi} from 'vitest';
import Secret from '../../components/secret.js';
import type {Problem} from '../../src/engine/step.js';
import {neverDrawn} from '../streams/drawn.js';
import {framesOf, mount, mountStep, sizeIn, terminals} from './frames.js';
import {phases} from './step-scenes.js';
import {turns} from './turns.js';

const secret = 'CANARY/wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXA';
const values = [
	{label: 'Access key ID', value: 'AKIAIOSFODNN7EXAMPLE'},
	{label: 'Secret access key', value: secret},
];
const full: Problem = {
	is: 'problem',
	what: "The record can't be written",
	why: '/home/anna/.config/nps-kms/setups/nps.json: the disk is full',
	todo: 'Mend that',
	code: 'ENOSPC',
};
const onReveal = vi.fn<() => Promise<Problem | undefined>>();
const onCopy = vi.fn<(text: string) => Promise<boolean>>();
const onStored = vi.fn();
const onGiveUp = vi.fn();
const onLeave = vi.fn();
const all = [onReveal, onCopy, onStored, onGiveUp, onLeave];
const screen = (shown = values, size = sizeIn(terminals.wide), banner?: string) => (
	<Secret values={shown} size={size} banner={banner} {...{onReveal, onCopy, onStored, onGiveUp, onLeave}} />
);
const draw = () => mount(screen(), () => all.reduce((sum, it) => sum + it.mock.calls.length, 0));
beforeEach(() => {
	vi.resetAllMocks();
	onReveal.mockResolvedValue(undefined);
	onCopy.mockResolvedValue(false);
});

describe('a secret shown once', () => {
	test('is masked at first', async () => {
		const {wide, narrow} = await framesOf(size => screen(values, size));
		expect(wide).toMatchInlineSnapshot(`
			"────────────────────────────────────────────────────────────────────────────────
			   Access key ID       AKIAIOSFODNN7EXAMPLE
			   Secret access key   ••••••••••••••••••••••••

			   Put both into your vault now. They can't be shown again.

			 v reveal   p copy the secret   k copy the key id   ^C save and quit"
		`);
		expect(narrow).toMatchInlineSnapshot(`
			"────────────────────────────────────────────────────────────
			   Access key ID
			AKIAIOSFODNN7EXAMPLE
			   Secret access key
			••••••••••••••••••••••••

			   Put both into your vault now. They can't be shown again.

			 v reveal   p copy the secret   k copy the key id
			 ^C save and quit"
		`);
		expect(onReveal).not.toHaveBeenCalled();
	});
	test('is seen whole on one line after v, at each width', async () => {
		const {wide, narrow} = await framesOf(size => screen(values, size), 'v');
		expect(wide).toMatchInlineSnapshot(`
			"────────────────────────────────────────────────────────────────────────────────
			   Access key ID       AKIAIOSFODNN7EXAMPLE
			   Secret access key   CANARY/wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXA

			   Put both into your vault now. They can't be shown again.

			 v hide   p copy the secret   k copy the key id   s I have stored it
			 ^C save and quit"
		`);
		expect(narrow).toMatchInlineSnapshot(`
			"────────────────────────────────────────────────────────────
			   Access key ID
			AKIAIOSFODNN7EXAMPLE
			   Secret access key
			CANARY/wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXA

			   Put both into your vault now. They can't be shown again.

			 v hide   p copy the secret   k copy the key id
			 s I have stored it   ^C save and quit"
		`);
	});
	test('is masked by as many dots whatever its length', () => {
		const other = [values[0]!, {label: 'Secret access key', value: 'short'}];
		expect(mount(screen(other)).frame()).toBe(draw().frame());
	});
	test('is revealed only once that is recorded', async () => {
		let recorded = (): void => undefined;
		onReveal.mockReturnValue(new Promise(done => (recorded = () => done(undefined))));
		const {press, frame, shows} = draw();
		await press('v');
		expect(frame()).not.toContain('CANARY');
		expect(frame()).not.toContain('I have stored it');
		recorded();
		await shows(secret);
	});
	test('is copied only once that is recorded, and y shows nothing', async () => {
		let recorded = (): void => undefined;
		onReveal.mockReturnValue(new Promise(done => (recorded = () => done(undefined))));
		const {press, frame, shows} = draw();
		await press('p');
		expect(onCopy).not.toHaveBeenCalled();
		recorded();
		await shows('Secret access key sent to the clipboard');
		expect(onCopy.mock.calls).toEqual([[secret]]);
		expect(frame()).not.toContain('CANARY');
	});
	test('stays unseen and uncopied where that can not be recorded, and the screen says why', async () => {
		onReveal.mockResolvedValue(full);
		const {press, pressInVain, frame} = draw();
		await press('v');
		expect(frame()).not.toContain('CANARY');
		await press('r');
		expect(frame()).not.toContain('CANARY');
		await pressInVain('p');
		await pressInVain('s');
		expect(onCopy).not.toHaveBeenCalled();
		const {wide, narrow} = await framesOf(size => screen(values, size), 'v');
		expect(wide).toMatchInlineSnapshot(`
			"────────────────────────────────────────────────────────────────────────────────
			   Access key ID       AKIAIOSFODNN7EXAMPLE

			   ✖ The record can't be written, so the secret is not shown
			     /home/anna/.config/nps-kms/setups/nps.json: the disk is full [ENOSPC]
			   → Mend that and press r. Or press Esc: nobody has seen this secret, so the
			   next look removes its key and makes another.
			 r try again   esc go on without it   k copy the key id   ^C save and quit"
		`);
		expect(narrow).toMatchInlineSnapshot(`
			"────────────────────────────────────────────────────────────
			   Access key ID
			AKIAIOSFODNN7EXAMPLE

			   ✖ The record can't be written, so the secret is not shown
			     /home/anna/.config/nps-kms/setups/nps.json: the disk is
			     full [ENOSPC]
			   → Mend that and press r. Or press Esc: nobody has seen
			   this secret, so the next look removes its key and makes
			   another.
			 r try again   esc go on without it   k copy the key id
			 ^C save and quit"
		`);
	});
	test('can be gone on without only where it can not be recorded', async () => {
		onReveal.mockResolvedValue(full);
		const {press} = draw();
		await press('v', '\u001B');
		expect(onGiveUp).toHaveBeenCalledTimes(1);
		expect(onStored).not.toHaveBeenCalled();
	});
	test('is revealed once that can be recorded again', async () => {
		onReveal.mockResolvedValueOnce(full);
		const {press, pressInVain, frame} = draw();
		await press('v', 'r');
		expect(frame()).toContain(secret);
		await pressInVain('\u001B');
	});
	test('tells in a rehearsal that nothing is AWS', async () => {
		const {wide} = await framesOf(size => screen(values, size, 'Sandbox: nothing here is AWS'), 'v');
		expect(wide.split('\n')[0]).toContain('Sandbox: nothing here is AWS');
	});
	test('is hidden again by r', async () => {
		const {press, frame, shows} = draw();
		await press('v');
		await shows(secret);
		expect(frame()).toContain('v hide');
		await press('v');
		await shows('v reveal');
		expect(frame()).not.toContain('CANARY');
	});
	test.each([['v'], ['p']])('can be said to be stored only after %s', async key => {
		const {press, pressInVain, shows} = draw();
		await pressInVain('s');
		await press(key);
		await shows('s I have stored it');
		await press('s');
		expect(onStored).toHaveBeenCalledTimes(1);
	});
	test('is said to be stored by a key alone, once it stood at this size', async () => {
		const {press, stdin, clock, rerender, frame} = draw();
		await press('v');
		const again = async (after: number, ...keys: readonly string[]): Promise<void> => {
			await turns();
			clock.advance(after);
			await turns();
			for (const it of keys) {
				stdin.write(it);
				await turns();
			}
			clock.advance(150);
			await turns();
		};
		await again(600, 's', 's');
		rerender(screen(values, sizeIn(terminals.narrow)));
		await again(300, 's');
		expect(onStored).not.toHaveBeenCalled();
		expect(frame()).toContain('keys typed ahead were dropped');
		await again(600, 's');
		expect(onStored).toHaveBeenCalledTimes(1);
	});
	test('is nowhere, and no key works, where it is wider than the screen', async () => {
		const {pressInVain, frame} = mount(screen(values, {width: 39, height: 12}));
		expect(frame()).toContain('Enlarge this window');
		await pressInVain('v');
		expect(onReveal).not.toHaveBeenCalled();
	});
	test.each([
		{width: 40, height: 11},
		{width: 45, height: 6},
	])('tells first what was just done, where $width columns and $height lines have no room for all', async size => {
		const {press, frame} = mount(screen(values, size), () => onReveal.mock.calls.length);
		await press('v', 'p');
		await turns();
		expect(frame()).toContain('Secret access key sent');
	});
	test('is not read while what was just done is told in its place', async () => {
		const {stdin, clock, frame} = mount(screen(values, {width: 80, height: 4}));
		stdin.write('p');
		await vi.waitFor(() => expect(frame()).toContain('Secret access key sent'));
		await turns();
		clock.advance(1000);
		await turns();
		expect(frame()).toContain('↵ read on');
	});
	test('is let go of only once the last of what is said of it stood', async () => {
		const {press, stdin, clock, frame} = mount(
			screen(values, {width: 45, height: 6}),
			() => onStored.mock.calls.length,
		);
		await press('v');
		while (frame().includes('read on')) await press('\r');
		for (const key of ['\u001B[5~', '\u001B[6~', 's']) {
			stdin.write(key);
			await turns();
			clock.advance(200);
			await turns();
		}
		expect(onStored).not.toHaveBeenCalled();
		while (frame().includes('read on')) await press('\r');
		await press('s');
		expect(onStored).toHaveBeenCalledTimes(1);
	});
	test('that was read stays read under what is told of a copy, and what was not comes back', async () => {
		for (const [size, read] of [
			[{width: 40, height: 10}, true],
			[{width: 45, height: 6}, false],
		] as const) {
			onStored.mockReset();
			const {press, frame} = mount(screen(values, size), () => onStored.mock.calls.length);
			await press('v', 'p');
			expect(frame()).toContain('Secret access key sent');
			expect(frame().includes('↵ read on')).toBe(!read);
			for (; frame().includes('↵ read on'); expect(onStored).not.toHaveBeenCalled()) await press('\r');
			await press('s');
			expect(onStored).toHaveBeenCalledTimes(1);
		}
	});
	test.each([
		{width: 45, height: 6},
		{width: 80, height: 4},
		{width: 40, height: 7},
	])('is let go of at $width by $height only once all that is said of it was read', async size => {
		const {press, frame} = mount(screen(values, size), () => onStored.mock.calls.length);
		await press('v');
		const drawn = [frame()];
		for (; drawn.at(-1)?.includes('read on'); drawn.push(frame())) {
			await press('\r');
			expect(onStored).not.toHaveBeenCalled();
		}
		expect(neverDrawn("Put both into your vault now. They can't be shown again. I have stored it", drawn)).toEqual([]);
		await press('s');
		expect(onStored).toHaveBeenCalledTimes(1);
	});
	test('is not recorded as seen by copying the id of its key, which k does', async () => {
		const {press, pressInVain} = draw();
		await press('k');
		expect(onCopy.mock.calls).toEqual([['AKIAIOSFODNN7EXAMPLE']]);
		expect(onReveal).not.toHaveBeenCalled();
		await pressInVain('s');
	});
	test('is left by Ctrl+C', async () => {
		await draw().press('\u0003');
		expect(onLeave).toHaveBeenCalledTimes(1);
		expect(onStored).not.toHaveBeenCalled();
	});
});

describe('a secret that is asked for', () => {
	test('is given by Enter and shown at no time', async () => {
		const {press, frames, secrets, events} = mountStep(phases.asking);
		await press('C', 'A', 'NARY', `\u001B[200~${secret}\r\n\u001B[201~`, '\r');
		expect(secrets).toEqual([`CANARY${secret}`]);
		expect(events).toEqual([]);
		expect(frames.length).toBeGreaterThan(4);
		for (const it of frames) expect(it).toMatch(/ ▸ Secret:[• ▌]*\n/);
	});
	test('is not given by Enter while nothing is typed', async () => {
		const {pressInVain, secrets} = mountStep(phases.asking);
		await pressInVain('\r');
		expect(secrets).toEqual([]);
	});
	test('is none by Esc', async () => {
		const {press, secrets} = mountStep(phases.asking);
		await press('x', '\u001B');
		expect(secrets).toEqual([undefined]);
	});
	test('takes q and the question mark as its letters', async () => {
		const {press, secrets, events} = mountStep(phases.asking);
		await press('q', '?', '\r');
		await turns();
		expect([secrets, events]).toEqual([['q?'], []]);
	});
});
