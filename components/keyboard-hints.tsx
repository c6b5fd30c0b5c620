import {type Key as Stroke, useInput} from 'ink';
import isUnicodeSupported from 'is-unicode-supported';
import type {ReactNode} from 'react';
import type {Key} from '../src/engine/keys.js';
import {Text} from './text.js';
import {wrap} from './wrap.js';

/** Keys that have a name of their own; what is typed as a character is taken from the table of keys. */
export type Named =
	| 'return'
	| 'escape'
	| 'tab'
	| 'shift+tab'
	| 'space'
	| 'up'
	| 'down'
	| 'side'
	| 'page up'
	| 'page down'
	| 'home'
	| 'end'
	/** Heard by Ink's own lists, or everywhere: told only. */
	| '↑↓'
	| '↵'
	| '^C';
/** A key that works now, what it does, and how the hint names it; without a label it works unnamed. */
export type Binding = {
	readonly key: Key | Named;
	readonly label?: string;
	/** It says yes to what is on the screen. */
	readonly approves?: true;
	run(): void;
};

const names: Readonly<Partial<Record<string, string>>> = {
	return: isUnicodeSupported() ? '↵' : 'enter',
	escape: 'esc',
	tab: 'tab',
	up: '↑',
	down: '↓',
	space: 'space',
};
const nameOf = (input: string, key: Stroke): string => {
	if (key.eventType === 'release') return 'none';
	// With another key held, it is another key.
	if (key.return || key.escape) {
		if (key.meta || key.ctrl || key.shift || key.eventType === 'repeat') return 'other';
		return key.return ? 'return' : 'escape';
	}
	if (key.pageDown || key.pageUp) return key.pageDown ? 'page down' : 'page up';
	if (key.home || key.end) return key.home ? 'home' : 'end';
	if (key.tab) return key.shift ? 'shift+tab' : 'tab';
	if (key.upArrow) return 'up';
	if (key.downArrow) return 'down';
	if (key.leftArrow || key.rightArrow) return 'side';
	if (key.ctrl || key.meta || input === '') return 'other';
	return input === ' ' ? 'space' : input;
};

/** Listens for the keys that work now. */
export function useBindings(bindings: readonly Binding[]): void {
	useInput((input, key) => bindings.find(it => it.key === nameOf(input, key))?.run());
}

/** The lines of the hints at that width, at most so many of them. */
export const hintLines = (bindings: readonly Binding[], width: number, most = 4): readonly string[] =>
	wrap(` ${hints(bindings)}`, width).slice(0, Math.max(1, most));
// A hint stays in one piece: its own spaces don't break.
const hint = ({key, label = ''}: Binding): string => `${names[key] ?? key}\u00A0${label.replaceAll(' ', '\u00A0')}`;
const hints = (bindings: readonly Binding[]): string =>
	bindings
		.filter(it => it.label)
		.map(hint)
		.join('   ');
/** The hints of keys that say yes and have no room in those lines. */
export function unnamed(bindings: readonly Binding[], width: number, most: number): readonly string[] {
	const drawn = hintLines(bindings, width, most).join('\n');
	return bindings
		.filter(it => it.approves && it.label)
		.map(hint)
		.filter(it => !drawn.includes(it))
		.map(it => it.replaceAll('\u00A0', ' '));
}

const spokenNames: Readonly<Record<string, string>> = {
	return: 'Enter',
	'↵': 'Enter',
	escape: 'Escape',
	tab: 'Tab',
	up: 'up',
	down: 'down',
	'↑↓': 'up and down',
	'^C': 'Control C',
};
/** The keys as a screen reader tells them. */
const spoken = (bindings: readonly Binding[]): string =>
	`Keys: ${bindings
		.filter(it => it.label)
		.map(it => `${spokenNames[it.key] ?? it.key} ${it.label ?? ''}`)
		.join(', ')}`;

/** The keys that work now, dim, derived from the very bindings. */
export function KeyHints({
	bindings,
	width,
	most,
}: {
	readonly bindings: readonly Binding[];
	readonly width: number;
	readonly most?: number;
}): ReactNode {
	return (
		<Text breaks dimColor aria-label={spoken(bindings)}>
			{hintLines(bindings, width, most).join('\n').replaceAll('\u00A0', ' ')}
		</Text>
	);
}
