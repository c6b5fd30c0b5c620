import type {Call} from './call.js';
import type {Stop} from './problem.js';

/** What the steps to come would call, each by its step's name, as far as it can be forecast. */
export type ForecastCalls = {
	readonly calls: readonly {readonly step: string; readonly call: Call}[];
	/** The steps that this run comes to, in their order. */
	readonly steps: readonly {readonly id: string; readonly name: string}[];
	/** The step that stops as things are, and at what. */
	readonly stop?: {readonly step: string; readonly problem: Stop} | undefined;
	/** The step that would stop if AWS refused these calls; undefined if none would. */
	stopsAt(refused: (call: Call) => boolean): Promise<string | undefined>;
};
