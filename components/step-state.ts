import {useAnimation, useIsScreenReaderEnabled, useStdout} from 'ink';
import {useState} from 'react';
import {visible} from '../src/engine/control-characters.js';
import type {Scene} from '../src/engine/scene.js';
import type {Answers} from '../src/engine/step.js';
import type {Event} from '../src/engine/wizard.js';
import {tooEarly} from '../src/keyboard/approval.js';
import {copied} from './copying.js';
import {type Form, useForm} from './form.js';
import {useApprove} from './keyboard.js';
import {type Drawn, pagesOf} from './pages-by-key.js';
import type {Motion} from './phase-lines.js';
import type {Acts} from './step-bindings.js';
import {wrapped} from './text-lines.js';
import type {Size, Tone} from './theme.js';

/** What a step's screen shows, and whom it tells. */
export type StepProps = {
	readonly scene: Scene;
	readonly size: Size;
	onEvent(event: Event): void;
	/** A secret that was typed, or none. */
	onSecret(value: string | undefined): void;
	/** Copies a text; true if it certainly arrived on the clipboard. */
	onCopy(text: string): Promise<boolean>;
	/** Reads a page on a screen of its own; without it, every page is read here. */
	onRead?(page: Drawn): Promise<HowRead>;
	onLeave(): void;
};
/**
 * How a page that was read is left: `write` has its lines written where the terminal keeps them, `undrawn` has it read
 * in its place, for it has no screen of its own.
 */
export type HowRead = 'closed' | 'write' | 'undrawn';
/** What the screen keeps for one question. */
export type Local = {
	readonly overlay: string | undefined;
	readonly typed: string;
	readonly said: {readonly text: string; readonly tone: Tone};
	readonly copies: number;
};
/** Nothing was said. */
export const silent = {text: '', tone: 'good'} as const;
const fresh: Local = {overlay: undefined, typed: '', said: silent, copies: 0};
type Put = (change: Partial<Local>) => void;

/** What the screen keeps for one question: gone with the next. */
export function useLocal(id: string): readonly [Local, Put] {
	const [held, setHeld] = useState<Local & {readonly id: string}>({...fresh, id: ''});
	const put = (change: Partial<Local>): void => setHeld(now => ({...(now.id === id ? now : fresh), ...change, id}));
	return [held.id === id ? held : fresh, put];
}

/** Opens a page over this screen, or on a screen of its own where there is no room for all of it. */
export function useOpen(
	{scene, size, onRead}: StepProps,
	put: Put,
	room: number,
): (overlay: string | undefined) => void {
	const aloud = useIsScreenReaderEnabled();
	const {write} = useStdout();
	return overlay => {
		const page = pagesOf(scene).find(it => it.key === overlay);
		const long = page && wrapped(page.drawn, size.width).length > room;
		if (!long || !onRead || aloud) return put({...fresh, overlay});
		put(fresh);
		void onRead(page).then(how => {
			if (how === 'write') write(textOf(page));
			if (how === 'undrawn') put({...fresh, overlay});
		});
	};
}
/** Past the frame, the terminal wraps a line softly and copies it whole. */
const textOf = ({lines}: {readonly lines: readonly string[]}): string => `${lines.map(visible).join('\n')}\n`;

/** The form of a screen, whose guide opens over it. */
export const useStepForm = ({scene, size, onEvent}: StepProps, open: (page: string) => void): Form =>
	useForm(scene, size.width, {
		submit: (answers: Answers) => onEvent({type: 'submitted', answers}),
		guide: () => open('?'),
	});

/** What a person can do here; `approve` takes a yes, and says so where it came too early. */
export function useActs(
	{scene: {sheet}, onEvent, onCopy, onLeave}: StepProps,
	[local, put]: readonly [Local, Put],
	open: Acts['open'],
): Acts {
	const approve = useApprove();
	const {write} = useStdout();
	const copy = (name: string, text: string, next = ''): void =>
		void onCopy(text).then(sure => put({said: {text: `${name} ${copied(sure)}${next}`, tone: 'good'}}));
	return {
		event: onEvent,
		approve: yes => approve(yes, () => put({said: {text: tooEarly, tone: 'dim'}})),
		leave: onLeave,
		open,
		copy: ({label, lines}) =>
			copy(
				label.replace(/^./, it => it.toUpperCase()),
				lines.map(visible).join('\n'),
			),
		write: lines => write(textOf({lines})),
		copyNext: () => {
			const values = sheet.filter(it => it.copy);
			const [it, next] = [0, 1].map(on => values[(local.copies + on) % values.length]);
			put({copies: local.copies + 1});
			if (it) copy(it.label, it.value, next && next !== it ? ` Next: ${next.label}.` : '');
		},
	};
}

/** The spinner's frame, and how long this phase has lasted; nothing moves where something is asked. */
export function useMotion(id: string, busy: boolean): Motion {
	// What is read aloud doesn't move.
	const still = useIsScreenReaderEnabled();
	const {frame, time} = useAnimation({interval: 120, isActive: busy && !still});
	const [since, setSince] = useState({id, time});
	if (since.id !== id) setSince({id, time});
	return {frame, elapsedMs: Math.max(0, time - since.time)};
}
