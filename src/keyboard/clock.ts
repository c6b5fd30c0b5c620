/** Time as hands know it: what is called after so many milliseconds, unless it is taken back before. */
export type Clock = {after(ms: number, call: () => void): () => void};

/**
 * The clock on the wall. A call comes only after all keys that were typed until then have been read, however busy the
 * machine was: what came late is never taken for what came after.
 */
export const wallClock: Clock = {
	after(ms, call) {
		let soon: NodeJS.Immediate | undefined;
		const timer = setTimeout(() => (soon = setImmediate(call)), ms);
		return () => {
			clearTimeout(timer);
			clearImmediate(soon);
		};
	},
};
