/** What is asked of a person in the middle of a run. It never holds the secret itself. */
export type Ask =
	| {readonly kind: 'deliver'; readonly subject: string; readonly columns: readonly string[]}
	| {readonly kind: 'secret'; readonly label: string; readonly why: string}
	/** Something is confirmed elsewhere, at an address; `done` comes when it is over. */
	| {readonly kind: 'visit'; readonly address: string; readonly code: string; readonly done: Promise<void>};
