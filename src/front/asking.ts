import {setTimeout as sleep} from 'node:timers/promises';
import {regionsOf} from '../aws/rules/regions.js';
import {findSources, signsInUnasked} from '../aws/sign-in/profiles.js';
import {type Course, risksOf} from '../engine/course.js';
import {leftoversOf} from '../engine/leftovers.js';
import {hurried} from '../engine/look.js';
import type {Left, Outcome} from '../engine/outcome.js';
import type {Ending} from '../engine/ports.js';
import {fold, knownFor, type State} from '../engine/record.js';
import {askBefore, type Front, runCourse} from '../engine/run.js';
import {type Answers, type Look, textAnswer} from '../engine/step.js';
import type {Wizard} from '../engine/wizard.js';
import {type Connection, openConnection, type Surroundings, signInsOf, surroundingsOf} from '../run/connection.js';
import {CourseForecast} from '../run/course-forecast.js';
import {checkAnswers, fieldsOf} from '../run/given-answers.js';
import {movingConnection} from '../run/moving-connection.js';
import {namedRegion, recordedProfile} from '../run/region.js';
import {bannerOf, givenText, type OtherCommand, type Run} from '../run/run.js';
import {portsOf} from '../run/run-ports.js';
import {begin, CantLook, lookForLost, type Recovered, type Session, setupsBeside} from '../run/session.js';
import {rehearse} from '../steps/things/credentials-and-region.js';
import {close, inSession} from './ending.js';
import {greet} from './greeting.js';
import {heading} from './heading.js';
import {type Home, homeOf, strangersHome} from './home.js';
import {Report} from './report.js';
import {type Person, Scenes} from './run-as-scenes.js';

/** What the person chose at home. */
export type Chosen = {readonly chosen: string} | {readonly setup: string} | {readonly quit: true};
/** A front end that asks a person. Lines said while it draws are its own to place. */
export type Asking = Person & {
	home(home: Home): Promise<Chosen>;
	/** The screen is over: what follows are lines. */
	end(): Promise<void>;
};
/**
 * Makes the front end, below these lines; `interrupt` is what Ctrl+C does where it makes no signal, `onHeard` tells of
 * a signal.
 */
export type MakeAsking = (leaving: Session['leaving'], above?: readonly string[]) => Asking;

/** What to run instead: another setup, a rehearsal, another course of this setup, or a command that looks at it. */
type Another =
	| {readonly setup: string}
	| {readonly sandbox: true}
	| {readonly course: Course}
	| {readonly command: OtherCommand};

/** Sets up AWS by asking a person. Returns what it came to. */
export async function ask(run: Run, make: MakeAsking, endNow: (how: Left) => void): Promise<Outcome> {
	const next = await inSession(run, endNow, async session => {
		const it = await askIn(session, make);
		// What was chosen as the wish to leave was heard isn't begun any more.
		return typeof it === 'string' ? it : (session.leaving.heard() ?? it);
	});
	if (typeof next === 'string') return next;
	if ('command' in next) return next.command.run(run.options);
	return ask('course' in next ? {...run, ...next} : {...run, options: {...run.options, ...next}}, make, endNow);
}

