import type {Value} from '../engine/call.js';
import type {FactName} from '../engine/facts.js';

/** A policy document in an engine's own values: what nobody knows before the engine ran is a reference of its kind. */
export type Told<T> = string | number | boolean | null | T | readonly Told<T>[] | {readonly [name: string]: Told<T>};

/** Puts an engine's own references in the place of texts and of facts that a set-up's document holds. */
export function told<T>(value: Value, text: (it: string) => T | undefined, fact: (name: FactName) => T): Told<T> {
	if (typeof value === 'string') return text(value) ?? value;
	if (typeof value !== 'object' || value === null) return value;
	if (Array.isArray(value)) return (value as readonly Value[]).map(it => told(it, text, fact));
	const {$fact} = value as {readonly $fact?: FactName};
	if ($fact !== undefined) return fact($fact);
	return Object.fromEntries(
		Object.entries(value as Readonly<Record<string, Value>>).map(([name, it]) => [name, told(it, text, fact)]),
	);
}
