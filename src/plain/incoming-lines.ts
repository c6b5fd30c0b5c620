import {createInterface, type Interface} from 'node:readline';
import {Approval, tooEarly} from '../keyboard/approval.js';
import type {Clock} from '../keyboard/clock.js';

type Waiting = (line: string | undefined) => void;

/** How many lines may wait for their questions. */
const plenty = 1000;
/** After how many milliseconds without a line it is told that some were dropped. */
const quiet = 200;

/** The lines that come in; those that nobody asked for yet wait in `lines`. */
export class Incoming {
	#waiting: Waiting | undefined;
	#reader: Interface | undefined;
	readonly #approval: Approval;
	/** No more lines come. */
	over = false;

	constructor(
		readonly stdin: NodeJS.ReadableStream & {readonly destroyed?: boolean},
		readonly lines: string[],
		readonly clock: Clock,
	) {
		this.#approval = new Approval(clock);
		this.#reader = this.#listen();
	}

	#listen(): Interface {
		const reader = createInterface({input: this.stdin, terminal: false});
		reader.on('line', line => {
			this.#approval.heard();
			if (this.#waiting) this.#waiting(line);
			else this.lines.push(line);
			// Answers may be made without end, as by yes: what is far ahead waits where it comes from.
			if (this.lines.length > plenty && !this.over) reader.pause();
		});
		// A terminal that is gone may say so by an error: no more lines come.
		reader.on('error', () => reader.close());
		reader.on('close', () => {
			if (this.#reader !== reader) return;
			this.over = true;
			this.#waiting?.(undefined);
		});
		// What was gone before says nothing of it any more.
		if (this.stdin.destroyed) queueMicrotask(() => reader.close());
		return reader;
	}

	/** What is read otherwise meanwhile is no line. */
	async apart(read: () => Promise<string | undefined>): Promise<string | undefined> {
		const before = this.#reader;
		this.#reader = undefined;
		before?.close();
		this.stdin.resume();
		const line = await read();
		this.#reader = this.#listen();
		if (line === undefined) this.#reader.close();
		return line;
	}

	/** The next line; undefined when none comes any more. */
	async any(): Promise<string | undefined> {
		if (this.lines.length <= plenty && !this.over) this.#reader?.resume();
		if (this.lines.length > 0 || this.over) return this.lines.shift();
		return this.#next((line, done) => done(line));
	}

	/** What is asked was gone from the screen meanwhile, and is written again. */
	again(): void {
		this.#approval.again();
	}

	/** The next line that was typed after its question could be read; what came before is dropped, and that is told. */
	async meant(question: string, write: (text: string) => void): Promise<string | undefined> {
		if (this.over) return undefined;
		let told = (): void => undefined;
		const early = (): void => {
			told();
			told = this.clock.after(quiet, () => write(`${tooEarly}\n${question} `));
		};
		if (this.lines.splice(0).length > 0) early();
		this.#reader?.resume();
		this.#approval.stands(question);
		try {
			return await this.#next((line, done) => this.#approval.give(() => done(line), early));
		} finally {
			this.#approval.stands(undefined);
			told();
		}
	}

	/** The next line that somebody takes; what isn't taken is waited past. */
	#next(take: (line: string, done: Waiting) => void): Promise<string | undefined> {
		return new Promise(resolve => {
			const done: Waiting = line => {
				this.#waiting = undefined;
				resolve(line);
			};
			this.#waiting = line => (line === undefined ? done(line) : take(line, done));
		});
	}

	close(): void {
		this.#reader?.close();
	}
}
