import type {Call, Look} from './step.js';

const atOnce = 8;

/** What was looked at already, or is being looked at; undefined where it wasn't. */
export type Seen = {
	at<R>(call: Call<R>): Promise<R | undefined> | undefined;
	all<R>(call: Call<R>): AsyncIterable<R> | undefined;
};

/**
 * The same eyes, asking each thing once however often it is looked at, and no more than eight things at a time. What
 * failed once stays failed.
 */
export const lookOnce = (look: Look): Look => remembering(look, true).look;

/** The same, with what they have seen. Unless it is kept, what failed is asked for again by whoever comes later. */
export function remembering(look: Look, keepsFailures: boolean): {readonly look: Look; readonly seen: Seen} {
	const asked = new Map<string, Promise<unknown>>();
	const lists = new Map<string, Pages<unknown>>();
	const go = gate(atOnce);
	const kept = <T>(coming: Promise<T>, forget: () => void): Promise<T> => {
		if (!keepsFailures) coming.catch(forget);
		return coming;
	};
	const pagesOf = (list: AsyncIterable<unknown>, forget: () => void): Pages<unknown> => {
		const coming = list[Symbol.asyncIterator]();
		return new Pages(() =>
			kept(
				go(() => coming.next()),
				forget,
			),
		);
	};
	const seen: Seen = {
		at: <R>(call: Call<R>) => asked.get(keyOf(call)) as Promise<R | undefined> | undefined,
		all: <R>(call: Call<R>) => lists.get(keyOf(call))?.read() as AsyncIterable<R> | undefined,
	};
	return {
		seen,
		look: {
			...look,
			at<R>(call: Call<R>) {
				const key = keyOf(call);
				const had =
					asked.get(key) ??
					kept(
						go(() => look.at(call)),
						() => asked.delete(key),
					);
				asked.set(key, had);
				return had as Promise<R | undefined>;
			},
			all<R>(call: Call<R>) {
				const key = keyOf(call);
				const had = lists.get(key) ?? pagesOf(look.all(call), () => lists.delete(key));
				lists.set(key, had);
				return had.read() as AsyncIterable<R>;
			},
		},
	};
}

const keyOf = ({api, input}: Call): string => `${api} ${JSON.stringify(input)}`;

/** A list that several read, of which each page is asked for once, and only when one of them comes to it. */
class Pages<R> {
	readonly #asked: Promise<IteratorResult<R>>[] = [];

	constructor(readonly next: () => Promise<IteratorResult<R>>) {}

	async *read(): AsyncGenerator<R> {
		for (let at = 0; ; at += 1) {
			const asked = this.#asked[at] ?? this.next();
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
