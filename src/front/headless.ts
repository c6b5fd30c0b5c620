import {commandLine} from '../engine/command-line.js';
import {risksOf} from '../engine/course.js';
import {defaultAnswers} from '../engine/default-answers.js';
import {forecast} from '../engine/forecast.js';
import {leftoversOf} from '../engine/leftovers.js';
import {lookOnce} from '../engine/look-once.js';
import type {Left, Outcome} from '../engine/outcome.js';
import type {Ending} from '../engine/ports.js';
import {fold, knownFor, type State} from '../engine/record.js';
import {type Front, runCourse} from '../engine/run.js';
import {
	type Answers,
	type Change,
	type Confirm,
	isProblem,
	type Known,
	type Look,
	type Plan,
	type Problem,
	type Step,
} from '../engine/step.js';
import type {ThisRun} from '../engine/this-run.js';
import type {Event} from '../engine/wizard.js';
import {type Connection, openConnection, surroundingsOf} from '../run/connection.js';
import {CourseForecast} from '../run/course-forecast.js';
import {explain} from '../run/explain.js';
import {checkAnswers, fieldsOf, keyOfFlag} from '../run/given-answers.js';
import {mustGiveCode, recordedProfile, regionFor} from '../run/region.js';
import {type Flags, givenText, type Run} from '../run/run.js';
import {portsOf} from '../run/run-ports.js';
import {begin, lookForLost, type Recovered, type Session} from '../run/session.js';
import {close, inSession} from './ending.js';
import {greet} from './greeting.js';
import {heading} from './heading.js';
import {Report} from './report.js';

/** Sets up AWS without asking, or shows what it would do. Returns what it came to. */
export async function runUnasked(run: Run, endNow: (how: Left) => void): Promise<Outcome> {
	const {options, env, outlet, course} = run;
	return inSession(run, endNow, async session => {
		const {store, state, given, leaving} = session;
		const thisRun: ThisRun = {...session.thisRun, unasked: true};
		const report = new Report(course, outlet, () => fold(store.entries()).facts);
		const profile = givenText(given['profile']) ?? recordedProfile(state);
		const region = await regionFor({
			region: givenText(given['region']),
			profile,
			env,
			sandbox: options.sandbox,
			state,
		});
		// Nothing is chosen for who isn't asked: without a profile, what the AWS CLI would use.
		const answers = {...given, region, ...(!options.sandbox && {profile: profile ?? ''})};
		checkAnswers(course, fieldsOf(course, options.setup), answers, state);
		if (!options.sandbox && !options.mfaCode) await mustGiveCode(profile, env);
		const around = surroundingsOf(run, session);
		let connection = await openConnection(region, profile, around);
		report.say(heading(run.version));
		greet(report, session, connection);
		if (options.dryRun) return await forecastAll(report, session, answers, connection);
		const lost = await lookForLost(session, answers, connection);
		if (lost?.region) connection = await openConnection(lost.region, profile, around);
		begin(session, answers, connection, lost);
		for (const it of carryingOn(session, lost, region)) report.say(it);
		await tellLeftovers(report, {
			course,
			state: fold(store.entries(), course.name),
			look: connection.look,
			run: thisRun,
		});
		const courseForecast = new CourseForecast({
			course,
			look: connection.look,
			thisRun,
			stopAfter: options.stopAfter,
			state: () => fold(store.entries(), course.name),
		});
		const ending = await runCourse(
			course,
			courseForecast.over(portsOf(connection, store, thisRun, leaving, news => report.hear(news))),
			headless(report, options, connection.look),
			options.stopAfter,
		);
		return close(report, session, ending, connection);
	});
}

/** What a setup is carried on by whose record was lost. */
const carryingOn = ({state}: Session, lost: Recovered | undefined, region: string): readonly string[] => [
	...(lost && lost.id !== state.setupId ? [`Carrying on the setup that AWS's tags tell of, id ${lost.id}.`] : []),
	...(lost?.region ? [`Its KMS key belongs in ${lost.region}, so it goes on there, not in ${region}.`] : []),
];

/** First of all, what a run that was cut off may have left. */
async function tellLeftovers(report: Report, ground: Parameters<typeof leftoversOf>[0]): Promise<void> {
	const lines = await leftoversOf(ground);
	for (const it of lines) report.say(it);
	if (lines.length > 0) report.say();
}

/** What removes something needs a flag that names it: --yes is no word for that. */
export function unconfirmed(
	step: Pick<Step, 'id' | 'name'>,
	{changes, confirm}: Plan,
	options: Flags,
	run: ThisRun,
): Problem | undefined {
	const back = changes.filter(it => it.restores);
	if (back.length > 0 && !run.restore?.includes(step.id)) {
		const isCertain = back.some(it => it.restores === true);
		return isCertain ? givesBack(step, back, run) : mayGiveBack(step, back, run);
	}
	const looser = changes.flatMap(it => (typeof it.loosens === 'object' ? [{...it, ...it.loosens}] : []));
	const unsaid = looser.find(it => !run.said?.includes(it.answer));
	if (unsaid) return loosens(step, unsaid);
	const unasked = changes.find(it => it.confirm !== undefined && it.confirm !== options.removeAccessKey);
	if (!unasked) return confirm && notSaid(confirm, options);
	return {
		is: 'problem',
		what: `${unasked.verb} ${unasked.subject} needs your word`,
		why: '--yes approves creates and updates only',
		ways: [{is: 'this-run', says: 'say so again', flags: `--remove-access-key ${unasked.confirm}`}],
		code: 'Unconfirmed',
	};
}

