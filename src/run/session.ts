import {dirname} from 'node:path';
import {wordingOf} from '../engine/command-line.js';
import type {Course} from '../engine/course.js';
import type {Left, Outcome} from '../engine/outcome.js';
import {isProblem} from '../engine/plan.js';
import {type Entry, fold, knownFor, type State} from '../engine/record.js';
import type {Answer, Answers, Field, Known} from '../engine/step.js';
import type {ThisRun} from '../engine/this-run.js';
import {Trouble} from '../engine/trouble.js';
import {lock} from '../local/lock.js';
import {
	archive,
	newSetupId,
	openStore,
	readRecords,
	recordFile,
	type Store,
	setAside,
	setupNames,
} from '../local/record-store.js';
import {setupsDir} from '../local/state-folder.js';
import {nothingIsLeft} from '../steps/discard/what-is-left.js';
import {findSetup, regionOfSetup} from '../steps/looks/setup-by-tags.js';
import {adopted, answersOfAdopted, checkAdopted} from './adopted.js';
import type {BuiltInSandbox} from './built-in-sandbox.js';
import {calledAs} from './called-as.js';
import type {Connection} from './connection.js';
import {explain} from './explain.js';
import {answersOfFile, answersOfFlags, checkAnswers, checkDelivered, everyField, fieldsOf} from './given-answers.js';
import {type Leaving, listenForLeaving} from './leaving.js';
import {answersOfOtherFlags} from './other-flags.js';
import type {Flags, Run} from './run.js';
import {thisHost, thisRunOf} from './this-run.js';

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
	readonly sandbox?: BuiltInSandbox | undefined;
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
	const asked = {
		...anew(everyField(course, options.setup)),
		...(options.answers && answersOfFile(fields, options.answers)),
		...answersOfFlags(fields, options),
		...answersOfOtherFlags(options, course),
	};
	const adopts = adopted(options.adopt);
	const given = {...asked, ...answersOfAdopted(adopts, asked)};
	const dir = setupsDir(env, options.sandbox);
	const held = options.dryRun ? undefined : await lock(recordFile(dir, options.setup), `setup ${options.setup}`, now);
	const leaving = listenForLeaving(endNow);
	let sandbox: BuiltInSandbox | undefined;
	try {
		if (options.sandbox)
			sandbox = await (await import('./built-in-sandbox.js')).openSandbox(env, now, options.dryRun === true);
		const {store, moved} = readStore(dir, options, now);
		const state = fold(store.entries(), course.name);
		checkAdopted(adopts, state, options.expectAccount);
		checkAnswers(course, fields, given, state);
		if (!course.begins && store.entries().length === 0) throw noSuchSetup(options.setup, store.file);
		checkDelivered(course, fields, given, state);
		const session: Session = {
			run,
			store,
			state,
			given: {...overNow(course, state), ...given},
			leaving,
			thisRun: {...thisRunOf(run), said: Object.keys(given), ...(sandbox && {standIn: sandbox.url})},
			sandbox,
			...(moved && {moved}),
		};
		return await use(session);
	} catch (error) {
		throw error instanceof Trouble ? new Trouble(error.worded(wordingOf(calledAs(run)))) : error;
	} finally {
		leaving.stop();
		await sandbox?.close();
		await held?.release();
	}
}

/** The other setups of this machine, and what the record of each tells; nothing where it can't be read. */
export function setupsBeside({run: {options, course, env}}: Session) {
	const dir = setupsDir(env, options.sandbox);
	return setupNames(dir)
		.filter(it => it !== options.setup)
		.map((setup): {readonly setup: string; readonly state?: State} => {
			try {
				const entries = readRecords(dir, setup).find(it => !it.kept)?.entries ?? [];
				return {setup, state: fold(entries, course.name)};
			} catch (error) {
				if (!(error instanceof Trouble)) throw error;
				return {setup};
			}
		});
}

/** What each run answers anew starts as if it had never been answered. */
const anew = (fields: readonly Field[]): Answers =>
	Object.fromEntries(
		fields.flatMap(it => (it.settles === 'each-run' && it.initial !== undefined ? [[it.name, it.initial]] : [])),
	);

/** What an earlier run alone was answered is over. */
const overNow = ({once = []}: Course, {answers}: State): Answers =>
	Object.fromEntries(
		once.flatMap(name => {
			const it = answers[name];
			return it === undefined || isNo(it) ? [] : [[name, it === true ? false : '']];
		}),
	);
const isNo = (it: Answer): boolean => it === false || it === '';

