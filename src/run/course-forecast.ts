import {type Naming, permissionsOf, policyFor, userToBe} from '../aws/policy/needed-permissions.js';
import {Refused} from '../engine/apply.js';
import type {Course} from '../engine/course.js';
import {beginToLook, forecast} from '../engine/forecast.js';
import type {ForecastCalls} from '../engine/forecast-calls.js';
import {keyOf} from '../engine/keys.js';
import {lookOnce} from '../engine/look-once.js';
import type {State} from '../engine/record.js';
import type {Ports} from '../engine/run.js';
import {type Call, type Facts, isProblem, type Look, type Page, type Step} from '../engine/step.js';
import type {ThisRun} from '../engine/this-run.js';
import {forecastInMemory} from './forecast-in-memory.js';

type Sources = {
	readonly course: Course;
	readonly look: Look;
	readonly thisRun: ThisRun;
	/** The step after which the run stops, so that what comes after is no matter. */
	readonly stopAfter?: string | undefined;
	/** Nothing can be looked at: what isn't seen may be there all the same. */
	readonly blind?: boolean;
	state(): State;
};

/** Knows what is still to come: what it calls, and the policy that allows exactly that. */
export class CourseForecast {
	#seen: {readonly calls: ForecastCalls['calls']; readonly naming: Naming} | undefined;
	/** What changes something that was seen: a step that was done needs it where it was answered anew. */
	readonly #anew = new Set<Call>();

	constructor(readonly from: Sources) {}

	/** A look that forecasts; not where nothing is left to set up. */
	look(): Look {
		const {look, course} = this.from;
		return course.forecasts
			? {...look, forecast: async inAccount => (isFinished(this.from) ? undefined : this.calls(inAccount))}
			: look;
	}
	/** Ports whose look forecasts, and show with each refusal for want of permission what to ask for. */
	over(ports: Ports): Ports {
		const explain: Ports['explain'] = (error, trouble) => {
			const problem = ports.explain(error, trouble);
			const page = problem.code?.startsWith('AccessDenied') ? this.page() : undefined;
			return page ? {...problem, pages: [...(problem.pages ?? []), page]} : problem;
		};
		return {...ports, look: this.look(), explain};
	}

	/** What is left to do in the account, partition and region that were found. */
	async calls(inAccount: Facts): Promise<ForecastCalls> {
		const {course, thisRun, state} = this.from;
		const {answers, facts} = state();
		const assumed = {answers, thisRun, inAccount};
		const inMemory = await forecastInMemory(course, assumed);
		const forecasts = await this.#missing(inAccount, inMemory.changes);
		const calls = [...inMemory.looks, ...forecasts.calls];
		const known = Object.fromEntries(
			Object.entries({...facts, ...forecasts.seen}).filter(([name]) => name === 'keyArn' || name === 'userArn'),
		);
		this.#seen = {calls, naming: {...inAccount, ...known, ...userToBe(calls)}};
		return {
			calls,
			steps: course.steps.slice(1, this.#end()).map(({id, name}) => ({id, name})),
			stop: forecasts.stop,
			stopsAt: async refused =>
				(await forecastInMemory(course, {...assumed, refused})).stoppedAt ?? (await forecasts.stopsLooking(refused)),
		};
	}

	/** How many steps this run comes to, if not to all. */
	#end(): number | undefined {
		const {course, stopAfter} = this.from;
		return stopAfter === undefined ? undefined : course.steps.findIndex(it => it.id === stopAfter) + 1;
	}

