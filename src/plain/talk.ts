import {createInterface} from 'node:readline';
import {Approval, tooEarly} from '../keyboard/approval.js';
import {type Clock, wallClock} from '../keyboard/clock.js';

/** Lines out and lines in. */
export type Talk = {
	say(line: string): void;
	/**
	 * The answer to a question, trimmed; undefined when no more lines come. One that `approves` something is, on a
	 * terminal, only a line that was typed after the question could be read.
	 */
	ask(question: string, how?: {readonly approves?: boolean}): Promise<string | undefined>;
	/** The same without showing what is typed, where a terminal would show it. */
	askUnseen(question: string): Promise<string | undefined>;
	close(): void;
};

type Waiting = (line: string | undefined) => void;

/** How many lines may wait for their questions. */
const plenty = 1000;
/** After how many milliseconds without a line it is told that some were dropped. */
const quiet = 200;

/**
 * Talks line by line over the given streams; a line that comes before its question waits for it, in `lines`, where the
 * next talk finds it.
 */
export function talkOver(
	stdin: NodeJS.ReadableStream,
	write: (text: string) => void,
	lines: string[] = [],
	clock: Clock = wallClock,
): Talk {
	let waiting: Waiting | undefined;
	let over = false;
	const approval = new Approval(clock);
	const isTerminal = (stdin as {isTTY?: boolean}).isTTY === true;
	const reader = createInterface({input: stdin, terminal: false});
	reader.on('line', line => {
		approval.heard();
		if (waiting) waiting(line);
		else lines.push(line);
		// Answers may be made without end, as by yes: what is far ahead waits where it comes from.
		if (lines.length > plenty && !over) reader.pause();
	});
	// A terminal that is gone may say so by an error: no more lines come.
	reader.on('error', () => reader.close());
	reader.on('close', () => {
		over = true;
		waiting?.(undefined);
	});
	/** The next line that somebody takes; what isn't taken is waited past. */
	const next = (take: (line: string, done: Waiting) => void): Promise<string | undefined> =>
		new Promise(resolve => {
			const done: Waiting = line => {
				waiting = undefined;
				resolve(line);
			};
			waiting = line => (line === undefined ? done(line) : take(line, done));
		});
	const any = (): Promise<string | undefined> => next((line, done) => done(line));
	/** A line that was typed after its question was read. */
	const meant = async (question: string): Promise<string | undefined> => {
		let told = (): void => undefined;
		const early = (): void => {
			told();
			told = clock.after(quiet, () => write(`${tooEarly}\n${question} `));
		};
		if (lines.splice(0).length > 0) early();
		approval.stands(question);
		try {
			return await next((line, done) => approval.give(() => done(line), early));
		} finally {
			approval.stands(undefined);
			told();
		}
	};
	return {
		say: line => write(`${line}\n`),
		async ask(question, {approves = false} = {}) {
			write(`${question} `);
			if (lines.length <= plenty && !over) reader.resume();
			if (approves && isTerminal && !over) return (await meant(question))?.trim();
			const line = lines.length > 0 || over ? lines.shift() : await any();
			// Where no terminal shows what is typed, the answer stands here.
			if (!isTerminal) write(`${line ?? ''}\n`);
			return line?.trim();
		},
		async askUnseen(question) {
			const terminal = stdin as Partial<NodeJS.ReadStream>;
			// A terminal would show what is typed: for this one answer it doesn't.
			if (!terminal.isTTY || !terminal.setRawMode || lines.length > 0) return this.ask(question);
			write(`${question} `);
			if (over) return undefined;
			terminal.setRawMode(true);
			// Raw, Ctrl+C is a letter: it is made the signal that it stands for.
			const leave = (keys: Buffer): void => void (keys.includes(3) && process.kill(process.pid, 'SIGINT'));
			stdin.on('data', leave);
			try {
				const line = await any();
				return line && typedOf(line);
			} finally {
				stdin.off('data', leave);
				terminal.setRawMode(false);
				write('\n');
			}
		},
		close: () => reader.close(),
	};
}

/** What was meant by the keys of an unseen line: a backspace takes the letter before it. */
function typedOf(keys: string): string {
	let typed = '';
	for (const it of keys) typed = it === '\u007F' || it === '\b' ? typed.slice(0, -1) : typed + it;
	return typed.trim();
}
