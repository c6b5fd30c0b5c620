import type {Call} from '../../engine/step.js';
import {Trouble} from '../../engine/trouble.js';

/** More than any list of an account has. */
const most = 10_000;

/**
 * A list, page by page. Throws `Trouble` where it never ends: a page that names itself or an earlier one as the next,
 * or more pages than any account has.
 */
export async function* pages<R>(call: Call<R>, read: (call: Call<R>) => Promise<R | undefined>): AsyncGenerator<R> {
	const seen = new Set<string>();
	for (let input = call.input; ; ) {
		const page = await read({...call, input});
		if (page === undefined) return;
		yield page;
		const {IsTruncated, Truncated, Marker, NextMarker} = page as {
			IsTruncated?: boolean;
			Truncated?: boolean;
			Marker?: string;
			NextMarker?: string;
		};
		const next = NextMarker ?? Marker;
		if (!(IsTruncated ?? Truncated) || next === undefined) return;
		if (seen.has(next)) throw endless(call.api, 'AWS repeats a page of it');
		seen.add(next);
		if (seen.size >= most) throw endless(call.api, `It has ${most} pages and more`);
		input = {...input, Marker: next};
	}
}

const endless = (api: string, why: string): Trouble =>
	new Trouble(run => ({
		is: 'problem',
		what: `A list of AWS doesn't end (${api})`,
		why,
		todo: `See what answers in AWS's place, such as a proxy, then run ${run()} again; it carries on here`,
		code: 'EndlessList',
	}));
