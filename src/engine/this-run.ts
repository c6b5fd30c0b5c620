/**
 * The run under way and the machine that it is on: nothing of it stands in the record. What only one step asks of a
 * run, that step's file declares (`declare module`).
 */
export interface ThisRun {
	/** The setup's name. */
	readonly setup?: string;
	/** The command that runs; the wizard has none. */
	readonly command?: string;
	/** A rehearsal: nothing is AWS. */
	readonly sandbox?: true;
	/** Where the stand-in of a rehearsal listens, as long as it runs. */
	readonly standIn?: string;
	/** What variables put in AWS's place, by service. */
	readonly endpoints?: Readonly<Partial<Record<string, string>>>;
	/** The flags that say whose credentials are used and where, as they were given. */
	readonly connectionFlags?: string;
	/** It makes its changes, and writes down what it was given: the same command need not be given that again. */
	readonly records?: true;
	/** This moment in ISO 8601, by AWS's clock if an answer has told it. */
	readonly now?: string;
	/** The day on which the run began, as YYYYMMDD. */
	readonly today?: string;
	/** The answers (by name) that its flags and its answers file give. */
	readonly said?: readonly string[];
	/** The steps that may give back what somebody took away, in this run alone. */
	readonly restore?: readonly string[];
	/** The person's home folder. */
	readonly homeFolder?: string;
}
