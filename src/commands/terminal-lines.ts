import {drawsAsciiOnly, inAscii} from '../front/ascii.js';
import {isGone} from '../run/hang-up.js';

/** Lines to the two outputs of the process. */
export type TerminalLines = {
	out(line: string): void;
	err(line: string): void;
	/** A text without an end of line. */
	write(text: string): void;
	/** From then on, lines break between words: the first ones are short, and what breaks them isn't loaded for them. */
	foldable(): Promise<void>;
};
type Outputs = {readonly stdout: NodeJS.WriteStream; readonly stderr: NodeJS.WriteStream};

/**
 * Lines as this terminal shows them. What is longer than a line stays in one piece, to be copied whole; what is for
 * programs and shells stays as it is.
 */
export function linesOn({stdout, stderr}: Outputs, env: NodeJS.ProcessEnv): TerminalLines {
	for (const stream of [stdout, stderr]) stream.on('error', unlessGone);
	let folded = (line: string, _columns: number): string => line;
	const forPeople = ({isTTY, columns}: NodeJS.WriteStream, line: string): string =>
		isTTY && !/^[{#]/.test(line) ? folded(line, columns || 80) : line;
	const drawn = (text: string): string => (drawsAsciiOnly(env) ? inAscii(text) : text);
	const write = (text: string): void => void stdout.write(text.startsWith('{') ? text : drawn(text));
	return {
		write,
		out: line => write(`${forPeople(stdout, line)}\n`),
		err: line => void stderr.write(`${drawn(forPeople(stderr, line))}\n`),
		async foldable() {
			const {default: wrap} = await import('wrap-ansi');
			folded = (line, columns) => wrap(line, columns, {hard: false, trim: false});
		},
	};
}

/** Nobody may be at the other end any more: that ends nothing by itself. */
function unlessGone(error: Error): void {
	if (!isGone(error)) throw error;
}
