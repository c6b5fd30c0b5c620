import {accessKeyId} from '../aws/rules/name-rules.js';
import {wordingOf} from '../engine/command-line.js';
import type {Course} from '../engine/course.js';
import type {Left, Outcome} from '../engine/outcome.js';
import {isProblem} from '../engine/plan.js';
import type {Ending} from '../engine/ports.js';
import {type Entry, fold, knownFor, type State} from '../engine/record.js';
import type {Answers, Field, Known} from '../engine/step.js';
import type {ThisRun} from '../engine/this-run.js';
import {Trouble} from '../engine/trouble.js';
import {Interrupted} from '../engine/waiting.js';
import {lastWords} from '../front/last-words.js';
import {type Outlet, Report} from '../front/report.js';
import {lock} from '../local/lock.js';
import {archive, newSetupId, openStore, recordFile, type Store, setAside} from '../local/record-store.js';
import {setupsDir} from '../local/state-folder.js';
import {findSetup} from '../steps/looks/recover.js';
import {answersOfFile, answersOfFlags, checkAnswers, fieldsOf, keyOfFlag} from './answers.js';
import type {Stand} from './built-in-sandbox.js';
import {calledAs} from './called-as.js';
import {explain, thisHost, thisRunOf, type World} from './connection.js';
import {type Leaving, listenForLeaving} from './leaving.js';
import {usage} from './usage.js';

/** The flags of a command as they were given; those of fields by the names that commander gives them. */
export type Flags = {
	readonly setup: string;
	readonly yes?: boolean;
	readonly json?: boolean;
	readonly dryRun?: boolean;
	readonly printCommands?: boolean;
	readonly shell?: string;
	readonly answers?: string;
	readonly stopAfter?: string;
	readonly expectAccount?: string;
	readonly adopt?: string;
	readonly recover?: boolean;
	readonly removeAccessKey?: string;
	readonly prove?: boolean;
	readonly plain?: boolean;
	readonly sandbox?: boolean;
	readonly mfaCode?: string;
	readonly [field: string]: unknown;
};
/** One run of `setup`, as it was called. */
export type Run = {
	readonly course: Course;
	/** The other courses that the first screen may offer. */
	readonly others: readonly Course[];
	readonly options: Flags;
	readonly env: NodeJS.ProcessEnv;
	readonly outlet: Outlet;
	readonly version: string;
	readonly now: Date;
	/** How long an answer of AWS is waited for, in milliseconds; as long as usual without it. */
	readonly timeoutMs?: number;
};

/** A setup that this process holds alone, until it is done with it. */
export type Session = {
	readonly run: Run;
	readonly store: Store;
	readonly state: State;
	readonly thisRun: ThisRun;
	/** The answers given by flags and file. */
	readonly given: Answers;
	readonly leaving: Leaving;
	/** AWS's stand-in, where this is a rehearsal. */
	readonly stand?: Stand | undefined;
	readonly moved?: string;
};

/** Opens the setup that a run names, and closes it whatever happens. */
export async function withSession<T>(
	run: Run,
	endNow: (how: Left) => void,
	use: (session: Session) => Promise<T>,
): Promise<T | Outcome> {
	const {options, env, now, course} = run;
	const fields = fieldsOf(course, options.setup);
	const given = withPlace({
		...anew(fields),
		...(options.answers && answersOfFile(fields, options.answers)),
		...answersOfFlags(fields, options),
		...others(options, course),
	});
	const dir = setupsDir(env, options.sandbox);
	const held = options.dryRun ? undefined : await lock(recordFile(dir, options.setup), options.setup, now);
	const leaving = listenForLeaving(endNow);
	let stand: Stand | undefined;
	try {
		if (options.sandbox)
			stand = await (await import('./built-in-sandbox.js')).openStand(env, now, options.dryRun === true);
		const {store, moved} = readStore(dir, options, now);
		const state = fold(store.entries(), course.name);
		checkAnswers(course, fields, given, state);
		if (!course.begins && store.entries().length === 0) throw noSuchSetup(options.setup, store.file);
		const session: Session = {
			run,
			store,
			state,
			given,
			leaving,
			thisRun: thisRunOf(run),
			stand,
			...(moved && {moved}),
		};
		return await use(session).catch((error: unknown) => whereLeft(session, error));
	} catch (error) {
		throw error instanceof Trouble ? new Trouble(error.worded(wordingOf(calledAs(run)))) : error;
	} finally {
		leaving.stop();
		await stand?.close();
		await held?.release();
	}
}

