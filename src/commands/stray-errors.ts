import {leaveInOrder} from '../run/leaving.js';
import {type Call, refusedLines} from './refusal.js';
import type {TerminalLines} from './terminal-lines.js';

type Ends = {
	/** The process is to end with that, whatever its run comes to. */
	fails(): void;
	tellBug(error: unknown): void;
	/** Ends the process at once. */
	endNow(): void;
};

/**
 * Hears, until the process ends, what fails while nobody waits for it, such as a connection or a program that was
 * started: the system's word is told as anywhere else, and the run ends in order; with anything else it ends at once.
 */
export function hearStrays(call: Call, lines: TerminalLines, {fails, tellBug, endNow}: Ends): void {
	let before = false;
	process.on('uncaughtException', error => {
		if (before) return;
		before = true;
		fails();
		const told = refusedLines(error, call);
		if (told) for (const it of told) lines.err(it);
		else tellBug(error);
		if (!told || !leaveInOrder()) endNow();
	});
}

/** Ends the run in order where an output takes no more; which one is told on the other, if that takes it. */
export function endUnheard(what: string, lines: TerminalLines): void {
	leaveInOrder();
	lines.err(`✖ What this run says can't be written to ${what}`);
	lines.err('  It ends here, in order; what was made stands in the record. Make room, then run it again.');
}
