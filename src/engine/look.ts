import type {Call} from './call.js';
import type {Facts} from './facts.js';
import type {ForecastCalls} from './forecast-calls.js';
import type {Known} from './known.js';

/** What stands in a secret's place: never the secret itself. `other` is a file that is none of ours. */
export type Kept =
	| {readonly is: 'absent'; readonly unwritable?: {readonly why: string; readonly code: string}}
	| {readonly is: 'empty' | 'half' | 'other'}
	| {readonly is: 'row'; readonly value: string};
/** Eyes: reads only. */
export type Look = {
	/** The reply, or undefined when it isn't there or names a thing not made yet. */
	at<R>(call: Call<R>): Promise<R | undefined>;
	/** Every page; none when it isn't there. */
	all<R>(call: Call<R>): AsyncIterable<R>;
	/** What stands in a secret's place, by its columns; of a whole row only the named column. */
	kept(place: string, columns: readonly string[], column: string): Promise<Kept>;
	progress(done: number, of?: number): void;
	/**
	 * What the steps to come would call, in the account, partition and region that were found; where nobody foresees it,
	 * or nothing is left, none.
	 */
	forecast?(inAccount: Facts): Promise<ForecastCalls | undefined>;
	/** Another setup of this machine, by its name; undefined where it has no record. */
	beside?(setup: string): Promise<Beside | undefined>;
	/** Every setup of this machine, with what each record tells a course, those that a discard kept too. */
	others?(course: string): Promise<readonly Other[]>;
};
/** Another setup: what its record tells, and eyes for where it lives, by the profile that it keeps. */
export type Beside = {readonly known: Known; eyes(): Promise<Look>};
/** A setup and what its record tells; without that, it can't be read. */
export type Other = {readonly setup: string; readonly known?: Known};
/**
 * Something that an interrupted run left: of which change, what by its name in AWS with its cost, and what the step
 * does with it.
 */
export type Leftover = {readonly of: string; readonly what: string; readonly does: string};

/** The same eyes for at most so long: what isn't seen by then fails, so that nobody waits for it. */
export function hurried(look: Look, ms: number): Look {
	const late = new Promise<never>((_, failed) => setTimeout(() => failed(new Error('not seen in time')), ms).unref());
	late.catch(() => undefined);
	return {
		...look,
		at: it => Promise.race([look.at(it), late]),
		async *all(it) {
			const pages = look.all(it)[Symbol.asyncIterator]();
			for (;;) {
				const page = await Promise.race([pages.next(), late]);
				if (page.done) return;
				yield page.value;
			}
		},
	};
}

/** Eyes that close once nobody waits for what they see. */
export function eyesWhile(look: Look, still: () => boolean): Look {
	const open = (): void => {
		if (!still()) throw new Error('nobody waits for this look');
	};
	return {
		...look,
		async at(call) {
			open();
			return look.at(call);
		},
		async *all(call) {
			open();
			for await (const page of look.all(call)) {
				yield page;
				open();
			}
		},
	};
}
