import {afterEach, expect, test, vi} from 'vitest';
import {onScreens} from '../../src/front/screens.js';
import {listenForLeaving} from '../../src/run/leaving.js';
import {phases} from '../components/step-scenes.js';
import {Emulated} from '../streams/emulated.js';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
	for (const end of ends.splice(0)) await end();
});

test('a page that can not be drawn on its own screen closes, and what was asked is asked still', async () => {
	const terminal = new Emulated({columns: 80, rows: 24});
	const leaving = listenForLeaving(() => undefined);
	const asking = onScreens(terminal)(leaving);
	ends.push(async () => {
		leaving.interrupt();
		await terminal.settle();
		await asking.end();
		leaving.stop();
		terminal.buffer.dispose();
	});
	const {step} = phases.stopped;
	const text = Array.from({length: 60}, (_, at) => `Line ${at} of a long guide.`);
	const scene = {...phases.stopped, step: {...step, guide: {...step.guide, text}}};
	asking.draw(scene, []);
	const answered = asking.ask(scene);
	await vi.waitFor(() => expect(terminal.screen).toContain('r try again'));
	await terminal.settle();
	const {screen} = terminal;
	const {stdout} = terminal;
	const write = stdout.write.bind(stdout);
	let refused = 0;
	stdout.write = (...it: unknown[]): boolean => {
		if (String(it[0]).includes('Line 3 ')) {
			refused += 1;
			throw new Error('this page is not to be drawn');
		}
		return (write as (...them: unknown[]) => boolean)(...it);
	};
	terminal.send('?');
	await vi.waitFor(() => expect(refused).toBeGreaterThan(0));
	await vi.waitFor(() => expect(terminal.screen).toBe(screen));
	terminal.send('r');
	expect(await answered).toEqual({type: 'retry'});
});