/** What it comes to for who left before the first step or during a dry run, where nothing is written. */
function whereLeft({run: {course, outlet}, store, thisRun, leaving}: Session, error: unknown): Outcome {
	if (!(error instanceof Interrupted)) throw error;
	const report = new Report(course, outlet, () => ({}));
	report.say('Interrupted. Nothing changed.');
	report.result('interrupted', knownFor('', fold(store.entries(), course.name), thisRun));
	return leaving.heard() ?? 'interrupted';
}

/** What each run answers anew starts as if it had never been answered. */
const anew = (fields: readonly Field[]): Answers =>
	Object.fromEntries(
		fields.flatMap(it => (it.settles === 'each-run' && it.initial !== undefined ? [[it.name, it.initial]] : [])),
	);

/** Who names a file for the secret doesn't want it shown. */
const withPlace = (answers: Answers): Answers => ({
	...answers,
	...(answers['secretFile'] !== undefined && {secretTo: 'file'}),
	...(answers['newSecretFile'] !== undefined && {newSecretTo: 'file'}),
});

/** There is no record of that name. */
export const noSuchSetup = (name: string, file: string): Trouble =>
	new Trouble(run => ({
		is: 'problem',
		what: `There is no setup ${name} on this machine`,
		why: `Its record would be ${file}`,
		todo: `Name the setup with --setup, or run ${run('')} to begin one`,
		code: 'NoSetup',
	}));

/** A text that was given, or undefined. */
export const given = (it: unknown): string | undefined => (typeof it === 'string' && it !== '' ? it : undefined);

/** Checks the flags that are not fields, and turns those that answer something into answers. */
function others(
	{adopt, removeAccessKey, stopAfter, expectAccount, mfaCode, setup: name, ...flags}: Flags,
	course: Course,
): Answers {
	const answers: Record<string, true | string> = {};
	for (const word of adopt?.split(',') ?? []) {
		const name = {policy: 'adoptPolicy', user: 'adoptUser', key: 'adoptKey'}[word.trim()];
		if (!name)
			throw usage(
				`--adopt ${word} is not understood`,
				'It takes policy, user and key, with commas between',
				'Write for example --adopt policy,user',
			);
		answers[name] = true;
	}
	if (removeAccessKey !== undefined) {
		const rule = removeAccessKey === '' ? 'It takes an id' : accessKeyId(removeAccessKey);
		if (rule) throw usage(`--remove-access-key ${removeAccessKey} is not understood`, rule, 'Give the id in full');
		answers['removeAccessKey'] = removeAccessKey;
	}
	for (const {flag} of (course.confirms ?? []).filter(it => it.namesSetup)) {
		const given = flags[keyOfFlag(flag)];
		if (given !== undefined && given !== name)
			throw usage(
				`--${flag} ${String(given)} is not the name of this setup`,
				`The setup is ${name}`,
				`Give --${flag} ${name}, or name the other one with --setup`,
			);
	}
	const ids = course.steps.map(it => it.id);
	if (stopAfter !== undefined && !ids.includes(stopAfter))
		throw usage(`--stop-after ${stopAfter} is not a step`, `The steps are ${ids.join(', ')}`, 'Give one of them');
	if (expectAccount !== undefined && !/^\d{12}$/.test(expectAccount))
		throw usage(
			`--expect-account ${expectAccount} is not understood`,
			'It takes an account id of 12 digits',
			'Give the id in full',
		);
	// The code itself is not repeated: it may be good for a while yet.
	if (mfaCode !== undefined && !/^\d{6}$/.test(mfaCode))
		throw usage(
			'--mfa-code is not understood',
			'It takes the 6 digits that the MFA device shows',
			'Give them without blanks',
		);
	return answers;
}

function readStore(dir: string, {setup: name, recover, dryRun}: Flags, now: Date): {store: Store; moved?: string} {
	try {
		const store = openStore(dir, name);
		// A death just before the record was put away: it is put away now.
		if (dryRun || !isLeftEmpty(store)) return {store};
		archive(store.file, now);
		return {store: openStore(dir, name)};
	} catch (error) {
		if (!recover || dryRun || !(error instanceof Trouble) || error.problem.code !== 'RecordDamaged') throw error;
		const moved = setAside(recordFile(dir, name), now);
		return {store: openStore(dir, name), moved};
	}
}

