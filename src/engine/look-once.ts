import type {Call, Look} from './step.js';

const atOnce = 8;

/**
 * The same eyes, asking each thing once however often it is looked at, and no more than eight things at a time. What
 * failed once stays failed.
 */
export function lookOnce(look: Look): Look {
	const asked = new Map<string, Promise<unknown>>();
	const go = gate(atOnce);
	const once = <T>(kind: string, {api, input}: Call, ask: () => Promise<T>): Promise<T> => {
		const key = `${kind} ${api} ${JSON.stringify(input)}`;
		const had = asked.get(key) ?? go(ask);
		asked.set(key, had);
		return had as Promise<T>;
	};
	return {
		...look,
		at: call => once('at', call, () => look.at(call)),
		async *all<R>(call: Call<R>) {
			yield* await once('all', call, () => pagesOf(look.all(call)));
		},
	};
}

async function pagesOf<R>(pages: AsyncIterable<R>): Promise<readonly R[]> {
	const found: R[] = [];
	for await (const page of pages) found.push(page);
	return found;
}

/** Lets so many through at a time; the others wait their turn. */
function gate(most: number): <T>(run: () => Promise<T>) => Promise<T> {
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
