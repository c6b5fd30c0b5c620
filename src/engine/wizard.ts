import {type Answers, type Ask, type Change, type Choose, isProblem, type Plan, type Problem} from './step.js';

/** Where one step stands. Nothing here ever holds a secret. */
export type Phase =
	| {readonly at: 'form'; readonly problem?: Problem}
	| {readonly at: 'looking'; readonly reason: 'review' | 'approved' | 'applied'; readonly approved?: readonly Change[]}
	| {readonly at: 'review'; readonly plan: Plan}
	| {
			readonly at: 'applying';
			readonly left: readonly Change[];
			readonly all: readonly Change[];
			readonly facts: Plan['facts'];
			readonly guarded: boolean;
	  }
	| {readonly at: 'asking'; readonly ask: Ask; readonly during: Phase}
	| {readonly at: 'checking'; readonly plan: Plan}
	| {readonly at: 'stopped'; readonly problem: Problem}
	| {readonly at: 'done'; readonly plan: Plan};
/** Where the whole course stands. `leaving: soon` lets the call that is out finish. */
export type Wizard = {
	readonly step: number;
	readonly of: number;
	readonly phase: Phase;
	readonly leaving?: 'soon' | 'now';
	readonly finished?: true;
};
/** What the person did, or what an effect came to. */
export type Event =
	| {readonly type: 'submitted'; readonly answers: Answers}
	| {readonly type: 'looked'; readonly plan: Plan | Problem}
	| {readonly type: 'approved'}
	| {readonly type: 'changed'; readonly change: string}
	| {readonly type: 'doubt'}
	| {readonly type: 'look-again'}
	| {readonly type: 'failed'; readonly problem: Problem}
	| {readonly type: 'asked'; readonly ask: Ask}
	| {readonly type: 'answered'}
	| {readonly type: 'checked'; readonly problem?: Problem}
	| {readonly type: 'way'; readonly way: Choose}
	/** To the form; `to`: of another step, where the answer to a problem is asked. */
	| {readonly type: 'back'; readonly to?: number}
	| {readonly type: 'retry'}
	| {readonly type: 'next'}
	| {readonly type: 'quit'};

/** The first screen of a course. */
export const begin = (of: number): Wizard => ({step: 0, of, phase: {at: 'form'}});

/** Where an event leads from here; an event that makes no sense here leads nowhere. */
export function transition(state: Wizard, event: Event): Wizard {
	if (state.leaving === 'now' || state.finished) return state;
	const {phase} = state;
	if (event.type === 'quit') return {...state, leaving: state.leaving || !isApplying(phase) ? 'now' : 'soon'};
	const next = {...state, phase: onward(state, event)};
	if (state.leaving && isApplying(phase) && next.phase !== phase && !isPartOf(phase, next.phase))
		return {...next, leaving: 'now'};
	if (event.type === 'next' && phase.at === 'done') {
		return state.step + 1 < state.of
			? {...state, step: state.step + 1, phase: {at: 'form'}}
			: {...state, finished: true};
	}
	if (event.type === 'back' && event.to !== undefined && phase.at === 'stopped')
		return {...state, step: event.to, phase: {at: 'form', problem: phase.problem}};
	if (event.type === 'back' && phase.at === 'form' && state.step > 0)
		return {...state, step: state.step - 1, phase: {at: 'form'}};
	return next;
}

function onward({phase}: Wizard, event: Event): Phase {
	// Trouble can meet any phase: the record may not take an answer.
	if (event.type === 'failed') return {at: 'stopped', problem: event.problem};
	if (event.type === 'asked' && canAsk(phase)) return {at: 'asking', ask: event.ask, during: phase};
	switch (phase.at) {
		case 'form':
			return event.type === 'submitted' ? {at: 'looking', reason: 'review'} : phase;
		case 'looking':
			return event.type === 'looked' ? afterLooking(phase, event.plan) : phase;
		case 'review':
			// Where nothing changes, nothing can have changed since: what was read is what is checked.
			if (event.type === 'approved' && phase.plan.changes.length === 0) return {at: 'checking', plan: phase.plan};
			if (event.type === 'approved') return {at: 'looking', reason: 'approved', approved: phase.plan.changes};
			return event.type === 'back' ? {at: 'form'} : phase;
		case 'applying':
			return afterApplying(phase, event);
		case 'asking':
			return event.type === 'answered' ? phase.during : phase;
		case 'checking':
			if (event.type !== 'checked') return phase;
			return event.problem ? {at: 'stopped', problem: event.problem} : {at: 'done', plan: phase.plan};
		case 'stopped':
			if (event.type === 'retry' || event.type === 'way') return {at: 'looking', reason: 'review'};
			return event.type === 'back' ? {at: 'form', problem: phase.problem} : phase;
		case 'done':
			return event.type === 'back' ? {at: 'form'} : phase;
	}
}

function afterLooking(phase: Phase & {at: 'looking'}, plan: Plan | Problem): Phase {
	if (isProblem(plan)) return {at: 'stopped', problem: plan};
	if (plan.changes.length === 0)
		return plan.proof || plan.forecast || plan.found ? {at: 'review', plan} : {at: 'checking', plan};
	if (phase.approved && sameChanges(phase.approved, plan.changes)) {
		return {at: 'applying', left: plan.changes, all: plan.changes, facts: plan.facts, guarded: false};
	}
	return {at: 'review', plan};
}

function afterApplying(phase: Phase & {at: 'applying'}, event: Event): Phase {
	switch (event.type) {
		case 'changed': {
			const left = phase.left.slice(1);
			return left.length > 0 ? {...phase, left, guarded: true} : {at: 'looking', reason: 'applied'};
		}
		case 'doubt':
			return {at: 'looking', reason: 'applied', approved: phase.left};
		case 'look-again':
			return {at: 'looking', reason: 'applied'};
		default:
			return phase;
	}
}

/** Whether something can be asked in the middle: only where nothing else is asked. */
export const canAsk = ({at}: Phase): boolean => at === 'looking' || at === 'applying' || at === 'checking';
/** Whether a call that changes something is out, or its answer is being handed over. */
const isApplying = (phase: Phase): boolean =>
	phase.at === 'applying' || (phase.at === 'asking' && phase.during.at === 'applying');

/** Whether one change goes on: it asks something, or its question has been answered. */
const isPartOf = (before: Phase, after: Phase): boolean =>
	(after.at === 'asking' && after.during === before) || (before.at === 'asking' && before.during === after);

/** The same changes to the person's eye: what a look may freshen (`before`, and from when on) aside. */
export const sameChanges = (one: readonly Change[], other: readonly Change[]): boolean =>
	JSON.stringify(one.map(bare)) === JSON.stringify(other.map(bare));
const bare = ({before: _before, notBefore: _notBefore, ...change}: Change): unknown => change;
