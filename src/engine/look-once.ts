import type {Call, Look} from './step.js';

const atOnce = 8;

/**
 * The same eyes, asking each thing once however often it is looked at, and no more than eight things at a time. What
 * failed once stays failed.
 */
export function lookOnce(look: Look): Look {
	const asked = new Map<string, Promise<unknown>>();
	const go = gate(atOnce);
	const lists = new Map<string, Pages<unknown>>();
	return {
		...look,
		at<R>(call: Call<R>) {
			const key = keyOf('at', call);
			const had = asked.get(key) ?? go(() => look.at(call));
			asked.set(key, had);
			return had as Promise<R | undefined>;
		},
		all<R>(call: Call<R>) {
			const key = keyOf('all', call);
			const had = lists.get(key) ?? new Pages<unknown>(look.all(call), go);
			lists.set(key, had);
			return had.read() as AsyncIterable<R>;
		},
	};
}

const keyOf = (kind: string, {api, input}: Call): string => `${kind} ${api} ${JSON.stringify(input)}`;

/** A list that several read, of which each page is asked for once, and only when one of them comes to it. */
class Pages<R> {
	readonly #asked: Promise<IteratorResult<R>>[] = [];
	readonly #next: () => Promise<IteratorResult<R>>;

	constructor(pages: AsyncIterable<R>, go: Gate) {
		const coming = pages[Symbol.asyncIterator]();
		this.#next = () => go(() => coming.next());
	}

	async *read(): AsyncGenerator<R> {
		for (let at = 0; ; at += 1) {
			const asked = this.#asked[at] ?? this.#next();
			this.#asked[at] = asked;
			const page = await asked;
			if (page.done) return;
			yield page.value;
		}
	}
}

type Gate = <T>(run: () => Promise<T>) => Promise<T>;
/** Lets so many through at a time; the others wait their turn. */
function gate(most: number): Gate {
	let free = most;
	const waiting: (() => void)[] = [];
	return async run => {
		if (free > 0) free -= 1;
		else await new Promise<void>(go => waiting.push(go));
		try {
			return await run();
		} finally {
			const next = waiting.shift();
			if (next) next();
			else free += 1;
		}
	};
}
