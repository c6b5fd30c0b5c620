import type {Ask} from './ask.js';
import type {Course} from './course.js';
import type {Ending, Front, Ports} from './ports.js';
import type {Step} from './step.js';
import {begin, canAsk, transition, type Wizard} from './wizard.js';
import {Effects} from './wizard-effects.js';

export type {Ending, Front, Ports} from './ports.js';

/** Runs a course to its end, a stop or a pause; whatever happens, the record tells how to carry on. */
export async function runCourse(course: Course, ports: Ports, front: Front, stopAfter?: string): Promise<Ending> {
	let wizard = begin(course.steps.length);
	/** A question in the middle of an effect: drawn like any other state, and over when it is answered. */
	const asking = async <T>(ask: Ask, answer: () => Promise<T>): Promise<T> => {
		wizard = transition(wizard, {type: 'asked', ask});
		front.show?.(wizard);
		try {
			return await answer();
		} finally {
			effects.ahead.over();
			wizard = transition(wizard, {type: 'answered'});
			front.show?.(wizard);
		}
	};
	const {secret} = front;
	// While a form is open nothing may come between: what needs an answer then is left out, and asked at the next look.
	if (secret)
		ports.answeredBy?.(async ask =>
			canAsk(wizard.phase) ? asking(ask, () => answerTo(ask, secret.bind(front))) : undefined,
		);
	const effects = new Effects(course, ports, front, asking, stopAfter);
	let ended = false;
	ports.outstanding?.(it => {
		// Nobody waits any more for what was looked at ahead.
		if (ended) return;
		const step = effects.stepOf(wizard).id;
		ports.tell(it ? {type: 'wait', step, ...it} : {type: 'answered', step});
	});
	for (;;) {
		const step = effects.stepOf(wizard);
		front.show?.(wizard);
		const ending = endingOf(wizard, step, stopAfter);
		if (ending) {
			ended = true;
			return ending;
		}
		if (ports.leaving() && !wizard.leaving) {
			// No call is out here: the next one isn't begun.
			wizard = {...wizard, leaving: 'now'};
			continue;
		}
		const event = await effects.next(wizard, step);
		// Heard while that was under way: what it came to still counts, and nothing follows it.
		if (ports.leaving()) wizard = transition(wizard, {type: 'quit'});
		wizard = transition(wizard, event);
	}
}

/** Asks a person before a course runs, as if its first step looked; undefined where nobody can be asked. */
export function askBefore({steps}: Course, front: Front): ((ask: Ask) => Promise<string | undefined>) | undefined {
	const {secret} = front;
	if (!secret) return undefined;
	const looking: Wizard = {...begin(steps.length), phase: {at: 'looking', reason: 'review'}};
	return async ask => {
		front.show?.(transition(looking, {type: 'asked', ask}));
		try {
			return await answerTo(ask, secret.bind(front));
		} finally {
			front.show?.(looking);
		}
	};
}

/** The person's answer; what is confirmed elsewhere needs none, and is over when that is. */
const answerTo = (ask: Ask, answer: NonNullable<Front['secret']>): Promise<string | undefined> =>
	ask.kind === 'visit' ? Promise.race([answer(ask), ask.done.then(() => undefined)]) : answer(ask);

function endingOf({phase, leaving, finished}: Wizard, step: Step, stopAfter?: string): Ending | undefined {
	if (finished) return {status: 'complete', step};
	if (phase.at === 'done' && step.id === stopAfter) return {status: 'paused', step};
	if (leaving !== 'now') return undefined;
	return phase.at === 'stopped'
		? {status: phase.problem.is === 'pause' ? 'paused' : 'stopped', step, problem: phase.problem}
		: {status: 'interrupted', step};
}
