import {type Attempt, type Change, isProblem, type Known, type Look, type Plan, type Step, type Stop} from './step.js';
import {type Clock, type Tell, waiting} from './waiting.js';

/**
 * Looks at AWS and plans, patiently: "not there" is believed only after repeated looks while the record says that it
 * may be.
 */
export async function lookPatiently(
	step: Step,
	known: Known,
	look: Look,
	clock: Clock,
	tell: Tell,
): Promise<Plan | Stop> {
	const wait = waiting(clock);
	const start = Date.parse(clock.now().at);
	for (;;) {
		const plan = step.plan(await step.observe(look, known), known);
		const late = watched(plan) ?? mayBeLate(plan, known, start);
		if (!late || wait.over(late.atMost)) return plan;
		const told = (): void =>
			tell({type: 'wait', step: step.id, for: late.subject, why: late.why, ...wait.told(late.atMost)});
		told();
		if (late.every === undefined) await wait.pause();
		// What somebody watches counts each second.
		for (let left = late.every ?? 0; left > 0; left -= 1) {
			await wait.pause(1);
			told();
		}
	}
}

type Late = {readonly subject: string; readonly why: string; readonly atMost: number; readonly every?: number};

function watched(plan: Plan | Stop): Late | undefined {
	const {watches} = isProblem(plan) ? plan : {};
	return watches && {...watches, subject: watches.for};
}

function mayBeLate(plan: Plan | Stop, known: Known, start: number): Late | undefined {
	const late = known.past.flatMap(attempt => lateness(attempt, plan, known, start));
	return late.sort((one, other) => other.atMost - one.atMost)[0];
}

/** Whether a planned change is about something else than one that was made under its id, such as another alias. */
export const isAnother = (planned: Change, {call: {input}}: Change): boolean =>
	Object.entries(planned.call.input).some(([name, it]) => {
		const was = input[name];
		if (Array.isArray(it) && Array.isArray(was)) return !isPartOf(it, was);
		return typeof it === 'string' && typeof was === 'string' && it !== was;
	});
/** Part of a list may be what is still missing of it; what isn't known yet is taken for the same. */
function isPartOf(some: readonly unknown[], all: readonly unknown[]): boolean {
	const there = new Set(all.map(it => JSON.stringify(it)));
	return some.map(it => JSON.stringify(it)).every(it => it.includes('"$') || there.has(it));
}
/** Whether a planned change writes another document than one that was made under its id, as after another answer. */
const isOtherDocument = (planned: Change, {call: {input}}: Change): boolean =>
	Object.entries(planned.call.input).some(([name, it]) => {
		if (typeof it !== 'object' || it === null || !('$json' in it)) return false;
		const [text, was] = [JSON.stringify(it.$json), input[name]];
		return typeof was === 'string' && !text.includes('"$fact"') && text !== was;
	});

const young = 120;
function lateness(attempt: Attempt, plan: Plan | Stop, known: Known, start: number): readonly Late[] {
	const {change, outcome, over} = attempt;
	if (over) return [];
	const missing = isProblem(plan)
		? plan.mayBeLate === true
		: plan.changes.some(
				it => it.id === change.id && !(outcome && (isAnother(it, change) || isOtherDocument(it, change))),
			) || plan.unseen?.includes(change.id) === true;
	const {subject} = change;
	switch (outcome) {
		case undefined:
			// What bears no name of its own (`before`) can't be told from what is missing, so every look at it is a patient
			// one.
			if (!missing && change.before === undefined) return [];
			return [{subject, why: "AWS's answer was lost; looking whether it was done", atMost: change.patience ?? 15}];
		case 'settled':
		case 'done': {
			// Settled by a look, it has been seen; by its reply's secret being shown, only answered.
			if (!missing || (outcome === 'settled' && attempt.endedAt === undefined)) return [];
			const age = (start - Date.parse(attempt.endedAt ?? attempt.at)) / 1000;
			return age < young
				? [{subject, why: "done, but AWS doesn't show it yet", atMost: Math.max(15, young - Math.max(0, age))}]
				: [];
		}
		case 'refused': {
			const again = attempt.run === known.runs && missing && change.lookAgainOn?.includes(attempt.code ?? '');
			return again
				? [{subject, why: `AWS knows of something that isn't seen (${attempt.code}); looking for it`, atMost: 30}]
				: [];
		}
		default:
			return [];
	}
}
