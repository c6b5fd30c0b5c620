import {createRequire} from 'node:module';
import type {Terminal as Screen} from '@xterm/headless';
import {type IPty, spawn} from 'node-pty';

// Its ES module can't be read by Node: its package says CommonJS.
const xterm = createRequire(import.meta.url)('@xterm/headless') as {Terminal: typeof Screen};

export type Size = {readonly columns: number; readonly rows: number};
/** The sizes that the screens are made for. */
export const sizes = {
	wide: {columns: 80, rows: 24},
	narrow: {columns: 60, rows: 15},
	least: {columns: 40, rows: 12},
} as const;
/** What keys send. */
export const keys = {
	enter: '\r',
	escape: '\u001B',
	tab: '\t',
	up: '\u001B[A',
	down: '\u001B[B',
	right: '\u001B[C',
	left: '\u001B[D',
	backspace: '\u007F',
	ctrlC: '\u0003',
	ctrlD: '\u0004',
} as const;
/** How a program ended, and what it left behind in the terminal: nothing, as it should be. */
export type Ended = {readonly code: number; readonly leftBehind: readonly string[]};
type Waiting = {readonly seen: () => boolean; readonly done: () => void; readonly failed: (why: string) => void};
export type Opening = {
	readonly file: string;
	readonly args: readonly string[];
	readonly env: Readonly<Record<string, string>>;
	readonly size?: Size;
};

/** After how long what has not come will not come: on a machine with thirty things to do, what takes a second takes half a minute. */
const patience = Number(process.env['NPS_KMS_TEST_PATIENCE'] ?? 150_000);

/** For how many milliseconds something stands before a key approves it, and none came before that key; with some to spare. */
const [readable, alone, answered] = [650, 250, 1500];

/** A program in a real pseudoterminal, and the screen that shows it. */
export class Terminal {
	/** Every byte that the program wrote. */
	bytes = '';
	readonly buffer: Screen;
	readonly #pty: IPty;
	readonly #waiting = new Set<Waiting>();
	/** When it was written last, and when a key was pressed. */
	#changed = Date.now();
	#pressed = 0;
	readonly #ended: Promise<Ended>;
	#over: Ended | undefined;
	/** Called with what the program writes, as it comes. */
	onWrite: ((text: string) => void) | undefined;

