import type {AccessKey, Answers, Attempt, Change, Checked, Facts, Known, Proof} from './step.js';

/** What happened, as it is appended to the record before it is stamped. No entry ever holds a secret. */
export type Happened =
	| {
			type: 'started';
			course: string;
			setup: string;
			setupId: string;
			recovered?: true;
			host: string;
			pid: number;
			version: string;
	  }
	| {type: 'connected'; account: string; partition: string; region: string; caller: string; endpoint?: string}
	| {type: 'answered'; answers: Answers}
	| {type: 'approved'; step: string; changes: readonly string[]}
	| {type: 'claimed'; place: string}
	| {type: 'intent'; id: number; step: string; change: Change}
	| {type: 'outcome'; of: number; ok: true; learned: Facts; requestId?: string}
	| {type: 'outcome'; of: number; ok: false; code: string; message: string; requestId?: string}
	| {type: 'shown'; id: string; of: number}
	| {type: 'delivered'; id: string; place: string | null}
	| {type: 'own-use'; id: string}
	| {type: 'checked'; step: string; accessKeyId: string; keyArn: string; checks: readonly Checked[]}
	| {type: 'nps-rotated'; id: string}
	| {type: 'completed'; step: string; facts: Facts}
	| {type: 'ended'; status: string};
/** One line of the record: what, when, and by whose clock. */
export type Entry = Happened & {readonly at: string; readonly clock: 'aws' | 'local'};

/** Where a setup stands: everything but the entries themselves is computed from them. */
export type State = {
	readonly setup: string | undefined;
	readonly setupId: string | undefined;
	readonly course: string;
	readonly answers: Answers;
	readonly facts: Facts;
	readonly past: Readonly<Record<string, readonly Attempt[]>>;
	readonly done: Readonly<Record<string, readonly string[]>>;
	readonly claimed: readonly string[];
	readonly accessKeys: readonly AccessKey[];
	readonly proof: Proof | undefined;
	readonly run: number;
	readonly nextId: number;
	readonly last: {readonly at: string; readonly host: string; readonly pid: number; readonly ended: boolean} | undefined;
};

type Mutable<T> = {-readonly [K in keyof T]: T[K]};
type Draft = {
	state: Mutable<State> & {answers: Record<string, Answers[string]>; facts: Record<string, string>};
	done: Record<string, string[]>;
	tries: Map<number, Mutable<Attempt> & {step: string}>;
	keys: Map<string, Mutable<AccessKey>>;
};

/** Computes where a setup stands from its entries; every prefix of a record is a legal record. */
export function fold(entries: readonly Entry[]): State {
	const draft: Draft = {
		state: {
			setup: undefined,
			setupId: undefined,
			course: 'setup',
			answers: {},
			facts: {},
			past: {},
			done: {},
			claimed: [],
			accessKeys: [],
			proof: undefined,
			run: 0,
			nextId: 1,
			last: undefined,
		},
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
	return {...draft.state, past, done: draft.done, accessKeys: [...draft.keys.values()]};
}

function take({state, done, tries, keys}: Draft, entry: Entry): void {
	if (state.last) state.last = {...state.last, at: entry.at};
	switch (entry.type) {
		case 'started':
			state.course = entry.course;
			state.setup ??= entry.setup;
			state.setupId ??= entry.setupId;
			state.run += 1;
			state.last = {at: entry.at, host: entry.host, pid: entry.pid, ended: false};
			if (entry.recovered) state.facts['recovered'] = 'yes';
			break;
		case 'connected':
			state.facts = {
				...state.facts,
				account: entry.account,
				partition: entry.partition,
				caller: entry.caller,
				region: entry.region,
			};
			break;
		case 'answered':
			state.answers = {...state.answers, ...entry.answers};
			// Taking up a setup that AWS's tags tell of is an answer like any other.
			if (typeof entry.answers['takeUp'] === 'string') {
				state.setupId = entry.answers['takeUp'];
				state.facts['recovered'] = 'yes';
			}
			break;
		case 'claimed':
			state.claimed = [...state.claimed, entry.place];
			break;
		case 'intent':
			state.nextId = Math.max(state.nextId, entry.id + 1);
			tries.set(entry.id, {
				step: entry.step,
				change: entry.change,
				learned: {},
				at: entry.at,
				clock: entry.clock,
				run: state.run,
			});
			break;
		case 'outcome': {
			const it = tries.get(entry.of);
			if (!it) break;
			it.outcome = entry.ok ? 'done' : 'refused';
			it.endedAt = entry.at;
			if (entry.ok) {
				it.learned = entry.learned;
				state.facts = {...state.facts, ...entry.learned};
			} else it.code = entry.code;
			break;
		}
		case 'shown': {
			// The key is known from here on: no look has to find it.
			const it = tries.get(entry.of);
			if (it) it.outcome ??= 'settled';
			if (!keys.has(entry.id)) keys.set(entry.id, {id: entry.id, place: null, deliveredAt: entry.at, npsRotated: false, unsure: true});
			break;
		}
		case 'delivered': {
			const had = keys.get(entry.id);
			if (had) delete had.unsure;
			else keys.set(entry.id, {id: entry.id, place: entry.place, deliveredAt: entry.at, npsRotated: false});
			break;
		}
		case 'own-use': {
			const key = keys.get(entry.id);
			if (key) key.lastOwnUse = entry.at;
			break;
		}
		case 'checked': {
			const {accessKeyId, keyArn, checks, at} = entry;
			state.proof = {accessKeyId, keyArn, checks, at, proven: checks.every(it => it.ok === true)};
			break;
		}
		case 'nps-rotated': {
			const key = keys.get(entry.id);
			if (key) key.npsRotated = true;
			break;
		}
		case 'completed':
			done[state.course] ??= [];
			if (!done[state.course]?.includes(entry.step)) done[state.course]?.push(entry.step);
			for (const it of tries.values()) if (it.step === entry.step) it.outcome ??= 'settled';
			state.facts = {...state.facts, ...entry.facts};
			break;
		case 'ended':
			if (state.last) state.last = {...state.last, ended: true};
			break;
		case 'approved':
			break;
	}
}

/** What a step may know: the record's state with the facts and answers at hand. */
export function knownFor(stepId: string, state: State, extra: {answers?: Answers; facts?: Facts} = {}): Known {
	const facts: Facts = {
		...state.facts,
		...(state.setup && {setup: state.setup}),
		...(state.setupId && {setupId: state.setupId}),
		...extra.facts,
	};
	return {
		answers: {...state.answers, ...extra.answers},
		facts,
		fact: name => facts[name] ?? {$fact: name},
		past: state.past[stepId] ?? [],
		claimed: state.claimed,
		accessKeys: state.accessKeys,
		proof: state.proof,
		run: state.run,
	};
}

/** The answers that changes were made with, or may have been: they can't be given otherwise any more. */
export function settledAnswers(state: State): readonly string[] {
	const attempts = Object.values(state.past).flat();
	return [...new Set(attempts.filter(it => it.outcome !== 'refused').flatMap(it => it.change.uses ?? []))];
}
