import {Interrupted} from '../engine/waiting.js';

/** The signals that ask to leave, and the exit code of each. */
const codes = {SIGINT: 130, SIGTERM: 143, SIGHUP: 129} as const;

/**
 * Hears the wish to leave: the first lets the call that is out finish, the second ends at once (the record holds either
 * way).
 */
export type Leaving = {
	/** The exit code of the signal heard, if any. */
	code(): number | undefined;
	/** Aborts with `Interrupted` as soon as a signal is heard. */
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

/** Listens until `stop`. */
export function listenForLeaving(endNow: (code: number) => void): Leaving {
	let heard: number | undefined;
	const wakers = new Set<() => void>();
	const left = new AbortController();
	const hear = (code: number): void => {
		// A window that closes says so more than once, by itself, its shell and its end of input: that is no impatience.
		if (heard !== undefined && code === codes.SIGHUP) return;
		if (heard !== undefined) endNow(heard);
		heard = code;
		left.abort(new Interrupted());
		for (const wake of wakers) wake();
	};
	const listeners = Object.entries(codes).map(([signal, code]) => {
		const on = (): void => hear(code);
		// A library under conf hears signals too and sends each a second time, which would read as “now”; its clearing up
		// still runs at exit.
		process.removeAllListeners(signal);
		process.on(signal, on);
		return () => process.off(signal, on);
	});
	return {
		code: () => heard,
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
		interrupt: () => hear(codes.SIGINT),
		hangUp: () => hear(codes.SIGHUP),
		stop() {
			if (heard === undefined) for (const off of listeners) off();
		},
	};
}
