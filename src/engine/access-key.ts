/** An access key that was delivered to a place, or whose secret was shown (place null). */
export type AccessKey = {
	readonly id: string;
	readonly place: string | null;
	readonly deliveredAt: string;
	readonly npsRotated: boolean;
	/** Its secret was shown, and nobody has said yet that it was stored. */
	readonly unsure?: true;
	/** When our own proof last used it, by AWS's clock. */
	readonly lastOwnUse?: string;
	/** The run in which our own proof began to use it; that it stopped is not recorded. */
	readonly usedSince?: number;
};
