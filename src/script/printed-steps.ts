import {createHash} from 'node:crypto';
import {inWords} from '../aws/policy/policy-documents.js';
import {unknowns} from '../engine/apply.js';
import type {Forecast} from '../engine/forecast.js';
import {type Change, type Facts, isProblem, type Value} from '../engine/step.js';
import {type Reading, readingsOf, variable} from './shell-words.js';

/** A change with what is known when it is made, and what its answer is asked for. */
export type Printed = {
	readonly change: Change;
	readonly facts: Facts;
	readonly readings: readonly Reading[];
	/** The variable that holds the file of its secret. */
	readonly place?: string | undefined;
	/** Its document, or how that differs, in words. */
	readonly words: readonly string[];
};
/** The remaining changes in order, as somebody else can make them. */
export type Procedure = {
	readonly steps: readonly {
		readonly title: string;
		readonly changes: readonly Printed[];
		readonly warns: readonly string[];
	}[];
	/** What no script can do, and why. */
	readonly left: readonly string[];
	/** The files that secrets go to, by variable. */
	readonly places: Readonly<Record<string, string>>;
	/** Tells this procedure from any other. */
	readonly mark: string;
};

/**
 * The key policy that was reviewed, where a change replaces all of it; what an earlier change put is the script's own.
 */
export function reviewedPolicy(change: Change, all: readonly Change[]): {KeyId: string; policy: Value} | undefined {
	const {KeyId} = change.call.input;
	const first = all.find(it => it.call.api === 'kms:PutKeyPolicy');
	const from = change === first ? change.diff?.from : undefined;
	return from !== undefined && typeof KeyId === 'string' ? {KeyId, policy: from} : undefined;
}

/** Of these changes' facts those that a later one of them needs. */
export function neededBy(changes: readonly Change[], facts: Facts): ReadonlySet<string> {
	const learned = new Set(changes.flatMap(it => Object.keys(it.learns ?? {})));
	return new Set(changes.flatMap(it => unknowns(it.call.input, without(facts, learned))));
}
const without = (facts: Facts, names: ReadonlySet<string>): Facts =>
	Object.fromEntries(Object.entries(facts).filter(([name]) => !names.has(name)));

/** What is known when each of these changes is made: what an earlier one makes anew no longer is. */
export function factsAt(changes: readonly Change[], facts: Facts): readonly Facts[] {
	let now = facts;
	return changes.map(({learns = {}}) => {
		const then = now;
		now = without(now, new Set(Object.keys(learns)));
		return then;
	});
}

/** Turns a forecast into a procedure: its changes, in its order, and nothing else. */
export function procedureOf(forecasts: readonly Forecast[], heading: (step: Forecast['step']) => string): Procedure {
	const places: Record<string, string> = {};
	const left: string[] = [];
	const lost = new Set<string>();
	const steps = forecasts.map(({step, plan, known}) => {
		if (isProblem(plan)) throw new TypeError('a problem is no procedure');
		const facts = factsAt(plan.changes, {...known.facts, ...plan.facts});
		const changes: Omit<Printed, 'readings'>[] = [];
		for (const [at, change] of plan.changes.entries()) {
			const {keeps, learns = {}} = change;
			const now = facts[at] ?? {};
			if (keeps?.place === null || unknowns(change.call.input, now).some(it => lost.has(it))) {
				left.push(`${change.verb} ${change.subject}`);
				for (const it of Object.keys(learns)) lost.add(it);
			} else {
				const answer = Object.entries(known.answers).find(([, it]) => it === keeps?.place)?.[0] ?? `${change.id}-file`;
				const place = keeps ? variable(answer) : undefined;
				if (place && keeps?.place) places[place] = keeps.place;
				changes.push({change, facts: now, place, words: change.diff ? inWords(change.diff, now) : []});
			}
		}
		return {title: heading(step), changes, warns: plan.warns ?? []};
	});
	const needed = new Set(
		steps.flatMap(it => it.changes.flatMap(({change, facts}) => unknowns(change.call.input, facts))),
	);
	return {
		steps: steps
			.filter(it => it.changes.length > 0)
			.map(it => ({...it, changes: it.changes.map(each => ({...each, readings: readingsOf(each.change, needed)}))})),
		left,
		places,
		mark: createHash('sha256')
			.update(JSON.stringify(steps.map(it => it.changes.map(({change}) => [change.id, change.call]))))
			.digest('hex')
			.slice(0, 8),
	};
}
