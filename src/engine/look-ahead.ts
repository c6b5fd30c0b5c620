import type {Course} from './course.js';
import {defaultAnswers} from './default-answers.js';
import {halfBlind} from './forecast.js';
import {remembering, type Seen} from './look-once.js';
import type {Ports} from './ports.js';
import {knownFor, type State} from './record.js';
import type {Call, Look, Step} from './step.js';
import type {ThisRun} from './this-run.js';
import {Interrupted} from './waiting.js';
import type {Phase, Wizard} from './wizard.js';

/** For so long, in milliseconds, what was seen ahead counts. */
const fresh = 5000;
/** Who answers sooner, in milliseconds, is nobody who reads. */
const moment = 1000;

/**
 * Looks side by side at what was done before, once the first step tells whose account it is: so no step waits for the
 * look of another one. It saves time and nothing else: it holds until anything may have changed it, and what failed is
 * looked at anew.
 */
export class LookAhead {
	#held: {readonly seen: Seen; readonly eyes: Look; readonly ticks: number; readonly at: number} | undefined;
	/** What is looked at now is seen for both: for the step that made it, and for the next. */
	#shares = false;

	/** Since when somebody may be answering. */
	#asked: number | undefined;

	constructor(
		readonly course: Course,
		readonly ports: Pick<Ports, 'look' | 'clock' | 'looksAhead'>,
		readonly stopAfter: string | undefined,
	) {}

	/** Begins to look as those steps would that were done before, up to the first that wasn't. */
	begin(state: State, run: ThisRun): void {
		const steps = this.#doneBefore(state);
		const half = this.#hold(state, steps);
		if (!half) return;
		const looks = async (step: Step): Promise<unknown> => step.observe(half, knownFor(step.id, state, run));
		for (const step of steps) looks(step).catch(() => undefined);
	}

	/**
	 * Begins to look as the next step would, beside the look at what this one made. What it would ask is taken as it
	 * stands in the form: where that is answered otherwise, other things are looked at.
	 */
	beside(step: Step, state: State, run: ThisRun): void {
		const {steps} = this.course;
		const next = step.id === this.stopAfter ? undefined : steps[steps.indexOf(step) + 1];
		const half = next && this.#hold(state, [next]);
		if (!half) return;
		this.#shares = true;
		const looks = async (): Promise<unknown> => {
			const before = knownFor(next.id, state, run);
			const answers = {...before.answers, ...(await defaultAnswers(next, half, before))};
			return next.observe(half, knownFor(next.id, state, run, {answers}));
		};
		looks().catch(() => undefined);
	}

	/** Eyes that hold what they see from now on. */
	#hold(state: State, steps: readonly Step[]): Look | undefined {
		const {clock, looksAhead, look: eyes} = this.ports;
		if (!looksAhead || steps.length === 0) return undefined;
		// What is beside is another account's, which may ask the person for a code: its step asks.
		const {forecast: _forecast, beside: _beside, ...look} = eyes;
		const ahead = remembering({...look, progress: () => undefined}, false);
		this.#held = {seen: ahead.seen, eyes: ahead.look, ticks: clock.ticks(), at: Date.parse(clock.now().at)};
		return halfBlind(ahead.look, () => state.facts);
	}

	/** The steps after the first, as far as this run comes, up to the first that wasn't done before. */
	#doneBefore(state: State): readonly Step[] {
		const {course, stopAfter} = this;
		const done = state.done[course.name] ?? [];
		const last = course.steps.findIndex(it => it.id === stopAfter);
		const coming = course.steps.slice(1, last < 0 ? undefined : last + 1);
		const open = coming.findIndex(it => !done.includes(it.id));
		return coming.slice(0, open < 0 ? undefined : open);
	}

	/** Nothing that was seen holds once somebody took time or something may change. */
	comesTo({phase, step}: Wizard): void {
		this.#shares = false;
		const now = this.ports.clock.ticks();
		const took = now - (this.#asked ?? now);
		this.#asked = phase.at === 'form' ? now : undefined;
		if (took > moment || !isPassing(phase, step)) this.over();
	}

	/** From now on all is looked at when it is needed. */
	over(): void {
		this.#held = undefined;
	}

	/** Looks with eyes that needn't look again at what was seen ahead; all anew where any of that failed. */
	async through<T>(looks: (eyes: Look) => Promise<T>): Promise<T> {
		const {look} = this.ports;
		if (!this.#held) return looks(look);
		let failed = false;
		const note = (error: unknown): never => {
			failed = true;
			throw error;
		};
		try {
			const came = await looks(this.#eyes(note));
			if (!failed) return came;
		} catch (error) {
			if (!failed || error instanceof Interrupted) throw error;
		}
		this.over();
		return looks(look);
	}

	#eyes(note: (error: unknown) => never): Look {
		const {look} = this.ports;
		return {
			...look,
			at: <R>(call: Call<R>) => this.#seen()?.at(call)?.catch(note) ?? look.at(call),
			all: <R>(call: Call<R>) => {
				const pages = this.#seen()?.all(call);
				return pages ? noted(pages, note) : look.all(call);
			},
		};
	}

	#seen(): Seen | undefined {
		const {clock} = this.ports;
		if (!this.#held) return undefined;
		const {seen, eyes, ticks, at} = this.#held;
		// By both, for a machine that slept wakes up with both apart.
		const age = Math.max(clock.ticks() - ticks, Math.abs(Date.parse(clock.now().at) - at));
		if (age > fresh) return undefined;
		return this.#shares ? eyes : seen;
	}
}

async function* noted<R>(pages: AsyncIterable<R>, note: (error: unknown) => never): AsyncGenerator<R> {
	try {
		yield* pages;
	} catch (error) {
		note(error);
	}
}

/** Whether nobody reads anything there, nothing is changed or tried, and the credentials stay. */
const isPassing = (phase: Phase, step: number): boolean =>
	(phase.at === 'looking' && phase.reason === 'review') ||
	(phase.at === 'checking' && (phase.plan.proof?.checks ?? []).length === 0) ||
	(phase.at === 'form' && step > 0) ||
	phase.at === 'done';
