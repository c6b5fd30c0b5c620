/** What an account holds, as plain data: it can be copied at any moment. */
export type Account = {
	readonly id: string;
	readonly partition: string;
	readonly region: string;
	/** AWS's clock. */
	now: number;
	made: number;
	readonly policies: Policy[];
	readonly users: User[];
	readonly roles: {readonly name: string; readonly arn: string; readonly path: string}[];
	readonly kmsKeys: KmsKey[];
	readonly aliases: {readonly name: string; readonly target: string}[];
	/** Uses of KMS keys, the oldest first. */
	readonly events: KeyUse[];
	/** How late CloudTrail and KMS tell of them; without it, nobody may ask. */
	eventsLate?: number | undefined;
};
/** One use of a KMS key, successful. */
export type KeyUse = {
	readonly accessKeyId: string;
	readonly at: number;
	readonly requestId: string;
	readonly agent: string;
	readonly by: string;
	readonly address: string;
};
/** Looks for which a new thing isn't shown yet, the time before which it isn't, and the changes that still miss it. */
export type Late = {hidden: number; readonly from: number; missed?: number};
export type Version = {readonly id: string; readonly document: string; isDefault: boolean; readonly madeAt: number};
export type Policy = Late & {
	readonly arn: string;
	readonly id: string;
	readonly name: string;
	readonly description: string;
	readonly madeAt: number;
	readonly tags: Record<string, string>;
	versions: Version[];
	next: number;
};
export type AccessKey = Late & {
	readonly id: string;
	readonly secret: string;
	status: string;
	readonly madeAt: number;
	usedAt?: number;
	/** Until when looks show the status that it had before. */
	staleUntil?: number;
	/** With which service; KMS unless told. */
	usedWith?: string;
};
export type User = Late & {
	readonly name: string;
	readonly arn: string;
	readonly id: string;
	readonly madeAt: number;
	readonly tags: Record<string, string>;
	readonly attached: string[];
	login?: {password: string; readonly reset: boolean};
	accessKeys: AccessKey[];
	/** What somebody else gave it. */
	given?: {
		readonly groups?: readonly string[];
		readonly inline?: readonly string[];
		readonly mfa?: readonly string[];
		readonly ssh?: readonly string[];
	};
	/** Key policies naming this user that KMS still refuses. */
	strange: number;
};
export type KmsKey = Late & {
	readonly id: string;
	readonly arn: string;
	state: string;
	readonly spec: string;
	readonly usage: string;
	readonly manager: string;
	readonly origin: string;
	description: string;
	readonly madeAt: number;
	policy: string;
	rotates: boolean;
	readonly tags: Record<string, string>;
	deletedAt?: number;
};

/** An account with nothing in it but one role. */
export const emptyAccount = (): Account => ({
	id: '111122223333',
	partition: 'aws',
	region: 'eu-west-1',
	now: Date.parse('2026-11-24T08:00:00Z'),
	made: 0,
	policies: [],
	users: [],
	roles: [{name: 'Admin', arn: 'arn:aws:iam::111122223333:role/Admin', path: '/'}],
	kmsKeys: [],
	events: [],
	aliases: [],
});
