import type {Attempt} from './change.js';
import type {Entry, Happened} from './entry.js';
import type {State} from './state.js';
import {
	askAnew,
	type Draft,
	endRound,
	forgetPassing,
	forgetPlace,
	settle,
	spend,
	takeBack,
	turnRound,
} from './state-draft.js';

export type {Entry, Happened} from './entry.js';
export {knownFor, type State, settledAnswers} from './state.js';

/**
 * Computes where a setup stands from its entries, as the named course sees it (the one begun last, unless told); every
 * prefix of a record is a legal record.
 */
export function fold(entries: readonly Entry[], of?: string): State {
	const draft: Draft = {
		state: {
			setup: undefined,
			setupId: undefined,
			recovered: undefined,
			wasPrinted: undefined,
			left: undefined,
			course: '',
			answers: {},
			facts: {},
			past: {},
			done: {},
			claimed: [],
			delivered: [],
			proof: undefined,
			runs: 0,
			nextId: 1,
			printed: [],
			changing: undefined,
			last: undefined,
		},
		of,
		first: undefined,
		answers: {},
		answeredIn: {},
		passing: {},
		done: {},
		tries: new Map(),
		keys: new Map(),
	};
	for (const entry of entries) take(draft, entry);
	const past: Record<string, Attempt[]> = {};
	for (const {step, ...attempt} of draft.tries.values()) {
		past[step] ??= [];
		past[step].push(attempt);
	}
	const course = of ?? draft.state.course;
	// Answers belong to their course; every course knows those of the one that began the record.
	const answers = {...draft.answers[draft.first ?? ''], ...draft.answers[course]};
	const passing = [draft.first ?? '', course].flatMap(it => draft.passing[it] ?? []);
	return {
		...draft.state,
		...(passing.length > 0 && {passing}),
		...(draft.first !== undefined && {first: draft.first}),
		course,
		answers,
		past,
		done: draft.done,
		delivered: [...draft.keys.values()],
	};
}

