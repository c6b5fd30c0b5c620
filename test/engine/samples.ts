import type {Refused, Reply, SentCall} from '../../src/engine/apply.js';
import type {Entry, Happened} from '../../src/engine/record.js';
import type {Attempt, Change, Known, Look} from '../../src/engine/step.js';
import {type Clock, Interrupted} from '../../src/engine/waiting.js';

/** A change, as small as one can be. */
export const change = (id: string, more: Partial<Change> = {}): Change => ({
	id,
	verb: 'create',
	subject: `thing ${id}`,
	call: {api: 'iam:CreateUser', input: {UserName: id}},
	...more,
});
/** An entry with its stamp. */
export const entry = (happened: Happened, at = '2026-01-01T00:00:00.000Z'): Entry => ({
	...happened,
	at,
	clock: 'local',
});
/** The first entry of a run. */
export const started = (setupId: string, more: {course?: string} = {}): Happened => ({
	type: 'started',
	course: 'setup',
	setup: 'nps',
	setupId,
	host: 'here',
	pid: 7,
	version: '0',
	...more,
});
/** What a step knows, with the past attempts given. */
export const knowing = (past: readonly Attempt[] = [], run = 1): Known => ({
	answers: {},
	facts: {},
	run: {},
	fact: name => ({$fact: name}),
	past,
	of: () => knowing(past, run),
	claimed: [],
	delivered: [],
	calls: [],
	runs: run,
});
/** Eyes that see nothing. */
export const blind: Look = {
	at: async () => undefined,
	async *all() {
		// nothing is there
	},
	kept: async () => ({is: 'absent'}),
	progress: () => undefined,
};

/** A clock that only its own sleeps move. */
export class FakeClock implements Clock {
	ms = Date.parse('2026-01-01T00:00:00.000Z');
	readonly sleeps: number[] = [];
	interruptAfter = Number.POSITIVE_INFINITY;
	constructor(readonly patience: number) {}
	now(): {at: string; clock: 'aws'} {
		return {at: new Date(this.ms).toISOString(), clock: 'aws'};
	}
	ticks(): number {
		return this.ms;
	}
	async sleep(ms: number): Promise<void> {
		this.sleeps.push(ms);
		if (this.sleeps.length > this.interruptAfter) throw new Interrupted();
		this.ms += ms;
	}
}

/** Answers in turn: a reply, or an error to throw. */
export function answering(...turns: readonly (Reply | Refused | Error)[]): {
	send(call: SentCall): Promise<Reply>;
	readonly sent: SentCall[];
} {
	const sent: SentCall[] = [];
	return {
		sent,
		async send(call) {
			sent.push(call);
			const turn = turns[Math.min(sent.length, turns.length) - 1];
			if (turn instanceof Error || turn === undefined) throw turn;
			return turn;
		},
	};
}