async function askIn(session: Session, make: MakeAsking): Promise<Outcome | Another> {
	const {run, store, state, leaving} = session;
	const {course} = run;
	let drawing = false;
	const above = [heading(run.version)];
	const out = (line: string): void => {
		if (!drawing) run.outlet.out(line);
		above.push(line);
	};
	const report = new Report(course, {...run.outlet, out}, () => ({...fold(store.entries()).facts}));
	const answers = await startingAnswers(session);
	checkAnswers(course, fieldsOf(course, run.options.setup), answers, state);
	let chosen: Answers = {};
	const now = (): Answers => ({...answers, ...chosen, ...fold(store.entries(), course.name).answers});
	const around = {...surroundingsOf(run, session), signIns: signInsOf(surroundingsOf(run, session))};
	const connection = await movingConnection(now, around);
	greet(report, session, connection);
	const asking = make(leaving, [...above]);
	const scenes = scenesOf(session, asking, connection);
	drawing = true;
	try {
		const elsewhere = course.begins && (await atHome(session, asking, connection.look));
		if (elsewhere) return elsewhere;
		const answer = askBefore(course, scenes);
		if (answer) connection.answeredBy(answer);
		const find = (): Promise<Recovered | undefined> => lost(session, now(), connection, around);
		const found = await foundOrAsked(session, scenes, {
			find,
			now,
			choose: it => {
				chosen = it;
			},
		});
		if (found === 'left') return leaving.heard() ?? 'interrupted';
		if (found === 'rehearse') return {sandbox: true};
		begin(session, answers, connection, found);
		// What was chosen to find it stands in the form, and is this run's alone until it is submitted there.
		if (Object.keys(chosen).length > 0)
			store.append({type: 'answered', answers: chosen, passing: true, ...connection.clock.now()});
		const ending = await askThrough(session, scenes, connection, report);
		await asking.end();
		drawing = false;
		if (ending === 'rehearse') return {sandbox: true};
		const outcome = close(report, session, ending, connection);
		// Who leaves at a problem leaves by choice.
		return ending.status === 'stopped' ? (leaving.heard() ?? 'interrupted') : outcome;
	} finally {
		await asking.end();
	}
}

/** What is to be recovered; where no region is named yet, IAM is asked from any of the partition's. */
async function lost(
	session: Session,
	answers: Answers,
	connection: Connection,
	around: Surroundings,
): Promise<Recovered | undefined> {
	const {run} = session;
	if (!run.options.recover || textAnswer(answers, 'region')) return lookForLost(session, answers, connection);
	const profile = textAnswer(answers, 'profile') || undefined;
	const {profiles} = await findSources(run.env);
	const [anywhere = ''] = regionsOf(profiles.find(it => it.name === profile)?.partition ?? 'aws');
	return lookForLost(session, answers, await openConnection(anywhere, profile, around));
}

/** What is to be recovered; where it can't be looked for, a person is asked by whose credentials it can. */
async function foundOrAsked(
	{run: {course}, state, thisRun}: Session,
	scenes: Scenes,
	{find, now, choose}: {find(): Promise<Recovered | undefined>; now(): Answers; choose(answers: Answers): void},
): Promise<Recovered | undefined | 'left' | 'rehearse'> {
	const [connect] = course.steps;
	for (;;) {
		try {
			return await find();
		} catch (error) {
			if (!(error instanceof CantLook) || !connect) throw error;
			const wizard: Wizard = {step: 0, of: course.steps.length, phase: {at: 'form', problem: error.problem}};
			const event = await scenes.decide(wizard, connect, knownFor(connect.id, state, thisRun, {answers: now()}));
			if (event.type === 'quit') return 'left';
			if (event.type !== 'submitted') continue;
			if (event.answers['profile'] === rehearse) return 'rehearse';
			choose(event.answers);
		}
	}
}

/** What is chosen at home, where there is one; undefined where the course is carried on. */
async function atHome(
	session: Session,
	asking: Asking,
	look: Connection['look'],
): Promise<Outcome | Another | undefined> {
	const {now, seen} = await homeNow(session, look);
	const gone = new AbortController();
	const chosen = now && (await asking.home({...now, coming: linesSeen(session, look, seen, gone.signal)}));
	gone.abort();
	if (!chosen) return undefined;
	if ('setup' in chosen) return chosen;
	if ('quit' in chosen) return session.leaving.heard() ?? 'interrupted';
	if (chosen.chosen === 'rehearse') return {sandbox: true};
	const {others, commands = []} = session.run;
	const other = others.find(it => it.name === chosen.chosen);
	const command = commands.find(it => it.name === chosen.chosen);
	return other ? {course: other} : command && {command};
}

function scenesOf({run: {course, options}, store, thisRun}: Session, asking: Asking, connection: Connection): Scenes {
	const state = (): State => fold(store.entries());
	return new Scenes(
		{
			course,
			look: connection.look,
			thisRun,
			state,
			banner: () => bannerOf(options, connection.endpoint),
			endpoint: () => connection.endpoint,
		},
		asking,
	);
}

