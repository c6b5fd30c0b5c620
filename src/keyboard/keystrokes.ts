import {type Clock, wallClock} from './clock.js';
import {escapeKey, isAnswerBegun, otherKey, sequenceIn} from './sequences.js';

const esc = '\u001B';
const [begin, end] = [`${esc}[200~`, `${esc}[201~`];
/** Text until something else comes; a line's end belongs to it. */
const run = /^[^\u001B\u007F\b\u0003]+/u;

/** The end of a paste, as far as it came. */
const cutEnd = /\u001B(?:\[(?:2(?:0(?:1)?)?)?)?$/;

/** How long, in milliseconds, what isn't whole is waited for. */
const patience = {escape: 50, sequence: 150, answer: 500, paste: 500};

/** A paste as it is handed on. */
export const pasted = (text: string): string => `${begin}${text}${end}`;
/** The text of a paste; undefined where it is a key. */
export const pasteOf = (stroke: string): string | undefined =>
	stroke.startsWith(begin) ? stroke.slice(begin.length, -end.length) : undefined;

/**
 * What a terminal sends, in strokes: a key, a text typed at once, or a paste. A sequence is handed on only whole; what
 * the terminal tells by itself, and keys that are let go, are nothing.
 */
export class Keystrokes {
	#rest = '';
	/** How long the rest is waited for; 0 where there is none. */
	get waits(): number {
		if (this.#rest === '') return 0;
		if (this.#rest === esc) return patience.escape;
		if (this.#rest.startsWith(begin)) return patience.paste;
		return isAnswerBegun(this.#rest) ? patience.answer : patience.sequence;
	}

	/** The strokes that are whole by now. */
	push(chunk: string): readonly string[] {
		// Ctrl+C works in the middle of whatever came before.
		if (/^\u0003+$/.test(chunk)) return [...this.flush(), ...Array.from(chunk)];
		const strokes: string[] = [];
		let text = this.#rest + chunk;
		this.#rest = '';
		while (text !== '') {
			const [length, ...found] = strokesAt(text);
			if (length === 0) break;
			strokes.push(...found);
			text = text.slice(length);
		}
		this.#rest = text;
		return strokes;
	}

	/** What waited for its end, now that none comes: a paste as far as it came, Escape, or a key that isn't known. */
	flush(): readonly string[] {
		const rest = this.#rest;
		this.#rest = '';
		if (rest === '' || isAnswerBegun(rest)) return [];
		if (rest.startsWith(begin)) {
			const [text = '', leaving = ''] = rest.slice(begin.length).split(/(\u0003+)$/);
			return [pasted(text.replace(cutEnd, '')), ...Array.from(leaving)];
		}
		return [rest === esc ? escapeKey : otherKey];
	}
}

/** What a text begins with: how many letters of it, and the strokes they are; 0 as long as it isn't whole. */
function strokesAt(text: string): readonly [number, ...string[]] {
	if (text.startsWith(begin)) {
		const at = text.indexOf(end);
		return at < 0 ? [0] : [at + end.length, pasted(text.slice(begin.length, at))];
	}
	if (text.startsWith(end)) return [end.length];
	if (text.startsWith(esc)) {
		const read = sequenceIn(text);
		return read ? [read.length, ...(read.key === undefined ? [] : [read.key])] : [0];
	}
	const typed = run.exec(text)?.[0] ?? text.slice(0, 1);
	// The end of a paste that was given up.
	if (text.startsWith(end, typed.length)) return [typed.length + end.length, pasted(typed)];
	return [typed.length, ...keysOf(typed)];
}

/**
 * The keys of a text. One with a line's end in it is a paste that nothing marks: it stays whole, and its line's end is
 * no Enter.
 */
function keysOf(text: string): readonly string[] {
	if (text === '\n') return [otherKey];
	if (/[\r\n]/.test(text) && /[^\p{Cc}]|\n/u.test(text)) return [pasted(text)];
	return text.split(/([\p{Cc}])/u).filter(Boolean);
}

/**
 * The same input, read one stroke at a time: over a slow line several come at once, and each must find what the one
 * before it came to.
 */
export function oneByOne(stdin: NodeJS.ReadStream, clock: Clock = wallClock): NodeJS.ReadStream {
	const keystrokes = new Keystrokes();
	const left: string[] = [];
	let busy = false;
	let forget = (): void => undefined;
	const wake = (): void => void stdin.emit('readable');
	const take = (): boolean => {
		const read = (): string | undefined => (stdin.read() as Buffer | string | null)?.toString();
		let chunk = read();
		if (chunk === undefined) return false;
		// A terminal is read on only once it was found empty: else what is no key would be the last that comes.
		for (; chunk !== undefined; chunk = read()) left.push(...keystrokes.push(chunk));
		forget();
		if (keystrokes.waits > 0)
			forget = clock.after(keystrokes.waits, () => {
				// What came meanwhile may be the end of it.
				if (!take()) left.push(...keystrokes.flush());
				wake();
			});
		return true;
	};
	const read = (): string | null => {
		if (busy) return null;
		if (left.length === 0) take();
		const key = left.shift() ?? null;
		if (key !== null) {
			busy = true;
			// By then all that follows from it is done and drawn.
			setImmediate(() => {
				busy = false;
				wake();
			});
		}
		return key;
	};
	return new Proxy(stdin, {
		get(target, name) {
			if (name === 'read') return read;
			const it: unknown = Reflect.get(target, name, target);
			return typeof it === 'function' ? it.bind(target) : it;
		},
	});
}
