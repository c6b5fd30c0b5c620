/** The VPC endpoints through which something was used, each with the addresses of those who did. */
export type Through = Readonly<Record<string, readonly string[]>>;
/** How something is used that this setup never delivered: when it was seen last, and from where. */
export type AlsoInUse = Pick<Delivered, 'seenAt' | 'from' | 'through'>;
/** A thing whose secret was delivered to a place, or shown (place null). */
export type Delivered = {
	readonly id: string;
	readonly place: string | null;
	readonly deliveredAt: string;
	/** Whoever it was made for uses it, as far as the person or a look has told. */
	readonly inUse: boolean;
	/** When a look last showed that it is used, where one did: otherwise somebody said so. */
	readonly seenAt?: string;
	/** From where it was seen to be used. */
	readonly from?: readonly string[];
	/** Through what of these; nothing where a record of before doesn't tell. */
	readonly through?: Through;
	/** Its secret was shown, and nobody has said yet that it was stored. */
	readonly unsure?: true;
	/** When our own proof last used it, by AWS's clock. */
	readonly lastOwnUse?: string;
	/** The run in which our own proof began to use it; that it stopped is not recorded. */
	readonly usedSince?: number;
	/** When a later run was at work, by AWS's clock, where our proof was cut off: until then a use may be ours. */
	readonly usedUntil?: string;
};
