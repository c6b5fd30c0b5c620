import {setMaxListeners} from 'node:events';
import type {Left} from '../engine/outcome.js';
import {Interrupted} from '../engine/waiting.js';
import {outlivesTerminal} from '../local/nohup.js';

/** The signals that ask to leave, and what each comes to; SIGBREAK is Windows' Ctrl+Break. */
const signals = {SIGINT: 'interrupted', SIGTERM: 'terminated', SIGBREAK: 'terminated', SIGHUP: 'hung-up'} as const;

/**
 * Hears the wish to leave: the first lets the call that is out finish, the second ends at once (the record holds either
 * way).
 */
export type Leaving = {
	/** What was heard first, if anything. */
	heard(): Left | undefined;
	/** Aborts with `Interrupted` as soon as a signal is heard, or once nobody listens any more. */
	readonly signal: AbortSignal;
	/** Sleeps; throws `Interrupted` as soon as a signal is heard. */
	sleep(ms: number): Promise<void>;
	/** Calls once as soon as a signal is heard, until taken back by what it returns. */
	onHeard(call: () => void): () => void;
	/** Ctrl+C typed where the terminal makes no signal of it. */
	interrupt(): void;
	/** The terminal is gone: its own signal says so as well, before or after, or not at all. */
	hangUp(): void;
	/** Listens no more. What was heard once stays heard: a second SIGHUP, of the shell, doesn't kill who is leaving. */
	stop(): void;
};

/** What has each of those that listen leave. */
const listening = new Set<() => void>();
/** Has whoever listens leave as Ctrl+C does: what is out is finished and recorded. False where nobody listens. */
export function leaveInOrder(): boolean {
	for (const leave of listening) leave();
	return listening.size > 0;
}

/** Listens until `stop`; who is to outlive the terminal doesn't hear that it hangs up. */
export function listenForLeaving(endNow: (how: Left) => void, outlives = outlivesTerminal()): Leaving {
	let heard: Left | undefined;
	let ended = false;
	const wakers = new Set<() => void>();
	const left = heardByAll();
	const hear = (how: Left): void => {
		// A window that closes says so more than once, by itself, its shell and its end of input, and to who is stopped
		// then, bash says SIGTERM too: that is no impatience.
		if (heard !== undefined && how === signals.SIGHUP) return;
		if (heard === signals.SIGHUP && how === signals.SIGTERM && !ended) {
			ended = true;
			return;
		}
		if (heard !== undefined) endNow(heard);
		heard = how;
		left.abort(new Interrupted());
		for (const wake of wakers) wake();
	};
	const leave = (): void => hear(signals.SIGINT);
	listening.add(leave);
	const listeners = Object.entries(signals).map(([signal, how]) => {
		const on = (): void => {
			if (how !== signals.SIGHUP || !outlives) hear(how);
		};
		// A library under conf hears signals too and sends each a second time, which would read as “now”; its clearing up
		// still runs at exit.
		process.removeAllListeners(signal);
		process.on(signal, on);
		return () => process.off(signal, on);
	});
	return {
		heard: () => heard,
		signal: left.signal,
		sleep: ms =>
			new Promise((done, failed) => {
				const wake = (): void => {
					clearTimeout(timer);
					wakers.delete(wake);
					if (heard === undefined) done();
					else failed(new Interrupted());
				};
				const timer = setTimeout(wake, ms);
				wakers.add(wake);
				if (heard !== undefined) wake();
			}),
		onHeard(wake) {
			if (heard === undefined) wakers.add(wake);
			else wake();
			return () => wakers.delete(wake);
		},
		interrupt: leave,
		hangUp: () => hear(signals.SIGHUP),
		stop() {
			listening.delete(leave);
			left.abort(new Interrupted());
			if (heard === undefined && !outlives) for (const off of listeners) off();
		},
	};
}

/** As many calls as are out listen at once. */
function heardByAll(): AbortController {
	const left = new AbortController();
	setMaxListeners(0, left.signal);
	return left;
}
