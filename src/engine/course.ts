import type {Step} from './step.js';

/** A command that runs steps; its name scopes progress in the record. */
export type Course = {
	readonly name: string;
	readonly steps: readonly Step[];
	/**
	 * It begins anew once it is finished: its answers and its progress are over then, and these facts aren't so any more.
	 */
	readonly recurs?: readonly string[];
};