/** Runs the course with the person's answers, until it ends or a rehearsal is wished for instead. */
async function askThrough(
	{run: {course, options}, store, thisRun, leaving}: Session,
	scenes: Scenes,
	connection: Connection,
	report: Report,
): Promise<Ending | 'rehearse'> {
	const {look} = connection;
	const courseForecast = new CourseForecast({course, look, thisRun, state: () => fold(store.entries(), course.name)});
	const ports = courseForecast.over(
		portsOf(connection, store, thisRun, leaving, news => {
			report.hear(news);
			scenes.hear(news);
		}),
	);
	let rehearsing = false;
	const front: Front = {
		show: wizard => scenes.show(wizard),
		...(scenes.deliver && {deliver: scenes.deliver}),
		secret: it => scenes.secret(it),
		async decide(wizard, step, known) {
			const event = await scenes.decide(wizard, step, known);
			rehearsing = event.type === 'submitted' && event.answers['profile'] === rehearse;
			return rehearsing ? {type: 'quit'} : event;
		},
	};
	leaving.onHeard(() => scenes.left());
	const ending = await runCourse(course, ports, front, options.stopAfter);
	return rehearsing ? 'rehearse' : ending;
}

/** Home as it is now, with what interrupted runs left: nobody waits long for that, and the steps tell it too. */
async function homeNow(
	session: Session,
	look: Connection['look'],
): Promise<{readonly now: Home | undefined; seen(state: State): Home | undefined}> {
	const {run, state, thisRun} = session;
	const {course, others, commands, options, now} = run;
	const beside = setupsBeside(session);
	const risks = risksOf(course, knownFor('', state, thisRun));
	const leftovers = await leftoversOf({course, state, look: hurried(look, 3000), run: thisRun});
	const about = {course, others, setup: options.setup, now, sandbox: options.sandbox};
	const comer = {...about, leftovers, risks, beside, ...(commands && {commands})};
	const seen = (by: State): Home | undefined => homeOf({...comer, state: by});
	return {now: seen(state) ?? (await welcome(session)), seen};
}

/**
 * The lines of home by what AWS shows while it stands. Its options stay, for a finger may be on the way to one; it asks
 * nobody to sign in, waits not to be in the first frame's way, and whatever stands in its own is no trouble here.
 */
async function linesSeen(
	{run: {course, env, options}, state, store, thisRun}: Session,
	look: Look,
	seen: (state: State) => Home | undefined,
	gone: AbortSignal,
): Promise<Home['lines'] | undefined> {
	try {
		await sleep(100, undefined, {signal: gone});
		const profile = givenText(options['profile']) ?? recordedProfile(state);
		if (!course.seesAtHome || (!options.sandbox && !signsInUnasked(await findSources(env), profile))) return undefined;
		const note = await course.seesAtHome(hurried(look, 10_000), knownFor('', state, thisRun));
		const {at, clock} = store.entries().at(-1) ?? {};
		if (!note || at === undefined || clock === undefined || gone.aborted) return undefined;
		return seen(fold([...store.entries(), {...note, at, clock}], course.name))?.lines;
	} catch {
		return undefined;
	}
}

/** Home for who has no credentials and no setup; undefined for all others. */
async function welcome({run: {options, env}, state}: Session): Promise<Home | undefined> {
	if (options.sandbox || state.setupId) return undefined;
	const {profiles, environment, elsewhere} = await findSources(env);
	return profiles.length > 0 || environment || elsewhere ? undefined : strangersHome(options.setup);
}

/** What flags, record and environment answer; the region may still be asked. */
async function startingAnswers({given, state, run: {env, options}}: Session): Promise<Answers> {
	const {profiles} = await findSources(env);
	// A profile that the record names may be gone: then it is asked for, not refused.
	const before = profiles.find(it => it.name === state.answers['profile'])?.name;
	const profile = givenText(given['profile']) ?? before;
	const region = await namedRegion({
		region: givenText(given['region']),
		profile,
		env,
		sandbox: options.sandbox,
		state,
	});
	return {...given, ...(region && {region})};
}