	/** The permissions of what is left now, to send to whoever can grant them. */
	page(): Page | undefined {
		const policy = this.policy();
		return policy === undefined
			? undefined
			: {key: keyOf('permissions'), label: 'permissions', lines: JSON.stringify(policy, undefined, 2).split('\n')};
	}
	policy(): ReturnType<typeof policyFor> | undefined {
		const {course, state} = this.from;
		const done = new Set(course.steps.filter(it => state().done[course.name]?.includes(it.id)).map(it => it.name));
		return (
			this.#seen &&
			policyFor(
				this.#seen.calls
					.filter(it => isLook(it.call) || !done.has(it.step) || this.#anew.has(it.call))
					.flatMap(it => permissionsOf(it.call, this.#seen?.naming ?? {})),
			)
		);
	}

	/** What is missing as AWS shows it, and what stops; where nothing was begun, all of it is missing. */
	async #missing(inAccount: Facts, all: ForecastCalls['calls']): Promise<Missing> {
		const {course, look, thisRun, state} = this.from;
		const now = state();
		const adopts = Object.keys(now.answers).some(it => it.startsWith('adopt'));
		const fresh = Object.keys(now.past).length === 0 && (now.done[course.name] ?? []).length <= 1 && !adopts;
		const found: {step: string; call: Call}[] = [];
		const forecasts = new Set<string>();
		let stop: ForecastCalls['stop'];
		let seen: Facts = {};
		let denied = false;
		const eyes = lookOnce(look);
		const lenientLook = lenient(
			eyes,
			it => found.push(it),
			() => (denied = true),
		);
		// Who and where was looked at just now, by the step that asks for this.
		const steps = course.steps.slice(1, this.#end());
		const from = {...now, facts: {...now.facts, ...inAccount}};
		const quiet = lenient(eyes, ignored, ignored);
		void beginToLook(steps, from, quiet, thisRun).catch(ignored);
		try {
			for await (const {step, plan} of forecast(steps, from, lenientLook, thisRun)) {
				if (isProblem(plan)) {
					// What may only be late, or not be there to be seen, isn't told for a stop.
					if (!plan.mayBeLate && !denied) stop = {step: step.name, problem: plan};
					break;
				}
				const mayBeThere = denied || this.from.blind === true;
				denied = false;
				forecasts.add(step.name);
				seen = {...seen, ...plan.facts};
				if (!mayBeThere) for (const it of plan.changes) if (!it.restores) this.#anew.add(it.call);
				found.push(...plan.changes.map(it => ({step: step.name, call: it.call})));
			}
		} catch {
			// What can't be looked at is asked for in full.
		}
		return {
			calls: fresh ? all : [...found, ...all.filter(it => !forecasts.has(it.step))],
			stop,
			seen,
			stopsLooking: refused => this.#stopsLooking(steps, from, refusing(quiet, refused)),
		};
	}

	/** The step that stops at a look that it makes by what is recorded and seen, where AWS refuses that. */
	async #stopsLooking(steps: readonly Step[], from: State, eyes: Look): Promise<string | undefined> {
		let [at] = steps;
		try {
			for await (const {step, plan} of forecast(steps, from, eyes, this.from.thisRun)) {
				if (isProblem(plan)) return undefined;
				at = steps[steps.indexOf(step) + 1];
			}
		} catch (error) {
			return error instanceof Refused ? at?.name : undefined;
		}
		return undefined;
	}
}

const ignored = (): void => undefined;
/** What is missing, what stops, and what was seen of what is there. */
type Missing = Pick<ForecastCalls, 'calls' | 'stop'> & {
	readonly seen: Facts;
	readonly stopsLooking: ForecastCalls['stopsAt'];
};

const isLook = ({api}: Call): boolean => /:(Get|List|Describe|Simulate|Lookup)/.test(api);
const isFinished = ({course, state}: Sources): boolean =>
	course.steps.every(it => state().done[course.name]?.includes(it.id));

/** The same eyes, where AWS refuses some looks. */
const refusing = (look: Look, refused: (call: Call) => boolean): Look => {
	const check = (call: Call): void => {
		if (refused(call)) throw new Refused('AccessDenied', 'refused', 'forecast');
	};
	return {
		...look,
		async at(call) {
			check(call);
			return look.at(call);
		},
		async *all(call) {
			check(call);
			yield* look.all(call);
		},
	};
};

/** A look that takes what they may not see for what isn't there, and tells of each look, and of each denial. */
function lenient(
	{forecast: _forecast, ...look}: Look,
	tell: (it: {step: string; call: Call}) => void,
	unseen: () => void,
): Look {
	const at = async <R>(call: Call<R>): Promise<R | undefined> => {
		tell({step: '', call});
		return look.at(call).catch((error: unknown) => {
			if (!(error instanceof Refused) && !(error as Error).name.startsWith('AccessDenied')) throw error;
			unseen();
			return undefined;
		});
	};
	return {
		...look,
		at,
		async *all(call) {
			tell({step: '', call});
			try {
				yield* look.all(call);
			} catch (error) {
				if (!(error as Error).name.startsWith('AccessDenied')) throw error;
				unseen();
			}
		},
	};
}
