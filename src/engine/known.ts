import type {Answers} from './answers.js';
import type {Call, Text} from './call.js';
import type {Attempt} from './change.js';
import type {Proof} from './check.js';
import type {AlsoInUse, Delivered} from './delivered.js';
import type {FactName, Facts} from './facts.js';
import type {ThisRun} from './this-run.js';

/** A call that was made, or may have been, and what its reply told. */
export type MadeCall = {readonly call: Call; readonly learned: Facts};

/** All a plan may rest on besides what was seen. */
export type Known = {
	readonly answers: Answers;
	readonly facts: Facts;
	readonly run: ThisRun;
	/** The random id of this setup; undefined before its record was begun. */
	readonly setupId?: string | undefined;
	/** The record was rebuilt from what AWS shows: what was done before it doesn't hold. */
	readonly recovered?: true | undefined;
	/** When that was. */
	readonly recoveredAt?: string | undefined;
	/** It was carried on by another machine than the one before: a copy of it may be elsewhere. */
	readonly moved?: true | undefined;
	/** Commands were printed for somebody else to run: what they make, the record tells by no attempt. */
	readonly wasPrinted?: true | undefined;
	/** Whether taking it back left anything of this setup; undefined since something changed again. */
	readonly left?: 'nothing' | 'something' | undefined;
	/** The fact's value, or its reference while it isn't known. */
	fact(name: FactName): Text;
	/** The past attempts of this step. */
	readonly past: readonly Attempt[];
	/** What another step may know. */
	of(stepId: string): Known;
	/** Places claimed for a secret by this record. */
	readonly claimed: readonly string[];
	readonly delivered: readonly Delivered[];
	/**
	 * The calls that were made, or may have been, by whichever step or printed for somebody else; not what was taken
	 * back.
	 */
	readonly calls: readonly MadeCall[];
	readonly proof?: Proof | undefined;
	/** The last proof with each delivered thing, by its id. */
	readonly proofs?: Readonly<Record<string, Proof>>;
	/** What is in use though this setup never delivered it, by its id. */
	readonly alsoInUse?: Readonly<Record<string, AlsoInUse>>;
	/** The ids of the requests that our own proofs made; those of a proof that was killed aren't among them. */
	readonly ownRequests?: readonly string[];
	/** How many runs there were with this one, to tell its own attempts from older ones. */
	readonly runs: number;
	/** The course that began the record has completed this step before, and nobody has taken it back since. */
	readonly completed?: boolean;
	/** When each thing that others made stricter was first seen, by what it is. */
	readonly narrowings?: Readonly<Record<string, string>>;
};
