import {render} from 'ink-testing-library';
import {describe, expect, test} from 'vitest';
import Keys from '../../components/keyboard.js';
import StepScreen from '../../components/step-screen.js';
import type {Scene} from '../../src/engine/scene.js';
import {tooEarly} from '../../src/keyboard/approval.js';
import type {Suspend} from '../../src/keyboard/stopping.js';
import {handClock} from '../keyboard/hand-clock.js';
import {mountStep, sizeIn, terminals} from './frames.js';
import {forms, longReview, phases} from './step-scenes.js';
import {turns} from './turns.js';

const [enter, esc, right, pageDown] = ['\r', '\u001B[27u', '\u001B[C', '\u001B[6~'];
type Mounted = Pick<ReturnType<typeof mountStep>, 'clock' | 'stdin'>;
/** A key so long after what came before, and what that comes to if nothing else is pressed. */
async function pressed({clock, stdin}: Mounted, after: number, key: string): Promise<void> {
	await turns();
	clock.advance(after);
	await turns();
	stdin.write(key);
	await turns();
	clock.advance(150);
	await turns();
}

/** All that is approved by a key: its scene, the keys that lead to it, and the key. */
const approved: readonly (readonly [string, Scene, readonly string[], string])[] = [
	['a review', phases.review, [], enter],
	['a review of checks', phases['review, of checks'], [], enter],
	['a word to be typed', phases['review, that removes'], [], enter],
	['the word that was typed', phases['review, that removes'], [enter, 'AKIAIOSFODNN7EXAMPLE'], enter],
	['a way out', phases.stopped, [], 'a'],
	['what NPS is meant by', forms['hand-off'], [right], enter],
	['that there is no secret', phases.asking, [], esc],
];
const answersOf = ({events, secrets, frame}: ReturnType<typeof mountStep>) => [
	events.length + secrets.length,
	frame().includes('Type it:'),
];
test.each(approved)(
	'%s is approved by a key alone, never by two at once, nor by one that comes early',
	async (...it) => {
		const [, scene, keys, key] = it;
		const screen = mountStep(scene);
		await screen.press(...keys);
		const before = answersOf(screen);
		await turns();
		screen.clock.advance(600);
		for (const both of [key, key]) {
			screen.stdin.write(both);
			await turns();
		}
		screen.clock.advance(1000);
		await turns();
		expect(answersOf(screen)).toEqual(before);
		expect(screen.frame()).toContain(tooEarly);
		await pressed(screen, 600, key);
		expect(answersOf(screen)).not.toEqual(before);
	},
);
test('a review is approved only once what it means stood as long as the rest', async () => {
	const scene = phases['review, while it is looked what that means'];
	const screen = mountStep(scene);
	await pressed(screen, 1000, enter);
	screen.goOn({...scene, tells: ['nobody loses anything by it']});
	await pressed(screen, 300, enter);
	expect(screen.events).toEqual([]);
	await pressed(screen, 600, enter);
	expect(screen.events).toEqual([{type: 'approved'}]);
});
test('what NPS is meant by is approved only once that answer stood', async () => {
	const screen = mountStep(forms['hand-off']);
	await pressed(screen, 1000, right);
	await pressed(screen, 100, enter);
	expect(screen.events).toEqual([]);
	expect(screen.frame()).toContain(tooEarly);
});
test('a paste just before makes no key a yes', async () => {
	const screen = mountStep(phases.review);
	await turns();
	screen.clock.advance(1000);
	screen.stdin.write('\u001B[200~\r\u001B[201~');
	await pressed(screen, 100, enter);
	expect(screen.events).toEqual([]);
});

describe('a review that is longer than the screen', () => {
	test('is read on only once its page stood', async () => {
		const screen = mountStep(longReview);
		const first = screen.frame();
		await pressed(screen, 300, enter);
		expect(screen.frame()).toContain(tooEarly);
		expect(screen.frame()).toContain(first.split('\n')[4]);
		await pressed(screen, 300, enter);
		expect(screen.frame()).not.toContain(first.split('\n')[4]);
	});
	test('is not read by turning its pages quickly: Enter leads back to the first unread', async () => {
		const screen = mountStep(longReview);
		const first = screen.frame();
		await turns();
		for (let pages = 0; pages < 4; pages++) await pressed(screen, 10, pageDown);
		screen.clock.advance(600);
		await turns();
		expect(screen.frame()).toMatch(/↑↓ \d+ above\n/);
		expect(screen.frame()).toContain('↵ read on');
		await pressed(screen, 600, enter);
		expect(screen.frame()).toBe(first);
		expect(screen.events).toEqual([]);
	});
	test('or a problem that is, takes no way out before it was read', async () => {
		const screen = mountStep(phases.stopped, {columns: 30, rows: 6});
		expect(screen.frame()).toContain('↵ read on');
		await pressed(screen, 1000, 'a');
		expect(screen.events).toEqual([]);
		for (let pages = 0; screen.frame().includes('read on'); pages++) {
			await pressed(screen, 600, enter);
			expect(pages).toBeLessThan(20);
		}
		await pressed(screen, 600, 'a');
		expect(screen.events).toMatchObject([{type: 'way'}]);
	});
	test('is read anew where it is broken otherwise', async () => {
		const clock = handClock();
		const drawn = (size: {readonly columns: number; readonly rows: number}) => (
			<Keys clock={clock}>
				<StepScreen
					scene={longReview}
					size={sizeIn(size)}
					onEvent={() => expect.unreachable()}
					onSecret={() => expect.unreachable()}
					onCopy={async () => true}
					onLeave={() => expect.unreachable()}
				/>
			</Keys>
		);
		const app = render(drawn(terminals.wide));
		const screen = {clock, stdin: app.stdin};
		for (let pages = 0; app.lastFrame()?.includes('read on'); pages++) {
			await pressed(screen, 600, enter);
			expect(pages).toBeLessThan(10);
		}
		expect(app.lastFrame()).toContain('↵ apply');
		app.rerender(drawn({columns: 79, rows: 24}));
		await turns();
		expect(app.lastFrame()).toContain('↵ read on');
	});
});

test('what stood before a stop stands anew after it', async () => {
	const clock = handClock();
	let suspend: Suspend | undefined;
	const seat = {
		take(it: Suspend) {
			suspend = it;
			return () => undefined;
		},
		isAway: () => false,
		held: async () => undefined,
		stop: () => undefined,
		leave: () => undefined,
	};
	const events: unknown[] = [];
	const app = render(
		<Keys clock={clock} seat={seat}>
			<StepScreen
				scene={phases.review}
				size={sizeIn(terminals.wide)}
				onEvent={it => events.push(it)}
				onSecret={() => expect.unreachable()}
				onCopy={async () => true}
				onLeave={() => expect.unreachable()}
			/>
		</Keys>,
	);
	await turns();
	clock.advance(1000);
	const given = await suspend?.();
	await given?.resume();
	await pressed({clock, stdin: app.stdin}, 300, enter);
	expect(events).toEqual([]);
	await pressed({clock, stdin: app.stdin}, 600, enter);
	expect(events).toEqual([{type: 'approved'}]);
});
