const day = 24 * 60 * 60_000;

/** A moment's day, in UTC. */
export const dayOf = (at: Date | string): string => (typeof at === 'string' ? at : at.toISOString()).slice(0, 10);
/** The moment so many days after another. */
export const daysAfter = (at: string, days: number): Date => new Date(Date.parse(at) + days * day);
/** How many whole days lie between two moments. */
export const daysBetween = (from: string, to: string): number => Math.floor((Date.parse(to) - Date.parse(from)) / day);
/** The rule for a day, as a field has it: empty where nobody said one. */
export const wrongDay = (it: unknown): string | undefined => {
	const text = String(it);
	if (text === '') return undefined;
	const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : Number.NaN;
	return !Number.isNaN(at) && dayOf(new Date(at)) === text ? undefined : 'A day as YYYY-MM-DD';
};
/** The rule for a number of days. */
export const wrongDays =
	(most: number) =>
	(it: unknown): string | undefined =>
		/^[1-9]\d{0,3}$/.test(String(it)) && Number(it) <= most ? undefined : `A whole number from 1 to ${most}`;
