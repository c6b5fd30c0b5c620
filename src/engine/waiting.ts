import type {Change, Checked} from './step.js';

/** The person wants to leave: a wait ends at once. */
export class Interrupted extends Error {}

/** Time as the engine sees it. */
export type Clock = {
	/** This moment by AWS's clock if an answer has told it, otherwise by this machine's. */
	now(): {readonly at: string; readonly clock: 'aws' | 'local'};
	/** Milliseconds that only ever grow. */
	ticks(): number;
	/** Waits that many real milliseconds; throws `Interrupted` as soon as the person wants to leave. */
	sleep(ms: number): Promise<void>;
	/** The factor that shortens every wait, 0 to 1. */
	readonly patience: number;
};

/** What is told while a course runs; a front end draws it. */
export type News =
	| {
			readonly type: 'step';
			readonly step: string;
			readonly status: 'applying';
			readonly changes: readonly Change[];
	  }
	| {
			readonly type: 'step';
			readonly step: string;
			readonly status: 'done' | 'skipped' | 'stopped';
			readonly says?: string;
			readonly warns?: readonly string[];
	  }
	| {
			readonly type: 'change';
			readonly step: string;
			readonly change: string;
			readonly status: 'sent' | 'done' | 'refused' | 'unsettled';
			readonly requestId?: string;
	  }
	| {
			readonly type: 'wait';
			readonly step: string;
			readonly for: string;
			readonly why: string;
			readonly elapsedMs: number;
			readonly limitMs: number;
	  }
	/** What was waited for so far is there. */
	| {readonly type: 'answered'; readonly step: string}
	/** A check under way: how often in a row it came out as it should. */
	| {
			readonly type: 'trying';
			readonly step: string;
			readonly check: string;
			readonly says: string;
			readonly passed: number;
			readonly of: number;
	  }
	| ({readonly type: 'check'; readonly step: string} & Checked)
	| {readonly type: 'progress'; readonly step: string; readonly done: number; readonly of?: number};
export type Tell = (news: News) => void;

/** How long it may take, in words: in seconds, where that is not too long to be read so. */
export function limitInWords(limitMs: number): string {
	const seconds = Math.ceil(limitMs / 1000);
	if (seconds < 600) return `${seconds} s`;
	return seconds < 7200 ? `${Math.round(seconds / 60)} minutes` : `${Math.round(seconds / 3600)} hours`;
}

const pauses = [1, 2, 3, 4, 5];

/**
 * A wait that grows slower, counted both by its pauses and by the clock, so that it ends with any patience and any
 * slowness.
 */
export function waiting(
	clock: Clock,
	/** When it began, in the clock's ticks. */
	start = clock.ticks(),
): {
	over(seconds: number): boolean;
	told(seconds: number): {elapsedMs: number; limitMs: number};
	/** For so many seconds, or growing. */
	pause(seconds?: number): Promise<void>;
} {
	let planned = 0;
	let turn = 0;
	const elapsed = (): number => clock.ticks() - start;
	return {
		over: seconds => planned >= seconds || (clock.patience > 0 && elapsed() / clock.patience >= seconds * 1000),
		told: seconds => ({elapsedMs: Math.round(elapsed()), limitMs: Math.round(seconds * 1000 * clock.patience)}),
		async pause(every) {
			const seconds = every ?? pauses[Math.min(turn++, pauses.length - 1)] ?? 5;
			planned += seconds;
			await clock.sleep(seconds * 1000 * clock.patience);
		},
	};
}
