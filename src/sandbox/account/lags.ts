/** How late things become visible, in milliseconds; 0 is at once. */
export type Lags = {
	/** New users as principals in a key policy. */
	readonly principals: number;
	/** New access keys: unknown at first, then known and unknown in turns for as long again. */
	readonly accessKeys: number;
	/** A policy's new default version, an attachment or a detachment, to authorization. */
	readonly policies: number;
	/** New aliases and keys, to reads. */
	readonly aliases: number;
	/** New things, to list calls. */
	readonly lists: number;
	/** The time an access key was last used. */
	readonly lastUsed: number;
	/** A KMS key's last use, to GetKeyLastUsage and its condition key. */
	readonly keyUse: number;
	/** Events, to LookupEvents. */
	readonly events: number;
};
/** Everything at once. */
export const noLags: Lags = {
	principals: 0,
	accessKeys: 0,
	policies: 0,
	aliases: 0,
	lists: 0,
	lastUsed: 0,
	keyUse: 0,
	events: 0,
};
