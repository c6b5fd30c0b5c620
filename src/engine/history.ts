import type {Facts} from './facts.js';
import type {Entry} from './record.js';
import type {Change, Checked} from './step.js';

/** One run: who, when, on which machine, and how it ended; without an end it was cut off. */
export type PastRun = {
	readonly course: string;
	readonly at: string;
	readonly clock: Entry['clock'];
	readonly host?: string;
	readonly pid?: number;
	readonly version?: string;
	/** Whose credentials it used, and where they led if not to AWS. */
	readonly caller?: string;
	readonly endpoint?: string;
	readonly endedAt?: string;
	readonly status?: string;
};
/** One change as it went: `found` was done though AWS's answer was lost, `unknown` perhaps. */
export type PastChange = {
	readonly run: number;
	readonly step: string;
	readonly change: Change;
	readonly at: string;
	readonly approvedAt?: string;
	readonly outcome: 'done' | 'refused' | 'found' | 'unknown';
	readonly code?: string;
	readonly message?: string;
	readonly requestId?: string;
	/** What AWS's answer taught. */
	readonly learned?: Facts;
};
/** One proof, check by check. */
export type PastProof = {
	readonly run: number;
	readonly at: string;
	/** The delivered thing that it was made with, and what it was all about. */
	readonly id: string;
	readonly about: string;
	readonly checks: readonly Checked[];
};
/** All that a record tells of what was done. */
export type History = {
	readonly runs: readonly PastRun[];
	readonly changes: readonly PastChange[];
	readonly proofs: readonly PastProof[];
};

type Mutable<T> = {-readonly [K in keyof T]: T[K]};
type Draft = {
	readonly runs: Mutable<PastRun>[];
	readonly changes: Map<number, Mutable<PastChange>>;
	readonly proofs: PastProof[];
	/** When each change of a step was approved last. */
	readonly approved: Map<string, string>;
	where: Pick<PastRun, 'caller' | 'endpoint'>;
};

/** What was done, by whom and when, in the order in which it happened. */
export function historyOf(entries: readonly Entry[]): History {
	const draft: Draft = {runs: [], changes: new Map(), proofs: [], approved: new Map(), where: {}};
	for (const entry of entries) take(draft, entry);
	return {runs: draft.runs, changes: [...draft.changes.values()], proofs: draft.proofs};
}

function take(draft: Draft, entry: Entry): void {
	const {runs, changes, proofs, approved} = draft;
	const run = runs.at(-1);
	switch (entry.type) {
		case 'started': {
			const {course, at, clock, host, pid, version} = entry;
			runs.push({course, at, clock, host, pid, version});
			break;
		}
		case 'connected':
			draft.where = {caller: entry.caller, ...(entry.endpoint && {endpoint: entry.endpoint})};
			if (run) Object.assign(run, draft.where);
			break;
		case 'approved':
			for (const id of entry.changes) approved.set(`${entry.step} ${id}`, entry.at);
			break;
		case 'intent': {
			// Noted once for all runs of the same credentials.
			if (run && run.caller === undefined) Object.assign(run, draft.where);
			const approvedAt = approved.get(`${entry.step} ${entry.change.id}`);
			const {step, change, at} = entry;
			changes.set(entry.id, {run: runs.length, step, change, at, ...(approvedAt && {approvedAt}), outcome: 'unknown'});
			break;
		}
		case 'outcome': {
			const it = changes.get(entry.of);
			if (!it) break;
			it.outcome = entry.ok ? 'done' : 'refused';
			if (entry.requestId) it.requestId = entry.requestId;
			if (entry.ok) it.learned = entry.learned;
			else Object.assign(it, {code: entry.code, message: entry.message});
			break;
		}
		case 'shown': {
			const it = changes.get(entry.of);
			if (it?.outcome === 'unknown') it.outcome = 'done';
			break;
		}
		case 'checked': {
			const {at, id, about, checks} = entry;
			proofs.push({run: runs.length, at, id, about, checks});
			break;
		}
		case 'completed':
			for (const it of changes.values()) if (it.step === entry.step && it.outcome === 'unknown') it.outcome = 'found';
			break;
		case 'ended':
			if (run) Object.assign(run, {endedAt: entry.at, status: entry.status});
			break;
		default:
			break;
	}
}
