/** What is not there yet: what is waited for, why, for how long so far and at most. */
export type Outstanding = {
	readonly for: string;
	readonly why: string;
	readonly elapsedMs: number;
	readonly limitMs: number;
};
/** Hears what is not there yet, and with nothing that all is. */
export type Hear = (it: Outstanding | undefined) => void;
type Watch = {
	readonly for: string;
	readonly why: string;
	readonly limitMs: number;
	readonly tickMs: number;
	/** Whoever waits is told from the second tick on, and with nothing once the wait is over. */
	readonly hear: Hear | undefined;
	/** Ends the wait at once, with its reason. */
	readonly left: AbortSignal | undefined;
};

/** What `out` comes to, told while it isn't there, and given up as soon as the person leaves. */
export async function watched<T>(out: Promise<T>, {limitMs, tickMs, hear, left, ...of}: Watch): Promise<T> {
	const start = performance.now();
	let ticks = 0;
	const tick = (): void => {
		ticks += 1;
		if (ticks > 1) hear?.({...of, elapsedMs: Math.round(performance.now() - start), limitMs});
	};
	const timer = setInterval(tick, tickMs);
	let leave = (): void => undefined;
	const leaving = new Promise<never>((_, failed) => {
		leave = () => failed(left?.reason as Error);
	});
	if (left?.aborted) leave();
	left?.addEventListener('abort', leave);
	try {
		return await Promise.race([leaving, out]);
	} finally {
		clearInterval(timer);
		left?.removeEventListener('abort', leave);
		if (ticks > 1) hear?.(undefined);
	}
}

/**
 * Fails with `error` if `out` isn't there after so many milliseconds, or as many more where there is a reason to wait
 * on.
 */
export function within<T>(
	out: Promise<T>,
	ms: number,
	error: () => Error,
	waitsOn: () => boolean = () => false,
): Promise<T> {
	let timer: NodeJS.Timeout | undefined;
	const late = new Promise<never>((_, failed) => {
		const over = (): void => (waitsOn() ? arm() : failed(error()));
		const arm = (): void => {
			timer = setTimeout(over, ms);
		};
		arm();
	});
	return Promise.race([out, late]).finally(() => clearTimeout(timer));
}

/** Of several that wait at once, the end of one is not the end of all. */
export function together(hear: Hear | undefined): () => Hear {
	const waiting = new Set<Hear>();
	return () => {
		const one: Hear = it => {
			if (it) waiting.add(one);
			else waiting.delete(one);
			if (it || waiting.size === 0) hear?.(it);
		};
		return one;
	};
}
