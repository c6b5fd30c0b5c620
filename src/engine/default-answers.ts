import type {Answer, Answers, Field, Known, Look, Step} from './step.js';

/** The answers that a step's fields start with, for what nobody has answered yet. */
export async function defaultAnswers(step: Step, look: Look, known: Known): Promise<Answers> {
	const answers: Record<string, Answer> = {};
	for (const field of step.fields?.(known) ?? []) {
		const soFar = {...known.answers, ...answers};
		if (soFar[field.name] !== undefined || (field.when && !field.when(soFar))) continue;
		const initial = field.suggest ? await field.suggest(look, {...known, answers: soFar}) : field.initial;
		if (initial !== undefined) answers[field.name] = initial;
	}
	return answers;
}

/** Of the answers given, those that count for this run alone. */
export async function passingAnswers(step: Step, look: Look, known: Known, given: Answers): Promise<Answers> {
	const answers: Record<string, Answer> = {};
	for (const field of step.fields?.(known) ?? []) {
		const value = given[field.name];
		if (!field.passes || value === undefined) continue;
		const suggested = await field.suggest?.(look, {...known, answers: {...known.answers, ...given}});
		if (field.passes(value, suggested)) answers[field.name] = value;
	}
	return answers;
}

/** The first answer that breaks its field's rule, and the rule. */
export function firstWrong(
	fields: readonly Field[],
	answers: Answers,
): {readonly field: Field; readonly rule: string; readonly value: Answer} | undefined {
	for (const field of fields) {
		const value = answers[field.name];
		if (value === undefined || (field.when && !field.when(answers))) continue;
		const rule = field.wrong?.(value, answers);
		if (rule) return {field, rule, value};
	}
	return undefined;
}
