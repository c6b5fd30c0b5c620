import ical from 'ical-generator';
import {commandLine} from '../../engine/command-line.js';
import {visible} from '../../engine/control-characters.js';
import type {ThisRun} from '../../engine/this-run.js';
import type {AccessKeyNow} from '../../steps/looks/access-key-now.js';
import {dayAtAge} from '../../steps/things/access-key-age.js';
import type {DayToCome} from './days-to-come.js';
import type {Thresholds} from './levels.js';

/** An access key with a day to come: of which setup it is, and how a run for that one is called. */
export type Dated = {
	readonly setup: string;
	readonly id: string | undefined;
	readonly account: string | undefined;
	readonly called: ThisRun;
	readonly accessKey: AccessKeyNow;
};

/**
 * The days of these access keys, and those that records tell, as iCalendar. An event keeps its UID when the access key
 * is replaced, so a later file moves it; the same access keys and records give the same bytes.
 * https://www.rfc-editor.org/rfc/rfc5545
 */
export function calendarOf(
	all: readonly Dated[],
	{warnDays, criticalDays}: Thresholds,
	toCome: readonly DayToCome[] = [],
): string {
	const calendar = ical({name: 'NPS access keys', prodId: {company: 'nps-kms', product: 'nps-kms', language: 'EN'}});
	for (const it of all) {
		const {madeAt, id} = it.accessKey;
		if (madeAt === undefined) continue;
		const made = new Date(madeAt);
		const where = it.account === undefined ? '' : ` in account ${it.account}`;
		const what = `Access key ${id} of setup ${it.setup}${where} was made on ${madeAt.slice(0, 10)}`;
		const how = commandLine(it.called, 'replace-access-key');
		const event = (which: string, days: number, summary: string): void =>
			void calendar.createEvent({
				id: `${which}.${it.id ?? `${it.setup}.${it.account ?? ''}`}@nps-kms`,
				// Whoever holds an earlier one takes the later: it rises with the day.
				sequence: Math.floor(made.getTime() / day),
				stamp: made,
				start: `${dayAtAge(made, days)}T00:00:00Z`,
				timezone: 'UTC',
				allDay: true,
				summary: visible(summary),
				description: visible(`${what}. ${how} replaces it, with NPS at work meanwhile.`),
			});
		const which = it.setup === 'nps' ? 'NPS' : `NPS (${it.setup})`;
		event('replace', warnDays, `Replace the access key of ${which}: it is ${warnDays} days old`);
		event('due', criticalDays, `The access key of ${which} is ${criticalDays} days old`);
	}
	for (const {which, day: on, told, at, summary, description} of toCome)
		calendar.createEvent({
			id: `${which}@nps-kms`,
			sequence: told,
			stamp: new Date(at),
			start: `${on}T00:00:00Z`,
			timezone: 'UTC',
			allDay: true,
			summary: visible(summary),
			description: visible(description),
		});
	return `${calendar.toString()}\r\n`;
}
const day = 24 * 60 * 60_000;
