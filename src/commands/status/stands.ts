import {wordingOf} from '../../engine/command-line.js';
import type {Outcome} from '../../engine/outcome.js';
import type {Problem} from '../../engine/plan.js';
import {fold, knownFor} from '../../engine/record.js';
import {outcomeOf} from '../../engine/status.js';
import {Trouble, Usage} from '../../engine/trouble.js';
import {openStore} from '../../local/record-store.js';
import {setupsDir} from '../../local/state-folder.js';
import {systemProblem} from '../../local/system-problem.js';
import {calledAs} from '../../run/called-as.js';
import type {Leaving} from '../../run/leaving.js';
import type {Run} from '../../run/run.js';
import {thisRunOf} from '../../run/this-run.js';
import {type AccessKeyNow, accessKeyRecorded} from '../../steps/looks/access-key-now.js';
import {lookAtSetup} from './run-status.js';
import type {Whole} from './told-status.js';

/** How one setup stands, or why that can't be told. */
export type Stands = {readonly setup: string} & (
	| {readonly whole: Whole; readonly comesTo: Outcome}
	| {readonly problem: Problem; readonly error: unknown; readonly recorded?: Recorded | undefined}
);
/** What the record alone tells of a setup. */
export type Recorded = {readonly id: string | undefined; readonly accessKey: AccessKeyNow | undefined};

/** So many setups are looked at beside each other. */
const atOnce = 4;

/** How each of these setups stands, looked at a few at a time; whatever one comes to leaves the others told. */
export async function standAll(
	run: Run,
	names: readonly string[],
	leaving: Leaving,
	hear: (it: Stands) => void = () => undefined,
): Promise<readonly Stands[]> {
	const one = async (name: string): Promise<Stands> => {
		const it = await standsAt(run, name, leaving);
		hear(it);
		return it;
	};
	const all: Stands[] = [];
	// A rehearsal's account is one file: its setups are looked at one after the other.
	const many = run.options.sandbox ? 1 : atOnce;
	for (let at = 0; at < names.length; at += many) all.push(...(await Promise.all(names.slice(at, at + many).map(one))));
	return all;
}

/** How one setup stands. Throws what is a bug. */
async function standsAt(run: Run, setup: string, leaving: Leaving): Promise<Stands> {
	const one: Run = {...run, options: {...run.options, setup}};
	try {
		const whole = await lookAtSetup(one, leaving);
		return {setup, whole, comesTo: outcomeOf(whole.told)};
	} catch (error) {
		const as = calledAs(one);
		const problem =
			error instanceof Usage
				? error.problem
				: error instanceof Trouble
					? error.worded(wordingOf(as))
					: systemProblem(error, as);
		if (!problem) throw error;
		return {setup, problem, error, recorded: recordedOf(one)};
	}
}

/** What the record alone tells, where it can be read. */
export function recordedOf(run: Run): Recorded | undefined {
	const {options, env, course} = run;
	try {
		const state = fold(openStore(setupsDir(env, options.sandbox), options.setup).entries(), course.name);
		if (state.setupId === undefined) return undefined;
		return {id: state.setupId, accessKey: accessKeyRecorded(knownFor('', state, thisRunOf(run)))};
	} catch (error) {
		if (error instanceof Trouble) return undefined;
		throw error;
	}
}

/** What they come to: differs if any does, else stopped if any can't be told. */
export function outcomeOfAll(all: readonly Stands[]): Outcome {
	const comesTo = all.map(it => ('whole' in it ? it.comesTo : 'stopped'));
	return comesTo.find(it => it === 'differs') ?? comesTo.find(it => it === 'stopped') ?? 'done';
}
