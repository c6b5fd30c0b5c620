import {afterEach, describe, expect, test, vi} from 'vitest';
import type {Scene} from '../../src/engine/scene.js';
import {onScreens} from '../../src/front/screens.js';
import {breakingOf, Frame} from '../../src/front/standing-frame.js';
import {listenForLeaving} from '../../src/run/leaving.js';
import {forms, phases} from '../components/step-scenes.js';
import {Emulated} from '../streams/emulated.js';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
	for (const end of ends.splice(0)) await end();
	vi.unstubAllEnvs();
});
const above = ['nps-kms 0.1.0', `Setup nps · record /home/anna/${'a'.repeat(50)}/nps.json`, ''];
const receipt = {id: 1, name: 'Connect', says: 'account 111122223333 · eu-west-1', warns: []};

/** A terminal that breaks its lines anew, with a shell's line, what the program said first, a receipt and a scene. */
async function asked(scene: Scene): Promise<Emulated> {
	// The terminal of VS Code is the one that is emulated.
	for (const it of ['TMUX', 'XTERM_VERSION', 'STY']) vi.stubEnv(it, undefined);
	vi.stubEnv('TERM_PROGRAM', 'vscode');
	const terminal = new Emulated({columns: 80, rows: 24});
	for (const it of ['$ nps-kms', ...above]) terminal.stdout.write(`${it}\n`);
	const leaving = listenForLeaving(() => undefined);
	const asking = onScreens(terminal)(leaving, above);
	ends.push(async () => {
		leaving.interrupt();
		await terminal.settle();
		await asking.end();
		leaving.stop();
		terminal.buffer.dispose();
	});
	asking.draw(scene, [receipt]);
	await vi.waitFor(() => expect(terminal.screen).toContain('? guide'));
	await terminal.settle();
	return terminal;
}
/** The terminal at another size, once nothing is written any more. */
async function resized(terminal: Emulated, columns: number, rows: number): Promise<string> {
	terminal.resize({columns, rows});
	for (let before = ''; before !== terminal.bytes; ) {
		before = terminal.bytes;
		await new Promise(done => setTimeout(done, 60));
		await terminal.settle();
	}
	return terminal.screen;
}
const often = (screen: string, words: string): number => screen.split(words).length - 1;

const scenes = {'a form': forms.several, 'a review': phases.review, 'a problem': phases.stopped};
describe.each(Object.entries(scenes))('%s', (_, scene) => {
	test.each([
		['narrow', [60, 24]],
		['narrow and low', [60, 15]],
		['the least size', [40, 12]],
	] as const)('a terminal that gets %s and as large again shows each line once', async (__, [columns, rows]) => {
		const terminal = await asked(scene);
		const {screen} = terminal;
		const small = await resized(terminal, columns, rows);
		expect(often(small, 'Step 1 of 7')).toBe(1);
		expect(small.split('\n').filter(it => /^─+$/.test(it))).toHaveLength(1);
		expect(often(small, '? guide')).toBe(1);
		const large = await resized(terminal, 80, 24);
		// What scrolled out meanwhile comes back in some terminals alone.
		expect(large).toContain('Step 1 of 7');
		expect(screen.endsWith(large), large).toBe(true);
		expect(often(await resized(terminal, 120, 40), 'Step 1 of 7')).toBe(1);
	});
	test('a shell line above stays where all of the frame is on the screen', async () => {
		const terminal = await asked(scene);
		await resized(terminal, 70, 24);
		expect(await resized(terminal, 80, 24)).toMatch(/^\$ nps-kms\nnps-kms 0/);
	});
});

describe('the rows that a frame takes', () => {
	const frame = (text: string): Frame => {
		const it = new Frame({columns: 80, rows: 24}, 'above');
		it.hear(text);
		return it;
	};
	test('those above the cursor are counted, in columns', () => {
		const text = `${'─'.repeat(80)}\nshort\n${'名'.repeat(35)}\nlast\n`;
		expect(frame(text).resized({columns: 60, rows: 24}, [])).toBe(2);
		expect(frame(`${text}\u001B[3A\u001B[5G\u001B[?25h`).resized({columns: 60, rows: 24}, [])).toBe(1);
		expect(frame(`${text}\u001B[4A\u001B[71G\u001B[?25h`).resized({columns: 60, rows: 24}, [])).toBe(1);
	});
	test('a frame that is erased takes none', () => {
		const it = frame('one\n');
		expect(it.stands).toBe(true);
		it.hear('\u001B[?2026h');
		expect(it.stands).toBe(true);
		it.hear('\u001B[2K\u001B[1A\u001B[2K\u001B[G');
		expect(it.stands).toBe(false);
	});
	test('what scrolled out is fetched back by a higher screen alone, once all was drawn anew', () => {
		const it = frame('line\n'.repeat(13));
		expect(it.resized({columns: 80, rows: 12}, ['said'])).toBe(0);
		expect(it.resized({columns: 80, rows: 24}, ['said'])).toBe('all');
		expect(it.resized({columns: 70, rows: 24}, ['said'])).toBe(0);
		expect(it.resized({columns: 80, rows: 24}, ['said'])).toBe(0);
		expect(it.resized({columns: 80, rows: 30}, ['said'])).toBe('all');
	});
});

test.each([
	[{TERM: 'xterm-256color'}, 'above'],
	[{TERM: 'xterm-256color', TERM_PROGRAM: 'vscode'}, 'all'],
	[{TERM: 'xterm-256color', XTERM_VERSION: 'XTerm(390)'}, 'none'],
	[{TERM: 'linux'}, 'none'],
	[{TERM: 'screen', STY: '1.pts'}, 'none'],
	[{TERM: 'screen-256color', TMUX: '/tmp/tmux', TERM_PROGRAM: 'vscode'}, 'above'],
])('of %o the lines that move the cursor are: %s', (env, lines) => {
	expect(breakingOf(env)).toBe(lines);
});
