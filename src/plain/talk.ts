import {createInterface} from 'node:readline';

/** Lines out and lines in. */
export type Talk = {
	say(line: string): void;
	/** The answer to a question, trimmed; undefined when no more lines come. */
	ask(question: string): Promise<string | undefined>;
	/** The same without showing what is typed, where a terminal would show it. */
	askUnseen(question: string): Promise<string | undefined>;
	close(): void;
};

/** How many lines may wait for their questions. */
const plenty = 1000;

/**
 * Talks line by line over the given streams; a line that comes before its question waits for it, in `lines`, where the
 * next talk finds it.
 */
export function talkOver(stdin: NodeJS.ReadableStream, write: (text: string) => void, lines: string[] = []): Talk {
	let waiting: ((line: string | undefined) => void) | undefined;
	let over = false;
	const reader = createInterface({input: stdin, terminal: false});
	reader.on('line', line => {
		if (waiting) waiting(line);
		else lines.push(line);
		waiting = undefined;
		// Answers may be made without end, as by yes: what is far ahead waits where it comes from.
		if (lines.length > plenty && !over) reader.pause();
	});
	// A terminal that is gone may say so by an error: no more lines come.
	reader.on('error', () => reader.close());
	reader.on('close', () => {
		over = true;
		waiting?.(undefined);
		waiting = undefined;
	});
	return {
		say: line => write(`${line}\n`),
		async ask(question) {
			write(`${question} `);
			if (lines.length <= plenty && !over) reader.resume();
			const line =
				lines.length > 0 || over ? lines.shift() : await new Promise<string | undefined>(done => (waiting = done));
			// Where no terminal shows what is typed, the answer stands here.
			if (!(stdin as {isTTY?: boolean}).isTTY) write(`${line ?? ''}\n`);
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
				const line = await new Promise<string | undefined>(done => (waiting = done));
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
