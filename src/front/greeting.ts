import {timeInWords} from '../engine/time-in-words.js';
import type {Connection} from '../run/connection.js';
import {bannerOf} from '../run/run.js';
import type {Session} from '../run/session.js';
import {thisHost} from '../run/this-run.js';
import type {Report} from './report.js';

/** The first lines: what runs, on which record, against what. */
export function greet(
	report: Report,
	{run: {options}, store, state, moved}: Session,
	{endpoint, warnings}: Pick<Connection, 'endpoint' | 'warnings'>,
): void {
	report.say(`Setup ${options.setup} · record ${store.file}`);
	const told = bannerOf(options, endpoint);
	if (told) report.say(told);
	for (const it of warnings) report.say(it);
	if (moved) report.say(`The record could not be read; it is kept as ${moved}.`);
	const {last} = state;
	if (last?.host && last.host !== thisHost())
		report.say(
			`The last run was on ${last.host}, ${timeInWords(last.at)}` +
				`${last.ended ? '' : '; it did not end in order'}. Make sure ` +
				"that it isn't still running there.",
		);
	report.say();
}
