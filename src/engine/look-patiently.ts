import {type Attempt, isProblem, type Known, type Look, type Plan, type Problem, type Step} from './step.js';
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
): Promise<Plan | Problem> {
	const wait = waiting(clock);
	const start = Date.parse(clock.now().at);
	for (;;) {
		const plan = step.plan(await step.observe(look, known), known);
		const late = mayBeLate(plan, known, start);
		if (!late || wait.over(late.atMost)) return plan;
		tell({type: 'wait', step: step.id, for: late.subject, why: late.why, ...wait.told(late.atMost)});
		await wait.pause();
	}
}

type Late = {readonly subject: string; readonly why: string; readonly atMost: number};

function mayBeLate(plan: Plan | Problem, known: Known, start: number): Late | undefined {
	const late = known.past.flatMap(attempt => lateness(attempt, plan, known, start));
	return late.sort((one, other) => other.atMost - one.atMost)[0];
}

const young = 120;
function lateness(attempt: Attempt, plan: Plan | Problem, known: Known, start: number): readonly Late[] {
	const {change, outcome, over} = attempt;
	if (over) return [];
	const missing = isProblem(plan)
		? plan.mayBeLate === true
		: [...plan.changes.map(it => it.id), ...(plan.unseen ?? [])].includes(change.id);
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