/** Somebody took it away, perhaps as after a leak: that somebody wants it back is said for this run alone. */
const givesBack = ({id, name}: Pick<Step, 'id' | 'name'>, back: readonly Change[], run: ThisRun): Problem => ({
	is: 'problem',
	what: `${name}: this would put back what somebody took away`,
	why: whyBack(back),
	first: 'Find out who took it away and why',
	ways: [{is: 'this-run', says: 'have it put back', flags: restoring(id, run)}],
	code: 'TakenAway',
});

/** The record that would tell whether somebody took it away is lost. */
const mayGiveBack = ({id, name}: Pick<Step, 'id' | 'name'>, back: readonly Change[], run: ThisRun): Problem => ({
	is: 'problem',
	what: `${name}: this gives access that somebody may have taken away`,
	why: whyBack(back),
	first: 'Find out whether somebody took it away',
	ways: [{is: 'this-run', says: 'if it is to be there, say so', flags: restoring(id, run)}],
	code: 'MayBeTakenAway',
});
const whyBack = (back: readonly Change[]): string =>
	back.map(it => `${it.verb} ${it.subject}: ${it.why ?? 'it was there before'}`).join('; ');
const restoring = (id: string, run: ThisRun): string => `--restore ${[...(run.restore ?? []), id].join(',')}`;

/** What this setup set is loosened only in a run that says so itself. */
const loosens = ({name}: Pick<Step, 'name'>, it: Change & {readonly flags: string}): Problem => ({
	is: 'problem',
	what: `${name}: this loosens what this setup set`,
	why: `${it.verb} ${it.subject}: ${it.why ?? ''}`,
	ways: [{is: 'this-run', says: 'say so again', flags: it.flags}],
	code: 'Loosens',
});

/** Answers for the person who said --yes: creates and updates are approved, removals only if they were named. */
export function headless(report: Report, options: Flags, look: Look): Front {
	let reviews = 0;
	return {
		async decide(wizard, step, known): Promise<Event> {
			const {phase} = wizard;
			switch (phase.at) {
				case 'form':
					reviews = 0;
					return {type: 'submitted', answers: await defaultAnswers(step, look, known)};
				case 'review': {
					if (phase.plan.found && phase.plan.changes.length === 0) return {type: 'approved'};
					report.planned(step, phase.plan, {...known.facts, ...phase.plan.facts});
					const silent = unconfirmed(step, phase.plan, options, known.run);
					if (silent) return {type: 'failed', problem: silent};
					if (++reviews > 5)
						return {
							type: 'failed',
							problem: {
								is: 'problem',
								what: 'What is missing keeps changing',
								why: 'Somebody else may be at work on the same things',
								ways: [{is: 'by-hand', says: 'find out who'}],
								again: commandLine(known.run),
								code: 'Unsteady',
							},
						};
					return {type: 'approved'};
				}
				case 'done':
					return {type: 'next'};
				default:
					return {type: 'quit'};
			}
		},
	};
}

/** What a plan that needs a word lacks, if flags don't give it. */
function notSaid({says, flags}: Confirm, options: Flags): Problem | undefined {
	const given = (flag: string): unknown => options[keyOfFlag(flag)];
	const lacking = Object.entries(flags).filter(([flag, values]) => !values.includes(String(given(flag) ?? '')));
	if (lacking.length === 0) return undefined;
	const wrong = lacking.flatMap(([flag]) =>
		given(flag) === undefined ? [] : [`--${flag} ${String(given(flag))} is another name`],
	);
	return {
		is: 'problem',
		what: 'This needs your word',
		why: [says.replace(/\.$/, ''), ...wrong].join('. '),
		ways: [
			{
				is: 'this-run',
				says: 'say so',
				flags: Object.entries(flags)
					.map(([flag, [value]]) => `--${flag} ${value ?? ''}`)
					.join(' '),
			},
		],
		code: 'Unconfirmed',
	};
}

async function forecastAll(
	report: Report,
	{run: {course, options}, state, thisRun}: Session,
	answers: Answers,
	{look: eyes, outstanding}: Connection,
): Promise<Outcome> {
	// Nothing is done in between: what was seen once is what there is.
	const look = lookOnce(eyes);
	const hypothetical: State = {...state, answers: {...state.answers, ...answers}};
	const forecasting = new CourseForecast({
		course,
		look,
		thisRun,
		stopAfter: options.stopAfter,
		state: () => hypothetical,
	}).look();
	let known: Known = knownFor('', hypothetical, thisRun);
	let [current] = course.steps;
	outstanding(it => {
		if (it && current) report.hear({type: 'wait', step: current.id, ...it});
	});
	try {
		await tellLeftovers(report, {course, state: hypothetical, look, run: thisRun});
		for await (const {step, plan, known: at} of forecast(course.steps, hypothetical, forecasting, thisRun)) {
			current = course.steps[course.steps.indexOf(step) + 1] ?? step;
			known = {...at, facts: {...at.facts, ...plan.facts}};
			if (isProblem(plan)) return toldAsStopped(report, known, {status: 'stopped', step, problem: plan});
			report.planned(step, plan, known.facts);
			if (plan.changes.length > 0) continue;
			report.say(`✔ ${step.name.padEnd(16)} ${plan.says ?? 'nothing to change'}`);
			for (const it of plan.warns ?? []) report.say(`  ! ${it}`);
		}
	} catch (error) {
		if (!current) throw error;
		return toldAsStopped(report, known, {
			status: 'stopped',
			step: current,
			problem: explain(error, {facts: hypothetical.facts, run: thisRun}),
		});
	}
	report.say();
	report.say('Nothing has changed: this was a dry run.');
	report.result('planned', known);
	return 'done';
}
function toldAsStopped(report: Report, known: Known, ending: Ending): Outcome {
	for (const it of risksOf(report.course, known)) report.say(`! ${it}`);
	if (ending.problem) report.problem(ending.problem);
	report.result('stopped', known, ending);
	return 'stopped';
}
