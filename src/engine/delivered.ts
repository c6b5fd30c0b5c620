/** A thing whose secret was delivered to a place, or shown (place null). */
export type Delivered = {
	readonly id: string;
	readonly place: string | null;
	readonly deliveredAt: string;
	/** Whoever it was made for uses it, as far as the person or a look has told. */
	readonly inUse: boolean;
	/** Its secret was shown, and nobody has said yet that it was stored. */
	readonly unsure?: true;
	/** When our own proof last used it, by AWS's clock. */
	readonly lastOwnUse?: string;
	/** The run in which our own proof began to use it; that it stopped is not recorded. */
	readonly usedSince?: number;
};