type Takers = {readonly [T in Happened['type']]: (draft: Draft, entry: Entry & {readonly type: T}) => void};
/** What each kind of entry comes to. */
const takers: Takers = {
	started(draft, entry) {
		const {state} = draft;
		forgetPassing(draft);
		draft.passing = {};
		draft.first ??= entry.course;
		state.course = entry.course;
		state.setup ??= entry.setup;
		state.setupId ??= entry.setupId;
		state.runs += 1;
		if (state.last && state.last.host !== entry.host) state.moved = true;
		state.last = {at: entry.at, host: entry.host, pid: entry.pid, ended: false};
		if (entry.recovered) Object.assign(state, {recovered: true, recoveredAt: entry.at});
	},
	'taken-up'({state}, {setupId, at}) {
		Object.assign(state, {setupId, recovered: true, recoveredAt: at});
	},
	connected({state}, {facts}) {
		state.facts = {...state.facts, ...facts};
	},
	answered({state, answers, answeredIn, passing}, entry) {
		if (entry.reopens) state.reopened = [...new Set([...(state.reopened ?? []), ...entry.reopens])];
		const names = Object.keys(entry.answers);
		const others = (passing[state.course] ?? []).filter(it => !names.includes(it));
		passing[state.course] = entry.passing ? [...others, ...names] : others;
		answers[state.course] = {...answers[state.course], ...entry.answers};
		answeredIn[state.course] = {
			...answeredIn[state.course],
			...Object.fromEntries(names.map(name => [name, state.runs])),
		};
	},
	adopted({state}, {facts}) {
		state.facts = {...state.facts, ...facts};
	},
	approved() {
		// It changes nothing of where the setup stands.
	},
	claimed({state}, {place}) {
		state.claimed = [...state.claimed, place];
	},
	intent(draft, {id, step, change, at, clock}) {
		const {state, answers, tries} = draft;
		state.nextId = Math.max(state.nextId, id + 1);
		state.changing = state.course;
		// What a discard found left is so until something changes.
		state.left = undefined;
		for (const it of tries.values())
			if (change.record?.undoes?.includes(it.change.id)) forgetPlace(answers[it.course], it.change);
		askAnew(draft, change);
		if (state.reopened) state.reopened = state.reopened.filter(it => !change.record?.uses?.includes(it));
		tries.set(id, {step, course: state.course, change, learned: {}, at, clock, run: state.runs});
	},
	outcome(draft, entry) {
		const it = draft.tries.get(entry.of);
		if (!it) return;
		it.outcome = entry.ok ? 'done' : 'refused';
		it.endedAt = entry.at;
		if (!entry.ok) {
			it.code = entry.code;
			return;
		}
		it.learned = entry.learned;
		draft.state.facts = {...draft.state.facts, ...entry.learned};
		takeBack(draft, it);
		turnRound(draft, it.change);
		spend(draft, it);
	},
	shown({tries, keys}, {id, of, at}) {
		// The key is known from here on: no look has to find it.
		const it = tries.get(of);
		if (it) {
			it.outcome ??= 'settled';
			it.endedAt ??= at;
		}
		if (!keys.has(id)) keys.set(id, {id, place: null, deliveredAt: at, inUse: false, unsure: true});
	},
	delivered({keys}, {id, place, at}) {
		const had = keys.get(id);
		if (had) delete had.unsure;
		else keys.set(id, {id, place, deliveredAt: at, inUse: false});
	},
	'own-use'({state, keys}, {id, at, requestIds}) {
		if (requestIds) state.ownRequests = [...(state.ownRequests ?? []), ...requestIds];
		const key = keys.get(id);
		if (!key) return;
		key.lastOwnUse = at;
		// Noted before and after: a run that noted it once was cut off in between.
		if (key.usedSince === state.runs) delete key.usedSince;
		else key.usedSince = state.runs;
		delete key.usedUntil;
	},
	checked({state}, {id, about, checks, at}) {
		state.proof = {id, about, checks, at, run: state.runs, proven: checks.every(it => it.ok === true)};
		state.proofs = {...state.proofs, [id]: state.proof};
		const ids = checks.flatMap(it => it.requestIds ?? []);
		if (ids.length > 0) state.ownRequests = [...(state.ownRequests ?? []), ...ids];
	},
	'in-use'({state, keys}, {id, seenAt, from = [], through = {}}) {
		const key = keys.get(id);
		const had = key ?? state.alsoInUse?.[id];
		const all = [...new Set([...(had?.from ?? []), ...from])];
		const ways = {...had?.through};
		for (const [it, who] of Object.entries(through)) ways[it] = [...new Set([...(ways[it] ?? []), ...who])];
		const use = {
			...(seenAt !== undefined && {seenAt}),
			...(all.length > 0 && {from: all}),
			...(Object.keys(ways).length > 0 && {through: ways}),
		};
		if (key) Object.assign(key, {inUse: true, ...use});
		else state.alsoInUse = {...state.alsoInUse, [id]: {...had, ...use}};
	},
	narrowed({state}, {what, at}) {
		state.narrowings = {[what]: at, ...state.narrowings};
	},
	completed(draft, {step, facts, ends, left}) {
		const {state, done, tries} = draft;
		done[state.course] ??= [];
		if (!done[state.course]?.includes(step)) done[state.course]?.push(step);
		for (const it of tries.values()) if (it.step === step && !it.outcome) settle(draft, it);
		state.facts = {...state.facts, ...facts};
		if (left) state.left = left;
		if (ends) endRound(draft, ends);
	},
	printed({state}, {calls = [], released}) {
		if (released) {
			state.wasPrinted = undefined;
			state.printed = [];
			return;
		}
		// Somebody may make these changes at any time from now on, without an intent in this record.
		state.wasPrinted = true;
		state.printed = [...state.printed, ...calls];
	},
	ended({state, of = state.course}, {why}) {
		// Why another course stopped is no word on this one.
		const told = why !== undefined && state.course === of;
		if (state.last) state.last = {...state.last, ended: true, ...(told && {why})};
	},
};

function take<T extends Happened['type']>(draft: Draft, entry: Entry & {readonly type: T}): void {
	const {state} = draft;
	if (state.last) state.last = {...state.last, at: entry.at};
	takers[entry.type](draft, entry);
	if (entry.clock !== 'aws') return;
	// A later run is at work: the one that was cut off is over, however long its machine had slept.
	for (const key of draft.keys.values())
		if (key.usedSince !== undefined && key.usedSince < state.runs) key.usedUntil ??= entry.at;
}
