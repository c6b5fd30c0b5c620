import {useState} from 'react';
import {usePage} from './keyboard.js';
import {type Binding, hintLines, unnamed} from './keyboard-hints.js';
import {type TextLine, windowOf, wrapped} from './text-lines.js';
import {isCompact, isRoomy, type Size} from './theme.js';

/** What is read on a screen. */
type Text = {
	/** Another text is read from its beginning. */
	readonly id: string;
	readonly lines: readonly TextLine[];
	/** What was just done: told below it, or instead of it where there is no room, until a page is turned. */
	readonly said?: readonly TextLine[];
	readonly size: Size;
	/** How many lines what stands around it takes, its keys apart. */
	readonly taken: number;
	readonly keys: readonly Binding[];
	/** Whether all of it has to be shown before those of its keys that say yes work. */
	readonly whole: boolean;
	/** A form that is asked below it: how many lines it takes at least, and the keys that work while it isn't drawn. */
	readonly form?: {readonly lines: number; readonly keys: readonly Binding[]} | undefined;
	/** A page is turned. */
	turned(): void;
	/** Tells that a page is turned before it could be read. */
	early(): void;
};
/** How far it is read: as far as it is scrolled, and the first line that wasn't read yet, at that width. */
type Place = {readonly id: string; readonly scroll: number; readonly seen: number; readonly width: number};
/** What there is room for, and the keys that work now. */
export type Reading = {
	readonly lines: readonly TextLine[];
	readonly room: number;
	readonly hints: number;
	/** The form is asked. */
	readonly asks: boolean;
	readonly unread: boolean;
	readonly bindings: readonly Binding[];
	readonly moving: readonly Binding[];
};

/**
 * A yes is to what was seen: where a text has no room, Enter goes to what of it wasn't read yet, as long as there is
 * any, and only then to what is asked.
 */
export function useReading(text: Text): Reading {
	const [held, setHeld] = useState<Place>({id: text.id, scroll: 0, seen: 0, width: text.size.width});
	const {id, size, turned} = text;
	const place = held.id === id ? held : {id, scroll: 0, seen: 0, width: size.width};
	const seen = place.width === size.width ? place.seen : 0;
	const turn = (scroll: number): void => {
		setHeld({...place, scroll});
		turned();
	};
	const {page, ...reading} = pagesOf(text, {scroll: place.scroll, seen}, turn);
	usePage(page && `${id} ${size.width} ${page.seen}`, () => page && setHeld({...place, ...page, width: size.width}));
	return reading;
}

type Read = Pick<Place, 'scroll' | 'seen'>;
function pagesOf(
	{lines: given, said = [], size, taken, keys, whole, form, early}: Text,
	{scroll, seen}: Read,
	turn: (scroll: number) => void,
): Reading & {readonly page: Read | undefined} {
	const paging = turning(form?.keys ?? keys, () => (next === undefined ? early() : turn(next)));
	const most = isCompact(size) ? 1 : Math.max(1, size.height - taken - 3);
	const hints = Math.min(most, Math.max(...[keys, paging].map(it => hintLines(it, size.width).length)));
	const room = Math.max(1, size.height - taken - hints);
	// A key that says yes is named: where its hint has no room, its name is read with the rest.
	const names = unnamed(keys, size.width, hints).map(text => ({text: `   ${text}`}));
	const lines = [...given, ...wrapped(names, size.width)];
	const all = lines.length;
	const fits = all + (form?.lines ?? 0) <= room;
	const step = all <= room ? all : Math.max(1, room - 1);
	const end = Math.max(0, all - step);
	const asks = form !== undefined && (!whole || fits || (scroll >= all && seen >= all));
	// A form is the last page, once all before it was read.
	const last = form && whole && seen >= all ? all : end;
	const from = Math.min(scroll, last);
	const covered = said.length > 0 && all + said.length > room;
	const shown = !covered && from <= seen ? Math.max(seen, Math.min(from + step, all)) : seen;
	const turns = !fits && !asks && (form !== undefined || shown < all || from < last);
	const unread = whole && (covered ? seen < all : turns);
	// A page that didn't stand long enough isn't left; where pages were skipped, the first of them comes next.
	const onward = seen < shown ? undefined : Math.min(from > seen ? seen : from + step, last);
	const next = covered ? from : onward;
	const by = (many: number): void => turn(Math.max(0, Math.min(from + many, end)));
	const moving: readonly Binding[] = [
		{key: 'down', run: () => by(1)},
		{key: 'up', run: () => by(-1)},
		{key: 'page down', run: () => by(step)},
		{key: 'page up', run: () => by(-step)},
	];
	return {
		lines: covered ? said.slice(0, room) : [...(asks ? lines : windowOf(lines, room, from)), ...said],
		room,
		hints,
		asks,
		unread,
		// What was read beside its form needn't be read again where that takes more room.
		page: whole && isRoomy(size) && seen < shown ? {seen: shown, scroll: asks ? all : scroll} : undefined,
		bindings: unread ? paging : keys,
		moving: fits || (asks && !whole) ? [] : asks ? moving.slice(3) : moving,
	};
}

/** The same keys, but that Enter shows more, and nothing says yes. */
const turning = (keys: readonly Binding[], run: () => void): readonly Binding[] => [
	{key: 'return', label: 'read on', run},
	...keys.filter(it => it.key !== 'return' && !it.approves),
];
