import type {Arena, Trace, World} from './killed-process.js';
import {changing, endOf, type Known, killed, type Point, pointsOf} from './killing.js';

/** Kills the next run too, at each moment around its first two changes, and runs on to the end. Tells how many there were, or what came to another end. */
export async function killedAgain(known: Known, left: World, arena: Arena, every = 1): Promise<string> {
	arena.enter(left);
	const {trace} = await arena.run(known.flow.flags);
	const points = neighbours(trace).filter((_, at) => at % every === 0);
	for (const point of points) {
		const end = await endOf(known, await killed(known, left, point, arena), arena);
		if (end !== 'same') return `killed again ${point.kill.when} ${point.what}: ${end}`;
	}
	return `${points.length} again`;
}

/** The moments around the first two changes; where nothing changes any more, the first that a run has. */
function neighbours(trace: readonly Trace[]): readonly Point[] {
	const calls = trace.flatMap((it, at) => (it.is === 'call' && changing.test(it.says) ? [at] : []));
	const last = calls[1] ?? calls[0];
	const near =
		last === undefined
			? trace.slice(0, 12)
			: trace.slice(0, trace.findIndex((it, at) => at > last && it.says.startsWith('rename')) + 1);
	const points = pointsOf(near, {calls: changing, writes: last === undefined ? 'all' : 'around calls'});
	// The other side of a rename is the same as this side of what follows.
	return points.filter(
		it => !(it.what.startsWith('rename') && it.kill.when === 'after') && !/^(chmod|fsync)/.test(it.what),
	);
}
