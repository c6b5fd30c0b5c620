import {render} from 'ink-testing-library';
import {describe, expect, test} from 'vitest';
import Keys from '../../components/keyboard.js';
import {bodyLines} from '../../components/phase-lines.js';
import {confirmOf} from '../../components/step-bindings.js';
import StepScreen from '../../components/step-screen.js';
import type {Scene} from '../../src/engine/scene.js';
import {choicesOf} from '../../src/engine/to-do.js';
import {tooEarly} from '../../src/keyboard/approval.js';
import type {Clock} from '../../src/keyboard/clock.js';
import type {Suspend} from '../../src/keyboard/stopping.js';
import {handClock} from '../keyboard/hand-clock.js';
import {neverDrawn} from '../streams/drawn.js';
import {mountStep, sizeIn, terminals} from './frames.js';
import {create, forms, longReview, phases, severalWays} from './step-scenes.js';
import {turns} from './turns.js';

const [enter, esc, right, pageUp, pageDown] = ['\r', '\u001B[27u', '\u001B[C', '\u001B[5~', '\u001B[6~'];
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
/** Every size that a window may have, from where next to nothing is read at once. */
const sizes = [
	...Object.values(terminals),
	{columns: 30, rows: 6},
	{columns: 20, rows: 5},
	{columns: 24, rows: 9},
	{columns: 45, rows: 7},
	{columns: 80, rows: 6},
	{columns: 132, rows: 50},
];
/** All that a key of this scene says yes to. */
function askedIn(scene: Scene, key: string): string {
	const {phase} = scene;
	const ask = phase.at === 'asking' && phase.ask.kind === 'secret' ? [phase.ask.label, phase.ask.why] : [];
	const way = phase.at === 'stopped' ? choicesOf(phase.problem).find(it => it.key === key)?.label : undefined;
	return [...bodyLines(scene, {frame: 0, elapsedMs: 0}).map(it => it.text), ...ask, way ?? ''].join(' ');
}
const wordTyped = (scene: Scene): string => confirmOf(scene)?.says ?? '';
describe.each(sizes)('at $columns by $rows', size => {
	test.each([
		...approved,
		['a review of many changes', longReview, [], enter],
		['a way out that is not the first', severalWays, [], 'g'],
	] satisfies typeof approved)('%s is approved only once every word of it was on the screen', async (...it) => {
		const [, scene, keys, key] = it;
		const screen = mountStep(scene, size);
		const before = answersOf(screen);
		const drawn: string[] = [];
		for (let pages = 0; screen.frame().includes('read on'); pages++) {
			expect(pages, screen.frame()).toBeLessThan(120);
			drawn.push(screen.frame());
			if (key !== enter) await pressed(screen, 600, key);
			expect(answersOf(screen)).toEqual(before);
			await pressed(screen, 600, enter);
		}
		drawn.push(screen.frame());
		expect(neverDrawn(askedIn(scene, key), drawn)).toEqual([]);
		for (const it of keys) {
			await screen.press(it);
			drawn.push(...(await screen.readOn()));
		}
		if (screen.frame().includes('Type it:')) expect(neverDrawn(wordTyped(scene), drawn)).toEqual([]);
		await pressed(screen, 600, key);
		expect(answersOf(screen)).not.toEqual(before);
	});
});
describe('what NPS was given, where it has no room beside the question whether it was', () => {
	const sixLines = {columns: 30, rows: 6};
	test('is read first, and no key answers what is not asked yet', async () => {
		const screen = mountStep(forms['hand-off'], sixLines);
		for (const key of [right, ' ', '\t']) await screen.pressInVain(key);
		await screen.readOn();
		expect(screen.frame()).toMatch(/RotateAwsKey\? +▸ no/);
		await screen.press(right, '\r');
		expect(screen.events).toEqual([{type: 'submitted', answers: {npsRotated: true}}]);
	});
	test('can be read again from there', async () => {
		const screen = mountStep(forms['hand-off'], sixLines);
		await screen.readOn();
		await screen.press(pageUp);
		expect(screen.frame()).toContain('eu-west-1');
		await screen.press('\r');
		expect(screen.frame()).toContain('RotateAwsKey?');
	});
	test('stays read where its question gets longer by its answer', async () => {
		const screen = mountStep(forms['hand-off, with more to ask'], terminals.wide);
		await screen.press(right);
		expect(screen.frame()).toMatch(/RotateAwsKey run with it\? +▸ yes/);
		expect(screen.frame()).toContain('tab next field');
	});
});
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
	test('is read anew where what it means is known late, for it stands among the rest', async () => {
		const changes = Array.from({length: 3}, (_, at) => ({...longReview.changes[0]!, change: {...create, id: `${at}`}}));
		const scene: Scene = {...longReview, changes, tells: undefined};
		const screen = mountStep(scene);
		await pressed(screen, 600, pageDown);
		screen.goOn({...scene, tells: ['first', 'second', 'third', 'fourth', 'fifth']});
		const drawn = await screen.readOn();
		expect(neverDrawn('first second third fourth fifth', drawn)).toEqual([]);
	});
	test('is approved only once its last page stood', async () => {
		const screen = mountStep(longReview);
		await screen.readOn();
		const turned = screen.frame();
		// One page back, and to the last one again.
		for (const key of [pageUp, pageDown]) await pressed(screen, 600, key);
		expect(screen.frame()).toBe(turned);
		await pressed(screen, 100, enter);
		expect(screen.events).toEqual([]);
		await pressed(screen, 600, enter);
		expect(screen.events).toEqual([{type: 'approved'}]);
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
	const readIn = (clock: Clock) => (size: {readonly columns: number; readonly rows: number}) => (
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
	test('is not read where there is no room to see any of it', async () => {
		const clock = handClock();
		const drawn = readIn(clock);
		const app = render(drawn({columns: 80, rows: 4}));
		expect(app.lastFrame()).toContain('Enlarge this window');
		await turns();
		clock.advance(1000);
		await turns();
		app.rerender(drawn({columns: 80, rows: 5}));
		await pressed({clock, stdin: app.stdin}, 300, enter);
		expect(app.lastFrame()).toContain(tooEarly);
	});
	test('is read anew where it is broken otherwise', async () => {
		const clock = handClock();
		const drawn = readIn(clock);
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
