import {call} from '../../aws/client/call.js';
import {commandLine} from '../../engine/command-line.js';
import {type Forecast, forecast} from '../../engine/forecast.js';
import type {Left, Outcome} from '../../engine/outcome.js';
import {type Entry, fold, knownFor} from '../../engine/record.js';
import {type Answers, isProblem, type Problem} from '../../engine/step.js';
import {inSession} from '../../front/ending.js';
import {greet} from '../../front/greeting.js';
import {unconfirmed} from '../../front/headless.js';
import {Report} from '../../front/report.js';
import {type Connection, openConnection, surroundingsOf} from '../../run/connection.js';
import {explain} from '../../run/explain.js';
import {checkAnswers, fieldsOf} from '../../run/given-answers.js';
import {recordedProfile, regionFor} from '../../run/region.js';
import {bannerOf, givenText, type Run} from '../../run/run.js';
import {begin, lookForLost, type Session} from '../../run/session.js';
import {thisHost} from '../../run/this-run.js';
import {bashScript} from '../../script/bash-script.js';
import {powershellScript} from '../../script/powershell-script.js';
import type {Occasion} from '../../script/preamble.js';
import {procedureOf} from '../../script/printed-steps.js';
import {documentOf} from '../out-file.js';

const shells: Readonly<Record<string, typeof bashScript>> = {bash: bashScript, powershell: powershellScript};

/**
 * Prints the remaining steps as a script for someone else to run, and saves what it was made with, so that a later run
 * knows what it made. Returns what it came to.
 */
export async function printCommands(run: Run, endNow: (how: Left) => void): Promise<Outcome> {
	const {options, env, outlet, course} = run;
	return inSession(run, endNow, async session => {
		const {store, state, thisRun, given} = session;
		// The script alone stands on stdout.
		const report = new Report(course, {...outlet, out: outlet.err}, () => fold(store.entries()).facts);
		const profile = givenText(given['profile']) ?? recordedProfile(state);
		const region = await regionFor({
			region: givenText(given['region']),
			profile,
			env,
			sandbox: options.sandbox,
			state: isForAnother(session) ? undefined : state,
		});
		const answers = {...given, region};
		checkAnswers(course, fieldsOf(course, options.setup), answers, state);
		const around = surroundingsOf(run, session);
		let connection = await openConnection(region, profile, around);
		const lost = await lookForLost(session, answers, connection);
		if (lost?.region) connection = await openConnection(lost.region, profile, around);
		const step = course.steps[0]?.id ?? '';
		connection.outstanding(it => it && report.hear({type: 'wait', step, ...it}));
		greet(report, session, connection);
		begin(session, answers, connection, lost);
		await release(session, connection, report);
		const forecasts = await forecastsOf(session, connection.look);
		const {clock} = connection;
		const status = isProblem(forecasts) ? 'stopped' : 'printed';
		if (isProblem(forecasts)) report.problem(forecasts);
		else {
			const text = scriptOf(session, forecasts, connection, step => report.heading(step));
			const script = documentOf({text, runs: true}, options, outlet);
			save(session, forecasts, connection);
			script.put();
			report.say(
				`Nothing has changed in AWS. The answers are saved: after the script ran, ${commandLine(thisRun)} carries ` +
					'on from them.',
			);
		}
		store.append({type: 'ended', status, ...clock.now()});
		return status === 'printed' ? 'done' : 'stopped';
	});
}

/** Whether only a script was printed so far, and another account is expected now. */
const isForAnother = ({run: {options}, state}: Session): boolean =>
	state.wasPrinted === true &&
	Object.keys(state.past).length === 0 &&
	options.expectAccount !== undefined &&
	options.expectAccount !== state.facts.account;

/** A script printed for another account is void once the person says by flag that this one is meant. */
async function release(session: Session, {look, clock}: Connection, report: Report): Promise<void> {
	if (!isForAnother(session)) return;
	const {run, store, state} = session;
	const {options} = run;
	const {account = ''} = state.facts;
	const caller = await look.at(call('sts:GetCallerIdentity', {})).catch(() => undefined);
	if (caller?.Account !== options.expectAccount) return;
	store.append({type: 'printed', shell: '', changes: [], released: true, ...clock.now()} as Entry);
	report.say(`! The script printed earlier is of account ${account}: it must not be run any more.`);
}

/** All remaining plans, or what stops them. */
async function forecastsOf(
	{run: {course, options}, store, thisRun}: Session,
	look: Connection['look'],
): Promise<readonly Forecast[] | Problem> {
	const forecasts: Forecast[] = [];
	try {
		for await (const it of forecast(course.steps, fold(store.entries()), look, thisRun)) {
			if (isProblem(it.plan)) return it.plan;
			const unasked = unconfirmed(it.step, it.plan, options, thisRun);
			if (unasked) return unasked;
			forecasts.push(it);
			if (it.step.id === options.stopAfter) break;
		}
		return forecasts;
	} catch (error) {
		return explain(error, {facts: fold(store.entries()).facts, run: thisRun});
	}
}

/** Saves all that the script rests on: the answers, given or not, and the account. */
function save(
	{store, run: {course, options}, thisRun}: Session,
	forecasts: readonly Forecast[],
	{clock, endpoint}: Connection,
): void {
	const state = fold(store.entries());
	const used: Answers = Object.assign({}, ...forecasts.map(it => it.known.answers));
	const asked = new Set(
		course.steps.flatMap(it => it.fields?.(knownFor(it.id, state, thisRun)) ?? []).map(it => it.name),
	);
	const fresh = Object.entries(used).filter(
		([name, it]) =>
			asked.has(name) && (state.passing?.includes(name) || JSON.stringify(state.answers[name]) !== JSON.stringify(it)),
	);
	const append = (entry: object): void => store.append({...entry, ...clock.now()} as Entry);
	if (fresh.length > 0) append({type: 'answered', answers: Object.fromEntries(fresh)});
	const {account = '', partition = '', region = '', caller = ''} = factsOf(forecasts);
	append({type: 'connected', caller, facts: {account, partition, region, caller}, ...(endpoint && {endpoint})});
	const changes = forecasts.flatMap(({plan}) => (!isProblem(plan) ? plan.changes : []));
	append({
		type: 'printed',
		shell: options.shell ?? 'bash',
		changes: changes.map(it => it.id),
		calls: changes.map(it => it.call),
	});
}

const factsOf = (forecasts: readonly Forecast[]): Forecast['known']['facts'] =>
	Object.assign({}, ...forecasts.map(({known, plan}) => ({...known.facts, ...plan.facts})));

function scriptOf(
	{run, store, thisRun}: Session,
	forecasts: readonly Forecast[],
	{endpoint}: Connection,
	heading: Report['heading'],
): string {
	const {options, version, now} = run;
	const {account = '', region = ''} = factsOf(forecasts);
	const occasion: Occasion = {
		setup: options.setup,
		setupId: fold(store.entries()).setupId ?? '',
		account,
		region,
		version,
		banner: bannerOf(options, endpoint),
		on: now.toISOString().slice(0, 10),
		host: thisHost(),
		next: commandLine(thisRun, 'setup'),
	};
	const render = shells[options.shell ?? 'bash'] ?? bashScript;
	return render(procedureOf(forecasts, heading), occasion);
}
