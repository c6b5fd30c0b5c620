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
	/** With `ends` a round of a recurring course is over, and the facts it names aren't so any more. */
	| {type: 'completed'; step: string; facts: Facts; ends?: readonly string[]}
	| {type: 'printed'; shell: string; changes: readonly string[]}
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
	/** The course that changed something last, or may have. */
	readonly changing: string | undefined;
	readonly last:
		| {readonly at: string; readonly host: string; readonly pid: number; readonly ended: boolean}
		| undefined;
};

type Mutable<T> = {-readonly [K in keyof T]: T[K]};
type Tried = Mutable<Attempt> & {step: string};
type Draft = {
	state: Mutable<State> & {facts: Record<string, string>};
	answers: Record<string, Record<string, Answers[string]>>;
	/** The run that each answer of a course was given in. */
	answeredIn: Record<string, Record<string, number>>;
	done: Record<string, string[]>;
	tries: Map<number, Tried>;
	keys: Map<string, Mutable<AccessKey>>;
};

/**
 * Computes where a setup stands from its entries, as the named course sees it (the one begun last, unless told); every
 * prefix of a record is a legal record.
 */
export function fold(entries: readonly Entry[], of?: string): State {
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
			changing: undefined,
			last: undefined,
		},
		answers: {},
		answeredIn: {},
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
	// Answers belong to their course; every course knows those of the set-up.
	const answers = {...draft.answers['setup'], ...draft.answers[course]};
	return {...draft.state, course, answers, past, done: draft.done, accessKeys: [...draft.keys.values()]};
}

function take(draft: Draft, entry: Entry): void {
	const {state, answers, done, tries, keys} = draft;
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
			answers[state.course] = {...answers[state.course], ...entry.answers};
			draft.answeredIn[state.course] = {
				...draft.answeredIn[state.course],
				...Object.fromEntries(Object.keys(entry.answers).map(name => [name, state.run])),
			};
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
			state.changing = state.course;
			// What a discard found left is so until something changes.
			delete state.facts['left'];
			for (const it of tries.values())
				if (entry.change.undoes?.includes(it.change.id)) forgetPlace(answers[it.course ?? 'setup'], it.change);
			askAnew(draft, entry.change);
			tries.set(entry.id, {
				step: entry.step,
				course: state.course,
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
				takeBack(draft, it);
				turnRound(draft, it.change);
				spend(draft, it);
			} else it.code = entry.code;
			break;
		}
		case 'shown': {
			// The key is known from here on: no look has to find it.
			const it = tries.get(entry.of);
			if (it) {
				it.outcome ??= 'settled';
				it.endedAt ??= entry.at;
			}
			if (!keys.has(entry.id))
				keys.set(entry.id, {id: entry.id, place: null, deliveredAt: entry.at, npsRotated: false, unsure: true});
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
			if (!key) break;
			key.lastOwnUse = entry.at;
			// Noted before and after: a run that noted it once was cut off in between.
			if (key.usedSince === state.run) delete key.usedSince;
			else key.usedSince = state.run;
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
			for (const it of tries.values()) if (it.step === entry.step && !it.outcome) settle(draft, it);
			state.facts = {...state.facts, ...entry.facts};
			if (entry.ends) endRound(draft, entry.ends);
			break;
		case 'printed':
			// Somebody may make these changes at any time from now on, without an intent in this record.
			state.facts = {...state.facts, printed: 'yes'};
			break;
		case 'ended':
			if (state.last) state.last = {...state.last, ended: true};
			break;
		case 'approved':
			break;
	}
}

/** A round of a recurring course is over: the next one asks and does everything anew. */
function endRound({state, answers, done, tries}: Draft, forgets: readonly string[]): void {
	for (const it of tries.values()) if (it.course === state.course && it.outcome) it.over = true;
	answers[state.course] = {};
	done[state.course] = [];
	state.facts = Object.fromEntries(Object.entries(state.facts).filter(([name]) => !forgets.includes(name)));
}

/** Forgets what earlier runs were answered that can't be meant for what is made now. */
function askAnew({state, answers, answeredIn}: Draft, {asksAnew = []}: Change): void {
	for (const name of asksAnew)
		if ((answeredIn[state.course]?.[name] ?? 0) < state.run) delete answers[state.course]?.[name];
}

/** A doubt ends: looking has found all as it should be. What the same course meant to take back is gone, then. */
function settle(draft: Draft, it: Tried): void {
	const gone = it.change.undoes !== undefined && it.course === draft.state.course;
	it.outcome = gone ? 'done' : 'settled';
	if (gone) takeBack(draft, it);
	spend(draft, it);
}

/** What was answered for this change alone counts for no other. */
function spend({answers, answeredIn}: Draft, {change, course = 'setup', run}: Tried): void {
	for (const name of change.spends ?? []) if ((answeredIn[course]?.[name] ?? 0) <= run) delete answers[course]?.[name];
}

/** What a change turns round isn't to be seen any more. */
function turnRound({tries}: Draft, {reverses}: Change): void {
	for (const it of tries.values()) if (it.outcome && reverses?.includes(it.change.id)) it.over = true;
}

/** What a change takes back counts as never made. */
function takeBack({state, done, tries}: Draft, {change, course}: Tried): void {
	const facts = {...state.facts};
	for (const name of change.forgets ?? []) delete facts[name];
	for (const it of tries.values()) {
		if (!change.undoes?.includes(it.change.id) || it.outcome === 'refused') continue;
		it.outcome = 'undone';
		for (const [name, value] of Object.entries(it.learned)) if (facts[name] === value) delete facts[name];
		for (const [name, steps] of Object.entries(done))
			if (name !== course) done[name] = steps.filter(step => step !== it.step);
	}
	state.facts = facts;
}

/** The place of a secret that is to open nothing any more is asked for anew: the file may still be there. */
function forgetPlace(answers: Record<string, Answers[string]> | undefined, {keeps, uses}: Change): void {
	for (const name of uses ?? []) if (answers && keeps?.place && answers[name] === keeps.place) delete answers[name];
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
		of: id => knownFor(id, state, extra),
		claimed: state.claimed,
		accessKeys: state.accessKeys,
		proof: state.proof,
		run: state.run,
	};
}

/** The answers that changes were made with, or may have been: they can't be given otherwise any more. */
export function settledAnswers(state: State): readonly string[] {
	const attempts = Object.values(state.past).flat();
	return [
		...new Set(
			attempts.filter(it => it.outcome !== 'refused' && it.outcome !== 'undone').flatMap(it => it.change.uses ?? []),
		),
	];
}
