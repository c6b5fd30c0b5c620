import {stripVTControlCharacters} from 'node:util';
import {afterEach, expect, test, vi} from 'vitest';
import type {Scene} from '../../src/engine/scene.js';
import {onScreens} from '../../src/front/screens.js';
import {listenForLeaving} from '../../src/run/leaving.js';
import {phases} from '../components/step-scenes.js';
import {Emulated} from '../streams/emulated.js';

/** Whether a page that is to be drawn has a fault. */
const pager = vi.hoisted(() => ({hindered: false}));
vi.mock(import('../../components/pager.js'), async original => {
	const {default: Pager} = await original();
	return {
		default(props) {
			if (pager.hindered) throw new Error('this page is not to be drawn');
			return Pager(props);
		},
	};
});

const longGuide = Array.from({length: 60}, (_, at) => `Line ${at} of a long guide.`);
/** A terminal that shows a question with a guide. */
function asked(text: readonly string[] = longGuide) {
	const terminal = new Emulated({columns: 80, rows: 24});
	const leaving = listenForLeaving(() => undefined);
	const asking = onScreens(terminal)(leaving);
	ends.push(async () => {
		leaving.interrupt();
		await terminal.settle();
		await asking.end().catch(() => undefined);
		leaving.stop();
		terminal.buffer.dispose();
	});
	const {step} = phases.stopped;
	const scene: Scene = {...phases.stopped, step: {...step, guide: {...step.guide, text}}};
	asking.draw(scene, []);
	const answered = asking.ask(scene);
	return {terminal, asking, answered, scene};
}
/** Does this with whatever is written to the terminal, before it is. */
function before(terminal: Emulated, act: (text: string) => void): void {
	const {stdout} = terminal;
	const write = stdout.write.bind(stdout) as (...them: unknown[]) => boolean;
	stdout.write = (...it: unknown[]): boolean => {
		act(String(it[0]));
		return write(...it);
	};
}
const isApart = ({buffer}: Emulated): boolean => buffer.buffer.active.type === 'alternate';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
	pager.hindered = false;
	for (const end of ends.splice(0)) await end();
});

test('a page that can not be drawn on its own screen is read in its place, and what was asked is asked still', async () => {
	const {terminal, answered} = asked();
	await vi.waitFor(() => expect(terminal.screen).toContain('r try again'));
	await terminal.settle();
	pager.hindered = true;
	terminal.send('?');
	await vi.waitFor(() => expect(terminal.screen).toContain('Line 3 of a long guide.'));
	await terminal.settle();
	terminal.send('?');
	await vi.waitFor(() => expect(terminal.screen).toContain('r try again'));
	await terminal.settle();
	terminal.send('r');
	expect(await answered).toEqual({type: 'retry'});
});

test('what can not be drawn fails what is asked, with what hinders it', async () => {
	const {terminal, asking, answered, scene} = asked();
	await vi.waitFor(() => expect(terminal.screen).toContain('r try again'));
	const hindered = {
		...scene,
		get step(): Scene['step'] {
			throw new Error('no such step');
		},
	};
	const failed = expect(answered).rejects.toThrow('no such step');
	asking.draw(hindered, []);
	await failed;
	await expect(asking.end()).rejects.toThrow('no such step');
	expect(terminal.raw).toBe(false);
});

test('each key is heard from the first frame on, on a page of its own and back again', async () => {
	const {terminal, asking} = asked();
	const deaf: string[] = [];
	before(terminal, text => {
		if (!terminal.raw && /\w/.test(stripVTControlCharacters(text))) deaf.push(text);
	});
	const {setRawMode} = terminal.stdin;
	const turned: boolean[] = [];
	terminal.stdin.setRawMode = on => {
		turned.push(on);
		return setRawMode.call(terminal.stdin, on);
	};
	await vi.waitFor(() => expect(terminal.screen).toContain('r try again'));
	await terminal.settle();
	for (const key of ['\r', '\u001B']) {
		terminal.send('?');
		await vi.waitFor(() => expect(terminal.screen).toContain('Line 3 '));
		expect(isApart(terminal)).toBe(true);
		await terminal.settle();
		terminal.send(key);
		await vi.waitFor(() => expect(terminal.screen).toContain('r try again'));
		await terminal.settle();
	}
	expect(deaf).toEqual([]);
	expect(turned).not.toContain(false);
	await asking.end();
	expect(terminal.raw).toBe(false);
});

test('a key that comes as soon as its screen is drawn is heard by that screen', async () => {
	const {terminal} = asked(['A short guide.']);
	await vi.waitFor(() => expect(terminal.screen).toContain('r try again'));
	await terminal.settle();
	const opened = terminal.screen;
	let drawn = 0;
	before(terminal, text => {
		if (!text.includes('A short guide.')) return;
		drawn += 1;
		if (drawn === 1) terminal.send('?');
	});
	terminal.send('?');
	await vi.waitFor(() => expect(drawn).toBeGreaterThan(0));
	await vi.waitFor(() => expect(terminal.screen).toBe(opened));
});
