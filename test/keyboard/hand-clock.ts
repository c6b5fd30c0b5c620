import type {Clock} from '../../src/keyboard/clock.js';

/** A clock that somebody turns by hand. */
export function handClock(): Clock & {advance(ms: number): void} {
	let now = 0;
	const due = new Set<{readonly at: number; call(): void}>();
	return {
		after(ms, call) {
			const it = {at: now + ms, call};
			due.add(it);
			return () => void due.delete(it);
		},
		advance(ms) {
			const end = now + ms;
			for (;;) {
				const next = [...due].filter(it => it.at <= end).sort((one, other) => one.at - other.at)[0];
				if (!next) break;
				due.delete(next);
				now = next.at;
				next.call();
			}
			now = end;
		},
	};
}
