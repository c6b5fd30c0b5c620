/** One answer of the person: a text, yes or no, several texts, or pairs. */
export type Answer = string | boolean | readonly string[] | Readonly<Record<string, string>>;
/** Answers by field name. */
export type Answers = Readonly<Record<string, Answer>>;
/** An answer that is a text; empty when there is none. */
export const textAnswer = (answers: Answers, name: string): string => {
	const it = answers[name];
	return typeof it === 'string' ? it : '';
};
/** An answer that is a list of texts. */
export const listAnswer = (answers: Answers, name: string): readonly string[] => {
	const it = answers[name];
	return Array.isArray(it) ? it : [];
};
/** An answer that is pairs of texts. */
export const pairsAnswer = (answers: Answers, name: string): Readonly<Record<string, string>> => {
	const it = answers[name];
	return typeof it === 'object' && !Array.isArray(it) ? (it as Readonly<Record<string, string>>) : {};
};
