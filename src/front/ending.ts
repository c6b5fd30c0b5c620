import {risksOf} from '../engine/course.js';
import type {Left, Outcome} from '../engine/outcome.js';
import type {Ending} from '../engine/ports.js';
import {type Entry, fold, knownFor} from '../engine/record.js';
import {Trouble} from '../engine/trouble.js';
import {Interrupted} from '../engine/waiting.js';
import type {Connection} from '../run/connection.js';
import type {Run} from '../run/run.js';
import {putAway, type Session, withSession} from '../run/session.js';
import {printable} from '../run/text-without-secrets.js';
import {lastWords} from './last-words.js';
import {Report} from './report.js';

/**
 * Opens the setup that a run names, tells who leaves before its first step or during a dry run that nothing changed,
 * and closes it whatever happens.
 */
export const inSession = <T>(
	run: Run,
	endNow: (how: Left) => void,
	use: (session: Session) => Promise<T>,
): Promise<T | Outcome> =>
	withSession(run, endNow, session => use(session).catch((error: unknown) => whereLeft(session, error)));

/** What it comes to for who left before the first step or during a dry run, where nothing is written. */
function whereLeft({run: {course, outlet}, store, thisRun, leaving}: Session, error: unknown): Outcome {
	if (!(error instanceof Interrupted)) throw error;
	const report = new Report(course, outlet, () => ({}));
	report.say('Interrupted. Nothing changed.');
	report.result('interrupted', knownFor('', fold(store.entries(), course.name), thisRun));
	return leaving.heard() ?? 'interrupted';
}

/** The last lines and the last entry of a run, and what it came to. */
export function close(report: Report, session: Session, ending: Ending, {clock}: Connection): Outcome {
	const {
		run: {course},
		store,
		thisRun,
		leaving,
	} = session;
	const known = knownFor(ending.step.id, fold(store.entries()), thisRun);
	const {status, step, problem} = ending;
	// The record first: who reads the words may be gone.
	const why = problem && printable(`${problem.what}: ${problem.why}${problem.code ? ` [${problem.code}]` : ''}`);
	closeRecord(store, {type: 'ended', status, ...(why && {why}), ...clock.now()});
	// How to be safe now comes before why it stopped.
	if (status !== 'complete') for (const it of risksOf(course, known)) report.say(`! ${it}`);
	if (problem) {
		report.line({type: 'step', step: step.id, status: 'stopped'});
		if (problem.is === 'pause') report.sheet(step, known);
		report.problem(problem, step);
	}
	if (status === 'complete') for (const it of course.steps) report.sheet(it, known);
	report.say(lastWords(course, ending, report.changed(), known));
	const kept = status === 'complete' ? putAway(session) : undefined;
	if (kept) report.say(`The record is kept as ${kept}.`);
	report.result(status, known, ending);
	return (
		{
			complete: 'done',
			paused: leaving.heard() ?? 'done',
			stopped: 'stopped',
			interrupted: leaving.heard() ?? 'interrupted',
		} as const
	)[status];
}

/** Notes the end of the run. A record that can't be written has been told already, and holds without this line. */
function closeRecord(store: Session['store'], entry: Entry): void {
	try {
		store.append(entry);
	} catch (error) {
		if (!(error instanceof Trouble)) throw error;
	}
}
