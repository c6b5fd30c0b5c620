import {visible, visibleLines} from '../engine/control-characters.js';
import {drawsAsciiOnly, inAscii, onlyAscii} from '../front/ascii.js';
import {codeOf, reasonOf} from '../local/system-reasons.js';
import {isGone} from '../run/hang-up.js';

/**
 * The one way out of the process for texts, but for the screens: whatever somebody else wrote into them is shown, and
 * nothing that a terminal would obey goes out.
 */
export type TerminalLines = {
	/** A line, or a whole document. */
	out(text: string): void;
	err(line: string): void;
	/** A text without an end of line. */
	write(text: string): void;
	/** The same to the other output, where people are told while the first one is somebody else's. */
	writeBeside(text: string): void;
	/** From then on, lines break between words: the first ones are short, and what breaks them isn't loaded for them. */
	foldable(): Promise<void>;
};
type Outputs = {readonly stdout: NodeJS.WriteStream; readonly stderr: NodeJS.WriteStream};
/** Hears, once for each, that an output takes no more, such as one on a full disk: which one and why. */
type Hear = (what: string) => void;

/**
 * Lines as this terminal shows them. What is longer than a line stays in one piece, to be copied whole; what is for
 * programs and shells stays as it is.
 */
export function linesOn(
	{stdout, stderr}: Outputs,
	env: NodeJS.ProcessEnv,
	onFailure: Hear = () => undefined,
	platform: NodeJS.Platform = process.platform,
): TerminalLines {
	/** What failed gets nothing more: half of the rest would be worse than none of it. */
	const failed = new Set<NodeJS.WriteStream>();
	const listen = (name: keyof Outputs, stream: NodeJS.WriteStream): void =>
		void stream.on('error', error => {
			// Nobody may be at the other end any more: that ends nothing by itself.
			if (isGone(error) || failed.has(stream)) return;
			failed.add(stream);
			onFailure(`${name}: ${reasonOf(error)} [${codeOf(error)}]`);
		});
	listen('stdout', stdout);
	listen('stderr', stderr);
	let folded = (line: string, _columns: number): string => line;
	const forPeople = ({isTTY, columns}: NodeJS.WriteStream, line: string): string =>
		isTTY && !/^[{#]/.test(line) ? folded(line, columns || 80) : line;
	const drawn = (text: string): string => (drawsAsciiOnly(env) ? inAscii(text) : text);
	/** What takes a program's output on Windows reads it in a code page of its own. */
	const taken = (stream: NodeJS.WriteStream, text: string): string =>
		platform === 'win32' && !stream.isTTY ? onlyAscii(text) : text;
	/** A script's own text is exact: whatever looks like a glyph of ours is somebody's word there. */
	const drawnFor = (stream: NodeJS.WriteStream, text: string): string =>
		/^(\{|#!)/.test(text) ? text : drawn(forPeople(stream, text));
	const put = (stream: NodeJS.WriteStream, text: string): void => {
		if (!failed.has(stream)) stream.write(taken(stream, text));
	};
	return {
		write: text => put(stdout, drawn(forPeople(stdout, visibleLines(text)))),
		writeBeside: text => put(stderr, drawn(forPeople(stderr, visibleLines(text)))),
		out: text => put(stdout, `${drawnFor(stdout, visibleLines(text))}\n`),
		err: line => put(stderr, `${drawnFor(stderr, visible(line))}\n`),
		async foldable() {
			const {default: wrap} = await import('wrap-ansi');
			folded = (line, columns) => wrap(line, columns, {hard: false, trim: false});
		},
	};
}
