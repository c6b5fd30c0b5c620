import {unknowns} from './apply.js';
import {defaultAnswers} from './default-answers.js';
import {knownFor, type State} from './record.js';
import {
	type Answers,
	type Call,
	type Facts,
	isProblem,
	type Known,
	type Look,
	type Plan,
	type Step,
	type Stop,
} from './step.js';
import type {ThisRun} from './this-run.js';

/** One step as it would go: what it would change, resting on what is known and on names for what isn't. */
export type Forecast = {readonly step: Step; readonly plan: Plan | Stop; readonly known: Known};

/** All remaining plans, looking only: what a later step would learn stays a name. Ends at the first problem. */
export async function* forecast(
	steps: readonly Step[],
	state: State,
	look: Look,
	run: ThisRun,
): AsyncGenerator<Forecast> {
	let facts: Facts = state.facts;
	let answers: Answers = state.answers;
	for (const step of steps) {
		const eyes = halfBlind(look, () => facts);
		const before = knownFor(step.id, state, run, {facts, answers});
		answers = {...answers, ...(await defaultAnswers(step, eyes, before))};
		const known = knownFor(step.id, state, run, {facts, answers});
		const plan = step.plan(await step.observe(eyes, known), known);
		yield {step, plan, known};
		if (isProblem(plan)) return;
		const renewed = new Set(plan.changes.flatMap(change => Object.keys(change.learns ?? {})));
		facts = Object.fromEntries(Object.entries({...facts, ...plan.facts}).filter(([name]) => !renewed.has(name)));
	}
}

/**
 * Begins what those plans look at, side by side, for eyes that remember it: then none waits for another one's look.
 * What comes of it is told where a plan looks.
 */
export async function beginToLook(steps: readonly Step[], state: State, look: Look, run: ThisRun): Promise<void> {
	const eyes = halfBlind(look, () => state.facts);
	let {answers} = state;
	for (const step of steps) {
		answers = {...answers, ...(await defaultAnswers(step, eyes, knownFor(step.id, state, run, {answers})))};
		void step.observe(eyes, knownFor(step.id, state, run, {answers})).catch(() => undefined);
	}
}

/** A look that answers "not there" for whatever names a thing not made yet. */
export function halfBlind(look: Look, facts: () => Facts): Look {
	return {
		...look,
		at: async <R>(call: Call<R>) => (unknowns(call.input, facts()).length > 0 ? undefined : look.at(call)),
		all: <R>(call: Call<R>) => (unknowns(call.input, facts()).length > 0 ? none<R>() : look.all(call)),
	};
}
async function* none<R>(): AsyncGenerator<R> {
	// nothing can be there
}
