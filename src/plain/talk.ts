import {createInterface} from 'node:readline';

/** Lines out and lines in. */
export type Talk = {
	say(line: string): void;
	/** The answer to a question, trimmed; undefined when no more lines come. */
	ask(question: string): Promise<string | undefined>;
	close(): void;
};

/** Talks line by line over the given streams; a line that comes before its question waits for it. */
export function talkOver(stdin: NodeJS.ReadableStream, write: (text: string) => void): Talk {
	const lines: string[] = [];
	let waiting: ((line: string | undefined) => void) | undefined;
	let over = false;
	const reader = createInterface({input: stdin, terminal: false});
	reader.on('line', line => {
		if (waiting) waiting(line);
		else lines.push(line);
		waiting = undefined;
	});
	reader.on('close', () => {
		over = true;
		waiting?.(undefined);
		waiting = undefined;
	});
	return {
		say: line => write(`${line}\n`),
		async ask(question) {
			write(`${question} `);
			const line = lines.length > 0 || over ? lines.shift() : await new Promise<string | undefined>(done => (waiting = done));
			// Where no terminal shows what is typed, the answer stands here.
			if (!(stdin as {isTTY?: boolean}).isTTY) write(`${line ?? ''}\n`);
			return line?.trim();
		},
		close: () => reader.close(),
	};
}
