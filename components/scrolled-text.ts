import type {Binding} from './keyboard-hints.js';
import {hintLines} from './keyboard-hints.js';
import {isCompact, type Size} from './theme.js';

/** What is read on a screen, and as far as it is scrolled. */
type Text = {
	readonly lines: number;
	readonly scroll: number;
	readonly size: Size;
	readonly keys: readonly Binding[];
	/** Whether all of it has to be shown before those of its keys that say yes work. */
	readonly whole: boolean;
	/** The first line that wasn't on the screen long enough to be read. */
	readonly seen: number;
	/** What takes room of its own, and isn't read by pages. */
	readonly still: boolean;
	turn(scroll: number): void;
	/** Tells that a page is turned before it could be read. */
	early(): void;
};
/** How much of it there is room for, and the keys that work now. */
export type Reading = {
	readonly room: number;
	readonly hints: number;
	readonly unread: boolean;
	/** What will be the first unread line, once this page could be read; undefined where nothing is read by pages. */
	readonly seen: number | undefined;
	readonly bindings: readonly Binding[];
	readonly moving: readonly Binding[];
};

/** A yes is to what was seen: Enter goes to what wasn't read yet, as long as there is any. */
export function reading({lines, scroll, size, keys, whole, seen, still, turn, early}: Text): Reading {
	const compact = isCompact(size);
	const taken = compact ? 1 : 4;
	const most = compact ? 1 : Math.max(1, size.height - taken - 3);
	const paging = turning(keys, () => (readOn === undefined ? early() : turn(readOn)));
	const hints = Math.min(most, Math.max(...[keys, paging].map(it => hintLines(it, size.width).length)));
	const room = Math.max(1, size.height - taken - hints);
	const long = !still && lines > room;
	const step = Math.max(1, room - 1);
	const last = Math.max(0, lines - step);
	const by = (many: number): void => turn(Math.max(0, Math.min(scroll + many, last)));
	const from = Math.min(scroll, last);
	const shown = from <= seen ? Math.max(seen, from + step) : seen;
	const unread = long && whole && (shown < lines || from < last);
	// A page that didn't stand long enough isn't left; where pages were skipped, the first of them comes next.
	const next = from > seen ? seen : from + step;
	const readOn = from <= seen && seen < shown ? undefined : Math.min(next, last);
	const moving: readonly Binding[] = [
		{key: 'down', run: () => by(1)},
		{key: 'up', run: () => by(-1)},
		{key: 'page down', run: () => by(step)},
		{key: 'page up', run: () => by(-step)},
	];
	return {
		room,
		hints,
		unread,
		seen: long && whole ? shown : undefined,
		bindings: unread ? paging : keys,
		moving: long ? moving : [],
	};
}

/** The same keys, but that Enter shows more, and nothing says yes. */
const turning = (keys: readonly Binding[], run: () => void): readonly Binding[] => [
	{key: 'return', label: 'read on', run},
	...keys.filter(it => it.key !== 'return' && !it.approves),
];
