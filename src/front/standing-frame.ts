import {stripVTControlCharacters} from 'node:util';
import {columnsOf} from '../../components/wrap.js';

const esc = '\u001B';

export type Room = {readonly columns: number; readonly rows: number};
/** Where the cursor of the terminal stands: so many lines above the end of the frame, in that column. */
type Caret = {readonly up: number; readonly column: number};

/** What puts the cursor to where it is typed, at the end of a frame; and what erases lines. */
const puts = new RegExp(String.raw`(?:${esc}\[(\d+)A)?${esc}\[(\d+)G${esc}\[\?25h$`);
const rubs = new RegExp(String.raw`${esc}\[\d?[JK]`);

/** How many rows a line takes; an empty one takes one. */
const rowsOf = (line: string, columns: number): number => Math.max(1, Math.ceil(columnsOf(line) / columns));
const sum = (lines: readonly string[], columns: number): number =>
	lines.reduce((rows, it) => rows + rowsOf(it, columns), 0);

/**
 * The frame that stands on a terminal, told from what is written to it. Ink erases as many rows as it drew lines, but
 * most terminals break the lines of a frame anew when they get narrow, keep what then scrolls out, and fetch it back
 * when they get large again.
 */
export class Frame {
	#lines: readonly string[] = [];
	#caret: Caret = {up: 0, column: 0};
	#size: Room;
	/** Once some of a frame may have scrolled out: how high a screen may get without fetching it back. */
	#clean = Number.POSITIVE_INFINITY;

	constructor(
		size: Room,
		readonly how: Breaking,
	) {
		this.#size = size;
	}

	/** Whether there is one. */
	get stands(): boolean {
		return this.#lines.length > 0;
	}

	/** Hears what is written: a frame, where the cursor is put to, or that the frame is erased. */
	hear(text: string): void {
		const words = stripVTControlCharacters(text);
		const put = puts.exec(text);
		const erases = rubs.test(text);
		if (words !== '') this.#lines = words.split('\n');
		else if (!put && erases) this.#lines = [];
		else if (!put) return;
		this.#caret = {up: Number(put?.[1] ?? 0), column: Number(put?.[2] ?? 1) - 1};
	}

	/**
	 * How many rows above those that Ink counts are the frame's too, now that the terminal has that size; or all of the
	 * screen, where what scrolled out may have come back. Told is what stands above the frame then.
	 */
	resized(size: Room, above: readonly string[]): number | 'all' {
		const {columns, rows} = size;
		const larger = columns > this.#size.columns || rows > this.#size.rows;
		this.#size = size;
		if (larger && rows > this.#clean) {
			this.#clean = sum([...above, ...this.#lines], columns) > rows ? 0 : rows;
			return 'all';
		}
		if (this.how === 'none') return 0;
		const last = this.#lines.length - 1;
		const counted = Math.max(0, last - this.#caret.up);
		if (sum(this.#lines, columns) > rows) this.#clean = 0;
		const moving = this.how === 'all' ? last : counted;
		return sum(this.#lines.slice(0, moving), columns) - moving + Math.floor(this.#caret.column / columns);
	}
}

/** A stream over a terminal, of which every frame is heard. */
export const heardFrames = (stream: NodeJS.WriteStream, frame: Frame): NodeJS.WriteStream =>
	new Proxy(stream, {
		get(target, name) {
			const it: unknown = Reflect.get(target, name, target);
			if (typeof it !== 'function') return it;
			if (name !== 'write') return it.bind(target);
			return (text: unknown, ...more: unknown[]): unknown => {
				if (typeof text === 'string') frame.hear(text);
				return it.call(target, text, ...more);
			};
		},
	});

/**
 * Which lines move the cursor down when a terminal that gets narrow breaks them: those above it, all of them, or none,
 * where lines are left as they are.
 */
type Breaking = 'above' | 'all' | 'none';
/** How a terminal breaks its lines, as far as its names tell. */
export function breakingOf({TERM = '', TERM_PROGRAM, TMUX, XTERM_VERSION, STY}: NodeJS.ProcessEnv): Breaking {
	if (TMUX) return 'above';
	if (XTERM_VERSION !== undefined || STY !== undefined || /^(linux|rxvt|putty|cygwin)/.test(TERM)) return 'none';
	return TERM_PROGRAM === 'vscode' ? 'all' : 'above';
}
