import type {Binding} from './key-hints.js';
import {hintLines} from './key-hints.js';
import {isCompact, type Size} from './theme.js';

/** What is read on a screen, and as far as it is scrolled. */
type Text = {
	readonly lines: number;
	readonly scroll: number;
	readonly size: Size;
	readonly keys: readonly Binding[];
	/** Whether all of it has to be shown before those of its keys that say yes work. */
	readonly whole: boolean;
	/** What takes room of its own, and isn't read by pages. */
	readonly still: boolean;
	turn(scroll: number): void;
};
/** How much of it there is room for, and the keys that work now. */
export type Reading = {
	readonly room: number;
	readonly hints: number;
	readonly unread: boolean;
	readonly bindings: readonly Binding[];
	readonly moving: readonly Binding[];
};

/** A yes is to what was seen: Enter turns the page as long as there is more. */
export function reading({lines, scroll, size, keys, whole, still, turn}: Text): Reading {
	const compact = isCompact(size);
	const taken = compact ? 1 : 4;
	const most = compact ? 1 : Math.max(1, size.height - taken - 3);
	const paging = turning(keys, () => by(step));
	const hints = Math.min(most, Math.max(...[keys, paging].map(it => hintLines(it, size.width).length)));
	const room = Math.max(1, size.height - taken - hints);
	const long = !still && lines > room;
	const step = Math.max(1, room - 1);
	const last = Math.max(0, lines - step);
	const by = (many: number): void => turn(Math.max(0, Math.min(scroll + many, last)));
	const unread = long && whole && scroll < last;
	const moving: readonly Binding[] = [
		{key: 'down', run: () => by(1)},
		{key: 'up', run: () => by(-1)},
		{key: 'page down', run: () => by(step)},
		{key: 'page up', run: () => by(-step)},
	];
	return {room, hints, unread, bindings: unread ? paging : keys, moving: long ? moving : []};
}

/** The same keys, but that Enter shows more, and nothing says yes. */
const turning = (keys: readonly Binding[], run: () => void): readonly Binding[] => [
	{key: 'return', label: 'read on', run},
	...keys.filter(it => it.key !== 'return' && !it.approves),
];
