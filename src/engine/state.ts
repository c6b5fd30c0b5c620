import type {Answers} from './answers.js';
import type {Call} from './call.js';
import type {Attempt} from './change.js';
import type {Proof} from './check.js';
import type {AlsoInUse, Delivered} from './delivered.js';
import type {Facts} from './facts.js';
import type {Known} from './known.js';
import type {ThisRun} from './this-run.js';

/** Where a setup stands: everything but the entries themselves is computed from them. */
export type State = {
	readonly setup: string | undefined;
	readonly setupId: string | undefined;
	readonly recovered: true | undefined;
	/** When it was taken up from what AWS shows, by this machine's clock or AWS's. */
	readonly recoveredAt?: string | undefined;
	/** It was carried on by another machine than the one before. */
	readonly moved?: true;
	readonly wasPrinted: true | undefined;
	readonly left: 'nothing' | 'something' | undefined;
	readonly course: string;
	/** The course that began the record. */
	readonly first?: string | undefined;
	readonly answers: Answers;
	/** The answers that count for the last run alone. */
	readonly passing?: readonly string[];
	/** The answers that may be given otherwise though something was made with them: it is gone. */
	readonly reopened?: readonly string[];
	readonly facts: Facts;
	readonly past: Readonly<Record<string, readonly Attempt[]>>;
	readonly done: Readonly<Record<string, readonly string[]>>;
	readonly claimed: readonly string[];
	readonly delivered: readonly Delivered[];
	readonly proof: Proof | undefined;
	/** The last proof with each delivered thing, by its id. */
	readonly proofs?: Readonly<Record<string, Proof>>;
	/** What is in use though this setup never delivered it, by its id. */
	readonly alsoInUse?: Readonly<Record<string, AlsoInUse>>;
	/** The ids of the requests that our own proofs made, as far as they are recorded. */
	readonly ownRequests?: readonly string[];
	/** When each thing that others made stricter was first seen, by what it is. */
	readonly narrowings?: Readonly<Record<string, string>>;
	/** How many runs it holds; none, and there is no record. */
	readonly runs: number;
	readonly nextId: number;
	/** What was printed for somebody else to call. */
	readonly printed: readonly Call[];
	/** The course that changed something last, or may have. */
	readonly changing: string | undefined;
	readonly last:
		| {
				readonly at: string;
				readonly host: string;
				readonly pid: number;
				readonly ended: boolean;
				/** What it stopped on, in a line, if it was the course that is asked about. */
				readonly why?: string;
		  }
		| undefined;
};

/**
 * What a step may know: the record's state, the run, and the facts and answers at hand besides, such as those that a
 * forecast comes to.
 */
export function knownFor(
	stepId: string,
	state: State,
	run: ThisRun,
	more: {readonly answers?: Answers; readonly facts?: Facts} = {},
): Known {
	const {setupId, recovered, wasPrinted, left, claimed, delivered, proof, runs, narrowings = {}} = state;
	const {ownRequests = [], proofs = {}, alsoInUse = {}, recoveredAt, moved} = state;
	const facts: Facts = {...state.facts, ...more.facts};
	return {
		run,
		facts,
		setupId,
		recovered,
		recoveredAt,
		moved,
		wasPrinted,
		left,
		claimed,
		delivered,
		proof,
		proofs,
		ownRequests,
		alsoInUse,
		runs,
		narrowings,
		completed: state.done[state.first ?? '']?.includes(stepId) ?? false,
		answers: {...state.answers, ...more.answers},
		fact: name => facts[name] ?? {$fact: name},
		past: state.past[stepId] ?? [],
		of: id => knownFor(id, state, run, more),
		calls: callsOf(state),
	};
}

/** The calls that stand: made or in doubt, or printed for somebody else to make. */
const callsOf = ({past, printed}: State): Known['calls'] => [
	...Object.values(past)
		.flat()
		.filter(it => it.outcome !== 'refused' && it.outcome !== 'undone')
		.map(({change: {call}, learned}) => ({call, learned})),
	...printed.map(call => ({call, learned: {}})),
];

/** The answers that changes were made with, or may have been: they can't be given otherwise any more. */
export function settledAnswers(state: State): readonly string[] {
	const attempts = Object.values(state.past).flat();
	return [
		...new Set(
			attempts
				.filter(it => it.outcome !== 'refused' && it.outcome !== 'undone')
				.flatMap(it => it.change.record?.uses ?? [])
				.filter(it => !state.reopened?.includes(it)),
		),
	];
}
