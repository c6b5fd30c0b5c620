import {Option} from 'commander';
import {wholePath} from '../../local/whole-path.js';
import type {Flags} from '../../run/run.js';
import {givenText} from '../../run/run.js';
import {usage} from '../../run/usage-error.js';
import {dueSoon, most} from '../../steps/things/access-key-age.js';
import type {Watched} from './watch.js';

/** The flags by which status tells monitoring systems and calendars. */
export const watchFlags = (): readonly Option[] => [
	new Option('--monitor', 'one line as a monitoring plugin; exit code 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN'),
	new Option('--warn-days <days>', `age of the access key from which it warns; ${dueSoon} without`).argParser(days),
	new Option('--critical-days <days>', `age from which it is critical; ${most} without`).argParser(days),
	new Option('--prometheus <file>', 'write metrics into this file, for the textfile collector'),
	new Option('--calendar <file>', 'write the days to replace the access key into this file (iCalendar)'),
];

/** For how long AWS is waited for in all, in milliseconds: monitoring systems wait a minute, mostly. */
const patience = {monitor: 50_000, files: 300_000} as const;

/** What of a look is to be told to whom; undefined where only people and programs ask. */
export function watchedOf(flags: Flags): Watched | undefined {
	const [prometheus, calendar] = [givenText(flags['prometheus']), givenText(flags['calendar'])];
	const monitor = flags['monitor'] === true;
	const [warn, critical] = [flags['warnDays'], flags['criticalDays']] as readonly (number | undefined)[];
	if (flags['prometheus'] === '' || flags['calendar'] === '')
		throw usage('A file has no name', '--prometheus and --calendar take the file to write', 'Name it');
	if (prometheus !== undefined && calendar !== undefined && wholePath(prometheus) === wholePath(calendar))
		throw usage('--prometheus and --calendar name the same file', 'Each writes a file of its own', 'Name two files');
	if ((warn ?? critical) !== undefined && !monitor && calendar === undefined)
		throw usage(
			`${warn === undefined ? '--critical-days' : '--warn-days'} says nothing here`,
			'It is about --monitor and --calendar',
			'Give one of these, or leave it out',
		);
	const {warnDays, criticalDays} = thresholds(warn, critical);
	if (!monitor && prometheus === undefined && calendar === undefined) return undefined;
	if (monitor && flags.json)
		throw usage("--json doesn't go with --monitor", 'Each wants stdout for itself', 'Leave one of them out');
	const within = monitor ? patience.monitor : patience.files;
	return {ofAll: flags['all'] === true, monitor, prometheus, calendar, warnDays, criticalDays, within};
}

/** Who names one alone has the other follow. */
function thresholds(
	warn: number | undefined,
	critical: number | undefined,
): Pick<Watched, 'warnDays' | 'criticalDays'> {
	const warnDays = warn ?? Math.min(dueSoon, critical ?? dueSoon);
	const criticalDays = critical ?? Math.max(most, warnDays);
	if (warnDays > criticalDays)
		throw usage(
			`--warn-days ${warnDays} comes after --critical-days ${criticalDays}`,
			'A warning comes first',
			'Give fewer days to --warn-days',
		);
	return {warnDays, criticalDays};
}

function days(value: string): number {
	if (!/^[1-9]\d{0,3}$/.test(value))
		throw usage(`${value} is no number of days`, 'It takes whole days, 1 to 9999', 'Correct it');
	return Number(value);
}