	constructor({file, args, env, size = sizes.wide}: Opening) {
		this.buffer = new xterm.Terminal({cols: size.columns, rows: size.rows, scrollback: 5000, allowProposedApi: true});
		this.#pty = spawn(file, [...args], {
			name: env['TERM'] ?? 'xterm-256color',
			cols: size.columns,
			rows: size.rows,
			env: {...env},
		});
		this.#pty.onData(text => {
			this.bytes += text;
			this.#changed = Date.now();
			this.onWrite?.(text);
			this.buffer.write(text, () => this.#look());
		});
		// What a terminal answers when it is asked, such as where its cursor is.
		this.buffer.onData(text => this.#write(text));
		this.#ended = new Promise(done =>
			this.#pty.onExit(({exitCode, signal}) =>
				this.buffer.write('', () => {
					this.#over = {code: signal ? 1000 + signal : exitCode, leftBehind: leftBehind(this.bytes)};
					done(this.#over);
					this.#look();
				}),
			),
		);
	}

	/** Whether the program has ended. */
	get over(): boolean {
		return this.#over !== undefined;
	}
	get pid(): number {
		return this.#pty.pid;
	}
	/** The screen as it is read: a line that the terminal wrapped is one line. */
	get screen(): string {
		return this.#text(this.buffer.buffer.active.baseY);
	}
	/** The screen and all that was scrolled out of it. */
	get history(): string {
		return this.#text(0);
	}
	#text(from: number): string {
		const {active} = this.buffer.buffer;
		let text = '';
		for (let at = from; at < active.length; at++) {
			const line = active.getLine(at);
			const continued = active.getLine(at + 1)?.isWrapped === true;
			if (line) text += line.translateToString(!continued) + (continued ? '' : '\n');
		}
		return text.trimEnd();
	}

	/** Whether the screen shows these words, over however many lines. */
	shows(words: string): boolean {
		const {screen} = this;
		return screen.includes(words) || screen.replaceAll(/\s+/g, ' ').includes(words);
	}
	/** Waits until the screen shows these words. */
	async sees(words: string): Promise<void> {
		await this.until(() => this.shows(words), `it shows ${words}`);
	}
	/** Waits until the screen doesn't show them any more. */
	async sheds(words: string): Promise<void> {
		await this.until(() => !this.shows(words), `it shows no ${words}`);
	}
	/** Waits until something holds; looks again after whatever is written. */
	async until(seen: () => boolean, what: string): Promise<void> {
		if (seen()) return;
		await new Promise<void>((done, fail) => {
			const end = (act: () => void): void => {
				clearTimeout(timer);
				this.#waiting.delete(it);
				act();
			};
			const failed = (why: string): void => end(() => fail(new Error(`${why} before ${what}:\n${this.history}`)));
			const it: Waiting = {seen, done: () => end(done), failed};
			const timer = setTimeout(() => failed(`${patience / 1000} s went by`), patience);
			this.#waiting.add(it);
			this.#look();
		});
	}
	#look(): void {
		for (const it of this.#waiting) {
			if (it.seen()) it.done();
			else if (this.#over) it.failed(`it ended with ${this.#over.code}`);
		}
	}

	/**
	 * Presses a key that says yes: what it says yes to stands for as long as that takes, and no key came just before. On
	 * a busy machine what is drawn may be counted from later than it is seen: then it is said, and pressed again.
	 */
	async approve(key: keyof typeof keys | (string & {}) = 'enter'): Promise<void> {
		for (;;) {
			await this.#after(() => Math.max(this.#changed + readable, this.#pressed + alone));
			const before = this.bytes.length;
			this.press(key);
			await this.#after(() => (this.bytes.length > before ? 0 : this.#pressed + answered));
			if (this.over || !this.shows('keys typed ahead were dropped')) return;
		}
	}
	/** Whether it comes to that before long. */
	async becomes(good: () => boolean): Promise<boolean> {
		for (const end = Date.now() + 2 * answered; !good(); ) {
			if (Date.now() > end) return false;
			await new Promise(done => setTimeout(done, 50));
		}
		return true;
	}
	/** Waits until that moment, which may move on. */
	async #after(moment: () => number): Promise<void> {
		for (let wait = moment() - Date.now(); wait > 0; wait = moment() - Date.now())
			await new Promise(done => setTimeout(done, Math.min(wait, 50)));
		await new Promise<void>(done => this.buffer.write('', done));
	}
	/** Presses keys, one after the other. */
	press(...pressed: readonly (keyof typeof keys | (string & {}))[]): void {
		for (const it of pressed) this.#write(Object.hasOwn(keys, it) ? keys[it as keyof typeof keys] : it);
	}
	/** Types a text, after taking away that many letters. */
	type(text: string, instead = 0): void {
		this.#write(keys.backspace.repeat(instead) + text);
	}
	/** Pastes as a terminal does that says so (bracketed), or as one that doesn't. */
	paste(text: string, {bracketed = true} = {}): void {
		this.#write(bracketed ? `\u001B[200~${text}\u001B[201~` : text);
	}
	#write(text: string): void {
		this.#pressed = Date.now();
		if (!this.#over) this.#pty.write(text);
	}
	resize({columns, rows}: Size): void {
		this.buffer.resize(columns, rows);
		this.#pty.resize(columns, rows);
	}
	signal(signal: NodeJS.Signals): void {
		this.#pty.kill(signal);
	}

	/** Takes the terminal away, as a closed window does, and waits for the end of the program, told as a shell tells it: a last SIGHUP may kill a process that has ended all it had to. */
	async hangUp(): Promise<number> {
		(this.#pty as IPty & {destroy(): void}).destroy();
		await this.until(() => this.#over !== undefined, 'it ends without its terminal');
		const {code} = await this.#ended;
		return code > 1000 ? 128 + code - 1000 : code;
	}
	/** Waits for the end of the program. */
	async ends(): Promise<Ended> {
		await this.until(() => this.#over !== undefined, 'it ends');
		return this.#ended;
	}
	/** Ends it, however it is. */
	async close(): Promise<void> {
		if (this.#over) return;
		this.#pty.kill('SIGKILL');
		await this.#ended;
		this.buffer.dispose();
	}
}

/** A screen of 80 by 24 that shows what these bytes draw. */
export async function shown(bytes: string): Promise<Screen> {
	const screen = new xterm.Terminal({cols: 80, rows: 24, allowProposedApi: true});
	await new Promise<void>(done => screen.write(bytes, done));
	return screen;
}

/** The last of two switches that the bytes hold, if any. */
const lastOf = (bytes: string, ...switches: readonly string[]): string | undefined =>
	switches.filter(it => bytes.includes(it)).sort((one, other) => bytes.lastIndexOf(other) - bytes.lastIndexOf(one))[0];

/** What a program that wrote these bytes did to the terminal and did not undo. */
export function leftBehind(bytes: string): readonly string[] {
	const on = (mode: number): boolean => lastOf(bytes, `\u001B[?${mode}h`, `\u001B[?${mode}l`) === `\u001B[?${mode}h`;
	return [
		...(bytes.includes('\u001B[3J') ? ['the scrollback is wiped'] : []),
		...(lastOf(bytes, '\u001B[?25h', '\u001B[?25l') === '\u001B[?25l' ? ['the cursor is hidden'] : []),
		...(on(1049) ? ['the alternate screen'] : []),
		...(on(2004) ? ['bracketed paste'] : []),
		...(on(2026) ? ['a frame that is never shown'] : []),
	];
}
