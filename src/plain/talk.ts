import {visible} from '../engine/control-characters.js';
import {type Clock, wallClock} from '../keyboard/clock.js';
import {hearGoOn} from '../keyboard/stopping.js';
import {Incoming} from './incoming-lines.js';
import {unseen} from './unseen-line.js';

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
	const incoming = new Incoming(stdin, lines, clock);
	const isTerminal = (stdin as {isTTY?: boolean}).isTTY === true;
	return {
		say: line => write(`${visible(line)}\n`),
		async ask(question, {approves = false} = {}) {
			const put = (): void => write(`${visible(question)} `);
			put();
			// What stands there then is what was done in the shell.
			const forget = isTerminal
				? hearGoOn(() => {
						incoming.again();
						put();
					})
				: undefined;
			const line = await (approves && isTerminal ? incoming.meant(question, write) : incoming.any());
			forget?.();
			// Where no terminal shows what is typed, the answer stands here.
			if (!isTerminal) write(`${visible(line ?? '')}\n`);
			return line?.trim();
		},
		async askUnseen(question) {
			const terminal = stdin as NodeJS.ReadStream;
			// A terminal would show what is typed: for this one answer it doesn't.
			if (!isTerminal || typeof terminal.setRawMode !== 'function' || lines.length > 0) return this.ask(question);
			if (incoming.over) {
				write(`${visible(question)} `);
				return undefined;
			}
			return incoming.apart(() => unseen(terminal, {clock, write, question: visible(question)}));
		},
		close: () => incoming.close(),
	};
}
