import type {Answers, Field, Known, Look} from '../engine/step.js';
import {tidy} from '../run/given-answers.js';

/** What is seen of the fields that a look can answer: in words by their names, and the answers that it comes to. */
export async function shownIn(
	fields: readonly Field[],
	look: Look,
	known: Known,
): Promise<{readonly words: ReadonlyMap<string, string>; readonly answers: Answers}> {
	const seen = await Promise.all(
		fields.map(async ({name, shown}) => [name, await shown?.(look, known).catch(() => undefined)] as const),
	);
	const words = new Map(seen.flatMap(([name, it]) => (it === undefined ? [] : [[name, it]])));
	return {words, answers: Object.fromEntries([...words.keys()].map(it => [it, true]))};
}

/** The answers of a form, each in its one spelling. */
export const tidied = (fields: readonly Field[], answers: Answers): Answers =>
	Object.fromEntries(
		Object.entries(answers).map(([name, value]) => {
			const field = fields.find(it => it.name === name);
			return [name, field ? tidy(field, value) : value];
		}),
	);

/** The fields that are asked still: an answer that AWS shows needs no reason besides. */
export function stillAsked(
	fields: readonly Field[],
	answers: Answers,
	shown: ReadonlyMap<string, string>,
): readonly Field[] {
	if (shown.size === 0) return fields;
	const unseen = Object.fromEntries(Object.entries(answers).filter(([name]) => !shown.has(name)));
	return fields.filter(it => shown.has(it.name) || it.when?.(unseen) !== false);
}
