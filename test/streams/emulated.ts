import {EventEmitter} from 'node:events';
import {createRequire} from 'node:module';
import {PassThrough} from 'node:stream';
import type {Terminal as Screen} from '@xterm/headless';
import {vi} from 'vitest';
import type {Size} from '../terminal/terminal.js';

const xterm = createRequire(import.meta.url)('@xterm/headless') as {Terminal: typeof Screen};
type Core = {readonly _core: {writeSync(text: string): void}};

/** What stood on the screen from a moment on. */
export type Shown = {readonly at: number; readonly text: string};

/**
 * A terminal in this process, in which time passes only when it is told to: a screen that shows at once what is
 * written, and a keyboard.
 */
export class Emulated {
	/** Every byte that was written. */
	bytes = '';
	/** What the screen showed, one after the other. */
	readonly shown: Shown[] = [];
	readonly buffer: Screen;
	readonly stdin: NodeJS.ReadStream;
	readonly stdout: NodeJS.WriteStream;
	raw = false;
	#written = 0;

	constructor({columns, rows}: Size) {
		this.buffer = new xterm.Terminal({
			cols: columns,
			rows,
			scrollback: 500,
			allowProposedApi: true,
			logLevel: 'off',
			convertEol: true,
		});
		// As Node reads a terminal: on only once it was found empty.
		const stdin = new PassThrough({readableHighWaterMark: 0});
		stdin.setEncoding('utf8');
		const mine = {isTTY: true, ref: () => stdin, unref: () => stdin, setRawMode: (on: boolean) => this.#setRaw(on)};
		this.stdin = Object.assign(stdin, mine) as unknown as NodeJS.ReadStream;
		const write = (text: string, ...more: unknown[]): boolean => this.#write(text, more);
		const out = Object.assign(new EventEmitter(), {isTTY: true, columns, rows, writable: true, write});
		this.stdout = out as unknown as NodeJS.WriteStream;
	}

	/** In milliseconds since the beginning. */
	get now(): number {
		return Date.now();
	}
	/** The lines of the screen as they are read. */
	get screen(): string {
		const {active} = this.buffer.buffer;
		const lines: string[] = [];
		for (let at = active.baseY; at < active.baseY + this.buffer.rows; at++)
			lines.push(active.getLine(at)?.translateToString(true) ?? '');
		return lines.join('\n').trimEnd();
	}
	/** All cells there are, of both screens, those scrolled out included, line by line. */
	get cells(): string {
		const {active, normal, alternate} = this.buffer.buffer;
		return [active, normal, alternate]
			.map(it => Array.from({length: it.length}, (_, at) => it.getLine(at)?.translateToString(false) ?? '').join(''))
			.join('\n');
	}
	/** Sends what a keyboard or a terminal sends, in one piece. */
	send(text: string): void {
		(this.stdin as unknown as PassThrough).write(text);
	}
	resize({columns, rows}: Size): void {
		this.buffer.resize(columns, rows);
		Object.assign(this.stdout, {columns, rows});
		this.#look();
		this.stdout.emit('resize');
	}

	/** Lets so many milliseconds pass, and all happen that is due. */
	async pass(ms: number): Promise<void> {
		for (let left = ms; left > 0; left -= step) {
			vi.advanceTimersByTime(Math.min(step, left));
			await this.settle();
		}
	}
	/** All that is due at this moment happens. */
	async settle(): Promise<void> {
		for (let quiet = 0; quiet < 6; quiet++) {
			const before = this.#written;
			await new Promise(done => setImmediate(done));
			if (this.#written > before) quiet = 0;
		}
	}

	#write(text: string, more: readonly unknown[]): boolean {
		this.bytes += text;
		this.#written++;
		(this.buffer as unknown as Core)._core.writeSync(text);
		this.#look();
		const done = more.at(-1);
		if (typeof done === 'function') setImmediate(() => (done as () => void)());
		return true;
	}
	#look(): void {
		const {screen} = this;
		if (this.shown.at(-1)?.text !== screen) this.shown.push({at: this.now, text: screen});
	}
	#setRaw(on: boolean): unknown {
		this.raw = on;
		return this.stdin;
	}
}
const step = 25;
