import {availableParallelism} from 'node:os';
import {Arena} from './killed-process.js';

/** Arenas for as many processes as keep this machine's cores busy: each serves one at a time, and one of them always waits for something. */
export class Lanes {
	readonly #free: Arena[] = [];
	readonly #waiting: ((arena: Arena) => void)[] = [];
	readonly #all: Arena[] = [];

	static async open(): Promise<Lanes> {
		const lanes = new Lanes();
		for (let at = 0; at <= Math.max(2, availableParallelism()); at++) lanes.#all.push(await Arena.open());
		lanes.#free.push(...lanes.#all);
		return lanes;
	}
	async use<T>(work: (arena: Arena) => Promise<T>): Promise<T> {
		const arena = this.#free.pop() ?? (await new Promise<Arena>(done => this.#waiting.push(done)));
		try {
			return await work(arena);
		} finally {
			const next = this.#waiting.shift();
			if (next) next(arena);
			else this.#free.push(arena);
		}
	}
	async close(): Promise<void> {
		for (const it of this.#all) await it.close();
	}
}
