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
import type {Motion} from './phase-lines.js';
import type {Acts} from './step-bindings.js';
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
	onLeave(): void;
};
/** What the screen keeps for one question. */
export type Local = {
	readonly overlay: string | undefined;
	readonly scroll: number;
	/** The first line that wasn't read yet, at that width. */
	readonly seen: {readonly line: number; readonly width: number};
	readonly typed: string;
	readonly said: {readonly text: string; readonly tone: Tone};
	readonly copies: number;
};
/** Nothing was said. */
export const silent = {text: '', tone: 'good'} as const;
const fresh: Local = {overlay: undefined, scroll: 0, seen: {line: 0, width: 0}, typed: '', said: silent, copies: 0};
type Put = (change: Partial<Local>) => void;

/** What the screen keeps for one question: gone with the next. */
export function useLocal(id: string): readonly [Local, Put] {
	const [held, setHeld] = useState<Local & {readonly id: string}>({...fresh, id: ''});
	const put = (change: Partial<Local>): void => setHeld(now => ({...(now.id === id ? now : fresh), ...change, id}));
	return [held.id === id ? held : fresh, put];
}

/** The form of a screen, whose guide opens over it. */
export const useStepForm = ({scene, size, onEvent}: StepProps, put: Put): Form =>
	useForm(scene, size.width, {
		submit: (answers: Answers) => onEvent({type: 'submitted', answers}),
		guide: () => put({...fresh, overlay: '?'}),
	});

/** What a person can do here; `approve` takes a yes, and says so where it came too early. */
export function useActs(
	{scene: {sheet}, onEvent, onCopy, onLeave}: StepProps,
	[local, put]: readonly [Local, Put],
): Acts {
	const approve = useApprove();
	const {write} = useStdout();
	const copy = (name: string, text: string): void =>
		void onCopy(text).then(sure => put({said: {text: `${name} ${copied(sure)}`, tone: 'good'}}));
	return {
		event: onEvent,
		approve: yes => approve(yes, () => put({said: {text: tooEarly, tone: 'dim'}})),
		leave: onLeave,
		open: overlay => put({...fresh, overlay}),
		copy: ({label, lines}) =>
			copy(
				label.replace(/^./, it => it.toUpperCase()),
				lines.map(visible).join('\n'),
			),
		// Past the frame, the terminal wraps a line softly and copies it whole.
		write: lines => write(`${lines.map(visible).join('\n')}\n`),
		copyNext: () => {
			const values = sheet.filter(it => it.copy);
			const it = values[local.copies % values.length];
			put({copies: local.copies + 1});
			if (it) copy(it.label, it.value);
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