/** Whether a discard has found nothing left of the setup. */
const isLeftEmpty = (store: Store): boolean => fold(store.entries()).left === 'nothing';

/** What must be seen wherever a run shows itself: that it isn't AWS that it talks to. */
export const bannerOf = ({sandbox}: Flags, endpoint: string | undefined): string | undefined =>
	sandbox ? 'Sandbox: nothing here is AWS' : endpoint && `Endpoint: ${endpoint}, not AWS`;

/** The first lines: what runs, on which record, against what. */
export function greet(
	report: Report,
	{run: {options}, store, state, moved}: Session,
	{endpoint, warnings}: Pick<World, 'endpoint' | 'warnings'>,
): void {
	report.say(`Setup ${options.setup} · record ${store.file}`);
	const told = bannerOf(options, endpoint);
	if (told) report.say(told);
	for (const it of warnings) report.say(it);
	if (moved) report.say(`The record could not be read; it is kept as ${moved}.`);
	const {last} = state;
	if (last && last.host !== thisHost())
		report.say(
			`The last run was on ${last.host}, ${last.at}${last.ended ? '' : '; it did not end in order'}. Make sure ` +
				"that it isn't still running there.",
		);
	report.say();
}

/**
 * Writes the first entries of a run: who runs, and all answers given. Returns the id taken from AWS's tags, if it was.
 */
export async function begin(
	{run: {options, version, now, course}, store, state, thisRun}: Session,
	answers: Answers,
	{look, clock}: World,
): Promise<string | undefined> {
	const fresh = state.setupId === undefined;
	let found: string | undefined;
	// A record that has tried nothing yet holds nothing that the tags could contradict.
	if (options.recover && Object.keys(state.past).length === 0) {
		const known: Known = knownFor('', state, thisRun, {answers});
		const recovered = await findSetup(look, known).catch((error: unknown) => {
			throw new Trouble(explain(error, {facts: state.facts, run: thisRun}));
		});
		if (isProblem(recovered)) throw new Trouble(recovered);
		found = recovered.id;
	}
	const append = (entry: object): void =>
		store.append({...entry, ...(fresh && !found ? {at: now.toISOString(), clock: 'local'} : clock.now())} as Entry);
	append({
		type: 'started',
		course: course.name,
		setup: options.setup,
		setupId: state.setupId ?? found ?? newSetupId(),
		...(found && {recovered: true}),
		host: thisHost(),
		pid: process.pid,
		version,
	});
	const had: Answers = state.answers;
	if (!fresh && found && found !== state.setupId) append({type: 'taken-up', setupId: found});
	// What a course that recurs forgets of earlier runs, it doesn't forget of this one: a flag that is given again is an
	// answer of this run.
	const news = Object.entries(answers).filter(
		([name, it]) => course.recurs !== undefined || JSON.stringify(had[name]) !== JSON.stringify(it),
	);
	if (news.length > 0) append({type: 'answered', answers: Object.fromEntries(news)});
	return found === state.setupId ? undefined : found;
}

/** The last lines and the last entry of a run, and what it came to. */
export function close(
	report: Report,
	{run: {course, now}, store, thisRun, leaving}: Session,
	ending: Ending,
	{clock}: World,
): Outcome {
	const known = knownFor(ending.step.id, fold(store.entries()), thisRun);
	const {status, step, problem} = ending;
	// The record first: who reads the words may be gone.
	closeRecord(store, {type: 'ended', status, ...clock.now()});
	if (problem) {
		report.line({type: 'step', step: step.id, status: 'stopped'});
		if (problem.is === 'pause') report.sheet(step, known);
		report.problem(problem, step);
	}
	if (status === 'complete') for (const it of course.steps) report.sheet(it, known);
	for (const it of new Set(course.steps.map(each => each.paused?.(known))))
		if (it && status !== 'complete') report.say(`! ${it}`);
	report.say(lastWords(course, ending, report.changed(), known));
	if (status === 'complete' && isLeftEmpty(store)) report.say(`The record is kept as ${archive(store.file, now)}.`);
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
function closeRecord(store: Store, entry: Entry): void {
	try {
		store.append(entry);
	} catch (error) {
		if (!(error instanceof Trouble)) throw error;
	}
}
