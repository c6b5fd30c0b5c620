import {render} from 'ink-testing-library';
import {createElement} from 'react';
import {expect} from 'vitest';
import Keys from '../../components/keyboard.js';
import StepScreen from '../../components/step-screen.js';
import type {Scene} from '../../src/engine/scene.js';
import type {Event} from '../../src/engine/wizard.js';
import type {Person} from '../../src/front/run-as-scenes.js';
import {handClock} from '../keyboard/hand-clock.js';
import {sizeIn} from './frames.js';
import {turns} from './turns.js';

/** One before the real screens who presses Enter and nothing else. */
export function pressingEnter(terminal: {
	readonly columns: number;
	readonly rows: number;
}): Person & {readonly frames: readonly string[]} {
	let event: Event | undefined;
	const clock = handClock();
	const screen = (scene: Scene) => {
		const children = createElement(StepScreen, {
			scene,
			size: sizeIn(terminal),
			onEvent: it => void (event = it),
			onSecret: () => expect.fail('no secret is asked for'),
			onCopy: async () => expect.fail('Enter copies nothing'),
			onLeave: () => expect.fail('Enter leaves nothing'),
		});
		return createElement(Keys, {clock, children});
	};
	let app: ReturnType<typeof render> | undefined;
	const frames: string[] = [];
	return {
		frames,
		draw(scene) {
			if (app) app.rerender(screen(scene));
			else app = render(screen(scene));
		},
		async ask(scene) {
			event = undefined;
			for (let times = 0; ; times++) {
				await turns();
				if (event) return event;
				frames.push(app?.lastFrame() ?? '');
				if (times > 50) expect.fail(`Enter leads nowhere at ${scene.step.name}: ${frames.at(-1)}`);
				clock.advance(600);
				await turns();
				app?.stdin.write('\r');
				await turns();
				clock.advance(150);
			}
		},
		deliver: async () => expect.fail('by default the secret goes to a file'),
	};
}
