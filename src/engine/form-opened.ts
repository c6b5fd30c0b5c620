import type {Known} from './known.js';
import type {Problem} from './problem.js';
import type {Step} from './step.js';
import {fieldOf} from './to-do.js';

/** The form that answering a problem otherwise opens: its step's number, and the fields that are asked there. */
export type Opened = {readonly at: number; readonly asks: readonly string[]};

/** Where a problem's first answer is asked, at the latest step up to the one that stopped; else that one's form. */
export function formOpened(
	problem: Problem,
	now: number,
	steps: readonly Step[],
	knownOf: (step: Step) => Known,
): Opened {
	const asks = steps
		.slice(0, now + 1)
		.map(it => (it.fields?.(knownOf(it)) ?? []).filter(field => field.asked !== 'by-flag').map(field => field.name));
	const field = fieldOf(problem);
	const found = field === undefined ? -1 : asks.findLastIndex(it => it.includes(field));
	const at = found < 0 ? now : found;
	return {at, asks: asks[at] ?? []};
}
