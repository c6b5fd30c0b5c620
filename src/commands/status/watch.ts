import type {Outcome} from '../../engine/outcome.js';
import {Trouble} from '../../engine/trouble.js';
import {Interrupted} from '../../engine/waiting.js';
import {inThreeLines} from '../../front/problem-lines.js';
import {documentFile, type Putting} from '../../local/document-file.js';
import {setupNames} from '../../local/record-store.js';
import {setupsDir} from '../../local/state-folder.js';
import {calledAs} from '../../run/called-as.js';
import {type Leaving, listenForLeaving} from '../../run/leaving.js';
import type {Run} from '../../run/run.js';
import type {Host} from '../command.js';
import {documentOf} from '../out-file.js';
import type {Dated} from './calendar.js';
import type {Level, Thresholds} from './levels.js';
import {monitorLine} from './monitor-line.js';
import {outcomeOfAll, recordedOf, type Stands, standAll} from './stands.js';
import {tellAll} from './status-of-all.js';
import {statusLine} from './told-status.js';

/** What is made of one look. */
export type Watched = Thresholds & {
	readonly ofAll: boolean;
	readonly monitor: boolean;
	readonly prometheus?: string | undefined;
	readonly calendar?: string | undefined;
	/** For how long AWS is waited for in all, in milliseconds. */
	readonly within: number;
};

const outcomes: Readonly<Record<Level, Outcome>> = {
	ok: 'done',
	warning: 'warning',
	critical: 'critical',
	unknown: 'unknown',
};

/**
 * Looks at one setup or at all, and tells it to monitoring systems and calendars; asks nothing, takes no lock, writes
 * but the files that were named. Ends in time whatever AWS does.
 */
export async function watch(run: Run, watched: Watched, host: Pick<Host, 'endNow' | 'stderr'>): Promise<Outcome> {
	const {options, env, outlet} = run;
	const names = watched.ofAll ? setupNames(setupsDir(env, options.sandbox)) : [options.setup];
	const told = await lookWithin(run, names, watched, host);
	const tells = (line: string): void => void (host.stderr.isTTY && outlet.err(line));
	if (watched.prometheus !== undefined) {
		const {metricsOf} = await import('./metrics.js');
		tells(put(watched.prometheus, metricsOf(told.all), {flag: '--prometheus', renews: '# HELP nps_kms_'}));
	}
	if (watched.calendar !== undefined) {
		const {calendarOf} = await import('./calendar.js');
		const {recordedDays} = await import('./days-to-come.js');
		const recorded = recordedDays(run, watched.ofAll ? undefined : options.setup, lookedAt(told.all, run));
		const dated = told.all.filter(it => !recorded.ending.includes(it.setup)).flatMap(it => datedOf(it, run));
		tells(
			put(watched.calendar, Buffer.from(calendarOf(dated, watched, recorded.days)), {
				flag: '--calendar',
				renews: 'BEGIN:VCALENDAR',
			}),
		);
		if (dated.length + recorded.days.length === 0) tells('There is no access key yet, so no day is in it.');
	}
	if (watched.monitor) outlet.out(told.line);
	else inWords(told.all, watched, run);
	// What is still out is not waited for.
	if (told.late) setTimeout(() => host.endNow(told.outcome), 200);
	return told.outcome;
}

/** By AWS's clock, where one of them could be looked at. */
const lookedAt = (all: readonly Stands[], run: Run): string =>
	all.flatMap(it => ('whole' in it ? it.whole.at : [])).at(0) ?? run.now.toISOString();

type Told = {
	readonly all: readonly Stands[];
	readonly outcome: Outcome;
	readonly line: string;
	/** Something is still out. */
	readonly late: boolean;
};
async function lookWithin(
	run: Run,
	names: readonly string[],
	watched: Watched,
	host: Pick<Host, 'endNow'>,
): Promise<Told> {
	const leaving = listenForLeaving(host.endNow);
	leaving.onHeard(() => host.endNow(leaving.heard() ?? 'interrupted'));
	const timeout = new AbortController();
	let timer: NodeJS.Timeout | undefined;
	const over = new Promise<undefined>(done => {
		timer = setTimeout(() => {
			timeout.abort(new Interrupted());
			done(undefined);
		}, watched.within);
	});
	try {
		const bounded: Leaving = {...leaving, signal: AbortSignal.any([leaving.signal, timeout.signal])};
		const found = new Map<string, Stands>();
		const looking = standAll(run, names, bounded, it => void found.set(it.setup, it));
		// Once it is over, what comes of it is no matter any more.
		looking.catch(() => undefined);
		const whole = await Promise.race([looking, over]);
		const all = whole ?? names.map(name => found.get(name) ?? tooLate(name, run, watched.within));
		const {level, line} = monitorLine(all, watched, watched.ofAll);
		const outcome = watched.monitor ? outcomes[level] : outcomeOfAll(all);
		return {all, outcome, line, late: whole === undefined};
	} finally {
		clearTimeout(timer);
		leaving.stop();
	}
}

function tooLate(setup: string, run: Run, within: number): Stands {
	const error = new Trouble(words => ({
		is: 'problem',
		what: `How setup ${setup} stands isn't told in time`,
		why: `It was waited for ${Math.round(within / 1000)} seconds`,
		todo: `Run ${words('doctor')} to see what holds it up, then look again`,
		code: 'TimedOut',
	}));
	const problem = error.worded(() => 'nps-kms doctor');
	return {setup, problem, error, recorded: recordedOf({...run, options: {...run.options, setup}})};
}

/** What an earlier look wrote is replaced without a question, for it is told anew each time; nothing else is. */
function put(file: string, text: string | Uint8Array, how: Putting): string {
	const document = documentFile(file, text, how);
	document.put();
	return document.isThere ? `${document.file} holds just that already.` : `Written to ${document.file}`;
}

/** Files were asked for: the table is left out, and what can't be told is an error. */
function inWords(all: readonly Stands[], {ofAll}: Watched, run: Run): void {
	const {options, outlet} = run;
	const [first] = all;
	if (ofAll && outlet.json) tellAll(all, run);
	else if (!ofAll && first && 'error' in first) throw first.error;
	else if (first && 'whole' in first && outlet.json) documentOf({text: statusLine(first.whole)}, options, outlet).put();
	else for (const it of all) if ('problem' in it) for (const line of inThreeLines(it.problem)) outlet.err(line);
}

function datedOf(it: Stands, run: Run): readonly Dated[] {
	const {setup} = it;
	if ('problem' in it) {
		const {id, accessKey} = it.recorded ?? {};
		const called = calledAs({...run, options: {...run.options, setup}});
		return accessKey ? [{setup, id, account: undefined, called, accessKey}] : [];
	}
	const {id, account, called, accessKey} = it.whole;
	return accessKey && accessKey.status !== 'gone' ? [{setup, id, account, called, accessKey}] : [];
}
