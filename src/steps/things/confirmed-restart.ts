import {type Field, type Known, textAnswer} from '../../engine/step.js';
import {dayOf, daysAfter, daysBetween, wrongDay} from './days.js';

/**
 * The person's word that the services of every NPS server were restarted, with the day: NPS may use the KMS key only
 * then, so without it silence proves little.
 */
export const serversRestarted: Field = {
	name: 'serversRestarted',
	label: 'Services of every NPS server restarted on',
	flagSays: 'the day (UTC) on which the services of every NPS server were restarted last',
	takes: 'day',
	kind: 'text',
	optional: true,
	settles: 'never',
	hint: 'YYYY-MM-DD in UTC; if NPS is gone, the day on which it was shut down',
	wrong: wrongDay,
};

/** The day that was said; empty where nobody said one. */
export const restartDay = (known: Known): string => textAnswer(known.answers, 'serversRestarted');
/** How many days have to be looked at so that they begin before that day; none where nobody said one. */
export function daysSinceRestart(known: Known): number {
	const said = restartDay(known);
	return said === '' ? 0 : Math.max(0, daysBetween(said, known.run.now ?? '') + 2);
}
/**
 * What is wrong with it: it has to come after the last use, so that a start would have shown, and be over, so that AWS
 * has had the time to show it. A day between them makes up for one that was said by another clock than UTC.
 */
export function wrongRestart(known: Known, since: string): string | undefined {
	const said = restartDay(known);
	const today = dayOf(known.run.now ?? '');
	if (said === '') return 'It is not said on which day the services of every NPS server were restarted last';
	if (!(said < today)) return `The day of the restart, ${said}, is not over yet (UTC)`;
	const first = dayOf(daysAfter(dayOf(since), 2));
	return said >= first
		? undefined
		: `The restart of ${said} does not count: from ${first} on it comes certainly after ${dayOf(since)} (UTC)`;
}
