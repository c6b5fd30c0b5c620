import type {CommandImpl} from '@smithy/core/client';
import type {Call, Ref, Value} from '../../engine/step.js';
import type {apis} from './apis.js';

type Apis = typeof apis;
type InputOf<C> = C extends abstract new (...args: never[]) => {input: infer I} ? I : never;
type OutputOf<C> = C extends abstract new (
	...args: never[]
) => CommandImpl<infer _I, infer O, infer _C, infer _SI, infer _SO>
	? O
	: never;
/** AWS's own input type, in which any text may be not known yet. Enums stay exact. */
type Draft<T> = T extends string
	? string extends T
		? string | Ref
		: T
	: T extends readonly (infer E)[]
		? readonly Draft<E>[]
		: T extends object
			? {readonly [K in keyof T]: Draft<T[K]>}
			: T;

/**
 * A call built from AWS's own types: a wrong enum or a missing parameter doesn't compile. Parameters that are undefined
 * are left out.
 */
export function call<A extends keyof Apis>(api: A, input: Draft<InputOf<Apis[A]>>): Call<OutputOf<Apis[A]>> {
	const given = Object.entries(input as {readonly [key: string]: Value | undefined}).filter(
		(it): it is [string, Value] => it[1] !== undefined,
	);
	return {api, input: Object.fromEntries(given)};
}
