import {Box, useInput, useWindowSize} from 'ink';
import {type ReactNode, useMemo, useState} from 'react';
import {type Key, keyOf} from '../src/engine/keys.js';
import {copied} from './copying.js';
import {Fitting} from './fitting.js';
import {type Binding, hintLines, KeyHints, type Named, useBindings} from './keyboard-hints.js';
import {pointedAt, type Row, type RowPlace, rowAt, rowsOf, search} from './pager-rows.js';
import {Rule} from './rule.js';
import {Text} from './text.js';
import TextInput from './text-input.js';
import {Lines, type TextLine} from './text-lines.js';
import {isRoomy} from './theme.js';

type Props = {
	readonly title: string;
	readonly lines: readonly TextLine[];
	/** What must be seen on every screen, such as that nothing here is AWS. */
	readonly banner?: string | undefined;
	/** The key that opened it closes it, too. */
	readonly opener: Key;
	/** What there is to copy. */
	readonly copies: string;
	/** Copies the text; true if it certainly arrived on the clipboard. */
	onCopy(): Promise<boolean>;
	/** Closes it, and writes the text where the terminal keeps it. */
	onWrite(): void;
	onClose(): void;
	/** Ctrl+C. */
	onLeave(): void;
};

/** A long text on a screen of its own, read with all the height there is. */
export default function Pager(props: Props): ReactNode {
	const {columns, rows} = useWindowSize();
	const size = {width: Math.min(80, columns || 80), height: (rows || 24) - 1};
	const [search, put] = useSearch();
	const [said, setSaid] = useState('');
	const {keys, seek} = keysOf(props, [search, put], setSaid);
	const hints = Math.min(hintLines(keys, size.width).length, Math.max(1, size.height - 4));
	const page = useRows(useWrapped(props.lines, size.width), Math.max(1, size.height - hints - 2), () => setSaid(''));
	const find = (): void => {
		const found = seek(page.rows);
		if (found) page.go(rowAt(page.rows, found));
	};
	useInput((input, key) => {
		if (key.ctrl && input === 'c') props.onLeave();
	});
	const roomy = isRoomy(size);
	const finding: Binding = {key: 'return', run: find};
	useBindings(roomy ? (search.typing ? [finding, ...keys] : [...keys, ...page.moving]) : []);
	return (
		<Fitting small={!roomy} width={size.width}>
			<Rule banner={props.banner} width={size.width} />
			<Box flexDirection="column" height={page.room}>
				<Lines lines={marked(page.shown, search.found)} />
			</Box>
			{search.typing ? (
				<Box>
					<Text> Find: </Text>
					<TextInput value={search.word} focus onChange={word => put({word})} />
				</Box>
			) : (
				<Text dimColor wrap="truncate">
					{` ${said || `${props.title} · ${page.position}`}`}
				</Text>
			)}
			<KeyHints bindings={keys} width={size.width} most={hints} />
		</Fitting>
	);
}

/** The word that is searched, whether it is being typed, and where it was found. */
type Search = {
	readonly word: string;
	/** The word before: Enter alone finds it once more. */
	readonly last: string;
	readonly typing: boolean;
	readonly found: RowPlace | undefined;
};
type Searching = readonly [Search, (change: Partial<Search>) => void];
function useSearch(): Searching {
	const [held, setHeld] = useState<Search>({word: '', last: '', typing: false, found: undefined});
	return [held, change => setHeld(now => ({...now, ...change}))];
}
const nowhere: RowPlace = {line: -1, part: 0};

type Keys = {
	readonly keys: readonly Binding[];
	/** The next row that holds the word. */
	seek(rows: readonly Row[]): Row | undefined;
};
/** The keys that work now, moving apart. */
function keysOf(
	{title, opener, copies, onCopy, onWrite, onClose}: Props,
	[{word, last, typing, found}, put]: Searching,
	say: (text: string) => void,
): Keys {
	const seek = (rows: readonly Row[]): Row | undefined => {
		const sought = word || last;
		const next = sought === '' ? undefined : search(rows, sought, (sought === last && found) || nowhere);
		put({typing: false, word: '', last: sought, found: next});
		say(next || sought === '' ? '' : `“${sought}” isn't in it`);
		return next;
	};
	const leaves: Binding = {key: 'escape', label: 'back', run: () => put({typing: false})};
	if (typing) return {keys: [{key: 'return', label: 'find', run: () => undefined}, leaves], seek};
	const copy = (): void => void onCopy().then(sure => say(`${title} ${copied(sure)}`));
	return {
		keys: [
			{key: keyOf('find'), label: found ? 'find more' : 'find', run: () => put({typing: true, word: ''})},
			{key: keyOf('copy'), label: copies, run: copy},
			{key: keyOf('write'), label: 'write above, to copy', run: onWrite},
			{key: 'return', label: 'close', run: onClose},
			{key: 'escape', run: onClose},
			{key: opener, run: onClose},
		],
		seek,
	};
}

type Shown = {
	readonly rows: readonly Row[];
	readonly room: number;
	readonly shown: readonly Row[];
	readonly position: string;
	readonly moving: readonly Binding[];
	go(to: number): void;
};
/** The lines as rows of that width: thousands of them are wrapped once, not at each key. */
const useWrapped = (lines: readonly TextLine[], width: number): readonly Row[] =>
	useMemo(() => rowsOf(lines, width), [lines, width]);
/** The rows that are shown, and the keys that show others; at another width the same line stays at the top. */
function useRows(rows: readonly Row[], room: number, turned: () => void): Shown {
	const [top, setTop] = useState<RowPlace>({line: 0, part: 0});
	const last = Math.max(0, rows.length - room);
	const from = Math.min(rowAt(rows, top), last);
	const go = (to: number): void => {
		const row = rows[Math.max(0, Math.min(to, last))];
		if (row) setTop(row);
		turned();
	};
	const keys: readonly (readonly [Named, number])[] = [
		['up', from - 1],
		['down', from + 1],
		['page up', from - room],
		['page down', from + room],
		['space', from + room],
		['home', 0],
		['end', last],
	];
	return {
		rows,
		room,
		shown: rows.slice(from, from + room),
		position:
			rows.length <= room
				? `all ${rows.length} lines`
				: `lines ${from + 1}-${from + room} of ${rows.length}, PgUp and PgDn turn the page`,
		moving: keys.map(([key, to]) => ({key, run: () => go(to)})),
		go,
	};
}

/** The row that was found stands out by a glyph as well. */
const marked = (rows: readonly Row[], found: RowPlace | undefined): readonly TextLine[] =>
	rows.map(it =>
		found && it.line === found.line && it.part === found.part
			? {...it, text: pointedAt(it.text), tone: 'accent', bold: true}
			: it,
	);
