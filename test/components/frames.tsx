import {createRequire} from 'node:module';
import {stripVTControlCharacters} from 'node:util';
import {render} from 'ink-testing-library';
import type {ReactElement} from 'react';
import {expect, vi} from 'vitest';
import Keys from '../../components/keyboard.js';
import StepScreen from '../../components/step-screen.js';
import {type Size, sizeOf} from '../../components/theme.js';
import type {Scene} from '../../src/engine/scene.js';
import type {Event} from '../../src/engine/wizard.js';
import {escapeKey} from '../../src/keyboard/sequences.js';
import {handClock} from '../keyboard/hand-clock.js';
import {turns} from './turns.js';

/** The design size, the narrow one, and the least that isn't left to plain lines. */
export const terminals = {
	wide: {columns: 80, rows: 24},
	narrow: {columns: 60, rows: 15},
	small: {columns: 40, rows: 12},
} as const;
type Terminal = {readonly columns: number; readonly rows: number};
export const sizeIn = ({columns, rows}: Terminal): Size => sizeOf(columns, rows);

const here = createRequire(import.meta.url);
/** What colours the frames: Ink and its text input have a chalk each. */
const chalks: readonly {level: number}[] = await Promise.all(
	['ink', 'ink-text-input'].map(async name => {
		const loaded = (await import(createRequire(here.resolve(name)).resolve('chalk'))) as {default: {level: number}};
		return loaded.default;
	}),
);
const setColour = (level: 0 | 1): void => {
	for (const it of chalks) it.level = level;
};

/** A key as the reader hands it on. */
const strokeOf = (key: string): string => (key === '\u001B' ? escapeKey : key);

/** A component on a screen and a person before it; `heard` counts what the component told. */
export function mount(element: ReactElement, heard: () => number = () => 0) {
	const clock = handClock();
	const within = (it: ReactElement): ReactElement => <Keys clock={clock}>{it}</Keys>;
	const app = render(within(element));
	const count = (): number => app.frames.length + heard();
	return {
		...app,
		clock,
		rerender: (it: ReactElement) => app.rerender(within(it)),
		frame: () => app.lastFrame() ?? '',
		/** Keys one by one, each once the one before was answered and what is asked was read. */
		async press(...keys: readonly string[]): Promise<void> {
			for (const key of keys) {
				await turns();
				clock.advance(600);
				await turns();
				const before = count();
				app.stdin.write(strokeOf(key));
				await turns();
				clock.advance(150);
				await vi.waitFor(() => expect(count(), `nothing answers ${JSON.stringify(key)}`).toBeGreaterThan(before), {
					interval: 1,
				});
			}
			await turns();
		},
		/** A key that nothing answers. */
		async pressInVain(key: string): Promise<void> {
			await turns();
			clock.advance(600);
			await turns();
			const [before, heardBefore] = [app.lastFrame(), heard()];
			app.stdin.write(strokeOf(key));
			await turns();
			clock.advance(150);
			await turns();
			expect([app.lastFrame(), heard()]).toEqual([before, heardBefore]);
		},
		shows: (text: string | RegExp) => vi.waitFor(() => expect(app.lastFrame()).toMatch(text), {interval: 1}),
	};
}

/** The step's screen, and what it told. */
export function mountStep(scene: Scene, terminal: Terminal = terminals.wide) {
	const events: Event[] = [];
	const secrets: (string | undefined)[] = [];
	const left = vi.fn();
	const copied: string[] = [];
	const copy = async (text: string): Promise<boolean> => copied.push(text) > 0;
	const draw = (it: Scene): ReactElement => (
		<StepScreen
			scene={it}
			size={sizeIn(terminal)}
			onEvent={it => events.push(it)}
			onSecret={it => secrets.push(it)}
			onCopy={copy}
			onLeave={left}
		/>
	);
	const mounted = mount(draw(scene), () => events.length + secrets.length + left.mock.calls.length + copied.length);
	/** Reads to the end, page by page; what was on the screen on the way. */
	const readOn = async (): Promise<readonly string[]> => {
		const screens = [mounted.frame()];
		for (; screens.at(-1)?.includes('read on') && screens.length < 50; screens.push(mounted.frame()))
			await mounted.press('\r');
		return screens;
	};
	return {...mounted, readOn, events, secrets, left, copied, goOn: (it: Scene) => mounted.rerender(draw(it))};
}

/** The lines of a frame without the blanks at their ends, such as a cursor's, and with the spinner at its start. */
const trimmed = (frame: string): string =>
	frame
		.replaceAll(/[⠙⠹⠸⠼⠴⠦⠧⠇⠏]/g, '⠋')
		.split('\n')
		.map(it => it.trimEnd())
		.join('\n');

/** The frame in that terminal after those keys, the same with colour and without, and within the live area. */
async function frameIn(
	terminal: Terminal,
	draw: (size: Size) => ReactElement,
	keys: readonly string[],
): Promise<string> {
	const drawn = async (level: 0 | 1): Promise<string> => {
		setColour(level);
		try {
			const app = mount(draw(sizeIn(terminal)));
			await app.press(...keys);
			app.unmount();
			return app.frames.findLast(it => it.trim() !== '') ?? '';
		} finally {
			setColour(0);
		}
	};
	const [bare, coloured] = [await drawn(0), await drawn(1)];
	expect(bare).not.toContain('\u001B');
	expect(coloured).toContain('\u001B[');
	expect(trimmed(stripVTControlCharacters(coloured))).toBe(trimmed(bare));
	const lines = trimmed(bare).split('\n');
	expect(lines.length, bare).toBeLessThanOrEqual(Math.min(13, terminal.rows - 2));
	expect(Math.max(...lines.map(it => it.length)), bare).toBeLessThanOrEqual(terminal.columns);
	return trimmed(bare);
}

/** The frames at 80×24 and at 60×15 after those keys; where no key is needed, the limits are held at 40×12 too. */
export async function framesOf(
	draw: (size: Size) => ReactElement,
	...keys: readonly string[]
): Promise<{wide: string; narrow: string}> {
	if (keys.length === 0) await frameIn(terminals.small, draw, keys);
	return {wide: await frameIn(terminals.wide, draw, keys), narrow: await frameIn(terminals.narrow, draw, keys)};
}
const nothing = (): void => undefined;
/** The same for a step's screen. */
export const framesAt = (scene: Scene, ...keys: readonly string[]) =>
	framesOf(
		size => (
			<StepScreen
				scene={scene}
				size={size}
				onEvent={nothing}
				onSecret={nothing}
				onCopy={async () => true}
				onLeave={nothing}
			/>
		),
		...keys,
	);
