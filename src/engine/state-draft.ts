import type {Answers} from './answers.js';
import type {Attempt, Change} from './change.js';
import type {Delivered} from './delivered.js';
import type {State} from './state.js';

/** What a fold may write. */
export type Mutable<T> = {-readonly [K in keyof T]: T[K]};
/** An attempt, and the step and the course that made it. */
export type Tried = Mutable<Attempt> & {step: string; course: string};
/** A state in the making. */
export type Draft = {
	state: Mutable<Omit<State, 'facts'>> & {facts: Record<string, string>};
	/** The course that is asked about, if one is. */
	readonly of: string | undefined;
	/** The course that began the record. */
	first: string | undefined;
	answers: Record<string, Record<string, Answers[string]>>;
	/** The run that each answer of a course was given in. */
	answeredIn: Record<string, Record<string, number>>;
	/** The answers of each course that count for the last run alone. */
	passing: Record<string, readonly string[]>;
	done: Record<string, string[]>;
	tries: Map<number, Tried>;
	keys: Map<string, Mutable<Delivered>>;
};

/** A round of a recurring course is over: the next one asks and does everything anew. */
export function endRound({state, answers, done, tries}: Draft, forgets: readonly string[]): void {
	for (const it of tries.values()) if (it.course === state.course && it.outcome) it.over = true;
	answers[state.course] = {};
	done[state.course] = [];
	state.facts = Object.fromEntries(Object.entries(state.facts).filter(([name]) => !forgets.includes(name)));
}

/** Forgets what counted for the run before, unless a change was made with it, or may have been. */
export function forgetPassing({answers, passing, tries}: Draft): void {
	const used = new Set([...tries.values()].filter(stands).flatMap(it => it.change.record?.uses ?? []));
	for (const [course, names] of Object.entries(passing))
		for (const name of names) if (!used.has(name)) delete answers[course]?.[name];
}
const stands = ({outcome}: Tried): boolean => outcome !== 'refused' && outcome !== 'undone';

/** Forgets what was answered before that can't be meant for what is made now. */
export function askAnew({state, answers}: Draft, {record = {}}: Change): void {
	for (const name of record.asksAnew ?? []) delete answers[state.course]?.[name];
}

/** A doubt ends: looking has found all as it should be. What the same course meant to take back is gone, then. */
export function settle(draft: Draft, it: Tried): void {
	const gone = it.change.record?.undoes !== undefined && it.course === draft.state.course;
	it.outcome = gone ? 'done' : 'settled';
	if (gone) takeBack(draft, it);
	spend(draft, it);
}

/** What was answered for this change alone counts for no other. */
export function spend({answers, answeredIn}: Draft, {change, course, run}: Tried): void {
	for (const name of change.record?.spends ?? [])
		if ((answeredIn[course]?.[name] ?? 0) <= run) delete answers[course]?.[name];
}

/** What a change turns round isn't to be seen any more. */
export function turnRound({tries}: Draft, {record}: Change): void {
	for (const it of tries.values()) if (it.outcome && record?.reverses?.includes(it.change.id)) it.over = true;
}

/** What a change takes back counts as never made. */
export function takeBack({state, done, tries}: Draft, {change, course}: Tried): void {
	const facts = {...state.facts};
	for (const name of change.record?.forgets ?? []) delete facts[name];
	const {redoes = []} = change.record ?? {};
	if (redoes.length > 0) done[course] = (done[course] ?? []).filter(step => !redoes.includes(step));
	for (const it of tries.values()) {
		if (!change.record?.undoes?.includes(it.change.id) || it.outcome === 'refused') continue;
		it.outcome = 'undone';
		for (const [name, value] of Object.entries(it.learned)) if (facts[name] === value) delete facts[name];
		for (const [name, steps] of Object.entries(done))
			if (name !== course) done[name] = steps.filter(step => step !== it.step);
	}
	state.facts = facts;
}

/** The place of a secret that is to open nothing any more is asked for anew: the file may still be there. */
export function forgetPlace(answers: Record<string, Answers[string]> | undefined, {keeps, record}: Change): void {
	for (const name of record?.uses ?? [])
		if (answers && keeps?.place && answers[name] === keeps.place) delete answers[name];
}
