import type {Answers} from './answers.js';
import type {Call} from './call.js';
import type {Change} from './change.js';
import type {Delivered} from './delivered.js';
import type {Facts} from './facts.js';

/** What the record tells of what was made, without a look at AWS. */
export type Recorded = {
	readonly facts: Facts;
	readonly answers: Answers;
	readonly delivered: readonly Delivered[];
	/** The changes that were made, by whichever step, in their order, when, and what their answers taught. */
	readonly made: readonly {readonly change: Change; readonly at: string; readonly learned?: Facts}[];
};
/** A thing that exists as the record knows it, and the calls that take it back by hand. */
export type Existing = {
	readonly id: string;
	readonly by: 'made' | 'adopted' | 'found';
	readonly note?: string;
	/** It goes by itself. */
	readonly going?: true;
	readonly takeBack: readonly Call[];
	/** What has to be taken out of a document of it first, for that stands in the way. */
	readonly first?: Edit;
};
/** A document that is read, saved without what it says, and written again, by hand. */
export type Edit = {
	readonly without: string;
	readonly read: Call;
	/** Where the document is, in the reply and in the call that writes it. */
	readonly at: string;
	readonly write: Call;
	readonly file: string;
};
/** What a step makes in AWS, and how it is taken back. */
export type Thing = {
	/** AWS's word for it; without one it is part of another thing, and the change record doesn't list it. */
	readonly kind?: string;
	/** The changes (by id, of any step) that make it. */
	readonly madeBy: readonly string[];
	existing(recorded: Recorded): readonly Existing[];
};
