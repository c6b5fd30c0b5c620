import {type Instance, render} from 'ink';
import type {ReactElement} from 'react';
import type {Seat} from '../keyboard/stopping.js';
import type {Leaving} from '../run/leaving.js';
import {emptyScreen, wholeFrames} from './whole-frames.js';

/** Where a screen of its own is drawn, who may take the terminal from it, and whose wish to leave ends it. */
export type Place = {
	readonly stdin: NodeJS.ReadStream;
	readonly stdout: NodeJS.WriteStream;
	readonly seat: Seat;
	readonly leaving: Leaving;
	/** Copies a text; true if it certainly arrived on the clipboard. */
	copy(text: string): Promise<boolean>;
};
/** Ends a screen of its own, or clears all of it before it is drawn anew. */
type Doing<T> = {end(how: T): void; wipe(): void};

/**
 * Draws on the alternate screen, which keeps nothing of it, until that ends by itself or the person leaves; fails with
 * what hinders it from being drawn.
 */
export async function drawApart<T>(
	screen: (doing: Doing<T>) => ReactElement,
	{stdin, stdout, seat, leaving}: Place,
): Promise<T | 'left'> {
	const wipe = (): void => {
		// What is on the terminal is the shell's then.
		if (seat.isAway()) return;
		ink.clear();
		stdout.write(emptyScreen);
	};
	let forget = (): void => undefined;
	let end = (_how: T | 'left'): void => undefined;
	const ended = new Promise<T | 'left'>(done => (end = done));
	// Ink knows its screens by their stream: a second screen needs a stream of its own on the same terminal.
	const ink = render(screen({end: how => end(how), wipe}), {
		stdin,
		stdout: wholeFrames(stdout),
		exitOnCtrlC: false,
		patchConsole: false,
		interactive: true,
		alternateScreen: true,
	});
	try {
		forget = leaving.onHeard(() => end('left'));
		// Before Ink draws at the new size: what it erases by counting lines may be elsewhere.
		stdout.prependListener('resize', wipe);
		return await Promise.race([ended, undrawn(ink)]);
	} finally {
		forget();
		// Who is told to end while the shell has the terminal takes it again first: two screens would be left at once.
		await seat.held();
		stdout.off('resize', wipe);
		wipe();
		ink.unmount();
		await ink.waitUntilExit().catch(() => undefined);
	}
}

/** Fails once that can't be drawn; never comes to an end otherwise. */
export const undrawn = (ink: Instance): Promise<never> =>
	new Promise((_, failed) => void ink.waitUntilExit().catch(failed));
