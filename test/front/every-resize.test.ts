import {afterEach, expect, test, vi} from 'vitest';
import {onScreens} from '../../src/front/screens.js';
import {listenForLeaving} from '../../src/run/leaving.js';
import {phases} from '../components/step-scenes.js';
import {Emulated} from '../streams/emulated.js';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
	for (const end of ends.splice(0)) await end();
});
/** A terminal in which that is drawn, once it stands. */
async function drawn(draw: (asking: ReturnType<ReturnType<typeof onScreens>>) => void): Promise<Emulated> {
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
	draw(asking);
	await terminal.settle();
	return terminal;
}
/** What a terminal does that gets smaller and large again before anybody looks: what had no room meanwhile is gone. */
const thereAndBack = (terminal: Emulated): void => {
	terminal.stdout.write('\u001B7');
	for (let row = 1; row <= 24; row++) terminal.stdout.write(`\u001B[${row};41H\u001B[K`);
	terminal.stdout.write('\u001B8');
	process.emit('SIGWINCH', 'SIGWINCH');
};

test('a frame is whole again after a resize there and back that left its size as it was', async () => {
	const terminal = await drawn(it => it.draw(phases.review, []));
	const {screen} = terminal;
	expect(screen).toContain('Create the policy');
	thereAndBack(terminal);
	await vi.waitFor(() => expect(terminal.screen).toBe(screen));
});
test('and so is a secret', async () => {
	const row = {
		'Access key ID': 'AKIAIOSFODNN7EXAMPLE',
		'Secret access key': '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',
	};
	const terminal = await drawn(it => {
		it.draw(phases.review, []);
		it.deliver?.(row, async () => undefined).catch(() => undefined);
	});
	await vi.waitFor(() => expect(terminal.screen).toContain('v reveal'));
	terminal.send('v');
	await vi.waitFor(() => expect(terminal.screen).toContain('CANARY/wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXA'));
	const {screen} = terminal;
	thereAndBack(terminal);
	await vi.waitFor(() => expect(terminal.screen).toBe(screen));
});