const thereAre = ([one, ...more]: readonly string[]): string =>
	one === undefined ? '' : ` (there ${more.length > 0 ? 'are' : 'is'} ${[one, ...more].join(', ')})`;
/** There is no record of that name. */
export const noSuchSetup = (name: string, file: string): Trouble =>
	new Trouble(run => ({
		is: 'problem',
		what: `There is no setup ${name} on this machine`,
		why: `Its record would be ${file}`,
		todo: `Name the setup with --setup${thereAre(setupNames(dirname(file)))}, or run ${run('')} to begin one`,
		code: 'NoSetup',
	}));

function readStore(dir: string, {setup: name, recover, dryRun}: Flags, now: Date): {store: Store; moved?: string} {
	try {
		const store = openStore(dir, name);
		// A death just before the record was put away: it is put away now.
		if (dryRun || !nothingIsLeft(fold(store.entries()))) return {store};
		archive(store.file, now);
		return {store: openStore(dir, name)};
	} catch (error) {
		if (!recover || dryRun || !(error instanceof Trouble) || error.problem.code !== 'RecordDamaged') throw error;
		const moved = setAside(recordFile(dir, name), now);
		return {store: openStore(dir, name), moved};
	}
}

/** Puts the record of a setup away of which nothing is left, so that its name is free. Returns where it is kept. */
export const putAway = ({store, run: {now}}: Session): string | undefined =>
	nothingIsLeft(fold(store.entries())) ? archive(store.file, now) : undefined;

/** Whether a change of this record was made, or may have been: not one that AWS refused. */
const hasChanged = ({past}: State): boolean =>
	Object.values(past)
		.flat()
		.some(it => it.outcome !== 'refused' && it.outcome !== 'undone');

/** What AWS's tags tell of a setup whose record is lost. */
export type Recovered = {readonly id: string; readonly region: string | undefined};
/** Looks for the setup to be recovered, if one is wished for; with the region where it goes on, if that is another. */
export async function lookForLost(
	{run: {options}, state, thisRun}: Session,
	answers: Answers,
	{look}: Connection,
): Promise<Recovered | undefined> {
	// A record that has changed nothing yet holds nothing that the tags could contradict.
	if (!options.recover || hasChanged(state)) return undefined;
	const known: Known = knownFor('', state, thisRun, {answers});
	try {
		const found = await findSetup(look, known);
		if (isProblem(found)) throw new Trouble(found);
		if (found.id === undefined) return undefined;
		const region = await regionOfSetup(look, known, found.id);
		if (typeof region === 'object') throw new Trouble(region);
		return {id: found.id, region};
	} catch (error) {
		throw error instanceof Trouble ? error : new CantLook(explain(error, {facts: state.facts, run: thisRun}));
	}
}
/** AWS can't be looked at for what is to be recovered: with other credentials it may. */
export class CantLook extends Trouble {}

/** Writes the first entries of a run: who runs, what was found of a lost record, and all answers given. */
export function begin(
	{run: {options, version, now, course}, store, state, given: said}: Session,
	answers: Answers,
	{clock}: Pick<Connection, 'clock'>,
	lost: Recovered | undefined,
): void {
	const fresh = state.setupId === undefined;
	const append = (entry: object): void =>
		store.append({...entry, ...(fresh && !lost ? {at: now.toISOString(), clock: 'local'} : clock.now())} as Entry);
	append({
		type: 'started',
		course: course.name,
		setup: options.setup,
		setupId: state.setupId ?? lost?.id ?? newSetupId(),
		...(lost && {recovered: true}),
		host: thisHost(),
		pid: process.pid,
		version,
	});
	const had = fold(store.entries(), course.name).answers;
	if (!fresh && lost && lost.id !== state.setupId) append({type: 'taken-up', setupId: lost.id});
	// What a course that recurs forgets of earlier runs, it doesn't forget of this one: a flag that is given again is an
	// answer of this run.
	const news = Object.entries({...answers, ...(lost?.region && {region: lost.region})}).filter(
		([name, it]) =>
			(course.recurs !== undefined || JSON.stringify(had[name]) !== JSON.stringify(it)) &&
			!(course.once?.includes(name) && had[name] === undefined && isNo(it)),
	);
	// What nobody said, such as a variable's region, the next run finds anew.
	const once = (name: string): boolean =>
		course.once?.includes(name) === true || (said[name] === undefined && name === 'region' && !lost?.region);
	for (const passing of [false, true]) {
		const some = news.filter(([name]) => once(name) === passing);
		if (some.length > 0) append({type: 'answered', answers: Object.fromEntries(some), ...(passing && {passing})});
	}
}
