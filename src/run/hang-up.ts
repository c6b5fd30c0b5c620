import {isatty} from 'node:tty';
import type {Leaving} from './leaving.js';

/** As much of a stream as tells that nobody is at its other end any more. */
type Stream = Pick<NodeJS.EventEmitter, 'on' | 'off'> & {readonly isTTY?: boolean; readonly fd?: number};
/** The two streams to a person. */
export type Line = {readonly stdin: Stream; readonly stdout: Stream};

/**
 * Hears that whoever is asked is gone: a terminal whose signal comes later or never, or an output that nobody reads.
 * Until it is taken back by what it returns.
 */
export function hearHangUp(
	{stdin, stdout}: Line,
	leaving: Pick<Leaving, 'interrupt' | 'hangUp'>,
	isThere: (fd: number) => boolean = isatty,
): () => void {
	const over = (stream: Stream, fd: number) => (): void => {
		forget();
		// Ctrl+D ends the input too, and leaves the terminal where it is.
		if (stream.isTTY && !isThere(stream.fd ?? fd)) leaving.hangUp();
		else leaving.interrupt();
	};
	const [inputOver, outputOver] = [over(stdin, 0), over(stdout, 1)];
	const forget = (): void => {
		for (const it of ['end', 'error']) stdin.off(it, inputOver);
		stdout.off('error', outputOver);
	};
	// Input that is no terminal ends when all its answers are read.
	if (stdin.isTTY) for (const it of ['end', 'error']) stdin.on(it, inputOver);
	stdout.on('error', outputOver);
	return forget;
}

/** Whether an error of a stream says only that nobody is at its other end. */
export const isGone = (error: unknown): boolean =>
	['EPIPE', 'EIO', 'ENXIO', 'ENOTTY', 'EBADF'].includes((error as NodeJS.ErrnoException).code ?? '');
